"""Telegram, or somebody in between, answers what nobody asked for: nothing is lost, and the channel stays open."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bench.bot_api import CITIZEN
from bench.bot_api_faults import Fault
from tests import aside
from tests.channels.telegram_stage import Stage, make_api, make_stage, play  # noqa: F401
from tests.test_logs import logged

PAGE = "<html><body>我的秘密</body></html>"
ANSWERS = [  # to whatever was asked
    (200, ""), (200, PAGE), (200, "null"), (200, '"我的秘密"'), (200, "[]"), (200, "\ufeff{}"), (200, "[" * 5000),
    (200, '{"ok":true}'), (200, '{"ok":true,"result":5}'), (200, '{"ok":true,"result":"我的秘密"}'), (200, '{"ok":false}'),
    (200, '{"ok":true,"result":{}}'), (200, '{"ok":true,"result":[null,5,{}]}'), (200, '{"ok":"yes","result":[{}]}'),
    (200, '{"ok":true,"result":[{"update_id":"x","message":{"text":"我的秘密"}}]}'), (302, PAGE), (401, '{"error":"login"}'),
    (403, "{}"), (404, '{"error":"not found"}'), (400, '{"ok":false,"parameters":5}'), (400, "null"), (401, PAGE), (404, PAGE),
    (429, '{"ok":false,"parameters":{"retry_after":"soon"}}'), (429, PAGE), (502, PAGE), (503, "[]"), (599, "x"),
]  # fmt: skip
HEARD = ["听到：在吗"]


def said(stage: Stage, chat: int = CITIZEN) -> list[str]:
    return [one.text for one in stage.api.to(chat)]


@pytest.mark.parametrize(("code", "page"), ANSWERS)
def test_updates_are_asked_for_again_and_heard_once(stage: Stage, code: int, page: str) -> None:
    async def scene() -> None:
        stage.api.fail(Fault(code, page=page), "getUpdates")
        async with stage.running():
            stage.api.push_message(CITIZEN, "在吗")
            await stage.api.arrived(CITIZEN)
            await stage.handled()

    with logged("plain") as lines:
        play(scene)
        shown = "\n".join(lines())
    assert said(stage) == HEARD and len(stage.dialogue.heard) == 1
    assert "秘密" not in shown and "Traceback" not in shown and stage.api.token not in shown


@pytest.mark.parametrize("method", ["getMe", "deleteWebhook"])
def test_the_channel_opens_all_the_same(stage: Stage, method: str) -> None:
    async def scene() -> None:
        for code, page in ANSWERS:
            stage.api.fail(Fault(code, page=page), method)
        async with stage.running():
            stage.api.push_message(CITIZEN, "在吗")
            await stage.api.arrived(CITIZEN, seconds=40)

    aside.run(scene(), seconds=60)
    assert said(stage) == HEARD
    assert sum(name == method for name, *_ in stage.api.calls) > len(ANSWERS)


def test_replies_that_nobody_confirmed_go_out_by_the_ledger(stage: Stage) -> None:
    chats = range(CITIZEN, CITIZEN + len(ANSWERS))
    stage.api.bursts = True

    async def scene() -> None:
        for chat, (code, page) in zip(chats, ANSWERS, strict=True):
            stage.api.fail(Fault(code, page=page), chat=chat)
        async with stage.running() as channel:
            for chat in chats:
                stage.api.push_message(chat, "在吗")
            await stage.handled(len(ANSWERS))
            assert not any(said(stage, chat) for chat in chats)
            while await stage.deliver_due(channel, datetime.now(UTC) + timedelta(seconds=10)):
                await asyncio.sleep(0.05)

    with logged("plain") as lines:
        aside.run(scene(), seconds=60)
        shown = "\n".join(lines())
    assert [said(stage, chat) for chat in chats] == [HEARD] * len(ANSWERS)
    assert not any(stage.person(chat).unreachable_why for chat in chats)
    assert {one.state for one in stage.ledger()} == {"sent"} and "秘密" not in shown


def test_files_whose_place_nobody_told_are_fetched_again(stage: Stage) -> None:
    async def scene() -> None:
        async with stage.running():
            for number, (code, page) in enumerate(ANSWERS, start=1):
                stage.api.fail(Fault(code, page=page), "getFile")
                stage.api.push_photo(CITIZEN + number, b"whole", "小票")
                await stage.handled(number)

    aside.run(scene(), seconds=60)
    files = [[file.content for file in one.files] for one in stage.dialogue.heard]
    assert files == [[b"whole"]] * len(ANSWERS)
