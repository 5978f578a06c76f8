"""Writers of one process wait for each other in order, and not for SQLite to look again."""

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from bot import database
from bot.one_writer import Turn

WRITERS, WRITES = 12, 15
HOLDS_SECONDS = 0.02


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = database.engine(f"sqlite:///{tmp_path / 'records.db'}")
    with made.begin() as connection:
        connection.execute(text("CREATE TABLE seen (who INTEGER, at REAL)"))
    yield made
    made.dispose()


def test_many_writers_at_once_are_all_served_and_none_is_passed_by(engine: Engine) -> None:
    served, passed = list[int](), list[int]()

    def write(who: int) -> None:
        for _ in range(WRITES):
            before = len(served)
            with engine.begin() as connection:
                connection.execute(text("INSERT INTO seen VALUES (:who, 0)"), {"who": who})
                passed.append(len(served) - before)  # by so many while it waited
                served.append(who)
                time.sleep(HOLDS_SECONDS)

    threads = [threading.Thread(target=write, args=(who,)) for who in range(WRITERS)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM seen")) == WRITERS * WRITES
    assert (
        max(passed) < 2 * WRITERS
    )  # each of the others goes once, twice where a count was taken early


def test_who_gave_up_waiting_is_not_called() -> None:
    turn, order = Turn(), list[str]()
    assert turn.acquire(1)
    gave_up = threading.Thread(target=lambda: order.append(f"first {turn.acquire(0.05)}"))
    gave_up.start()
    gave_up.join()
    patient = threading.Thread(target=lambda: order.append(f"second {turn.acquire(5)}"))
    patient.start()
    turn.release()
    patient.join()
    assert order == ["first False", "second True"]
    assert not turn.acquire(0)  # the second has it still
    turn.release()
    assert turn.acquire(0)


def test_a_writer_that_fails_gives_its_turn_back(engine: Engine) -> None:
    for _ in range(3):
        with pytest.raises(OperationalError), engine.begin() as connection:
            connection.execute(text("INSERT INTO seen VALUES (1, 1)"))
            connection.execute(text("INSERT INTO nowhere VALUES (1)"))
    with pytest.raises(ZeroDivisionError), engine.begin() as connection:
        connection.execute(text("INSERT INTO seen VALUES (1, 1)"))
        raise ZeroDivisionError
    connection = engine.connect()
    connection.execute(text("INSERT INTO seen VALUES (1, 1)"))
    connection.close()  # without an end
    began = time.monotonic()
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO seen VALUES (2, 2)"))
    assert time.monotonic() - began < 2
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(*) FROM seen")) == 1


def test_a_reader_waits_for_nobody(engine: Engine) -> None:
    with engine.begin() as writer, engine.connect() as reader:
        writer.execute(text("INSERT INTO seen VALUES (1, 1)"))
        began = time.monotonic()
        assert reader.scalar(text("SELECT count(*) FROM seen")) == 0
        assert time.monotonic() - began < 1
