"""Traders' questions, and matters outside of the district: who is responsible and which rules stay."""

import pytest

from actions.turn import streets
from bot.casework import guidance, guidance_case, guidance_place
from bot.casework.guidance_case import Case, Told
from bot.library import guidance_loader, load
from bot.reading import folding
from tests.conftest import NOW


@pytest.mark.parametrize(
    ("text", "reach"),
    [
        ("我在北京买的手机能退吗", "city"),
        ("在石家庄的店里办的健身卡倒闭了", "city"),
        ("上海那边商场买的鞋开胶", "city"),
        ("商家地址在杭州", "city"),
        ("我在河西区一个门店买的", "district"),
        ("塘沽的超市卖过期牛奶", "district"),
        ("新疆的哈密瓜坏了能退吗", None),
        ("北京现代的车保修几年", None),
        ("我住北京,东西在西青买的", None),
        ("我在中北镇买的", None),
        ("我在天津买的", None),
        ("七天无理由怎么退", None),
        ("", None),
    ],
)
def test_where_the_matter_lies(text: str, reach: str | None) -> None:
    assert guidance_place.beyond(text, streets()) == reach


@pytest.mark.parametrize(
    ("text", "is_trader"),
    [
        ("我是商家,被顾客投诉了怎么办", True),
        ("我开店的,顾客投诉我卖假货要赔三倍", True),
        ("我们是卖家", True),
        ("我家开超市的,有人举报我过期食品", True),
        ("职业打假人投诉我店怎么办", True),
        ("我开了家奶茶店被职业打假人举报了", True),
        ("我是商家的会员", False),
        ("我在他开的店买的", False),
        ("我被商家骗了", False),
        ("我是一家服装店的老顾客", False),
        ("我自己开的车", False),
        ("我要投诉商家", False),
        ("我开始以为这家店不错", False),
    ],
)
def test_who_trades(text: str, is_trader: bool) -> None:
    assert guidance_place.is_trader(text) == is_trader


def test_no_entry_says_tianjin_s_own_rules_for_another_city() -> None:
    today = NOW.date()
    for entry in guidance_loader.entries():
        there = guidance_place.fitting(entry, "city")
        days = Case(tuple(Told(today, today, term.start) for term in there.terms))
        told = "\n".join((there.answer, there.rule, there.next, there.limits,
                          there.exceptions,
                          *guidance_case.lines(there, days, today), *guidance.citations(there)))  # fmt: skip
        assert "天津" not in told, entry.id
        assert there.answer and (there.cite or not entry.cite), entry.id
        assert bool(there.rule) == bool(entry.rule)


def test_in_tianjin_every_entry_stays_as_it_is() -> None:
    for entry in guidance_loader.entries():
        assert guidance_place.fitting(entry, "district") is entry
        assert guidance_place.fitting(entry, None) is entry


@pytest.mark.parametrize(
    ("entry_id", "other"),
    [("repair-deadline", "refusal-fifteen-days"), ("twice-repaired", "quality-return")],
)
def test_what_is_tianjin_s_alone_has_a_general_entry(entry_id: str, other: str) -> None:
    assert guidance_place.fitting(guidance.entry(entry_id), "city").id == other


@pytest.mark.parametrize("reach", ["city", "district"])
def test_one_line_says_who_is_responsible_and_which_door(reach: guidance_place.Reach) -> None:
    [line] = guidance_place.lines(guidance.entry("seven-days"), "能退吗", reach)
    assert "12315" in line and "第13条" in line and "办不了" in line
    for entry_id in load("guidance_reach")["says_where"]:
        assert guidance_place.lines(guidance.entry(entry_id), "能退吗", reach) == []


def test_a_trader_is_told_that_this_is_for_consumers() -> None:
    trader = folding.plain("我是商家，顾客要七天无理由退货")
    [line] = guidance_place.lines(guidance.entry("seven-days"), trader, None)
    assert "12315" in line and "经营者" in line
    assert guidance_place.lines(guidance.entry("not-consumer"), trader, None) == []


def test_the_tables_name_entries_that_are_there() -> None:
    table = load("guidance_reach")
    named = {*table["says_where"], *table["says_trader"], *table["instead"], *table["instead"].values(),
             *load("guidance_words")["general"]}  # fmt: skip
    assert named <= {entry.id for entry in guidance_loader.entries()}
