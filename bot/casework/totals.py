"""The district's totals by month, for everybody: no shop, no person, and no small count. Writes nothing."""

import functools
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from statistics import median

from sqlalchemy import exists, func, select
from sqlalchemy.orm import Session

from bot.casework import deadlines
from bot.casework.disputes import CHINA, local_day
from bot.casework.recall_push_records import RecallAnswer, RecallPush
from bot.casework.records import Dispute, DisputeEvent

MONTHS = 12
LEAST = 5  # a count from 1 to 4 is not told: it could be about somebody whom one knows
SETTLES = ("settle", "conclude", "pay_first")
SETTLED = ("settled", "closed")  # the states in which a settlement has not been undone


@dataclass(frozen=True)
class Count:
    """A number of things; `is_few` where it is 1 to LEAST - 1, and then `told` is None."""

    told: int | None

    @property
    def is_few(self) -> bool:
        return self.told is None


@dataclass(frozen=True)
class Month:
    """One month, of which `first` is the first day.

    `days` is the median of working days from lodging to settlement, `fast` the share in percent of
    the settled that never left the fast lane; both None where too few stand behind them.
    """

    first: date
    filed: Count
    settled: Count
    days: float | None
    fast: int | None
    pushed: Count
    answered: Count


# ── decisions ────────────────────────────────────────────────────────────────


def count(number: int) -> Count:
    """The number as it may be told."""
    return Count(None if 0 < number < LEAST else number)


def share(part: int, whole: int) -> int | None:
    """The part in percent, None where the part or the rest is a small count."""
    if whole < LEAST or count(part).is_few or count(whole - part).is_few:
        return None
    return round(100 * part / whole)


def months(now: datetime) -> list[date]:
    """The first days of the last MONTHS months, this one last."""
    first = local_day(now).replace(day=1)
    found = [first]
    while len(found) < MONTHS:
        first = (first - timedelta(days=1)).replace(day=1)
        found.append(first)
    return found[::-1]


# ── with a session ───────────────────────────────────────────────────────────


def by_month(session: Session, now: datetime) -> list[Month]:
    """The last months, oldest first. What was deleted by its term is counted no more."""
    firsts = months(now)
    since = datetime.combine(firsts[0], time(), CHINA)
    filed = _counted(session.scalars(select(Dispute.lodged_at).where(Dispute.lodged_at >= since)))
    settled = _settled(session, since)
    pushed: Counter[date] = Counter()
    rows = select(RecallPush.starts_at, RecallPush.posted).where(RecallPush.starts_at >= since)
    for at, posted in session.execute(rows):
        if at is not None:  # for mypy: the query leaves those out
            pushed[_month(at)] += posted
    answered = _counted(
        session.scalars(select(RecallAnswer.answered_at).where(RecallAnswer.answered_at >= since))
    )
    return [_month_of(one, filed, settled, pushed, answered) for one in firsts]


def _month_of(
    first: date, filed: Counter[date], settled: Mapping[date, Sequence[tuple[int, bool]]],
    pushed: Counter[date], answered: Counter[date],
) -> Month:  # fmt: skip
    done = settled.get(first, ())
    fast = share(sum(is_fast for _, is_fast in done), len(done))
    days = float(median(days for days, _ in done)) if len(done) >= LEAST else None
    return Month(
        first, count(filed[first]), count(len(done)), days, fast, count(pushed[first]),
        count(answered[first]),
    )  # fmt: skip


def _settled(session: Session, since: datetime) -> dict[date, list[tuple[int, bool]]]:
    """By month of its last settlement: working days that each took, and whether in the fast lane."""
    last = (
        select(DisputeEvent.dispute_id, func.max(DisputeEvent.happened_at).label("at"))
        .where(DisputeEvent.kind.in_(SETTLES))
        .group_by(DisputeEvent.dispute_id)
        .subquery()
    )
    undone = exists().where(  # reopened since, however it was closed then
        DisputeEvent.dispute_id == Dispute.id,
        DisputeEvent.kind == "reopen",
        DisputeEvent.happened_at > last.c.at,
    )
    query = (
        select(Dispute.lodged_at, last.c.at, Dispute.lane)
        .join(last, last.c.dispute_id == Dispute.id)
        .where(Dispute.state.in_(SETTLED), last.c.at >= since, ~undone)
    )
    found: dict[date, list[tuple[int, bool]]] = defaultdict(list)
    for lodged_at, at, lane in session.execute(query):
        days = _working_days(local_day(lodged_at), local_day(at))
        found[_month(at)].append((days, lane == "fast"))
    return found


@functools.lru_cache(maxsize=4096)
def _working_days(first: date, last: date) -> int:
    """The working days after `first`, up to `last`: what is settled on its day took none."""
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(deadlines.is_working_day(day) for day in days)


def _counted(moments: Iterable[datetime | None]) -> Counter[date]:
    return Counter(_month(at) for at in moments if at is not None)


def _month(at: datetime) -> date:
    return local_day(at).replace(day=1)
