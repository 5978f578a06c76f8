"""RECORD, for recalls: the spans that a notice prints, of batches, sizes and days. Knows no database."""

import calendar
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from bot.casework.records import Recall
from bot.library import load
from bot.reading import folding

Period = tuple[date, date]  # first and last day, both included

_SIZES = re.compile(r"(\d{2,3})[码#]?\s*[至~-]+\s*(\d{2,3})[码#]")
_CODES = re.compile(r"([a-z]*)(\d+)\s*([-~至到])+\s*([a-z]*)(\d+)")
_BETWEEN_CODES = re.compile(r"[;,、\s]+(?![-~至到])|(?:批次|批号)[:为]?")
_CODE = re.compile(r"([a-z]*)(\d+)")
_LEAST_DIGITS = 3  # digits of a batch from which a dash between two of them means "to"

_PARENTHESES = re.compile(r"\(.*?\)")
_BETWEEN_PERIODS = re.compile(r"[;,、及和]")
_TO = re.compile(r"\s*(?:[~至到]|(?<=[年月日])-(?=20))\s*")
_DAY = r"(?:(20\d\d)(?:[-/.年]|(?!\d)))?(?:(\d{1,2})(?:[-/.月]|(?!\d)))?(?:(\d{1,2})日?)?"
_END = re.compile(_DAY + r"(?:生产|出厂|制造)*")
_MADE = re.compile(
    r"(20\d\d)(?:[-/.年] ?(\d{1,2})(?:[-/.月] ?(\d{1,2}))?|(?=年))(?!\d)[年月日号份]*"
)


@dataclass(frozen=True)
class CodeSpan:
    """Batches from one to another. Codes are text: the letters and the number of digits count.

    `widths` are the digits of the first and the last: 00240-00390 holds 00300 and not 300.
    """

    letters: str
    first: int
    last: int
    widths: tuple[int, int]

    def is_like(self, code: str) -> bool:
        """Whether a folded code is written as those of the span are."""
        found = _CODE.fullmatch(code)
        if found is None or found[1] != self.letters:
            return False
        is_padded = found[2].startswith("0") and self.widths[0] != self.widths[1]
        return self.widths[0] <= len(found[2]) <= self.widths[1] and not is_padded

    def holds(self, code: str) -> bool:
        """Whether a folded code lies in the span."""
        return self.is_like(code) and self.first <= int(re.sub(r"\D", "", code)) <= self.last


def batch_spans(notice: Recall) -> tuple[CodeSpan, ...]:
    """The spans of batches that a notice prints: 1901-2118, 00240-00390, C001至C066."""
    text = folding.plain(notice.batch_raw or "").casefold()
    found = (_CODES.fullmatch(part.strip()) for part in _BETWEEN_CODES.split(text))
    return tuple(span for match in found if match and (span := _code_span(match)))


def _code_span(match: re.Match[str]) -> CodeSpan | None:
    letters, first, sign, letters_after, last = match.groups()
    widths = (len(first), len(last))
    is_said = sign != "-" or (widths[0] == widths[1] >= _LEAST_DIGITS)
    if not is_said or letters_after not in ("", letters) or int(first) > int(last):
        return None
    return CodeSpan(letters, int(first), int(last), widths)


def size_span(notice: Recall) -> tuple[int, int] | None:
    """The sizes that a notice names as a range (90码至130码), smallest and largest."""
    found = _SIZES.search(folding.plain(" ".join(notice.models)).casefold())
    return (int(found[1]), int(found[2])) if found else None


def names_sizes(text: str) -> bool:
    """Whether a folded model field is a range of sizes."""
    return _SIZES.search(text) is not None


def made_in(notice: Recall) -> tuple[Period, ...]:
    """The periods of manufacture that a notice prints; none where it speaks of sales or is unclear."""
    text = folding.plain(notice.manufacture_or_sale_dates or "")
    if not text or any(word in text for word in load("categories")["sale_words"]):
        return ()
    parts = _BETWEEN_PERIODS.split(_PARENTHESES.sub("", text))
    found = [_period(part.strip()) for part in parts]
    return tuple(one for one in found if one) if all(found) else ()


def _period(text: str) -> Period | None:
    ends = _TO.split(text)
    first = _END.fullmatch(ends[0].strip())
    if len(ends) > 2 or first is None or first[1] is None:
        return None
    begun = _days(first[1], first[2], first[3])
    if len(ends) == 1 or begun is None:
        return begun
    last = _END.fullmatch(ends[1].strip())
    if last is None:
        return None
    year, month, day = last.groups()
    if year is None and day is None:  # 2023-05~08 ends with a month, 2023-05-30~31 with a day
        month, day = (month, None) if first[3] is None else (first[2], month)
    ended = _days(year or first[1], month, day)
    return (begun[0], ended[1]) if ended and ended[1] >= begun[0] else None


def _days(year: str, month: str | None, day: str | None) -> Period | None:
    """The days of a year, a month or a day; a day that its month lacks is the month's last."""
    if month is None:
        return date(int(year), 1, 1), date(int(year), 12, 31)
    if not 1 <= int(month) <= 12:
        return None
    longest = calendar.monthrange(int(year), int(month))[1]
    first, last = (min(int(day), longest),) * 2 if day else (1, longest)
    return (date(int(year), int(month), first), date(int(year), int(month), last)) if last else None


@dataclass(frozen=True)
class Made:
    """When a question says that the thing was made, and where in the question that stands."""

    start: int
    end: int
    period: Period


def made_when(text: str) -> Iterator[Made]:
    """The times of manufacture in a folded question; days of purchase are none."""
    words = load("categories")["made_words"]
    for match in _MADE.finditer(text):
        before = re.sub(r"[\s:是为于在]+$", "", text[: match.start()])
        after = re.sub(r"^[\s的]+", "", text[match.end() :])
        is_said = any(before.endswith(w) for w in words["before"]) or any(
            after.startswith(w) for w in words["after"]
        )
        if is_said and (period := _days(match[1], match[2], match[3])):
            yield Made(match.start(), match.end(), period)
