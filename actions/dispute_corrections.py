"""What was told before and is put right: which field a message means, and its value, told or asked for."""

from dataclasses import replace
from typing import Any

from rasa_sdk.events import EventType, SlotSet

from actions.turn import Turn
from bot.casework import disputes
from bot.casework.records import Dispute
from bot.library import label, streets
from bot.reading import answers, dates, facts, shop_names

# Corrected by the words after 「是」.
NAMED_FIELDS = ("merchant", "location", "product", "brand", "model", "standing")
LONGEST_NAME = 30  # characters: a longer message is not the name of a shop, a place or a thing
_RIGHT = "right_"  # before the field whose right value is asked for, where Rasa keeps what is asked
_ALSO_IN = {"occurred_on": ("occurred_text",), "amount": ("amount_text", "amount_choices")}


def corrected(turn: Turn, draft: Dispute) -> str | None:
    """The field that a message corrects, by its words or by the value that it takes back; or None."""
    field = answers.corrected_field(turn.text)
    swapped = answers.swapped(turn.text)
    if field is None and swapped:
        held = (name for name in NAMED_FIELDS if swapped[0] in (getattr(draft, name) or ""))
        field = next(held, None)
    return field


def without_value(turn: Turn, draft: Dispute) -> str | None:
    """The field that is said to be wrong where nothing is said in its place (「型号写错了」), or None."""
    field = None if turn.is_button else corrected(turn, draft)
    if field is None or field == "standing":
        return None
    is_told = answers.corrected_value(turn.text) or answers.swapped(turn.text)
    return None if is_told or _tells(turn.facts(), field) else field


def ask(turn: Turn, draft: Dispute, field: str) -> list[EventType]:
    """Ask for the right value alone; the form's own question waits, and is not missed meanwhile."""
    turn.say("utter_what_is_right", field=label("field", field))
    return [SlotSet("asking", draft.asking), SlotSet("requested_slot", _RIGHT + field)]


def asked_for(requested: str | None) -> str | None:
    """The field whose right value was asked for, by what Rasa keeps; None where something else was."""
    if requested is None or not requested.startswith(_RIGHT):
        return None
    return requested.removeprefix(_RIGHT)


def hear(turn: Turn, draft: Dispute, field: str) -> dict[str, Any]:
    """Take the right value of a field that was said to be wrong; what is new, empty where none was told."""
    if turn.is_button:
        return {}
    told = turn.facts()
    if not _tells(told, field) and corrected(turn, draft) is None:
        told = facts.joined(told, _read_as(turn, field))
    story = turn.shown if field == "facts" else None
    return disputes.take(draft, replace(told, facts=story), over=True)


def shop_named(turn: Turn) -> str | None:
    """The shop's name in a bare answer; a day (「11月20号」) is none."""
    text = turn.shown
    if shop_names.is_thing(turn.text, turn.entity("product")):
        return None
    for day in dates.find(turn.text, turn.today):
        text = text.replace(day.text, "")
    return shop_names.name_in(text, streets())


def _read_as(turn: Turn, field: str) -> facts.Facts:
    """A short answer read as the field, or, where that is a name, taken as it stands."""
    is_short = len(turn.text) <= LONGEST_NAME and not answers.is_question(turn.text)
    if not is_short or answers.is_unknown(turn.text):
        return facts.Facts()
    if field == "merchant":
        return facts.Facts(merchant=shop_named(turn))
    if not facts.is_readable(field, turn.text, turn.today):
        return facts.Facts()
    return facts.answer(field, turn.shown if field == "location" else turn.text, turn.today)


def _tells(told: facts.Facts, field: str) -> bool:
    return any(getattr(told, name) for name in (field, *_ALSO_IN.get(field, ())))
