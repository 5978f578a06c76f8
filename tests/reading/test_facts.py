"""From a message to the facts of a dispute, and bare answers to a question."""

from datetime import date

import pytest

from bot.reading import answers, facts, shop_names

TODAY = date(2026, 11, 2)
STREETS = {"杨柳青镇": ["杨柳青"], "中北镇": ["中北"]}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("杨柳青镇的好又多超市", "好又多超市"),
        ("好又多", "好又多"),
        ("是老王烧烤", "老王烧烤"),
        ("<b>老王</b>烧烤", "<b>老王</b>烧烤"),
        ("中北镇", None),
        ("他们不给退款", None),
        ("花了300块", None),
    ],
)
def test_a_shops_name_is_what_is_left_of_a_bare_answer(text: str, name: str | None) -> None:
    assert shop_names.name_in(text, STREETS) == name


@pytest.mark.parametrize(
    ("field", "text", "is_one"),
    [
        ("occurred_on", "年前", True),
        ("occurred_on", "国庆前后", True),
        ("occurred_on", "刚买的", True),
        ("occurred_on", "他们凭什么不认", False),
        ("amount", "两万多", True),
        ("amount", "280", True),
        ("amount", "真是气死人", False),
        ("merchant", "随便什么", True),
    ],
)
def test_a_bare_answer_must_look_like_one(field: str, text: str, is_one: bool) -> None:
    assert facts.is_readable(field, text, TODAY) is is_one


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("商家不对，是好又多超市柳口路店", "好又多超市柳口路店"),
        ("店名写错了应该是老王烧烤", "老王烧烤"),
        ("地点改成杨柳青镇", "杨柳青镇"),
        ("商家名字错了", None),
    ],
)
def test_a_correction_puts_a_value_in_the_place(text: str, value: str | None) -> None:
    assert answers.corrected_value(text) == value


@pytest.mark.parametrize(
    "text", ["不留", "不留了", "不想留", "不想留电话", "不提供", "先不留", "不方便透露手机号"]
)
def test_contact_details_can_be_withheld_in_plain_words(text: str) -> None:
    assert answers.is_unknown(text)


@pytest.mark.parametrize("text", ["商家不给退款", "他们不给我发货", "不给修", "留一下电话"])
def test_a_refusal_of_the_shop_is_no_withholding(text: str) -> None:
    assert not answers.is_unknown(text)
