"""RECORD: the accounts of officers, their passwords, and the log of what they do at the desk. Knows no page."""

import functools
import re
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.casework.officer_records import Officer, OfficerEvent

ROLES = ("officer", "reviewer", "administrator")
SHORTEST, LONGEST = 12, 128  # characters of a password
MOST_FAILURES = 5  # wrong passwords in a row
LOCKED_FOR = timedelta(minutes=15)

_NAME = re.compile(r"[\w.\-·]{2,32}")
_hasher = PasswordHasher()


class Refused(ValueError):
    """What cannot be: a key of `problems` in desk.yml."""


@dataclass(frozen=True)
class Attempt:
    """An attempt to log in, counted already: whose it is (None: nobody's), and the hash to try."""

    officer_id: int | None
    password_hash: str


# ── decisions ────────────────────────────────────────────────────────────────


def check_password(name: str, password: str) -> None:
    """Raise Refused for a password that is too short, too long, or the name over again."""
    if len(password) < SHORTEST:
        raise Refused("password_short")
    if len(password) > LONGEST:
        raise Refused("password_long")
    if len(set(password)) < 4 or name.casefold() in password.casefold():
        raise Refused("password_weak")


def is_right(attempt: Attempt, password: str) -> bool:
    """Whether the password opens the account. It takes as long where there is none (argon2, about
    50 ms and 64 MB): call it in a thread and outside of a transaction.
    """
    try:
        _hasher.verify(attempt.password_hash, password[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return attempt.officer_id is not None


@functools.cache
def _nobodys_hash() -> str:
    return _hasher.hash(secrets.token_urlsafe(16))


# ── with a session; the caller commits ───────────────────────────────────────


def save(session: Session, name: str, role: str, password: str, now: datetime) -> Officer:
    """Make an account, or give one that is there this role and password; its sessions end.

    Raises Refused name, role, password_short, password_long, password_weak.
    """
    if not _NAME.fullmatch(name):
        raise Refused("name")
    if role not in ROLES:
        raise Refused("role")
    check_password(name, password)
    found = by_name(session, name)
    if found is None:
        found = Officer(name=name, created_at=now)
        session.add(found)
    found.role, found.is_active, found.failures, found.locked_until = role, True, 0, None
    _set_password(found, password)
    log(session, name, f"account:{role}", now)
    return found


def close(session: Session, name: str, now: datetime) -> bool:
    """Let nobody in under this name any more; False where there is no such account."""
    found = by_name(session, name)
    if found is None:
        return False
    found.is_active, found.stamp = False, uuid.uuid4().hex
    log(session, name, "account:closed", now)
    return True


def change_password(session: Session, officer: Officer, password: str, now: datetime) -> None:
    """Set an officer's own new password; all their sessions end. Raises Refused."""
    check_password(officer.name, password)
    _set_password(officer, password)
    log(session, officer.name, "password", now)


def _set_password(officer: Officer, password: str) -> None:
    officer.password_hash, officer.stamp = _hasher.hash(password), uuid.uuid4().hex


def attempt(session: Session, name: str, now: datetime) -> Attempt:
    """Begin to log in. It counts as failed until `admit`: who tries many at once gains nothing.

    An account that is unknown, closed or locked gets a hash that no password opens, so that all take
    as long and are told the same.
    """
    counted = session.execute(
        update(Officer)
        .where(Officer.name == name, Officer.is_active)
        .values(failures=Officer.failures + 1)
        .returning(Officer.id)
    ).scalar_one_or_none()
    if counted is None:
        return Attempt(None, _nobodys_hash())
    found = session.get_one(Officer, counted, populate_existing=True)
    # Not longer, where the clock has been set back since.
    if found.locked_until is not None and now < found.locked_until <= now + LOCKED_FOR:
        return Attempt(None, _nobodys_hash())
    if found.locked_until is not None:  # the lock is over, and the count begins anew
        found.locked_until, found.failures = None, 1
    if found.failures >= MOST_FAILURES:
        found.locked_until = now + LOCKED_FOR
    return Attempt(found.id, found.password_hash)


def admit(session: Session, officer_id: int, now: datetime) -> Officer:
    """The password was right: nothing counts against the account any more."""
    found = session.get_one(Officer, officer_id)
    found.failures, found.locked_until = 0, None
    log(session, found.name, "login", now)
    return found


def refuse(session: Session, officer_id: int | None, now: datetime) -> None:
    """The password was wrong. What was typed for an account that is not there leaves no trace."""
    found = session.get(Officer, officer_id) if officer_id is not None else None
    if found is not None:
        log(session, found.name, "locked" if found.locked_until else "login_failed", now)


def end_sessions(session: Session, officer_id: int, now: datetime) -> None:
    """Log an officer out, wherever they are logged in."""
    found = session.get_one(Officer, officer_id)
    found.stamp = uuid.uuid4().hex
    log(session, found.name, "logout", now)


def current(session: Session, officer_id: int, stamp: str) -> Officer | None:
    """The officer of a session that has not been ended, or None."""
    found = session.get(Officer, officer_id)
    is_current = found is not None and found.is_active and found.stamp == stamp
    return found if is_current else None


def by_name(session: Session, name: str) -> Officer | None:
    """The account of that name, or None."""
    return session.scalar(select(Officer).where(Officer.name == name))


def has_any(session: Session) -> bool:
    """Whether there is an account at all."""
    return session.scalar(select(Officer.id).where(Officer.is_active).limit(1)) is not None


def active(session: Session) -> Sequence[Officer]:
    """Who may come in, by name."""
    return session.scalars(select(Officer).where(Officer.is_active).order_by(Officer.name)).all()


def log(
    session: Session, name: str, kind: str, now: datetime, subject: str | None = None
) -> OfficerEvent:
    """Write down what an officer did; `subject` is the number of what it was about."""
    made = OfficerEvent(officer=name, kind=kind, subject=subject, happened_at=now)
    session.add(made)
    return made


def done_about(session: Session, subject: str, limit: int = 50) -> Sequence[OfficerEvent]:
    """What officers did about this number last, the newest first."""
    query = select(OfficerEvent).where(OfficerEvent.subject == subject)
    return session.scalars(query.order_by(OfficerEvent.id.desc()).limit(limit)).all()
