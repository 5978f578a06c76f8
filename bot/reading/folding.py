"""READING, first step: one form for every way of typing. Knows no amounts, days or names."""

import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import opencc

from bot.reading import homophones

# NFKC leaves most dashes alone, and notices print models with them (1232—14).
_DASHES = frozenset("‐‑‒–—―−－﹣")
# Characters that show nothing but are not of category Cf: fillers and variation selectors.
_INVISIBLE = frozenset("\u034f\u115f\u1160\u3164\uffa0\u17b4\u17b5") | frozenset(
    map(chr, range(0xFE00, 0xFE10))
)


@dataclass(frozen=True)
class Folded:
    """`text` in folded form; `offsets[i]` is the index in the original of its character i."""

    text: str
    offsets: tuple[int, ...]


def fold(text: str) -> Folded:
    """The text with NFKC per character, simplified script, plain dashes and single spaces.

    Invisible and control characters are dropped; line ends and tabs become spaces; words of the
    trade that were typed by their sound are put right. Letter case, punctuation and spaces at the
    ends stay (see `plain`).
    """
    chars: list[str] = []
    offsets: list[int] = []
    for index, original in enumerate(text):
        for char in _forms(original):
            if char == " " and chars and chars[-1] == " ":
                continue
            chars.append(char)
            offsets.append(index)
    return Folded(homophones.meant(_simplified("".join(chars))), tuple(offsets))


def plain(text: str) -> str:
    """The folded text without spaces at its ends."""
    return fold(text).text.strip()


@lru_cache(maxsize=8192)
def _forms(char: str) -> str:
    if char in _DASHES:
        return "-"
    if char.isspace():
        return " "
    if char in _INVISIBLE or unicodedata.category(char) in ("Cc", "Cf", "Cs"):
        return ""
    folded = unicodedata.normalize("NFKC", char)
    return "".join(" " if c.isspace() else "-" if c in _DASHES else c for c in folded)


def _simplified(text: str) -> str:
    """Simplified script of the same length: whole phrases where they keep it, else by character."""
    if text.isascii():
        return text
    whole = str(_converter().convert(text))
    if len(whole) == len(text):
        return whole
    singles = (_converter().convert(char) for char in text)
    return "".join(new if len(new) == 1 else old for old, new in zip(text, singles, strict=True))


@lru_cache(maxsize=1)
def _converter() -> opencc.OpenCC:
    return opencc.OpenCC("t2s")
