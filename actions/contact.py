"""Where contact details are asked: in this chat, or on the citizen's own page. Takes no turn itself."""

from actions.turn import Turn
from bot import settings
from bot.casework import links, people
from bot.casework.records import Person
from bot.library import words


def may_ask_in_chat(who: Person) -> bool:
    """Whether this person may be asked for contact details in the talk itself.

    On our own page always; in a foreign channel as the deployer says (个人信息保护法 第36条).
    """
    return people.is_on_our_own(who) or settings.get().may_ask_in_chat()


def link_button(turn: Turn) -> dict[str, str] | None:
    """A button with a fresh signed link to the citizen's own page; None where it has no address."""
    return page_button(turn, "give_on_page") if settings.get().public_url else None


def page_button(turn: Turn, title: str) -> dict[str, str] | None:
    """The same under another title; for who talks on our chat page, the page beside it."""
    host = _host(turn)
    if host is None:
        return None
    url = links.contact_url(host, settings.get().signing_key(), turn.who.key)
    return {"title": words(title), "payload": url}


def case_button(turn: Turn, number: str) -> dict[str, str] | None:
    """A button with a fresh signed link to the page of one dispute; None where it has no address."""
    host = _host(turn)
    if host is None:
        return None
    url = links.case_url(host, settings.get().signing_key(), turn.who.key, number)
    return {"title": words("see_case"), "payload": url}


def _host(turn: Turn) -> str | None:
    """Where our pages are for this person: beside the chat page, or at the public address."""
    is_beside = turn.who.channel == people.WEB
    return settings.get().public_url or (links.HERE if is_beside else None)


def call_button(turn: Turn) -> dict[str, str]:
    """A button that dials 12315; a chat whose buttons open web addresses only gets our page for it."""
    public_url = settings.get().public_url
    if people.is_on_our_own(turn.who) or not public_url:
        return {"title": words("call_12315"), "payload": "tel:12315"}
    return {"title": words("call_12315"), "payload": f"{public_url.rstrip('/')}/call/12315"}


def ask(turn: Turn, here: str, elsewhere: str) -> None:
    """Ask for contact details: with the response `here`, or with `elsewhere` and the link.

    What is typed into a chat that may not be asked is not taken: there nobody counts as told.
    """
    button = None if may_ask_in_chat(turn.who) else link_button(turn)
    if button is None:
        turn.who.told_at = turn.now
        turn.say(here)
    else:
        turn.who.told_at = None
        turn.dispatcher.utter_message(response=elsewhere, buttons=[button])
