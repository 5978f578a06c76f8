"""RECORD: who asked to be called back. Knows no rule."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from bot.casework.records import Record


class CallbackRequest(Record):
    """A citizen's wish to be called by a person; `hours` is a code of `district.yml`."""

    __tablename__ = "callback_requests"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("people.id"), index=True)
    state: Mapped[str] = mapped_column(String(16), default="open")
    hours: Mapped[str] = mapped_column(String(16), default="any")
    asking: Mapped[str | None] = mapped_column(String(16))
    asked_at: Mapped[datetime]
    done_at: Mapped[datetime | None]
