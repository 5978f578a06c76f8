"""Short whole answers and corrections."""

import pytest

from bot.reading import answers, folding

UNKNOWN = (
    "不知道",
    "不记得了",
    "没有",
    "忘了",
    "不清楚",
    "跳过",
    "记不清了",
    "没",
    "不太清楚",
    "我忘了",
)
YES = ("对", "是的", "确认", "没错", "好的", "行", "提交吧", "对的,提交", "嗯嗯", "可以", "OK",
       "仍要提交")  # fmt: skip
NO = ("不", "不对", "不是", "取消", "算了", "不用了谢谢", "不要", "先不提交", "错了")
STORIES = (
    "没有收到货", "我不知道怎么办", "对方不退钱", "不给退", "是假货", "行不行", "可以退吗",
    "不是淘宝是拼多多", "好几天没发货", "取消订单他不同意",
)  # fmt: skip
CORRECTIONS = (
    ("金额不对,是280", "amount"), ("改一下金额", "amount"), ("不对,是280", "amount"),
    ("地点写错了应该是杨柳青", "location"), ("不是中北镇是大寺镇", "location"),
    ("不是淘宝是拼多多", "platform"), ("平台应该是京东", "platform"), ("商家名字错了", "merchant"),
    ("店名写错了", "merchant"), ("时间错了,是昨天", "occurred_on"), ("应该是上周六", "occurred_on"),
    ("不是昨天是前天", "occurred_on"), ("不是退货是退款", "demand"), ("诉求改成换货", "demand"),
    ("经过写得不对", "facts"), ("消费情况不对,是自己用的", "standing"), ("型号错了", "model"), ("牌子不对", "brand"), ("商品错了", "product"), ("我要投诉", None), ("商品有问题", None),
    ("这手机不是新的是翻新的", None), ("退款", None), ("是的", None),
)  # fmt: skip


@pytest.mark.parametrize("text", UNKNOWN)
def test_an_answer_may_be_unknown(text: str) -> None:
    assert answers.is_unknown(text)


@pytest.mark.parametrize("text", YES)
def test_an_answer_may_agree(text: str) -> None:
    assert answers.is_yes(text) and not answers.is_no(text)


@pytest.mark.parametrize("text", NO)
def test_an_answer_may_refuse(text: str) -> None:
    assert answers.is_no(text) and not answers.is_yes(text)


@pytest.mark.parametrize("text", STORIES)
def test_a_story_is_no_short_answer(text: str) -> None:
    assert not (answers.is_unknown(text) or answers.is_yes(text) or answers.is_no(text))


@pytest.mark.parametrize(
    "text",
    ["取消", "取消吧", "那就取消", "退出", "不投诉了", "算了不投诉了", "我不想投诉了", "撤回我的投诉", "撤销投诉", "把我的投诉撤了", "别记了",
     "不用记了", "别登记了", "/cancel", "/STOP", "不弄了"],
)  # fmt: skip
def test_a_whole_message_may_break_off(text: str) -> None:
    assert answers.is_stop(text)


@pytest.mark.parametrize(
    "text",
    ["商家取消了订单", "要求取消订单", "不留", "算了", "没有", "不投诉他能行吗", "撤销合同", "退款", "不要", "取消不了会员", "/start",
     "他们不让退出", "我要投诉"],
)  # fmt: skip
def test_a_wish_an_answer_or_a_story_does_not_break_off(text: str) -> None:
    assert not answers.is_stop(text)


@pytest.mark.parametrize(
    "text", ["投诉", "投诉！", "我要投诉", "维权", "我想维权", "投诉投诉", "我是来投诉的"]
)
def test_a_bare_wish_to_complain_is_an_opener(text: str) -> None:
    assert answers.is_opener(folding.plain(text))


@pytest.mark.parametrize(
    "text", ["投诉物美超市", "不投诉", "维权中心餐厅", "我要投诉电饭煲漏电", "投诉过没人理"]
)
def test_who_says_more_than_that_opens_nothing_again(text: str) -> None:
    assert not answers.is_opener(text)


@pytest.mark.parametrize(
    "text",
    ["这个充电宝安全吗", "电热毯还能用吗", "孩子的推车还敢坐么", "插座没事吧", "能不能继续用", "这款会不会起火", "有没有危险", "可以放心用吗",
     "电饭煲安不安全", "吹风机没问题吧"],
)  # fmt: skip
def test_asking_whether_a_thing_is_safe_is_heard(text: str) -> None:
    assert answers.asks_if_safe(text)


@pytest.mark.parametrize(
    "text", ["安全座椅坏了", "电热毯不能用了", "用了三天就坏", "我没事", "危险品能退吗", "有问题的锅", "安全帽裂了要求退款"]
)  # fmt: skip
def test_a_story_of_a_broken_thing_asks_nothing(text: str) -> None:
    assert not answers.asks_if_safe(text)


@pytest.mark.parametrize(
    "text",
    [
        "一般几天有结果",
        "12315是什么热线",
        "要不要交钱",
        "多久给答复",
        "你们会不会告诉商家",
        "什么时候能回复",
    ],
)
def test_a_question_is_told_from_an_answer(text: str) -> None:
    assert answers.is_question(text)


@pytest.mark.parametrize(
    "text", ["几天前", "不知道是什么牌子", "上个月什么时候忘了", "好又多超市", "大寺镇", "三百多"]
)
def test_an_answer_is_no_question(text: str) -> None:
    assert not answers.is_question(text)


@pytest.mark.parametrize(("text", "field"), CORRECTIONS)
def test_a_correction_names_its_field(text: str, field: str | None) -> None:
    assert answers.corrected_field(text) == field


@pytest.mark.parametrize(
    ("text", "takes_back"),
    [
        ("我不投诉了,撤销吧", True),
        ("帮我把投诉撤了", True),
        ("取消我的投诉", True),
        ("那个投诉作废吧", True),
        ("我不打算追究店家了", True),
        ("投诉", False),
        ("我要投诉", False),
        ("先这样", False),
        ("还要投诉另一家店", False),
    ],
)
def test_a_complaint_is_taken_back_only_in_so_many_words(text: str, takes_back: bool) -> None:
    assert answers.is_withdrawal(text) is takes_back
