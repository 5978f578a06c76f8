"""What may stand against a dispute before it is lodged, by tables; no Rasa, a given moment."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy.orm import Session

from bot.casework import disputes, people, precheck
from bot.casework.records import Dispute, DisputeEvent, Person
from bot.library import labels, words

TODAY = date(2026, 11, 2)
STORY = "用了三天就不通电，店里只肯修不肯退"


def told(**fields: object) -> Dispute:
    """A dispute that is in no records, with what a row tells of it."""
    return Dispute(**{"facts": STORY, **fields})


@pytest.mark.parametrize(
    ("location", "more", "is_found"),
    [
        ("河西区", {}, True), ("天津市南开区白堤路", {}, True), ("河西", {}, True), ("在滨海那边", {}, True),
        ("塘沽", {}, True), ("天津大港", {}, True), ("北京", {}, True), ("河北省廊坊市", {}, True),
        ("武清区河西务镇", {}, True), ("南开", {}, True),
        ("中北镇永旺", {}, False), ("西青区", {}, False), ("杨柳青", {}, False), ("精武镇", {}, False),
        ("大寺", {}, False), ("河西区", {"platform": "淘宝"}, False), ("永旺", {"street": "中北镇"}, False),
        ("南开大学", {}, False), ("河东路", {}, False), ("北京路", {}, False), ("小区门口", {}, False),
        ("天津", {}, False), ("李七庄，挨着河西区", {}, False), (None, {}, False), ("北京烤鸭店", {}, False),
    ],
)  # fmt: skip
def test_a_place_that_is_surely_anothers_is_told(
    location: str | None, more: dict[str, str], is_found: bool
) -> None:
    found = precheck.findings(told(location=location, **more), TODAY)
    assert ("not_ours" in found) is is_found


@pytest.mark.parametrize(
    ("since", "today", "is_found"),
    [
        (date(2023, 11, 2), date(2026, 11, 2), False),  # three years to the day
        (date(2023, 11, 1), date(2026, 11, 2), True),
        (date(2023, 11, 3), date(2026, 11, 2), False),
        (date(2024, 2, 29), date(2027, 2, 28), False),
        (date(2024, 2, 29), date(2027, 3, 1), True),
        (date(2021, 2, 28), date(2024, 2, 28), False),
        (date(2021, 2, 28), date(2024, 2, 29), True),
        (date(2023, 12, 31), date(2027, 1, 1), True),
        (date(2010, 5, 1), date(2026, 11, 2), True),
        (date(2027, 1, 1), date(2026, 11, 2), False),
        (None, date(2026, 11, 2), False),
    ],
)
def test_three_calendar_years_are_counted(since: date | None, today: date, is_found: bool) -> None:
    found = precheck.findings(told(occurred_on=since), today)
    assert ("over_three_years" in found) is is_found


@pytest.mark.parametrize(
    ("standing", "found"),
    [
        (None, []), ("own", []), ("handled", ["handled_elsewhere"]), ("business", ["not_a_consumer"]),
        ("for_another", ["for_another"]), ("shared", ["shared"]),
    ],
)  # fmt: skip
def test_the_standing_tells_what_may_stand_against_it(
    standing: str | None, found: list[str]
) -> None:
    assert precheck.findings(told(standing=standing), TODAY) == found


def test_several_findings_come_in_one_order() -> None:
    dispute = told(standing="handled", occurred_on=date(2020, 1, 1), location="河西区")
    found = ["not_ours", "over_three_years", "handled_elsewhere"]
    assert precheck.findings(dispute, TODAY) == found


def test_every_finding_has_its_words() -> None:
    for code in (*precheck.GROUNDS, "for_another", "shared"):
        said = words(f"finding_{code}", district="西青区")
        assert "总局令第121号" in said and "2026-04-15" in said
        assert not any(word in said for word in ("职业", "打假", "恶意", "保证"))
        assert ("可能不予受理" in said) is (code in precheck.GROUNDS)


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ({}, {}, True),
        ({"merchant": "永旺超市"}, {"merchant": "永旺"}, True),
        ({"merchant": "永旺 超市"}, {"merchant": "永旺超市（中北店）"}, True),
        ({"merchant": "永旺超市"}, {"merchant": "物美超市"}, False),
        ({"merchant": "ＫＦＣ"}, {"merchant": "kfc"}, True),
        ({"product": "电饭煲"}, {"product": "美的电饭煲"}, True),
        ({"product": "电饭煲"}, {"product": "电风扇"}, False),
        ({"product": None}, {"product": "电饭煲"}, True),  # the story is the same
        ({"product": None}, {"product": None, "facts": "买的牛奶是酸的"}, False),
        ({"merchant": None, "platform": "淘宝"}, {"merchant": None, "platform": "淘宝"}, True),
        ({"merchant": None, "platform": "淘宝"}, {"merchant": None, "platform": "京东"}, False),
        ({"merchant": None}, {"merchant": None}, False),  # nobody is named: nothing is sure
        ({"merchant": "店"}, {"merchant": "永旺店"}, False),
        ({"merchant": "甲", "platform": "淘宝"}, {"merchant": "乙", "platform": "淘宝"}, False),
        ({"merchant": None, "platform": "淘宝"}, {"merchant": "甲", "platform": "淘宝"}, True),
    ],
)  # fmt: skip
def test_the_same_matter_is_the_same_shop_and_the_same_thing(
    one: dict[str, str], other: dict[str, str], is_same: bool
) -> None:
    usual = {"merchant": "永旺超市", "product": "电饭煲"}
    assert precheck.is_same(told(**{**usual, **one}), told(**{**usual, **other})) is is_same


@pytest.mark.parametrize(
    ("one", "other", "is_same"),
    [
        ("移动电源", "充电宝", True), ("20000毫安充电宝", "小米移动电源", True), ("电动车", "雅迪电瓶车", True),
        ("电饭锅", "电饭煲", True), ("热水壶", "电热水壶", True), ("排插", "插线板", True),
        ("电冰箱", "冰柜", True), ("小太阳", "取暖器", True), ("婴儿车", "儿童推车", True),
        ("充电宝", "充电器", False), ("手机壳", "手机充电宝", False), ("微波炉", "豆浆机", False),
        ("剃须刀", "电动牙刷", False), ("路由器", "打印机", False), ("电风扇", "暖风机", False),
        ("床单", "枕头", False), ("炒锅", "高压锅", False), ("起床闹钟", "机床", False), ("牛奶", "酸奶", False),
    ],
)  # fmt: skip
def test_two_names_of_one_thing_are_one_and_two_things_of_a_kind_are_not(
    one: str, other: str, is_same: bool
) -> None:
    for pair in ((one, other), (other, one)):
        assert precheck.is_same(*(told(merchant="永旺", product=name) for name in pair)) is is_same


@pytest.mark.parametrize(
    ("again", "is_found"),
    [
        ({"product": "移动电源", "facts": "充不进电了，找店里不给换"}, True),
        ({"product": "小米充电宝", "facts": "昨天说过的，到现在没人管", "merchant": "永旺超市（中北店）"}, True),
        ({"product": None, "facts": "买的充电宝用了两天就充不进电，店里不管"}, True),
        ({"product": "行动电源", "facts": "鼓包了", "platform": "淘宝"}, True),
        ({"product": "充电宝", "merchant": "物美"}, False),
        ({"product": "充电器"}, False),
        ({"product": None, "merchant": None}, False),
    ],
)  # fmt: skip
def test_a_dispute_told_again_is_pointed_out_and_kept(
    session: Session, citizen: Person, now: datetime, again: dict[str, str], is_found: bool
) -> None:
    story = "买的充电宝用了两天就充不进电，店里不管"
    last = lodged(session, citizen, now, product="充电宝", facts=story)
    for days in (1, 2) if is_found else (1,):  # a third time is pointed out like the second
        later = now + timedelta(days=days)
        draft = drafted(session, citizen, later, **again)
        assert precheck.same_before(session, draft, later) is (last if is_found else None)
        disputes.lodge(session, draft, operator="bureau", limit=Decimal(2000), now=later)
        session.flush()
        assert draft.state == "lodged" and draft.number not in (None, last.number)
        last = draft


def lodged(
    session: Session, who: Person, at: datetime, operator: str = "independent", **fields: object
) -> Dispute:
    draft = drafted(session, who, at, **fields)
    disputes.lodge(session, draft, operator=operator, limit=Decimal(2000), now=at)  # type: ignore[arg-type]
    return draft


def drafted(session: Session, who: Person, at: datetime, **fields: object) -> Dispute:
    draft = disputes.start(session, who, at)
    usual = {"merchant": "永旺超市", "product": "电饭煲", "facts": STORY}
    for field, value in {**usual, **fields}.items():
        setattr(draft, field, value)
    return draft


@pytest.mark.parametrize(
    ("days", "state", "is_found"),
    [
        (1, "lodged", True), (364, "lodged", True), (366, "lodged", False), (5, "withdrawn", False),
        (5, "refused", True), (5, "settled", True), (5, "closed", True), (5, "mediating", True),
        (5, "draft", False),
    ],
)  # fmt: skip
def test_what_was_told_before_is_found_within_a_year(
    session: Session, citizen: Person, now: datetime, days: int, state: str, is_found: bool
) -> None:
    earlier = lodged(session, citizen, now - timedelta(days=days))
    earlier.state = state
    found = precheck.same_before(session, drafted(session, citizen, now), now)
    assert (found is earlier) is is_found


def test_another_persons_dispute_is_never_found(
    session: Session, citizen: Person, now: datetime
) -> None:
    lodged(session, people.person(session, "web", "c-2", now), now)
    assert precheck.same_before(session, drafted(session, citizen, now), now) is None


def test_of_several_the_last_is_found(session: Session, citizen: Person, now: datetime) -> None:
    lodged(session, citizen, now - timedelta(days=9))
    last = lodged(session, citizen, now - timedelta(days=3))
    lodged(session, citizen, now - timedelta(days=1), product="牛奶")
    assert precheck.same_before(session, drafted(session, citizen, now), now) is last


def test_signs_of_bulk_are_counts_of_ninety_days_and_of_one_person(
    session: Session, citizen: Person, now: datetime
) -> None:
    assert precheck.bulk_signs(session, citizen, now) == {
        "lodged_in_90_days": 0, "most_with_one_shop": 0,
    }  # fmt: skip
    for days, merchant in ((91, "永旺超市"), (89, "永旺超市"), (2, "永旺 超市"), (1, "物美")):
        lodged(session, citizen, now - timedelta(days=days), merchant=merchant)
    lodged(session, people.person(session, "web", "c-2", now), now)
    drafted(session, citizen, now)
    assert precheck.bulk_signs(session, citizen, now) == {
        "lodged_in_90_days": 3, "most_with_one_shop": 2,
    }  # fmt: skip


def test_findings_and_counts_are_kept_with_the_lodging_for_officers(
    session: Session, citizen: Person, now: datetime
) -> None:
    first = lodged(session, citizen, now - timedelta(days=2))
    again = lodged(session, citizen, now, standing="handled", location="河西区")
    session.flush()
    kept = [
        session.query(DisputeEvent).filter_by(dispute_id=one.id, kind="lodged").one().detail
        for one in (first, again)
    ]
    assert kept[0]["findings"] == [] and kept[0]["same_before"] is None
    assert kept[1]["findings"] == ["not_ours", "handled_elsewhere"]
    assert kept[1]["same_before"] == first.number
    assert kept[1]["signs"] == {"lodged_in_90_days": 2, "most_with_one_shop": 2}


@pytest.mark.parametrize(
    ("fields", "contact", "missing"),
    [
        ({}, None, ["name", "phone", "address", "location", "demand"]),
        ({"contact": "given"}, ("138", "张女士", "中北镇"), ["location", "demand"]),
        ({"contact": "given"}, ("138", None, None), ["name", "address", "location", "demand"]),
        ({}, ("138", "张女士", "中北镇"), ["name", "phone", "address", "location", "demand"]),
        (
            {"contact": "given", "demand": "refund", "platform": "淘宝"},
            ("138", "张女士", "中北镇"), [],
        ),
        (
            {"contact": "given", "demand": "refund", "location": "中北镇", "merchant": None},
            ("138", "张女士", "中北镇"), ["merchant"],
        ),
    ],
)  # fmt: skip
def test_what_an_office_needs_and_has_not_is_named(
    fields: dict[str, object], contact: tuple[str, ...] | None, missing: list[str]
) -> None:
    phone, name, address = contact or (None, None, None)
    who = Person(phone=phone, name=name, address=address)
    dispute = told(**{"merchant": "永旺超市", **fields})
    assert precheck.missing(dispute, who) == missing
    assert set(missing) <= set(labels("needed"))
