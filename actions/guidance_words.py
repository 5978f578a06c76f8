"""What is said of rights, shared by the turns: an entry, near questions, what was told. Knows no turn."""

from datetime import date
from typing import Any

from rasa_sdk.events import EventType, SlotSet

from actions.guidance_answers import button
from actions.turn import Turn
from bot.casework import (
    disputes,
    guidance,
    guidance_case,
    guidance_place,
    guidance_split,
    questions,
    term_reminders,
)
from bot.casework.guidance_case import Case
from bot.library import streets, words
from bot.reading import answers, facts, standings

LONGEST_SHORT = 10  # characters of a question that says nothing of what it is about
LONGEST_STORY = 60  # characters of the story that such a question is put to
LONGEST_TOLD = 2000  # characters that are remembered of what was told


def say_entry(turn: Turn, entry: Any, *, may_file: bool = True, part: int = 0) -> None:
    """The answer, its exceptions, what it means for the case, its articles; the rule is a button away.

    With `part` it is that one of several answers: its title leads, and its buttons are few.
    """
    reach = reach_of(turn)
    entry = guidance_place.fitting(entry, reach)
    case = case_in_hand(turn)
    lines = [words("guidance_part", n=part, title=entry.title)] if part else []
    lines += [
        entry.answer,
        guidance.exceptions(entry),
        *guidance_case.lines(entry, case, turn.today),
    ]
    lines += [] if part > 1 else guidance_place.lines(entry, matter(turn), reach)
    text = "\n".join(filter(None, (*lines, *guidance.citations(entry))))
    data = {"id": entry.id, "action": entry.action, "basis": guidance.basis(entry)}
    buttons = _buttons(turn, entry, case, may_file)
    turn.tell(text, buttons[:2] if part else buttons, {"guidance": data})


def say_if_several(turn: Turn) -> bool:
    """Answer two or three questions of one message one after the other; whether there were several."""
    found = guidance_split.several(turn.text)
    if found is None:
        return False
    for number, (question, choice) in enumerate(found.asked, start=1):
        if choice.is_sure:
            say_entry(turn, choice.entries[0], part=number)
        else:
            questions.note(turn.session, question, turn.intent, "unsure", turn.now)
            say_choices(turn, choice.entries)
    if found.is_more:
        turn.tell(words("guidance_more"))
    return True


def matter(turn: Turn) -> str:
    """What the question is about: the words of this message, of a button those that were told before."""
    told = turn.tracker.get_slot("told") or {}
    return str(told.get("text", "")) if turn.is_button else turn.text


def reach_of(turn: Turn) -> guidance_place.Reach | None:
    """Whether the matter lies in another city or district."""
    return guidance_place.beyond(matter(turn), streets())


def _buttons(turn: Turn, entry: Any, case: Case, may_file: bool) -> list[dict[str, str]]:
    """Six at most: where there is a term to be reminded of, that goes before a word of praise.

    What is needed next comes last, and only where nothing else is asked for meanwhile.
    """
    buttons = [{"title": words("see_basis"), "payload": f'/show_basis{{"topic":"{entry.id}"}}'}]
    if not may_file:
        return buttons
    if entry.action == "answer":
        buttons.append({"title": words("file_it"), "payload": "/file_complaint"})
    return [*buttons, _reminder(turn, entry, case) or button(entry, "helped"),
            button(entry, "not_helped"), *map(_see, entry.see)]  # fmt: skip


def _see(entry_id: str) -> dict[str, str]:
    return _topic(words("see_also", title=guidance.entry(entry_id).title), entry_id)


def _topic(title: str, entry_id: str) -> dict[str, str]:
    return {"title": title, "payload": f'/choose_topic{{"topic":"{entry_id}"}}'}


def _reminder(turn: Turn, entry: Any, case: Case) -> dict[str, str] | None:
    """The button for the first term that ends late enough to be reminded of, or None."""
    for end in guidance_case.ends(entry, case, turn.today):
        if term_reminders.may_be_set(end.on, turn.now):
            made: dict[str, str] = button(entry, "remind", entry.terms.index(end.term), end.on)
            return made
    return None


def say_choices(turn: Turn, entries: Any) -> None:
    """One to three near questions as buttons; the nearest is named for the scores.

    Who tells of a sum or a shop may want to file: that is a button too.
    """
    buttons = [_topic(one.title, one.id) for one in entries]
    read = turn.facts()
    if turn.tracker.active_loop_name is None and (read.amount is not None or read.merchant):
        buttons.append({"title": words("file_it"), "payload": "/file_complaint"})
    if len(entries) == 1:
        turn.tell(words("guidance_is_it"), buttons)
    else:
        turn.dispatcher.utter_message(response="utter_rights_close", buttons=buttons)
    turn.dispatcher.utter_message(json_message={"guidance": {"choices": [e.id for e in entries]}})


def case_in_hand(turn: Turn) -> Case:
    """The days and the sum of this message, then of what was told before, then of the open draft."""
    case = Case() if turn.is_button else guidance_case.read(turn.text, turn.today)
    if told := turn.tracker.get_slot("told"):
        day = told.get("day")
        said_on = date.fromisoformat(day) if day else turn.today
        case |= guidance_case.read(told["text"], said_on)
    draft = disputes.draft(turn.session, turn.who)
    if draft is not None and disputes.is_fresh(draft, turn.now):
        case |= guidance_case.of_record(draft.occurred_on, draft.facts, draft.amount)
    return case


def remember(turn: Turn) -> EventType:
    """What was told, so that filing afterwards does not ask for it again.

    What adds to it (「在华润万家」) and tells no story of its own is put behind it.
    """
    if turn.is_button:
        return SlotSet("told", None)
    told = {"text": turn.text, "shown": turn.shown, "entities": turn.entities}
    before = told_before(turn)
    is_story = facts.tells_a_story(turn.text, turn.entities) and not is_bit(turn)
    if before is not None and not is_story and not answers.is_question(turn.text):
        told = behind(before, told)
    return SlotSet("told", {**told, "day": turn.today.isoformat()})


def is_bit(turn: Turn) -> bool:
    """Whether a message only adds a day, or how one stands, to what was told."""
    return facts.is_bare(turn.text, turn.today) or standings.is_plain(turn.text)


def behind(before: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """What was told in two messages, as one: text, what was typed and the entities."""
    return {
        key: f"{before[key]}，{value}"[-LONGEST_TOLD:]
        if isinstance(value, str)
        else [*before[key], *value]
        for key, value in told.items()
    }


def told_before(turn: Turn) -> dict[str, Any] | None:
    """What the citizen told today before this message, that was not filed; None where nothing."""
    told = turn.tracker.get_slot("told")
    is_of_today = told and told.get("day", turn.today.isoformat()) == turn.today.isoformat()
    return told if is_of_today and told["text"] else None


def chosen(turn: Turn) -> guidance.Choice:
    """What the library has for a message; a short question (「能退吗」) is one about what was told before."""
    choice = guidance.choose(turn.text, turn.entity("product"))
    is_short = len(turn.text) <= LONGEST_SHORT and answers.is_question(turn.text)
    if choice.is_sure or turn.is_button or not is_short:
        return choice
    draft = disputes.draft(turn.session, turn.who)
    told = told_before(turn)
    story = (draft.facts if draft is not None and draft.asking else None) or (told or {}).get(
        "text"
    )
    if not story:
        return choice
    of_the_case = guidance.choose(f"{story[:LONGEST_STORY]}，{turn.text}", turn.entity("product"))
    return of_the_case if of_the_case.is_sure else choice


def say_if_sure(
    turn: Turn, *, elsewhere_only: bool = False, may_file: bool = True, but_not: str = ""
) -> bool:
    """Answer from the guidance library where it is sure; whether it did.

    With `elsewhere_only`, only where the entry sends the citizen to another door or declines. Who
    files and asked nothing (no `may_file`) is not told what merely nothing else comes near to. The
    entry `but_not` is none that is needed.
    """
    choice = chosen(turn)
    if turn.is_button or not choice.is_sure or choice.entries[0].id == but_not:
        return False
    if not may_file and choice.scores[0] < guidance.SURE:
        return False
    if elsewhere_only and choice.entries[0].action == "answer":
        return False
    say_entry(turn, choice.entries[0], may_file=may_file)
    return True
