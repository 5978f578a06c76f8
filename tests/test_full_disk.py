"""A disk that is full, as the kernel says it: records stay whole, the log goes on, pages are fetched again."""

import random
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from bot.casework.recall_records import RecallPage, RecallVersion
from bot.casework.records import Recall
from bot.chores import Chore
from bot.collecting import Collector
from bot.jobs import Clock
from bot.launch import python_path
from bot.settings import ROOT
from bot.sources.fetch import Fetcher
from tests import aside, away
from tests.sources.misbehaving import Answer, Server, serving
from tests.test_collecting import LIST, NOW, Local, listed, notice, samr
from tests.test_logs import logged

# Writes messages until no file may grow, says how many were kept, and goes on when there is room again.
KEEPS = """
import resource, sys
from datetime import UTC, datetime
from cryptography.fernet import Fernet
from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import sessionmaker
from bot import database
from bot.casework import people, sealing
from bot.casework.records import HeardMessage, Record
sealing.unlock([Fernet.generate_key()])
engine = database.engine("sqlite:///" + sys.argv[1])
Record.metadata.create_all(engine)
sessions = sessionmaker(engine)
now = datetime.now(UTC)
def keep(number):
    with sessions.begin() as session:
        people.heard(session, people.person(session, "web", "c-1", now), f"m-{number}", "键盘坏了" * 500, now)
def count():
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(HeardMessage))
keep(0)
resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, resource.RLIM_INFINITY))
kept = 1
try:
    while kept < 5000:
        keep(kept)
        kept += 1
except OperationalError:
    print("full", kept == count())
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
keep("last")
with engine.connect() as connection:
    print(kept + 1 == count(), connection.exec_driver_sql("PRAGMA integrity_check").scalar())
"""
LOGS = """
import logging, sys
from bot import logs
logs.set_up(sys.argv[1])
for number in range(200):
    logging.getLogger("bot").error("something that fills the disk %s", "x" * 300)
try:
    raise ValueError("司马先生")
except ValueError:
    logging.getLogger("bot").exception("and a fault")
print("it goes on")
"""


def run(code: str, *given: str, **more: object) -> str:
    """What a program of ours prints."""
    done = subprocess.run(
        [sys.executable, "-c", code, *given], cwd=ROOT, env=python_path(), check=True, text=True,
        stdout=subprocess.PIPE, **more,  # type: ignore[call-overload]
    )  # fmt: skip
    return str(done.stdout)


def test_what_was_kept_before_a_disk_was_full_is_there_and_more_is_kept_afterwards(
    tmp_path: Path,
) -> None:
    assert run(KEEPS, str(tmp_path / "records.db")).splitlines() == ["full True", "True ok"]


@pytest.mark.parametrize("shape", ["plain", "json"])
def test_a_log_that_cannot_be_written_stops_nobody(shape: str) -> None:
    with Path("/dev/full").open("w") as full:
        assert run(LOGS, shape, stderr=full) == "it goes on\n"


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.mark.parametrize("kind", away.KINDS)
def test_pages_that_could_not_be_kept_are_fetched_again_and_their_notices_taken_once(
    kind: str, tmp_path: Path, server: Server
) -> None:
    noise = f"<!--{random.Random(1).randbytes(20_000).hex()}-->"  # more than is left of the file
    server.at(LIST, Answer(listed(1, 2).body + noise.encode()))
    server.at("/list/t20240308_1.html", notice())
    server.at("/list/t20240308_2.html", notice("白露公司召回部分白露牌灯", brand="白露"))
    source = Local("samr", samr.read, samr.links, is_paged=True, at=server.url + LIST)
    fetcher = Fetcher(("127.0.0.1",), ("http",), pause=0.001, read_seconds=1)

    async def nothing() -> None:
        return None

    with away.records(kind, tmp_path) as place, logged("plain") as lines:
        collector = Collector(place.sessions, fetcher)

        def collect(_now: object) -> int:
            collector.collect(source, NOW)
            return 0

        chore = Chore("recall notices", timedelta(minutes=10), collect)
        clock = Clock(place.sessions, {}, nothing)
        place.leave()
        aside.run(clock.do(chore), seconds=60)
        assert any("recall notices: not looked after: OperationalError" in one for one in lines())
        place.come_back()
        for _ in range(2):
            aside.run(clock.do(chore), seconds=60)
        with place.sessions() as session:
            counts = [
                session.scalar(select(func.count()).select_from(one))
                for one in (Recall, RecallVersion, RecallPage)
            ]
        assert counts == [2, 2, 3]
