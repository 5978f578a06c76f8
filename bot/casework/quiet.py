"""RECORD: when a notice that can wait may go out, by the quiet hours of notices.yml."""

from datetime import datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework.disputes import CHINA
from bot.casework.records import HeardMessage, Person
from bot.library import load

AWAKE_FOR = timedelta(minutes=10)  # after they wrote or pressed something


def quiet_until(now: datetime) -> datetime:
    """The end of the quiet hours in which an aware moment lies, or the moment itself. Pure."""
    table = load("notices")["quiet"]
    begins, ends = time.fromisoformat(table["from"]), time.fromisoformat(table["to"])
    local = now.astimezone(CHINA)
    at = local.time()
    is_late = begins > ends and at >= begins  # the quiet goes on over midnight
    is_quiet = is_late or (at < ends if begins > ends else begins <= at < ends)
    if not is_quiet:
        return now
    return datetime.combine(local.date() + timedelta(days=is_late), ends, CHINA)


def next_digest(now: datetime) -> datetime:
    """The next day and hour of the week, by notices.yml, at which what can wait is told together. Pure."""
    table = load("notices")["digest"]
    local = now.astimezone(CHINA)
    days = (table["day"] - local.isoweekday()) % 7
    at = time.fromisoformat(table["at"])
    found = datetime.combine(local.date() + timedelta(days=days), at, CHINA)
    return found if found > local else found + timedelta(days=7)


def due_at(session: Session, who: Person, now: datetime) -> datetime:
    """When a notice that is posted now may go to this person: at once where they are writing to us."""
    until = quiet_until(now)
    return now if until > now and _is_awake(session, who, now) else until


def _is_awake(session: Session, who: Person, now: datetime) -> bool:
    query = select(HeardMessage.id).where(
        HeardMessage.person_id == who.id, HeardMessage.heard_at > now - AWAKE_FOR
    )
    return session.scalar(query.limit(1)) is not None
