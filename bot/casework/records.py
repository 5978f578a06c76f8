"""What is kept: the mapped classes are the records. They know no channel, no Rasa, no clock."""

import uuid
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar

from sqlalchemy import (
    JSON,
    BigInteger,
    Computed,
    ForeignKey,
    Index,
    Numeric,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship, validates

from bot.casework import queue_order
from bot.casework.sealing import Moment, Plain, Sealed, SealedBytes, SealedJson, marks


class Record(DeclarativeBase):
    """The base of all records."""

    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: Moment,
        dict[str, Any]: JSON,
        list[str]: JSON,
        str: Plain,
    }


class Person(Record):
    """A citizen as one channel knows them. `key` is what Rasa sees; it says nothing of the person.

    `former_id` is the channel's id before the chat moved; `unreachable_why` is why nothing that we
    send arrives, until they write again. `calls_asked_at` and `calls_agreed_at` are about being
    called in a grave danger (recall_calls.py). `phone_mark` finds the last four digits (sealing.py).
    `rasa` is which of several has had the talk last (rasa.py).
    """

    __tablename__ = "people"
    __table_args__ = (UniqueConstraint("channel", "external_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(String(32), unique=True, default=lambda: uuid.uuid4().hex)
    channel: Mapped[str] = mapped_column(String(16))
    external_id: Mapped[str] = mapped_column(String(64))
    former_id: Mapped[str | None] = mapped_column(String(64))
    rasa: Mapped[str | None] = mapped_column(String(16))
    unreachable_why: Mapped[str | None] = mapped_column(String(64))
    name: Mapped[str | None] = mapped_column(Sealed)
    phone: Mapped[str | None] = mapped_column(Sealed)
    phone_mark: Mapped[str | None] = mapped_column(String(32), index=True)
    address: Mapped[str | None] = mapped_column(Sealed)
    told_at: Mapped[datetime | None]
    contact_given_at: Mapped[datetime | None]
    calls_asked_at: Mapped[datetime | None]
    calls_agreed_at: Mapped[datetime | None]
    created_at: Mapped[datetime]

    @validates("phone")
    def _mark(self, _name: str, phone: str | None) -> str | None:
        self.phone_mark = next(iter(marks(phone or "")), None)
        return phone


class HeardMessage(Record):
    """A message as it came in, and what was replied: a repeat of its id gets the same replies.

    `asked` is what Rasa is asked, kept until it has answered. `waiting_at` is set as long: from then
    on it may be asked again; before, it may still be busy with the message.
    """

    __tablename__ = "heard_messages"
    __table_args__ = (
        UniqueConstraint("person_id", "message_id"),
        Index("ix_heard_messages_waiting", "waiting_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    message_id: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Sealed)
    asked: Mapped[str | None] = mapped_column(Sealed)
    replies: Mapped[str | None] = mapped_column(Sealed)
    waiting_at: Mapped[datetime | None]
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
    pressed_by: Mapped[str | None] = mapped_column(String(64))


class Dispute(Record):
    """A consumer dispute (投诉), from the first words on.

    `register_number` is the national platform's (12315), without which an office accepts nothing
    (总局令第121号 第40条). `standing` is how the citizen stands to the matter (precheck.py), `station`
    the code of the station that it goes to (stations.py). Sums are in yuan: `agreed_amount` what shop
    and citizen agreed on, `paid_first_amount` what a shop paid in advance (赔偿先付).
    `rating` is what the citizen thinks of how it went, good, fair or bad; `officer` has it.
    """

    __tablename__ = "disputes"
    __table_args__ = (
        Index("ix_disputes_person_state", "person_id", "state"),
        *(Index(name, *columns) for name, columns in queue_order.INDICES.items()),
        Index("ix_disputes_merchant", "merchant", postgresql_using="hash"),  # see queue_order.py
    )

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
    register_number: Mapped[str | None] = mapped_column(String(64))
    accepted_at: Mapped[datetime | None]
    mediate_due: Mapped[date | None]
    standing: Mapped[str | None] = mapped_column(String(16))
    station: Mapped[str | None] = mapped_column(String(32))
    agreed_amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    paid_first_amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    recovered_at: Mapped[datetime | None]
    rating: Mapped[str | None] = mapped_column(String(8))
    officer: Mapped[str | None] = mapped_column(String(64))
    queue_on: Mapped[date | None] = mapped_column(Computed(queue_order.SQL, persisted=True))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    lodged_at: Mapped[datetime | None] = mapped_column(index=True)

    # Of two who change a dispute at once the second fails, and nothing of theirs is kept.
    __mapper_args__: Any = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it so

    person: Mapped[Person] = relationship()
    events: Mapped[list["DisputeEvent"]] = relationship(order_by="DisputeEvent.id")


class DisputeEvent(Record):
    """What happened to a dispute, by whom, when: written once, never changed."""

    __tablename__ = "dispute_events"
    __table_args__ = (Index("ix_dispute_events_happened", "happened_at", "kind", "dispute_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("disputes.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(32))
    detail: Mapped[dict[str, Any]] = mapped_column(SealedJson, default=dict)
    happened_at: Mapped[datetime]


class Shop(Record):
    """A shop (经营者) of the register, with who answers for it first (首问负责).

    Nothing is sent to its `email` before an officer has verified it. `is_fund_member`: it joined
    advance compensation (赔偿先付); `has_guarantee`: it gave a quality guarantee (质量担保). One that
    is closed (`closed_at`) is kept, and asked no more.
    """

    __tablename__ = "shops"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    aliases: Mapped[list[str]] = mapped_column(default=list)
    address: Mapped[str | None]
    street: Mapped[str | None]
    responsible: Mapped[str | None] = mapped_column(Sealed)
    email: Mapped[str | None] = mapped_column(Sealed)
    verified_at: Mapped[datetime | None]
    verified_by: Mapped[str | None] = mapped_column(String(64))
    is_fund_member: Mapped[bool] = mapped_column(default=False)
    has_guarantee: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__: Any = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it so


class Negotiation(Record):
    """The fast lane of one dispute: shop and citizen settle it between themselves (和解).

    `asking` is set while the citizen's next words go to the shop. `ended_at` closes the shop's link.
    """

    __tablename__ = "negotiations"

    id: Mapped[int] = mapped_column(primary_key=True)
    dispute_id: Mapped[int] = mapped_column(ForeignKey("disputes.id"), unique=True)
    shop_id: Mapped[int] = mapped_column(ForeignKey("shops.id"), index=True)
    asking: Mapped[str | None] = mapped_column(String(16))
    consented_at: Mapped[datetime]
    remind_due: Mapped[datetime]
    answer_due: Mapped[datetime]
    reminded_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]

    dispute: Mapped[Dispute] = relationship()
    shop: Mapped[Shop] = relationship()
    messages: Mapped[list["NegotiationMessage"]] = relationship(order_by="NegotiationMessage.id")


class NegotiationMessage(Record):
    """One thing that shop or citizen said to the other; `said_by` is who answered for the shop."""

    __tablename__ = "negotiation_messages"

    id: Mapped[int] = mapped_column(primary_key=True)
    negotiation_id: Mapped[int] = mapped_column(ForeignKey("negotiations.id"), index=True)
    side: Mapped[str] = mapped_column(String(16))
    kind: Mapped[str] = mapped_column(String(16))
    text: Mapped[str | None] = mapped_column(Sealed)
    amount: Mapped[Decimal | None] = mapped_column(Numeric(14, 2))
    said_by: Mapped[str | None] = mapped_column(Sealed)
    said_at: Mapped[datetime]


class Recall(Record):
    """A recall notice (召回) as its publisher gave it, in its newest version.

    `is_news`: it was published shortly before it was first seen here. `doubts` are reasons of
    sources.yml why a value is to be read with care.
    """

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
    version: Mapped[int] = mapped_column(default=1)
    corrected_at: Mapped[datetime | None]
    is_news: Mapped[bool] = mapped_column(default=False)
    doubts: Mapped[list[str]] = mapped_column(default=list)


class Thing(Record):
    """Something a person owns or follows (`kind`, see things.py): recalls of it are told to them."""

    __tablename__ = "things"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    words: Mapped[str] = mapped_column(Sealed)
    product: Mapped[str | None]
    brand: Mapped[str | None]
    model: Mapped[str | None]
    created_at: Mapped[datetime]


class Notice(Record):
    """One thing to tell one person, once: the ledger of what goes out by itself.

    `state` is due, sending, sent, unreachable, stuck or given_up. `due_at` orders a person's notices;
    `retry_at` is when the next attempt is allowed; `may_be_double` is set where an attempt ended
    without our learning whether it arrived. A row that goes out inside another (`digest_id`) is
    gathered, then bundled, or dropped where it concerns nobody any more.
    """

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("person_id", "kind", "subject"),
        Index("ix_notices_state_due", "state", "due_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str] = mapped_column(String(64))
    text: Mapped[str] = mapped_column(Sealed)
    buttons: Mapped[str | None] = mapped_column(Sealed)
    state: Mapped[str] = mapped_column(String(16), default="due")
    attempts: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str | None]
    may_be_double: Mapped[bool] = mapped_column(default=False)
    due_at: Mapped[datetime]
    retry_at: Mapped[datetime | None]
    claimed_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    digest_id: Mapped[int | None]

    person: Mapped[Person] = relationship()


class IncomingUpdate(Record):
    """What a channel handed over, kept before it is acknowledged, until it has been handled."""

    __tablename__ = "incoming_updates"

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    body: Mapped[str] = mapped_column(Sealed)
    received_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]


class Evidence(Record):
    """A photo, voice message or paper that a citizen gave; its bytes lie in `EvidenceContent`.

    `source` says where it came from: channel, message id and place in the message. An album shares
    one `message_id`. `sha256` is of the original as it came in.
    """

    __tablename__ = "evidence"
    __table_args__ = (UniqueConstraint("person_id", "source"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    dispute_id: Mapped[int | None] = mapped_column(ForeignKey("disputes.id"), index=True)
    kind: Mapped[str] = mapped_column(String(16))
    mime: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    caption: Mapped[str | None] = mapped_column(Sealed)
    source: Mapped[str] = mapped_column(String(128))
    message_id: Mapped[str] = mapped_column(String(64))
    received_at: Mapped[datetime]


class EvidenceContent(Record):
    """The bytes of a piece of evidence: the original, and a copy without EXIF that may be shown."""

    __tablename__ = "evidence_contents"

    evidence_id: Mapped[int] = mapped_column(ForeignKey("evidence.id"), primary_key=True)
    original: Mapped[bytes] = mapped_column(SealedBytes)
    shown: Mapped[bytes | None] = mapped_column(SealedBytes)


class Alert(Record):
    """Something an officer must see at once: an injury, a threat to oneself, a child alone."""

    __tablename__ = "alerts"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    dispute_id: Mapped[int | None] = mapped_column(ForeignKey("disputes.id"))
    kind: Mapped[str] = mapped_column(String(32))
    words: Mapped[str] = mapped_column(Sealed)
    raised_at: Mapped[datetime]
    seen_at: Mapped[datetime | None]
