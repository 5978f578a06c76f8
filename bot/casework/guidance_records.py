"""What is kept of answers about rights: whether they helped, and the questions without one. No rule."""

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.casework.records import Record
from bot.casework.sealing import Sealed


class GuidanceAnswer(Record):
    """What somebody said to an answer: helped or not_helped. Of whom is not kept."""

    __tablename__ = "guidance_answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    entry_id: Mapped[str] = mapped_column(String(64))
    said: Mapped[str] = mapped_column(String(16))
    day: Mapped[date]


class UnansweredQuestion(Record):
    """A question that the library did not answer, as often as it was asked. By whom is not kept.

    `reason` is unsure (near entries were offered), none, or unhelpful: then `entry_id` was shown.
    `digest` tells the same question again. It is dealt with until it is asked after `dealt_with_at`.
    """

    __tablename__ = "unanswered_questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    question: Mapped[str] = mapped_column(Sealed)
    intent: Mapped[str] = mapped_column(String(32))
    reason: Mapped[str] = mapped_column(String(16))
    entry_id: Mapped[str | None] = mapped_column(String(64))
    times: Mapped[int]
    first_asked_at: Mapped[datetime]
    last_asked_at: Mapped[datetime]
    dealt_with_at: Mapped[datetime | None]
