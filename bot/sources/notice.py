"""SOURCES: a recall notice as a publisher gives it, and why something was not read. Pure."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from bot.library import load

# Read and understood, and no matter of this library: no recall, or food, drugs, cosmetics, cars.
PASSED_OVER = ("not_a_recall", "not_consumer_goods")
LONGEST_KEY = 40  # characters of a source's key that fit a notice's number
MOST_PIECES = 2_000_000_000  # what fits the column


class NotRead(ValueError):
    """A page or file of which nothing is taken; `reason` is one of `reasons` in sources.yml."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Problem:
    """A row of which nothing is taken: where it stands (line, number) and the reason."""

    where: str
    reason: str


@dataclass(frozen=True)
class Notice:
    """A recall notice of one source; `source_key` stays the same when the notice is corrected.

    The fields from `title` on are those of the record `Recall`. `doubts` are reasons (sources.yml)
    why a value is to be read with care; `raw` holds every field of the format as it was printed.
    """

    source: str
    source_key: str
    jurisdiction: str
    title: str
    publisher: str | None = None
    published_on: date | None = None
    date_precision: str | None = None
    category: str | None = None
    product_type: str | None = None
    product_name: str | None = None
    brand: str | None = None
    brand_aliases: tuple[str, ...] = ()
    producer: str | None = None
    models: tuple[str, ...] = ()
    batch_raw: str | None = None
    manufacture_or_sale_dates: str | None = None
    quantity: int | None = None
    quantity_unit: str | None = None
    hazard: str | None = None
    injury_reports: str | None = None
    remedy: str | None = None
    contact_phone: str | None = None
    url: str | None = None
    doubts: tuple[str, ...] = ()
    raw: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Read:
    """What a page or file held: notices, and the rows that were not taken with their reasons."""

    notices: tuple[Notice, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class Link:
    """A document that a list names: where it is, and the day that the list prints for it."""

    url: str
    published_on: date | None = None


def text(value: object) -> str | None:
    """A value as text with single spaces; None where it says that there is none (/, 无, --)."""
    said = " ".join(str(value).split()) if value is not None else ""
    return None if said.casefold() in load("sources")["nothing"] else said


def short_key(key: str) -> str:
    """A key that fits: itself, or its hash where it is too long."""
    return key if len(key) <= LONGEST_KEY else hashed(key)


def hashed(words: str) -> str:
    """A key for words that are none themselves, such as a title and its day."""
    return hashlib.sha256(words.encode("utf-8", "replace")).hexdigest()[:16]


def whole(found: Read) -> Read:
    """`found`, unless it holds nothing but rows that could not be read. Raises NotRead."""
    refused = [one for one in found.problems if one.reason not in PASSED_OVER]
    if refused and not found.notices and len(refused) == len(found.problems):
        raise NotRead(refused[0].reason)
    return found
