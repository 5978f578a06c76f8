"""The ledger of what goes out by itself: one row a notice and person. Knows no channel and no clock."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session, aliased

from bot.casework import quiet
from bot.casework.records import Notice, Person

MOST_ATTEMPTS = 14  # with the waits below about a day; then an officer sees the notice as stuck
FIRST_WAIT = timedelta(seconds=5)
LONGEST_WAIT = timedelta(hours=3)
LEASE = timedelta(minutes=2)  # a claim older than this was left by a process that died
OPEN = ("due", "sending")
# Of rows that go out inside another row: they wait for it, went with it, or were left out of it.
GATHERED, BUNDLED, DROPPED = "gathered", "bundled", "dropped"
MOVED = "moved"  # in `last_error` of what the person has in another row, after their chat moved


# ── what became of an attempt: data, not exceptions ──────────────────────────


@dataclass(frozen=True)
class Sent:
    """The channel has taken it."""


@dataclass(frozen=True)
class Later:
    """The channel asks to wait, for this chat alone, at least `seconds`."""

    seconds: float


@dataclass(frozen=True)
class Unreachable:
    """This chat takes nothing any more: blocked, deleted, never begun."""

    why: str


@dataclass(frozen=True)
class Moved:
    """The chat has another id now."""

    external_id: str


@dataclass(frozen=True)
class Failed:
    """It did not work this time. `is_unknown`: it may have arrived all the same (a time-out)."""

    why: str
    is_unknown: bool = False


@dataclass(frozen=True)
class Refused:
    """The channel will never take this text; trying again is of no use."""

    why: str


Outcome = Sent | Later | Unreachable | Moved | Failed | Refused


@dataclass(frozen=True)
class Outgoing:
    """A claimed notice, free of any session: what to send, and where to."""

    id: int
    channel: str
    external_id: str
    text: str
    buttons: tuple[Mapping[str, str | None], ...] = ()


def wait_after(attempts: int) -> timedelta:
    """How long to wait after that many failed attempts: twice as long each time."""
    doubled: timedelta = FIRST_WAIT * (2 ** min(attempts - 1, 16))
    return min(doubled, LONGEST_WAIT)


# ── with a session; the caller commits ───────────────────────────────────────


def post(
    session: Session,
    who: Person,
    kind: str,
    subject: str,
    text: str,
    now: datetime,
    *,
    buttons: Sequence[Mapping[str, Any]] = (),
    due_at: datetime | None = None,
    is_gathered: bool = False,
) -> Notice:
    """Put a notice into the ledger; the same kind and subject for a person is one notice, once.

    `buttons` are rows of `id`, `title` and perhaps `url`, offered before. Nothing is sent here: the
    row lies in the caller's transaction, with whatever it tells of. With `is_gathered` it waits to be
    taken into another notice, which is due at `due_at`.
    """
    found = session.scalar(
        select(Notice).where(
            Notice.person_id == who.id, Notice.kind == kind, Notice.subject == subject
        )
    )
    if found is not None:
        return found
    fresh = made(who, kind, subject, text, due_at or now, buttons=buttons, is_gathered=is_gathered)
    session.add(fresh)
    session.flush()
    return fresh


def retell(
    notice: Notice, text: str, now: datetime, *, buttons: Sequence[Mapping[str, Any]] = ()
) -> None:
    """Let a notice that waits for its time say this instead, and now; one that went stays as it is."""
    if notice.state == "due" and notice.due_at > now:
        notice.text, notice.buttons, notice.due_at = text, _buttons(buttons), now


def _buttons(rows: Sequence[Mapping[str, Any]]) -> str | None:
    return json.dumps(list(rows), ensure_ascii=False) if rows else None


def made(
    who: Person, kind: str, subject: str, text: str, due_at: datetime, *,
    buttons: Sequence[Mapping[str, Any]] = (), is_gathered: bool = False,
) -> Notice:  # fmt: skip
    """A row of the ledger as `post` puts it in, in no transaction yet."""
    return Notice(
        person_id=who.id, kind=kind, subject=subject, text=text, due_at=due_at,
        buttons=_buttons(buttons),
        state=_first_state(who, is_gathered=is_gathered),
        last_error=who.unreachable_why, attempts=0, may_be_double=False,
    )  # fmt: skip


def _first_state(who: Person, *, is_gathered: bool) -> str:
    if who.unreachable_why is not None:
        return "unreachable"
    return GATHERED if is_gathered else "due"


def claim(
    session: Session, channels: Sequence[str], now: datetime, limit: int = 50
) -> list[Outgoing]:
    """Take notices that are due, at most one a person, the oldest first; they count as tried.

    A person's notices go out in order: a later one waits until the one before it is settled.
    """
    first = (
        select(
            Notice.id,
            func.row_number()
            .over(partition_by=Notice.person_id, order_by=(Notice.due_at, Notice.id))
            .label("place"),
        )
        .where(Notice.state.in_(OPEN), Notice.due_at <= now)
        .subquery()
    )
    may_go = or_(
        and_(Notice.state == "due", or_(Notice.retry_at.is_(None), Notice.retry_at <= now)),
        and_(Notice.state == "sending", Notice.claimed_at < now - LEASE),
    )
    query = (
        select(Notice, Person)
        .join(first, and_(first.c.id == Notice.id, first.c.place == 1))
        .join(Person, Person.id == Notice.person_id)
        .where(may_go, Person.channel.in_(channels))
        .order_by(Notice.due_at, Notice.id)
        .limit(limit)
    )
    rows = session.execute(query).all()
    return [_outgoing(notice, who) for notice, who in rows if _is_claimed(session, notice, now)]


def _is_claimed(session: Session, notice: Notice, now: datetime) -> bool:
    """Whether this process got the row: two that read it at once do not both send it."""
    was_left = notice.state == "sending"
    taken = session.execute(
        update(Notice)
        .where(Notice.id == notice.id, Notice.attempts == notice.attempts)
        .values(
            state="sending",
            claimed_at=now,
            attempts=notice.attempts + 1,
            may_be_double=notice.may_be_double or was_left,
        )
    )
    return bool(taken.rowcount == 1)  # type: ignore[attr-defined]


def _outgoing(notice: Notice, who: Person) -> Outgoing:
    return Outgoing(notice.id, who.channel, who.external_id, notice.text, tuple(buttons_of(notice)))


def buttons_of(notice: Notice) -> list[dict[str, Any]]:
    """The buttons under a notice, as they were offered."""
    return [] if notice.buttons is None else list(json.loads(notice.buttons))


def record(session: Session, notice_id: int, outcome: Outcome, now: datetime) -> None:
    """Write down what became of an attempt, and when the next one may be."""
    notice = session.get(Notice, notice_id)
    if notice is None or notice.state != "sending":  # erased, or settled by another process
        return
    match outcome:
        case Sent():
            notice.state, notice.sent_at, notice.last_error = "sent", now, None
        case Later(seconds):
            _again(notice, now + timedelta(seconds=seconds), f"429: {seconds:g} s")
            notice.attempts -= 1  # the channel was busy; that is no failure of the notice
        case Unreachable(why):
            lose(session, notice.person, why)
        case Moved(external_id):
            _again(notice, now, MOVED)
            _move(session, notice.person, external_id)
        case Refused(why):
            notice.state, notice.last_error = "stuck", why
        case Failed(why, is_unknown):
            notice.may_be_double = notice.may_be_double or is_unknown
            _again(notice, now + wait_after(notice.attempts), why)
            if notice.attempts >= MOST_ATTEMPTS:
                notice.state = "stuck"


def _again(notice: Notice, retry_at: datetime, why: str) -> None:
    notice.state, notice.retry_at, notice.last_error = "due", retry_at, why


def lose(session: Session, who: Person, why: str) -> None:
    """Nothing reaches this person any more: said once, for all that waits for them."""
    who.unreachable_why = why
    session.execute(
        update(Notice)
        .where(Notice.person_id == who.id, Notice.state.in_(OPEN))
        .values(state="unreachable", last_error=why)
    )


def _move(session: Session, who: Person, external_id: str) -> None:
    """Give the person the chat's new id; where somebody is known by it already, join the two.

    What the other has in the ledger too is not sent twice: it ends as stuck.
    """
    query = select(Person).where(Person.channel == who.channel, Person.external_id == external_id)
    other = session.scalar(query)
    if other is None:
        who.former_id, who.external_id = who.external_id, external_id
        return
    other.former_id, who.external_id = who.external_id, f"{who.external_id}/moved"
    theirs = aliased(Notice)
    twice = select(theirs.id).where(
        theirs.person_id == other.id,
        theirs.kind == Notice.kind,
        theirs.subject == Notice.subject,
    )
    mine = and_(Notice.person_id == who.id, Notice.state.in_((*OPEN, GATHERED, BUNDLED)))
    session.execute(update(Notice).where(mine, ~twice.exists()).values(person_id=other.id))
    session.execute(update(Notice).where(mine).values(state="stuck", last_error=MOVED))


def release(session: Session) -> int:
    """At the start: what a process that died was sending is due again, and may arrive twice."""
    done = session.execute(
        update(Notice)
        .where(Notice.state == "sending")
        .values(state="due", retry_at=None, may_be_double=True)
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def waiting_for(session: Session, who: Person, now: datetime) -> Sequence[Notice]:
    """What is due for a person whose channel fetches its notices, in order.

    What only the quiet hours hold back is among it: who looks at the page is awake.
    """
    due = quiet.quiet_until(now)
    query = select(Notice).where(
        Notice.person_id == who.id, Notice.state.in_(OPEN), Notice.due_at <= due
    )
    return session.scalars(query.order_by(Notice.due_at, Notice.id)).all()


def of_subjects(
    session: Session, who: Person, kind: str, subjects: Sequence[str]
) -> Sequence[Notice]:
    """A person's notices of one kind on these subjects, whatever became of them."""
    query = select(Notice).where(
        Notice.person_id == who.id, Notice.kind == kind, Notice.subject.in_(subjects)
    )
    return session.scalars(query).all()


def take_back(session: Session, who: Person, ids: Sequence[int], now: datetime) -> Sequence[Notice]:
    """Those of the notices that nobody sends yet, in order: the caller tells them directly instead."""
    mine = and_(Notice.person_id == who.id, Notice.id.in_(ids))
    taken = session.scalars(
        update(Notice)
        .where(mine, Notice.state.in_(("due", GATHERED)))
        .values(state="sent", sent_at=now)
        .returning(Notice)
    ).all()
    return sorted(taken, key=lambda one: one.id)


def acknowledge(session: Session, who: Person, ids: Sequence[int], now: datetime) -> None:
    """The person's page has shown these notices; another's are left alone."""
    session.execute(
        update(Notice)
        .where(Notice.person_id == who.id, Notice.id.in_(ids), Notice.state.in_(OPEN))
        .values(state="sent", sent_at=now, attempts=Notice.attempts + 1)
    )


def counts(session: Session, kind: str) -> dict[str, int]:
    """How many notices of a kind stand in each state: what officers see of a push."""
    query = select(Notice.state, func.count()).where(Notice.kind == kind).group_by(Notice.state)
    return {state: number for state, number in session.execute(query)}
