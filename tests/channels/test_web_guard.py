"""The gate of the web channel: headers on every answer, rates, the way to call, and news."""

from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.channels import web, web_guard
from bot.messages import Button, Reply
from bot.settings import Settings


@pytest.fixture
def client(build: Any, settings: Settings) -> TestClient:
    return TestClient(build(settings), base_url="http://testserver", raise_server_exceptions=False)


def say(client: TestClient, number: int = 1, **headers: str) -> Any:
    body = {"message_id": f"m{number}", "text": "你好"}
    return client.post("/chat/messages", json=body, headers=headers)


# ── headers ──


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/", 200), ("GET", "/health", 200), ("GET", "/call", 200), ("GET", "/call/120", 200),
        ("GET", "/nothing", 404), ("GET", "/call/96110", 404), ("GET", "/static/nothing.js", 404),
        ("GET", "/chat/messages", 405), ("DELETE", "/", 405), ("POST", "/chat/messages", 400),
        ("GET", "/mine/nonsense", 404), ("GET", "/chat/", 404), ("GET", "/static/chat.js", 200),
    ],
)  # fmt: skip
def test_every_answer_has_the_headers(client, method, path, status):
    answer = client.request(method, path, follow_redirects=False)
    assert answer.status_code == status
    for name, value in web_guard.SECURITY.items():
        assert answer.headers[name] == value
    kept = "immutable" if path == "/static/chat.js" else "no-store"
    assert kept in answer.headers["cache-control"]


def test_a_fault_has_the_headers_and_says_nothing_of_its_reason(client, dialogue, monkeypatch):
    async def broken(_message: Any) -> list[Reply]:
        raise RuntimeError("the secret reason")

    monkeypatch.setattr(dialogue, "hear", broken)
    answer = say(client)
    assert answer.status_code == 500
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.json()["error"].startswith("不是您的操作有误") and "secret" not in answer.text


def test_a_redirect_has_the_headers(settings: Settings) -> None:
    async def page(_request: Request) -> None: ...

    app = Starlette(routes=[Route("/a/", page)], middleware=web.middleware())
    answer = TestClient(app).get("/a", follow_redirects=False)
    assert answer.status_code == 307 and answer.headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/nothing", "/chat/messages"])
def test_a_browser_that_is_lost_reads_where_to_go(client, path):
    answer = client.get(path, headers={"accept": "text/html,*/*"})
    assert answer.status_code in (404, 405)
    assert (
        "没有这个页面" in answer.text
        and 'href="tel:12315"' in answer.text
        and 'href="/"' in answer.text
    )


@pytest.mark.parametrize("number", web.NUMBERS)
def test_a_number_has_a_page_to_tap_it_on(client, number):
    page = client.get(f"/call/{number}").text
    assert f'href="tel:{number}"' in page and f"拨打 {number}" in page and "{" not in page


# ── rates ──


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_a_rate_lets_through_so_many_in_any_minute() -> None:
    clock = Clock()
    rate = web_guard.Rate(3, 60, clock=clock)
    assert [rate.wait("a") for _ in range(3)] == [0, 0, 0]
    assert rate.wait("a") == 60 and rate.wait("b") == 0
    clock.now += 59.5
    assert rate.wait("a") == 1
    clock.now += 0.5
    assert rate.wait("a") == 0


def test_a_rate_forgets_who_was_longest_away() -> None:
    rate = web_guard.Rate(1, 60, most=3, clock=Clock())
    for key in "abcd":
        assert rate.wait(key) == 0
    assert rate.wait("d") > 0 and rate.wait("a") == 0
    assert len(rate._seen) == 3


def test_a_rate_holds_nobody_longer_than_it_counts_them() -> None:
    clock = Clock()
    rate = web_guard.Rate(2, 60, clock=clock)
    for number in range(500):
        assert rate.wait(f"once-{number}") == 0
        clock.now += 61 if number % 100 == 99 else 0.1
    assert len(rate._seen) <= 100
    assert [rate.wait("a"), rate.wait("a")] == [0, 0] and rate.wait("a") == 60
    clock.now += 59
    assert rate.wait("b") == 0 and rate.wait("a") == 1, "who may not pass yet is not forgotten"


def test_forty_messages_a_minute_are_enough_for_one_citizen(client, dialogue):
    client.get("/")
    assert {say(client, number).status_code for number in range(40)} == {200}
    answer = say(client, 41)
    assert answer.status_code == 429 and 0 < int(answer.headers["retry-after"]) <= 60
    seconds = answer.headers["retry-after"]
    assert answer.json() == {"error": f"发得太快了，请过 {seconds} 秒再试。急事请拨打 12315。"}
    assert len(dialogue.heard) == 40
    client.cookies.clear()
    assert say(client, 42).status_code == 200  # another citizen at the same address


def test_a_hundred_and_twenty_a_minute_are_enough_for_one_address(client, dialogue):
    for number in range(120):
        client.cookies.clear()  # a new citizen each time
        assert say(client, number).status_code == 200
    client.cookies.clear()
    assert say(client, 121).status_code == 429
    assert len(dialogue.heard) == 120


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:bbbb::9", "2001:db8:1:2::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_an_address_is_a_household(host, address):
    assert web_guard.address(Request({"type": "http", "client": (host, 1)})) == address
    assert web_guard.address(Request({"type": "http", "client": None})) == ""


# ── news ──


def news(client: TestClient, seen: Any = (), **headers: str) -> Any:
    return client.post("/chat/news", json={"seen": list(seen)}, headers=headers)


def test_news_are_given_until_they_were_seen(client, dialogue):
    client.get("/")
    dialogue.notices = {
        7: Reply("有进展了", (Button("b", "查看", "https://a.example/"),)),
        9: Reply("二"),
    }
    first = news(client).json()["notices"]
    assert [one["id"] for one in first] == [7, 9]
    assert first[0]["buttons"] == [{"id": "b", "title": "查看", "url": "https://a.example/"}]
    assert news(client).json()["notices"] == first
    assert [one["id"] for one in news(client, [7]).json()["notices"]] == [9]
    citizen = client.cookies["citizen"].partition(".")[0]
    assert dialogue.asked == [(citizen, []), (citizen, []), (citizen, [7])]


def test_who_has_not_written_has_no_news(client, dialogue):
    dialogue.notices = {7: Reply("有进展了")}
    assert news(client).json() == {"notices": []}
    client.cookies.set("citizen", "a" * 32 + "." + "0" * 64)
    assert news(client).json() == {"notices": []}
    assert not dialogue.asked


@pytest.mark.parametrize(
    "seen", [["7"], [0], [-1], [True], [1.5], [2**63], [None], [[7]], list(range(1, 202))]
)
def test_ids_that_are_none_are_refused(client, dialogue, seen):
    client.get("/")
    assert news(client, seen).status_code == 400 and not dialogue.asked


@pytest.mark.parametrize("body", [{"seen": 7}, {"seen": {"7": 1}}, {"seen": None}])
def test_a_list_that_is_none_is_refused(client, dialogue, body):
    client.get("/")
    assert client.post("/chat/news", json=body).status_code == 400 and not dialogue.asked


def test_another_site_reads_no_news(client, dialogue):
    client.get("/")
    assert news(client, **{"sec-fetch-site": "cross-site"}).status_code == 403
    assert not dialogue.asked


def test_news_are_asked_for_once_a_second_at_most(client, dialogue):
    client.get("/")
    assert {news(client).status_code for _ in range(60)} == {200}
    assert news(client).status_code == 429
