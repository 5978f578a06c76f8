"""RECORD: a citizen's wish to be reminded before a term of guidance ends. Knows no channel and no Rasa."""

from datetime import date, datetime, time, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from bot.casework import guidance_case, notices
from bot.casework.disputes import CHINA, local_day
from bot.casework.records import Notice, Person
from bot.library import words
from bot.library.guidance_loader import Entry

KIND = "term"  # of the notices, whose subject is the entry, the term's place in it and its end
DAYS_BEFORE = 2
AT = time(9)  # in Tianjin


# ── decisions ────────────────────────────────────────────────────────────────


def due_at(end: date) -> datetime:
    """When a person is reminded of a term that ends on that day."""
    return datetime.combine(end - timedelta(days=DAYS_BEFORE), AT, CHINA)


def may_be_set(end: date, now: datetime) -> bool:
    """Whether there is still time for it."""
    return due_at(end) > now


def _subject(entry: Entry, place: int, end: date) -> str:
    return f"{entry.id}:{place}:{end.isoformat()}"


# ── with a session; the caller commits ───────────────────────────────────────


def remind(
    session: Session, who: Person, entry: Entry, place: int, end: date, now: datetime
) -> Notice | None:
    """Put the reminder into the ledger, once; None where it is too late for it.

    `place` is the term's in the entry. Raises IndexError where the entry has none such.
    """
    what = entry.terms[place].what
    if not may_be_set(end, now):
        return None
    text = words("term_reminder", what=what, end=guidance_case.spoken(end, local_day(now)))
    subject = _subject(entry, place, end)
    return notices.post(session, who, KIND, subject, text, now, due_at=due_at(end))


def forget(session: Session, who: Person, entry: Entry, place: int, end: date) -> bool:
    """Take the reminder out of the ledger; False where it is not there or on its way already."""
    mine = Notice.person_id == who.id, Notice.kind == KIND
    subject = Notice.subject == _subject(entry, place, end)
    done = session.execute(delete(Notice).where(*mine, subject, Notice.state == "due"))
    return bool(done.rowcount)  # type: ignore[attr-defined]
