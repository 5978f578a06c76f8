"""MESSAGE and REPLY: what passes between a channel and the dialogue. Knows neither of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.casework.evidence import File


@dataclass(frozen=True)
class Message:
    """What a citizen sent. `message_id` is the channel's: the same id is the same message."""

    channel: str
    external_id: str
    message_id: str
    text: str
    button_id: str | None = None
    files: tuple[File, ...] = ()
    unread: str | None = None  # what came instead of words and files: sticker, location, …


@dataclass(frozen=True)
class Button:
    """A button under a reply; `id` comes back in `Message.button_id`. With a `url` it is a link."""

    id: str
    title: str
    url: str | None = None


@dataclass(frozen=True)
class Reply:
    """One bubble for the citizen; `data` is for machines (scores, pages), never shown."""

    text: str
    buttons: tuple[Button, ...] = ()
    data: Mapping[str, Any] | None = None


def reply(row: Mapping[str, Any]) -> Reply:
    """The reply in a row of `text`, `buttons` and `data`, as the records keep it."""
    buttons = tuple(Button(**button) for button in row.get("buttons", ()))
    return Reply(row["text"], buttons, row.get("data"))
