"""Turns about the personal data that are kept of a citizen: told, given out, deleted at their word."""

from collections.abc import Callable

from rasa_sdk.events import EventType

from actions import contact
from actions.turn import Turn, TurnAction
from bot import settings
from bot.casework import privacy
from bot.library import load, words


class ManageData(TurnAction):
    """Tells what is kept of this person, and does with it what they ask.

    The last step, `delete_sure`, is taken by hearing.py: it leaves nobody whom Rasa could answer.
    """

    def name(self) -> str:
        return "action_manage_data"

    def take(self, turn: Turn) -> list[EventType]:
        CHOICES.get(turn.entity("choice") or "tell", tell)(turn)
        return []


def tell(turn: Turn) -> None:
    """What is kept, what for, how long, and what can be done about it."""
    chosen = settings.get()
    terms = {
        name: getattr(chosen, name) for name in type(chosen).model_fields if name.endswith("_days")
    }
    said = (
        words("data_told", list=_list(privacy.held(turn.session, turn.who))),
        words("data_terms", **terms),
        words("data_rights"),
    )
    turn.tell("\n".join(said), _buttons("export", "delete", ("back", "keep")))


def export(turn: Turn) -> None:
    """The way to the file: on the citizen's own page, for a chat is no place for it."""
    link = contact.page_button(turn, "see_data")
    if link is None:
        turn.tell(words("data_export_none"))
    else:
        turn.tell(words("data_export"), [link])


def delete(turn: Turn) -> None:
    """What would go and what would stay; nothing goes before the button is pressed."""
    stays = privacy.stays(turn.session, turn.who)
    said = (
        words("data_delete", list=_list(privacy.erasable(turn.session, turn.who))),
        privacy.stays_text(stays),
        words("data_ask_sure"),
    )
    turn.tell("\n".join(one for one in said if one), _buttons("delete_sure", "keep", "export"))


def keep(turn: Turn) -> None:
    """Nothing was changed."""
    turn.tell(words("data_kept"))


CHOICES: dict[str, Callable[[Turn], None]] = {
    "tell": tell,
    "export": export,
    "delete": delete,
    "keep": keep,
}


def _list(counts: dict[str, int]) -> str:
    titles = load("privacy")["parts"]
    return "\n".join(
        words("data_part", title=titles[key]["title"], count=count) for key, count in counts.items()
    )


def _buttons(*choices: str | tuple[str, str]) -> list[dict[str, str]]:
    """Buttons by their choice, or by title and choice where one choice has two names."""
    titles = load("wording")["data_button"]
    pairs = [one if isinstance(one, tuple) else (one, one) for one in choices]
    return [{"title": titles[title], "payload": privacy.payload(choice)} for title, choice in pairs]
