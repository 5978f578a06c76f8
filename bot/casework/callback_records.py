"""RECORD: who asked to be called back. Knows no rule."""

from datetime import datetime
from typing import Any

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

    # Of two who change a request at once the second fails: it is changed only from the state it was read in.
    __mapper_args__: Any = {  # noqa: RUF012 - SQLAlchemy reads it so
        "version_id_col": state,
        "version_id_generator": False,
    }
