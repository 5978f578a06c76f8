"""RECORD, for recalls: who is called about a grave danger, with their consent, and who was. No Rasa."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.casework import people
from bot.casework.recall_push_records import KIND, RecallAnswer, RecallCall, RecallPush
from bot.casework.records import Notice, Person
from bot.casework.steps import NotPossible


@dataclass(frozen=True)
class ToCall:
    """A person to call; `id` is that of their notice. `has_seen`: their page has shown the notice."""

    id: int
    name: str | None
    phone: str
    has_seen: bool


# ── consent; the caller commits ──────────────────────────────────────────────


def may_be_asked(who: Person) -> bool:
    """Whether to ask now if we may call: once, whom only our page reaches and whose phone we hold."""
    return people.is_on_our_own(who) and who.phone is not None and who.calls_asked_at is None


def asked(who: Person, now: datetime) -> None:
    """The question was put; it is not put again."""
    who.calls_asked_at = now


def agree(who: Person, now: datetime) -> bool:
    """Keep the consent to be called in a grave danger; whether a phone is there to call."""
    who.calls_agreed_at = now if who.phone is not None else None
    return who.phone is not None


def refuse(who: Person) -> None:
    """No calls, or no more (个人信息保护法 第15条)."""
    who.calls_agreed_at = None


# ── whom to call; the caller commits ─────────────────────────────────────────


def listed(session: Session, push: RecallPush) -> Sequence[ToCall]:
    """Who is to be called about a push, those first who have not seen it on their page.

    Nobody where it is no grave danger. Who answered the notice has read it, and is not called.
    """
    if not push.is_serious:
        return []
    mine = (
        Notice.kind == KIND,
        Notice.subject == str(push.id),
        Person.calls_agreed_at.is_not(None),
    )
    answered = select(RecallAnswer.id).where(
        RecallAnswer.person_id == Person.id, RecallAnswer.push_id == push.id
    )
    called = select(RecallCall.id).where(
        RecallCall.person_id == Person.id, RecallCall.push_id == push.id
    )
    query = (
        select(Notice, Person)
        .join(Person, Person.id == Notice.person_id)
        .where(*mine, Person.channel.in_(people.OUR_OWN), ~answered.exists(), ~called.exists())
        .order_by(Notice.id)
    )
    found = [
        ToCall(notice.id, who.name, who.phone, has_seen=notice.state == "sent")
        for notice, who in session.execute(query)
        if who.phone
    ]
    return sorted(found, key=lambda one: one.has_seen)


def called(session: Session, push: RecallPush, number: str, by: str, now: datetime) -> None:
    """Note that somebody of the list was called. Raises NotPossible where that one is not on it (any more)."""
    if number not in {str(one.id) for one in listed(session, push)}:
        raise NotPossible(f"call: {number}")
    who = session.get_one(Notice, int(number)).person_id
    session.add(RecallCall(person_id=who, push_id=push.id, called_by=by, called_at=now))
    try:
        session.flush()
    except IntegrityError:  # another officer noted it at the same moment
        raise NotPossible(f"call: {number}") from None
