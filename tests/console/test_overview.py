"""The page of numbers over HTTP and in a browser: who may see it, bad periods, its tables as CSV."""

import csv
import io
import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import disputes, intent_counts, people, progress, questions
from bot.casework.callback_records import CallbackRequest
from bot.casework.guidance_records import GuidanceAnswer
from bot.casework.intent_counts import FALLBACK
from bot.casework.officer_records import OfficerEvent
from bot.casework.recall_push_records import KIND, RecallAnswer, RecallPush
from bot.casework.records import Notice
from bot.console.items import kind_text
from bot.library import load
from tests.casework.test_overview import NOW, november, town
from tests.casework.test_overview import file as filed
from tests.casework.test_recall_reach import recalled
from tests.console.conftest import NAME, PASSWORD, token
from tests.console.test_desk_looks import check, site  # noqa: F401
from tests.console.test_queue import BAD

PAGE = "/desk/overview"
OWN = {"period": "own", "from": "2026-11-01", "to": "2026-11-26"}
SAID = load("desk")["overview"]


@pytest.fixture
def clock() -> Any:
    """Thursday, 10:00 in Tianjin."""
    with time_machine.travel(NOW, tick=False) as travelled:
        yield travelled


def rows(page: str, title: str) -> list[list[str]]:
    """The cells of one table of the page."""
    part = page.partition(f'aria-label="{title}"')[2].partition("</table>")[0]
    found = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row) for row in part.split("<tr>")[1:]]
    return [[unescape(cell) for cell in row] for row in found]


def taken_out(desk: TestClient, name: str, **given: str) -> Any:
    form = {"csrftoken": token(desk.get(PAGE).text), **given}
    return desk.post(f"{PAGE}/take-out/{name}", data=form)


def test_nobody_sees_it_who_is_not_logged_in(client: TestClient, officer: str) -> None:
    page = client.get(PAGE, follow_redirects=False)
    assert page.status_code == 303 and "/desk/login" in page.headers["location"]


@pytest.mark.parametrize("role", ["officer", "reviewer", "administrator"])
def test_every_role_finds_it_first_in_the_menu(
    another: Callable[..., TestClient], role: str
) -> None:
    page = another("王芳", role).get(PAGE)
    menu = page.text.partition('<nav class="side"')[2].partition("</nav>")[0]
    first = re.search(r"<li><a href=\"([^\"]+)\" ([^>]*)>([^<]+)", menu)
    assert page.status_code == 200 and first is not None
    assert (first[1].endswith(PAGE), first[2], first[3]) == (
        True,
        'aria-current="page"',
        SAID["title"],
    )


def test_empty_records_are_told_as_such(clock: Any, desk: TestClient) -> None:
    page = desk.get(PAGE).text
    empty = ("streets", "goods", "shops", "recalls", "understood", "intents")
    assert page.count(SAID["empty"]) == len(empty) and ">0 件<" in page
    assert all(
        row[1:] == ["0", "0", "0"] for row in rows(page, SAID["tables"]["weeks"]["title"])[1:]
    )


def test_the_numbers_are_those_of_the_records(
    clock: Any, desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        town(session)
    page = desk.get(PAGE, params=OWN)
    assert page.status_code == 200
    assert rows(page.text, SAID["tables"]["streets"]["title"])[1:] == [
        ["中北镇", "4", "3", "2", "67%", "7", "180.50"],
        ["大寺镇", "1", "2", "1", "50%", "10.5", "—"],
        ["精武镇", "1", "1", "1", "100%", "6", "60.00"],
        [SAID["nameless"]["streets"], "1", "0", "0", "—", "—", "—"],
    ]
    assert rows(page.text, SAID["tables"]["shops"]["title"])[1][0] == "永旺超市"
    for table in ("weeks", "streets", "goods", "shops", "talk"):
        name = f"c-{table}-title"
        assert (
            f'role="img" aria-labelledby="{name}"' in page.text
            and f'<title id="{name}">' in page.text
        )
    assert "<script" not in page.text and " style=" not in page.text


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"from": "昨天", "to": "2026-11-26"}, "no_day"),
        ({"from": "2026-11-01"}, "no_day"),
        ({"from": "2026-02-30", "to": "2026-11-26"}, "no_day"),
        ({"from": "<script>", "to": "\x00"}, "no_day"),
        ({"from": "0001-01-01", "to": "0001-01-01"}, "early"),
        ({"from": "2026-11-26", "to": "9999-12-31"}, "future"),
        ({"from": "2026-11-27", "to": "2026-11-27"}, "future"),
        ({"from": "2026-11-20", "to": "2026-11-01"}, "order"),
        ({"from": "2020-01-01", "to": "2026-11-26"}, "long"),
    ],
)
def test_a_bad_period_is_said_beside_its_field(
    clock: Any, desk: TestClient, given: dict[str, str], said: str
) -> None:
    page = desk.get(PAGE, params={"period": "own", **given})
    assert page.status_code == 422 and SAID["problems"][said] in page.text
    assert page.text.count('aria-invalid="true"') == 1 and "<script>" not in page.text
    assert taken_out(desk, "shops", period="own", **given).status_code == 400


@pytest.mark.parametrize("kind", ["", "0", "-1", "31", "own ", "x" * 5000, "近"])
def test_a_period_that_there_is_not_is_the_shortest(
    clock: Any, desk: TestClient, kind: str
) -> None:
    page = desk.get(PAGE, params={"period": kind})
    assert page.status_code == 200 and "2026-10-28 至 2026-11-26" in page.text


def test_a_table_as_csv_has_all_rows_no_formula_and_is_written_down(
    clock: Any, desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    shops = [f"{begins}{place}店" for place, begins in enumerate([*BAD, *"甲乙丙丁"])]
    with sessions.begin() as session:
        for shop in shops:
            filed(session, november(2), merchant=shop)
    page = desk.get(PAGE, params=OWN).text
    assert len(rows(page, SAID["tables"]["shops"]["title"])) == 11
    answer = taken_out(desk, "shops", **OWN)
    assert (
        'filename="overview-shops-2026-11-01-2026-11-26.csv"'
        in answer.headers["content-disposition"]
    )
    head, *found = csv.reader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert head[:2] == ["名称", "提交"] and answer.content.startswith(b"\xef\xbb\xbf")
    names = [row[0] for row in found]
    assert {one.replace("\t", "") for one in names} == {
        ("'" if place < len(BAD) else "") + shop.replace("\t", "")
        for place, shop in enumerate(shops)
    }
    assert sum(int(row[1]) for row in found) == len(shops)
    assert not [cell for row in found for cell in row if cell.startswith(tuple("=+-@＝"))]
    with sessions() as session:
        last = session.scalars(select(OfficerEvent).order_by(OfficerEvent.id.desc())).first()
    assert last is not None
    assert (last.officer, last.kind, last.subject) == (
        NAME,
        "export:overview_shops",
        str(len(found)),
    )


def test_there_is_no_other_table_and_none_without_a_token(clock: Any, desk: TestClient) -> None:
    assert taken_out(desk, "people").status_code == 404
    assert desk.post(f"{PAGE}/take-out/shops", data=OWN).status_code == 403
    assert desk.get(f"{PAGE}/take-out/shops").status_code in (404, 405)


TALKED = {
    "inform": 40,
    "ask_rights": 31,
    "query_recall": 22,
    "file_complaint": 17,
    "chitchat": 9,
    "deny": 6,
}


@pytest.fixture
def talked(sessions: sessionmaker[Session]) -> None:
    """Nine weeks of talk up to today, in the one before the last nobody wrote; ever fewer not understood."""
    with sessions.begin() as session:
        for week in range(9):
            day = disputes.local_day(datetime.now(UTC) - timedelta(weeks=week))
            if week != 1:
                counts = {(day, name): times + week for name, times in TALKED.items()}
                intent_counts.add(session, {**counts, (day, FALLBACK): 9 + 3 * week})


def test_how_much_was_understood_by_week_and_the_five_most_frequent_intents(
    clock: Any, desk: TestClient, sessions: sessionmaker[Session], talked: None
) -> None:
    page = desk.get(PAGE, params={"period": "own", "from": "2026-11-26", "to": "2026-11-26"}).text
    weeks = rows(page, SAID["tables"]["understood"]["title"])
    assert weeks[0] == ["周一", "消息", "没听懂", "没听懂（%）"] and len(weeks) == 13
    assert weeks[-3:] == [
        ["2026-11-09", "152", "15", "9.9"], ["2026-11-16", "0", "0", "—"], ["2026-11-23", "134", "9", "6.7"],
    ]  # fmt: skip
    chart = page.partition('id="c-understood-title"')[2].partition("</svg>")[0]
    assert chart.count('class="mark-1"') == 8  # none where nobody wrote
    found = rows(page, SAID["tables"]["intents"]["title"])[1:]
    assert found[0] == ["回答问题、补充情况", "40", "32.0"] and len(found) == 5
    head, *all_rows = csv.reader(
        io.StringIO(taken_out(desk, "intents").content.decode("utf-8-sig"))
    )
    assert len(all_rows) == 6 and head == ["名称", "数量", "占听懂的（%）"]
    assert not [name for name in TALKED if f">{name}<" in page]
    taken = SAID["tables"]["intents"]["title"]
    assert kind_text("export:overview_intents") == load("desk")["log"]["export"].format(step=taken)


# ── in a browser ──

SHOPS = (
    "永旺超市",
    "好邻居便利店",
    "青禾家电",
    "悦动健身",
    "天津市西青区张家窝镇某某某家用电器经营部",
    "<b>店</b>",
)
STREETS = ("中北镇", "杨柳青镇", "大寺镇", "精武镇", "张家窝镇", None)
GOODS = ("电饭煲", "充电宝", "电动车", "健身卡", "风扇", "手机充电器", "过期牛奶")


@pytest.fixture
def quarter(sessions: sessionmaker[Session]) -> None:
    """Twelve weeks of work up to today: more and more filed, two of three ended, most of them settled."""
    now = datetime.now(UTC)
    with sessions.begin() as session:
        for place in range(60):
            days = 80 * (60 - place) ** 2 // 3600 + 1
            at = now - timedelta(days=days)
            made = filed(session, at, merchant=SHOPS[place * place % 6], street=STREETS[place * 5 % 7 % 6],
                         product=GOODS[place % 7])  # fmt: skip
            ends = now - timedelta(days=max(0, days - 2 - place % 9))
            if place % 3:
                detail = {"amount": str(50 + place * 7)} if place % 5 else {}
                step = "settle" if place % 5 else "withdraw"
                progress.take(session, made, step, "officer", ends, **detail)


@pytest.fixture
def told(sessions: sessionmaker[Session]) -> None:
    """Two notices on their way to people, some of whom answered; and what was said to answers."""
    now = datetime.now(UTC)
    with sessions.begin() as session:
        who = [people.person(session, "web", f"told-{place}", now).id for place in range(9)]
        for number, answers in (("T-1", ("done", "have", "done", "have_not")), ("T-2", ("done",))):
            recalled(session, now, number, title=f"某公司召回青禾牌落地扇（{number}）")
            push = RecallPush(notice_no=number, version="1", state="planned", is_serious=False,
                              starts_at=now, proposed_at=now)  # fmt: skip
            session.add(push)
            session.flush()
            for one in who:
                session.add(Notice(person_id=one, kind=KIND, subject=str(push.id), text="召回", state="sent",
                                   due_at=now))  # fmt: skip
            for one, said in zip(who, answers, strict=False):
                session.add(
                    RecallAnswer(person_id=one, push_id=push.id, answer=said, answered_at=now)
                )
        for said in ("helped", "helped", "helped", "not_helped"):
            session.add(GuidanceAnswer(entry_id="e", said=said, day=disputes.local_day(now)))
        questions.note(session, "隔壁超市的秤不准怎么办", "ask_rights", "none", now)
        session.add(CallbackRequest(person_id=who[0], asked_at=now))


def test_notices_and_the_talk_are_told(desk: TestClient, told: None) -> None:
    page = desk.get(PAGE).text
    assert rows(page, SAID["tables"]["recalls"]["title"])[1:] == [
        ["某公司召回青禾牌落地扇（T-1）", "9", "4", "1", "1", "2", "67%"],
        ["某公司召回青禾牌落地扇（T-2）", "9", "1", "0", "0", "1", "100%"],
    ]
    counts = [int(row[1]) for row in rows(page, SAID["tables"]["talk"]["title"])[1:]]
    assert counts == [3, 1, 0, 1, 0, 1]


@pytest.mark.parametrize("width", [1440, 360])
def test_the_page_has_no_fault_of_weight(
    browser: Browser, quarter: None, told: None, talked: None, site: str, width: int  # noqa: F811
) -> None:  # fmt: skip
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15000)
    page.goto(f"{site}/desk/")
    page.get_by_label("姓名或工号").fill(NAME)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.get_by_role("link", name=SAID["title"], exact=True).click()
    page.get_by_label(SAID["period"], exact=True).select_option("90")
    page.get_by_role("button", name=SAID["apply"]).click()
    page.wait_for_load_state()
    for text in page.locator(".chart text").all()[:40]:  # nothing of a chart's words is cut off
        box = text.bounding_box()
        assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= width
    check(page, "overview", width)
    page.emulate_media(forced_colors="active")
    drawn = page.locator(".bar-1").first.evaluate("one => getComputedStyle(one).fill")
    framed = page.locator(".bar-2").first.evaluate("one => getComputedStyle(one).fill")
    assert drawn != framed
    context.close()
