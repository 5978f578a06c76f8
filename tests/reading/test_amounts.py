"""Sums: what counts as one, what it is worth, who moved it."""

import time
from decimal import Decimal

import pytest

from bot.reading import amounts

FOUND = (
    ("鞋子299元", "299元", "299"),
    ("一个杯子35块钱", "35块钱", "35"),
    ("押金5OO元", "5OO元", "500"),
    ("话费45O元", "45O元", "450"),
    ("我花了一千二", "一千二", "1200"),
    ("学费两万五不给退", "两万五", "25000"),
    ("交了1千8", "1千8", "1800"),
    ("车款2.6万", "2.6万", "26000"),
    ("花了1万2", "1万2", "12000"),
    ("手机¥1,299.00", "¥1,299.00", "1299.00"),
    ("票价RMB350", "RMB350", "350"),
    ("一共花了2k", "2k", "2000"),
    ("八元钱的水", "八元钱", "8"),
    ("早饭八块五", "八块五", "8.5"),
    ("少找我五毛钱", "五毛钱", "0.5"),
    ("会员费三千六百块钱", "三千六百块钱", "3600"),
    ("一共597", "597", "597"),
    ("从卡里扣了680", "680", "680"),
    ("收了我88服务费", "88", "88"),
    ("发票上原价2980", "2980", "2980"),
    ("标价4299", "4299", "4299"),
    ("充了500", "500", "500"),
    ("买完就降价了400", "400", "400"),
    ("1280买的洗衣机", "1280", "1280"),
    ("买了个3899的平板", "3899", "3899"),
    ("9.9包邮的袜子", "9.9", "9.9"),
    ("金额不对,是280", "280", "280"),
    ("金额不是300是280", "280", "280"),
    ("付款3000 元", "3000 元", "3000"),
    ("手续费 19.90元", "19.90元", "19.90"),
    ("赔我两百", "两百", "200"),
    ("房子38万", "38万", "380000"),
    ("借了五万八千元", "五万八千元", "58000"),
    ("转账一百五", "一百五", "150"),
    ("门票12.25元", "12.25元", "12.25"),
)
VAGUE = (
    ("三百多", "三百多", "300"),
    ("花了近7000元", "近7000元", "7000"),
    ("大概三千块左右", "大概三千块左右", "3000"),
    ("25720多元", "25720多元", "25720"),
    ("好像几百块", "几百块", None),
    ("三四百块钱", "三四百块钱", None),
    ("200-300元", "200-300元", None),
)
NO_SUM = (
    "电话13800000000", "座机022-27391234", "2023年买的", "5月12日", "过了3天", "KFR-35GW坏了",
    "买了3个", "收到2台", "退了5次货", "扣了百分之三十", "打八折", "批号20230405",
    "订单号202311110001", "一块手表坏了", "我们一块去", "千万别买", "不怕一万就怕万一",
    "跑了3万多公里", "等了三百天", "退一赔三", "假一赔十", "5W充电器", "4K电视", "55寸电视",
    "4S店", "第300号", "iPhone15", "身份证12011119900101123X", "12315", "买了八块电池",
    "满4000减400", "三百多个人", "一共33单", "共5节课", "2019款", "1.5L", "20%",
)  # fmt: skip
ROLES = (
    ("我花了300", "paid"),
    ("扣了我300元", "paid"),
    ("300买的", "paid"),
    ("只退200", "offered"),
    ("他只肯退我150", "offered"),
    ("最多退一半 80元", "offered"),
    ("商家赔我20块", "offered"),
    ("要求退款299元", "unknown"),
    ("不给退我500块", "unknown"),
    ("标价299元", "unknown"),
)


@pytest.mark.parametrize(("text", "span", "value"), FOUND)
def test_a_sum_is_read_with_its_worth(text: str, span: str, value: str) -> None:
    (amount,) = amounts.find(text)
    assert (amount.text, amount.value, amount.is_vague) == (span, Decimal(value), False)
    assert text[amount.start : amount.end] == span


@pytest.mark.parametrize(("text", "span", "value"), VAGUE)
def test_a_vague_sum_keeps_its_base(text: str, span: str, value: str | None) -> None:
    (amount,) = amounts.find(text)
    assert amount.is_vague
    assert (amount.text, amount.value) == (span, Decimal(value) if value else None)


@pytest.mark.parametrize("text", NO_SUM)
def test_what_is_no_money_is_no_sum(text: str) -> None:
    assert amounts.find(text) == []


@pytest.mark.parametrize(("text", "role"), ROLES)
def test_the_words_before_a_sum_tell_who_moved_it(text: str, role: str) -> None:
    assert [amount.role for amount in amounts.find(text)] == [role]


def test_what_was_paid_is_the_sum_in_dispute() -> None:
    amount, others = amounts.disputed("交了押金200,他只肯退150")
    assert amount is not None and amount.value == 200
    assert others == []


def test_a_total_goes_before_its_parts() -> None:
    amount, _ = amounts.disputed("鞋付了300 衣服付了200 一共付了500")
    assert amount is not None and amount.value == 500


def test_two_sums_of_one_kind_are_left_to_the_citizen() -> None:
    amount, others = amounts.disputed("原价2399,现价1999")
    assert amount is None
    assert [other.value for other in others] == [2399, 1999]


def test_an_offer_alone_is_not_the_sum_in_dispute() -> None:
    amount, others = amounts.disputed("他们只退200")
    assert amount is None
    assert [other.text for other in others] == ["200"]


ANSWERS = (
    ("三百", "300"), ("280", "280"), ("两百左右", "200"), ("300块", "300"), ("大概1500吧", "1500"),
    ("一百二", "120"), ("八十八", "88"), ("45O", "450"), ("1,299", "1299"), ("2k", "2000"),
    ("几百", None), ("不知道", None), ("批号20230405", None), ("13800000000", None),
    ("一块手表", None), ("扣了百分之三十", None),
)  # fmt: skip


@pytest.mark.parametrize(("text", "value"), ANSWERS)
def test_a_bare_number_answers_how_much(text: str, value: str | None) -> None:
    assert amounts.read(text) == (Decimal(value) if value else None)


def test_a_long_message_is_read_within_a_few_milliseconds() -> None:
    text = "我在店里花了一千二买的空调用了三天就坏了找商家只退我200元也不给修" * 6
    started = time.perf_counter()
    amounts.find(text)
    assert time.perf_counter() - started < 0.05  # about 1 ms; a slow machine is not a failure


@pytest.mark.parametrize(
    ("text", "worth"),
    [
        ("硌掉半颗牙,补牙1200,超市不认", "1200"),
        ("科二补考要500", "500"),
        ("4680就这么没了,美容院太坑", "4680"),
        ("每个月少29.9,一查是会员", "29.9"),
        ("从186变420,坐地起价", "186"),
        ("套餐4999,底片说好全送", "4999"),
    ],
)
def test_a_number_that_no_word_of_money_leads_up_to_is_a_sum(text: str, worth: str) -> None:
    assert amounts.find(text)[0].value == Decimal(worth)


@pytest.mark.parametrize(
    "text",
    [
        "2023就开始报的班", "房间1205,空调不制冷", "打12315一直占线", "打10086没用", "订单号 884213,不发货",
        "行驶到3000公里,异响", "12.25,送到的时候坏了", "尾号6688,扣了两次", "住在3号楼1502,漏水", "微信188234,加我",
    ],
)  # fmt: skip
def test_a_number_of_something_else_is_no_sum(text: str) -> None:
    assert not amounts.find(text)


@pytest.mark.parametrize(
    ("text", "found"),
    [("报了两年课 12800 上了三个月", ["12800"]), ("课 10500", ["10500"]), ("交了 10000", ["10000"]), ("花了6万8 9月12买的", ["6万8"]), ("300 9月12买的", ["300"]), ("饭是38的", ["38"]), ("年卡2000一年", ["2000"]), ("上月26号 598", ["598"]), ("尾号 598", []), ("12月3号598买的", ["598"]), ("5号楼 598室", []), ("2018一年都没用", []), ("尺码是38的", []), ("办卡 12000 没用", ["12000"]),
     ("找12315没人接", []), ("10086乱扣费", []), ("12306退票", []), ("12345 打不通", [])],
)  # fmt: skip
def test_a_price_is_told_from_hotlines_days_and_labels(text: str, found: list[str]) -> None:
    assert [one.text for one in amounts.find(text)] == found
