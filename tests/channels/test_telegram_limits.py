"""What Telegram allows: thirty messages a second, one a second to a chat, 4096 units, 64 bytes."""

import asyncio
import time
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from telegram.error import RetryAfter

from bench import bot_api_faults as faults
from bench.bot_api import CITIZEN
from bot.casework import notices
from bot.channels import telegram_text as text
from bot.channels.telegram_api import Limiter
from bot.channels.telegram_limits import Pace
from bot.messages import Button, Reply
from tests.channels.telegram_stage import Stage, make_api, make_stage, outgoing, play  # noqa: F401

# ── pace ──


async def _send(
    limiter: Limiter, chat: int, sent: list[tuple[float, int]], took: float = 0
) -> None:
    async def callback(*_args: Any, **_kwargs: Any) -> bool:
        await asyncio.sleep(took)
        sent.append((time.monotonic(), chat))  # when the other side counts it
        return True

    await limiter.process_request(callback, (), {}, "sendMessage", {"chat_id": chat}, None)


def _most_in_a_second(times: list[float]) -> int:
    return max(sum(start <= at < start + 1 for at in times) for start in times)


@pytest.mark.parametrize("seed", [0, 1])
def test_no_second_holds_more_than_thirty_and_none_two_of_one_chat(seed: int) -> None:
    chats = [(number * (7 + 2 * seed) % 40) for number in range(75)]  # some come twice
    sent: list[tuple[float, int]] = []

    async def scene() -> None:
        limiter = Limiter()
        took = [0.0, 0.05, 0.15, 0.01]
        await asyncio.gather(
            *(_send(limiter, chat, sent, took[n % 4]) for n, chat in enumerate(chats))
        )

    play(scene)
    assert len(sent) == len(chats) and _most_in_a_second([at for at, _ in sent]) <= 30
    for chat in set(chats):
        assert all(b - a >= 1 for a, b in pairwise(at for at, c in sent if c == chat))
    assert sent[-1][0] - sent[0][0] < 4, "slower than it must be"


def test_a_chat_with_a_long_line_keeps_no_other_waiting() -> None:
    sent: list[tuple[float, int]] = []

    async def scene() -> None:
        limiter = Limiter()
        line = [asyncio.create_task(_send(limiter, 1, sent)) for _ in range(40)]
        await asyncio.sleep(0)
        await asyncio.wait_for(
            asyncio.gather(*(_send(limiter, n, sent) for n in range(2, 20))), 0.5
        )
        for task in line:
            task.cancel()
        await asyncio.gather(*line, return_exceptions=True)

    play(scene)


def test_a_send_that_hangs_gives_its_place_back() -> None:
    async def scene() -> None:
        pace = Pace(most=1, seconds=0.01, patience=0.1)

        async def hang() -> None:
            async with pace.turn("1"):
                await asyncio.sleep(60)

        hanging = asyncio.create_task(hang())
        await asyncio.sleep(0)
        async with asyncio.timeout(1), pace.turn("2"):
            hanging.cancel()

    play(scene)


def test_the_pace_forgets_chats_nobody_writes_to() -> None:
    async def scene() -> None:
        pace = Pace(most=1000, seconds=0.001, patience=1, sweep_at=10)
        for chat in range(200):
            async with pace.turn(str(chat)):
                pass
            await asyncio.sleep(0.002)
        assert len(pace._each) <= 11

    play(scene)


@pytest.mark.parametrize("endpoint", ["getFile", "answerCallbackQuery", "sendChatAction"])
def test_what_puts_no_message_into_a_chat_does_not_wait(endpoint: str) -> None:
    async def scene() -> None:
        limiter = Limiter()

        async def callback() -> bool:
            return True

        async with asyncio.timeout(0.5):
            for _ in range(100):
                await limiter.process_request(callback, (), {}, endpoint, {"chat_id": 1}, None)

    play(scene)


def test_a_429_is_raised_at_once_and_holds_that_chat_alone() -> None:
    asked: list[int] = []

    async def scene() -> None:
        limiter, sent = Limiter(), []

        async def flooded() -> bool:
            asked.append(1)
            raise RetryAfter(30)

        for _ in range(2):
            start = time.monotonic()
            with pytest.raises(RetryAfter):
                await limiter.process_request(
                    flooded, (), {}, "sendMessage", {"chat_id": "5"}, None
                )
            assert time.monotonic() - start < 1.5
        async with asyncio.timeout(0.5):
            await _send(limiter, 6, sent)
        assert sent and len(asked) == 1

    play(scene)


def test_a_push_to_many_meets_no_limit_and_one_429_costs_one_retry(stage: Stage) -> None:
    people = range(CITIZEN, CITIZEN + 70)

    async def scene() -> None:
        stage.api.fail(faults.flood(1), after=39)
        channel = stage.telegram()
        outcomes = await asyncio.gather(
            *(channel.send(outgoing(chat, "召回提醒", chat)) for chat in people)
        )
        late = [n for n, one in enumerate(outcomes) if one != notices.Sent()]
        assert len(late) == 1 and outcomes[late[0]] == notices.Later(1)
        await asyncio.sleep(1)
        assert await channel.send(outgoing(people[late[0]], "召回提醒", 1)) == notices.Sent()
        assert sorted(int(one.chat) for one in stage.api.delivered) == list(people)
        assert len(stage.api.called("sendMessage")) == len(people) + 1

    play(scene)


# ── texts ──


@pytest.mark.parametrize(
    "long",
    [
        "😡" * 2100 + "给个说法",
        "𠮷老店" * 1400,
        "字" * 9000,
        "a b " * 3000,
        "一句。" * 3000,
        "👨‍👩‍👧" * 900,
    ],
)
def test_a_long_text_arrives_whole_in_pieces_telegram_takes(stage: Stage, long: str) -> None:
    stage.dialogue.table["全文"] = [Reply(long, (Button("b1", "好"),))]
    stage.api.bursts = True

    async def scene() -> None:
        async with stage.running():
            stage.api.push_message(CITIZEN, "全文")
            await stage.handled()
        said = stage.api.to(CITIZEN)
        assert len(said) > 1 and [bool(one.buttons) for one in said].index(True) == len(said) - 1
        assert "".join(one.text for one in said).replace(" ", "") == long.replace(" ", "")

    play(scene)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("字a \n。😡𠮷\u200d\ufe0f，é"), max_size=400), st.integers(4, 60))
def test_pieces_are_never_too_long_and_lose_only_space(long: str, most: int) -> None:
    parts = text.cut(long, most)
    assert all(part and len(part.encode("utf-16-le")) // 2 <= most for part in parts)
    assert "".join("".join(parts).split()) == "".join(long.split())


@pytest.mark.parametrize(
    ("long", "parts"),
    [
        ("甲甲甲甲\n\n乙乙乙", ["甲甲甲甲", "乙乙乙"]),
        ("甲甲甲甲\n乙乙乙乙", ["甲甲甲甲", "乙乙乙乙"]),
        ("甲甲，甲甲。乙乙乙", ["甲甲，甲甲。", "乙乙乙"]),
        ("甲甲甲甲甲，乙乙乙", ["甲甲甲甲甲，", "乙乙乙"]),
        ("甲。乙乙乙乙乙乙乙", ["甲。乙乙乙乙乙乙", "乙"]),  # a break too early is none
        ("aaaaaa👍🏽", ["aaaaaa", "👍🏽"]),
        ("aaaaaaae\u0301", ["aaaaaaa", "e\u0301"]),
    ],
)
def test_a_text_is_cut_where_something_ends(long: str, parts: list[str]) -> None:
    assert text.cut(long, 8) == parts


def test_halves_of_characters_do_not_reach_telegram() -> None:
    assert text.pieces("甲\ud83d乙\x00") == [text.Piece("甲\ufffd乙\ufffd")]


def test_nothing_said_is_nothing_sent() -> None:
    assert text.of_replies([]) == [] and text.of_replies([Reply("  ")]) == []


# ── buttons ──


def test_short_buttons_stand_two_in_a_row_and_long_ones_alone() -> None:
    titles = ["是", "不是", "退货退款", "某某玩具实业有限公司儿童电动车", "其他", "跳过", "停"]
    laid = text.rows([Button(str(n), title) for n, title in enumerate(titles)])
    assert [len(row) for row in laid] == [2, 1, 1, 2, 1]


def test_an_id_that_telegram_would_refuse_is_a_fault_of_ours(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.channels.telegram.words", lambda key: f"[{key}]")
    stage.dialogue.table["办"] = [Reply("好", (Button("汉" * 22, "汉"),))]

    async def scene() -> None:
        async with stage.running():
            stage.api.push_message(CITIZEN, "办")
            (said,) = await stage.api.arrived(CITIZEN)
        assert said.text == "[fault]"

    play(scene)
