"""What is kept of recall notices that go out to people, and of their answers. No rule, no words."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.casework.records import Record

KIND = "recall"  # of the notices in the ledger that bring a push, whose number is their subject
DIGEST = "recall_digest"  # of those that bring several of them; its moment is the subject


class RecallPush(Record):
    """One version of a recall notice on its way to those whom it concerns.

    `state` is proposed, planning, planned or dismissed. `counts` are the people whom it concerned
    when it was proposed, by reason (recall_reach.py). While it is planned, `cursor` is the id of the
    last person looked at, and `posted` how many notices lie in the ledger.
    """

    __tablename__ = "recall_pushes"
    __table_args__ = (UniqueConstraint("notice_no", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_no: Mapped[str] = mapped_column(ForeignKey("recalls.notice_no"))
    version: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), index=True)
    is_serious: Mapped[bool]
    counts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    posted: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[int] = mapped_column(default=0)
    starts_at: Mapped[datetime | None]
    proposed_at: Mapped[datetime]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]

    # Of two who change a push at once the second fails: it is changed only from the state it was read in.
    __mapper_args__: Any = {  # noqa: RUF012 - SQLAlchemy reads it so
        "version_id_col": state,
        "version_id_generator": False,
    }


class RecallAnswer(Record):
    """What a person said to a notice: have, have_not or done. The last word counts."""

    __tablename__ = "recall_answers"
    __table_args__ = (UniqueConstraint("person_id", "push_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    push_id: Mapped[int] = mapped_column(ForeignKey("recall_pushes.id"), index=True)
    answer: Mapped[str] = mapped_column(String(16))
    answered_at: Mapped[datetime]


class RecallCall(Record):
    """That a person was called about a notice, by which officer."""

    __tablename__ = "recall_calls"
    __table_args__ = (UniqueConstraint("person_id", "push_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"))
    push_id: Mapped[int] = mapped_column(ForeignKey("recall_pushes.id"), index=True)
    called_by: Mapped[str] = mapped_column(String(64))
    called_at: Mapped[datetime]
