"""Turns about what is said to an answer: it helped or not, or its term is to be reminded of."""

from datetime import date
from typing import Any

from rasa_sdk.events import EventType

from actions.turn import Turn, TurnAction
from bot.casework import guidance, guidance_case, people, questions, term_reminders
from bot.casework.guidance_records import GuidanceAnswer
from bot.library import words
from bot.library.guidance_loader import Entry

FROM_BUTTON = "ask_rights"  # the intent of a question that is known by its answer alone


class AnswerGuidance(TurnAction):
    """Notes whether an answer helped, sets a reminder of its term, or takes it back."""

    def name(self) -> str:
        return "action_answer_guidance"

    def take(self, turn: Turn) -> list[EventType]:
        entry = _entry(turn)
        match turn.entity("choice"):
            case "helped" | "not_helped" as said if entry is not None:
                _note(turn, entry, said)
                turn.tell(words(f"guidance_{said}"))
            case "remind" if entry is not None:
                _remind(turn, entry)
            case "forget" if entry is not None:
                place, end = _term(turn)
                gone = term_reminders.forget(turn.session, turn.who, entry, place, end)
                turn.tell(words("term_forgotten" if gone else "term_not_there"))
            case _:
                turn.say("utter_rights_which")
        return []


def button(entry: Entry, choice: str, place: int | None = None, end: date | None = None) -> Any:
    """A button that carries a choice about an answer, or about the term at that place of its entry."""
    term = "" if end is None else f'"number":"{place}","date":"{end.isoformat()}",'
    payload = f'/answer_guidance{{{term}"topic":"{entry.id}","choice":"{choice}"}}'
    return {"title": words(f"guidance_button_{choice}"), "payload": payload}


def _entry(turn: Turn) -> Entry | None:
    """None for an answer of an older library that is no more in it."""
    try:
        return guidance.entry(turn.entity("topic") or "")
    except KeyError:
        return None


def _term(turn: Turn) -> tuple[int, date]:
    return int(turn.entity("number") or 0), date.fromisoformat(turn.entity("date") or "")


def _note(turn: Turn, entry: Entry, said: str) -> None:
    """What did not help is kept with the question, where it is still known."""
    turn.session.add(GuidanceAnswer(entry_id=entry.id, said=said, day=turn.today))
    told = turn.tracker.get_slot("told")
    if said == "not_helped" and told:
        questions.note(
            turn.session, told["text"], FROM_BUTTON, "unhelpful", turn.now, shown=entry.id
        )


def _remind(turn: Turn, entry: Entry) -> None:
    place, end = _term(turn)
    made = term_reminders.remind(turn.session, turn.who, entry, place, end, turn.now)
    if made is None:
        turn.tell(words("term_too_late"))
        return
    day = guidance_case.spoken(term_reminders.due_at(end).date(), turn.today)
    where = "term_on_page" if people.is_on_our_own(turn.who) else "term_in_chat"
    said = words("term_will_remind", day=day, where=words(where))
    turn.tell(said, [button(entry, "forget", place, end)])
