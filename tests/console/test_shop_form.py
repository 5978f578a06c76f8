"""The register of shops at the desk, over HTTP: who may change it, bad input, two officers at once, a shop closed."""

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import disputes, negotiations, people
from bot.casework.records import Dispute, Shop
from bot.library import load
from tests.console.conftest import NAME, token
from tests.console.test_items import logged, seen_in, send
from tests.console.test_two_officers import OTHER, at_once, last_done, loser

NEW = "/desk/register"
GIVEN = {
    "name": "青禾家电", "aliases": "青禾、青禾电器城", "street": "中北镇", "address": "万卉路4号",
    "responsible": "王大力", "email": "wang@qinghe.example", "verified": "1", "guarantee": "1",
}  # fmt: skip
SAID = load("desk")["shop_form"]


@pytest.fixture
def reviewer(another: Callable[..., TestClient]) -> TestClient:
    return another(OTHER, "reviewer")


def submit(desk: TestClient, path: str = NEW, seen: str | None = None, **changed: str) -> Any:
    """Send the form of a new shop, or of the one at `path`, filled as GIVEN but for what is changed."""
    page = desk.get(path).text
    hidden = {"csrftoken": token(page), "seen": seen_in(page) if seen is None else seen}
    return desk.post(path, data={**hidden, **GIVEN, **changed}, follow_redirects=False)


def all_of(sessions: sessionmaker[Session], kind: type[Any] = Shop) -> list[Any]:
    with sessions() as session:
        return list(session.scalars(select(kind).order_by(kind.id)))


def test_a_shop_is_entered_and_that_is_written_down(
    reviewer: TestClient, sessions: sessionmaker[Session]
) -> None:
    assert f'href="http://desk.test{NEW}"' in reviewer.get("/desk/shops/list").text
    answer = submit(reviewer, email="ｗａｎｇ＠qinghe.example", name="  青禾\u200b家电 ")
    assert answer.status_code == 303 and answer.headers["location"].endswith("/desk/shop/1")
    (one,) = all_of(sessions)
    assert (one.name, one.aliases, one.street) == ("青禾家电", ["青禾", "青禾电器城"], "中北镇")
    assert (one.email, one.responsible, one.verified_by) == ("wang@qinghe.example", "王大力", OTHER)
    assert one.has_guarantee and not one.is_fund_member and one.verified_at is not None
    page = reviewer.get("/desk/shop/1").text
    assert load("desk")["record"]["done"] in page and "王＊＊" in page and "王大力" not in page
    assert logged(sessions, "shop:1") == ["shop_added"]


def test_the_form_of_a_shop_holds_what_is_known_and_who_opened_it_is_written_down(
    reviewer: TestClient, sessions: sessionmaker[Session]
) -> None:
    submit(reviewer)
    assert "/desk/register/1" in reviewer.get("/desk/shop/1").text
    page = reviewer.get("/desk/register/1").text
    for name in ("name", "address", "responsible", "email"):
        assert f'name="{name}"' in page and f'value="{GIVEN[name]}"' in page
    assert 'value="中北镇" selected' in page and "青禾、青禾电器城" in page
    assert page.count(" checked ") == 2, "verified, and the guarantee"
    answer = submit(reviewer, "/desk/register/1", email="li@qinghe.example", responsible="李明月")
    assert answer.status_code == 303
    (one,) = all_of(sessions)
    assert (one.email, one.responsible) == ("li@qinghe.example", "李明月")
    kinds = logged(sessions, "shop:1")
    assert kinds == ["shop_added", "contact_shown", "contact_shown", "shop_changed"]


WRONG: list[tuple[dict[str, str], str, str]] = [
    ({"name": ""}, "name", "no_name"), ({"name": "\u200b\u202e"}, "name", "no_name"),
    ({"name": "……"}, "name", "no_name"), ({"name": "天津市西青区"}, "name", "no_name"),
    ({"street": "和平区"}, "street", "no_street"), ({"street": "<b>"}, "street", "no_street"),
    ({"email": "liu"}, "email", "no_email"), ({"email": "a@b.cn,c@d.cn"}, "email", "no_email"),
    ({"email": "刘@b.cn"}, "email", "no_email"), ({"email": '"><b>@b.cn'}, "email", "no_email"),
    ({"email": "a@b.cn\r\nBcc: c@d.cn"}, "email", "no_email"), ({"email": ""}, "email", "nothing_to_verify"),
]  # fmt: skip


@pytest.mark.parametrize("path", [NEW, "/desk/register/1"])
@pytest.mark.parametrize(("changed", "field", "problem"), WRONG)
def test_what_is_wrong_is_said_beside_its_field_and_what_was_typed_is_kept(
    reviewer: TestClient, sessions: sessionmaker[Session], path: str, changed: dict[str, str], field: str,
    problem: str,
) -> None:  # fmt: skip
    if path != NEW:
        submit(reviewer)
    before = [(one.name, one.email, one.version) for one in all_of(sessions)]
    answer = submit(reviewer, path, responsible="王<i>小力", **changed)
    said = SAID["problems"][problem]
    assert answer.status_code == 422 and answer.text.count("<b>") == 0
    assert f'<p class="problem" id="new-{field}-problem">{said}</p>' in answer.text
    assert f'<a href="#new-{field}">{SAID["fields"][field]}：{said}</a>' in answer.text
    assert 'value="王&lt;i&gt;小力"' in answer.text
    assert [(one.name, one.email, one.version) for one in all_of(sessions)] == before


KNOWN = (
    {},
    {"name": "青禾 家电"},
    {"name": "别家", "aliases": "青禾"},
    {"name": "青禾", "aliases": ""},
)


@pytest.mark.parametrize("changed", KNOWN, ids=str)
@pytest.mark.parametrize("is_closed", [False, True])
def test_a_shop_that_is_there_is_shown_and_not_entered_twice(
    reviewer: TestClient, sessions: sessionmaker[Session], changed: dict[str, str], is_closed: bool
) -> None:  # fmt: skip
    submit(reviewer)
    if is_closed:
        send(reviewer, "shop", "close", sure="1")
    answer = submit(reviewer, **changed)
    assert answer.status_code == 409 and SAID["used"] in answer.text
    assert "/desk/shop/1" in answer.text and (SAID["is_closed"] in answer.text) == is_closed
    assert len(all_of(sessions)) == 1


@pytest.mark.parametrize("role", ["officer", "nobody"])
def test_who_does_not_decide_changes_nothing(
    client: TestClient, another: Callable[..., TestClient], reviewer: TestClient,
    sessions: sessionmaker[Session], role: str,
) -> None:  # fmt: skip
    submit(reviewer)
    desk = another("赵强") if role == "officer" else client
    csrf = token(desk.get("/desk/account" if role == "officer" else "/desk/login").text)
    if role == "officer":
        page = desk.get("/desk/shop/1").text
        assert "/register" not in page and "/close" not in page
        assert "/register" not in desk.get("/desk/shops/list").text
        assert desk.get(NEW).status_code == desk.get(f"{NEW}/1").status_code == 403
    for path in (NEW, f"{NEW}/1", "/desk/shop/1/close", "/desk/shop/1/reopen"):
        form = {"csrftoken": csrf, "seen": "1", "sure": "1", **GIVEN, "name": "改名"}
        answer = desk.post(path, data=form, follow_redirects=False)
        assert answer.status_code in ((403,) if role == "officer" else (303, 403))
    (one,) = all_of(sessions)
    assert (one.name, one.closed_at) == ("青禾家电", None)


@pytest.mark.parametrize("csrf", ["", "x"])
def test_a_form_without_its_token_does_nothing(
    reviewer: TestClient, sessions: sessionmaker[Session], csrf: str
) -> None:
    submit(reviewer)
    for path in (NEW, f"{NEW}/1", "/desk/shop/1/close"):
        form = {"csrftoken": csrf, "seen": "1", "sure": "1", **GIVEN, "name": "改名"}
        assert reviewer.post(path, data=form).status_code == 403
    assert [(one.name, one.closed_at) for one in all_of(sessions)] == [("青禾家电", None)]


@pytest.mark.parametrize("odd", ["2", "x", "９", "99999999999", "-1"])
def test_a_number_that_is_nobodys_is_not_found(reviewer: TestClient, odd: str) -> None:
    submit(reviewer)
    assert reviewer.get(f"{NEW}/{odd}").status_code == 404
    form = {"csrftoken": token(reviewer.get(NEW).text), "seen": "1", **GIVEN}
    assert reviewer.post(f"{NEW}/{odd}", data=form).status_code == 404


# ── two officers at once ──


@pytest.fixture
def browsers(reviewer: TestClient, another: Callable[..., TestClient]) -> dict[str, TestClient]:
    return {NAME: another(NAME, "administrator"), OTHER: reviewer}


def test_of_two_who_change_a_shop_at_once_one_does_and_the_other_reads_by_whom(
    browsers: dict[str, TestClient], sessions: sessionmaker[Session]
) -> None:
    submit(browsers[OTHER])
    path = f"{NEW}/1"
    page = {name: one.get(path).text for name, one in browsers.items()}

    def form(name: str) -> tuple[str, Any]:
        mine = {"csrftoken": token(page[name]), "seen": seen_in(page[name])}
        return path, {**GIVEN, **mine, "responsible": f"{name}写的"}

    first, second, told = loser(at_once(browsers, form))
    assert last_done(told, first, load("desk")["log"]["shop_changed"])
    assert f'value="{second}写的"' in told and SAID["changed"] in told
    assert all_of(sessions)[0].responsible == f"{first}写的"
    again = {**form(second)[1], "seen": seen_in(told)}
    assert browsers[second].post(path, data=again, follow_redirects=False).status_code == 303
    assert all_of(sessions)[0].responsible == f"{second}写的", "knowingly"


def test_of_two_who_enter_a_shop_at_once_one_does(
    browsers: dict[str, TestClient], sessions: sessionmaker[Session]
) -> None:
    page = {name: one.get(NEW).text for name, one in browsers.items()}
    answers = at_once(browsers, lambda name: (NEW, {**GIVEN, "csrftoken": token(page[name])}))
    _, _, told = loser(answers)
    assert SAID["used"] in told and "/desk/shop/1" in told and len(all_of(sessions)) == 1


def test_of_two_who_close_a_shop_at_once_one_does(
    browsers: dict[str, TestClient], sessions: sessionmaker[Session]
) -> None:
    submit(browsers[OTHER])
    page = {name: one.get("/desk/shop/1").text for name, one in browsers.items()}

    def form(name: str) -> tuple[str, Any]:
        mine = {"csrftoken": token(page[name]), "seen": seen_in(page[name]), "sure": "1"}
        return "/desk/shop/1/close", mine

    first, _, told = loser(at_once(browsers, form))
    assert last_done(told, first, load("desk")["log"]["shop_closed"])
    assert logged(sessions, "shop:1").count("shop_closed") == 1


# ── closed ──


@pytest.fixture
def asked(reviewer: TestClient, sessions: sessionmaker[Session]) -> str:
    """The number of a dispute that the shop was asked to answer."""
    submit(reviewer)
    now = datetime.now(UTC)
    with sessions.begin() as session:
        one = disputes.start(session, people.person(session, "web", "c-1", now), now)
        one.merchant, one.street, one.amount = "青禾", "中北镇", Decimal(399)
        disputes.lodge(session, one, operator="bureau", limit=Decimal(2000), now=now)
        negotiations.ask(session, one, 1, now, str)
        return str(one.number)


def test_a_shop_is_closed_by_who_was_told_what_becomes_of_its_disputes(
    reviewer: TestClient, sessions: sessionmaker[Session], asked: str
) -> None:
    page = reviewer.get("/desk/shop/1").text
    assert load("desk")["shop"]["close_hint"].format(running=1, agreed=0) in page
    unsure = send(reviewer, "shop", "close")
    assert unsure.status_code == 422 and all_of(sessions)[0].closed_at is None
    assert send(reviewer, "shop", "close", sure="1").status_code == 303
    (shop,), (dispute,) = all_of(sessions), all_of(sessions, Dispute)
    assert shop.closed_at is not None and (dispute.state, dispute.lane) == ("lodged", "queue")
    assert logged(sessions, "shop:1") == ["shop_added", "shop_closed"]
    assert logged(sessions, asked) == ["step:escalate"]
    case = reviewer.get(f"/desk/case/{asked}").text
    assert load("wording")["labels"]["reason"]["shop_closed"] in case


def test_a_closed_shop_is_kept_listed_apart_and_taken_up_again(
    reviewer: TestClient, sessions: sessionmaker[Session]
) -> None:
    submit(reviewer)
    send(reviewer, "shop", "close", sure="1")
    listed = {state: reviewer.get("/desk/shops/list", params={"state": state}).text
              for state in ("", "closed", "all")}  # fmt: skip
    assert ["/desk/shop/1" in listed[state] for state in listed] == [False, True, True]
    assert "停用" in reviewer.get("/desk/shop/1").text
    assert send(reviewer, "shop", "close", sure="1").status_code == 409
    assert send(reviewer, "shop", "reopen").status_code == 303
    assert all_of(sessions)[0].closed_at is None
    assert send(reviewer, "shop", "unknown").status_code == 404
    assert logged(sessions, "shop:1") == ["shop_added", "shop_closed", "shop_reopened"]
