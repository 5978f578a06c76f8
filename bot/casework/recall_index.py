"""RECORD, for recalls: the notices in memory, by everything that a question may name. No database."""

import contextlib
import functools
import gc
import itertools
import operator
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.casework import recall_matching as matching
from bot.casework import recall_spans as spans_of
from bot.casework.recall_matching import Identifier, fold, vocabulary
from bot.casework.recall_spans import CodeSpan, Period
from bot.casework.records import Recall


@dataclass(frozen=True, eq=False)
class Entry:
    """A notice with what identifies its product, read once; the rest is read when it is asked for.

    `row` is a notice, or its row as the database gave it: of 100,000 few are ever made a notice.
    """

    row: Any
    number: str
    order: tuple[bool, date, str]  # domestic ones and newer ones are greater
    identifiers: frozenset[Identifier]
    brands: frozenset[str]
    makers: frozenset[str]
    products: frozenset[str]

    @functools.cached_property
    def names(self) -> frozenset[str]:
        """What the index knows its brand by: where none is printed, people know a thing by its maker."""
        return frozenset(matching.printed_key(name) for name in self.brands or self.makers)

    @functools.cached_property
    def notice(self) -> Recall:
        return self.row if isinstance(self.row, Recall) else Recall(**self.row._mapping)

    @functools.cached_property
    def sizes(self) -> tuple[int, int] | None:
        return spans_of.size_span(self.notice)

    @functools.cached_property
    def batches(self) -> tuple[CodeSpan, ...]:
        return spans_of.batch_spans(self.notice)

    @functools.cached_property
    def made(self) -> tuple[Period, ...]:
        return spans_of.made_in(self.notice)

    @functools.cached_property
    def about(self) -> str:
        """The words that are compared with those of a question."""
        return fold(f"{self.row.product_name or ''} {self.row.hazard or ''}")

    @property
    def is_domestic(self) -> bool:
        return self.order[0]

    @property
    def has_names(self) -> bool:
        """Whether the notice prints the name of a series to ask for."""
        return any(i.kind == "series" for i in self.identifiers)

    @property
    def has_codes(self) -> bool:
        """Whether the notice prints codes that an asked code can be missing from."""
        return any(i.kind in ("model", "part", "barcode", "rating") for i in self.identifiers)


@dataclass(frozen=True, slots=True)
class Hit:
    """An identifier of a notice that stands in the question."""

    entry: Entry
    identifier: Identifier


def entry(row: Any) -> Entry:
    """A notice, or its row, with its identifiers, brands, makers and product types."""
    return Entry(
        row,
        str(row.notice_no),
        (row.jurisdiction == "CN", row.published_on or date.min, row.notice_no),
        frozenset(matching.identifiers(row)),
        frozenset(matching.brands_of(row)),
        frozenset(matching.makers_of(row)),
        matching.products_of(row),
    )


@dataclass
class Index:
    """The notices by everything a question may name: a lookup touches candidates only."""

    by_key: dict[str, list[Hit]] = field(default_factory=dict)
    by_brand: dict[str, list[Entry]] = field(default_factory=dict)
    by_product: dict[str, list[Entry]] = field(default_factory=dict)
    by_number: dict[str, Entry] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Iterable[Any], kept: Iterable[Entry] = ()) -> "Index":
        """An index over notices, or their rows, and over what is kept of an index before it."""
        index = cls()
        with _without_collector():
            for one in itertools.chain(kept, map(entry, rows)):
                index._add(one)
            for of_brand in index.by_brand.values():  # the newest first: what is asked for most
                of_brand.sort(key=operator.attrgetter("order"), reverse=True)
        return index

    def _add(self, one: Entry) -> None:
        self.by_number[one.number] = one
        for identifier in one.identifiers:
            self.by_key.setdefault(identifier.key, []).append(Hit(one, identifier))
        for name in one.names:
            self.by_brand.setdefault(name, []).append(one)
        for name in one.products.union(*map(vocabulary().above, one.products)):
            self.by_product.setdefault(name, []).append(one)

    def of_brands(self, names: Collection[str]) -> Sequence[Entry]:
        """The notices of the brands or makers, the newest first. A brand may have thousands: of one
        they are not copied."""
        if len(names) == 1:
            return self.by_brand[next(iter(names))]
        found = {e.number: e for name in names for e in self.by_brand[name]}
        return sorted(found.values(), key=operator.attrgetter("order"), reverse=True)

    def of_products(self, products: Iterable[str]) -> list[Entry]:
        """The notices whose product is, or is a kind of, one of the types."""
        found = {e.number: e for p in products for e in self.by_product.get(p, ())}
        return list(found.values())


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Without garbage collection, which walks all of an index again and again and frees nothing.

    What is built is not walked later either: at 100,000 notices that would hold a chat up for a second.
    """
    was_on = gc.isenabled()
    gc.unfreeze()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_on:
            gc.enable()
