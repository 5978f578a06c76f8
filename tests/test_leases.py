"""Leases: never two holders at once, whatever dies, stands still or sets its clock, on both databases."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import time_machine
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot import database, leases
from bot.casework import notices, people
from bot.casework.lease_records import Lease
from bot.casework.records import Notice, Record
from bot.jobs import CLOCK, Clock
from bot.leases import Leases
from bot.settings import ROOT
from tests import aside, records
from tests.postgres import address_of

TERM = 10.0


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sessionmaker[Session]]:
    """Empty records that several processes share."""
    with address_of(request.param, tmp_path) as address:
        yield from records.at(address)


class Several(RuleBasedStateMachine):
    """Two processes with steady clocks that began at different times, and a world that goes on.

    Each look at a clock takes a moment, so that time passes between any two steps of a lease. Who
    stands still (a long pause, no way to the records) does nothing, and counts as a holder as long as
    it believes to be one.
    """

    def __init__(self) -> None:
        super().__init__()
        engine = database.engine("sqlite://")
        Record.metadata.create_all(engine)
        self.sessions = sessionmaker(engine, expire_on_commit=False)
        self.now = 0.0
        self.processes = [self.process(n) for n in range(2)]

    def process(self, number: int) -> Leases:
        def steady() -> float:
            self.now += 0.01
            return self.now + 1000 * number

        return Leases(self.sessions, TERM, steady)

    @rule(share=st.sampled_from([0.1, 0.45, 0.9, 0.99, 1.0]))
    def time_passes(self, share: float) -> None:
        self.now += share * TERM

    @rule(number=st.integers(0, 1))
    def take(self, number: int) -> None:
        assert self.processes[number].take(CLOCK) == self.processes[number].holds(CLOCK)

    @rule(number=st.integers(0, 1))
    def renew(self, number: int) -> None:
        self.processes[number].renew(CLOCK)

    @rule(number=st.integers(0, 1))
    def release(self, number: int) -> None:
        self.processes[number].release(CLOCK)

    @rule(number=st.integers(0, 1))
    def die_and_begin_anew(self, number: int) -> None:
        self.processes[number] = self.process(number)

    @rule(number=st.integers(0, 1))
    def sweep(self, number: int) -> None:
        self.processes[number].sweep()

    @rule()
    def everybody_stands_still_and_one_takes_over_in_time(self) -> None:
        heir = self.processes[0]
        heir.take(CLOCK)
        self.now += TERM
        assert heir.take(CLOCK)

    @invariant()
    def one_holder_at_most(self) -> None:
        assert sum(one.holds(CLOCK) for one in self.processes) <= 1


TestSeveral = Several.TestCase
TestSeveral.settings = hypothesis_settings(
    max_examples=100,
    stateful_step_count=30,
    deadline=None,
    database=None,
    derandomize=True,
    phases=[Phase.generate],  # a failure is short enough without shrinking
)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.9, 0.98, 1.0])
@pytest.mark.parametrize("renewed", [False, True])
def test_nobody_takes_over_before_the_holder_has_left_off(
    sessions: sessionmaker[Session], share: float, renewed: bool
) -> None:
    """However the steady clocks of the two stand; counted anew from each renewal that was seen."""
    now = [0.0]
    holder = Leases(sessions, TERM, lambda: now[0])
    heir = Leases(sessions, TERM, lambda: now[0] - 5000)
    assert holder.take(CLOCK) and not heir.take(CLOCK)
    if renewed:
        now[0] += 0.9 * TERM
        assert holder.renew(CLOCK) and not heir.take(CLOCK)
    now[0] += share * TERM
    assert holder.holds(CLOCK) == (share < 1)
    assert heir.take(CLOCK) == (share == 1) == heir.holds(CLOCK)
    assert holder.renew(CLOCK) == (share < 1)


# ── two clocks on one database ──


class Duty:
    """Notes who is at work."""

    def __init__(self, name: str, at_work: list[str]) -> None:
        self.name, self.at_work = name, at_work

    async def start(self) -> None:
        self.at_work.append(self.name)

    async def stop(self) -> None:
        self.at_work.remove(self.name)


async def nothing() -> None:
    return None


def clock(sessions: sessionmaker[Session], name: str, at_work: list[str]) -> Clock:
    return Clock(sessions, {}, nothing, duties=[Duty(name, at_work)], leases=Leases(sessions, 1.0))


async def kill(one: Clock) -> None:
    """What is left of a clock whose process is gone: nothing but its lease."""
    assert one._leading is not None
    one._leading.cancel()
    await asyncio.wait([one._leading])
    one._scheduler.shutdown(wait=False)


async def until_at_work(at_work: list[str], name: str, seconds: float) -> None:
    for _ in range(int(seconds * 50)):
        assert len(at_work) <= 1
        if at_work == [name]:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"{name} did not take over: {at_work}")


@pytest.mark.parametrize("hours", [0, 7, -7])
def test_one_leads_and_the_other_takes_over_within_a_term(
    shared: sessionmaker[Session], hours: int
) -> None:
    """Also where the clock of the day jumps meanwhile."""
    at_work: list[str] = []

    async def scene() -> None:
        first, second = clock(shared, "first", at_work), clock(shared, "second", at_work)
        await first.start()
        await second.start()
        with time_machine.travel(datetime.now(UTC) + timedelta(hours=hours)):
            for _ in range(60):  # more than a term, in which nothing changes
                assert at_work == ["first"]
                await asyncio.sleep(0.02)
            await kill(first)
            at_work.clear()
            await until_at_work(at_work, "second", seconds=3)
        await second.stop()
        assert at_work == []

    aside.run(scene())


def test_who_stops_hands_over_at_once_and_who_was_cut_off_leaves_off(
    shared: sessionmaker[Session],
) -> None:
    at_work: list[str] = []

    async def scene() -> None:
        first, second = clock(shared, "first", at_work), clock(shared, "second", at_work)
        await first.start()
        await second.start()
        await first.stop()
        await until_at_work(at_work, "second", seconds=0.9)
        with shared.begin() as session:  # as by another, while the second stood still
            session.scalars(select(Lease)).one().owner = "////third"[1:]
        await asyncio.sleep(0.6)
        assert at_work == [] and not second._leases.holds(CLOCK)
        await kill(second)

    aside.run(scene())


# ── what the one before was sending ──


def owned(sessions: sessionmaker[Session], owner: str) -> None:
    """The records of a process that was sending when it was seen last."""
    now = datetime.now(UTC)
    with sessions.begin() as session:
        who = people.person(session, "telegram", "1", now)
        notices.post(session, who, "progress", "1", "办理进展", now)
        session.flush()
        assert notices.claim(session, ["telegram"], now)
        session.add(Lease(name=CLOCK, owner=owner, beat=0))


def gone() -> str:
    """The name of a process of this machine that has ended."""
    code = "from bot.leases import Leases; print(Leases(None).owner)"
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.parametrize("owner", [gone, lambda: "another-machine.1/1/1/x"], ids=["dead", "unsure"])
def test_only_what_a_dead_process_was_sending_is_due_at_once(
    sessions: sessionmaker[Session], owner: object
) -> None:
    """What somebody unseen may still be sending waits until its claim has run out."""
    owned(sessions, owner())  # type: ignore[operator]
    sent: list[int] = []

    async def send(one: notices.Outgoing) -> notices.Outcome:
        sent.append(one.id)
        return notices.Sent()

    async def scene() -> None:
        running = Clock(sessions, {"telegram": send}, nothing, leases=Leases(sessions, 0.4))
        await running.start()
        is_there = bool(running._leads)
        await asyncio.sleep(2.5)
        assert running._leads
        await running.stop()
        assert is_there == (owner is gone)

    aside.run(scene())
    assert len(sent) == (owner is gone)
    with sessions() as session:
        assert session.scalars(select(Notice)).one().state == ("sent" if sent else "sending")


def test_a_process_is_dead_only_where_that_is_certain() -> None:
    mine = Leases(None).owner  # type: ignore[arg-type]
    place, number, began, token = mine.split("/")
    assert int(number) == os.getpid() and not leases.is_dead(mine)
    assert leases.is_dead(gone())
    assert leases.is_dead(
        f"{place}/{number}/{int(began) - 1}/{token}"
    )  # its number is another's now
    assert not leases.is_dead(f"elsewhere.1/{number}/1/{token}")
    assert not leases.is_dead(f"///{token}")


# ── waiting for a lease ──


def test_those_who_wait_have_it_one_after_the_other(shared: sessionmaker[Session]) -> None:
    inside: list[int] = []

    async def work(one: Leases, number: int) -> None:
        async with one.held("talk:1"):
            inside.append(number)
            assert inside == [number]
            await asyncio.sleep(0.7 if number == 0 else 0.01)  # longer than a term
            inside.clear()

    async def scene() -> None:
        await asyncio.gather(*(work(Leases(shared, 0.4), number) for number in range(4)))

    aside.run(scene())
    with shared() as session:
        assert session.scalars(select(Lease)).all() == []


def test_what_was_left_behind_is_swept_and_what_is_in_use_is_not(
    shared: sessionmaker[Session],
) -> None:
    now = [0.0]
    left, used, leader = (Leases(shared, TERM, lambda: now[0]) for _ in range(3))
    left.take("talk:1")
    used.take("talk:2")
    assert leader.sweep() == 0
    now[0] += TERM
    used.renew("talk:2")
    assert leader.sweep() == 1
    with shared() as session:
        assert session.scalars(select(Lease.name)).all() == ["talk:2"]
