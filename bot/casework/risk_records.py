"""What is kept of alarms of the risk monitor: numbers of disputes, nothing of a person. No rule, no words."""

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.casework.records import Record
from bot.casework.sealing import Sealed


class Alarm(Record):
    """Complaints that gathered on one thing (risk.py), until an officer has decided.

    `state` is raised, confirmed, dismissed or clue; of the first two there is one a kind and key, and
    more cases are added to it. `count` is of people, `numbers` of their disputes. `why`, `needed` and
    `days` are the rule that was met, as it stood.
    """

    __tablename__ = "alarms"

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    key: Mapped[str]
    title: Mapped[str]
    state: Mapped[str] = mapped_column(String(16), default="raised")
    why: Mapped[str] = mapped_column(String(16))
    needed: Mapped[int]
    days: Mapped[int]
    count: Mapped[int]
    numbers: Mapped[list[str]]
    first_at: Mapped[datetime]
    last_at: Mapped[datetime]
    raised_at: Mapped[datetime]
    reason: Mapped[str | None] = mapped_column(Sealed)
    decided_by: Mapped[str | None] = mapped_column(String(64))
    decided_at: Mapped[datetime | None]

    # Of two who change an alarm at once the second fails: it is changed only from the state it was read in.
    __mapper_args__: Any = {  # noqa: RUF012 - SQLAlchemy reads it so
        "version_id_col": state,
        "version_id_generator": False,
    }
