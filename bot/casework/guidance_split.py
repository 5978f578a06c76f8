"""Several questions in one message, each with its own choice; one story stays one question. Pure."""

import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from bot.casework import guidance
from bot.casework.guidance import Choice
from bot.library import load
from bot.reading import folding

MOST = 3  # questions of one message that are answered
LOOKED_AT = 12  # pieces of one message, the last: people ask at the end of a story
SHORTEST = 4  # letters of a piece that can be a question


@dataclass(frozen=True)
class Piece:
    """A question of a message; `is_marked` where a word or number set it apart from the one before."""

    text: str
    is_marked: bool


@dataclass(frozen=True)
class Several:
    """The questions of a message with their choices, in order; `is_more` where others were left."""

    asked: tuple[tuple[str, Choice], ...]
    is_more: bool = False


def several(text: str) -> Several | None:
    """The questions of a folded message where there are two or more, else None.

    Each has a sure answer of its own, no two the same; one that was set apart by a mark may also be
    unsure. What is only told, or reported of somebody else, is no question.
    """
    found: dict[str, tuple[str, Choice]] = {}
    for piece in _pieces(text):
        choice = guidance.choose(piece.text)
        if _counts(piece, choice):
            found.setdefault(choice.entries[0].id, (piece.text, choice))
    asked = tuple(found.values())
    if len(asked) < 2 or not any(choice.is_sure for _, choice in asked):
        return None
    return Several(asked[:MOST], len(asked) > MOST)


def _counts(piece: Piece, choice: Choice) -> bool:
    """Whether it is a question of its own: 「能投诉吗」 after a story only asks what to do about it."""
    if not choice.entries:
        return False
    if piece.is_marked:
        return True
    is_general = choice.entries[0].id in load("guidance_words")["general"]
    return choice.is_sure and choice.scores[0] >= guidance.SURE and not is_general


def _pieces(text: str) -> list[Piece]:
    found = list(_cut(folding.plain(text)))
    marked = sum(piece.is_marked for piece in found)
    asked = [piece for piece in found if _is_question(piece.text)]
    # A list of questions needs no question words: 「1、退货运费 2、发票」.
    return (asked if len(asked) >= 2 or marked < 2 else found)[-LOOKED_AT:]


@functools.cache
def _patterns() -> dict[str, re.Pattern[str]]:
    return {name: re.compile(one) for name, one in load("guidance_words")["several"].items()}


def _cut(text: str) -> Iterator[Piece]:
    begin, is_marked = 0, False
    for cut in _patterns()["cut"].finditer(text):
        yield from _piece(text[begin : cut.start()], is_marked)
        begin, is_marked = cut.end(), cut["next"] is not None
    yield from _piece(text[begin:], is_marked)


def _piece(text: str, is_marked: bool) -> Iterator[Piece]:
    bare = text.strip(" ,，、:.")
    if len(re.sub(r"\W", "", bare)) >= SHORTEST:
        yield Piece(bare, is_marked)


def _is_question(text: str) -> bool:
    asks, reported = _patterns()["asks"], _patterns()["reported"]
    return asks.search(text) is not None and reported.search(text) is None
