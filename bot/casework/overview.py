"""RECORD: how many disputes were filed and how they ended, by week, street, goods and shop. Writes nothing.

Filed counts by the day of filing, ended and settled by the day on which it ended: of what ended in a
period, some was filed before. What was deleted by its term is counted no more.
"""

import functools
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import NamedTuple

from sqlalchemy import ColumnElement, Select, case, exists, func, or_, select
from sqlalchemy.orm import Session, aliased

from bot.casework import periods, queue, shops
from bot.casework.china_days import ChinaDay, day
from bot.casework.disputes import local_day
from bot.casework.periods import Period
from bot.casework.recall_matching import fold, vocabulary
from bot.casework.records import Dispute, DisputeEvent
from bot.casework.totals import SETTLES

WEEKS = 12
ENDS = (*SETTLES, "end", "refuse", "pass_on", "withdraw")  # steps that lead out of what runs
CLOSES = "close"  # ends what runs; of what has ended it is the filing away

Name = Callable[[str | None], str | None]


class Filed(NamedTuple):
    """How many disputes were filed about the same thing of the same shop in the same street."""

    street: str | None
    product: str | None
    shop: str | None
    times: int


class End(NamedTuple):
    """How one dispute ended: by which step, how many calendar days after its filing.

    `paid` is what was paid in advance or agreed on, in yuan, where that was put down.
    """

    street: str | None
    product: str | None
    shop: str | None
    days: int
    kind: str
    paid: Decimal | None


@dataclass(frozen=True)
class Week:
    """A week in China, of which `first` is the Monday."""

    first: date
    filed: int
    ended: int
    settled: int


@dataclass
class Group:
    """The disputes of one name: a street, a kind of goods, a shop; None where nobody told it.

    `took` are the days that each took; `with_sum` is how many of the settled have a sum.
    """

    name: str | None
    filed: int = 0
    settled: int = 0
    took: list[int] = field(default_factory=list)
    recovered: Decimal = Decimal(0)
    with_sum: int = 0

    @property
    def ended(self) -> int:
        return len(self.took)

    @property
    def days(self) -> float | None:
        """The median of calendar days from filing to end; None where nothing ended."""
        return float(median(self.took)) if self.took else None

    @property
    def rate(self) -> float | None:
        """The settled as a share of the ended; None where nothing ended."""
        return self.settled / self.ended if self.ended else None

    def take(self, end: End) -> None:
        """Count one that ended."""
        self.took.append(end.days)
        if end.kind in SETTLES:
            self.settled += 1
            if end.paid is not None:
                self.recovered += end.paid
                self.with_sum += 1


@dataclass(frozen=True)
class Overview:
    """All of it: `weeks` are the last ones whatever the period; `running` and `late` are of this day."""

    weeks: Sequence[Week]
    total: Group
    streets: Sequence[Group]
    goods: Sequence[Group]
    shops: Sequence[Group]
    running: int
    late: int


# ── decisions ────────────────────────────────────────────────────────────────


def mondays(today: date) -> list[date]:
    """The first days of the last WEEKS weeks, this one last."""
    monday = today - timedelta(days=today.weekday())
    return [monday - timedelta(weeks=n) for n in reversed(range(WEEKS))]


@functools.lru_cache(maxsize=4096)
def kind_of_goods(product: str | None) -> str | None:
    """The widest kind of goods (categories.yml) that a product's last word names; None where it has none."""
    words, name = vocabulary(), fold(product or "")
    named = {kind for _, end, kinds in words.spans(name) if end == len(name) for kind in kinds}
    kinds = named.union(*map(words.above, named))
    return min((one for one in kinds if not words.above(one)), default=None)


def one_name(told: Mapping[str | None, int]) -> Name:
    """A shop's most frequent spelling for each of its spellings, which differ in signs or the district.

    `told` is how often each was told.
    """
    keys = {name: shops.key_of(name) or name for name in told if name}
    best: dict[str, str] = {}
    for name, key in sorted(keys.items(), key=lambda one: (-told[one[0]], one[0])):
        best.setdefault(key, name)
    return lambda name: best[keys[name]] if name else None


def grouped(
    filed: Iterable[tuple[str | None, int]], ended: Iterable[tuple[str | None, End]], name: Name
) -> list[Group]:
    """The groups by name, those with most filed first and the nameless last."""
    found: dict[str | None, Group] = {}
    for told, count in filed:
        _named(found, name(told)).filed += count
    for told, end in ended:
        _named(found, name(told)).take(end)
    return sorted(found.values(), key=lambda g: (g.name is None, -g.filed, -g.ended, g.name or ""))


def _named(found: dict[str | None, Group], name: str | None) -> Group:
    if name not in found:
        found[name] = Group(name)
    return found[name]


# ── with a session ───────────────────────────────────────────────────────────


def overview(session: Session, period: Period, now: datetime) -> Overview:
    """What there is to tell of a period, and of the last weeks and this day."""
    today = local_day(now)
    filed = [Filed(*row) for row in session.execute(_filed(period))]
    ends = [End(*row) for row in session.execute(_ends(period))]
    told = Counter([*(one.shop for one in filed), *(one.shop for one in ends)])
    names: dict[str, Name] = {
        "street": lambda name: name or None, "product": kind_of_goods, "shop": one_name(told),
    }  # fmt: skip
    streets, goods, at_shops = (
        grouped(
            ((getattr(one, field), one.times) for one in filed),
            ((getattr(one, field), one) for one in ends),
            name,
        )
        for field, name in names.items()
    )
    (total,) = grouped(
        ((None, one.times) for one in filed), ((None, one) for one in ends), lambda _: None
    ) or (Group(None),)
    return Overview(
        by_week(session, today), total, streets, goods, at_shops,
        _waiting(session, None, today), _waiting(session, queue.LATE, today),
    )  # fmt: skip


def by_week(session: Session, today: date) -> list[Week]:
    """The last weeks, the oldest first."""
    firsts = mondays(today)
    since = periods.beginning(firsts[0])
    filed: Counter[date] = Counter()
    lodged = ChinaDay(Dispute.lodged_at)
    query = select(lodged, func.count()).where(Dispute.lodged_at >= since).group_by(lodged)
    for number, count in session.execute(query):
        filed[_monday(number)] += count
    ended: Counter[date] = Counter()
    settled: Counter[date] = Counter()
    at = ChinaDay(DisputeEvent.happened_at)
    steps = select(at, DisputeEvent.kind, func.count()).where(
        *_is_end(), DisputeEvent.happened_at >= since
    )
    for number, kind, count in session.execute(steps.group_by(at, DisputeEvent.kind)):
        ended[_monday(number)] += count
        settled[_monday(number)] += count if kind in SETTLES else 0
    return [Week(one, filed[one], ended[one], settled[one]) for one in firsts]


def _monday(number: int) -> date:
    found = day(number)
    return found - timedelta(days=found.weekday())


def _shop() -> ColumnElement[str | None]:
    return func.coalesce(Dispute.merchant, Dispute.platform)


def _filed(period: Period) -> Select[str | None, str | None, str | None, int]:
    """What was filed in a period, as rows of Filed."""
    told = (Dispute.street, Dispute.product, _shop())
    return (
        select(*told, func.count())
        .where(Dispute.lodged_at >= period.since, Dispute.lodged_at < period.until)
        .group_by(*told)
    )


def _ends(period: Period) -> Select[str | None, str | None, str | None, int, str, Decimal | None]:
    """What ended in a period, as rows of End."""
    event = DisputeEvent
    paid = case((event.kind == "pay_first", Dispute.paid_first_amount), else_=Dispute.agreed_amount)
    took = ChinaDay(event.happened_at) - ChinaDay(Dispute.lodged_at)
    return (
        select(Dispute.street, Dispute.product, _shop(), took, event.kind, paid)
        .join(event, event.dispute_id == Dispute.id)
        .where(*_is_end(), event.happened_at >= period.since, event.happened_at < period.until)
    )


def _is_end() -> tuple[ColumnElement[bool], ...]:
    """Whether an event is the end of its dispute: not undone since, and no filing away of what had ended."""
    event, before = DisputeEvent, aliased(DisputeEvent)
    had_ended = exists().where(
        before.dispute_id == event.dispute_id, before.id < event.id, before.kind.in_(ENDS),
        ~_is_undone(before),
    )  # fmt: skip
    return (
        event.kind.in_((*ENDS, CLOSES)), ~_is_undone(event), or_(event.kind != CLOSES, ~had_ended),
    )  # fmt: skip


def _is_undone(event: type[DisputeEvent]) -> ColumnElement[bool]:
    later = aliased(DisputeEvent)
    return exists().where(
        later.dispute_id == event.dispute_id, later.id > event.id, later.kind == "reopen"
    )


def _waiting(session: Session, due: str | None, today: date) -> int:
    wanted = queue.conditions(queue.Wanted(due=due), today)
    return session.scalar(select(func.count()).select_from(Dispute).where(*wanted)) or 0
