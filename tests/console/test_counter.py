"""Walk-ins and calls typed in at the desk, over HTTP: told first, checked, once however often it is sent."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.applications import Starlette
from starlette.datastructures import FormData
from starlette.testclient import TestClient

from bot.casework import disputes, links, people
from bot.casework.officer_records import OfficerEvent
from bot.casework.records import Dispute, DisputeEvent, Person
from bot.channels import web
from bot.console import counter_form, frame
from bot.library import load
from bot.settings import Settings
from tests.console.conftest import NAME, log_in, token

NEW = "/desk/new"
STORY = "<b>电饭煲</b>用了三天就不通电，\n店里不给退。"
GIVEN: dict[str, Any] = {
    "told": "1", "way": "counter", "merchant": "永旺超市", "location": "中北镇万卉路5号", "product": "电饭煲",
    "facts": STORY, "demand": ["refund", "repair"], "occurred_on": "上周六", "amount": "三百九十九",
    "standing": "own", "name": "赵丽华", "phone": "136 5555 1234", "address": "中北镇泰和路5号",
}  # fmt: skip
SAID = load("desk")["new"]


def form_of(page: str) -> dict[str, str]:
    """The hidden fields of a page with the form."""
    named = re.search(r'name="form" value="([0-9a-f]{32})"', page)
    assert named, page
    return {"csrftoken": token(page), "form": named.group(1)}


def send(desk: TestClient, hidden: dict[str, str] | None = None, **changed: Any) -> Any:
    """Send the form, filled as GIVEN but for what is changed."""
    hidden = hidden or form_of(desk.get(NEW).text)
    return desk.post(NEW, data={**GIVEN, **changed, **hidden}, follow_redirects=False)


def all_of(sessions: sessionmaker[Session]) -> list[Dispute]:
    with sessions() as session:
        return list(session.scalars(select(Dispute).order_by(Dispute.id)))


def test_a_walk_in_is_entered_and_gets_a_number_and_a_link(
    desk: TestClient, sessions: sessionmaker[Session], settings: Settings
) -> None:
    page = desk.get(NEW).text
    assert f'href="http://desk.test{NEW}"' in page, "it is in the menu"
    assert page.index("天津市西青区市场监督管理局") < page.index('name="phone"'), (
        "told before asked"
    )
    answer = send(desk, form_of(page))
    assert answer.status_code == 303, answer.text
    (made,) = all_of(sessions)
    assert (made.merchant, made.street, made.demand) == ("永旺超市", "中北镇", "refund,repair")
    assert (str(made.amount), made.occurred_text, made.standing) == ("399.00", "上周六", "own")
    assert made.occurred_on is not None and made.accept_due is not None and made.facts == STORY
    with sessions() as session:
        who = session.scalars(select(Person)).one()
        entered = session.scalars(select(DisputeEvent).where(DisputeEvent.kind == "entered")).one()
        assert (who.channel, who.name, who.phone) == ("counter", "赵丽华", "13655551234")
        assert who.told_at is not None and entered.detail == {"by": NAME, "way": "counter"}
    made_page = desk.get(answer.headers["location"]).text
    assert disputes.number_text(made.number or "") in made_page and "赵丽华" not in made_page
    link = re.search(r"http://desk.test/case/([^<\s]+)", made_page)
    assert link
    named = links.read(settings.signing_key(), links.CASE, link.group(1), links.CASE_SECONDS)
    assert named == f"{who.key}:{made.number}"
    case = desk.get(f"/desk/case/{made.number}").text
    assert f"{NEW}/{made.number}" in case and load("desk")["case"]["unreachable"] in case
    with sessions() as session:
        kinds = session.scalars(select(OfficerEvent.kind).order_by(OfficerEvent.id)).all()
    assert kinds[-3:] == ["entered", "link_given", "case_opened"]


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"told": ""}, "told", "not_told"), ({"way": ""}, "way", "missing"),
    ({"way": "web"}, "way", "missing"), ({"merchant": "\u200b"}, "merchant", "missing"),
    ({"location": ""}, "location", "no_place"), ({"facts": " "}, "facts", "missing"),
    ({"facts": "字" * 4001}, "facts", "too_long"), ({"demand": []}, "demand", "missing"),
    ({"demand": ["gold"]}, "demand", "missing"), ({"name": ""}, "name", "missing"),
    ({"phone": ""}, "phone", "missing"), ({"phone": "12315"}, "phone", "no_phone"),
    ({"address": ""}, "address", "missing"), ({"amount": "他们凭什么不认"}, "amount", "no_sum"),
    ({"occurred_on": "不认账"}, "occurred_on", "no_day"),
    ({"occurred_on": "2099年1月1日"}, "occurred_on", "in_future"),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "field", "problem"), WRONG)
def test_what_is_wrong_is_said_beside_its_field_and_above_all(
    desk: TestClient, sessions: sessionmaker[Session], changed: dict[str, Any], field: str, problem: str
) -> None:  # fmt: skip
    answer = send(desk, **changed)
    page, said = answer.text, SAID["problems"][problem]
    assert answer.status_code == 422 and all_of(sessions) == []
    assert f'<p class="problem" id="new-{field}-problem">{said}</p>' in page
    assert re.search(rf'<a href="#new-{field}">[^<]+：{re.escape(said)}</a>', page)
    assert page.count('class="problem"') == 1 and f'id="new-{field}"' in page
    if "facts" not in changed:
        assert "&lt;b&gt;电饭煲&lt;/b&gt;用了三天就不通电" in page, "what was typed is there"


def test_what_no_talk_needs_may_be_left_open(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    open_fields = dict.fromkeys(("product", "occurred_on", "amount", "standing", "location"), "")
    assert send(desk, **open_fields, platform="淘宝").status_code == 303
    assert all_of(sessions)[0].platform == "淘宝"


def test_who_only_helps_to_prepare_needs_less() -> None:
    given = FormData({"told": "1", "way": "phone", "merchant": "永旺", "location": "中北镇",
                      "facts": "坏了", "phone": "13655551234"})  # fmt: skip
    today = disputes.local_day(datetime.now(UTC))
    assert counter_form.check(given, is_bureau=False, today=today).problems == {}
    missing = counter_form.check(given, is_bureau=True, today=today).problems
    assert list(missing) == ["demand", "name", "address"]


def test_each_field_says_whether_it_is_needed(desk: TestClient) -> None:
    page = desk.get(NEW).text
    for _, names in counter_form.PARTS:
        for name in names:
            label = f"{SAID['fields'][name]} "
            said = page.partition(label)[2].partition("</")[0]
            needed = load("desk")["case"]["needed" if name in NEEDED else "optional"]
            expected = SAID["either"] if name in ("location", "platform") else needed
            assert expected in said, name


NEEDED = (*counter_form.ALWAYS, *counter_form.BUREAU)


@pytest.mark.parametrize("is_at_once", [False, True])
def test_a_form_that_is_sent_twice_makes_one_dispute(
    desk: TestClient, app: Starlette, sessions: sessionmaker[Session], is_at_once: bool
) -> None:
    hidden = form_of(desk.get(NEW).text)
    if is_at_once:
        other = TestClient(app, base_url="http://desk.test", cookies=desk.cookies)
        with other, ThreadPoolExecutor(2) as both:
            answers = list(both.map(lambda one: send(one, hidden), (desk, other)))
    else:
        answers = [send(desk, hidden), send(desk, hidden)]
    assert [one.status_code for one in answers] == [303, 303]
    assert len({one.headers["location"] for one in answers}) == 1
    assert len(all_of(sessions)) == 1
    with sessions() as session:
        kinds = session.scalars(select(OfficerEvent.kind)).all()
    assert kinds.count("entered") == 1


def test_who_goes_back_and_types_another_matter_is_told_and_loses_nothing(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    hidden = form_of(desk.get(NEW).text)
    send(desk, hidden)
    other: dict[str, Any] = {
        "facts": "健身卡不给退",
        "phone": "13800000002",
        "merchant": "悦动健身",
    }
    again = send(desk, hidden, **other)
    assert again.status_code == 409 and SAID["used"] in again.text
    assert "健身卡不给退" in again.text and len(all_of(sessions)) == 1
    assert send(desk, form_of(again.text), **other).status_code == 303
    assert [one.merchant for one in all_of(sessions)] == ["永旺超市", "悦动健身"]


def test_a_form_without_its_name_is_none(desk: TestClient) -> None:
    hidden = form_of(desk.get(NEW).text)
    assert send(desk, {**hidden, "form": "../x"}).status_code == 400


@pytest.fixture
def told_before(sessions: sessionmaker[Session]) -> Callable[..., str]:
    """Lodges a dispute in the chat page: its number."""

    def lodged(phone: str = "13655551234", merchant: str = "永旺超市", days: int = 20) -> str:
        now = datetime.now(UTC) - timedelta(days=days)
        with sessions.begin() as session:
            who = people.person(session, "web", "c-1", now)
            people.give_contact(who, people.Contact(phone), now)
            made = disputes.start(session, who, now)
            made.merchant, made.product, made.facts = merchant, "电饭煲", "电饭煲不通电"
            disputes.lodge(session, made, operator="bureau", limit=made.amount or 2000, now=now)  # type: ignore[arg-type]
            return str(made.number)

    return lodged


def test_the_same_matter_told_before_is_pointed_out_and_entered_at_the_second_press(
    desk: TestClient, sessions: sessionmaker[Session], told_before: Callable[..., str]
) -> None:
    number = told_before()
    first = send(desk)
    assert first.status_code == 409 and SAID["anyway"] in first.text
    assert f"/desk/case/{number}" in first.text and len(all_of(sessions)) == 1
    seen = re.findall(r'name="seen" value="(\w+)"', first.text)
    assert seen == [number]
    assert send(desk, form_of(first.text), seen=seen).status_code == 303
    assert len(all_of(sessions)) == 2


@pytest.mark.parametrize(
    "other", [{"phone": "13755551234"}, {"merchant": "好又多"}, {"days": 400}], ids=str
)
def test_what_is_no_double_is_not_pointed_out(
    desk: TestClient, told_before: Callable[..., str], other: dict[str, Any]
) -> None:
    told_before(**other)
    assert send(desk).status_code == 303


def test_what_may_stand_against_it_is_said_before_it_is_entered(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    changed: dict[str, Any] = {"occurred_on": "2019年5月1日", "standing": "business"}
    first = send(desk, **changed)
    found = ("over_three_years", "not_a_consumer")
    assert first.status_code == 409
    assert all(load("desk")["findings"][one] in first.text for one in found)
    half = send(desk, form_of(first.text), **changed, seen=[found[0]])
    assert half.status_code == 409, "one of two was not seen"
    assert send(desk, form_of(first.text), **changed, seen=list(found)).status_code == 303


def test_a_link_is_made_for_walk_ins_alone(
    desk: TestClient, told_before: Callable[..., str]
) -> None:
    for number in (told_before(), "AAAA2222", "x"):
        assert desk.get(f"{NEW}/{number}").status_code == 404


def test_the_link_leads_to_the_public_address(
    sessions: sessionmaker[Session], settings: Settings, officer: str
) -> None:
    app = Starlette(middleware=web.middleware())
    frame.mount(app, sessions, settings.model_copy(update={"public_url": "https://a.example/"}))
    with TestClient(app, base_url="https://desk.test") as client:
        log_in(client)
        page = client.get(send(client).headers["location"]).text
    assert "https://a.example/case/" in page
