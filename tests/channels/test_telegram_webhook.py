"""The door for Telegram's own requests: who may come in, and what they may bring."""

from typing import Any

import httpx
import pytest
from starlette.applications import Starlette

from bench.bot_api import CITIZEN
from bot.channels import telegram, telegram_webhook
from tests.channels.telegram_stage import Stage, make_api, make_stage, play  # noqa: F401

WEBHOOK = {
    "telegram_mode": "webhook",
    "telegram_webhook_secret": "s3cret_for-tests",
    "public_url": "https://rights.example.cn/",
}


@pytest.mark.parametrize(
    "changed",
    [
        {"telegram_webhook_secret": ""},
        {"telegram_webhook_secret": "with space"},
        {"public_url": None},
        {"public_url": "http://rights.example.cn"},
    ],
)
def test_webhook_mode_without_secret_or_https_does_not_begin(
    stage: Stage, changed: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match=r"TELEGRAM_WEBHOOK_SECRET|PUBLIC_URL"):
        stage.telegram(**{**WEBHOOK, **changed})


def test_only_telegram_may_bring_updates(stage: Stage) -> None:
    async def scene() -> None:
        update = {"update_id": 2**33, "message": stage.api.message(CITIZEN, text="提交")}
        async with stage.running(**WEBHOOK) as channel, _client(channel) as client:
            await stage.api.until(lambda: stage.api.webhook)
            for headers in ({}, {"X-Telegram-Bot-Api-Secret-Token": "S3CRET_for-tests"},
                            {"X-Telegram-Bot-Api-Secret-Token": "é".encode()}):  # fmt: skip
                answer = await client.post("/telegram/updates", json=update, headers=headers)
                assert answer.status_code == 403
            assert not stage.updates() and not stage.dialogue.heard
            right = {"x-TELEGRAM-bot-API-secret-TOKEN": "s3cret_for-tests"}
            for _ in range(2):  # Telegram repeats what it thinks was not taken
                answer = await client.post("/telegram/updates", json=update, headers=right)
                assert answer.status_code == 200
            await stage.handled()
        assert stage.dialogue.texts() == ["提交"] and len(stage.api.to(CITIZEN)) == 1
        assert stage.api.webhook["url"] == "https://rights.example.cn/telegram/updates"
        assert stage.api.webhook["secret_token"] == "s3cret_for-tests"

    play(scene)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"[]", 400),
        (b'{"message": {}}', 400),
        (b'{"update_id": "1"}', 400),
        (b"\xff\xfe", 400),
        (b"[" * 100_000, 400),
        (b" " * (telegram_webhook.LARGEST_UPDATE + 1), 413),
        (b'{"update_id": 7, "message": {"chat": 5}}', 200),  # bringing it again helps nobody
        (b'{"update_id": 8, "poll_of_tomorrow": {}}', 200),
    ],
)
def test_a_body_that_is_no_update_is_refused(stage: Stage, body: bytes, status: int) -> None:
    async def scene() -> None:
        channel = stage.telegram(**WEBHOOK)
        headers = {"X-Telegram-Bot-Api-Secret-Token": "s3cret_for-tests"}
        async with _client(channel) as client:
            answer = await client.post("/telegram/updates", content=body, headers=headers)
        assert answer.status_code == status and not stage.updates()

    play(scene)


def test_what_another_process_kept_is_answered_by_the_one_who_leads_once_and_in_order(
    stage: Stage,
) -> None:
    texts = [f"第{n}句" for n in range(6)]

    async def scene() -> None:
        right = {"X-Telegram-Bot-Api-Secret-Token": "s3cret_for-tests"}
        other = stage.telegram(**WEBHOOK)  # its door is open, and it has not begun
        async with stage.running(**WEBHOOK) as leader:
            await stage.api.until(lambda: stage.api.webhook)
            async with _client(leader) as first, _client(other) as second:
                for number, text in enumerate(texts):
                    update = {
                        "update_id": 2**33 + number,
                        "message": stage.api.message(CITIZEN, text=text),
                    }
                    door = (first, second)[number % 2]
                    answer = await door.post("/telegram/updates", json=update, headers=right)
                    assert answer.status_code == 200
                await stage.handled(len(texts))
        assert stage.dialogue.texts() == texts

    play(scene)


def test_the_channel_begins_again_where_this_process_leads_again(stage: Stage) -> None:
    async def scene() -> None:
        channel = stage.telegram()
        for number in (1, 2):
            await channel.start()
            stage.api.push_message(CITIZEN, f"第{number}句")
            await stage.handled(number)
            await channel.stop()
        assert stage.dialogue.texts() == ["第1句", "第2句"]

    play(scene)


def test_polling_takes_a_webhook_away_and_opens_no_door(stage: Stage) -> None:
    stage.api.webhook = {"url": "https://old.example.cn/"}

    async def scene() -> None:
        async with stage.running() as channel:
            stage.api.push_message(CITIZEN, "你好")
            await stage.api.arrived(CITIZEN)
            assert channel.routes() == []

    play(scene)


def _client(channel: telegram.Telegram) -> httpx.AsyncClient:
    app = Starlette(routes=channel.routes())
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://test")
