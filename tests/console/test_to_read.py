"""What officers read at the desk: sources and their unread pages, the log, guidance and recalls."""

import csv
import html
import io
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import officers, people, recall_sources
from bot.casework.recall_push_records import RecallPush
from bot.casework.recall_records import RecallVersion
from bot.casework.records import Dispute, Recall
from bot.console import frame
from bot.console.frame import Desk
from bot.console.views import Listed
from bot.library import guidance_loader, load
from tests.casework.test_recall_reach import recalled
from tests.console.conftest import token
from tests.console.test_items import logged, seen_in, send

NOW = datetime.now(UTC)
RAW = "<script>alert(1)</script><p>召回公告 青禾</p>"


@pytest.fixture(autouse=True)
def told(sessions: sessionmaker[Session]) -> None:
    """Two notices, one with a version, a push and a complaint; a source that is stale; an unread page."""
    with sessions.begin() as session:
        who = people.person(session, "web", "c-1", NOW)
        recalled(session, NOW, "T-1", title="召回<b>青禾</b>落地扇", publisher="天津市局")
        session.add(
            Recall(
                notice_no="US-CPSC-9", title="Acme Kettle", publisher="CPSC", jurisdiction="US",
                first_seen_at=NOW, models=["KT-9"], published_on=date(2026, 10, 1),
            )
        )  # fmt: skip
        session.add(
            RecallVersion(notice_no="T-1", source="samr", source_key="k", version=1, digest="d",
                          fields={}, raw={}, seen_at=NOW)
        )  # fmt: skip
        session.add(
            RecallPush(notice_no="T-1", version="0", state="planned", is_serious=True, proposed_at=NOW,
                       counts={"thing": 61}, posted=60)
        )  # fmt: skip
        session.add(
            Dispute(
                person_id=who.id, number="ABCD2345", state="lodged", product="落地扇", brand="青禾",
                model="QH-1000", created_at=NOW, updated_at=NOW, lodged_at=NOW,
            )
        )  # fmt: skip
        recall_sources.succeeded(session, "samr", NOW - timedelta(days=9))
        recall_sources.succeeded(session, "cpsc", NOW)
        recall_sources.failed(session, "samr", "timeout", NOW)
        recall_sources.keep(session, "samr", "https://a.example/1", RAW.encode(), NOW,
                            state="quarantined", reason="no_layout")  # fmt: skip


@pytest.fixture
def reviewer(another: Callable[..., TestClient]) -> TestClient:
    return another("王芳", "reviewer")


@pytest.fixture
def chief(another: Callable[..., TestClient]) -> TestClient:
    return another("赵强", "administrator")


@dataclass(frozen=True)
class Asked:
    """A list, what is asked of it, and words that are then among its rows, and that are not."""

    listed: str
    there: tuple[str, ...]
    absent: tuple[str, ...] = ()
    params: dict[str, str] = field(default_factory=dict)


SAMR, TABLE = (load("sources")["sources"][one]["name"] for one in ("samr", "table"))
CAR, FOOD = "新车发动机变速箱坏了", "/desk/entry/food"
LISTS = (
    Asked("sources", (SAMR, TABLE, "已陈旧", "超时", "72 小时没有收成就算陈旧", "2026-11-01")),
    Asked("sources", (SAMR,), (TABLE, "CPSC"), {"state": "stale"}),
    Asked("sources", ("CPSC",), (TABLE, SAMR), {"q": "CPSC"}),
    Asked("pages", ("/desk/page/1", "版式不认识"), (), {"source": "samr"}),
    Asked("pages", (), ("/desk/page/1",), {"source": "cpsc"}),
    Asked("pages", (), ("/desk/page/1",), {"q": "b.example"}),
    Asked("entries", (CAR, "未经律师复核"), (), {"law": "car_guarantee"}),
    Asked("entries", (), (CAR,), {"law": "food_law"}),
    Asked("entries", (CAR,), (), {"q": "家用汽车产品修理更换退货责任规定 第22条"}),
    Asked("entries", (CAR,), ("汽车三包期和包修期",), {"q": "提车五天 发动机异响"}),
    Asked("entries", (), ("/desk/entry/",), {"reviewed": "yes"}),
    Asked("recalls", ("/desk/recall/T-1", "/desk/recall/US-CPSC-9", "&lt;b&gt;青禾")),
    Asked("recalls", ("US-CPSC-9",), ("T-1",), {"place": "foreign"}),
    Asked("recalls", ("US-CPSC-9",), ("T-1",), {"q": "kt-9"}),
    Asked("recalls", ("T-1",), ("US-CPSC-9",), {"q": "落地扇"}),
    Asked("recalls", ("T-1",), ("US-CPSC-9",), {"publisher": "天津市局"}),
)


def rows_of(page: str) -> str:
    """What stands in the list itself, behind its filters."""
    return page.partition("<tbody>")[2].partition("</tbody>")[0]


@pytest.mark.parametrize("case", LISTS, ids=lambda case: f"{case.listed}-{case.params}")
def test_a_list_holds_what_is_asked_for(desk: TestClient, case: Asked) -> None:
    answer = desk.get(f"/desk/{case.listed}/list", params=case.params)
    rows = rows_of(answer.text)
    assert answer.status_code == 200
    assert all(word in rows for word in case.there), rows
    assert not any(word in rows for word in case.absent), rows


def test_a_list_of_files_has_pages_like_any_other(desk: TestClient) -> None:
    first = rows_of(desk.get("/desk/entries/list").text)
    second = rows_of(desk.get("/desk/entries/list", params={"page": "2"}).text)
    assert first.count("<tr>") == second.count("<tr>") == 25 and first != second


@pytest.mark.parametrize("listed", ["sources", "pages", "entries", "recalls", "log"])
def test_each_list_is_taken_out_with_its_filter_and_that_is_written_down(
    chief: TestClient, sessions: sessionmaker[Session], listed: str
) -> None:
    form = {
        "csrftoken": token(chief.get("/desk/account").text), "scope": "all", "format": "csv",
    }  # fmt: skip
    asked = {"name": "export", "all": "1", "_list_query": "?q=no-such-thing"}
    for query, is_empty in (("?q=no-such-thing", True), ("", False)):
        asked["_list_query"] = query
        answer = chief.post(f"/desk/_api/{listed}/action", params=asked, data=form)
        rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
        assert (len(rows) == 1) is is_empty
    shown = rows_of(chief.get("/desk/log/list", params={"kind": "export"}).text)
    assert f"导出清单：{load('desk')['event']['lists'][listed]}" in shown
    assert f"{len(rows) - 1} 行" in shown


def test_each_list_that_can_be_taken_out_has_a_name_in_the_log(sessions, settings) -> None:
    made = [view(Desk(sessions, settings, None)) for view in frame.VIEWS]  # type: ignore[arg-type]
    lists = [one for one in made if isinstance(one, Listed)]
    known = load("desk")["event"]["lists"]
    assert {one.key for one in lists if one.can_export(None)} == set(known)  # type: ignore[arg-type]
    assert {known[one.key] for one in lists if one.key in known} <= {
        one.menu_label for one in lists
    }


# ── pages that could not be read ──


def test_an_unread_page_is_shown_and_given_out_as_text_alone(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    page = desk.get("/desk/page/1").text
    assert "<script" not in page and "&lt;script&gt;alert(1)" in page and "版式不认识" in page
    raw = desk.get("/desk/page/1/raw")
    assert raw.text == RAW and raw.headers["content-type"].startswith("text/plain")
    assert raw.headers["content-disposition"] == 'attachment; filename="samr-1.txt"'
    assert raw.headers["x-content-type-options"] == "nosniff"
    assert logged(sessions, "page:1") == ["page_raw"]


def test_a_reviewer_notes_what_they_found(
    desk: TestClient, reviewer: TestClient, sessions: sessionmaker[Session]
) -> None:
    assert '/checked"' not in desk.get("/desk/page/1").text
    seen = seen_in(reviewer.get("/desk/page/1").text)
    assert send(desk, "page", "checked", seen=seen, finding="layout").status_code == 403
    assert send(reviewer, "page", "checked", finding="").status_code == 422
    assert send(reviewer, "page", "checked", finding="layout").status_code == 303
    assert logged(sessions, "page:1") == ["page_checked:layout"]
    assert load("desk")["page"]["findings"]["layout"] in desk.get("/desk/page/1").text
    assert "王芳" in rows_of(desk.get("/desk/pages/list").text)


def test_a_page_that_was_read_since_is_gone(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        recall_sources.keep(session, "samr", "https://a.example/1", b"read", NOW, state="read")
    assert "/desk/page/" not in rows_of(desk.get("/desk/pages/list").text)
    assert desk.get("/desk/page/2").status_code == 404


# ── the log ──


@pytest.mark.parametrize("role", ["officer", "reviewer"])
def test_the_log_is_the_administrators(another: Callable[..., TestClient], role: str) -> None:
    browser = another("孙某", role)
    assert browser.get("/desk/log/list").status_code == 403
    assert "/desk/log/list" not in browser.get("/desk/disputes/list").text


def test_the_log_says_who_did_what_and_finds_it(
    chief: TestClient, desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    desk.get("/desk/case/ABCD2345")
    old = datetime(2026, 3, 2, 16, 30, tzinfo=UTC)  # in Tianjin the next day
    with sessions.begin() as session:
        officers.log(session, "老陈", "step:accept", old, "ABCD2345")
        officers.log(session, "老陈", "push_approve", old - timedelta(hours=12), "push:1")
    for params, there, absent in (
        (
            {},
            ("李明", "老陈", "打开", 'href="http://desk.test/desk/case/ABCD2345"', "ABCD-2345"),
            (),
        ),
        ({"officer": "老陈"}, ("办理：受理", "/desk/push/1", "召回通知 1"), ("李明",)),
        ({"kind": "step"}, ("办理：受理",), ("批准发送", "李明")),
        ({"q": "2026-03-03"}, ("办理：受理",), ("批准发送", "李明")),
        ({"q": "abcd-2345"}, ("办理：受理", "打开"), ("批准发送",)),
        ({"day": "today"}, ("李明", "赵强"), ("老陈",)),
        ({"day": "today", "officer": "赵强"}, ("登录",), ("李明",)),
    ):
        rows = rows_of(chief.get("/desk/log/list", params=params).text)
        assert all(word in rows for word in there), (params, rows)
        assert not any(word in rows for word in absent), (params, rows)


# ── guidance and recalls ──


ENTRIES = guidance_loader.entries()
WITH_EXCEPTIONS = [one for one in ENTRIES if one.exception_cite and one.see][:3]


@pytest.mark.parametrize("entry", [*ENTRIES[::25], *WITH_EXCEPTIONS], ids=lambda one: one.id)
def test_an_entry_is_shown_whole_with_its_file_and_nothing_to_change(
    desk: TestClient, entry: guidance_loader.Entry
) -> None:
    page = desk.get(f"/desk/entry/{entry.id}").text
    assert f"bot/library/guidance/{entry.topic}.yml" in page and entry.answer in page
    assert html.escape(entry.exceptions) in page and WITH_EXCEPTIONS
    assert all(f"/desk/entry/{one}" in page for one in (*entry.see, *entry.confused_with))
    for cite in entry.sources:
        law = guidance_loader.laws()[cite.law]
        assert f"《{law.short}》第{cite.article}条" in page and (law.since or "") in page
    assert page.count("<form") == 1  # that of logging out
    assert all(ask in page for ask in entry.asks)


def test_a_recall_is_shown_with_its_versions_pushes_and_earlier_complaints(
    desk: TestClient,
) -> None:
    page = desk.get("/desk/recall/T-1").text
    for word in ("&lt;b&gt;青禾", SAMR, "/desk/push/1", "涉及 61 人，已放进发送台账 60",
                 "/desk/case/ABCD2345", "ABCD-2345", "QH-1000、QH-2000"):  # fmt: skip
        assert word in page, word
    foreign = desk.get("/desk/recall/US-CPSC-9").text
    assert "美国" in foreign and "/desk/case/" not in foreign


@pytest.mark.parametrize("number", ["EU-SAFETY_GATE-SR/02345/26", "CN-TABLE-公告 3?#1"])
def test_a_recall_opens_from_the_list_whatever_its_number(
    desk: TestClient, sessions: sessionmaker[Session], number: str
) -> None:
    with sessions.begin() as session:
        recalled(session, NOW, number, title="别的公告")
    rows = rows_of(desk.get("/desk/recalls/list", params={"q": "别的公告"}).text)
    address = html.unescape(rows.partition('href="')[2].partition('"')[0])
    page = desk.get(address)
    assert page.status_code == 200 and html.escape(number) in page.text


@pytest.mark.parametrize(
    "address", ["entry/none", "recall/none", "page/9", "page/x", "entry/", "recall/"]
)
def test_what_there_is_not_is_not_found(desk: TestClient, address: str) -> None:
    assert desk.get(f"/desk/{address}").status_code == 404
