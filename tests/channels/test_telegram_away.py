"""The Telegram channel when the records go away at any moment: the chat is told, and answered once, in order."""

import asyncio
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from bench.bot_api import CITIZEN
from bot import records_away
from bot.library import words
from bot.messages import Message, Reply
from tests.channels.telegram_stage import FakeDialogue, Stage, make_api, make_stage, play  # noqa: F401
from tests.test_logs import logged

SECRET = "司马先生的键盘失灵"


@pytest.fixture
def lock(
    stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Callable[[str], None]]:
    """Another process writes into the records from BEGIN to ROLLBACK."""
    monkeypatch.setattr(records_away, "WAITS", (0.05,) * 200)
    stage.api.bursts = True
    engine = stage.sessions.kw["bind"]
    event.listen(engine, "connect", lambda one, _: one.execute("PRAGMA busy_timeout=50"))
    engine.dispose()
    other = sqlite3.connect(tmp_path / "records.db", isolation_level=None, check_same_thread=False)
    yield lambda what: other.execute(what).close()
    other.close()


class Locking(FakeDialogue):
    """A dialogue in whose first turn the records go away; `fails` so often, as the real one does."""

    def __init__(self, lock: Callable[[str], None], fails: int) -> None:
        super().__init__()
        self.lock, self.fails = lock, fails

    async def hear(self, message: Message) -> list[Reply]:
        if not self.heard:
            self.lock("BEGIN IMMEDIATE")
        if message.text == SECRET and self.fails:
            self.fails -= 1
            self.heard.append(message)
            raise OperationalError("INSERT", {"text": SECRET}, Exception("database is locked"))
        return await super().hear(message)


@pytest.mark.parametrize("moment", ["keeping", "hearing", "settling"])
def test_a_chat_is_told_to_wait_and_answered_once_they_are_back(
    stage: Stage, lock: Callable[[str], None], moment: str
) -> None:
    if moment != "keeping":
        stage.dialogue = Locking(lock, fails=3 if moment == "hearing" else 0)

    async def scene() -> None:
        async with stage.running():
            await asyncio.sleep(0.3)  # the channel is open
            if moment == "keeping":
                lock("BEGIN IMMEDIATE")
            stage.api.push_message(CITIZEN, SECRET)
            await stage.api.arrived(CITIZEN)
            stage.api.push_message(CITIZEN, "第二句")
            await asyncio.sleep(0.5)
            lock("ROLLBACK")
            await stage.handled(2)
            await asyncio.sleep(0.3)

    with logged("plain") as lines:
        play(scene)
        shown = "\n".join(lines())
    said = [one.text for one in stage.api.to(CITIZEN)]
    told = [words("degraded"), f"听到：{SECRET}", "听到：第二句"]
    # What was answered needs no such words: it is the second message then that waits.
    assert said == ([told[1], told[0], told[2]] if moment == "settling" else told)
    assert SECRET not in shown and "Traceback" not in shown and stage.api.token not in shown
    assert "OperationalError" in shown or moment == "keeping"


def test_a_chat_is_told_once_in_ten_minutes(stage: Stage, lock: Callable[[str], None]) -> None:
    async def scene() -> None:
        async with stage.running():
            await asyncio.sleep(0.3)
            lock("BEGIN IMMEDIATE")
            for text in ("一", "二", "三"):
                stage.api.push_message(CITIZEN, text)
            await asyncio.sleep(4)  # it is fetched again, and again
            assert [one.text for one in stage.api.to(CITIZEN)] == [words("degraded")]
            lock("ROLLBACK")
            await stage.handled(3)

    play(scene)
    assert stage.dialogue.texts() == ["一", "二", "三"]


def test_what_fails_for_an_hour_is_owned_up_and_the_next_goes_on(
    stage: Stage, lock: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records_away, "WAITS", (0.01,) * 3)
    fault = OperationalError("INSERT", {}, Exception("too many SQL variables"))
    stage.dialogue.errors = {"一": fault}

    async def scene() -> None:
        async with stage.running():
            stage.api.push_message(CITIZEN, "一")
            stage.api.push_message(CITIZEN, "二")
            await stage.handled(2)

    play(scene)
    said = [one.text for one in stage.api.to(CITIZEN)]
    assert said == [words("degraded"), words("fault"), "听到：二"]
