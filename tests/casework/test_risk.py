"""When complaints that gather are an alarm: a table of situations, and what a rule may say."""

import copy
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.casework import risk
from bot.casework.risk import Case
from bot.library import load, risk_loader
from tests.conftest import NOW

# Numbers of its own, so that an officer may change those of risk.yml: see the first test of this file.
SAID: dict[str, Any] = {
    **load("risk"),
    "rules": {
        "model": {"title": "m", "days": 90, "count": 4, "children": 2, "electrical": 3, "injury": 2},
        "product": {"title": "p", "days": 60, "count": 6, "children": 3, "electrical": 4, "injury": 2},
        "hazard": {"title": "h", "days": 60, "count": 5, "children": 3, "electrical": 4, "injury": 3},
        "shop": {"title": "s", "days": 30, "count": 8, "children": 5, "electrical": 6, "injury": 3},
    },
}  # fmt: skip
RULES = risk_loader.read(SAID, load("categories"))


def cases(count: int, days_ago: float = 1, first: int = 1, **told: Any) -> list[Case]:
    """As many complaints of as many people."""
    told.setdefault("at", NOW - timedelta(days=days_ago))
    return [Case(f"N{one}", one, **told) for one in range(first, first + count)]


def found(all_cases: list[Case], **more: Any) -> set[tuple[str, str, int]]:
    """What was raised: kind, why, people."""
    raised = risk.gathered(all_cases, RULES, NOW, **more)
    return {(one.mark.kind, one.why, risk.people(one.cases)) for one in raised}


SOFA = {"brand": "青禾", "product": "沙发"}
LAMP = {"brand": "青禾", "product": "吸顶灯"}
TOY = {"brand": "乐多", "product": "滑板车"}
MODEL = {"product": "沙发", "model": "QH-1000"}

SITUATIONS: dict[str, tuple[list[Case], set[tuple[str, str, int]]]] = {
    "nothing has come": ([], set()),
    "one below the number is no alarm": (cases(5, **SOFA), set()),
    "the number itself is one": (cases(6, **SOFA), {("product", "count", 6)}),
    "more than the number is still one alarm": (cases(9, **SOFA), {("product", "count", 9)}),
    "electrical products sooner": (cases(4, **LAMP), {("product", "electrical", 4)}),
    "but not below their number": (cases(3, **LAMP), set()),
    "children's products sooner still": (cases(3, **TOY), {("product", "children", 3)}),
    "but not two of them": (cases(2, **TOY), set()),
    "two hurt are enough": (cases(2, **SOFA, is_hurt=True), {("product", "injury", 2)}),
    "one hurt is one case": (cases(1, **SOFA, is_hurt=True), set()),
    "one hurt and one not are not two hurt": (
        cases(1, **SOFA, is_hurt=True) + cases(1, first=2, **SOFA), set(),
    ),
    "an injury is the reason told where both numbers are met": (
        cases(2, **LAMP, is_hurt=True) + cases(3, first=3, **LAMP), {("product", "injury", 5)},
    ),
    "a day too old does not count": (
        cases(5, **SOFA) + cases(1, days_ago=60, first=6, **SOFA), set(),
    ),
    "within the days it does": (
        cases(5, **SOFA) + cases(1, days_ago=59.9, first=6, **SOFA), {("product", "count", 6)},
    ),
    "each kind has its own days": (
        cases(4, days_ago=80, **MODEL, brand="青禾"), {("model", "count", 4)},
    ),
    "several disputes of one person are one": (
        [replace(one, person=7) for one in cases(9, **SOFA)], set(),
    ),
    "one person's many add nobody": (
        cases(5, **SOFA) + [replace(one, person=1) for one in cases(4, first=10, **SOFA)], set(),
    ),
    "another brand is another thing": (
        cases(3, **SOFA) + cases(3, first=4, brand="北木", product="沙发"), set(),
    ),
    "another product of the brand too": (
        cases(3, **SOFA) + cases(3, first=4, brand="青禾", product="书包"), set(),
    ),
    "a brand however it is written": (
        cases(2, brand="QINGHE", product="沙发") + cases(2, first=3, brand="qinghe", product="沙发")
        + cases(2, first=5, brand="Qing He牌", product="沙发"), {("product", "count", 6)},
    ),
    "two words for one product": (
        cases(2, brand="青禾", product="充电宝") + cases(2, first=3, brand="青禾", product="移动电源"),
        {("product", "electrical", 4)},
    ),
    "kinds of lamps are lamps": (
        cases(2, brand="青禾", product="吸顶灯") + cases(2, first=3, brand="青禾", product="台灯"),
        {("product", "electrical", 4)},
    ),
    "a case for a phone is no phone": (
        cases(3, brand="青禾", product="手机") + cases(1, first=4, brand="青禾", product="手机壳"), set(),
    ),
    "a microwave oven is no soya milk maker": (
        cases(2, brand="青禾", product="微波炉") + cases(2, first=3, brand="青禾", product="豆浆机"), set(),
    ),
    "a product that no table lists, by its own name": (
        cases(6, brand="青禾", product="根雕摆件"), {("product", "count", 6)},
    ),
    "a children's product that no table lists": (
        cases(3, brand="青禾", product="儿童滑雪板"), {("product", "children", 3)},
    ),
    "no brand is no brand in common": (cases(9, brand="无", product="沙发"), set()),
    "without a brand nothing is known to be the same": (cases(9, product="沙发"), set()),
    "one model, with and without its brand": (
        cases(2, **MODEL) + cases(2, first=3, **MODEL, brand="青禾"), {("model", "count", 4)},
    ),
    "a model however it is written": (
        cases(2, model="QH-1000") + cases(2, first=3, model="qh1000"), {("model", "count", 4)},
    ),
    "another model is another": (cases(3, **MODEL) + cases(3, first=4, model="QH-1001"), set()),
    "a short model alone says nothing": (cases(9, model="X5"), set()),
    "a short model of a brand does": (
        cases(4, model="X5", brand="青禾"), {("model", "count", 4)},
    ),
    "a short model of two brands is two": (
        cases(3, model="X5", brand="青禾") + cases(3, first=4, model="X5", brand="北木"), set(),
    ),
    "a rating is no model": (cases(9, model="48V20Ah", brand="青禾"), set()),
    "a name without a digit is no model": (cases(9, model="Pro", brand="青禾"), set()),
    "one danger of one kind of product, whatever its brand": (
        cases(2, **LAMP, facts="灯突然冒烟") + cases(2, first=3, product="台灯", facts="半夜起火了"),
        {("hazard", "electrical", 4)},
    ),
    "different dangers do not add up": (
        cases(2, product="台灯", facts="起火") + cases(2, first=3, product="台灯", facts="漏电"), set(),
    ),
    "one danger of different things neither": (
        cases(3, product="台灯", facts="起火") + cases(3, first=4, product="沙发", facts="起火"), set(),
    ),
    "a danger that is denied is none": (cases(9, product="台灯", facts="没有冒烟,就是不亮"), set()),
    "a danger that is feared is none": (cases(9, product="台灯", facts="担心会起火"), set()),
    "a denial in another clause denies nothing": (
        cases(4, product="台灯", facts="没有说明书,一开就冒烟"), {("hazard", "electrical", 4)},
    ),
    "a part's name is no danger": (cases(9, product="插座", facts="漏电保护器不好用"), set()),
    "eight people and one shop": (cases(8, merchant="永旺超市"), {("shop", "count", 8)}),
    "seven are not": (cases(7, merchant="永旺超市"), set()),
    "a shop with and without the district's name": (
        cases(4, merchant="天津市永旺超市") + cases(4, first=5, merchant="永旺 超市"),
        {("shop", "count", 8)},
    ),
    "a shop of the register under two names": (
        cases(4, merchant="永旺", shop_id=3) + cases(4, first=5, merchant="永旺梦乐城", shop_id=3),
        {("shop", "count", 8)},
    ),
    "two shops of one name in the register are two": (
        cases(4, merchant="永旺", shop_id=3) + cases(4, first=5, merchant="永旺", shop_id=4), set(),
    ),
    "a platform is no shop": (cases(20, merchant="拼多多"), set()),
    "a bare trade is no shop": (cases(20, merchant="超市"), set()),
    "at a shop only its children's things count sooner": (
        cases(4, merchant="小天地", product="滑板车") + cases(3, first=5, merchant="小天地", product="沙发"),
        set(),
    ),
    "five of them do": (
        cases(5, merchant="小天地", product="滑板车"), {("shop", "children", 5)},
    ),
    "several things in common are several alarms": (
        cases(4, brand="青禾", product="吸顶灯", model="QH-1000", facts="冒烟了"),
        {("model", "electrical", 4), ("product", "electrical", 4), ("hazard", "electrical", 4)},
    ),
    "what lies in the future is not counted": (cases(6, days_ago=-1, **SOFA), set()),
}  # fmt: skip


def test_the_rules_of_the_library_can_be_read() -> None:
    assert {one.kind for one in risk_loader.rules().rules} == set(risk_loader.KINDS)
    for rule in risk_loader.rules().rules:  # the district's plan names both
        assert rule.counts["children"] < rule.counts["count"] > rule.counts["electrical"]


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_situation_is_an_alarm_or_not(situation: str) -> None:
    told, expected = SITUATIONS[situation]
    assert found(told) == expected
    assert found(told[::-1]) == expected  # whatever the order


def test_names_that_recalls_print_of_one_brand_are_one() -> None:
    told = cases(3, brand="罗马仕", product="沙发") + cases(
        3, first=4, brand="ROMOSS", product="沙发"
    )
    assert found(told) == set()
    same = {"罗马仕": "罗马仕", "r0m0ss": "罗马仕"}
    assert found(told, same_brand=same) == {("product", "count", 6)}


def test_what_was_decided_counts_no_more_and_neither_do_its_people() -> None:
    old, again = (
        cases(6, **SOFA),
        [replace(one, number=f"A{one.person}") for one in cases(6, **SOFA)],
    )
    settled = {("product", "青禾|沙发"): frozenset(one.number for one in old)}
    more = cases(6, first=11, **SOFA)
    assert found([*old, *again], settled=settled) == set()
    assert found([*old, *again, *more[:5]], settled=settled) == set()
    assert found([*old, *again, *more], settled=settled) == {("product", "count", 6)}


WRONG: list[tuple[str, Callable[[dict[str, Any]], Any], str]] = [
    ("a number below one", lambda s: s["rules"]["model"].update(count=-1), "rules.model.count: -1"),
    ("no number", lambda s: s["rules"]["model"].update(count="vier"), "rules.model.count: vier"),
    ("yes is no number", lambda s: s["rules"]["model"].update(injury=True), "rules.model.injury"),
    ("zero days", lambda s: s["rules"]["shop"].update(days=0), "rules.shop.days: 0"),
    ("longer than is kept", lambda s: s["rules"]["shop"].update(days=400), "365"),
    ("no days", lambda s: s["rules"]["shop"].pop("days"), "rules.shop.days: None"),
    ("no count", lambda s: s["rules"]["shop"].pop("count"), "rules.shop.count: is missing"),
    ("no title", lambda s: s["rules"]["shop"].pop("title"), "title"),
    ("an unknown category", lambda s: s["rules"]["shop"].update(pets=2), "rules.shop.pets"),
    ("an unknown kind", lambda s: s["rules"].update(street={"count": 1}), "rules.street"),
    ("later, not sooner", lambda s: s["rules"]["shop"].update(children=9), "more than count 8"),
    ("no rules", lambda s: s.update(rules={}), "rules: is missing or empty"),
    ("a category nobody follows", lambda s: s["categories"].update(pets={}), "categories.pets"),
    ("an unknown type", lambda s: s["categories"]["children"]["types"].append("飞船"), "飞船"),
    ("words that are no list", lambda s: s["hazards"]["fire"].update(words="起火"), "hazards.fire.words"),
    ("no words at all", lambda s: s["hazards"].update(fire={}), "hazards.fire.words"),
]  # fmt: skip


@pytest.mark.parametrize(("why", "spoil", "told"), WRONG, ids=[one[0] for one in WRONG])
def test_what_is_written_wrong_is_told_with_its_place(
    why: str, spoil: Callable[[dict[str, Any]], Any], told: str
) -> None:
    said = copy.deepcopy(SAID)
    spoil(said)
    with pytest.raises(risk_loader.BadRules, match=told):
        risk_loader.read(said, load("categories"))
