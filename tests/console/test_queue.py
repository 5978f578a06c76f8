"""The queue of disputes over HTTP: what is in it, in what order, found by what; and as a table."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from cryptography.fernet import Fernet
from openpyxl import load_workbook
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import disputes, people, queue, resealing, sealing
from bot.casework.officer_records import OfficerEvent
from bot.casework.queue_order import ACCEPTING, MEDIATING
from bot.casework.records import Person
from bot.casework.steps import OVER, RUNNING, STATES
from tests.console.conftest import NAME, token

LIST = "/desk/disputes/list"
MONDAY = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
TODAY = date(2026, 11, 2)


@pytest.fixture(autouse=True)
def clock() -> Any:
    """Monday, 9:00 in Tianjin."""
    with time_machine.travel(MONDAY, tick=False) as travelled:
        yield travelled


@pytest.fixture
def add(sessions: sessionmaker[Session]) -> Callable[..., str]:
    """Adds a lodged dispute with these columns; its number."""

    def added(phone: str | None = None, **columns: Any) -> str:
        with sessions.begin() as session:
            count = len(session.scalars(select(Person.id)).all())
            who = people.person(session, "web", f"c-{count}", MONDAY)
            if phone:
                people.give_contact(who, people.Contact(phone, "赵女士"), MONDAY)
            made = disputes.start(session, who, MONDAY)
            disputes.lodge(session, made, operator="bureau", limit=Decimal(2000), now=MONDAY)
            for name, value in columns.items():
                setattr(made, name, value)
            return str(made.number)

    return added


def listed(desk: TestClient, **given: str) -> list[str]:
    """The numbers on the page, in its order."""
    page = desk.get(LIST, params=given)
    assert page.status_code == 200
    return re.findall(r'/desk/case/(\w{8})"', page.text)


def test_the_most_urgent_comes_first_and_what_is_over_is_not_there(
    desk: TestClient, add: Callable[..., str]
) -> None:
    none = add(accept_due=None)
    later = add(accept_due=TODAY + timedelta(days=7))
    mediated = add(state="mediating", mediate_due=TODAY + timedelta(days=1))
    late = add(accept_due=TODAY - timedelta(days=3))
    over = add(state="closed", accept_due=TODAY - timedelta(days=30))
    assert listed(desk) == [late, mediated, later, none]
    assert listed(desk, state="all") == [late, mediated, later, none, over]
    assert listed(desk, state="done") == [over]
    assert listed(desk, state="mediating") == [mediated]
    assert listed(desk, state="draft") == [late, mediated, later, none]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"accept_due": TODAY - timedelta(days=3)}, "⚠ 逾期 3 天（2026-10-30）"),
        ({"accept_due": TODAY}, "● 今天到期（2026-11-02）"),
        ({"accept_due": TODAY + timedelta(days=2)}, "▲ 还有 2 个工作日（2026-11-04）"),
        ({"accept_due": TODAY + timedelta(days=9)}, "还有 7 个工作日（2026-11-11）"),
        ({"accept_due": TODAY + timedelta(days=9), "is_due_provisional": True}, "暂定"),
        ({"state": "mediating", "mediate_due": TODAY + timedelta(days=12)}, "还有 12 天（2026-11-14）"),
        ({"accept_due": None}, "没有期限"),
    ],
)  # fmt: skip
def test_how_urgent_it_is_is_said_in_words(
    desk: TestClient, add: Callable[..., str], columns: dict[str, Any], said: str
) -> None:
    add(**columns)
    assert said in desk.get(LIST).text


def test_the_filters(desk: TestClient, add: Callable[..., str]) -> None:
    late = add(accept_due=TODAY - timedelta(days=1), street="中北镇", officer=NAME)
    today = add(accept_due=TODAY, street="大寺镇", officer="王芳")
    soon = add(accept_due=TODAY + timedelta(days=2), street="中北镇")
    later = add(accept_due=TODAY + timedelta(days=3), street="中北镇")
    assert listed(desk, due="late") == [late]
    assert listed(desk, due="today") == [late, today]
    assert listed(desk, due="soon") == [late, today, soon]
    assert listed(desk, street="中北镇") == [late, soon, later]
    assert listed(desk, who="mine") == [late]
    assert listed(desk, who="nobody") == [soon, later]
    assert listed(desk, street="中北镇", due="soon", who="nobody") == [soon]


def test_it_is_searched_by_number_shop_street_and_the_end_of_the_phone(
    desk: TestClient, add: Callable[..., str]
) -> None:
    one = add("13655551234", merchant="永旺超市（中北店）", street="中北镇")
    other = add("022-27391234", merchant="100% 好店_", street="大寺镇")
    for text in (one, one.lower(), disputes.number_text(one), one[:4], "永旺", "中北", "中北镇"):
        assert listed(desk, q=text) == [one], text
    assert set(listed(desk, q="1234")) == {one, other}
    assert listed(desk, q="136 5555 1234") == listed(desk, q="1234")
    assert listed(desk, q="5555") == []
    assert listed(desk, q="100%") == [other] and listed(desk, q="%") == [other]
    assert listed(desk, q="' OR 1=1 --") == []


def test_what_the_page_shows_tells_nobody_who_the_citizen_is(
    desk: TestClient, add: Callable[..., str]
) -> None:
    add("13655551234", facts="键盘坏了", merchant="<script>alert(1)</script>")
    page = desk.get(LIST).text
    for hidden in ("13655551234", "1234", "赵女士", "键盘坏了", "<script>"):
        assert hidden not in page


def test_page_by_page(desk: TestClient, add: Callable[..., str]) -> None:
    numbers = [add(merchant="同一家", accept_due=TODAY) for _ in range(30)]
    first, second = listed(desk, q="同一家"), listed(desk, q="同一家", page="2")
    assert first + second == numbers and len(first) == 25
    page = desk.get(LIST, params={"q": "同一家"}).text
    assert "第 1 页，共 2 页" in page and "共 30 条" in page
    for odd in ("0", "-1", "x", "99999999"):
        assert desk.get(LIST, params={"page": odd}).status_code == 200


def taken_out(desk: TestClient, fmt: str, query: str = "") -> bytes:
    form = {"csrftoken": token(desk.get(LIST).text), "scope": "all", "format": fmt}
    asked = {"name": "export", "all": "1", "_list_query": query}
    answer = desk.post("/desk/_api/disputes/action", params=asked, data=form)
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    return answer.content


BAD = ["=1+1", "+86", "-2", "@SUM(A1)", "\t=1", " =1", "＝1"]


@pytest.mark.parametrize("fmt", ["csv", "xlsx"])
def test_the_list_as_a_table_has_no_phones_and_no_formulas(
    desk: TestClient, add: Callable[..., str], sessions: sessionmaker[Session], fmt: str
) -> None:
    for shop in BAD:
        add("13655551234", merchant=shop, street="中北镇", accept_due=TODAY)
    add(merchant="别处的店", street="大寺镇")
    content = taken_out(desk, fmt, "?street=中北镇")
    if fmt == "csv":
        rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
        assert content.startswith(b"\xef\xbb\xbf")
    else:
        sheet = load_workbook(io.BytesIO(content)).active
        assert all(cell.data_type != "f" for row in sheet for cell in row)
        rows = [[str(cell.value or "") for cell in row] for row in sheet]
    assert rows[0] == ["编号", "状态", "下一个期限", "商家", "商品或服务", "金额", "街镇", "谁在办"]
    assert [row[3].replace("\t", "") for row in rows[1:]] == [
        f"'{shop}".replace("\t", "") for shop in BAD
    ]
    assert not any("13655551234" in cell or "赵女士" in cell for row in rows for cell in row)
    with sessions() as session:
        last = session.scalars(select(OfficerEvent).order_by(OfficerEvent.id.desc())).first()
    assert last is not None and (last.kind, last.subject) == ("export:disputes", str(len(BAD)))


# ── the order is kept by the database ──


def test_every_state_is_waited_for_or_over() -> None:
    assert set(ACCEPTING) | set(MEDIATING) == set(RUNNING)
    assert set(STATES) == {*RUNNING, *OVER, "draft"}


def test_the_day_of_the_queue_is_the_day_that_is_due(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = disputes.start(session, citizen, now)
    one.accept_due, one.mediate_due = date(2026, 11, 11), date(2027, 1, 8)
    for state in STATES:
        one.state = state
        session.flush()
        session.refresh(one)
        due = queue.due(one, TODAY)
        assert one.queue_on == (due.on or date(9999, 12, 31)), state


@pytest.mark.parametrize("phone", ["13655551234", "022-2739 1234", "+86 136 5555 1234"])
def test_a_phone_is_found_by_its_end_alone(session: Session, citizen: Person, phone: str) -> None:
    citizen.phone = phone
    session.flush()
    assert citizen.phone_mark == sealing.marks("1234")[0] and "1234" not in citizen.phone_mark
    citizen.phone = None
    assert citizen.phone_mark is None


def test_a_mark_needs_its_key(session: Session) -> None:
    before = sealing.marks("1234")
    sealing.unlock([b"x" * 43 + b"=", b"y" * 43 + b"="][:1])
    assert sealing.marks("1234") != before and sealing.marks("12") == []


def test_resealing_marks_phones_under_the_new_key(
    session: Session, citizen: Person, now: datetime
) -> None:
    old, new = Fernet.generate_key(), Fernet.generate_key()
    sealing.unlock([old])
    citizen.phone = "13655551234"
    session.flush()
    sealing.unlock([new, old])
    assert citizen.phone_mark in sealing.marks("1234")[1:], "it is found before it is done"
    for _ in resealing.reseal(session):
        session.commit()
    sealing.unlock([new])
    session.refresh(citizen)
    assert [citizen.phone_mark] == sealing.marks("1234")
