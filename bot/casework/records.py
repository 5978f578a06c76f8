"""What is kept: the mapped classes are the records. They know no channel, no Rasa, no clock."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import JSON, ForeignKey, Index, Numeric, String, Text, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from bot.casework.sealing import Moment, Sealed


class Record(DeclarativeBase):
    """The base of all records."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        dict[str, Any]: JSON,
        list[str]: JSON,
        str: Text,
    }


class Person(Record):
    """A citizen as one channel knows them. `key` is what Rasa sees; it says nothing of the person."""

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: uuid.uuid4().hex)
    channel: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(String(64))
    name: Mapped[str | None] = mapped_column(Sealed)
    phone: Mapped[str | None] = mapped_column(Sealed)
    address: Mapped[str | None] = mapped_column(Sealed)
    told_at: Mapped[datetime | None]
    contact_given_at: Mapped[datetime | None]
    created_at: Mapped[datetime]


class HeardMessage(Record):
    """A message as it came in, and what was replied: a repeat of its id gets the same replies."""

    __tablename__ = "heard_messages"
    __table_args__ = (UniqueConstraint("person_id", "message_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    message_id: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Sealed)
    replies: Mapped[str | None] = mapped_column(Sealed)
    heard_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]


class OfferedButton(Record):
    """A button that was sent: only these may carry an intent back to Rasa."""

    __tablename__ = "offered_buttons"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    title: Mapped[str]
    payload: Mapped[str]
    offered_at: Mapped[datetime]


class Dispute(Record):
    """A consumer dispute (投诉), from the first words on."""

    __tablename__ = "disputes"
    __table_args__ = (Index("ix_disputes_person_state", "person_id", "state"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str | None] = mapped_column(String(16), unique=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(String(16))
    lane: Mapped[str | None] = mapped_column(String(16))
    operator: Mapped[str | None] = mapped_column(String(16))
    merchant: Mapped[str | None]
    platform: Mapped[str | None]
    product: Mapped[str | None]
    brand: Mapped[str | None]
    model: Mapped[str | None]
    facts: Mapped[str | None] = mapped_column(Sealed)
    demand: Mapped[str | None]
    location: Mapped[str | None]
    street: Mapped[str | None]
    occurred_on: Mapped[date | None]
    occurred_text: Mapped[str | None]
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    amount_text: Mapped[str | None]
    amount_choices: Mapped[list[str]] = mapped_column(default=list)
    contact: Mapped[str | None] = mapped_column(String(16))
    unknown: Mapped[list[str]] = mapped_column(default=list)
    asking: Mapped[str | None] = mapped_column(String(16))
    misses: Mapped[int] = mapped_column(default=0)
    accept_due: Mapped[date | None]
    is_due_provisional: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    lodged_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
    events: Mapped[list["DisputeEvent"]] = relationship(order_by="DisputeEvent.id")


class DisputeEvent(Record):
    """What happened to a dispute, by whom, when: written once, never changed."""

    __tablename__ = "dispute_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("disputes.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(32))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    happened_at: Mapped[datetime]


class Recall(Record):
    """A recall notice (召回) as its publisher gave it."""

    __tablename__ = "recalls"

    notice_no: Mapped[str] = mapped_column(String(64), primary_key=True)
    title: Mapped[str]
    publisher: Mapped[str | None]
    published_on: Mapped[date | None]
    date_precision: Mapped[str | None] = mapped_column(String(8))
    jurisdiction: Mapped[str] = mapped_column(String(8))
    category: Mapped[str | None]
    product_type: Mapped[str | None]
    product_name: Mapped[str | None]
    brand: Mapped[str | None]
    brand_aliases: Mapped[list[str]] = mapped_column(default=list)
    producer: Mapped[str | None]
    models: Mapped[list[str]] = mapped_column(default=list)
    batch_raw: Mapped[str | None]
    manufacture_or_sale_dates: Mapped[str | None]
    quantity: Mapped[int | None]
    quantity_unit: Mapped[str | None]
    hazard: Mapped[str | None]
    injury_reports: Mapped[str | None]
    remedy: Mapped[str | None]
    contact_phone: Mapped[str | None]
    url: Mapped[str | None]
    first_seen_at: Mapped[datetime]


class Thing(Record):
    """Something a person owns or follows: recalls that concern it are told to them."""

    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    words: Mapped[str]
    product: Mapped[str | None]
    brand: Mapped[str | None]
    model: Mapped[str | None]
    created_at: Mapped[datetime]


class Notice(Record):
    """One thing to tell one person, once: the ledger of what goes out by itself."""

    __tablename__ = "notices"
    __table_args__ = (UniqueConstraint("person_id", "kind", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    detail: Mapped[dict[str, Any]] = mapped_column(default=dict)
    state: Mapped[str] = mapped_column(String(16), default="due")
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    due_at: Mapped[datetime]
    sent_at: Mapped[datetime | None]
