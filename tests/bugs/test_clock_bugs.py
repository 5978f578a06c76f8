"""Faults that clocks are known for: a run that is missed, made twice, or made eight hours off."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot import database, jobs
from bot.casework import notices, people, sealing
from bot.casework.records import Notice, Record
from tests import aside

BLOCKED_SECONDS = 4.5


@pytest.fixture
def file(tmp_path: Path) -> sessionmaker[Session]:
    """Sessions on one SQLite file, as the process that keeps the clock has them."""
    sealing.unlock([Fernet.generate_key()])
    engine = database.engine(f"sqlite:///{tmp_path / 'records.db'}")
    Record.metadata.create_all(engine)
    return sessionmaker(engine, expire_on_commit=False)


def post(sessions: sessionmaker[Session], citizens: int, moment: datetime) -> None:
    with sessions.begin() as session:
        for number in range(citizens):
            who = people.person(session, "telegram", f"c-{number}", moment)
            notices.post(session, who, "recall", "N-1", "您关注的产品有召回", moment)


def run_for(
    sessions: sessionmaker[Session], seconds: float, blocked: float = 0.0
) -> tuple[list[str], list[float]]:
    """The clock of one process: to whom notices went, and when waiting messages were taken up."""
    sent: list[str] = []
    taken_up: list[float] = []

    async def send(one: notices.Outgoing) -> notices.Outcome:
        sent.append(one.external_id)
        return notices.Sent()

    async def take_up() -> None:
        taken_up.append(time.monotonic())

    async def live() -> None:
        clock = jobs.Clock(sessions, {"telegram": send}, take_up)
        await clock.start()
        time.sleep(blocked)  # the loop is busy: nothing runs
        await asyncio.sleep(seconds)
        await clock.stop()

    aside.run(live())
    return sent, taken_up


def test_a_run_that_fell_into_a_busy_spell_is_made_late_and_once(
    file: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "TAKE_UP_SECONDS", 1.5)
    begun = time.monotonic()
    post(file, 1, datetime.now(UTC))
    sent, taken_up = run_for(file, 1.2, blocked=BLOCKED_SECONDS)
    late = [moment for moment in taken_up if moment - begun < BLOCKED_SECONDS + 1.1]
    assert sent == ["c-0"] and len(late) == 1, (sent, taken_up)


@pytest.mark.parametrize("hours", [1, 26, 24 * 9])
def test_what_fell_due_while_the_process_was_away_goes_out_once(
    file: sessionmaker[Session], hours: int
) -> None:
    post(file, 5, datetime.now(UTC) - timedelta(hours=hours))
    sent, _ = run_for(file, 2.5)
    again, _ = run_for(file, 1.5)
    assert sorted(sent) == [f"c-{number}" for number in range(5)] and again == []
    with file() as session:
        assert set(session.scalars(select(Notice.state))) == {"sent"}


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Tokyo"])
def test_the_clock_is_chinas_wherever_the_machine_stands(
    file: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch, zone: str
) -> None:
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        clock = jobs.Clock(file, {}, lambda: asyncio.sleep(0))
        offset = clock._scheduler.timezone.utcoffset(datetime(2026, 3, 2, 9, 0))
        assert offset == timedelta(hours=8)
    finally:
        monkeypatch.undo()
        time.tzset()
