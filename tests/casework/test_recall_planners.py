"""Two planners at the same time, on both databases: each person is told once."""

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot import database
from bot.casework import recall_push, recall_reach, sealing
from bot.casework.records import Record
from tests.casework.test_recall_reach import proposed, told, town
from tests.postgres import postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def sessions(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sessionmaker[Session]]:
    sealing.unlock([Fernet.generate_key()])
    if request.param == "sqlite":
        yield from made(f"sqlite:///{tmp_path / 'records.db'}")
    else:
        with postgres() as address:
            yield from made(address)


def made(address: str) -> Iterator[sessionmaker[Session]]:
    engine = database.engine(address)
    Record.metadata.create_all(engine)
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()


def test_two_planners_at_once_tell_each_once(
    sessions: sessionmaker[Session], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall_reach.batch, "__defaults__", (3,))
    with sessions.begin() as session:
        concerned = town(session, now, 40)
        proposed(session, now)
    start, made_by = threading.Barrier(2), [0, 0]

    def plan(number: int) -> None:
        start.wait()
        while True:
            with sessions() as session:
                planned = recall_push.next_batch(session, (), now)
            if planned is None:
                return
            try:  # as the clock does: what fails is tried again
                with sessions.begin() as session:
                    made_by[number] += recall_push.tell(session, planned, now)
            except SQLAlchemyError:
                continue

    threads = [threading.Thread(target=plan, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert told(sessions) == sorted(concerned)
    assert sum(made_by) == len(concerned)
