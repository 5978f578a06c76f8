"""A session that ends in the middle of a form: nothing typed is lost, nothing is done, nobody else gets it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import officers, reports
from bot.casework.officer_records import OfficerEvent
from bot.casework.records import Dispute, DisputeEvent, Shop
from bot.console import kept_forms
from bot.library import load
from tests.casework.reporting import TOLD
from tests.console.conftest import NAME, PASSWORD, log_in, token
from tests.console.test_counter import GIVEN
from tests.console.test_items import records  # noqa: F401
from tests.console.test_report_entry import GIVEN as REPORTED
from tests.console.test_shop_form import GIVEN as SHOP

CASE, REPORT = "case/ABCD2345", "report/RPT2345678"
BACK, KEPT = load("desk")["login"]["back"], load("desk")["login"]["kept"]

# Where a form is sent to, what is typed into it, and how it stands in the page afterwards.
FORMS: list[tuple[str, dict[str, Any], tuple[str, ...]]] = [
    (f"{CASE}/step/ask_for_more", {"missing": "购物小票<b>", "note": "电话里说过"},
     ("购物小票&lt;b&gt;</textarea>", "电话里说过</textarea>")),
    (f"{CASE}/step/refuse", {"ground": "over_three_years"}, ('value="over_three_years" selected',)),
    (f"{CASE}/reply", {"text": "明天\n给您电话", "template": "calling"},
     ("明天\n给您电话</textarea>", 'value="calling" selected')),
    (f"{CASE}/hold", {"officer": "王芳"}, ("<option selected>王芳</option>",)),
    ("alarm/1/dismiss", {"reason": "同一批误报，已核对"}, ("同一批误报，已核对</textarea>",)),
    (f"{REPORT}/pass_on", {"to": "西青区卫健委"}, ('value="西青区卫健委"',)),
    ("new", {**GIVEN, "facts": "字" * 4000}, ("字" * 4000 + "</textarea>", 'value="repair" checked',
     'value="136 5555 1234"', 'value="counter" checked')),
    ("new-report", REPORTED, ("货架上还有十几盒</textarea>", 'value="永旺超市"', 'value="phone" checked')),
    ("register", SHOP, ('value="王大力"', 'value="中北镇" selected')),
    ("register/1", {**SHOP, "name": "青禾二店"}, ('value="青禾二店"', 'value="王大力"')),
]  # fmt: skip


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 11, 3, 1, tzinfo=UTC), tick=False) as travelled:
        yield travelled


@pytest.fixture
def desk(client: TestClient, sessions: sessionmaker[Session], clock: Any) -> TestClient:
    """A reviewer's browser, for whom every form is there; and a report that is being looked into."""
    now = datetime.now(UTC)
    with sessions.begin() as session:
        officers.save(session, NAME, "reviewer", PASSWORD, now)
        officers.save(session, "王芳", "reviewer", PASSWORD, now)
        made = reports.lodge(session, TOLD, reporter="r", form="f", operator="bureau", now=now)
        made.report.number, made.report.state = "RPT2345678", "checking"
        session.scalars(select(Dispute)).one().operator = "bureau"
        session.add(Shop(name="青禾一店", created_at=now, updated_at=now))
    assert log_in(client).status_code == 303
    return client


def hidden(page: str) -> dict[str, str]:
    """Token and version of a page's forms."""
    found = {"csrftoken": token(page)}
    for name in ("version", "seen", "form"):
        value = page.partition(f'name="{name}" value="')[2].partition('"')[0]
        found |= {name: value} if value else {}
    return found


def too_late(desk: TestClient, clock: Any, path: str, given: dict[str, Any]) -> Any:
    """Open the page of a form, let the session end, send the form."""
    page = "/".join(path.split("/")[:2])
    sent = {**given, **hidden(desk.get(f"/desk/{page}").text)}
    clock.shift(timedelta(minutes=31))
    return desk.post(f"/desk/{path}", data=sent, follow_redirects=False)


def again(desk: TestClient, page: str, name: str = NAME, password: str = PASSWORD) -> Any:
    """Log in on the page that a late form was answered with."""
    kept = page.partition('name="kept" value="')[2].partition('"')[0]
    assert kept
    where = page.partition('method="post" action="')[2].partition('"')[0].replace("&amp;", "&")
    form = {"username": name, "password": password, "csrftoken": token(page), "kept": kept}
    return desk.post(where, data=form)


def done(sessions: sessionmaker[Session]) -> tuple[int, ...]:
    """What tells that anything was done: events of disputes, and of officers but for looking."""
    looked = ("login", "login_failed", "case_opened", "report_opened", "contact_shown")
    with sessions() as session:
        events = session.scalar(select(func.count(DisputeEvent.id)))
        kinds = session.scalars(select(OfficerEvent.kind).where(OfficerEvent.kind.not_in(looked)))
        return events or 0, len(kinds.all()), len(session.scalars(select(Dispute.id)).all())


@pytest.mark.parametrize(("path", "given", "shown"), FORMS, ids=[one[0] for one in FORMS])
def test_a_form_comes_back_filled_and_is_done_when_it_is_sent_again(
    desk: TestClient, clock: Any, sessions: sessionmaker[Session],
    path: str, given: dict[str, Any], shown: tuple[str, ...],
) -> None:  # fmt: skip
    before = done(sessions)
    late = too_late(desk, clock, path, given)
    assert late.status_code == 403 and KEPT in late.text
    assert not any(text in late.text for text in shown), "it is readable on the login page"
    wrong = again(desk, late.text, password="wrong password 1")
    assert wrong.status_code == 400 and load("desk")["login"]["failed"] in wrong.text
    page = again(desk, wrong.text)
    assert page.status_code == 200 and BACK in page.text
    assert all(text in page.text for text in shown), page.text
    assert done(sessions) == before, "it was done without being sent again"
    sent = {**given, **hidden(page.text)}
    assert desk.post(f"/desk/{path}", data=sent, follow_redirects=False).status_code == 303
    assert done(sessions) > before
    assert BACK not in desk.get(f"/desk/{'/'.join(path.split('/')[:2])}").text


def test_another_officer_does_not_get_it(desk: TestClient, clock: Any) -> None:
    path, given, shown = FORMS[0]
    page = again(desk, too_late(desk, clock, path, given).text, "王芳")
    assert page.status_code == 200 and BACK not in page.text
    assert not any(text in page.text for text in shown)


def test_it_is_kept_for_half_an_hour(desk: TestClient, clock: Any) -> None:
    path, given, shown = FORMS[0]
    late = too_late(desk, clock, path, given).text
    clock.shift(timedelta(seconds=kept_forms.KEPT_SECONDS + 2))
    page = again(desk, late).text
    assert BACK not in page and not any(text in page for text in shown)


def test_what_was_altered_or_is_a_strangers_is_nothing(desk: TestClient, clock: Any) -> None:
    path, given, _ = FORMS[0]
    late = too_late(desk, clock, path, given).text
    kept = late.partition('name="kept" value="')[2].partition('"')[0]
    for spoiled in ("x", kept[:-4] + "AAAA", "键", kept[1:]):
        assert BACK not in again(desk, late.replace(kept, spoiled)).text
        clock.shift(timedelta(minutes=31))
    desk.cookies.delete("desk", path="/desk")
    stranger = desk.post(
        f"/desk/{path}", data={**given, "csrftoken": token(late)}, follow_redirects=False
    )
    assert stranger.status_code == 303, "who had no session is led to the door"


def test_passwords_are_not_carried(desk: TestClient, clock: Any) -> None:
    given = {"old": PASSWORD, "new": "a new long word", "again": "a new long word"}
    page = again(desk, too_late(desk, clock, "account", given).text).text
    assert BACK in page and PASSWORD not in page and "a new long word" not in page


def test_who_was_late_is_told_what_others_did_meanwhile(
    desk: TestClient, clock: Any, another: Callable[..., TestClient], sessions: sessionmaker[Session]
) -> None:  # fmt: skip
    path, given, shown = FORMS[0]
    late = too_late(desk, clock, path, given).text
    other = another("赵强")
    sent = hidden(other.get(f"/desk/{CASE}").text)
    assert other.post(f"/desk/{CASE}/step/begin", data=sent).status_code == 200
    page = again(desk, late).text
    assert load("desk")["refused"]["changed"] in page and all(text in page for text in shown)


@pytest.mark.parametrize(
    ("path", "page"),
    [
        ("logout", "/desk/"),
        ("_api/disputes/action", "/desk/"),
        ("case/ABCD2345/show", "/desk/case/ABCD2345"),
    ],
)
def test_after_logging_in_one_is_on_a_page_that_there_is(
    desk: TestClient, clock: Any, path: str, page: str
) -> None:
    sent = {"csrftoken": token(desk.get("/desk/account").text)}
    desk.cookies.delete("desk", path="/desk")
    answer = desk.post(f"/desk/{path}", data=sent, follow_redirects=False)
    assert answer.status_code == 303
    login = desk.get(answer.headers["location"]).text
    form = {"username": NAME, "password": PASSWORD, "csrftoken": token(login)}
    came = desk.post(answer.headers["location"], data=form, follow_redirects=False)
    assert came.headers["location"] == f"http://desk.test{page}"
