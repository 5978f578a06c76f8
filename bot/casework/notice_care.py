"""RECORD: the notices that officers must look after: failed, late, or perhaps sent twice; tried again or given up."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, or_, select, update
from sqlalchemy.orm import Session

from bot.casework import notices, people, quiet
from bot.casework.records import Notice, Person
from bot.casework.retention import EMPTIED
from bot.casework.steps import NotPossible

LATE_AFTER = timedelta(hours=1)  # beyond the moment it was due
GIVEN_UP = "given_up"
# Why one is given up: a code, for words might name somebody.
WHY = ("called", "met", "too_late", "elsewhere")
KINDS = ("open", "stuck", "late", "double", "unreachable", GIVEN_UP)
NEVER_AGAIN = (notices.MOVED, EMPTIED)  # told by another row; no words left


# ── decisions ────────────────────────────────────────────────────────────────


def wanted(kind: str, now: datetime) -> ColumnElement[bool]:
    """One of KINDS as a condition: `open` are those that failed or are late, and perhaps doubled unsent ones."""
    double = and_(Notice.may_be_double.is_(True), Notice.state.in_(notices.OPEN))
    conditions: dict[str, ColumnElement[bool]] = {
        "stuck": Notice.state == "stuck", "late": _late(now), "double": Notice.may_be_double.is_(True),
        "unreachable": Notice.state == "unreachable", GIVEN_UP: Notice.state == GIVEN_UP,
    }  # fmt: skip
    return conditions.get(kind, or_(Notice.state == "stuck", _late(now), double))


def _late(now: datetime) -> ColumnElement[bool]:
    """Not on the citizens' page: there a notice waits until its person looks."""
    sent_by_us = select(Person.id).where(Person.channel != people.WEB)
    return and_(
        Notice.state.in_(notices.OPEN),
        Notice.due_at < now - LATE_AFTER,
        Notice.person_id.in_(sent_by_us),
    )


def is_late(notice: Notice, now: datetime) -> bool:
    """Whether it waits beyond its time, by the same rule as `wanted`."""
    is_ours = notice.person.channel != people.WEB
    return is_ours and notice.state in notices.OPEN and notice.due_at < now - LATE_AFTER


def may_try(notice: Notice, now: datetime) -> bool:
    """Whether it can be tried now: it failed for good, or waits after a failure, and can be reached."""
    waits = notice.state == "due" and notice.retry_at is not None and notice.retry_at > now
    has_words = bool(notice.text) and notice.last_error not in NEVER_AGAIN
    is_reached = notice.person.unreachable_why is None
    return (
        (notice.state == "stuck" or (waits and notice.due_at <= now)) and has_words and is_reached
    )


def may_give_up(notice: Notice, now: datetime) -> bool:
    """Whether it can be given up: not while it is being sent, nor before it is due."""
    is_due = notice.state == "due" and notice.due_at <= now
    return is_due or notice.state in ("stuck", "unreachable")


# ── with a session; the caller commits ───────────────────────────────────────


def try_again(session: Session, notice: Notice, now: datetime) -> None:
    """Let the notice go out with the next round, in the quiet hours at their end. Raises NotPossible."""
    if not may_try(notice, now):
        raise NotPossible(notice.state)
    _move(session, notice, "due", quiet.due_at(session, notice.person, now), notice.last_error)


def give_up(session: Session, notice: Notice, why: str, now: datetime) -> None:
    """Send it no more; `why` is one of WHY. Raises NotPossible."""
    if why not in WHY or not may_give_up(notice, now):
        raise NotPossible(notice.state)
    _move(session, notice, GIVEN_UP, None, f"{GIVEN_UP}: {why}")


def _move(
    session: Session, notice: Notice, state: str, retry_at: datetime | None, last_error: str | None
) -> None:
    """Only from where it was read: who sends it, or decides of it, at this moment has gone first."""
    retry = notice.retry_at
    as_read = Notice.retry_at.is_(None) if retry is None else Notice.retry_at == retry
    moved = session.execute(
        update(Notice)
        .where(Notice.id == notice.id, Notice.state == notice.state)
        .where(Notice.attempts == notice.attempts, as_read)
        .values(state=state, retry_at=retry_at, last_error=last_error)
    )
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        raise NotPossible("changed")
