"""The stations of the district: which one a dispute is near, and what a table must not hold."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.orm import Session

from actions import dispute_words
from bot.casework import disputes, people, stations
from bot.casework.records import Person
from bot.library import load
from bot.reading.facts import Facts

STREETS = ["东街", "西镇"]


def row(code: str, street: str | None, **changes: Any) -> dict[str, Any]:
    run_by = "street" if street else "bureau"
    plain = {"code": code, "name": f"{code}站", "street": street, "run_by": run_by}
    return plain | {"phone": None, "hours": None, "as_of": None} | changes


def table(*more: dict[str, Any]) -> list[dict[str, Any]]:
    return [row("own", None), row("east", "东街"), row("west", "西镇"), *more]


# ── the shipped table ──


def test_every_street_has_its_station_and_nothing_is_invented() -> None:
    streets = {one["name"] for one in load("district")["streets"]}
    assert {one.street for one in stations.stations()} == streets | {None}
    assert all(one.phone is None and one.hours is None for one in stations.stations())


@pytest.mark.parametrize(
    ("shop", "citizen", "code"),
    [
        ("中北镇", "大寺镇", "zhongbei"), ("中北镇", None, "zhongbei"), (None, "大寺镇", "dasi"),
        (None, None, "xiqing"), ("南开区", "大寺镇", "dasi"), ("南开区", None, "xiqing"),
        ("", "", "xiqing"), ("赤龙南街", "赤龙北街", "chilong-south"),
    ],
)  # fmt: skip
def test_the_shops_place_goes_before_the_citizens(
    shop: str | None, citizen: str | None, code: str
) -> None:
    assert stations.station_for(shop, citizen).code == code


@pytest.mark.parametrize(
    ("run_by", "counts"),
    [
        ("bureau", True), ("association", True), ("street", True), ("mall", False),
        ("supermarket", False), ("market", False), ("company", False), ("scenic", False),
        ("third_party", False),
    ],
)  # fmt: skip
def test_whose_handling_is_a_ground_of_refusal(run_by: str, counts: bool) -> None:
    assert stations.handling_counts(run_by) is counts


def test_an_unknown_house_is_not_guessed() -> None:
    with pytest.raises(KeyError):
        stations.handling_counts("court")


def test_every_kind_of_house_has_its_row_above() -> None:
    assert len(stations.RUN_BY) == 9


# ── a table that an operator has filled in ──


def test_a_filled_table_is_taken() -> None:
    mall = row("mall", "东街", run_by="mall", phone="022-12345678", hours="工作日")
    assert [one.code for one in stations.checked(table(mall), STREETS)][-1] == "mall"


@pytest.mark.parametrize(
    ("rows", "place", "problem"),
    [
        (table(row("east", "东街", run_by="mall")), "2 (east)", "code 与别的行重复"),
        (table(row("x", "东街", run_by="shop")), "4 (x)", "不认识的 run_by"),
        (table(row("x", "南街")), "4 (x)", "不是 district.yml 里的街镇"),
        (table(row("x", "东街", run_by="mall", phone=12345)), "4 (x)", "加引号"),
        (table(row("x", "东街", run_by="mall", phone="找王姐")), "4 (x)", "加引号"),
        (table(row("x", "东街", run_by="mall", phone="")), "4 (x)", "加引号"),
        (table(row("x", "东街")), "东街", "有且只有一个"),
        (table()[:2], "西镇", "exactly one station"),
        (table()[1:], "street: null", "exactly one row"),
        (table(row("x", None)), "street: null", "有且只有一行"),
        (table({"code": "x"}), "4 (x)", "不多不少"),
        (table(row("x", "东街", run_by="mall", fax="1")), "4 (x)", "these fields"),
        (table(row("", "东街", run_by="mall")), "4 ()", "不能空"),
        (table(row("x" * 33, "东街", run_by="mall")), "4 (xxx", "最多 32"),
    ],
)
def test_a_wrong_table_says_where_and_what(
    rows: list[dict[str, Any]], place: str, problem: str
) -> None:
    with pytest.raises(stations.Broken) as refusal:
        stations.checked(rows, STREETS)
    said = str(refusal.value)
    assert "stations.yml" in said and f"row {place}" in said and problem in said


# ── at lodging ──


@pytest.mark.parametrize(
    ("told", "address", "code", "line"),
    [
        (Facts(street="中北镇"), None, "zhongbei", "中北镇消费维权服务站（电话以街镇公布为准；也可拨 12315）"),
        (Facts(platform="拼多多"), "西青区大寺镇某路5号", "dasi", None),
        (Facts(location="南开区"), None, "xiqing", None),
    ],
)  # fmt: skip
def test_a_lodged_dispute_keeps_its_station(
    session: Session, citizen: Person, now: datetime,
    told: Facts, address: str | None, code: str, line: str | None,
) -> None:  # fmt: skip
    people.give_contact(citizen, people.Contact("13800000000", address=address), now)
    draft = disputes.start(session, citizen, now)
    disputes.take(draft, told)
    assert draft.station is None
    disputes.lodge(session, draft, operator="independent", limit=Decimal(2000), now=now)
    assert draft.station == code
    said = dispute_words.station(draft)
    assert said == (line and f"就近的维权服务站：{line}")


def test_a_phone_that_an_operator_filled_in_is_told(
    session: Session, citizen: Person, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled = stations.checked(table(), STREETS)
    east = stations.Station(**{**vars(filled[1]), "phone": "022-12345678"})
    monkeypatch.setattr(stations, "stations", lambda: (east,))
    draft = disputes.start(session, citizen, now)
    draft.street, draft.station = "东街", "east"
    assert "电话 022-12345678；也可拨 12315" in (dispute_words.station(draft) or "")
