"""Complaints that gather on one model, product, danger or shop, by the rules of risk.yml. Pure."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.casework import precheck, shops
from bot.casework.recall_matching import fold, is_rating, key, vocabulary
from bot.library import load
from bot.library.risk_loader import TESTS, Rule, Rules
from bot.reading import platforms

NEAR = 6  # characters before a danger in which a word may deny it
SHORTEST_MODEL = (
    5  # characters of a model that is one without its brand; shorter ones are many makers'
)
_CLAUSE = re.compile(r"[,。;!?\s]")


@dataclass(frozen=True)
class Case:
    """One lodged dispute as far as risk goes; its story is folded. `shop_id` is that of the register.

    `is_hurt`: somebody was hurt or nearly (moments.py), told with it or in its story.
    """

    number: str
    person: int
    at: datetime
    brand: str | None = None
    model: str | None = None
    product: str | None = None
    merchant: str | None = None
    shop_id: int | None = None
    facts: str = ""
    is_hurt: bool = False


@dataclass(frozen=True)
class Mark:
    """One thing by which a case may gather with others: of which kind, as compared, as people read it."""

    kind: str
    key: str
    title: str


@dataclass(frozen=True)
class Gathering:
    """Cases that a rule calls an alarm. `why` is that of TESTS which was met, by `needed` people."""

    mark: Mark
    why: str
    needed: int
    days: int
    cases: tuple[Case, ...]

    @property
    def numbers(self) -> frozenset[str]:
        """The numbers of its disputes."""
        return frozenset(one.number for one in self.cases)


def gathered(
    cases: Iterable[Case],
    rules: Rules,
    now: datetime,
    same_brand: Mapping[str, str] | None = None,
    settled: Mapping[tuple[str, str], frozenset[str]] | None = None,
) -> list[Gathering]:
    """What the rules call an alarm at `now`, in the order of the rules.

    `settled` are the disputes of alarms that were decided, by kind and key: they count no more for
    it, nor does another dispute of the same people. `same_brand` is other names of brands (`groups`).
    """
    groups = grouped(cases, rules, same_brand)
    found: list[Gathering] = []
    for rule in rules.rules:
        for (kind, name), group in groups.items():
            if kind == rule.kind:
                old = (settled or {}).get((kind, name), frozenset())
                found += _judged(group, rule, rules, now, old)
    return found


def grouped(
    cases: Iterable[Case], rules: Rules, same_brand: Mapping[str, str] | None = None
) -> dict[tuple[str, str], list[tuple[Mark, Case]]]:
    """All cases by kind and key. `same_brand` names the one brand that each folded name stands for."""
    groups: dict[tuple[str, str], list[tuple[Mark, Case]]] = defaultdict(list)
    for case in sorted(cases, key=lambda one: (one.at, one.number)):
        for mark in marks(case, rules, same_brand or {}):
            groups[mark.kind, mark.key].append((mark, case))
    return groups


def marks(case: Case, rules: Rules, same_brand: Mapping[str, str]) -> Iterator[Mark]:
    """All by which a case may gather with others."""
    brand, thing = _brand(case.brand, same_brand), _thing(case.product)
    if model := _model(case, brand):
        named = f"{case.brand} {case.model}" if brand else str(case.model)
        yield Mark("model", model, named)
    if brand and thing:
        yield Mark("product", f"{brand}|{thing}", f"{case.brand} {thing}")
    for hazard in sorted(dangers(case.facts, rules)):
        if thing:  # that a lamp and a chair are dangerous is no pattern
            title = load("risk")["hazards"][hazard]["title"]
            yield Mark("hazard", f"{hazard}|{thing}", f"{title} · {thing}")
    if shop := _shop(case, rules):
        yield Mark("shop", shop, str(case.merchant))


def dangers(facts: str, rules: Rules) -> set[str]:
    """The dangers that a folded story tells of; one that is denied, feared or part of a name is none."""
    return {
        name
        for name, words in rules.hazards.items()
        if any(word in facts and _happened(facts, word, rules) for word in words)
    }


def categories(case: Case, rules: Rules) -> set[str]:
    """The categories with numbers of their own that the product of a case belongs to."""
    name = fold(case.product or "")
    named = precheck.kind_of(name)
    types = named.union(*map(vocabulary().above, named))
    return {
        category
        for category in rules.types
        if types & rules.types[category] or any(word in name for word in rules.words[category])
    }


def people(cases: Iterable[Case]) -> int:
    """How many people complained: several disputes of one person are one."""
    return len({one.person for one in cases})


def _judged(
    group: Sequence[tuple[Mark, Case]], rule: Rule, rules: Rules, now: datetime, old: frozenset[str]
) -> Iterator[Gathering]:
    """The group as an alarm where one of the rule's numbers is reached; the first of TESTS counts."""
    known = {case.person for _, case in group if case.number in old}
    since = now - timedelta(days=rule.days)
    lately = [c for _, c in group if since < c.at <= now and c.person not in known]
    for test in TESTS:
        needed = rule.counts.get(test)
        if needed is None or people(lately) < needed:
            continue
        if people(_counted(lately, test, rules)) >= needed:
            titles = Counter(mark.title for mark, case in group if case in lately)
            first = group[0][0]
            mark = Mark(first.kind, first.key, titles.most_common(1)[0][0])
            yield Gathering(mark, test, needed, rule.days, tuple(lately))
            return


def _counted(cases: Sequence[Case], test: str, rules: Rules) -> list[Case]:
    if test == "count":
        return list(cases)
    if test == "injury":
        return [one for one in cases if one.is_hurt]
    return [one for one in cases if test in categories(one, rules)]


def _brand(brand: str | None, same_brand: Mapping[str, str]) -> str | None:
    """A brand as brands are compared with those of recalls; None where it names none."""
    name = fold(brand or "").strip().removesuffix("牌")
    if not key(name) or {name, fold(brand or "")} & set(load("categories")["no_brand"]):
        return None
    return same_brand.get(key(name), key(name))


def _model(case: Case, brand: str | None) -> str | None:
    """A model as models are compared; a short one with its brand, for other makers have it too."""
    told = case.model or ""
    code = key(fold(told))  # in which o is 0
    if not re.search(r"\d", told) or is_rating(told):
        return None
    if len(code) >= SHORTEST_MODEL and re.search(r"[a-z]", code):
        return code
    return f"{code}|{brand}" if brand and len(code) > 1 else None


def _thing(product: str | None) -> str | None:
    """What a product is: the widest type of its last word, or else its own name."""
    name = re.sub(r"\W", "", fold(product or ""))
    types = precheck.kind_of(name)
    widest = {t for named in types for t in (vocabulary().above(named) or {named})}
    roots = sorted(one for one in widest if not vocabulary().above(one))
    return roots[0] if roots else name or None


def _shop(case: Case, rules: Rules) -> str | None:
    """The same shop by the register, or else by its name; a platform and a bare trade are none."""
    if case.shop_id is not None:
        return f"#{case.shop_id}"
    name = shops.key_of(case.merchant or "")
    is_platform = any(one.text == name for one in platforms.find(name))
    return None if is_platform or name in rules.no_shop or len(name) < 2 else name


def _happened(text: str, word: str, rules: Rules) -> bool:
    for found in re.finditer(re.escape(word), text):
        before = _CLAUSE.split(text[: found.start()])[-1][-NEAR:]
        after = text[found.end() :]
        is_name = any(after.startswith(one) for one in rules.not_before)
        if not is_name and not any(one in before for one in rules.not_after):
            return True
    return False
