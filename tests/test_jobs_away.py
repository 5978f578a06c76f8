"""The ledger and the clock when the records go away or the clock of the day jumps: sent once, and it goes on."""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import notices, people
from bot.casework.records import Notice
from bot.jobs import Clock
from bot.leases import Leases
from tests import aside, away
from tests.test_logs import logged

NAME = "司马先生"


@pytest.mark.parametrize("kind", ["locked", "stopped"])
def test_what_was_sent_while_they_went_away_is_not_sent_again(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Though its claim has run out by the time they are back."""
    sent: list[str] = []

    async def scene(place: away.Place) -> None:
        async def send(one: notices.Outgoing) -> notices.Outcome:
            sent.append(one.text)
            if len(sent) == 1:
                await asyncio.to_thread(place.leave)
                monkeypatch.setattr(notices, "LEASE", timedelta(seconds=0.2))
            return notices.Sent()

        clock = Clock(
            place.sessions, {"telegram": send}, nothing, leases=Leases(place.sessions, 30)
        )
        await clock.start()
        await until(lambda: len(sent) == 1)
        await asyncio.sleep(1.5)
        await asyncio.to_thread(place.come_back)
        await until(lambda: len(sent) >= 2)
        await asyncio.sleep(1.5)
        await clock.stop()

    with away.records(kind, tmp_path) as place, logged("plain") as lines:
        post(place.sessions, NAME, "第二条")
        aside.run(scene(place), seconds=60)
        assert sent == [NAME, "第二条"]
        assert states(place.sessions) == [("sent", False)] * 2
        assert lines() and NAME not in "\n".join(lines()) and "Traceback" not in "\n".join(lines())


def post(sessions: sessionmaker[Session], *texts: str) -> None:
    now = datetime.now(UTC)
    for text in texts:
        with sessions.begin() as session:
            who = people.person(session, "telegram", "7", now)
            notices.post(session, who, "progress", text, text, now)


async def until(is_so: Callable[[], bool], seconds: float = 20) -> None:
    for _ in range(int(seconds * 50)):
        if is_so():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("it did not happen")


async def nothing() -> None:
    return None


def states(sessions: sessionmaker[Session]) -> list[tuple[str, bool]]:
    """How each notice stands, and whether it may have come twice."""
    with sessions() as session:
        found = session.scalars(select(Notice).order_by(Notice.id))
        return [(one.state, one.may_be_double) for one in found]


# ── the clock of the day ──


@pytest.mark.parametrize("hours", [-24, -1, 0, 1, 24])
def test_what_is_posted_after_a_jump_goes_out_at_once(
    sessions: sessionmaker[Session], hours: int
) -> None:
    """A job does not wait for the hour at which it would have come next."""
    sent: list[str] = []

    async def send(one: notices.Outgoing) -> notices.Outcome:
        sent.append(one.text)
        return notices.Sent()

    async def scene() -> None:
        clock = Clock(sessions, {"telegram": send}, nothing, leases=Leases(sessions, 1.0))
        await clock.start()
        post(sessions, "之前")
        await until(lambda: sent == ["之前"])
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours)):
            post(sessions, "之后")
            await until(lambda: len(sent) > 1, seconds=5)
            await asyncio.sleep(1.5)
        await asyncio.sleep(1.5)  # the clock is put right again
        await clock.stop()

    aside.run(scene(), seconds=40)
    assert sent == ["之前", "之后"]


@pytest.mark.parametrize("hours", [-1, 1, 24])
def test_a_jump_while_a_notice_is_on_its_way_sends_it_once(
    sessions: sessionmaker[Session], hours: int
) -> None:
    sent: list[str] = []

    async def send(one: notices.Outgoing) -> notices.Outcome:
        sent.append(one.text)
        await asyncio.sleep(3)
        return notices.Sent()

    async def scene() -> None:
        clock = Clock(sessions, {"telegram": send}, nothing, leases=Leases(sessions, 1.0))
        await clock.start()
        await until(lambda: sent == ["一条"])
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours)):
            await asyncio.sleep(4.5)
        await clock.stop()

    post(sessions, "一条")
    aside.run(scene(), seconds=40)
    assert sent == ["一条"] and states(sessions)[0][0] == "sent"
