"""The register as officers keep it: a name means one shop, and who closes one leaves nobody waiting."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import negotiations, progress, shop_register, shops
from bot.casework.negotiations import Answer
from bot.casework.officer_records import OfficerEvent
from bot.casework.people import person
from bot.casework.records import Dispute, Negotiation, Person, Shop
from bot.casework.steps import NotPossible
from tests import records
from tests.casework.test_negotiations import HOURS, lodged, told, url_of
from tests.postgres import address_of

FOUND = {
    "name": "永旺超市", "aliases": "永旺、永旺 梦乐城", "street": "中北镇", "address": "万卉路4号",
    "responsible": "刘经理", "email": "liu@example.cn", "verified": "1", "fund_member": "", "guarantee": "1",
}  # fmt: skip


def added(session: Session, now: datetime, **changed: str) -> Shop:
    return shop_register.add(session, {**FOUND, **changed}, "张三", now)


def asked_of(session: Session, name: str, now: datetime) -> Negotiation:
    """A negotiation with the shop of that name, of a citizen of its own."""
    return negotiations.ask(
        session, lodged(session, person(session, "web", name, now), now), HOURS, now, url_of
    )


def test_a_shop_is_entered_as_a_row_of_a_table_is(session: Session, now: datetime) -> None:
    one = added(session, now)
    assert (one.aliases, one.street, one.email) == (
        ["永旺", "永旺 梦乐城"],
        "中北镇",
        "liu@example.cn",
    )
    assert shops.is_reachable(one) and one.verified_by == "张三" and one.has_guarantee
    (event,) = session.scalars(select(OfficerEvent)).all()
    assert (event.kind, event.subject, event.officer) == ("shop_added", f"shop:{one.id}", "张三")


# Another shop of the register, and whether it is the same to who looks one up by name.
OTHERS: list[tuple[dict[str, str], bool]] = [
    ({}, True), ({"name": "永旺 超市"}, True), ({"name": "天津市西青区永旺超市"}, True), ({"name": "永旺"}, True),
    ({"name": "好又多", "aliases": "永旺"}, True), ({"name": "好又多", "aliases": "永旺梦乐城"}, True),
    ({"street": "大寺镇"}, False), ({"street": ""}, False), ({"name": "永旺二店", "aliases": ""}, False),
    ({"name": "好又多", "aliases": "、，"}, False),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "is_same"), OTHERS)
@pytest.mark.parametrize("is_closed", [False, True])
def test_a_name_means_one_shop_of_a_street(
    session: Session, now: datetime, changed: dict[str, str], is_same: bool, is_closed: bool
) -> None:
    first = added(session, now)
    if is_closed:
        shop_register.close(session, first, "张三", now)
    if not is_same:
        assert added(session, now, **changed).id != first.id
        return
    with pytest.raises(shop_register.Known) as caught:
        added(session, now, **changed)
    assert (caught.value.shop_id, caught.value.is_closed) == (first.id, is_closed) and len(
        session.scalars(select(Shop)).all()
    ) == 1


def test_a_change_is_made_in_the_version_that_was_seen(session: Session, now: datetime) -> None:
    one = added(session, now)
    later = now + timedelta(hours=1)
    with pytest.raises(shop_register.Changed):
        shop_register.change(session, one.id, one.version + 1, FOUND, "李四", later)
    seen = one.version
    shop_register.change(session, one.id, seen, {**FOUND, "responsible": "王经理"}, "李四", later)
    assert one.responsible == "王经理" and one.version == seen + 1
    assert (one.verified_at, one.verified_by) == (now, "张三"), "the address is as it was"
    other = {**FOUND, "email": "wang@example.cn"}
    shop_register.change(session, one.id, one.version, other, "李四", later)
    assert (one.verified_at, one.verified_by) == (later, "李四")
    shop_register.change(session, one.id, one.version, {**other, "verified": ""}, "李四", later)
    assert not shops.is_reachable(one)
    kinds = session.scalars(select(OfficerEvent.kind)).all()
    assert kinds.count("shop_changed") == 3


def test_a_change_takes_no_other_shops_name(session: Session, now: datetime) -> None:
    added(session, now)
    other = added(session, now, name="好又多", aliases="")
    with pytest.raises(shop_register.Known):
        changed = {**FOUND, "name": "好又多", "aliases": "永旺"}
        shop_register.change(session, other.id, other.version, changed, "李四", now)


# ── closed ──


def test_what_waits_for_a_closed_shop_goes_on_and_its_citizen_is_told(
    session: Session, now: datetime
) -> None:
    one = added(session, now)
    waiting, offered, agreed = (asked_of(session, name, now) for name in ("c-1", "c-2", "c-3"))
    offer = Answer("offer", "刘经理", "先退一部分", Decimal(200))
    negotiations.answer(session, offered, offer, HOURS, now)
    negotiations.answer(session, agreed, Answer("accept", "刘经理"), HOURS, now)
    assert shop_register.close(session, one, "张三", now) == 2
    for each in (waiting, offered):
        assert (each.dispute.state, each.dispute.lane, each.ended_at) == ("lodged", "queue", now)
    assert sum("不再参加快速解决" in text for text in told(session, "web")) == 2
    assert sum("贵店不再参加快速解决" in text for text in told(session, "shop")) == 2
    steps = session.scalars(select(OfficerEvent.kind)).all()
    assert steps.count("step:escalate") == 2
    assert agreed.dispute.state == "agreed" and agreed.ended_at is None, "it still owes this"
    negotiations.tick(session, now + timedelta(days=8), url_of)
    assert any("收到" in text for text in told(session, "web")[-1:]), "and its citizen is asked"


def test_nothing_is_sent_to_a_closed_shop_until_it_is_taken_up_again(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = added(session, now)
    dispute = lodged(session, citizen, now)
    shop_register.close(session, one, "张三", now)
    assert negotiations.possible(session, dispute, HOURS, now) is None
    with pytest.raises(NotPossible):
        negotiations.ask(session, dispute, HOURS, now, url_of)
    shop_register.reopen(one, now)
    assert negotiations.possible(session, dispute, HOURS, now) is one


def test_a_closed_shop_does_not_stand_in_anothers_way(
    session: Session, citizen: Person, now: datetime
) -> None:
    shop_register.close(session, added(session, now), "张三", now)
    other = added(session, now, street="", email="b@example.cn")
    dispute = lodged(session, citizen, now)
    assert negotiations.possible(session, dispute, HOURS, now) is other


@pytest.mark.parametrize("is_closed", [False, True])
def test_it_is_closed_and_taken_up_again_once(
    session: Session, now: datetime, is_closed: bool
) -> None:
    one = added(session, now)
    if is_closed:
        shop_register.close(session, one, "张三", now)
    with pytest.raises(NotPossible):
        if is_closed:
            shop_register.close(session, one, "张三", now)
        else:
            shop_register.reopen(one, now)


def test_a_table_that_is_read_again_does_not_take_it_up(session: Session, now: datetime) -> None:
    shop_register.close(session, added(session, now), "张三", now)
    table = "名称,别名,地址,街镇,首问负责人,邮箱,邮箱已核实,赔偿先付,质量担保\n永旺超市,,,中北镇,,a@example.cn,是,,\n"
    shops.read(session, table.encode(), now, "operator")
    (one,) = session.scalars(select(Shop)).all()
    assert one.email == "a@example.cn" and one.closed_at is not None


def test_a_dispute_that_was_taken_up_meanwhile_is_left_alone(
    session: Session, now: datetime
) -> None:
    one, asked = added(session, now), asked_of(session, "c-1", now)
    progress.take(session, asked.dispute, "withdraw", "citizen", now)
    assert shop_register.close(session, one, "张三", now) == 0
    assert session.scalars(select(Dispute.state)).all() == ["withdrawn"]


# ── what is wrong with a shop ──

WRONG: list[tuple[dict[str, Any], dict[str, str]]] = [
    ({}, {}), ({"name": ""}, {"name": "no_name"}), ({"name": "。。。"}, {"name": "no_name"}),
    ({"name": "西青区"}, {"name": "no_name"}), ({"street": "和平区"}, {"street": "no_street"}),
    ({"email": ""}, {}), *(({"email": one}, {"email": "no_email"}) for one in (
        "liu", "liu@example", "a@b.cn, c@d.cn", "a@b.cn;c@d.cn", "刘 <a@b.cn>", "a@b.cn.", "a b@c.cn",
        "刘@example.cn", "a@例子.中国", f"{'a' * 250}@b.cn", "a@b.cn\r\nBcc: c@d.cn")),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "wrong"), WRONG)
def test_what_is_wrong_is_told_by_field(changed: dict[str, str], wrong: dict[str, str]) -> None:
    assert shops.problems({**FOUND, **changed}) == wrong


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
def test_of_many_who_enter_a_shop_at_once_one_does(
    database: str, now: datetime, tmp_path: Path
) -> None:
    def enter(sessions: sessionmaker[Session], by: str) -> bool:
        try:
            with sessions.begin() as session:
                shop_register.add(session, FOUND, by, now)
        except shop_register.Known:
            return False
        return True

    with address_of(database, tmp_path) as address:
        opened = records.at(address)
        sessions = next(opened)
        with ThreadPoolExecutor(4) as pool:
            done = list(pool.map(lambda by: enter(sessions, by), ("甲", "乙", "丙", "丁")))
        with sessions() as session:
            assert len(session.scalars(select(Shop)).all()) == 1
        assert sum(done) == 1
        next(opened, None)
