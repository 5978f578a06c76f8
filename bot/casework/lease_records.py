"""Who alone may do some work, of the processes that meet people. No rule, no words."""

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from bot.casework.records import Record


class Lease(Record):
    """Work that one process does at a time, and who has it: `clock`, or `talk:` with a person's id.

    Every renewal gives another `beat`; a holder whose beat stands still has lost it (bot/leases.py).
    """

    __tablename__ = "leases"

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    owner: Mapped[str] = mapped_column(String(96))
    beat: Mapped[int]
