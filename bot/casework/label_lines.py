"""RECORD, for recalls: pieces of text on a picture as the lines and values of a label. Pure and light.

Loaded by a process that reads one picture and ends (label_reading.py): nothing here knows a record.
"""

import functools
import itertools
import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.library import load
from bot.reading import folding, models

LONGEST = 40  # characters of a value
SAME_ROW = 0.5  # share of the lower box's height by which two boxes overlap that are one row
MODEL = re.compile(r"(?<![A-Za-z0-9])[A-Za-z0-9]+(?:[-/._+][A-Za-z0-9]+)*\+?(?![A-Za-z0-9])")
DAY = re.compile(
    r"(20\d\d)\s?[-/.年]\s?(\d{1,2})(?:\s?[-/.月]\s?(\d{1,2}))?|(20\d\d)(\d\d)(\d\d)?(?!\d)"
)


@dataclass(frozen=True)
class Box:
    """A piece of text as it stands on the picture: its left upper and right lower corner in pixels."""

    text: str
    left: float
    top: float
    right: float
    bottom: float


def rows(boxes: Sequence[Box]) -> list[str]:
    """The lines of a label: pieces of text at one height are one line, from left to right."""
    found: list[list[Box]] = []
    for box in sorted(boxes, key=lambda one: (one.top + one.bottom, one.left)):
        if found and _is_beside(found[-1][-1], box):
            found[-1].append(box)
        else:
            found.append([box])
    lines = (sorted(row, key=lambda one: one.left) for row in found)
    return [" ".join(one.text for one in row) for row in lines]


def has_model(lines: Sequence[str]) -> bool:
    """Whether a reading found a model, so that no other try is needed."""
    texts = [tidy(line) for line in lines]
    values = named(texts).get("model", ())
    return any(map(code_in, values)) or len(set(bare_codes(texts))) == 1


def _is_beside(one: Box, other: Box) -> bool:
    overlap = min(one.bottom, other.bottom) - max(one.top, other.top)
    height = min(one.bottom - one.top, other.bottom - other.top)
    return overlap > SAME_ROW * height and (other.left >= one.right or one.left >= other.right)


def tidy(line: str) -> str:
    """A line as it is read: folded, without the space that a reader puts around a dash."""
    plain = re.sub(r"(?<=[A-Za-z0-9]) ?- ?(?=[A-Za-z0-9])", "-", folding.plain(line))
    return plain.strip()


@functools.cache
def _words() -> tuple[re.Pattern[str], dict[str, str]]:
    """The words that begin a value, the longest first, and the field of each."""
    said = load("labels")
    field_of = {word: name for name, listed in said["fields"].items() for word in listed}
    field_of |= dict.fromkeys(said["others"], "")
    ordered = sorted(field_of, key=len, reverse=True)
    latin = [re.escape(one) for one in ordered if one.isascii()]
    others = [re.escape(one) for one in ordered if not one.isascii()]
    # A Latin word stands alone and is followed by a stop or a space: `model` is not in `models1`.
    shape = rf"(?:{'|'.join(others)})|(?<![a-z0-9-])(?:{'|'.join(latin)})(?=\.|:| |$)"
    return re.compile(shape, re.IGNORECASE), field_of


def named(lines: Sequence[str]) -> dict[str, list[str]]:
    """The values by field. A word alone in its line has its value in the next."""
    pattern, field_of = _words()
    found: dict[str, list[str]] = {}
    for place, line in enumerate(lines):
        marks = list(pattern.finditer(line))
        for mark, following in itertools.zip_longest(marks, marks[1:]):
            name = field_of[mark[0].lower()]
            end = following.start() if following else len(line)
            value = line[mark.end() : end].strip(" .:：;,()/|")
            if not value and following is None and place + 1 < len(lines):
                value = "" if pattern.match(lines[place + 1]) else lines[place + 1]
            if name and value:
                found.setdefault(name, []).append(value)
    return found


def code_in(value: str) -> str | None:
    """The first code of a value: it has a digit, and is no rating, day or standard."""
    for found in MODEL.finditer(value):
        code = found[0].strip(".")
        if re.search(r"\d", code) and len(code) >= 2 and not _is_no_model(code):
            return code[:LONGEST]
    return None


def _is_no_model(code: str) -> bool:
    return _is_spec(code) or bool(DAY.fullmatch(code))


def bare_codes(lines: Sequence[str]) -> list[str]:
    """The codes in lines whose words do not say that they are something else."""
    pattern, field_of = _words()
    found: list[str] = []
    for line in lines:
        mark = pattern.search(line)
        if mark is None or field_of[mark[0].lower()] == "product":
            codes = (m.text for m in models.find(line) if not m.is_spec)
            found += [c for c in codes if not (_is_no_model(c) or _is_mark(c))]
    return found


def _is_mark(code: str) -> bool:
    """Whether a code is a standard or a mark of conformity; behind the word 型号 it may be a model."""
    letters = re.match(r"[a-z]*", code.lower())
    return letters is not None and letters[0] in load("labels")["no_model"]


def _is_spec(code: str) -> bool:
    return not code.startswith("0") and any(
        one.is_spec and one.text == code for one in models.find(code)
    )
