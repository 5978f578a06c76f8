"""RECORD: questions about rights that the library did not answer, for officers. Knows no person and no Rasa."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.casework.guidance_records import UnansweredQuestion
from bot.reading import folding, phones

Reason = Literal["unsure", "unhelpful", "none"]
LONGEST = 300  # characters of a question that are kept: its end, where people ask
MOST = 200  # rows that are listed


# ── decisions ────────────────────────────────────────────────────────────────


def waits() -> ColumnElement[bool]:
    """That nobody has dealt with a question since it was last asked."""
    row = UnansweredQuestion
    return or_(row.dealt_with_at.is_(None), row.dealt_with_at < row.last_asked_at)


# ── with a session; the caller commits ───────────────────────────────────────


def note(
    session: Session,
    text: str,
    intent: str,
    reason: Reason,
    now: datetime,
    shown: str | None = None,
) -> None:
    """Count a question without an answer, its numbers taken out; `shown` is the entry that did not help."""
    question = phones.redact(folding.plain(text))[0][-LONGEST:]
    if not question:
        return
    digest = hashlib.sha256("\n".join((question, reason, shown or "")).encode()).hexdigest()
    if _is_counted(session, digest, now):
        return
    made = UnansweredQuestion(
        digest=digest, question=question, intent=intent[:32], reason=reason, entry_id=shown,
        times=1, first_asked_at=now, last_asked_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # asked by two at once: the other one was quicker
        _is_counted(session, digest, now)


def _is_counted(session: Session, digest: str, now: datetime) -> bool:
    row = UnansweredQuestion
    done = session.execute(
        update(row).where(row.digest == digest).values(times=row.times + 1, last_asked_at=now)
    )
    return bool(done.rowcount)  # type: ignore[attr-defined]


def open_questions(session: Session, limit: int = MOST) -> Sequence[UnansweredQuestion]:
    """Those that nobody has dealt with since they were last asked, the most frequent first."""
    row = UnansweredQuestion
    query = select(row).where(waits())
    query = query.order_by(row.times.desc(), row.last_asked_at.desc(), row.id)
    return session.scalars(query.limit(limit)).all()


def deal_with(session: Session, number: str, now: datetime) -> UnansweredQuestion | None:
    """Note that a question was dealt with; None where none of that number waits."""
    row = UnansweredQuestion
    found = session.get(row, int(number)) if number.isdecimal() else None
    if found is None:
        return None
    dealt = update(row).where(row.id == found.id, waits()).values(dealt_with_at=now)
    done = session.execute(dealt)  # the database decides: of two at once the second finds it done
    return found if done.rowcount else None  # type: ignore[attr-defined]
