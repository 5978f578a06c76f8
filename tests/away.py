"""Records that go away and come back: a file that another process holds, a full disk, a server that stops."""

import contextlib
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session, sessionmaker

from bot import database
from bot.casework import sealing
from bot.casework.records import Record
from tests.postgres import server

KINDS = ("locked", "full", "stopped")
BUSY_MS = 100  # instead of five seconds


@dataclass
class Place:
    """Sessions on empty records; `leave` takes them away, `come_back` brings them back as they were."""

    sessions: sessionmaker[Session]
    leave: Callable[[], None]
    come_back: Callable[[], None]


@contextlib.contextmanager
def records(kind: str, folder: Path) -> Iterator[Place]:
    """Empty records that can go away in one of the ways of KINDS."""
    sealing.unlock([Fernet.generate_key()])
    if kind == "stopped":
        with server() as one, _opened(one.address) as engine:
            yield Place(sessionmaker(engine, expire_on_commit=False), one.stop, one.start)
        return
    path = folder / "away.db"
    with _opened(f"sqlite:///{path}") as engine:
        event.listen(
            engine, "connect", lambda one, _: one.execute(f"PRAGMA busy_timeout={BUSY_MS}")
        )
        engine.dispose()
        leave, come_back = (_lock if kind == "locked" else _fill)(engine, path)
        yield Place(sessionmaker(engine, expire_on_commit=False), leave, come_back)


@contextlib.contextmanager
def _opened(address: str) -> Iterator[Engine]:
    engine = database.engine(address)
    Record.metadata.create_all(engine)
    yield engine
    engine.dispose()


def _lock(_engine: Engine, path: Path) -> tuple[Callable[[], None], Callable[[], None]]:
    """Another process writes, and does not end: whoever reads may go on."""
    other = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    return lambda: void(other.execute("BEGIN IMMEDIATE")), lambda: void(other.execute("ROLLBACK"))


def _fill(engine: Engine, _path: Path) -> tuple[Callable[[], None], Callable[[], None]]:
    """The file cannot grow: what fits into its last page still does, as on a disk with a few bytes left."""
    pages = [2**30]

    def limit(connection: Any, *_: object) -> None:
        connection.execute(f"PRAGMA max_page_count={pages[0]}").fetchall()

    event.listen(engine, "checkout", limit)
    return lambda: pages.__setitem__(0, 1), lambda: pages.__setitem__(0, 2**30)


def void(_result: object) -> None:
    """Nothing of it."""
