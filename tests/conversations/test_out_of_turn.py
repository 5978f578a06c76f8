"""What is said at another moment than it is asked for: names, days, corrections, wishes, words under the last reply."""

from datetime import date

import pytest
from sqlalchemy import select

from bench.stack import Stack, Talk
from bot.casework.callback_records import CallbackRequest
from bot.casework.records import Dispute, Person
from bot.library import labels, words
from tests.conversations import records

FIRST = "在永旺超市买的电饭煲用了三天就坏了，399元"
NAMELESS = "健身房上个月18号关门了，办卡花了2600"


def mine(running: Stack, talk: Talk) -> Dispute:
    """The citizen's one dispute."""
    (found,) = records.mine(running, talk, Dispute)
    return found


@pytest.mark.parametrize(
    "sentence",
    [
        "那我投诉它",
        "昨天收到的",
        "不给底片",
        "店家说不支持七天无理由",
        "自己用没处理过",
        "那我咋回复12315",
    ],
)
def test_a_sentence_becomes_no_shop(running: Stack, talk: Talk, sentence: str) -> None:
    talk.say(NAMELESS)
    talk.say(sentence)
    assert mine(running, talk).merchant is None


@pytest.mark.parametrize("sentence", ["那我投诉它", "自己用的", "把送的补给我", "银行卡被盗刷了"])
def test_a_sentence_becomes_no_place(running: Stack, talk: Talk, sentence: str) -> None:
    talk.say(f"{FIRST}，要求退款")
    talk.say(sentence)
    assert mine(running, talk).location is None


@pytest.mark.parametrize("answer", ["店在大寺镇 叫力美健", "就叫力美健 大寺镇的"])
def test_a_name_that_is_called_one_is_the_shops(running: Stack, talk: Talk, answer: str) -> None:
    talk.say(NAMELESS)
    talk.say(answer)
    dispute = mine(running, talk)
    assert dispute.merchant == "力美健" and dispute.street == "大寺镇"


def test_a_shops_name_is_heard_under_another_question(running: Stack, talk: Talk) -> None:
    talk.say("闲鱼买的手机是假的，1500元")
    talk.say("卖家个人")
    talk.say("叫 小鱼数码")
    dispute = mine(running, talk)
    assert dispute.merchant == "小鱼数码" and dispute.demand is None and "假" in str(dispute.facts)


@pytest.mark.parametrize(
    ("correction", "field", "value"),
    [("不是18号是8号", "occurred_on", date(2026, 10, 8)), ("换成3200吧 刚看了付款记录", "amount", 3200),
     ("店名是力美健杨楼店", "merchant", "力美健杨楼店")],
)  # fmt: skip
@pytest.mark.parametrize("under", ["demand", "contact"])
def test_a_fact_is_put_right_under_any_question(
    running: Stack, talk: Talk, correction: str, field: str, value: object, under: str
) -> None:
    talk.say("健身房2026年10月18号关门了，办卡花了2600")
    talk.say("力美健")
    if under == "contact":
        for answer in ("退款", "大寺镇", "自己用的，没处理过"):
            talk.say(answer)
    talk.say(correction)
    assert getattr(mine(running, talk), field) == value


def test_what_is_taken_back_tells_which_fact_is_meant(running: Stack, talk: Talk) -> None:
    talk.say(FIRST)
    talk.say("店不是永旺超市 是大润发")
    talk.say("不是电饭煲是电压力锅")
    dispute = mine(running, talk)
    assert (dispute.merchant, dispute.product) == ("大润发", "电压力锅")


@pytest.mark.parametrize("told", ["上个月", "张家窝镇的", "8月份签的合同"])
def test_another_fact_under_the_wish_is_no_wish(running: Stack, talk: Talk, told: str) -> None:
    talk.say(FIRST)
    said = talk.say(told)
    assert mine(running, talk).demand is None and "再问一次" not in said


@pytest.mark.parametrize("told", ["上个月", "张家窝镇的", "在张家窝镇"])
def test_what_is_known_already_and_told_again_is_no_story(
    running: Stack, talk: Talk, told: str
) -> None:
    talk.say(FIRST)
    talk.say(told)
    talk.say(told)
    assert told not in str(mine(running, talk).facts)


@pytest.mark.parametrize(("wish", "code"), [("就退钱吧", "refund"), ("我想换", "exchange"), ("还是要求退款吧", "refund")])  # fmt: skip
def test_a_wish_that_is_told_later_takes_the_place_of_words_without_a_code(
    running: Stack, talk: Talk, wish: str, code: str
) -> None:
    talk.say(FIRST)
    talk.say("叫他们老板出来讲讲道理")
    assert mine(running, talk).demand == "other"
    talk.say(wish)
    assert mine(running, talk).demand == code


def test_a_claim_leaves_the_price_as_it_was(running: Stack, talk: Talk) -> None:
    talk.say(FIRST)
    talk.say("要赔1000")
    dispute = mine(running, talk)
    assert dispute.amount == 399 and dispute.demand == "compensation" and "赔1000" in str(dispute.facts)  # fmt: skip


@pytest.mark.parametrize("said", ["家里用的 找过消协了", "消协没解决"])
def test_that_another_body_dealt_with_it_is_heard_anywhere(
    running: Stack, talk: Talk, said: str
) -> None:
    talk.say(FIRST)
    assert labels("standing")["handled"] in talk.say(said)
    assert mine(running, talk).standing == "handled"


def test_a_complaint_is_broken_off_with_its_reason(running: Stack, talk: Talk) -> None:
    talk.say(FIRST)
    said = talk.say("不投诉了 老板退我钱了")
    assert "先停在这里" in said and mine(running, talk).demand is None


def test_a_typed_one_confirms(running: Stack, talk: Talk) -> None:
    talk.say(f"{FIRST}，昨天在中北镇买的，要求退款")
    talk.say("自己用的，没处理过")
    assert "请核对" in talk.say("不留")
    assert "记录号" in talk.say("1")


@pytest.mark.parametrize(("said", "about"), [("我的东西", "登记"), ("把我的信息都删了", "删除")])
def test_ones_things_and_data_are_shown_in_the_middle_of_a_dispute(
    running: Stack, talk: Talk, said: str, about: str
) -> None:
    talk.say(NAMELESS)
    assert about in talk.say(said)
    talk.say("力美健")
    assert mine(running, talk).merchant == "力美健"


def test_a_yes_in_words_deletes_nothing_and_says_so(running: Stack, talk: Talk) -> None:
    talk.say("把我的信息都删了")
    said = talk.say("确定")
    assert words("data_not_deleted_yet") in said and is_known(running, talk)
    talk.press("确认删除")
    assert not is_known(running, talk)


def is_known(running: Stack, talk: Talk) -> bool:
    """Whether there is a person of this talk in the records."""
    with running.sessions() as session:
        who = select(Person).where(Person.external_id == talk.citizen)
        return session.scalar(who) is not None


@pytest.mark.parametrize(("hours", "code"), [("下午", "afternoon"), ("明天上午吧", "morning")])
def test_hours_after_the_offer_of_a_call_are_the_calls(
    running: Stack, talk: Talk, hours: str, code: str
) -> None:
    talk.say("转人工")
    assert "号码" in talk.say(hours)
    assert "138****8000" in talk.say("13800138000")
    (request,) = records.mine(running, talk, CallbackRequest)
    assert request.hours == code and request.asking is None


def test_more_of_the_thing_after_an_answer_is_looked_up(talk: Talk) -> None:
    assert "没有查到" in talk.say("查下 戴森吹风机 有没有召回")
    assert "没有查到" in talk.say("HD08")
    assert "没有查到" in talk.say("那我还能用吗")
    assert talk.say("不知道型号") == words("where_is_the_model")


@pytest.mark.parametrize(
    ("said", "sentence"), [("烦死了", "calmed"), ("你是真人吗", "who_i_am"), ("人没事", "relieved")]
)
def test_anger_and_relief_are_no_greetings(talk: Talk, said: str, sentence: str) -> None:
    assert talk.say(said) == words(sentence)


def test_a_report_that_was_taken_for_no_matter_of_ours_is_explained(talk: Talk) -> None:
    said = talk.say("我要举报 我们小区楼下那个饭店没有执照")
    assert "这像是举报" in said and "没看懂" not in said and "办不了" not in said


def test_a_bare_day_gets_no_rule(talk: Talk) -> None:
    assert "第16条" not in talk.say("去年买的")


def test_a_question_after_a_rule_goes_on_with_it(talk: Talk) -> None:
    assert "7天" in talk.say("网上买东西七天无理由退货怎么规定的")
    said = talk.say("拆封了呢")
    assert "拆封" in said and "哪家店" not in said
    assert "定金" in talk.say("定金能退吗")


def test_a_bit_behind_a_story_that_was_answered_is_not_sent_away(
    running: Stack, talk: Talk
) -> None:
    talk.say("我去年在大寺那个力美健办的卡三千八现在关门了打电话也没人接退钱也不给退这可咋整")
    assert "办不了" not in talk.say("就今年清明前后办的")
    talk.say("我要投诉")
    dispute = mine(running, talk)
    assert dispute.merchant == "力美健" and dispute.amount == 3800


def test_a_model_is_heard_after_an_answer_without_one(talk: Talk) -> None:
    talk.say("充电宝召回查一下")
    assert "对不准" in talk.say("小米")
    assert "充电宝" in talk.say("PLM13ZM")


def test_what_surely_belongs_elsewhere_begins_no_form(running: Stack, talk: Talk) -> None:
    said = talk.say("话费多扣了我50块 营业厅不管")
    assert "运营商" in said and not records.mine(running, talk, Dispute)
    talk.press(words("file_anyway"))
    assert mine(running, talk).amount == 50


@pytest.mark.parametrize(
    "said", ["商家不给退钱，我要投诉", "卖家骗人，买的吹风机是坏的，退款", "阮乂祇乣乛仝仓丕亿介事乞亸", "⁄stop[[], {}]"]
)  # fmt: skip
def test_a_complaint_while_a_recall_question_waits_is_taken(talk: Talk, said: str) -> None:
    """The waiting question is the other form's, and no field of a dispute."""
    talk.say("充电宝召回查一下")
    assert words("fault") not in talk.say(said)
    assert words("fault") not in talk.say("永旺超市")
