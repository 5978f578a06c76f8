"""Fetching from a server that is slow, busy, broken, wrong or tells us to go elsewhere."""

import gzip
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from bot.sources import fetch
from bot.sources.fetch import Fetcher, Known, NotFetched
from tests.sources.misbehaving import Answer, Server, serving

HTML = {"Content-Type": "text/html; charset=GBK"}


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def fetcher() -> Iterator[Fetcher]:
    made = Fetcher(("127.0.0.1",), ("http",), pause=0.01, read_seconds=0.4, most_seconds=0.8,
                   most_bytes=50_000)  # fmt: skip
    yield made
    made.close()


def test_a_page_comes_with_what_its_server_says_of_it(server: Server, fetcher: Fetcher) -> None:
    url = server.at("/a", Answer(headers={**HTML, "ETag": '"1"', "Last-Modified": "Mon"}))
    found = fetcher.get(url)
    assert found is not None and found.data == b"<h1>page</h1>"
    assert (found.charset, found.etag, found.last_modified) == ("gbk", '"1"', "Mon")
    assert fetcher.get(url, known=Known('"1"', "Mon")) is None
    assert server.asked[1][1]["if-modified-since"] == "Mon"
    assert fetcher.get(url, known=Known('"0"')) is not None


@pytest.mark.parametrize(
    "bad",
    [
        Answer(status=500),
        Answer(status=503),
        Answer(wait=0.6),
        Answer(body=b"<h1>half", declared=500),
    ],
)
def test_what_may_pass_is_tried_again(server: Server, fetcher: Fetcher, bad: Answer) -> None:
    found = fetcher.get(server.at("/a", bad, bad, Answer()))
    assert found is not None and found.data == b"<h1>page</h1>"
    assert server.paths() == ["/a"] * 3


@pytest.mark.parametrize(
    ("bad", "reason", "tries"),
    [
        (Answer(status=500), "server_error", 3),
        (Answer(wait=0.6), "timeout", 3),
        (Answer(body=b"x" * 100, drip=0.02), "timeout", 3),
        (Answer(body=b"<h1>half", declared=500), "broken_off", 3),
        (Answer(status=404), "not_found", 1),
        (Answer(status=410), "not_found", 1),
        (Answer(status=403), "refused", 1),
        (Answer(status=304), "refused", 1),
        (Answer(status=204), "refused", 1),
        (Answer(body=b"x" * 50_001), "too_large", 1),
        (Answer(headers={"Content-Type": "application/pdf"}), "wrong_type", 1),
        (
            Answer(
                gzip.compress(b"x" * 9_000_000),
                headers={"Content-Type": "text/html", "Content-Encoding": "gzip"},
            ),
            "too_large",
            1,
        ),
    ],
)
def test_what_does_not_come_has_a_reason(
    server: Server, fetcher: Fetcher, bad: Answer, reason: str, tries: int
) -> None:
    with pytest.raises(NotFetched) as failed:
        fetcher.get(server.at("/a", bad))
    assert failed.value.reason == reason and len(server.asked) == tries


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    ("said", "least", "most"),
    [
        ("120", 120, 120),
        ("in two hours", 6000, 7200),
        ("99999999999999999999", 7 * 86400, 7 * 86400),
    ],
)
def test_a_server_that_asks_to_wait_is_left_alone(
    server: Server, fetcher: Fetcher, status: int, said: str, least: int, most: int
) -> None:
    if said == "in two hours":  # a day is said at the moment of asking
        said = format_datetime(datetime.now(UTC) + timedelta(hours=2))
    url = server.at("/a", Answer(status=status, headers={"Retry-After": said}))
    with pytest.raises(NotFetched) as failed:
        fetcher.get(url)
    assert least <= failed.value.wait.total_seconds() <= most and len(server.asked) == 1


@pytest.mark.parametrize("said", ["soon", "-5", format_datetime(datetime(2020, 1, 1, tzinfo=UTC))])
def test_a_wait_that_makes_no_sense_is_none(server: Server, fetcher: Fetcher, said: str) -> None:
    with pytest.raises(NotFetched) as failed:
        fetcher.get(server.at("/a", Answer(status=429, headers={"Retry-After": said})))
    assert (failed.value.reason, failed.value.wait) == ("too_often", timedelta())


ELSEWHERE = ("http://example.com/", "http://127.0.0.1.example.com/", "file:///etc/passwd",
             "https://127.0.0.1/", "http://u@127.0.0.1/", "//example.com/")  # fmt: skip


@pytest.mark.parametrize("place", ELSEWHERE)
def test_a_redirect_to_elsewhere_is_not_followed(
    server: Server, fetcher: Fetcher, place: str
) -> None:
    url = server.at("/a", Answer(status=302, headers={"Location": place}))
    with pytest.raises(NotFetched, match="host_not_allowed"):
        fetcher.get(url)


def test_redirects_at_the_same_place_are_followed_and_counted(
    server: Server, fetcher: Fetcher
) -> None:
    server.at("/b", Answer(b"<h1>b</h1>"))
    found = fetcher.get(server.at("/a", Answer(status=301, headers={"Location": "/b"})))
    assert found is not None and found.url == f"{server.url}/b"
    with pytest.raises(NotFetched, match="redirects"):
        fetcher.get(server.at("/c", Answer(status=302, headers={"Location": "/c"})))


@pytest.mark.parametrize(
    ("url", "is_allowed"),
    [
        ("https://www.samrdprc.org.cn/a", True),
        ("https://scjg.tj.gov.cn/a", True),
        ("https://ec.europa.eu/a", True),
        ("https://www.saferproducts.gov/a", True),
        ("http://scjg.tj.gov.cn/a", False),
        ("https://evil-gov.cn/a", False),
        ("https://gov.cn.evil.com/a", False),
        ("https://evilec.europa.eu.com/a", False),
        ("https://samrdprc.org.cn@evil.com/a", False),
        ("https://127.0.0.1/a", False),
        ("https:///a", False),
    ],
)
def test_only_official_sites_are_asked(url: str, is_allowed: bool) -> None:
    made = Fetcher(pause=0)
    made.stop()  # what is allowed ends here, before anything goes out
    with pytest.raises(NotFetched, match="stopped" if is_allowed else "host_not_allowed"):
        made.get(url)


def test_one_request_at_a_time_with_a_pause_between(server: Server) -> None:
    made = Fetcher(("127.0.0.1",), ("http",), pause=0.2)
    begun = time.monotonic()
    for _ in range(3):
        made.get(server.at("/a", Answer()))
    assert time.monotonic() - begun >= 0.4


def test_stopping_ends_a_pause_at_once(server: Server) -> None:
    made = Fetcher(("127.0.0.1",), ("http",), pause=30)
    url = server.at("/a", Answer())
    made.get(url)
    threading.Timer(0.1, made.stop).start()
    begun = time.monotonic()
    with pytest.raises(NotFetched, match="stopped"):
        made.get(url)
    assert time.monotonic() - begun < 5 and len(server.asked) == 1


def test_nobody_there_is_told_so() -> None:
    made = Fetcher(("127.0.0.1",), ("http",), pause=0)
    with pytest.raises(NotFetched, match="no_connection"):
        made.get("http://127.0.0.1:9/")
    assert fetch.TRIES > 1
