"""Every route of the whole application, from its routing table: headers, cookies, nothing inline, no personal
page that a browser keeps. A route that is added is looked at without anybody adding it here."""

import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from starlette.routing import BaseRoute, Mount, Route
from starlette.testclient import TestClient

from bot import app, database
from bot.casework import officers
from bot.casework.records import Record
from bot.channels import web_guard, web_pages
from bot.settings import Settings
from tests.channels import pages_world
from tests.console.conftest import NAME, PASSWORD, log_in, token

HOST = "https://rights.example.cn"
KEPT_FOR_GOOD = re.compile(r"/static/")  # the citizens' files, whose addresses change with them
OPEN_TO_SCRIPTS = {web_pages.LARGE}  # the size of type, which says nothing of anybody
INLINE = re.compile(r"<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=\"/static/)|javascript:")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(
        _env_file=None, operator="bureau", secret_key="a key for tests only", public_url=HOST,
        var_dir=tmp_path_factory.mktemp("var"), telegram_token="1:for-tests", telegram_mode="webhook",
        telegram_webhook_secret="s3cret", read_labels=False, smtp_url="smtp://127.0.0.1:9",
        mail_from="a@example.cn",
    )  # fmt: skip


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    """A browser that is logged in at the desk of a furnished district, over https."""
    sessions = database.connect(settings)
    Record.metadata.create_all(sessions.kw["bind"])
    paths = pages_world.furnish(sessions, settings)
    with sessions.begin() as session:
        officers.save(session, NAME, "administrator", PASSWORD, datetime.now(UTC))
    made = TestClient(app.build(settings), base_url=HOST, raise_server_exceptions=False)
    made.paths = paths  # type: ignore[attr-defined]
    assert log_in(made).status_code == 303
    yield made
    sessions.kw["bind"].dispose()


def walked(routes: Sequence[BaseRoute], before: str = "") -> Iterator[tuple[str, str]]:
    """Path and method of each route, and of what is mounted below; of a folder one file."""
    for route in routes:
        if isinstance(route, Mount):
            inner = route.routes
            file = "desk.css" if before or route.path.startswith("/desk") else "chat.css"
            yield from (
                walked(inner, before + route.path)
                if inner
                else [(f"{before}{route.path}/{file}", "GET")]
            )
        elif isinstance(route, Route):
            yield from (
                (before + route.path, method)
                for method in sorted((route.methods or set()) - {"HEAD"})
            )
        else:
            pytest.fail(f"a kind of route that this test does not know: {route!r}")


def filled(path: str, paths: dict[str, str]) -> str:
    """An address that the route answers: with a link that opens, and a number that is there."""
    signed = {"mine": "contact", "case": "case", "shop": "shop", "report": "report"}
    first = path.strip("/").split("/")[0]
    if first in signed and "{token}" in path:
        path = path.replace("{token}", paths[signed[first]].rsplit("/", 1)[1])
    path = path.replace("/recalls/{number}", f"/recalls/{pages_world.NOTICE}")
    path = path.replace("/call/{number}", "/call/12315").replace("{key}", "disputes")
    return re.sub(r"\{[^}]+\}", "1", path)


@pytest.fixture(scope="module")
def answers(client: Any) -> list[tuple[str, str, Any]]:
    """What each route answers: path, method, response. The way out comes last."""
    found = []
    csrf = token(client.get("/desk/account").text)
    routes = sorted(set(walked(client.app.routes)), key=lambda one: one[0].endswith("/logout"))
    for path, method in routes:
        data = {"csrftoken": csrf} if path.startswith("/desk") and method == "POST" else None
        answer = client.request(
            method, filled(path, client.paths), data=data, follow_redirects=False,
            headers={"accept": "text/html,*/*", "sec-fetch-site": "same-origin"},
        )  # fmt: skip
        found.append((path, method, answer))
    return found


def test_the_table_is_walked_whole_and_its_pages_open(answers: Any) -> None:
    assert len(answers) > 50
    broken = {path for path, _, one in answers if one.status_code >= 500}
    assert broken <= {"/readyz"}  # there is no Rasa here
    opened = {path for path, method, one in answers if method == "GET" and one.status_code == 200}
    for one in ("/", "/mine/{token}", "/case/{token}", "/shop/{token}", "/report/{token}", "/desk/account"):  # fmt: skip
        assert one in opened
    assert {path for path, _, _ in answers} >= {"/telegram/updates", "/desk/logout", "/health"}


def test_every_route_has_the_headers(answers: Any) -> None:
    wanted = web_guard.SECURITY | web_guard.HTTPS_ALONE
    for path, method, one in answers:
        for name, value in wanted.items():
            assert one.headers.get_list(name) == [value], (method, path, name)
        policy = one.headers["content-security-policy"]
        assert "unsafe" not in policy and "frame-ancestors 'none'" in policy and "*" not in policy


def test_nothing_but_files_is_kept_by_a_browser(answers: Any) -> None:
    for path, method, one in answers:
        is_file = KEPT_FOR_GOOD.match(path) and one.status_code == 200
        kept = "public, max-age=31536000, immutable" if is_file else "no-store"
        assert one.headers["cache-control"] == kept, (method, path)


def test_every_cookie_is_for_https_and_out_of_reach(answers: Any, client: Any) -> None:
    fresh = TestClient(client.app, base_url=HOST)
    login = log_in(fresh)
    given = [cookie for _, _, one in answers for cookie in one.headers.get_list("set-cookie")]
    given += login.headers.get_list("set-cookie")
    given += TestClient(client.app, base_url=HOST).get("/desk/login").headers.get_list("set-cookie")
    names = {one.partition("=")[0] for one in given}
    assert names >= {"citizen", "desk", "starlette_admin_csrftoken", web_pages.LARGE}
    for cookie in given:
        parts = {part.strip().lower() for part in cookie.split(";")[1:]}
        assert "secure" in parts and "samesite=lax" in parts, cookie
        assert "httponly" in parts or cookie.partition("=")[0] in OPEN_TO_SCRIPTS, cookie


def test_no_page_holds_anything_inline_or_of_another_host(answers: Any) -> None:
    pages = [(path, one.text) for path, _, one in answers if "html" in one.headers.get("content-type", "")]  # fmt: skip
    assert len(pages) > 20
    for path, text in pages:
        assert not INLINE.search(text), path
        loaded = re.findall(
            r"<(?:script|link|img|iframe|form)\b[^>]*?(?:src|href|action)=\"([^\"]*)\"", text
        )
        assert not [
            one for one in loaded if re.match(r"https?:|//", one) and not one.startswith(HOST)
        ], path


def test_without_https_nothing_binds_a_browser_to_it(settings: Settings) -> None:
    plain = settings.model_copy(
        update={"public_url": None, "telegram_token": "", "telegram_mode": "polling"}
    )
    answer = TestClient(app.build(plain), base_url="http://127.0.0.1").get("/")
    assert "strict-transport-security" not in answer.headers
    assert "secure" not in answer.headers["set-cookie"].lower()
