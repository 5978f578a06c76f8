"""Two planners at the same time, on both databases: each person is told once."""

import threading
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import recall_push, recall_reach
from tests import records
from tests.casework.test_recall_reach import proposed, told, town
from tests.postgres import address_of


@pytest.fixture(params=["sqlite", "postgresql"])
def sessions(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sessionmaker[Session]]:
    with address_of(request.param, tmp_path) as address:
        yield from records.at(address)


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
