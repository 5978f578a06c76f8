"""Several Rasa: each talk keeps to one while it is up, moves when it is not, and goes on from the records."""

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot.casework.records import HeardMessage
from bot.dialogue import Dialogue
from bot.library import words
from bot.messages import Message
from bot.rasa import NoAnswer, Question, Rasa
from tests import aside, records
from tests.postgres import postgres
from tests.rasa_world import World, rasa_world


@pytest.fixture
def world() -> Iterator[World]:
    with rasa_world() as made:
        yield made


@pytest.fixture
def shared() -> Iterator[sessionmaker[Session]]:
    """Empty records that several processes share: only there is a talk kept by a lease."""
    with postgres() as address:
        yield from records.at(address)


def several(sessions: sessionmaker[Session], world: World, **chosen: Any) -> Dialogue:
    rasa, actions = (world.addresses(kind) for kind in ("rasa", "actions"))
    return Dialogue(sessions, ",".join(rasa), ", ".join(actions), 1.0, **chosen)


async def say(dialogue: Dialogue, text: str, who: str = "c-1") -> str:
    said = await dialogue.hear(Message("web", who, text, text))
    return "\n".join(one.text for one in said)


def kept(sessions: sessionmaker[Session]) -> int:
    with sessions() as session:
        return session.scalar(select(func.count()).select_from(HeardMessage)) or 0


def test_as_many_action_servers_as_rasa_are_needed() -> None:
    with pytest.raises(ValueError):
        Rasa("http://rasa-1:5005,http://rasa-2:5005", "http://actions-1:5055", 1.0)


@pytest.mark.parametrize(
    ("fault", "may_be_working", "is_reached"),
    [("cut", False, False), ("hangs", True, False), (503, False, True), (302, False, True),
     ("<html>", False, False), ("shut", False, False)],
)  # fmt: skip
def test_why_a_question_has_no_answer_is_told(
    world: World, fault: int | str, may_be_working: bool, is_reached: bool
) -> None:
    async def scene() -> NoAnswer:
        world.faults["rasa-1"] = fault
        address = shut() if fault == "shut" else world.addresses("rasa")[0]
        rasa = Rasa(address, world.addresses("actions")[0], 0.5)
        server = await rasa.server("k")
        with pytest.raises(NoAnswer) as none:
            await rasa.ask(server, "k", "1", Question("在吗"))
        await rasa.close()
        return none.value

    none = aside.run(scene())
    assert (none.may_be_working, none.is_reached) == (may_be_working, is_reached)


def shut() -> str:
    """An address where nothing listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


def test_talks_are_spread_and_each_keeps_to_its_own() -> None:
    async def scene() -> None:
        rasa = Rasa("http://rasa-1,http://rasa-2", "http://actions-1,http://actions-2", 1.0)
        keys = [f"key-{n}" for n in range(200)]
        first = [rasa._in_order(key)[0].name for key in keys]
        assert first == [rasa._in_order(key)[0].name for key in keys]
        assert all(60 < first.count(name) < 140 for name in set(first)) and len(set(first)) == 2
        await rasa.close()

    aside.run(scene())


@pytest.mark.parametrize("part", ["rasa", "actions"])
@pytest.mark.parametrize("fault", ["cut", "hangs", 503])
@pytest.mark.parametrize("shares", [False, True])
def test_a_talk_moves_where_its_rasa_is_down_and_begins_anew_there(
    sessions: sessionmaker[Session], world: World, part: str, fault: int | str, shares: bool
) -> None:
    """Not where they share their memory; and not again, before it moves again."""

    async def scene() -> None:
        dialogue = several(sessions, world, shares_trackers=shares)
        assert await say(dialogue, "一") == "听到：一"
        home = world.said[0][0]
        other = 1 - home
        world.faults[f"{part}-{home + 1}"] = fault
        assert await say(dialogue, "二") == "听到：二" and await say(dialogue, "三") == "听到：三"
        world.faults.clear()
        anew = several(
            sessions, world, shares_trackers=shares
        )  # another process, which saw no fault
        assert await say(anew, "四") == "听到：四" and await say(anew, "五") == "听到：五"
        assert [number for number, _ in world.said] == [home, other, other, home, home]
        assert world.anew == ([] if shares else [home, other, home])
        await dialogue.close()
        await anew.close()

    aside.run(scene())


def test_where_all_are_down_the_message_waits_and_is_answered_once(
    sessions: sessionmaker[Session], world: World
) -> None:
    async def scene() -> None:
        dialogue = several(sessions, world)
        world.faults = {"rasa-1": "cut", "rasa-2": "cut"}
        assert await say(dialogue, "一") == words("degraded")
        with pytest.raises(NoAnswer):
            await dialogue._rasa.answered("key", "一")
        world.faults.clear()
        await dialogue.take_up()
        await dialogue.take_up()
        ((_, late),) = await dialogue.news("web", "c-1", ())
        assert late.text == "听到：一" and [text for _, text in world.said] == ["一"]
        await dialogue.close()

    aside.run(scene())


def test_one_at_a_time_and_in_order_though_they_come_to_several_processes(
    shared: sessionmaker[Session], world: World
) -> None:
    texts = [f"第{n}句" for n in range(9)]

    async def scene() -> None:
        bots = [several(shared, world) for _ in range(3)]
        heard = []
        for number, text in enumerate(texts):
            heard.append(asyncio.create_task(say(bots[number % 3], text)))
            while kept(shared) <= number:  # the next arrives after it, and before its answer
                await asyncio.sleep(0.005)
        assert await asyncio.gather(*heard) == [f"听到：{text}" for text in texts]
        for bot in bots:
            await bot.close()

    aside.run(scene(), seconds=60)
    assert [text for _, text in world.said] == texts and world.most_at_once == 1


def test_the_same_message_at_two_processes_is_heard_once(
    shared: sessionmaker[Session], world: World
) -> None:
    async def scene() -> None:
        bots = [several(shared, world) for _ in range(2)]
        said = await asyncio.gather(*(say(bot, "一") for bot in bots))
        assert said == ["听到：一"] * 2 and [text for _, text in world.said] == ["一"]
        for bot in bots:
            await bot.close()

    aside.run(scene())


def test_a_message_whose_process_died_before_it_looked_holds_up_the_next_for_a_while_only(
    shared: sessionmaker[Session], world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.turns.WAIT_SECONDS", 0.6)

    async def scene() -> None:
        dead, alive = several(shared, world), several(shared, world)
        dead._stand_in_line(Message("web", "c-1", "一", "一"))
        assert await say(alive, "二") == "听到：二"
        assert await say(dead, "一") == "听到：一"  # its sender repeats it
        await dead.close()
        await alive.close()

    aside.run(scene())
