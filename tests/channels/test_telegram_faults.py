"""The Telegram channel when Telegram, the network or the process fails: nothing lost, nothing twice."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bench import bot_api_faults as faults
from bench.bot_api import CITIZEN
from bench.bot_api_faults import Fault
from bot.casework import notices
from bot.messages import Reply
from tests.channels.telegram_stage import Stage, make_api, make_stage, outgoing, play  # noqa: F401

OTHER = CITIZEN + 1
GROUP, SUPERGROUP = -4001, -1001557912345


# ── a reply that does not go ──


@pytest.mark.parametrize(
    ("fault", "is_unknown"),
    [
        (faults.flood(2), False),
        (faults.BROKEN, False),
        (faults.HTML, False),
        (faults.FINE_PAGE, False),
        (faults.PROXY_SAYS_NO, False),
        (faults.DROPPED, True),
        (faults.hang(1.5), True),
    ],
)
def test_a_reply_that_fails_is_delivered_later_and_in_order(
    stage: Stage, fault: Fault, is_unknown: bool
) -> None:
    async def scene() -> None:
        stage.api.fail(fault)
        async with stage.running() as channel:
            stage.api.push_message(CITIZEN, "一")
            await stage.handled(1)
            stage.api.push_message(CITIZEN, "二")  # must not overtake the first
            await stage.handled(2)
            assert [one.text for one in stage.ledger()] == ["听到：一", "听到：二"]
            assert stage.ledger()[0].may_be_double is is_unknown and not stage.api.to(CITIZEN)
            while await stage.deliver_due(channel, datetime.now(UTC) + timedelta(seconds=10)):
                await asyncio.sleep(0.1)
            await stage.api.until(lambda: len(stage.api.to(CITIZEN)) == 2 or _again(stage))
            stage.api.push_message(CITIZEN, "三")
            await stage.handled(3)
        assert [one.text for one in stage.api.to(CITIZEN)] == ["听到：一", "听到：二", "听到：三"]

    def _again(stage: Stage) -> bool:
        return False

    play(scene)


def test_a_429_is_waited_out_for_that_chat_alone_and_never_asked_early(stage: Stage) -> None:
    async def scene() -> None:
        stage.api.fail(faults.flood(2), chat=CITIZEN)
        async with stage.running() as channel:
            stage.api.push_message(CITIZEN, "一")
            await stage.handled(1)
            refused_at = _sends(stage, CITIZEN)[0]
            assert not await stage.deliver_due(channel)  # not due before its time
            match await channel.send(outgoing(CITIZEN, "通知")):
                case notices.Later(seconds):  # what is left of the two, asked of nobody
                    assert 0 < seconds <= 2 and len(_sends(stage, CITIZEN)) == 1
                case other_outcome:
                    pytest.fail(f"{other_outcome}")
            stage.api.push_message(OTHER, "别人")
            (other,) = await stage.api.arrived(OTHER)
            assert other.at - refused_at < 1.5
            while not stage.api.to(CITIZEN):
                await stage.deliver_due(channel)
                await asyncio.sleep(0.1)
        first, second = _sends(stage, CITIZEN)
        assert first == refused_at and second - refused_at >= 2
        (notice,) = stage.ledger()
        assert notice.state == "sent" and notice.attempts == 1

    play(scene)


def _sends(stage: Stage, chat: int) -> list[float]:
    return [
        at
        for method, asked, at in stage.api.calls
        if method == "sendMessage" and asked["chat_id"] == str(chat)
    ]


def test_somebody_who_writes_again_is_not_left_to_an_old_wait(stage: Stage) -> None:
    async def scene() -> None:
        stage.api.fail(faults.BROKEN)
        async with stage.running() as channel:
            stage.api.push_message(CITIZEN, "一")
            await stage.handled(1)
            stage.api.push_message(CITIZEN, "二")
            await stage.handled(2)
            for _ in range(2):
                assert await stage.deliver_due(channel) == 1  # now, not in five seconds
        assert len(stage.api.to(CITIZEN)) == 2

    play(scene)


@pytest.mark.parametrize("fault", [faults.BLOCKED, faults.DEACTIVATED, faults.NO_CHAT])
def test_who_cannot_be_reached_is_noted_once_and_no_one_else_suffers(
    stage: Stage, fault: Fault
) -> None:
    async def scene() -> None:
        stage.api.fail(fault, chat=CITIZEN)
        async with stage.running():
            stage.api.push_message(CITIZEN, "一")
            stage.api.push_message(OTHER, "二")
            await stage.handled(2)
        assert stage.person(CITIZEN).unreachable_why and not stage.person(OTHER).unreachable_why
        assert not stage.ledger() and len(stage.api.to(OTHER)) == 1

    play(scene)


def test_a_long_reply_goes_on_where_it_broke_off(stage: Stage) -> None:
    stage.dialogue.table["全文"] = [Reply("甲" * 4000 + "\n\n" + "乙" * 4000)]

    async def scene() -> None:
        stage.api.fail(faults.BROKEN, after=1)
        async with stage.running() as channel:
            stage.api.push_message(CITIZEN, "全文")
            await stage.handled()
            assert await stage.deliver_due(channel, datetime.now(UTC) + timedelta(seconds=10)) == 1
        assert [one.text[0] for one in stage.api.to(CITIZEN)] == ["甲", "乙"]

    play(scene)


# ── notices of the ledger ──


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (faults.flood(37), notices.Later(37)),
        (faults.BLOCKED, notices.Unreachable("bot was blocked by the user")),
        (faults.DEACTIVATED, notices.Unreachable("user is deactivated")),
        (faults.NO_CHAT, notices.Unreachable("Chat not found")),
        (faults.moved(SUPERGROUP), notices.Moved(str(SUPERGROUP))),
        (faults.BROKEN, notices.Failed("NetworkError: Internal Server Error")),
        (Fault(401, "Unauthorized"), notices.Failed("InvalidToken: Unauthorized")),
        (Fault(400, "Bad Request: " + "x" * 200), notices.Refused("BadRequest: X" + "x" * 99)),
    ],
)
def test_what_telegram_answers_becomes_an_outcome(
    stage: Stage, fault: Fault, outcome: notices.Outcome
) -> None:
    async def scene() -> None:
        stage.api.fail(fault)
        assert await stage.telegram().send(outgoing(GROUP, "新投诉")) == outcome

    play(scene)


@pytest.mark.parametrize(
    ("fault", "is_unknown"),
    [
        (faults.hang(1.5, delivers=True), True),
        (faults.DROPPED, True),
        (faults.HTML, False),
        (faults.PROXY_SAYS_NO, False),
        (faults.FINE_PAGE, False),
    ],
)
def test_a_fault_of_the_network_is_tried_again(
    stage: Stage, fault: Fault, is_unknown: bool
) -> None:
    async def scene() -> None:
        stage.api.fail(fault)
        outcome = await stage.telegram().send(outgoing(CITIZEN, "通知"))
        assert isinstance(outcome, notices.Failed) and outcome.is_unknown is is_unknown
        assert "<" not in outcome.why

    play(scene)


def test_no_connection_at_all_is_known_not_to_have_arrived(stage: Stage) -> None:
    async def scene() -> None:
        channel = stage.telegram(telegram_api_url="http://127.0.0.1:9")
        outcome = await channel.send(outgoing(CITIZEN, "通知"))
        assert isinstance(outcome, notices.Failed) and not outcome.is_unknown

    play(scene)


def test_a_group_that_moved_gets_its_notice_at_the_new_place(stage: Stage) -> None:
    async def scene() -> None:
        who = stage.person(GROUP)
        with stage.sessions.begin() as session:
            notices.post(session, session.merge(who), "officers", "1", "新投诉", datetime.now(UTC))
        stage.api.fail(faults.moved(SUPERGROUP), chat=GROUP, times=99)
        channel = stage.telegram()
        while await stage.deliver_due(channel):
            pass
        assert [one.text for one in stage.api.to(SUPERGROUP)] == ["新投诉"]
        assert stage.person(SUPERGROUP).id == who.id

    play(scene)


def test_a_long_notice_does_not_repeat_what_has_arrived(stage: Stage) -> None:
    async def scene() -> None:
        stage.api.fail(faults.BROKEN, after=1)
        channel, notice = stage.telegram(), outgoing(CITIZEN, "甲" * 4000 + "\n" + "乙" * 4000)
        assert isinstance(await channel.send(notice), notices.Failed)
        assert await channel.send(notice) == notices.Sent()
        assert await channel.send(outgoing(CITIZEN, " \n ", 2)) == notices.Refused("no text")
        assert [one.text[0] for one in stage.api.to(CITIZEN)] == ["甲", "乙"]

    play(scene)


def test_the_buttons_of_a_notice_stand_under_it(stage: Stage) -> None:
    async def scene() -> None:
        buttons = (
            {"id": "b1", "title": "查看", "url": None},
            {"id": "", "title": "打开", "url": "https://rights.example.cn/x"},
        )
        await stage.telegram().send(outgoing(CITIZEN, "进展", buttons=buttons))
        (said,) = stage.api.to(CITIZEN)
        assert said.buttons == [
            [
                {"text": "查看", "callback_data": "b1"},
                {"text": "打开", "url": "https://rights.example.cn/x"},
            ]
        ]

    play(scene)
