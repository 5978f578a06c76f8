"""Shops, stations and holidays at the desk: what is registered, and nothing of a person unasked."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import pytest
import time_machine
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import deadlines, people, special_days, stations
from bot.casework.records import Dispute, Shop
from tests.console.test_items import logged, send
from tests.console.test_to_read import rows_of

NOW = datetime.now(UTC)


@pytest.fixture(autouse=True)
def shops(sessions: sessionmaker[Session]) -> None:
    """Two shops of one name, and disputes that name them in different ways."""
    with sessions.begin() as session:
        who = people.person(session, "web", "c-1", NOW)
        for street in ("中北镇", "大寺镇"):
            session.add(
                Shop(name="青禾家电", aliases=["青禾电器城"], street=street, responsible="王大力",
                     email="wang@qinghe.example", created_at=NOW, updated_at=NOW)
            )  # fmt: skip
            session.flush()
        for number, merchant, street in (
            ("ABCD2345", "青禾家电", "中北镇"), ("ABCD2346", "青禾电器城", None),
            ("ABCD2347", "青禾家电", "大寺镇"), ("ABCD2348", "别家", "中北镇"),
        ):  # fmt: skip
            session.add(
                Dispute(person_id=who.id, number=number, merchant=merchant, street=street,
                        state="lodged", created_at=NOW, updated_at=NOW)
            )  # fmt: skip


def test_a_shop_shows_its_disputes_and_its_person_to_who_asks(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    listed = desk.get("/desk/shops/list", params={"q": "电器城", "street": "中北镇"}).text
    page = desk.get("/desk/shop/1").text
    assert "/desk/shop/1" in listed and "/desk/shop/2" not in listed
    for text in (listed, page):
        assert "王大力" not in text and "wang@qinghe.example" not in text
    assert "王＊＊" in page
    shown = [f"ABCD-{end}" for end in range(2345, 2349) if f"ABCD-{end}" in page]
    assert shown == ["ABCD-2345", "ABCD-2346"]
    revealed = send(desk, "shop", "contact").text
    assert "王大力" in revealed and "wang@qinghe.example" in revealed
    assert logged(sessions, "shop:1") == ["contact_shown"]
    assert "王大力" not in desk.get("/desk/shop/1").text


def test_all_stations_are_listed_and_found_by_their_street(desk: TestClient) -> None:
    rows = rows_of(desk.get("/desk/stations/list").text)
    assert all(one.name in rows for one in stations.stations()) and "没有确认" in rows
    found = rows_of(desk.get("/desk/stations/list", params={"q": "精武镇"}).text)
    assert found.count("<tr>") == 1 and "精武镇消费维权服务站" in found


@pytest.fixture
def march() -> Iterator[None]:
    """The second of March 2026; who is signed in before is signed out by a clock that goes back."""
    with time_machine.travel(datetime(2026, 3, 2, tzinfo=UTC), tick=True):
        yield


def test_the_holidays_are_those_that_deadlines_are_counted_by(
    march: None, desk: TestClient
) -> None:
    rows = rows_of(desk.get("/desk/holidays/list").text)
    later = rows_of(desk.get("/desk/holidays/list", params={"year": "2027"}).text)
    assert "2026-10-10" in rows and "国庆节" in rows and "还没公布" not in rows
    assert "2027-10-01" in later and "还没公布" in later
    special = {one.day: one for one in special_days.of_year(2026)}
    assert special[date(2026, 10, 10)].works and not special[date(2026, 10, 1)].works
    for day, one in special.items():
        assert one.works == deadlines.is_working_day(day)
        assert bool(one.name) == deadlines.is_statutory_holiday(day)
    assert date(2026, 3, 2) not in special
