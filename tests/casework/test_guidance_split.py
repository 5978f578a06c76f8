"""Several questions in one message are told apart; a story with one question stays one."""

from pathlib import Path

import pytest
import yaml

from bot.casework import guidance_split
from bot.reading import folding

QUESTIONS = yaml.safe_load(
    (Path(__file__).with_name("guidance_questions.yml")).read_text(encoding="utf-8")
)


def entries(text: str) -> list[str]:
    found = guidance_split.several(folding.plain(text))
    return [] if found is None else [choice.entries[0].id for _, choice in found.asked]


@pytest.mark.parametrize(
    "story",
    [
        "我上周在网上买了双鞋。穿了两天就开胶了。找商家他说是人为的。我问客服能退吗？客服说不行。我该怎么办？能投诉吗？",
        "我在健身房办了张年卡。去了两次。现在店关门了。电话打不通。钱还能退吗？",
        "买的手机坏了，商家不给修。还有客服态度特别差，怎么办？",
        "牛奶过期了还卖给我，能要十倍赔偿吗？",
        "我想问下，退货的运费谁出？我买的是衣服，不合适。",
        "商家说七天无理由不适用，我想问问他说的对吗？我拆了包装。",
        "买到假货怎么赔？去哪投诉？",
        "退货运费谁出？退货邮费谁承担？",
        "新车刹车失灵怎么办？4S店不给退，能退吗？",
        "孩子用我手机打赏主播花了五千。另外孩子才十岁。这钱能要回来吗？",
        "2026年11月3日买的。型号A1.2。用了5天坏了。能退吗",
        "你好！在吗？我网购的衣服不喜欢，能七天无理由退吗？谢谢！",
        "第一次来这里。我买的电视坏了。第二天就报修了。一直没人来。怎么办？",
        "那天天气不错。我和邻居一起逛街。" * 40 + "店家说停业，停业公告要提前多少天？",
        "我问店员能开发票吗？他说没有。我又问能打折吗？他说行。发票到底能不能要？",
    ],
)
def test_a_story_with_one_question_stays_one(story: str) -> None:
    assert entries(story) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("网购的鞋七天无理由能退吗？运费谁出？", ["seven-days", "return-freight"]),
        ("手机买了五天坏了能退吗？另外商家不给开发票怎么办", ["phone-seven-days", "invoice"]),
        ("1、网购七天无理由怎么退 2、退货运费谁承担 3、商家几天退款",
         ["seven-days", "return-freight", "refund-time"]),
        ("第一，健身房倒闭了会员卡的钱怎么退？第二，私教课能转让吗？", ["prepaid-closed", "card-transfer"]),
        ("网上买的衣服不喜欢能退吗？12315几天给回复？", ["seven-days", "acceptance-time"]),
        ("充电宝没有3C能退吗？还有,小票丢了能投诉吗？", ["power-bank-flight", "no-receipt"]),
        ("投诉几天受理？调解要多久？", ["acceptance-time", "sixty-days"]),
        ("外卖吃出虫子怎么赔 另外发票不给开怎么办", ["foreign-body", "invoice"]),
        ("網購七天無理由怎麼退貨？調解要多久？", ["seven-days", "sixty-days"]),
        ("定金能退吗;押金不退怎么办", ["earnest-money", "deposit"]),
        ("(1)定金能退吗(2)押金不退怎么办(3)小票丢了还能投诉吗", ["earnest-money", "deposit", "no-receipt"]),
        ("定金能退吗\n顺便问一下押金不退怎么办", ["earnest-money", "deposit"]),
    ],
)  # fmt: skip
def test_two_or_three_questions_are_answered_in_their_order(text: str, expected: list[str]) -> None:
    assert entries(text) == expected
    found = guidance_split.several(text)
    assert found is not None and not found.is_more


@pytest.mark.parametrize(
    "text",
    [
        "定金能退吗？押金不退怎么办？最终解释权归商家有效吗？车在4S店修了半个月有代步车吗？",
        "1.定金能退吗 2.押金不退怎么办 3.最终解释权归商家有效吗 4.调解要多久 5.退货运费谁承担",
    ],
)
def test_of_four_questions_three_are_answered(text: str) -> None:
    found = guidance_split.several(folding.plain(text))
    assert found is not None and found.is_more
    assert entries(text) == ["earnest-money", "deposit", "final-interpretation"]


def test_no_question_of_the_set_is_split() -> None:
    assert [question for question, _ in QUESTIONS if entries(question)] == []


def test_of_a_long_message_the_end_is_looked_at() -> None:
    story = "那天我们去逛街买了好多东西。" * 130
    text = f"{story}定金能退吗？押金不退怎么办？"
    assert len(text) > 1800
    assert entries(text) == ["earnest-money", "deposit"]
