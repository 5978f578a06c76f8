"""What people typed into a form, without the characters that nobody sees. Pure.

Control signs, zero-width signs and those that turn the direction of a line can hide words, or make a
line of ours read backwards. What a citizen tells in the talk is kept as typed (disputes.py).
"""

import unicodedata

from bot.reading import folding

_KEPT = "\n\t\u200d"  # the last joins emoji
_UNSEEN = ("Cc", "Cf", "Cs")  # control, format, halves of characters


def plain(text: str) -> str:
    """The text as it is seen, without spaces at its ends; empty where nothing is seen of it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n")
    seen = "".join(c for c in lines if c in _KEPT or unicodedata.category(c) not in _UNSEEN)
    return seen.strip() if folding.plain(seen) else ""


def line(text: str, longest: int) -> str:
    """The same as one line of at most so many characters, such as a name."""
    return " ".join(plain(text).split())[:longest]
