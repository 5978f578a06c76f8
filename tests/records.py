"""Empty records for tests that have settings, and recall notices in them as the intake leaves them."""

import functools
import sqlite3
from collections.abc import Iterator
from datetime import datetime

from cryptography.fernet import Fernet
from sqlalchemy import Engine
from sqlalchemy.orm import Session, sessionmaker

from bot import database
from bot.casework import sealing
from bot.casework.recall_records import RecallVersion
from bot.casework.records import Recall, Record
from bot.settings import Settings


def create(engine: Engine) -> None:
    """All tables in a new database; in SQLite as a copy of ones made before."""
    if engine.dialect.name != "sqlite":
        Record.metadata.create_all(engine)
        return
    connection = engine.raw_connection()
    target = connection.driver_connection
    assert isinstance(target, sqlite3.Connection)
    _pattern().backup(target)
    connection.close()


@functools.cache
def _pattern() -> sqlite3.Connection:
    """A database in memory with all tables and nothing in them."""
    engine = database.engine("sqlite://")
    Record.metadata.create_all(engine)
    kept = sqlite3.connect(":memory:", check_same_thread=False)
    connection = engine.raw_connection()
    source = connection.driver_connection
    assert isinstance(source, sqlite3.Connection)
    source.backup(kept)
    connection.close()
    engine.dispose()
    return kept


def empty(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Sessions on records of the newest shape, closed behind the test."""
    made = database.connect(settings)
    create(made.kw["bind"])
    yield made
    made.kw["bind"].dispose()


def at(address: str) -> Iterator[sessionmaker[Session]]:
    """Likewise at an address, under a key of their own."""
    sealing.unlock([Fernet.generate_key()])
    engine = database.engine(address)
    create(engine)
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
