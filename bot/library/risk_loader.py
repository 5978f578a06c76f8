"""The rules of the risk monitor as frozen records from risk.yml, and their check; it knows no dispute."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.library import load

LONGEST_DAYS = 365  # a decided alarm is kept no longer than that by default
TESTS = ("injury", "children", "electrical", "count")  # the strictest word for an officer first
KINDS = ("model", "product", "hazard", "shop")


class BadRules(ValueError):
    """Something in risk.yml that cannot be meant; the text says where, and what is asked for."""


@dataclass(frozen=True)
class Rule:
    """When cases of one kind are an alarm: so many people within so many days, by what they share.

    `counts` has for each of TESTS how many people it takes; one that is left out does not apply.
    """

    kind: str
    title: str
    days: int
    counts: Mapping[str, int]


@dataclass(frozen=True)
class Rules:
    """All of risk.yml that decides; `types` and `words` are of the categories with lower numbers."""

    rules: tuple[Rule, ...]
    types: Mapping[str, frozenset[str]]
    words: Mapping[str, tuple[str, ...]]
    hazards: Mapping[str, tuple[str, ...]]
    not_after: tuple[str, ...]
    not_before: tuple[str, ...]
    no_shop: frozenset[str]

    @property
    def longest_days(self) -> int:
        """The days of the rule that looks back longest."""
        return max(rule.days for rule in self.rules)


def rules() -> Rules:
    """The rules of risk.yml. Raises BadRules."""
    return read(load("risk"), load("categories"))


def read(said: Mapping[str, Any], categories: Mapping[str, Any]) -> Rules:
    """Rules as they are written, checked against the product words. Raises BadRules."""
    groups = _table(said, "categories")
    for name, group in groups.items():
        where = f"categories.{name}"
        if name not in categories["followed"] or name not in TESTS:
            raise BadRules(f"{where}: no such category")
        if unknown := set(_words(group, "types", where)) - set(categories["products"]):
            raise BadRules(f"{where}.types: not in categories.yml: {', '.join(sorted(unknown))}")
    return Rules(
        rules=tuple(_rules(_table(said, "rules"), groups)),
        types={name: frozenset(group["types"]) for name, group in groups.items()},
        words={n: _words(group, "words", f"categories.{n}") for n, group in groups.items()},
        hazards={
            name: _words(row, "words", f"hazards.{name}")
            for name, row in _table(said, "hazards").items()
        },
        not_after=_words(said, "not_after", "risk.yml"),
        not_before=_words(said, "not_before", "risk.yml"),
        no_shop=frozenset(_words(said, "no_shop", "risk.yml")),
    )


def _rules(rows: Mapping[str, Any], groups: Mapping[str, Any]) -> Iterator[Rule]:
    for kind, row in rows.items():
        where = f"rules.{kind}"
        if kind not in KINDS:
            raise BadRules(f"{where}: no such kind, only {', '.join(KINDS)}")
        if not isinstance(row, Mapping) or "title" not in row:
            raise BadRules(f"{where}: a title is missing")
        counts = {name: value for name, value in row.items() if name not in ("title", "days")}
        for name, value in counts.items():
            if name not in TESTS or name not in ("count", "injury", *groups):
                raise BadRules(f"{where}.{name}: no such category")
            _whole(value, f"{where}.{name}", 1000)
        if "count" not in counts:
            raise BadRules(f"{where}.count: is missing")
        for name, value in counts.items():
            if value > counts["count"]:
                raise BadRules(f"{where}.{name}: {value} is more than count {counts['count']}")
        days = _whole(row.get("days"), f"{where}.days", LONGEST_DAYS)
        yield Rule(kind, str(row["title"]), days, counts)


def _whole(value: object, where: str, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise BadRules(f"{where}: {value} is no whole number from 1 to {most}")
    return value


def _table(said: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = said.get(name)
    if not isinstance(found, Mapping) or not found:
        raise BadRules(f"{name}: is missing or empty")
    return found


def _words(row: object, name: str, where: str) -> tuple[str, ...]:
    found = row.get(name) if isinstance(row, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(one, str) and one for one in found):
        raise BadRules(f"{where}.{name}: a list of words is needed")
    return tuple(found)
