"""What is kept of what messages were taken for: how often a day. Nothing of a person, no word of anybody's."""

from datetime import date

from sqlalchemy import String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.casework.records import Record


class IntentCount(Record):
    """How many messages of a day in China were taken for an intent, which is one of intents.yml."""

    __tablename__ = "intent_counts"
    __table_args__ = (UniqueConstraint("day", "intent"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date]
    intent: Mapped[str] = mapped_column(String(32))
    times: Mapped[int]
