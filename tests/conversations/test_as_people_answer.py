"""Answers that come under another question than theirs, in bits, or with a word of thanks: nothing is lost or misread."""

import pytest

from bench.stack import Stack, Talk
from bot.casework.records import Dispute
from bot.library import labels, load, words
from tests.conversations import records

FIRST = "在永旺超市买的电饭煲用了三天就坏了，399元"


def mine(running: Stack, talk: Talk) -> Dispute:
    """The citizen's one dispute."""
    (found,) = records.mine(running, talk, Dispute)
    return found


def asks(said: str, key: str) -> bool:
    """Whether a reply puts this question of the form, in whatever words."""
    kinds = {
        "merchant": "哪家店",
        "demand": "怎么解决",
        "standing": "自己",
        "contact": "称呼和手机号",
    }
    return kinds[key] in said


@pytest.mark.parametrize(
    "question",
    [
        "查一下我的吹风机有没有召回",
        "充电宝召回查一下",
        "帮我看看这个奶瓶召回没有",
        "我家孩子的婴儿床有没有被召回过",
    ],
)
def test_whether_a_thing_is_recalled_is_looked_up_and_not_explained(
    talk: Talk, question: str
) -> None:
    said = talk.say(question)
    assert ("什么品牌" in said or "没有查到" in said) and "栏目" not in said


@pytest.mark.parametrize("question", ["去哪查召回信息", "怎么查产品有没有被召回"])
def test_who_asks_where_to_look_is_told_so(talk: Talk, question: str) -> None:
    assert "栏目" in talk.say(question)


@pytest.mark.parametrize("day", ["11月20号", "上个月30号", "前天晚上"])
def test_a_day_is_no_shops_name(running: Stack, talk: Talk, day: str) -> None:
    assert asks(talk.say("买的吹风机用了三天就不出风了，花了3199，要求退款"), "merchant")
    said = talk.say(day)
    assert "商家：" not in said and "时间：" in said and asks(said, "merchant")
    talk.say("永旺超市")
    dispute = mine(running, talk)
    assert dispute.merchant == "永旺超市" and dispute.occurred_text == day


def test_a_street_told_later_makes_the_place_nearer(running: Stack, talk: Talk) -> None:
    talk.say("我在西青的店里买的吹风机用了三天就不出风了，花了3199，要求退款")
    assert "地点：中北镇" in talk.say("中北镇")
    assert mine(running, talk).street == "中北镇"


@pytest.mark.parametrize("refusal", ["不想留电话", "我不想留手机号"])
def test_who_gives_no_contact_before_they_are_asked_is_not_asked(
    running: Stack, talk: Talk, refusal: str
) -> None:
    talk.say(f"{FIRST}，昨天在中北镇买的，要求退款")
    assert asks(talk.say(refusal), "standing")
    said = talk.say("自己家用，没找过别人")
    assert "请核对" in said and "contact" in mine(running, talk).unknown


@pytest.mark.parametrize("under", ["demand", "contact"])
def test_how_one_stands_is_heard_under_another_question(
    running: Stack, talk: Talk, under: str
) -> None:
    talk.say(FIRST if under == "demand" else f"{FIRST}，昨天在中北镇买的，要求退款")
    if under == "contact":
        talk.say("不知道")
    said = talk.say("为自己家用")
    assert labels("standing")["own"] in said and asks(said, under)
    assert mine(running, talk).standing == "own" and "家用" not in (mine(running, talk).facts or "")


@pytest.mark.parametrize(
    ("wish", "codes"),
    [
        ("退剩下的钱", "refund"),
        ("退一赔三", "compensation,refund"),
        ("叫他们老板出来讲讲道理", "other"),
    ],
)
def test_a_wish_is_kept_by_its_code_or_in_its_words(
    running: Stack, talk: Talk, wish: str, codes: str
) -> None:
    assert asks(talk.say(FIRST), "demand")
    talk.say(wish)
    dispute = mine(running, talk)
    assert dispute.demand == codes and ((wish in str(dispute.facts)) == (codes == "other"))


def test_the_button_for_another_wish_is_no_part_of_the_story(running: Stack, talk: Talk) -> None:
    talk.say(FIRST)
    talk.press("其他")
    assert mine(running, talk).demand == "other" and "其他" not in str(mine(running, talk).facts)


def test_who_files_by_typing_files_what_they_asked_about(running: Stack, talk: Talk) -> None:
    talk.say("理发店办卡3000块跑路了怎么办")
    said = talk.say("我要投诉")
    assert "3000 元" in said
    assert "跑路" in str(mine(running, talk).facts)


def test_words_that_are_no_field_stay_in_the_story(running: Stack, talk: Talk) -> None:
    talk.say("理发店办卡3000块跑路了怎么办")
    talk.say("杨柳青镇柳口路上的 剪艺")
    talk.say("去年8月办的，还剩2000多")
    told = str(mine(running, talk).facts)
    assert all(part in told for part in ("跑路", "剪艺", "还剩2000多"))
    assert mine(running, talk).amount == 3000


def test_a_correction_is_no_part_of_the_story(running: Stack, talk: Talk) -> None:
    talk.say(FIRST)
    talk.say("金额不对，是280")
    assert mine(running, talk).amount == 280 and "280" not in str(mine(running, talk).facts)


def test_what_is_told_in_bits_is_filed_together(running: Stack, talk: Talk) -> None:
    talk.say("超市买的面包发霉了，孩子吃了拉肚子住院了")
    talk.say("花了1200医药费")
    talk.say("在华润万家")
    talk.say("投诉")
    dispute = mine(running, talk)
    assert dispute.merchant == "华润万家" and dispute.amount == 1200
    assert "发霉" in str(dispute.facts)


def test_a_new_story_is_not_mixed_with_an_old_question(running: Stack, talk: Talk) -> None:
    talk.say("充电宝被召回了商家不给退怎么办")
    talk.say("我在永旺超市买的电饭煲用了三天就坏了，399元，商家不给修，我要投诉")
    dispute = mine(running, talk)
    assert dispute.product == "电饭煲" and "充电宝" not in str(dispute.facts)


@pytest.mark.parametrize("text", ["删掉电饭煲", "把电饭煲删了", "不用记电饭煲了"])
def test_one_thing_is_deleted_by_its_name(talk: Talk, text: str) -> None:
    assert "已记下「小米电饭煲」" in talk.say("我买了个小米电饭煲帮我记着，有召回通知我")
    said = talk.say(text)
    assert said == words("things_deleted", name="小米电饭煲")
    assert talk.say("我的东西") == words("things_none")


def test_what_is_not_among_the_things_is_not_deleted(talk: Talk) -> None:
    talk.say("我买了个小米电饭煲帮我记着，有召回通知我")
    talk.say("删掉冰箱")
    assert "小米电饭煲" in talk.say("我的东西")


@pytest.mark.parametrize("text", ["谢谢", "好的谢谢", "太感谢了"])
def test_thanks_are_answered_as_such(talk: Talk, text: str) -> None:
    assert talk.say(text) == load("wording")["thanked"]


@pytest.mark.parametrize("text", ["13812345678", "我的电话是13812345678"])
def test_a_bare_number_gets_no_lecture(talk: Talk, text: str) -> None:
    assert talk.say(text) == words("number_not_kept")
