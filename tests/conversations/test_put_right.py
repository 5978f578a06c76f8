"""What was told before is put right: the value that is asked for is heard, whatever else is still open."""

import pytest

from bench.stack import Stack, Talk
from bot.casework.records import Dispute
from tests.conversations import records

FULL = "上周六在中北镇永旺超市花399元买了个美的电饭煲，型号MB-FB40，用了三天就不通电，店里只肯修，我要求退款"
WRONG = [
    ("商家写错了", "好的，商家应该是什么？", "大润发", "merchant", "大润发"),
    ("店名不对", "好的，商家应该是什么？", "是物美超市", "merchant", "物美超市"),
    ("商品写错了", "好的，商品或服务应该是什么？", "微波炉", "product", "微波炉"),
    ("型号写错了", "好的，型号应该是什么？", "MB-FB50", "model", "MB-FB50"),
    ("改一下型号", "好的，型号应该是什么？", "FB 30", "model", "FB 30"),
    ("品牌错了", "好的，品牌应该是什么？", "苏泊尔", "brand", "苏泊尔"),
    ("地址不对", "好的，地点应该是什么？", "张家窝镇", "location", "张家窝镇"),
    ("时间写错了", "好的，时间应该是什么？", "国庆前后", "occurred_text", "国庆前后"),
    ("金额写错了", "好的，金额应该是什么？", "280", "amount", 280),
    ("诉求写错了", "好的，诉求应该是什么？", "换货", "demand", "exchange"),
]


def draft(running: Stack, talk: Talk) -> Dispute:
    (found,) = records.mine(running, talk, Dispute)
    assert isinstance(found, Dispute)
    return found


def test_each_field_is_put_right_under_another_question(running: Stack, talk: Talk) -> None:
    talk.say(FULL)
    assert draft(running, talk).asking == "standing"
    for wrong, question, right, field, value in WRONG:
        assert talk.say(wrong) == question
        assert "已记下" in talk.say(right)
        assert getattr(draft(running, talk), field) == value
    assert draft(running, talk).asking == "standing" and not draft(running, talk).unknown


@pytest.mark.parametrize("case", [WRONG[0], WRONG[3], WRONG[8]], ids=lambda case: case[0])
def test_a_field_is_put_right_under_the_summary(
    running: Stack, talk: Talk, case: tuple[str, str, str, str, object]
) -> None:
    wrong, question, right, field, value = case
    talk.say(FULL)
    talk.say("自己用的，没处理过")
    talk.say("不留")
    assert talk.say(wrong) == question  # and the summary waits
    said = talk.say(right)
    assert "请核对" in said and right in said
    assert getattr(draft(running, talk), field) == value


def test_what_is_told_beside_it_is_kept(running: Stack, talk: Talk) -> None:
    talk.say(FULL)
    said = talk.say("时间写错了，金额是280")
    assert "280" in said and "时间应该是什么" in said
    talk.say("前天")
    assert draft(running, talk).amount == 280 and draft(running, talk).occurred_text == "前天"


def test_who_does_not_know_it_goes_on_where_they_were(running: Stack, talk: Talk) -> None:
    talk.say(FULL)
    talk.say("商家写错了")
    said = talk.say("不知道")
    assert "生活消费" in said
    assert draft(running, talk).asking == "standing" and not draft(running, talk).unknown
    assert "手机号" in talk.say("自己用的，没处理过")


def test_the_question_before_may_be_answered_all_the_same(running: Stack, talk: Talk) -> None:
    talk.say(FULL)
    talk.say("型号写错了")
    assert "手机号" in talk.say("自己用的，没处理过")
    assert draft(running, talk).model == "MB-FB40"


def test_a_name_is_swapped_for_another(running: Stack, talk: Talk) -> None:
    talk.say(FULL)
    talk.say("牌子不是美的是苏泊尔")
    assert draft(running, talk).brand == "苏泊尔" and draft(running, talk).product == "电饭煲"


def test_a_question_between_does_not_lose_what_is_put_right(running: Stack, talk: Talk) -> None:
    talk.say(FULL)
    talk.say("型号写错了")
    said = talk.say("要收费吗")
    assert said.endswith("好的，型号应该是什么？")
    talk.say("MB-FB50")
    assert draft(running, talk).model == "MB-FB50"
