"""Talks about recalls, rights and what is not ours, through the whole pipeline."""

import re

import pytest

from bench.stack import Stack, Talk

SAFE = re.compile(r"(是|很|绝对|完全)安全|可以放心|没有危险|没有问题[，。]")


def test_a_recall_names_what_matched_and_the_day(talk: Talk) -> None:
    said = talk.say("罗马仕充电宝PAC20-392是不是召回了")
    assert talk.data()["recall"]["kind"] == "covered"
    assert "PAC20-392" in said and "截至" in said and "型号" in said


def test_a_brand_alone_is_asked_for_its_model(talk: Talk) -> None:
    assert "型号" in talk.say("罗马仕的充电宝召回了吗")
    said = talk.say("PLT20A-152")
    assert "PLT20A-152" in said and talk.data()["recall"]["kind"] == "covered"


@pytest.mark.parametrize("question", ["小米空气净化器有没有召回", "我的海尔冰箱召不召回"])
def test_what_is_not_found_is_never_called_safe(talk: Talk, question: str) -> None:
    said = talk.say(question)
    assert "截至" in said or "型号" in said
    assert not SAFE.search(said)


def test_food_is_shown_its_own_door(talk: Talk) -> None:
    assert "不在本库" in talk.say("婴儿奶粉有没有召回的")


def test_a_rights_question_has_law_article_and_date(talk: Talk) -> None:
    said = talk.say("网上买的衣服不喜欢，七天之内能退吗")
    assert re.search(r"《消费者权益保护法》第25条", said)
    assert re.search(r"\d{4}-\d{2}-\d{2}", said)
    assert len(talk.press("看依据")) > 30


def test_filing_after_a_rights_question_starts_from_what_was_told(talk: Talk) -> None:
    talk.say("7天前在王稳庄镇华联超市花128元买的电水壶漏水，商家不给退，我能要求退货吗")
    said = talk.press("去投诉")
    assert "128" in said and "王稳庄" in said


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("老板拖欠我三个月工资怎么办", "12333"),
        ("银行乱扣我信用卡年费找谁投诉管用", "12378"),
        ("楼上天天半夜装修吵得睡不着找谁管", "12345"),
    ],
)
def test_what_is_not_ours_is_told_where_to_turn(talk: Talk, text: str, number: str) -> None:
    assert number in talk.say(text)


def test_an_injury_gets_safety_first(talk: Talk) -> None:
    said = talk.say("孩子玩的电动小车充电时爆炸了，手被烧伤了")
    assert said.index("120") < 40


def test_a_human_is_one_call_away_in_any_state(talk: Talk) -> None:
    talk.say("我要投诉")
    assert "12315" in talk.say("转人工")


def test_a_thing_is_kept(running: Stack, talk: Talk) -> None:
    said = talk.say("记一下我家有个罗马仕充电宝PAC20-272，有召回告诉我")
    assert "已记下" in said and "召回" in said


def test_a_question_that_speaks_of_no_injury_gets_its_rule_and_not_first_aid(talk: Talk) -> None:
    said = talk.say("孩子12岁自己买了辆摩托车，能退吗")
    assert "民法典" in said and "先顾安全" not in said


@pytest.mark.parametrize(
    "text",
    [
        "我买的罗马仕PAC20-272充电宝能退钱吗",
        "罗马仕 pac20-272 去哪退",
        "投诉罗马仕，PAC20-272这款不给我退",
        "罗马仕的PAC20272还能用不",
    ],
)
def test_a_recalled_thing_is_told_of_whatever_is_asked_about_it(talk: Talk, text: str) -> None:
    said = talk.say(text)
    assert "召回" in said and "停止使用" in said


@pytest.mark.parametrize(
    ("bits", "name"),
    [(("给孩子买的安全座椅会不会召回", "好孩子的", "型号cs768"), "安全座椅"), (("充电宝会召回吗", "绿联的", "型号PB205"), "充电宝"),
     (("电饭煲有没有召回", "不知道什么牌子", "型号FB40"), "电饭煲")],
)  # fmt: skip
def test_a_thing_told_in_bits_is_not_asked_for_again_and_is_kept_by_its_name(
    talk: Talk, bits: tuple[str, ...], name: str
) -> None:
    *asked, model = bits
    for one in asked:
        talk.say(one)
    said = talk.say(model)
    assert "请问是什么品牌" not in said and "截至" in said
    kept = talk.say("记到我的东西里")
    assert name in kept and "召回 " not in kept and "会不会" not in kept
