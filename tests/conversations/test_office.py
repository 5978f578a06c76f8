"""Hours and address of the office: the duty's hours are told, no address is invented, no complaint begins."""

import pytest

from bench.stack import Stack, Talk
from bot.casework.records import Dispute
from bot.library import words
from tests.conversations.records import mine

HOURS = (
    "几点上班", "你们几点上班", "周末上班吗", "周六有人吗", "工作时间是几点", "办公时间到几点", "明天开门吗", "消协几点下班",
)  # fmt: skip
WHERE = ("地址在哪", "你们在哪儿", "消协在哪里", "那请问服务站在哪里", "你们怎么去")
OTHER = ("几点送货", "在哪退", "我在哪看进度", "型号在哪看", "店在大寺", "在中北镇", "在哪里买的")


@pytest.mark.parametrize("said", HOURS)
def test_the_hours_are_those_of_the_duty(running: Stack, talk: Talk, said: str) -> None:
    told = talk.say("转人工")
    assert "值班" in told and talk.say(said) == told
    assert not mine(running, talk, Dispute)


@pytest.mark.parametrize("said", WHERE)
def test_what_nobody_has_confirmed_is_not_told(running: Stack, talk: Talk, said: str) -> None:
    talk.say("转人工")
    assert talk.say(said) == words("office")
    assert words("call_me") in [one.title for row in talk.replies for one in row.buttons]
    assert not mine(running, talk, Dispute)


@pytest.mark.parametrize("said", OTHER)
def test_where_and_when_of_something_else_is_heard_as_before(talk: Talk, said: str) -> None:
    assert words("office") not in talk.say(said)
