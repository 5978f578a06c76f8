"""The district's totals: what is counted, what is too few to tell, and the page over HTTP."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from html import unescape
from itertools import count
from typing import Any

import pytest
import time_machine
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import disputes, people, progress, totals
from bot.casework.recall_push_records import RecallAnswer, RecallPush
from bot.casework.records import Dispute, Recall
from bot.channels import totals_page
from bot.library import load
from bot.settings import Settings

NOW = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
OCTOBER = datetime(2026, 10, 12, 2, 0, tzinfo=UTC)  # a Monday, with no holiday in the week
SHOP = "永旺一号店"
numbers = count()


@pytest.fixture
def file(sessions: sessionmaker[Session]) -> Callable[..., int]:
    """Files a dispute on a day; settled so many days later where that is said."""

    def make(
        at: datetime = OCTOBER, amount: int = 100, days: int | None = None, then: str = "settle"
    ) -> int:
        with sessions.begin() as session:
            who = people.person(session, "web", f"c-{next(numbers)}", at)
            one = disputes.start(session, who, at)
            one.merchant, one.amount = SHOP, Decimal(amount)
            disputes.lodge(session, one, operator="bureau", limit=Decimal(2000), now=at)
            if days is not None:
                progress.take(session, one, then, "officer", at + timedelta(days=days))
            session.flush()
            return one.id

    return make


@pytest.fixture
def month(sessions: sessionmaker[Session]) -> Callable[..., totals.Month]:
    def find(first: date = date(2026, 10, 1)) -> totals.Month:
        with sessions() as session:
            return next(one for one in totals.by_month(session, NOW) if one.first == first)

    return find


@pytest.fixture
def client(build: Any, settings: Settings) -> TestClient:
    return TestClient(build(settings))


@pytest.mark.parametrize("number", range(9))
def test_counts_of_one_to_four_are_not_told(file, month, number):
    for _ in range(number):
        file()
    told = month().filed.told
    assert told == (None if 1 <= number <= 4 else number)


@pytest.mark.parametrize(
    ("fast", "others", "wanted"),
    [
        (0, 0, None),
        (4, 0, None),
        (5, 0, 100),
        (0, 5, 0),
        (5, 5, 50),
        (6, 3, None),
        (2, 9, None),
        (10, 5, 67),
    ],
)
def test_a_share_is_told_where_neither_part_is_small(file, month, fast, others, wanted):
    for _ in range(fast):
        file(amount=100, days=1)
    for _ in range(others):
        file(amount=9000, days=1)
    assert month().fast == wanted


@pytest.mark.parametrize(
    ("days", "wanted"),
    [
        ([0, 0, 0, 0, 0], 0),  # the same day
        ([1, 1, 2, 3, 4], 2),
        ([4, 4, 7, 7, 7], 5),  # over a weekend
        ([1, 1, 1, 3, 4, 4], 2),
        ([1, 1, 1, 1], None),
    ],
)
def test_the_median_is_of_working_days(file, month, days, wanted):
    for one in days:
        file(days=one)
    assert month().days == wanted


def test_a_settlement_counts_once_in_its_last_month_and_not_where_it_was_undone(
    file, month, sessions
):
    ids = [file(days=1) for _ in range(6)]
    for day, step in enumerate(
        ("reopen", "close", "reopen"), start=3
    ):  # closed without a settlement
        with sessions.begin() as session:
            for number in ids:
                one = session.get_one(Dispute, number)
                progress.take(session, one, step, "officer", OCTOBER + timedelta(days=day))
        assert month().settled.told == 0, step
    with sessions.begin() as session:
        for number in ids:
            one = session.get_one(Dispute, number)
            progress.take(session, one, "settle", "officer", NOW - timedelta(days=1))
    assert (month().settled.told, month(date(2026, 11, 1)).settled.told) == (0, 6)


@pytest.mark.parametrize("then", ["withdraw", "close", "begin"])
def test_what_ended_otherwise_is_not_settled(file, month, then):
    for _ in range(6):
        file(days=1, then=then)
    assert (month().filed.told, month().settled.told) == (6, 0)


@pytest.mark.parametrize(
    ("at", "first"),
    [
        (datetime(2026, 9, 30, 15, 59, tzinfo=UTC), date(2026, 9, 1)),
        (datetime(2026, 9, 30, 16, 0, tzinfo=UTC), date(2026, 10, 1)),
    ],
)
def test_a_month_begins_at_midnight_in_tianjin(file, month, at, first):
    for _ in range(5):
        file(at)
    assert month(first).filed.told == 5


def test_twelve_months_and_no_more(file, sessions):
    for _ in range(5):
        file(datetime(2025, 11, 30, 2, 0, tzinfo=UTC))
    with sessions() as session:
        found = totals.by_month(session, NOW)
    assert [one.first for one in found][:1] == [date(2025, 12, 1)]
    assert len(found) == 12 and all(one.filed.told == 0 for one in found)


def test_recalls_pushed_and_answered_are_counted(sessions, month):
    with sessions.begin() as session:
        session.add(
            Recall(notice_no="CN-1", title="召回", jurisdiction="CN", first_seen_at=OCTOBER)
        )
        session.flush()
        for version, posted in (("a", 40), ("b", 2)):
            session.add(
                RecallPush(
                    notice_no="CN-1", version=version, state="planned", is_serious=False,
                    posted=posted, starts_at=OCTOBER, proposed_at=OCTOBER,
                )
            )  # fmt: skip
        session.flush()
        for number in range(7):
            who = people.person(session, "web", f"r-{number}", OCTOBER)
            session.flush()
            session.add(
                RecallAnswer(person_id=who.id, push_id=1, answer="have", answered_at=OCTOBER)
            )
    assert (month().pushed.told, month().answered.told) == (42, 7)


# ── the page ──


def rows(page: str) -> dict[str, list[str]]:
    """The cells of the table, by month."""
    found = re.findall(r"<tr><th scope=\"row\">([\d-]+)</th>(.*?)</tr>", page, re.S)
    return {month: re.findall(r"<td>(.*?)</td>", cells) for month, cells in found}


def test_the_page_shows_the_table_and_a_chart_and_no_shop(client, file):
    for _ in range(8):
        file(days=1)
    for _ in range(3):
        file(NOW, days=0)
    with time_machine.travel(NOW):
        page = client.get("/totals").text
    told = rows(page)
    assert len(told) == 12 and next(iter(told)) == "2026-11"
    assert told["2026-10"] == ["8", "8", "1", "100%", "0", "0"]
    assert told["2026-11"][:4] == ["少于 5", "少于 5", "—", "—"]
    assert SHOP not in page
    heights = [int(one) for one in re.findall(r'height="(\d+)"/>', page)]
    assert heights.count(totals_page.HEIGHT) == 2  # October's two bars, and none of November
    assert sum(height > 0 for height in heights[2:26]) == 2
    assert '<title id="chart-1-text">' in page and 'role="img"' in page


def test_an_empty_district_has_its_page_too(client):
    page = client.get("/totals")
    assert page.status_code == 200 and page.text.count("还没有可以公布的数字") == 2


@pytest.mark.parametrize("operator", ["independent", "bureau"])
def test_the_page_says_whose_figures_these_are_and_where_shops_are_published(
    build, settings, operator
):
    page = TestClient(build(settings.model_copy(update={"operator": operator}))).get("/totals").text
    said = load("pages")["totals"]
    assert said["about"][operator].replace("{district}", "天津市西青区") in unescape(page)
    platform = said["platform"]
    assert f'href="{platform["url"]}"' in page
    assert platform["grade"] == "B" and "以官方公布为准" in page


def test_it_is_counted_anew_after_ten_minutes_only(sessions, file, settings, build, monkeypatch):
    seen = []
    found = totals.by_month
    monkeypatch.setattr(totals, "by_month", lambda *given: seen.append(1) or found(*given))
    moment = [0.0]
    kept = totals_page._Kept(sessions, lambda: moment[0])
    for at in (0.0, 1.0, totals_page.KEPT_SECONDS - 1, totals_page.KEPT_SECONDS):
        moment[0] = at
        kept.months()
    assert len(seen) == 2
