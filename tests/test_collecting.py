"""Fetching by the clock against a local server: what is read, kept, quarantined, and tried again."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot import collecting
from bot.casework import recall_sources
from bot.casework.recall_records import RecallPage, RecallVersion, SourceState
from bot.casework.records import Recall
from bot.chores import Chore
from bot.collecting import Collector
from bot.jobs import Clock
from bot.sources import cpsc, samr
from bot.sources.fetch import Fetcher
from bot.sources.registry import Source
from tests import aside
from tests.sources.misbehaving import Answer, Server, serving
from tests.sources.test_chinese_pages import ROWS, page, table
from tests.sources.test_foreign import ERROR, answered, row

NOW = datetime(2024, 3, 10, 1, 0, tzinfo=UTC)
LIST = "/list/index.html"
JSON = {"Content-Type": "application/json"}


@dataclass(frozen=True)
class Local(Source):
    """A source whose pages the test's server has."""

    at: str = ""

    def addresses(self, today: date) -> tuple[str, ...]:
        return (self.at,)


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as made:
        yield made


@pytest.fixture
def collector(sessions: sessionmaker[Session]) -> Collector:
    return Collector(sessions, Fetcher(("127.0.0.1",), ("http",), pause=0.001, read_seconds=1))


@pytest.fixture
def source(server: Server) -> Source:
    return Local("samr", samr.read, samr.links, is_paged=True, at=server.url + LIST)


def listed(*numbers: int, day: str = "2024-03-05") -> Answer:
    rows = (f"<li><a href='t20240308_{n}.html'>{n}</a><span>{day}</span></li>" for n in numbers)
    return Answer(f"<ul>{''.join(rows)}</ul>".encode())


def notice(
    title: str = "青禾公司召回部分青禾牌风扇", etag: str = '"1"', brand: str = "青禾"
) -> Answer:
    rows = (("产品名称", "风扇", "品牌", brand), *ROWS[1:])
    return Answer(page(table(*rows), title), headers={"Content-Type": "text/html", "ETag": etag})


def state_of(sessions: sessionmaker[Session], code: str = "samr") -> tuple[bool, str | None]:
    with sessions() as session:
        found = session.get_one(SourceState, code)
        return found.last_success_at is not None, found.last_problem


def titles(sessions: sessionmaker[Session]) -> list[str]:
    with sessions() as session:
        return list(session.scalars(select(Recall.title).order_by(Recall.notice_no)))


def test_a_list_is_read_with_its_pages_and_only_what_changed_is_sent_again(
    server: Server, sessions: sessionmaker[Session], collector: Collector, source: Source
) -> None:
    server.at(LIST, listed(1, 2))
    server.at("/list/t20240308_1.html", notice(), notice(), notice(etag='"2"', brand="白露"))
    server.at("/list/t20240308_2.html", notice("白露公司召回部分白露牌灯"))
    collector.collect(source, NOW)
    assert titles(sessions) == ["青禾公司召回部分青禾牌风扇", "白露公司召回部分白露牌灯"]
    assert state_of(sessions) == (True, None)
    collector.collect(source, NOW + timedelta(days=1))  # 304 for both
    collector.collect(source, NOW + timedelta(days=2))  # the first was corrected
    with sessions() as session:
        found = {one.notice_no: (one.version, one.brand) for one in session.scalars(select(Recall))}
        assert set(found.values()) == {(2, "白露"), (1, "青禾")}
        assert len(session.scalars(select(RecallVersion)).all()) == 3
        pages = session.scalars(select(RecallPage.state)).all()
    assert sorted(pages) == ["listed", "read", "read", "read"]
    assert sum("if-none-match" in headers for _, headers in server.asked) == 4


def test_a_page_that_cannot_be_read_is_quarantined_and_read_when_it_can_be(
    server: Server, sessions: sessionmaker[Session], collector: Collector, source: Source
) -> None:
    server.at(LIST, listed(1, 2, 3))
    bad = Answer(
        b"<h1>x</h1><input type=password>", headers={"Content-Type": "text/html", "ETag": '"1"'}
    )
    server.at("/list/t20240308_1.html", bad, notice())
    server.at("/list/t20240308_2.html", notice("风扇抽查3批次不合格"))
    server.at("/list/t20240308_3.html", notice("白露公司召回部分白露牌灯"))
    collector.collect(source, NOW)
    assert titles(sessions) == ["白露公司召回部分白露牌灯"] and state_of(sessions) == (True, None)
    with sessions() as session:
        (kept,) = recall_sources.quarantined(session, "samr")  # a spot check is none of ours
        assert (kept.url[-6:-5], kept.reason) == ("1", "login_form")
    collector.collect(source, NOW + timedelta(days=1))
    with sessions() as session:
        assert recall_sources.quarantined(session, "samr") == []
    assert len(titles(sessions)) == 2


@pytest.mark.parametrize(
    ("answers", "problem"),
    [
        ({LIST: Answer(status=500)}, "server_error"),
        ({LIST: Answer(b"<h1>a</h1><input type=password>")}, "login_form"),
        ({LIST: Answer("<p>改版</p>".encode())}, "empty_list"),
        ({LIST: Answer(headers={"Content-Type": "application/pdf"})}, "wrong_type"),
        ({LIST: listed(1), "/list/t20240308_1.html": Answer(status=429)}, "too_often"),
        (
            {LIST: listed(1), "/list/t20240308_1.html": Answer("<h1>甲召回部分乙</h1>".encode())},
            "no_layout",
        ),
    ],
)
def test_a_source_that_was_not_read_whole_has_a_problem_and_keeps_what_came(
    server: Server, sessions: sessionmaker[Session], collector: Collector, source: Source,
    answers: dict[str, Answer], problem: str,
) -> None:  # fmt: skip
    for path, answer in answers.items():
        server.at(path, answer)
    collector.collect(source, NOW)
    assert state_of(sessions) == (False, problem)
    with sessions() as session:
        assert not recall_sources.is_due(session, "samr", NOW + timedelta(minutes=59))
        assert recall_sources.is_due(session, "samr", NOW + timedelta(hours=1))


def test_one_list_that_fails_leaves_the_other_be(
    server: Server, sessions: sessionmaker[Session], collector: Collector, source: Source,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    both = (f"{server.url}/gone/index.html", server.url + LIST)
    monkeypatch.setattr(Local, "addresses", lambda self, today: both)
    server.at(LIST, listed(1))
    server.at("/list/t20240308_1.html", notice())
    collector.collect(source, NOW)
    assert len(titles(sessions)) == 1 and state_of(sessions) == (False, "not_found")
    server.at("/gone/index.html", Answer(status=429))
    server.asked.clear()
    collector.collect(source, NOW + timedelta(days=1))  # asked to slow down, it asks nothing more
    assert server.paths() == ["/gone/index.html"]


def test_pages_that_are_gone_or_elsewhere_leave_the_others_be(
    server: Server, sessions: sessionmaker[Session], collector: Collector, source: Source
) -> None:
    links = b"<ul><li><a href='https://example.com/t20240308_9.html'>9</a></li></ul>"
    server.at(LIST, Answer(links + listed(1, 2).body))
    server.at("/list/t20240308_2.html", notice())
    collector.collect(source, NOW)
    assert len(titles(sessions)) == 1 and state_of(sessions) == (True, None)


def test_older_pages_of_a_list_are_followed_while_they_name_unread_notices(
    server: Server, sessions: sessionmaker[Session], collector: Collector, source: Source
) -> None:
    server.at(LIST, listed(1))
    server.at("/list/index_1.html", listed(2))
    server.at("/list/index_2.html", listed(3, day="2019-03-05"))  # too old to be fetched
    for number in (1, 2, 3):
        server.at(f"/list/t20240308_{number}.html", notice(f"青禾公司召回部分青禾牌风扇{number}"))
    collector.collect(source, NOW)
    assert [path for path in server.paths() if "index" in path] == [
        LIST, "/list/index_1.html", "/list/index_2.html",
    ]  # fmt: skip
    assert [title[-1] for title in titles(sessions)] == ["1", "2"]
    server.asked.clear()
    collector.collect(source, NOW + timedelta(days=1))
    assert [path for path in server.paths() if "index" in path] == [LIST]


def test_no_more_than_so_many_pages_in_one_go(
    server: Server, sessions: sessionmaker[Session], collector: Collector, source: Source,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.setattr(collecting, "MOST_PAGES", 2)
    server.at(LIST, listed(1, 2, 3))
    for number in (1, 2, 3):
        server.at(f"/list/t20240308_{number}.html", notice(f"青禾公司召回部分青禾牌风扇{number}"))
    collector.collect(source, NOW)
    assert len(titles(sessions)) == 2
    collector.collect(source, NOW + timedelta(days=1))
    assert len(titles(sessions)) == 3


@pytest.mark.parametrize(
    ("body", "problem", "count"),
    [
        (answered(row()), None, 1),
        (answered(), None, 0),
        (answered(row(), ERROR), None, 1),
        (answered(ERROR), "error_row", 0),
        (answered(row())[:-5], "not_json", 0),
        (answered(*[row()] * 2001), "too_many_rows", 0),
    ],
)
def test_a_source_of_one_address_is_read_whole_or_has_a_problem(
    server: Server, sessions: sessionmaker[Session], collector: Collector,
    body: bytes, problem: str | None, count: int,
) -> None:  # fmt: skip
    url = server.at("/r?format=json", Answer(body, headers=JSON))
    collector.collect(Local("cpsc", cpsc.read, types=("application/json",), at=url), NOW)
    assert state_of(sessions, "cpsc") == (problem is None, problem)
    assert len(titles(sessions)) == count
    with sessions() as session:
        (kept,) = session.scalars(select(RecallPage))
        assert recall_sources.content(kept) == body


def test_the_clock_looks_into_what_is_due_and_stops_at_once(
    server: Server, sessions: sessionmaker[Session], source: Source, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(collecting, "SOURCES", {"samr": source})
    server.at(LIST, listed(1, day=datetime.now(UTC).date().isoformat()))
    server.at("/list/t20240308_1.html", notice())
    fetcher = Fetcher(("127.0.0.1",), ("http",), pause=30)  # it would wait for its second page
    collector = Collector(sessions, fetcher)

    async def nothing() -> None:
        return None

    def run(_now: datetime) -> int:
        collector.run()
        return 0

    async def a_moment() -> None:
        soon = Chore("recalls", timedelta(hours=1), run, stop=collector.stop)
        clock = Clock(sessions, {}, nothing, chores=[soon])
        await clock.start()
        running = asyncio.create_task(clock.do(soon))
        while not server.asked:
            await asyncio.sleep(0.01)
        await clock.stop()
        await running

    aside.run(a_moment())
    assert state_of(sessions) == (False, "stopped")
    collector.run()  # failed a moment ago: not due before an hour has gone
    assert len(server.asked) == 1
