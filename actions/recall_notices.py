"""Turns about a recall notice that reached a citizen: theirs, not theirs, dealt with."""

from rasa_sdk.events import EventType, SlotSet

from actions import things as kept
from actions.turn import Turn, TurnAction
from bot.casework import recall_answers, recall_notice, recall_reach, things
from bot.casework.recall_push_records import RecallPush
from bot.casework.records import Recall
from bot.library import load, words


class AnswerNotice(TurnAction):
    """Keeps what a citizen says to a recall notice, and says what follows from it."""

    def name(self) -> str:
        return "action_answer_notice"

    def take(self, turn: Turn) -> list[EventType]:
        said = turn.entity("choice") or ""
        number = turn.entity("number") or ""
        if said == "show":
            _show(turn, number)
            return []
        push = recall_answers.answer(turn.session, turn.who, number, said, turn.now)
        if push is None:
            turn.tell(load("recall_notice")["unknown"])
            return []
        answered = load("recall_notice")["answered"]
        notice = turn.session.get_one(Recall, push.notice_no)
        if said == "have":
            text = str(answered["have"]).format(remedy=recall_notice.remedy(notice))
            turn.tell(text, _ways_on(push))
        elif said == "have_not":
            _say_not_theirs(turn, notice)
        else:
            turn.tell(answered["done"])
        return [SlotSet("told", None)]  # 「去投诉」 is about this, not about what was told before


def _show(turn: Turn, number: str) -> None:
    """A notice of a digest in full, with its buttons."""
    found = recall_answers.shown(turn.session, turn.who, number)
    if found is None:
        turn.tell(load("recall_notice")["unknown"])
    else:
        turn.tell(found.text, recall_notice.buttons(int(number)))


def _ways_on(push: RecallPush) -> list[dict[str, str]]:
    done = load("recall_notice")["buttons"]["done"]
    return [
        {"title": words("file_it"), "payload": "/file_complaint"},
        {"title": done, "payload": recall_notice.payload(push.id, "done")},
    ]


def _say_not_theirs(turn: Turn, notice: Recall) -> None:
    """Where it came for a thing that is kept, ask whether that one is still theirs."""
    answered = load("recall_notice")["answered"]
    found = recall_reach.of_person(turn.session, notice, turn.who, turn.now)
    thing = things.find(turn.session, turn.who, str(found.thing_id)) if found else None
    if thing is None:
        turn.tell(answered["have_not"])
        return
    buttons = [
        kept.button(words("delete_this"), "delete", thing.id),
        kept.button(words("delete_none"), "list"),
    ]
    turn.tell(str(answered["have_not_kept"]).format(named=things.name(thing)), buttons)
