"""What people own and follow: read from their words, kept once, deleted by nobody else."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.casework import people, recalls, things
from bot.casework.records import Person, Thing
from bot.casework.things import Wish


@pytest.fixture
def library(session: Session, now: datetime) -> Session:
    """A session on the shipped notices."""
    recalls.ship(session, now)
    return session


def owned(words: str = "我家的充电宝", **fields: Any) -> Wish:
    return Wish(
        **{"kind": "owned", "words": words, "brand": "罗马仕", "model": "PAC20-272", **fields}
    )


@pytest.mark.parametrize(
    ("said", "marked", "kind", "named"),
    [
        ("我家有个罗马仕充电宝PAC20-272", {}, "owned", ("罗马仕", "PAC20-272", "移动电源")),
        ("我家有个罗马仕充电宝，型号不知道", {}, "owned", ("罗马仕", None, "移动电源")),
        ("记一下型号QX-77A，有召回告诉我", {}, "owned", (None, "qx-77a", None)),
        ("关注小米的召回", {"brand": "小米"}, "brand", ("小米", None, None)),
        ("盯一下这个品牌的召回：九阳", {"brand": "九阳"}, "brand", ("九阳", None, None)),
        ("关注罗马仕的召回", {}, "brand", ("罗马仕", None, None)),
        ("关注小米充电宝的召回", {"brand": "小米"}, "owned", ("小米", None, "移动电源")),
        ("关注儿童用品的召回", {"product": "儿童用品"}, "category", (None, None, "children")),
        ("我家有小孩 儿童产品召回都通知我", {}, "category", (None, None, "children")),
        ("家电召回消息怎么订阅", {}, "category", (None, None, "electrical")),
        ("电瓶车召回关注一下", {}, "category", (None, None, "e_bikes")),
        ("关注儿童电动车的召回", {}, "category", (None, None, "电动童车")),
        ("帮忙留意儿童安全座椅的召回", {}, "category", (None, None, "儿童安全座椅")),
        ("我家有个榨油坊摇臂", {"product": "摇臂"}, "category", (None, None, "摇臂")),
    ],
)
def test_words_become_what_is_followed(
    library: Session, said: str, marked: dict[str, str], kind: str, named: tuple[str | None, ...]
) -> None:
    wish = things.read(library, said, **marked)
    assert wish is not None and wish.kind == kind
    assert (wish.brand, wish.model, wish.product) == named


@pytest.mark.parametrize(
    "said", ["我要订阅召回提醒", "订阅", "开通召回推送", "有召回第一时间告诉我"]
)
def test_words_that_name_nothing_become_nothing(library: Session, said: str) -> None:
    assert things.read(library, said) is None


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (owned(), owned("罗马仕的那个", model="pac20 272", product="充电宝")),
        (owned(), owned("ＰＡＣ２０－２７２", model="ＰＡＣ２０－２７２")),
        (owned(model=None, product="充电宝"), owned(model=None, product="移动电源")),
        (Wish("brand", "关注小米", brand="小米"), Wish("brand", "小米有召回就说", brand="小米")),
        (Wish("category", "童车", product="童车"), Wish("category", "关注童车", product="童车")),
    ],
)
def test_the_same_told_twice_is_one_in_its_newest_words(
    session: Session, citizen: Person, now: datetime, first: Wish, second: Wish
) -> None:
    kept = things.keep(session, citizen, first, now)
    assert things.keep(session, citizen, second, now).id == kept.id
    (thing,) = things.of_person(session, citizen)
    assert thing.words == second.words


@pytest.mark.parametrize(
    "other",
    [owned(model="PAC20-392"), owned(brand="倍思"), owned(model=None, product="充电宝"),
     Wish("brand", "罗马仕", brand="罗马仕"), Wish("category", "充电宝", product="移动电源")],
)  # fmt: skip
def test_what_differs_is_kept_beside(
    session: Session, citizen: Person, now: datetime, other: Wish
) -> None:
    things.keep(session, citizen, owned(), now)
    things.keep(session, citizen, other, now)
    assert len(things.of_person(session, citizen)) == 2


def test_no_more_than_fifty_are_kept_and_one_of_them_may_change(
    session: Session, citizen: Person, now: datetime
) -> None:
    for number in range(things.MOST):
        things.keep(session, citizen, owned(model=f"QX-{number}"), now)
    with pytest.raises(things.Full):
        things.keep(session, citizen, owned(model="QX-new"), now)
    things.keep(session, citizen, owned("别的说法", model="QX-7"), now)
    assert len(things.of_person(session, citizen)) == things.MOST


def test_nobody_deletes_what_is_anothers(session: Session, citizen: Person, now: datetime) -> None:
    other = people.person(session, "web", "c-2", now)
    mine = things.keep(session, citizen, owned(), now)
    things.keep(session, other, owned(), now)
    for number in (str(mine.id), "0", "", "1 OR 1=1", "９９"):
        assert things.delete(session, other, number) is None
    assert things.delete_all(session, other) == 1
    assert [one.id for one in session.scalars(select(Thing))] == [mine.id]
    assert things.delete(session, citizen, str(mine.id)) is mine
    assert session.scalars(select(Thing)).all() == []


def test_the_words_lie_sealed(session: Session, citizen: Person, now: datetime) -> None:
    things.keep(session, citizen, owned("王小明家的充电宝"), now)
    (raw,) = session.execute(text("SELECT words FROM things")).scalars()
    assert "王小明".encode() not in bytes(raw)


@pytest.mark.parametrize(
    ("wish", "shown"),
    [
        (owned("我家的充电宝"), "我家的充电宝"),
        (owned("长" * 60), "长" * 40 + "…"),
        (owned("我买了个小米电饭煲帮我记着，有召回通知我"), "小米电饭煲"),
        (owned("我家有个罗马仕充电宝PAC20-272，有召回告诉我"), "罗马仕充电宝PAC20-272"),
        (owned("罗马仕充电宝，2024年买的，有召回提醒我一下"), "罗马仕充电宝，2024年买的"),
        (owned("去年买的一台美的风扇"), "美的风扇"),
        (owned("帮我盯着点，我家有个倍思充电宝，有召回就告诉我"), "倍思充电宝"),
        (owned("有召回告诉我"), "有召回告诉我"),
        (owned("给孩子买的安全座椅会不会召回 好孩子的 型号cs768"), "安全座椅，好孩子的 型号cs768"),
        (owned("美的电饭煲有没有召回 型号 FB40"), "美的电饭煲，型号 FB40"),
        (owned("充电宝会召回吗 小米的"), "充电宝，小米的"),
        (owned("奶瓶召回了没有 贝亲的"), "奶瓶，贝亲的"),
        (owned("电饭煲 美的 有召回吗"), "电饭煲 美的"),
        (owned("飞利浦剃须刀有没有召回 不知道型号"), "飞利浦剃须刀"),
        (owned("给老人买的按摩椅召回了吗"), "按摩椅"),
        (Wish("brand", "关注小米的召回", brand="小米"), "小米"),
        (Wish("category", "关注儿童用品", product="children"), "儿童用品"),
        (Wish("category", "关注充电宝", product="移动电源"), "移动电源"),
    ],
)
def test_a_thing_is_called_in_its_owners_words(wish: Wish, shown: str) -> None:
    assert things.name(wish) == shown
