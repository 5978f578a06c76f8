"""What was understood, from a turn to the records: in no turn's way, once, and in every process."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.casework.intent_records import IntentCount
from bot.chores import chores
from bot.jobs import Clock
from bot.messages import Message
from bot.settings import Settings
from bot.tally import Tally
from tests import aside
from tests.rasa_world import World, rasa_world
from tests.test_jobs import until
from tests.test_rasa import say, several

NOON = datetime(2026, 11, 2, 4, tzinfo=UTC)
DAY = date(2026, 11, 2)


@pytest.fixture
def world() -> Iterator[World]:
    with rasa_world() as made:
        yield made


def kept(sessions: sessionmaker[Session]) -> dict[tuple[date, str], int]:
    with sessions() as session:
        return {(one.day, one.intent): one.times for one in session.scalars(select(IntentCount))}


def test_the_day_is_that_of_china_and_free_text_is_never_kept(
    sessions: sessionmaker[Session],
) -> None:
    tally = Tally(sessions)
    for at in (NOON, NOON, NOON + timedelta(hours=11, minutes=59), NOON + timedelta(hours=12)):
        tally.add("inform", at)
    for odd in ("none", "我叫王丽华，电话13655551234"):
        tally.add(odd, NOON)
    assert tally.write() == 2 and tally.write() == 0
    assert kept(sessions) == {(DAY, "inform"): 3, (DAY + timedelta(days=1), "inform"): 1}


def test_what_could_not_be_written_is_written_the_next_time_and_once(
    sessions: sessionmaker[Session],
) -> None:
    tally = Tally(sessions)
    tally.add("inform", NOON)
    with sessions.begin() as session:
        session.execute(text("ALTER TABLE intent_counts RENAME TO away"))
    with pytest.raises(SQLAlchemyError):
        tally.write()
    tally.add("inform", NOON)
    with sessions.begin() as session:
        session.execute(text("ALTER TABLE away RENAME TO intent_counts"))
    assert tally.write() == 1 and kept(sessions) == {(DAY, "inform"): 2}


@pytest.mark.parametrize(
    ("intent", "counted"), [("ask_rights", ["ask_rights"]), ("nlu_fallback", ["nlu_fallback"]), ("none", [])]
)  # fmt: skip
def test_a_turn_is_counted_behind_its_answer(
    sessions: sessionmaker[Session], world: World, intent: str, counted: list[str]
) -> None:
    tally = Tally(sessions)

    async def scene() -> None:
        world.latest = {"intent": {"name": intent}}
        dialogue = several(sessions, world, tally=tally)
        assert await say(dialogue, "一") == "听到：一" and kept(sessions) == {}
        await dialogue.close()

    aside.run(scene())
    tally.write()
    assert [(name, times) for (_, name), times in kept(sessions).items()] == [
        (one, 1) for one in counted
    ]


def test_a_press_of_a_button_is_not_counted(sessions: sessionmaker[Session], world: World) -> None:
    tally = Tally(sessions)

    async def scene() -> None:
        world.latest = {"intent": {"name": "affirm"}}
        world.offer = {"buttons": [{"title": "对", "payload": "/affirm"}]}
        dialogue = several(sessions, world, tally=tally)
        (asked,) = await dialogue.hear(Message("web", "c-1", "1", "一"))
        press = Message("web", "c-1", "2", "对", button_id=asked.buttons[0].id)
        assert [one.text for one in await dialogue.hear(press)] == ["听到：/affirm"]
        await dialogue.close()

    aside.run(scene())
    tally.write()
    assert [(name, times) for (_, name), times in kept(sessions).items()] == [("affirm", 1)]


def test_each_process_writes_its_own_whoever_leads(
    sessions: sessionmaker[Session], settings: Settings
) -> None:
    """One leads and one waits to: both write; and one that leads no more goes on writing."""
    tallies = [Tally(sessions) for _ in range(2)]

    def clock(tally: Tally) -> Clock:
        (writes,) = (one for one in chores(settings, sessions, tally=tally) if one.is_everyones)
        assert writes.every <= timedelta(minutes=1)
        soon = writes.__class__(writes.name, timedelta(seconds=0.2), writes.run, is_everyones=True)
        return Clock(sessions, {}, nothing, chores=[soon])

    async def scene() -> None:
        clocks = [clock(one) for one in tallies]
        for one in clocks:
            await one.start()
        assert [one._leads for one in clocks] == [True, False]
        for one in tallies:
            one.add("inform", NOON)
        await until(lambda: kept(sessions) == {(DAY, "inform"): 2})
        await clocks[0]._end()
        tallies[0].add("inform", NOON)
        await until(lambda: kept(sessions) == {(DAY, "inform"): 3})
        for one in clocks:
            await one.stop()

    aside.run(scene())


async def nothing() -> None:
    return None


@pytest.fixture
def settings(tmp_path: object) -> Settings:
    return Settings(_env_file=None, var_dir=tmp_path, secret_key="for tests")  # type: ignore[arg-type]
