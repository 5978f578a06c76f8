"""What is said of rights, shared by the turns: an entry, near questions, what was told. Knows no turn."""

from typing import Any

from rasa_sdk.events import EventType, SlotSet

from actions.turn import Turn
from bot.casework import guidance
from bot.library import words


def say_entry(turn: Turn, entry: Any, *, may_file: bool = True) -> None:
    """The answer with its articles; the rule's wording and the filing are a button away."""
    citations = guidance.citations(entry)
    text = "\n".join(filter(None, (entry.answer, *citations)))
    data = {"id": entry.id, "action": entry.action, "basis": guidance.basis(entry)}
    turn.tell(text, _buttons(entry, may_file), {"guidance": data})


def _buttons(entry: Any, may_file: bool) -> list[dict[str, str]]:
    buttons = [{"title": words("see_basis"), "payload": f'/show_basis{{"topic":"{entry.id}"}}'}]
    if may_file and entry.action == "answer":
        buttons.append({"title": words("file_it"), "payload": "/file_complaint"})
    return buttons


def say_choices(turn: Turn, entries: Any) -> None:
    """Two or three near questions as buttons; the nearest is named for the scores."""
    buttons = [{"title": e.title, "payload": f'/choose_topic{{"topic":"{e.id}"}}'} for e in entries]
    turn.dispatcher.utter_message(response="utter_rights_close", buttons=buttons)
    turn.dispatcher.utter_message(json_message={"guidance": {"choices": [e.id for e in entries]}})


def remember(turn: Turn) -> EventType:
    """What was told, so that filing afterwards does not ask for it again."""
    told = {"text": turn.text, "shown": turn.shown, "entities": turn.entities}
    return SlotSet("told", None if turn.is_button else told)


def say_if_sure(turn: Turn, *, elsewhere_only: bool = False, may_file: bool = True) -> bool:
    """Answer from the guidance library where it is sure; whether it did.

    With `elsewhere_only`, only where the entry sends the citizen to another door or declines. Who
    files and asked nothing (no `may_file`) is not told what merely nothing else comes near to.
    """
    choice = guidance.choose(turn.text, turn.entity("product"))
    if turn.is_button or not choice.is_sure:
        return False
    if not may_file and choice.scores[0] < guidance.SURE:
        return False
    if elsewhere_only and choice.entries[0].action == "answer":
        return False
    say_entry(turn, choice.entries[0], may_file=may_file)
    return True
