"""The clock with records in a file: who is sent what, when, and what a fault or a kill leaves."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from bot import jobs
from bot.casework import disputes, notices, people, reminders, reports, retention, sealing, things
from bot.casework.records import HeardMessage, Notice, Recall
from bot.casework.report_records import ReportEvent
from bot.chores import Chore, chores
from bot.jobs import Clock
from bot.settings import Settings
from tests import aside


class Channel:
    """Takes notices, as it is told to."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []
        self.outcomes: dict[str, list[notices.Outcome | Exception]] = {}
        self.hanging: set[str] = set()

    async def send(self, one: notices.Outgoing) -> notices.Outcome:
        if one.external_id in self.hanging:
            await asyncio.sleep(60)
        planned = self.outcomes.get(one.external_id)
        outcome = planned.pop(0) if planned else notices.Sent()
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, notices.Sent):
            self.sent.append((one.external_id, one.text))
        return outcome


@pytest.fixture
def channel() -> Channel:
    return Channel()


@pytest.fixture
def clock(sessions: sessionmaker[Session], channel: Channel) -> Callable[[], Clock]:
    async def nothing() -> None:
        return None

    return lambda: Clock(sessions, {"telegram": channel.send}, nothing)


@pytest.fixture
def post(sessions: sessionmaker[Session]) -> Callable[..., None]:
    def posted(chat: str, text: str, channel: str = "telegram") -> None:
        now = datetime.now(UTC)
        with sessions.begin() as session:
            who = people.person(session, channel, chat, now)
            notices.post(session, who, "progress", text, text, now)

    return posted


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    aside.run(scene())


async def until(is_so: Callable[[], bool], seconds: int = 8) -> None:
    for _ in range(seconds * 100):
        if is_so():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


def states(sessions: sessionmaker[Session]) -> list[tuple[str, str]]:
    with sessions() as session:
        return [
            (one.text, one.state) for one in session.scalars(select(Notice).order_by(Notice.id))
        ]


def test_what_is_posted_goes_out_by_itself_in_order_and_once(clock, channel, post, sessions):
    for text in ("一", "二", "三"):
        post("1", text)
    post("c-1", "在网页上取", channel="web")

    async def scene() -> None:
        running = clock()
        await running.start()
        await until(lambda: len(channel.sent) == 3)
        await running.stop()

    play(scene)
    assert channel.sent == [("1", "一"), ("1", "二"), ("1", "三")]
    assert [state for _, state in states(sessions)] == ["sent", "sent", "sent", "due"]


def test_a_chat_that_hangs_holds_up_nobody_else(clock, channel, post):
    channel.hanging = {"1"}
    for chat in ("1", "2", "3"):
        post(chat, f"给{chat}")

    async def scene() -> None:
        running = clock()
        for _ in range(3):
            await running.deliver()
            await asyncio.sleep(0.05)
        await until(lambda: len(channel.sent) == 2)
        for task in running._in_flight:
            task.cancel()

    play(scene)
    assert sorted(channel.sent) == [("2", "给2"), ("3", "给3")]


def test_no_more_is_in_flight_than_allowed(clock, channel, post, sessions):
    chats = [str(n) for n in range(jobs.MOST_IN_FLIGHT + 4)]
    channel.hanging = set(chats)
    for chat in chats:
        post(chat, chat)

    async def scene() -> None:
        running = clock()
        for _ in range(3):
            await running.deliver()
        assert len(running._in_flight) == jobs.MOST_IN_FLIGHT
        for task in running._in_flight:
            task.cancel()

    play(scene)
    assert [state for _, state in states(sessions)].count("sending") == jobs.MOST_IN_FLIGHT


@pytest.mark.parametrize(
    "fault", [RuntimeError("unforeseen"), notices.Failed("502"), notices.Later(0.0)]
)
def test_a_fault_is_one_attempt_and_the_notice_goes_out_later(
    clock, channel, post, sessions, monkeypatch, fault
):
    monkeypatch.setattr(notices, "FIRST_WAIT", timedelta(seconds=0))
    channel.outcomes["1"] = [fault]
    post("1", "办理进展")

    async def scene() -> None:
        running = clock()
        await running.start()
        await until(lambda: len(channel.sent) == 1)
        await running.stop()

    play(scene)
    assert states(sessions) == [("办理进展", "sent")]


def test_what_a_killed_process_was_sending_goes_out_after_the_next_start(
    clock, channel, post, sessions
):
    post("1", "办理进展")
    with sessions.begin() as session:
        assert notices.claim(session, ["telegram"], datetime.now(UTC))  # and then it was killed

    async def scene() -> None:
        running = clock()
        await running.start()
        await until(lambda: len(channel.sent) == 1)
        await running.stop()

    play(scene)
    with sessions() as session:
        assert session.scalars(select(Notice)).one().may_be_double


def test_records_that_fail_stop_no_clock(clock, channel, post, monkeypatch):
    post("1", "办理进展")
    whole, faults = notices.claim, [OperationalError("select", {}, Exception("locked"))] * 2

    def claim(*given: Any, **named: Any) -> Any:
        if faults:
            raise faults.pop()
        return whole(*given, **named)

    monkeypatch.setattr(notices, "claim", claim)

    async def scene() -> None:
        running = clock()
        await running.start()
        await until(lambda: len(channel.sent) == 1)
        await running.stop()

    play(scene)


def test_messages_that_wait_are_taken_up_by_the_clock_though_it_failed_before(
    sessions, monkeypatch
):
    monkeypatch.setattr(jobs, "TAKE_UP_SECONDS", 0.05)
    taken: list[int] = []

    async def take_up() -> None:
        taken.append(1)
        if len(taken) == 1:
            raise OperationalError("select", {}, Exception("locked"))

    async def scene() -> None:
        running = Clock(sessions, {}, take_up)
        await running.start()
        await until(lambda: len(taken) > 2)
        await running.stop()

    play(scene)


def test_what_an_earlier_process_left_waits_for_no_first_look(
    clock, channel, post, sessions, monkeypatch
):
    """Both jobs come at once when the clock begins, and only then in their own time."""
    monkeypatch.setattr(jobs, "TAKE_UP_SECONDS", 3600)
    monkeypatch.setattr(jobs, "DELIVER_SECONDS", 3600)
    post("1", "早就该到的")
    taken: list[int] = []

    async def take_up() -> None:
        taken.append(1)

    async def scene() -> None:
        running = clock()
        running._take_up = take_up
        await running.start()
        await until(lambda: taken == [1] and channel.sent == [("1", "早就该到的")])
        await running.stop()

    play(scene)


def chore(name: str, sessions: sessionmaker[Session], folder: Path, **chosen: Any) -> Chore:
    found = chores(Settings(_env_file=None, var_dir=folder, **chosen), sessions)
    return next(one for one in found if one.name == name)


NOON = datetime.fromisoformat("2026-11-02T12:00:00+08:00")


def test_what_a_dispute_lacks_is_asked_for_by_the_clock_though_it_failed_before(
    sessions, monkeypatch, tmp_path
):
    async def nothing() -> None:
        return None

    with sessions.begin() as session:
        who = people.person(session, "telegram", "1", NOON)
        one = disputes.start(session, who, NOON)
        disputes.lodge(session, one, operator="bureau", limit=Decimal(2000), now=NOON)
    whole, faults = reminders.tick, [OperationalError("select", {}, Exception("locked"))]

    def tick(*given: Any) -> int:
        if faults:
            raise faults.pop()
        return whole(*given)

    monkeypatch.setattr(reminders, "tick", tick)
    asking = chore("what is missing", sessions, tmp_path, public_url="https://example.cn")

    async def scene() -> None:
        running = Clock(sessions, {}, nothing)
        for _ in range(3):
            await running.do(asking)

    with time_machine.travel(NOON + timedelta(hours=2)):
        play(scene)
    with sessions() as session:
        (told,) = session.scalars(select(Notice))
        assert told.kind == reminders.KIND and "example.cn" in str(told.buttons)


def test_a_prepared_report_that_no_link_opens_is_deleted(
    sessions: sessionmaker[Session], clock: Callable[[], Clock], tmp_path: Path
) -> None:
    for days in (2, 4):
        with sessions.begin() as session:
            told = reports.Told("永旺超市", "卖过期牛奶", "中北镇")
            reports.lodge(
                session, told, reporter="r", form=str(days), operator="independent",
                now=datetime.now(UTC) - timedelta(days=days),
            )  # fmt: skip
    aside.run(clock().do(chore("prepared reports", sessions, tmp_path)))
    with sessions() as session:
        assert session.scalars(select(ReportEvent.form)).all() == ["2"]


def test_what_is_old_goes_by_the_clock_in_as_many_batches_as_it_takes(
    sessions, monkeypatch, tmp_path
):
    async def nothing() -> None:
        return None

    soon = replace(chore("old records", sessions, tmp_path), first_after=timedelta(0))
    monkeypatch.setattr(retention.expire, "__defaults__", (2,))
    then = datetime.now(UTC) - timedelta(days=100)
    with sessions.begin() as session:
        who = people.person(session, "web", "c-1", then)
        for number in range(7):
            people.heard(session, who, f"m-{number}", "键盘坏了", then)

    def left() -> int:
        with sessions() as session:
            return len(session.scalars(select(HeardMessage)).all())

    async def scene() -> None:
        running = Clock(sessions, {}, nothing, chores=[soon])
        await running.start()
        await until(lambda: left() == 1)  # the newest stays
        await running.stop()

    play(scene)


def test_where_much_is_due_the_next_goes_as_soon_as_one_has_gone(clock, channel, post):
    chats = [str(n) for n in range(jobs.MOST_IN_FLIGHT * 4)]
    for chat in chats:
        post(chat, chat)

    async def scene() -> None:
        await clock().deliver()  # once: the clock's next second has not come
        await until(lambda: len(channel.sent) == len(chats))

    play(scene)
    assert sorted(channel.sent) == sorted((chat, chat) for chat in chats)


def test_the_clock_proposes_plans_and_sends_what_is_news(sessions, channel, tmp_path):
    key = Fernet.generate_key()
    sealing.unlock([key])
    chosen = Settings(
        _env_file=None, var_dir=tmp_path, data_key=key.decode(), push_without_approval=1
    )  # another process plans, with the records and the key of these settings
    pushing = [
        replace(one, every=timedelta(seconds=0.1))
        for one in chores(chosen, sessions, ["telegram"])
        if one.name.startswith("recall")
    ]
    now = datetime.now(UTC)
    with sessions.begin() as session:
        for number, brand in enumerate(("别家", "青禾")):
            session.add(
                Recall(notice_no=brand, title="召回风扇", jurisdiction="CN", brand=brand,
                       published_on=now.date(), hazard="起火", is_news=True,
                       first_seen_at=now - timedelta(days=1 - number))
            )  # fmt: skip
        who = people.person(session, "telegram", "1", now)
        things.keep(session, who, things.Wish("brand", "青禾", brand="青禾"), now)
        people.heard(session, who, "1", "在", now)  # awake, at whatever hour the tests run

    async def nothing() -> None:
        return None

    async def scene() -> None:
        running = Clock(sessions, {"telegram": channel.send}, nothing, chores=pushing)
        await running.start()
        await until(lambda: channel.sent, seconds=120)  # two processes begin and end meanwhile
        await running.stop()

    play(scene)
    ((chat, text),) = channel.sent
    assert chat == "1" and text.startswith("危险：起火")
