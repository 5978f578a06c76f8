"""What is said of recalls, shared by the turns: the library's answer in words. Knows no turn."""

from collections.abc import Mapping, Sequence

from actions.turn import Turn
from bot.casework import recall_words, recalls

NAMES = ("brand", "model", "product")


def look_up(
    turn: Turn, text: str, marked_before: Sequence[Mapping[str, str]] = ()
) -> recalls.Answer:
    """The library's answer to the words, to what Rasa marked in the last message, else before it."""
    before = {one["entity"]: str(one["value"]) for one in marked_before}
    marked = {name: turn.entity(name) or before.get(name) for name in NAMES}
    return recalls.find(turn.session, text, **marked)


def say_answer(
    turn: Turn, answer: recalls.Answer, buttons: Sequence[Mapping[str, str]] = ()
) -> None:
    """The conclusion first, then what to do; the top notice is named for the scores."""
    top = answer.matches[0].notice.notice_no if answer.matches else None
    data = {"kind": answer.kind, "top": top,
            "notices": [match.notice.notice_no for match in answer.matches]}  # fmt: skip
    turn.tell(answer_text(turn, answer), buttons, {"recall": data})


def answer_text(turn: Turn, answer: recalls.Answer) -> str:
    """The answer in words; always with the day the library stands at."""
    return recall_words.answer(turn.session, answer, turn.now)
