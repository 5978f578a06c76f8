"""Empty records for tests that have settings, and recall notices in them as the intake leaves them."""

from collections.abc import Iterator
from datetime import datetime

from cryptography.fernet import Fernet
from sqlalchemy.orm import Session, sessionmaker

from bot import database
from bot.casework import sealing
from bot.casework.recall_records import RecallVersion
from bot.casework.records import Recall, Record
from bot.settings import Settings


def empty(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Sessions on records of the newest shape, closed behind the test."""
    made = database.connect(settings)
    Record.metadata.create_all(made.kw["bind"])
    yield made
    made.kw["bind"].dispose()


def at(address: str) -> Iterator[sessionmaker[Session]]:
    """Likewise at an address, under a key of their own."""
    sealing.unlock([Fernet.generate_key()])
    engine = database.engine(address)
    Record.metadata.create_all(engine)
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()


def printed(session: Session, notice: Recall, now: datetime) -> None:
    """Put a notice in, or its next version, with the print that it came with."""
    session.add(notice)
    session.flush()
    session.add(
        RecallVersion(
            notice_no=notice.notice_no, source="samr", source_key=notice.notice_no, seen_at=now,
            version=notice.version, digest="", fields={}, raw={},
        )
    )  # fmt: skip
    session.flush()


def corrected(session: Session, notice: Recall, now: datetime) -> None:
    """A notice is printed anew: a version more."""
    notice.version += 1
    printed(session, notice, now)
