"""The Telegram channel when files, records, the process or the token fail."""

import asyncio
import logging
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError
from telegram import Update

from bench import bot_api_faults as faults
from bench.bot_api import CITIZEN
from bench.bot_api_faults import Fault
from bot.channels import telegram, telegram_inbox, telegram_limits
from tests.channels.telegram_stage import Stage, make_api, make_stage, outgoing, play  # noqa: F401

OTHER = CITIZEN + 1
GROUP, SUPERGROUP = -4001, -1001557912345


# ── files that do not come ──


def test_a_download_that_fails_is_tried_again(stage: Stage) -> None:
    async def scene() -> None:
        stage.api.fail(faults.BROKEN, "getFile")
        stage.api.fail(faults.DROPPED, "download")
        async with stage.running():
            stage.api.push_photo(CITIZEN, b"whole", "小票")
            await stage.handled()
        assert [one.content for one in stage.dialogue.heard[0].files] == [b"whole"]

    play(scene)


def test_a_file_that_never_comes_is_asked_for_again_and_the_words_are_heard(stage: Stage) -> None:
    async def scene() -> None:
        stage.api.fail(faults.HTML, "download", times=99)
        async with stage.running():
            stage.api.push_photo(CITIZEN, b"lost", "小票")
            stage.api.push_kind(OTHER, document=stage.api.file(b"lost too"))
            (said,) = await stage.api.arrived(CITIZEN)
            (other,) = await stage.api.arrived(OTHER)
        assert said.text.startswith("有 1 个文件没有传完整") and said.text.endswith("听到：小票")
        assert other.text == "有 1 个文件没有传完整。请再发一次。"
        assert [(one.text, one.files) for one in stage.dialogue.heard] == [("小票", ())]

    play(scene)


# ── the process, the records ──


def test_a_kill_between_hearing_and_answering_loses_nothing_and_says_nothing_twice(
    stage: Stage,
) -> None:
    stage.dialogue.seconds = {"一": 60}

    async def scene() -> None:
        killed = stage.telegram()
        await killed.start()
        stage.api.push_message(CITIZEN, "一")
        stage.api.push_message(CITIZEN, "二")
        await stage.api.until(lambda: len(stage.updates()) == 2 and stage.dialogue.heard)
        await killed.stop()  # whose patience is short: the turn is broken off
        assert not stage.api.to(CITIZEN) and not any(one.handled_at for one in stage.updates())
        stage.dialogue.seconds.clear()
        async with stage.running():
            said = await stage.api.arrived(CITIZEN, 2)
            await stage.handled(2)
        assert [one.text for one in said] == ["听到：一", "听到：二"]
        async with stage.running() as channel:
            stage.api.push_message(CITIZEN, "三")
            await stage.handled(3)
            while len(stage.api.to(CITIZEN)) < 3:  # a 429 where it came within the second
                await stage.deliver_due(channel)
                await asyncio.sleep(0.1)
        assert [one.text for one in stage.api.to(CITIZEN)] == ["听到：一", "听到：二", "听到：三"]

    play(scene)


def test_what_could_not_be_kept_is_fetched_again(stage: Stage) -> None:
    refusals = [3]

    def refuse(*_args: object) -> None:
        if refusals[0]:
            refusals[0] -= 1
            raise OperationalError("INSERT", {}, Exception("database is locked"))

    async def scene() -> None:
        async with stage.running():
            event.listen(stage.sessions.kw["bind"], "begin", refuse)
            stage.api.push_message(CITIZEN, "一")
            await stage.api.arrived(CITIZEN)
            await stage.handled()
        assert stage.dialogue.texts() == ["一"]

    play(scene)


def test_words_for_a_fault_and_the_next_message_goes_on(
    stage: Stage, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(telegram, "words", lambda key: f"[{key}]")
    stage.dialogue.errors = {"我的秘密": RuntimeError("我的秘密")}

    async def scene() -> None:
        async with stage.running():
            stage.api.push_message(CITIZEN, "我的秘密")
            stage.api.push_message(CITIZEN, "别的")
            said = await stage.api.arrived(CITIZEN, 2)
            await stage.handled(2)
        assert [one.text for one in said] == ["[fault]", "听到：别的"]

    with caplog.at_level(logging.INFO):
        play(scene)
    assert "RuntimeError" in caplog.text and "秘密" not in caplog.text
    assert stage.api.token not in caplog.text


def test_no_words_and_no_token_reach_the_log_when_an_answer_is_cut(
    stage: Stage, caplog: pytest.LogCaptureFixture
) -> None:
    async def scene() -> None:
        stage.api.fail(Fault(200, page='{"ok": true, "result": [{"text": "我的秘密'), "getUpdates")
        stage.api.fail(faults.BROKEN, "getUpdates")
        async with stage.running():
            stage.api.push_message(CITIZEN, "在吗")
            await stage.api.arrived(CITIZEN)

    with caplog.at_level(logging.INFO):
        play(scene)
    assert "秘密" not in caplog.text and stage.api.token not in caplog.text


def test_telegram_away_at_the_start_is_waited_for(stage: Stage) -> None:
    async def scene() -> None:
        stage.api.fail(faults.BROKEN, "getMe")
        stage.api.fail(faults.PROXY_SAYS_NO, "getMe")
        stage.api.fail(Fault(404, page="<html>not here</html>"), "deleteWebhook")
        async with stage.running():
            stage.api.push_message(CITIZEN, "在吗")
            await stage.api.arrived(CITIZEN)

    play(scene)


@pytest.mark.parametrize("is_late", [False, True])
def test_a_token_that_is_refused_closes_the_channel_and_not_the_process(
    stage: Stage, caplog: pytest.LogCaptureFixture, is_late: bool
) -> None:
    token = stage.api.token

    async def scene() -> None:
        stage.api.token = stage.api.token if is_late else "another"
        async with stage.running():
            if is_late:
                stage.api.push_message(CITIZEN, "在吗")
                await stage.api.arrived(CITIZEN)
                stage.api.token = "another"
                stage.api.push_message(CITIZEN, "还在吗")
            await stage.api.until(lambda: "TELEGRAM_TOKEN" in caplog.text)
            asked = len(stage.api.calls)
            await asyncio.sleep(0.3)
            assert len(stage.api.calls) == asked, "it goes on asking"

    play(scene)
    assert token not in caplog.text


def test_updates_handled_long_ago_are_forgotten(stage: Stage) -> None:
    now = datetime.now(UTC)
    with stage.sessions.begin() as session:
        for number, days in enumerate((4, 2)):
            telegram_inbox.keep(session, number, "{}", now - timedelta(days=days))
            telegram_inbox.handled(session, [number], now - timedelta(days=days))

    async def scene() -> None:
        async with stage.running():
            await stage.api.until(lambda: [one.id for one in stage.updates()] == [1])

    play(scene)


def test_an_update_kept_twice_is_kept_once(stage: Stage) -> None:
    with stage.sessions.begin() as session:
        body, now = Update(2**40).to_json(), datetime.now(UTC)
        assert telegram_inbox.keep(session, 2**40, body, now)
        assert not telegram_inbox.keep(session, 2**40, body, now)


def test_room_for_files_is_given_back_and_never_asked_for_in_vain() -> None:
    async def scene() -> None:
        room, held = telegram_limits.Room(100), []

        async def hold(size: int) -> None:
            async with room.take(size):
                held.append(size)
                assert sum(held) <= 100 or held == [size]
                await asyncio.sleep(0.01)
                held.remove(size)

        await asyncio.gather(*(hold(size) for size in (60, 60, 500, 40, 100, 10)))
        assert not held

    play(scene)
