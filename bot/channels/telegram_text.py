"""REPLY to what Telegram takes: joined, cut and laid out in rows. Knows no bot and no network."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from bot.library import load
from bot.messages import Button, Reply

MOST_UNITS = 4096  # UTF-16 units of a text: https://core.telegram.org/bots/api#sendmessage
MOST_BYTES = (
    64  # of callback_data, in UTF-8: https://core.telegram.org/bots/api#inlinekeyboardbutton
)
NARROW = 14  # columns of a button that leaves room for another; a Chinese character takes two
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")  # halves of characters, which no request can carry
BREAKS = ("\n\n", "\n", "。！？!?；;…", "，,、 ")  # where to cut, the best first
# What stands inside one character: zero-width joiner, variation selectors, colours of skin.
JOINERS = "\u200d\ufe0e\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"


@dataclass(frozen=True)
class Piece:
    """One message of Telegram's: at most 4096 UTF-16 units, and the buttons under it."""

    text: str
    buttons: tuple[Button, ...] = ()


def units(text: str) -> int:
    """The length of a text as Telegram counts it: UTF-16 units, two for an emoji."""
    return len(text) + sum(character > "\uffff" for character in text)


def of_replies(replies: Iterable[Reply]) -> list[Piece]:
    """The bubbles of one turn as few messages: one, unless they are too long for it."""
    replies = list(replies)
    text = "\n\n".join(reply.text.strip() for reply in replies if reply.text.strip())
    return pieces(text, [button for reply in replies for button in reply.buttons])


def pieces(text: str, buttons: Sequence[Button] = ()) -> list[Piece]:
    """A text of any length with its buttons, which stand under the last piece; none for no text.

    Links that Telegram takes on no button (a telephone, this machine) become lines of the text.
    """
    lines = [_line(button) for button in buttons if not _may_be_button(button)]
    parts = cut("\n".join([NOT_TEXT.sub("\ufffd", text), *lines]))
    kept = tuple(button for button in buttons if _may_be_button(button))
    last = len(parts) - 1
    return [Piece(part, kept if place == last else ()) for place, part in enumerate(parts)]


def cut(text: str, most: int = MOST_UNITS) -> list[str]:
    """Parts of at most `most` UTF-16 units, cut at a paragraph, line or sentence where one ends."""
    parts = []
    text = text.strip()
    while units(text) > most:
        end = _end(text, most)
        parts.append(text[:end].rstrip())
        text = text[end:].lstrip()
    return [part for part in [*parts, text] if part]


def _end(text: str, most: int) -> int:
    """How many characters the first part takes: to a break in its second half, or all that fit."""
    fitting = used = 0
    for character in text:
        used += 2 if character > "\uffff" else 1
        if used > most:
            break
        fitting += 1
    for mark in BREAKS:
        found = _last(text, mark, fitting)
        if found > fitting // 2:
            return found
    return _whole(text, fitting)


def _last(text: str, mark: str, fitting: int) -> int:
    """The end of the last break of this kind, 0 for none. Line ends are strings, others are sets."""
    if mark.startswith("\n"):
        return text.rfind(mark, 0, fitting) + len(mark) if mark in text[:fitting] else 0
    return 1 + max(text.rfind(character, 0, fitting) for character in mark)


def _whole(text: str, end: int) -> int:
    """Step back from the inside of what is shown as one character, such as a joined emoji."""
    for place in range(end, max(end - 16, 1), -1):
        after, before = text[place], text[place - 1]
        if after not in JOINERS and before != "\u200d" and not unicodedata.combining(after):
            return place
    return end


def rows(buttons: Iterable[Button]) -> list[list[Button]]:
    """The keyboard: two short buttons a row, a long one by itself."""
    laid: list[list[Button]] = []
    for button in buttons:
        last = laid[-1] if laid else []
        if len(last) == 1 and max(_columns(last[0]), _columns(button)) <= NARROW:
            last.append(button)
        else:
            laid.append([button])
    return laid


def _columns(button: Button) -> int:
    return sum(1 + (unicodedata.east_asian_width(one) in "WF") for one in button.title)


def _may_be_button(button: Button) -> bool:
    """Telegram refuses a whole message for a button with another scheme or a host without a dot."""
    if not button.url:
        return True
    address = urlsplit(button.url)
    return address.scheme in ("http", "https") and "." in (address.hostname or "")


def _line(button: Button) -> str:
    address = str(button.url).removeprefix("tel:")
    return str(load("telegram")["link"]).format(title=button.title, address=address)
