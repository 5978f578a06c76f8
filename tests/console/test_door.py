"""The door of the desk over HTTP: nobody comes in without an account, and a session ends when it should."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.applications import Starlette
from starlette.routing import Mount, Route
from starlette.testclient import TestClient

from bot.casework import officers
from bot.casework.officer_records import Officer, OfficerEvent
from bot.channels import web
from bot.console import bodies, door, frame
from bot.library import load
from bot.settings import Settings
from tests.conftest import SLOW_HASHER
from tests.console.conftest import NAME, PASSWORD, log_in, token

OPEN = {"/desk/login"}  # and the files under /desk/static
INSIDE = "/desk/account"


def is_in(client: TestClient) -> bool:
    return client.get(INSIDE, follow_redirects=False).status_code == 200


def every_route(app: Starlette) -> list[tuple[str, str]]:
    """Path and method of every route of the desk, its places filled."""
    desk = next(route for route in app.routes if isinstance(route, Mount))
    found = []
    for route in desk.routes:
        if isinstance(route, Route):
            path = "/desk" + route.path
            path = re.sub(r"\{[^}]+\}", "1", path)
            found += [(path, method) for method in route.methods or ()]
    return found


def test_nothing_of_the_desk_opens_without_logging_in(
    app: Starlette, client: TestClient, officer: str
) -> None:
    routes = every_route(app)
    assert len(routes) > 10
    posted = {"csrftoken": token(client.get("/desk/login").text)}
    for path, method in routes:
        data = posted if method == "POST" else None
        answer = client.request(method, path, data=data, follow_redirects=False)
        if path in OPEN:
            assert answer.status_code in (200, 400), path
        else:
            assert answer.status_code == 303, (method, path)
            assert answer.headers["location"].startswith("http://desk.test/desk/login?next=")


def test_without_an_account_it_says_how_to_make_one(client: TestClient) -> None:
    page = client.get("/desk/", follow_redirects=True)
    assert page.status_code == 200 and "make officer NAME=" in page.text
    assert "<form" not in page.text


def test_an_officer_comes_in_and_goes_out(
    client: TestClient, officer: str, sessions: sessionmaker[Session]
) -> None:
    answer = log_in(client)
    assert answer.headers["location"] == "http://desk.test/desk/"
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Path=/desk" in cookie
    assert "Secure" not in cookie
    assert is_in(client)
    kept = client.cookies.get(door.COOKIE)
    form = {"csrftoken": token(client.get(INSIDE).text)}
    client.post("/desk/logout", data=form)
    assert not is_in(client)
    client.cookies.set(door.COOKIE, kept or "", path="/desk")
    assert not is_in(client), "a copy of the cookie outlived the session"
    with sessions() as session:
        kinds = session.scalars(select(OfficerEvent.kind).order_by(OfficerEvent.id)).all()
    assert kinds == ["account:officer", "login", "logout"]


def test_the_cookie_is_for_https_alone_where_the_service_is(
    settings: Settings, sessions: sessionmaker[Session], officer: str
) -> None:
    app = Starlette(middleware=web.middleware())
    frame.mount(app, sessions, settings.model_copy(update={"public_url": "https://a.example"}))
    cookie = log_in(TestClient(app, base_url="http://desk.test")).headers["set-cookie"]
    assert "Secure" in cookie


@pytest.mark.parametrize(
    ("name", "password"),
    [(NAME, "wrong password 1"), (NAME, ""), ("王芳", PASSWORD), ("' OR 1=1 --", "x"), ("", "")],
)
def test_whatever_is_wrong_is_told_in_the_same_words(
    client: TestClient, officer: str, name: str, password: str
) -> None:
    answer = log_in(client, name, password)
    assert answer.status_code == 400
    assert load("desk")["login"]["failed"] in answer.text
    assert not is_in(client)


def test_five_failures_lock_the_account_for_fifteen_minutes(
    client: TestClient, officer: str, sessions: sessionmaker[Session]
) -> None:
    start = datetime(2026, 11, 2, 1, tzinfo=UTC)
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(officers.MOST_FAILURES):
            told = log_in(client, NAME, "wrong password 1").text
        refused = log_in(client)
        assert refused.status_code == 400 and not is_in(client)
        said = load("desk")["login"]["failed"]
        assert said in told and said in refused.text
        clock.shift(officers.LOCKED_FOR - timedelta(seconds=1))
        assert log_in(client).status_code == 400
        clock.shift(timedelta(seconds=2))
        assert log_in(client).status_code == 303
    with sessions() as session:
        kinds = session.scalars(select(OfficerEvent.kind)).all()
    assert kinds.count("locked") == 1 and kinds.count("login_failed") == 4


def test_four_failures_are_forgotten_by_the_right_password(
    client: TestClient, officer: str
) -> None:
    for _ in range(2):
        for _ in range(officers.MOST_FAILURES - 1):
            assert log_in(client, NAME, "wrong password 1").status_code == 400
        assert log_in(client).status_code == 303
        client.cookies.delete(door.COOKIE, path="/desk")


def test_a_session_ends_idle_and_at_the_end_of_a_day(client: TestClient, officer: str) -> None:
    with time_machine.travel(datetime(2026, 11, 2, 1, tzinfo=UTC), tick=False) as clock:
        log_in(client)
        for _ in range(16):  # all day at work, a click each 29 minutes
            clock.shift(timedelta(minutes=29))
            assert is_in(client)
        clock.shift(timedelta(minutes=17))  # 8 hours and 1 minute
        assert not is_in(client)
        log_in(client)
        clock.shift(timedelta(minutes=31))
        assert not is_in(client)


@pytest.mark.parametrize(
    "change",
    [
        lambda session, now: officers.save(session, NAME, "reviewer", PASSWORD, now),
        lambda session, now: officers.close(session, NAME, now),
    ],
)
def test_a_changed_account_ends_its_sessions(
    desk: TestClient, sessions: sessionmaker[Session], change: Callable[[Session, datetime], object]
) -> None:
    assert is_in(desk)
    with sessions.begin() as session:
        change(session, datetime.now(UTC))
    assert not is_in(desk)


def test_a_spoiled_cookie_opens_nothing(desk: TestClient) -> None:
    kept = desk.cookies.get(door.COOKIE) or ""
    for spoiled in ("", "x", kept[:-1], "x" + kept, kept.split(".")[0] + ".x"):
        desk.cookies.set(door.COOKIE, spoiled, path="/desk")
        assert not is_in(desk)


def test_an_officer_changes_their_password(desk: TestClient, app: Starlette) -> None:
    with TestClient(app, base_url="http://desk.test") as elsewhere:
        assert log_in(elsewhere).status_code == 303
        form = {"csrftoken": token(desk.get(INSIDE).text)}
        tried = [
            ("wrong password 1", "a new long word", "a new long word", "wrong"),
            (PASSWORD, "a new long word", "another long one", "different"),
            (PASSWORD, "short", "short", "password_short"),
            (PASSWORD, "aaaaaaaaaaaaaa", "aaaaaaaaaaaaaa", "password_weak"),
            (PASSWORD, f"{NAME}0123456789", f"{NAME}0123456789", "password_weak"),
        ]
        for old, new, again, problem in tried:
            answer = desk.post(INSIDE, data={"old": old, "new": new, "again": again, **form})
            assert answer.status_code == 422
            assert load("desk")["problems"][problem] in answer.text
        good = {"old": PASSWORD, "new": "a new long word", "again": "a new long word", **form}
        answer = desk.post(INSIDE, data=good)
        assert load("desk")["account"]["done"] in answer.text
        assert is_in(desk) and not is_in(elsewhere)
        assert log_in(elsewhere).status_code == 400
        assert log_in(elsewhere, NAME, "a new long word").status_code == 303


@pytest.mark.parametrize("given", [{}, {"csrftoken": "x"}])
def test_a_form_without_its_token_does_nothing(desk: TestClient, given: dict[str, str]) -> None:
    answer = desk.post("/desk/logout", data=given)
    assert answer.status_code == 403 and load("desk")["faults"]["stale"]["text"] in answer.text
    assert is_in(desk)


def test_a_large_form_is_refused_before_anybody_is_asked_who_they_are(
    client: TestClient, officer: str
) -> None:
    page = client.get("/desk/login").text
    form = {"username": "x" * bodies.LARGEST_BODY, "csrftoken": token(page)}
    assert client.post("/desk/login", data=form).status_code == 413


def test_where_one_wanted_to_go_is_kept_and_no_other_host_is(
    client: TestClient, officer: str
) -> None:
    for wanted, ends in [
        ("http://desk.test/desk/account", "/desk/account"),
        ("https://evil.example/desk/", "http://desk.test/desk/"),
        ("//evil.example/", "http://desk.test/desk/"),
    ]:
        page = client.get("/desk/login", params={"next": wanted}).text
        form = {"username": NAME, "password": PASSWORD, "csrftoken": token(page)}
        answer = client.post(
            "/desk/login", params={"next": wanted}, data=form, follow_redirects=False
        )
        assert answer.headers["location"].endswith(ends)
        client.cookies.delete(door.COOKIE, path="/desk")


def test_pages_carry_the_headers_of_the_citizens_pages(desk: TestClient) -> None:
    for path in ("/desk/login", INSIDE, "/desk/nothing", "/desk/static/desk.css"):
        headers = desk.get(path).headers
        assert "script-src 'self'; style-src 'self'" in headers["content-security-policy"]
        assert headers["cache-control"] == "no-store"


def test_no_page_holds_a_script_a_style_or_another_host(desk: TestClient) -> None:
    for path in ("/desk/login", INSIDE, "/desk/nothing/list"):
        page = desk.get(path).text
        assert "<script" not in page and "<style" not in page and "style=" not in page
        assert "https://" not in page


def test_a_password_is_kept_as_a_hash_that_is_slow_to_try(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(officers, "_hasher", SLOW_HASHER)
    with sessions.begin() as session:
        officers.save(session, NAME, "officer", PASSWORD, datetime.now(UTC))
        kept = session.scalars(select(Officer)).one().password_hash
    assert kept.startswith("$argon2id$v=19$m=65536,t=3,p=4$"), "RFC 9106, section 4"
    assert PASSWORD not in kept
