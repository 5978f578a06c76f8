"""RECORD, for operators: what waits and how long, as numbers without any person. Knows no page."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.casework import disputes, queue
from bot.casework.recall_records import SourceState
from bot.casework.records import Dispute, HeardMessage, Notice


@dataclass(frozen=True)
class Gauges:
    """How it stands at a moment; ages in seconds, 0 where nothing waits.

    `sources` are the publishers of recalls that were ever read, by their code.
    """

    notices: dict[str, int]
    oldest_notice: float
    oldest_message: float
    disputes_overdue: int
    sources: dict[str, float]


def read(session: Session, now: datetime) -> Gauges:
    """The gauges at this moment. Each is one query along an index, or of a small table."""
    by_state = select(Notice.state, func.count()).group_by(Notice.state)
    due = select(func.min(Notice.due_at)).where(Notice.state == "due", Notice.due_at <= now)
    waiting = select(func.min(HeardMessage.heard_at)).where(HeardMessage.waiting_at.is_not(None))
    late = queue.conditions(queue.Wanted(due=queue.LATE), disputes.local_day(now))
    read_at = select(SourceState.source, SourceState.last_success_at)
    return Gauges(
        notices={state: count for state, count in session.execute(by_state)},
        oldest_notice=_age(session.scalar(due), now),
        oldest_message=_age(session.scalar(waiting), now),
        disputes_overdue=session.scalar(select(func.count(Dispute.id)).where(*late)) or 0,
        sources={code: _age(at, now) for code, at in session.execute(read_at) if at is not None},
    )


def _age(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max(0.0, (now - since).total_seconds())
