"""What is kept of short notices to the people who follow them (消费提示). No rule, no words."""

from datetime import datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.casework.records import Record

KIND = "tip"  # of the notices in the ledger that bring a tip, whose id is their subject


class Tip(Record):
    """A tip on its way: `state` is proposed, planning or planned, as of a recall's push.

    While it is planned, `cursor` is the id of the last person, and `posted` how many notices of it
    lie in the ledger.
    """

    __tablename__ = "tips"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    state: Mapped[str] = mapped_column(String(16), index=True)
    posted: Mapped[int] = mapped_column(default=0)
    cursor: Mapped[int] = mapped_column(default=0)
    proposed_at: Mapped[datetime]
    starts_at: Mapped[datetime | None]
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]
