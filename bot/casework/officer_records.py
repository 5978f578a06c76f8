"""What is kept of officers: who may come to the desk, and what they did there. Mapped classes alone."""

import uuid
from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.casework.records import Record


class Officer(Record):
    """An account of the desk; `name` is what the steps they take are signed with, and never changes.

    `failures` counts wrong passwords in a row; at the limit the account is locked until
    `locked_until`. A session holds the `stamp` it began with: a new stamp ends all of them.
    """

    __tablename__ = "officers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(16))
    password_hash: Mapped[str] = mapped_column(String(256))
    is_active: Mapped[bool] = mapped_column(default=True)
    failures: Mapped[int] = mapped_column(default=0)
    locked_until: Mapped[datetime | None]
    stamp: Mapped[str] = mapped_column(String(32), default=lambda: uuid.uuid4().hex)
    created_at: Mapped[datetime]


class OfficerEvent(Record):
    """What an officer did at the desk, and when: written once. `subject` is a number, never a word of
    anybody's.
    """

    __tablename__ = "officer_events"
    __table_args__ = (
        Index("ix_officer_events_subject", "subject"),
        Index("ix_officer_events_happened_at", "happened_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    officer: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(32))
    subject: Mapped[str | None] = mapped_column(String(64))
    happened_at: Mapped[datetime]
