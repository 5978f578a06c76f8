"""RECORD: how often messages were taken for each intent, by day in China. Of whom is not kept."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from bot.casework.intent_records import IntentCount
from bot.casework.periods import Period
from bot.library import load

FALLBACK = "nlu_fallback"  # Rasa's name for what it did not understand
INSERT: dict[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}

Counts = Mapping[tuple[date, str], int]


@dataclass(frozen=True)
class WeekOfTalk:
    """A week in China from the Monday `first`: how many messages, and how many were not understood."""

    first: date
    turns: int
    missed: int

    @property
    def rate(self) -> float | None:
        """The share that was not understood; None where nobody wrote."""
        return self.missed / self.turns if self.turns else None


def is_known(intent: str) -> bool:
    """Whether it is an intent of the domain: nothing else is kept, whatever Rasa answers."""
    return intent in load("intents")


# ── with a session; the caller commits ───────────────────────────────────────


def add(session: Session, counts: Counts) -> None:
    """Add to what is kept; two processes may add to the same day at once.

    In one order everywhere, so that two never wait for each other.
    """
    insert = INSERT[session.get_bind().dialect.name]
    for (day, intent), times in sorted(counts.items()):
        new = insert(IntentCount).values(day=day, intent=intent, times=times)
        sum_of_both = IntentCount.times + new.excluded.times
        session.execute(
            new.on_conflict_do_update(index_elements=["day", "intent"], set_={"times": sum_of_both})
        )


def by_week(session: Session, mondays: Sequence[date]) -> list[WeekOfTalk]:
    """The weeks that begin on these days, in their order."""
    row, turns, missed = IntentCount, Counter[date](), Counter[date]()
    query = select(row.day, row.intent, func.sum(row.times)).where(row.day >= min(mondays))
    for day, intent, times in session.execute(query.group_by(row.day, row.intent)):
        monday = day - timedelta(days=day.weekday())
        turns[monday] += times
        missed[monday] += times if intent == FALLBACK else 0
    return [WeekOfTalk(one, turns[one], missed[one]) for one in mondays]


def of_period(session: Session, period: Period) -> list[tuple[str, int]]:
    """How often each intent was understood in a period, the most frequent first."""
    row = IntentCount
    times = func.sum(row.times)
    query = (
        select(row.intent, times)
        .where(row.day.between(period.first, period.last), row.intent != FALLBACK)
        .group_by(row.intent)
        .order_by(times.desc(), row.intent)
    )
    return [(intent, int(count)) for intent, count in session.execute(query)]
