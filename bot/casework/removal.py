"""RECORD: takes a dispute or a person away for good, with what hangs on them. Knows not who may ask."""

import uuid

from sqlalchemy import ColumnElement, and_, delete, exists, func, or_, select, update
from sqlalchemy.orm import Session

from bot.casework import evidence
from bot.casework.records import (
    Alert,
    Dispute,
    Evidence,
    Negotiation,
    NegotiationMessage,
    Notice,
    Person,
    Record,
)
from bot.casework.risk_records import Alarm

ERASED = "erased"  # why a person cannot be reached whose row stands only for what must be kept


# ── decisions ────────────────────────────────────────────────────────────────


def is_submitted(dispute: Dispute) -> bool:
    """Whether an office has it: lodged with the bureau, or passed on to another. It keeps its record."""
    is_lodged = dispute.state != "draft"
    return is_lodged and (dispute.operator == "bureau" or dispute.state == "passed_on")


def submitted() -> ColumnElement[bool]:
    """The same as `is_submitted`, as a condition on disputes."""
    has_office = or_(func.coalesce(Dispute.operator, "") == "bureau", Dispute.state == "passed_on")
    return and_(Dispute.state != "draft", has_office)


def unused() -> ColumnElement[bool]:
    """The condition that no record refers to a person, whatever tables there are.

    The newest row never counts: SQLite would give its number to the next person, and whoever still
    waits for the old one (a lock, a message on its way) would mean the new one.
    """
    people = Person.__table__
    referring = [
        column
        for table in Record.metadata.sorted_tables
        for column in table.columns
        if any(key.column is people.c.id for key in column.foreign_keys)
    ]
    newest = select(func.max(people.c.id)).scalar_subquery()
    return and_(Person.id < newest, *(~exists().where(one == Person.id) for one in referring))


# ── with a session; the caller commits ───────────────────────────────────────


def dispute(session: Session, found: Dispute) -> None:
    """Delete a dispute with its events, evidence and negotiation. Raises ValueError for a submitted one.

    Alerts stay, unlinked. Of two who change the dispute at once the second fails (StaleDataError).
    """
    if is_submitted(found):
        raise ValueError("what an office has is not deleted here")
    for one in session.scalars(select(Negotiation).where(Negotiation.dispute_id == found.id)).all():
        _negotiation(session, one)
    pieces = session.scalars(select(Evidence.id).where(Evidence.dispute_id == found.id)).all()
    evidence.discard(session, pieces)
    session.execute(update(Alert).where(Alert.dispute_id == found.id).values(dispute_id=None))
    _take_from_alarms(session, found)
    for event in found.events:
        session.delete(event)
    session.delete(found)
    session.flush()


def _take_from_alarms(session: Session, found: Dispute) -> None:
    """Its number goes out of the evidence of the risk monitor; how many complained stays told."""
    for one in session.scalars(select(Alarm)).all():
        if found.number in one.numbers:
            one.numbers = [number for number in one.numbers if number != found.number]


def _negotiation(session: Session, found: Negotiation) -> None:
    """With its notices to both sides: they are named by its number, which SQLite may give again."""
    notices = delete(Notice).where(
        Notice.kind == "negotiation", Notice.subject.startswith(f"{found.id}:", autoescape=True)
    )
    session.execute(notices)
    session.execute(delete(NegotiationMessage).where(NegotiationMessage.negotiation_id == found.id))
    session.expire(found, ["messages"])
    session.delete(found)
    session.flush()


def person(session: Session, who: Person) -> None:
    """Take away by what a channel and a link know a person; the row goes where nothing refers to it.

    The same chat begins as a new person.
    """
    who.external_id, who.key = f"{ERASED}-{uuid.uuid4().hex}", uuid.uuid4().hex
    who.former_id, who.unreachable_why = None, ERASED
    session.flush()
    if session.scalar(select(Person.id).where(Person.id == who.id, unused())) is not None:
        session.delete(who)
        session.flush()
