"""What the shop offers after a dispute was recorded, that the police were told, and 「算了」: none of it begins a new one."""

import pytest

from bench.stack import Stack, Talk
from bot.casework.records import Dispute
from bot.library import words
from tests.conversations.records import mine
from tests.conversations.test_follow_ups import lodge

FRAUD = "我被骗了，有人冒充京东客服让我转了5000块钱"


@pytest.mark.parametrize(
    "said",
    ["商家要和解", "商家说给我退一半", "他们说给我退一半", "老板愿意赔200元", "超市答应退我100", "客服说可以换新的",
     "对方想私了", "店家终于同意退钱了", "平台只赔一半"],
)  # fmt: skip
def test_what_the_shop_offers_after_a_record_is_about_that_record(
    running: Stack, talk: Talk, said: str
) -> None:
    lodge(talk)
    assert talk.say(said) == words("shop_offers")
    assert len(mine(running, talk, Dispute)) == 1
    assert "您说已经解决" in talk.press(words("after_settled"))


@pytest.mark.parametrize(
    "said", ["怎么撤", "我同意了 怎么撤", "谈好了，怎么撤回投诉", "能撤销吗", "那我可以撤诉吗"]
)
def test_how_a_record_is_taken_back_is_told(running: Stack, talk: Talk, said: str) -> None:
    lodge(talk)
    assert "您想撤回" in talk.say(said)
    assert len(mine(running, talk, Dispute)) == 1


@pytest.mark.parametrize("said", ["商家要和解", "他们说给我退一半", "怎么撤"])
def test_who_recorded_nothing_is_heard_as_before(running: Stack, talk: Talk, said: str) -> None:
    answer = talk.say(said)
    assert words("shop_offers") not in answer and "您想撤回" not in answer


def test_another_shops_complaint_after_a_record_is_a_new_one(running: Stack, talk: Talk) -> None:
    lodge(talk)
    talk.say("我还要投诉大寺镇的华润万家，卖给我过期牛奶，商家只赔10块")
    assert [one.merchant for one in mine(running, talk, Dispute)] == ["永旺超市", "华润万家"]


@pytest.mark.parametrize(
    "said", ["报警了", "已经报警了", "我报过警了", "去派出所报案了", "派出所立案了", "刚报了警"]
)
def test_that_the_police_know_is_heard_where_one_was_sent_there(talk: Talk, said: str) -> None:
    assert "110" in talk.say(FRAUD)
    assert talk.say(said) == words("police_told")


def test_the_police_are_no_answer_elsewhere(talk: Talk) -> None:
    talk.say("你好")
    assert talk.say("报警了") != words("police_told")


@pytest.mark.parametrize("said", ["算了", "那算了吧", "不用了", "不用了谢谢", "唉 算了"])
@pytest.mark.parametrize("before", ["转人工", "网购能退吗"])
def test_who_lets_it_be_is_not_greeted(talk: Talk, before: str, said: str) -> None:
    talk.say(before)
    assert talk.say(said) == words("never_mind")


@pytest.mark.parametrize(
    ("before", "then"), [("充电宝召回了吗", "你好"), ("电饭煲有没有召回", "谢谢")]
)
def test_what_waits_for_an_answer_is_ended_by_it(talk: Talk, before: str, then: str) -> None:
    talk.say(before)
    assert talk.say("算了") != words("never_mind")
    assert "召回" not in talk.say(then).split("。")[0]
