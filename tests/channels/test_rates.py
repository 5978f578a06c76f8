"""Every door that may be knocked at too often: how much it lets through, and what it says then, politely.

The doors of the signed pages, of searches and of uploads have their tests beside their pages."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bench.bot_api import CITIZEN
from bot import replies
from bot.casework import officers
from bot.casework.records import HeardMessage
from bot.channels import telegram, web
from bot.console import door, frame
from bot.dialogue import Dialogue
from bot.library import load, words
from bot.messages import Message
from bot.settings import Settings
from tests import aside
from tests.channels.telegram_stage import Stage, make_api, make_stage, play  # noqa: F401
from tests.console.conftest import NAME, PASSWORD, log_in

# ── the web ──


def ask_for_news(client: TestClient, number: int) -> Any:
    """As somebody does who takes a new cookie each time: each would be a new person in the records."""
    client.cookies.clear()
    client.get("/")
    return client.post("/chat/news", json={"seen": []})


def write(client: TestClient, number: int) -> Any:
    client.cookies.clear()
    return client.post("/chat/messages", json={"message_id": f"m{number}", "text": "你好"})


@pytest.mark.parametrize(("name", "knock"), [("address", write), ("news_address", ask_for_news)])
def test_one_address_is_let_through_so_often(
    build: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch, name: str, knock: Callable[..., Any]
) -> None:  # fmt: skip
    monkeypatch.setitem(web.A_MINUTE, name, 3)
    client = TestClient(build(settings))
    assert [knock(client, number).status_code for number in range(3)] == [200] * 3
    refused = knock(client, 4)
    assert refused.status_code == 429
    seconds = refused.headers["retry-after"]
    assert 0 < int(seconds) <= 60
    assert refused.json()["error"] == load("pages")["errors"]["too_fast"].format(seconds=seconds)


def test_whom_there_is_no_room_for_is_asked_to_come_back(
    build: Any, settings: Settings, dialogue: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MOST_AT_ONCE", 0)
    refused = write(TestClient(build(settings)), 1)
    assert refused.status_code == 503 and refused.headers["retry-after"] == "10"
    assert refused.json()["error"] == load("pages")["errors"]["crowded"].format(seconds=10)
    assert not dialogue.heard


def test_a_place_is_free_again_afterwards(
    build: Any, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web, "MOST_AT_ONCE", 1)
    one = TestClient(build(settings))
    assert [write(one, number).status_code for number in range(3)] == [200] * 3


def test_one_address_tries_so_many_logins(settings: Settings, sessions: Any) -> None:
    with sessions.begin() as session:
        officers.save(session, NAME, "officer", PASSWORD, datetime.now(UTC))
    app = Starlette(middleware=web.middleware(settings))
    frame.mount(app, sessions, settings)
    client = TestClient(app, base_url="http://desk.test")
    for number in range(door.LOGINS_A_MINUTE):
        told = log_in(client, f"nobody {number}", "wrong password 1").text
    assert load("desk")["login"]["failed"] in told
    refused = log_in(client)
    assert refused.status_code == 400
    assert load("desk")["login"]["too_fast"].partition("{")[0] in refused.text


# ── Telegram ──


@pytest.mark.parametrize(("limit", "key"), [("A_MINUTE", "too_fast"), ("MOST_IN_LINE", "in_line")])
def test_a_chat_that_sends_too_much_is_told_once_and_the_others_are_heard(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, limit: str, key: str
) -> None:
    monkeypatch.setattr(telegram, limit, 2)
    stage.dialogue.seconds = {"一": 0.5}

    async def scene() -> None:
        async with stage.running():
            for said in ("一", "二", "三", "四", "五"):
                stage.api.push_message(CITIZEN, said)
            stage.api.push_message(CITIZEN + 1, "在吗")
            await stage.handled(6)
        heard = [one.text for one in stage.dialogue.heard if one.external_id == str(CITIZEN)]
        assert heard == (["一", "二"] if limit == "A_MINUTE" else heard) and "五" not in heard
        said = [one.text for one in stage.api.to(CITIZEN)]
        told = [one for one in said if one.startswith(load("telegram")[key].partition("{")[0])]
        assert len(told) == 1 and "{" not in told[0]
        assert [one.text for one in stage.api.to(CITIZEN + 1)] == ["听到：在吗"]
        assert not any(one.body for one in stage.updates())

    play(scene)


# ── what waits while Rasa is away ──


def test_who_has_many_messages_waiting_is_asked_to_wait(
    sessions: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replies, "MOST_WAITING", 2)

    async def scene() -> list[str]:
        away = Dialogue(sessions, "http://127.0.0.1:9", "http://127.0.0.1:9", 0.2)
        said = []
        for number in range(4):
            message = Message("web", "c-1", f"m{number}", f"第{number}句，我要投诉永旺")
            said.append((await away.hear(message))[-1].text)
        said.append((await away.hear(Message("web", "c-2", "m0", "我要投诉永旺")))[-1].text)
        await away.close()
        return said

    degraded, many = words("degraded"), words("many_wait", count=2)
    assert aside.run(scene()) == [degraded, degraded, many, many, degraded]
    with sessions() as session:
        waiting = session.scalars(select(HeardMessage).where(HeardMessage.waiting_at.is_not(None)))
        assert len(waiting.all()) == 3
