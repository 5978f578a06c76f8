"""A thing that broke is no food that went bad, though both are 坏了 and both stand in a supermarket."""

from pathlib import Path

import pytest
import yaml

from bot.casework import guidance
from bot.library import guidance_loader

FOOD = {
    one["id"]
    for one in yaml.safe_load(
        (Path(guidance_loader.__file__).parent / "guidance" / "food.yml").read_text(
            encoding="utf-8"
        )
    )["entries"]
}
THINGS = [
    "超市买的锅坏了", "中北镇好又多超市买的锅坏了，花了89，要求退货", "超市买的拖鞋坏了", "超市买的台灯用两天就坏了",
    "超市买的伞坏了", "奶瓶坏了", "面包机坏了", "绞肉机坏了不给修", "吃饭的桌子坏了", "电饼铛坏了", "酸奶机坏了",
    "牛奶锅坏了要求退", "鸡蛋机用一次就坏了", "菜刀坏了", "冰箱保质期内坏了", "饭盒坏了能退吗", "鱼缸坏了不给退",
    "在超市买的儿童水杯坏了，商家不管",
]  # fmt: skip
FOODS = [
    "超市买的鸡蛋坏了",
    "买的肉坏了",
    "面包坏了",
    "牛奶坏了",
    "超市买的水果坏了",
    "奶粉坏了",
    "超市的熟食坏了",
    "豆腐酸了",
    "一箱苹果坏了",
    "超市买的盒饭坏了",
]
IN_PACKS = ["面包坏了", "一瓶牛奶坏了", "一包饼干坏了", "三盒罐头坏了"]  # no pack, bottle or box broke  # fmt: skip


@pytest.mark.parametrize("said", THINGS)
def test_a_thing_that_broke_gets_no_rule_for_food(said: str) -> None:
    found = guidance.choose(said)
    assert not (found.is_sure and found.entries[0].id in FOOD)


@pytest.mark.parametrize("said", [said for said in THINGS if "买" in said])
def test_a_broken_thing_one_bought_gets_the_rule_for_poor_quality(said: str) -> None:
    assert guidance.choose(said).entries[0].id == "quality-return"


@pytest.mark.parametrize("said", FOODS)
def test_food_that_went_bad_gets_its_rule_first(said: str) -> None:
    assert guidance.choose(said).entries[0].id == "spoiled-food"


@pytest.mark.parametrize("said", IN_PACKS)
def test_what_food_comes_in_makes_it_no_thing(said: str) -> None:
    found = guidance.choose(said)
    assert found.is_sure and found.entries[0].id == "spoiled-food"
