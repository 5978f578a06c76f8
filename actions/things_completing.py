"""Turns about a thing kept without its model: asked by a button whether a model told later is its."""

from actions import recall_words
from actions.turn import Turn
from bot.casework import recall_notice, recalls, things, things_completing
from bot.casework.things import Wish
from bot.casework.things_completing import Decided
from bot.library import load, words

MOST_OFFERED = 3  # things that one question lists
LONGEST_TITLE = 12  # characters of a thing's name on a button


def offer(turn: Turn, wish: Wish | None, *, found: str = "", otherwise: str = "not_same") -> bool:
    """Ask whether the model that was told is that of a thing kept without one; whether it was asked.

    `found` is said before the question; `otherwise` is the choice of 「不是同一个」.
    """
    fitting = things_completing.candidates(turn.session, turn.who, wish)[:MOST_OFFERED]
    if wish is None or not fitting:
        return False
    is_one = len(fitting) == 1
    buttons = [
        {
            "title": words("complete_it")
            if is_one
            else words("complete_one", name=things.name(one)[:LONGEST_TITLE]),
            "payload": things_completing.payload("complete", one, wish),
        }
        for one in fitting
    ]
    buttons.append(
        {"title": words("complete_not"), "payload": things_completing.payload(otherwise)}
    )
    asked = "complete_ask" if is_one else "complete_which"
    question = words(asked, model=wish.model, name=things.name(fitting[0]))
    turn.tell("\n".join(filter(None, (found, question))), buttons)
    return True


def complete(turn: Turn, number: str) -> None:
    """Complete the thing of that id with what the button carries; without one, ask which it is."""
    thing = things.find(turn.session, turn.who, number)
    wish = Wish(things.OWNED, "", brand=turn.entity("brand"), model=turn.entity("model"))
    if not number and offer(turn, things_completing.told(turn.session, turn.shown)):
        return
    if thing is None or not things_completing.may_complete(thing) or not wish.model:
        turn.tell(words("complete_gone"))
        return
    kept, decided = things_completing.complete(turn.session, turn.who, thing, wish, turn.now)
    turn.tell(words("completed", name=things.name(kept)))
    for one in decided:
        _say_decided(turn, one, things.name(kept))
    if not decided:
        answer = recalls.find(
            turn.session, kept.words, brand=kept.brand, model=kept.model, product=kept.product
        )
        recall_words.say_answer(turn, answer)


def _say_decided(turn: Turn, one: Decided, named: str) -> None:
    if not one.is_theirs:
        turn.tell(words("complete_not_theirs", title=one.notice.title))
        return
    titles = load("recall_notice")["buttons"]
    buttons = [
        {"title": titles[answer], "payload": recall_notice.payload(one.push.id, answer)}
        for answer in recall_notice.ANSWERS
    ]
    told = recall_notice.text(one.notice, "thing", named)
    turn.tell(f"{words('complete_theirs')}\n{told}", buttons)
