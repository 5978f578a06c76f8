"""The page of a report over HTTP: told before it asks, kept once, and nothing of it anywhere else."""

import logging
import re
import string
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import links, people, reports
from bot.casework.records import Evidence
from bot.casework.report_records import Report, ReportEvent, ReportFile
from bot.casework.report_steps import ACTOR
from bot.channels import report_page, web_uploads
from bot.library import load
from bot.settings import Settings

HOST = "http://testserver"
HEARD = "永旺卖过期牛奶，我电话13800000001，都三次了"
FACTS = "11月1日买到过期三个月的牛奶 <b>{{ 7*7 }}</b> '; DROP TABLE reports;--"
GOOD = {"merchant": "永旺超市", "location": "中北镇万卉路5号", "facts": FACTS, "is_true": "1"}


@pytest.fixture
def key(sessions: sessionmaker[Session]) -> str:
    """The key of a citizen who wrote a message in Telegram."""
    with sessions.begin() as session:
        who = people.person(session, "telegram", "777", datetime.now(UTC))
        session.flush()
        people.heard(session, who, "m:1", HEARD, datetime.now(UTC))
        return who.key


@pytest.fixture
def path_of(settings: Settings, key: str) -> Callable[..., str]:
    """Makes a link: each is another form."""

    def make(message_id: str = "m:1", person: str = key) -> str:
        return links.report_path(settings.signing_key(), person, message_id)

    return make


@pytest.fixture
def path(path_of: Callable[..., str]) -> str:
    return path_of()


@pytest.fixture
def client(build: Any, settings: Settings) -> TestClient:
    """Where nothing is submitted."""
    return TestClient(build(settings), base_url=HOST, follow_redirects=False)


@pytest.fixture
def bureau(build: Any, settings: Settings) -> TestClient:
    chosen = settings.model_copy(update={"operator": "bureau"})
    return TestClient(build(chosen), base_url=HOST, follow_redirects=False)


@pytest.fixture
def kept(sessions: sessionmaker[Session]) -> Callable[[Any], list[Any]]:
    def find(kind: Any) -> list[Any]:
        with sessions() as session:
            return list(session.scalars(select(kind).order_by(kind.id)))

    return find


def send(client: TestClient, path: str, files: Any = (), **fields: str) -> Any:
    given = [("files", one) for one in files] or [("files", ("", b"", ""))]
    return client.post(path, data={**GOOD, **fields}, files=given)


# ── told before it asks ──


@pytest.mark.parametrize("operator", ["independent", "bureau"])
def test_the_page_tells_before_it_asks(request, path, operator):
    page = request.getfixturevalue("client" if operator == "independent" else "bureau").get(path)
    assert page.status_code == 200 and "noindex" in page.text
    first = page.text.index('name="merchant"')
    for row in load("reports")["told"]["rows"]:
        said = row["is"][operator] if isinstance(row["is"], dict) else row["is"]
        said = said.replace("{district}", "天津市西青区")
        assert -1 < page.text.index(said) < first
    for word in ("第36条", "第28条", "以官方公布为准", "Telegram", "登记表为准"):
        assert word in page.text
    for never in ("5个工作日", "五个工作日", "暂行办法》第", "保证", "{district}", "{longest}"):
        assert never not in page.text


def test_a_bureau_asks_a_name_and_tells_what_for(bureau, client, path):
    page = bureau.get(path).text
    assert page.index(load("reports")["contact_told"]) < page.index('name="name"')
    assert "第37条" in page and "第三方" not in page
    page = client.get(path).text  # who submits nothing asks for nothing that nobody would use
    for name in ("name", "phone", "earlier", "files"):
        assert f'name="{name}"' not in page
    assert "不能受理举报" in page


def test_the_form_begins_with_the_message_without_its_numbers(client, path, kept):
    page = client.get(path).text
    assert kept(ReportEvent) == []  # a preview of the link in a chat opens it too
    assert "永旺卖过期牛奶" in page and "13800000001" not in page
    assert load("reports")["hints"]["facts_filled"] in page


@pytest.mark.parametrize(
    ("message", "person"), [("", None), ("gone", None), ("m:1", "f" * 32), ("/start", None)]
)
def test_a_message_or_a_person_that_is_gone_leaves_the_field_empty(
    bureau, path_of, key, kept, sessions, message, person
):
    with sessions.begin() as session:
        who = people.by_key(session, key)
        people.heard(session, who, "/start", "/start", datetime.now(UTC))
    path = path_of(message, person or key)
    page = bureau.get(path).text
    assert re.search(r'<textarea id="facts"[^>]*></textarea>', page)
    assert send(bureau, path).status_code == 303 and len(kept(Report)) == 1


# ── sent ──


def test_a_report_is_kept_and_its_number_and_day_are_told(bureau, path, kept, photo):
    pdf = ("b.pdf", b"%PDF-1.7\n%%EOF", "application/pdf")
    jpeg = ("a.jpg", photo(place=True), "image/jpeg")
    reply = send(bureau, path, [jpeg, pdf], name="王女士", phone="138 0000 0001")
    assert (reply.status_code, reply.headers["location"]) == (303, path)
    (one,) = kept(Report)
    assert (one.state, one.merchant, one.facts, one.street) == (
        "received",
        "永旺超市",
        FACTS,
        "中北镇",
    )
    assert (one.name, one.phone) == ("王女士", "13800000001")
    assert [file.kind for file in kept(ReportFile)] == ["photo", "document"]
    assert kept(Evidence) == []
    page = bureau.get(path).text
    assert reports.number_text(one.number) in page and one.check_due.isoformat() in page
    assert "12315" in page and "第18条" in page and 'name="merchant"' not in page
    for word in ("永旺", "牛奶", "王女士", "13800000001"):  # a link can be passed on
        assert word not in page


def test_what_is_submitted_nowhere_is_prepared_and_can_be_deleted(client, path, kept):
    assert send(client, path, name="王女士", phone="13800000001", earlier="x").status_code == 303
    (one,) = kept(Report)
    assert (one.state, one.check_due, one.name, one.phone) == ("prepared", None, None, None)
    page = client.get(path).text
    assert "尚未提交市场监管部门" in page and "12315" in page and "永旺超市" in page
    assert "&lt;b&gt;{{ 7*7 }}" in page and "<b>{{" not in page
    reply = client.post(f"{path}/remove")
    assert reply.headers["location"] == f"{path}?removed=1" and kept(Report) == []
    assert "已删除" in client.get(reply.headers["location"]).text
    assert send(client, path).status_code == 303  # the form is free again


def test_a_received_report_is_not_deleted_by_its_link(bureau, path, kept):
    send(bureau, path)
    bureau.post(f"{path}/remove")
    assert len(kept(Report)) == 1


def test_two_posts_of_one_form_make_one_report(bureau, path, path_of, kept):
    for facts in (FACTS, FACTS, "别的事"):
        assert send(bureau, path, facts=facts).status_code == 303
    assert len(kept(Report)) == len(kept(ReportEvent)) == 1
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=2)):
        other = path_of()
        send(bureau, other)
        assert "不再另行处理" in bureau.get(other).text and len(kept(Report)) == 1
    assert [event.kind for event in kept(ReportEvent)] == ["received", "repeated"]


def test_a_form_that_is_sent_many_times_at_once_counts_once(bureau, path, kept):
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda _: send(bureau, path), range(12)))
    assert {reply.status_code for reply in replies} == {303}
    # The last letter of a token can be another and mean the same.
    same = [path[:-1] + last for last in string.ascii_letters + string.digits]
    opened = [one for one in same if bureau.get(one).status_code == 200]
    assert len(opened) > 1 and all("举报已收到" in bureau.get(one).text for one in opened)
    assert {send(bureau, one).status_code for one in opened} == {303}
    assert len(kept(Report)) == len(kept(ReportEvent)) == 1


def test_what_adds_to_a_report_says_so(bureau, path, path_of, kept):
    send(bureau, path)
    number = reports.number_text(kept(Report)[0].number)
    other = path_of("")
    assert send(bureau, other, facts="改了日期", earlier=f"编号{number.lower()}").status_code == 303
    assert [event.kind for event in kept(ReportEvent)] == ["received", "supplemented"]
    page = bureau.get(other).text
    assert number in page and "重新计算" in page


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        (["begin"], "最迟"), (["begin", "test"], "不计入核查期限"),
        (["begin", "file"], "核查已经结束"), (["begin", "not_file"], "核查已经结束"),
        (["begin", "file", "close"], "核查已经结束"), (["pass_on"], "西青区卫健委"),
        (["pass_on", "close"], "西青区卫健委"),
    ],
)  # fmt: skip
def test_the_link_tells_where_it_stands_and_not_the_outcome(
    bureau, path, sessions, kept, steps, said
):
    send(bureau, path)
    detail = {
        "not_file": {"reason": "查无实据"},
        "pass_on": {"to": "西青区卫健委"},
        "close": {"telling": "no_rule"},
    }
    with sessions.begin() as session:
        for name in steps:
            one = session.get_one(Report, kept(Report)[0].id)
            reports.take(session, one, name, ACTOR, datetime.now(UTC), **detail.get(name, {}))
    with time_machine.travel(datetime.now(UTC) + timedelta(days=170)):
        page = bureau.get(path)
    assert page.status_code == 200 and said in page.text
    assert "查无实据" not in page.text and "不予立案" not in page.text and "已立案" not in page.text


# ── what is wrong ──


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"merchant": " "}, "merchant_missing"), ({"location": ""}, "place_missing"),
        ({"facts": "\n "}, "facts_missing"), ({"facts": "长" * 4001}, "facts_long"),
        ({"is_true": ""}, "is_true_missing"), ({"phone": "1380000"}, "phone_wrong"),
        ({"phone": "13800000001和13800000002"}, "phone_wrong"), ({"earlier": "22222-22222"}, "earlier_wrong"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field_and_typing_is_kept(
    bureau, path, kept, fields, problem
):
    reply = send(bureau, path, **{"name": "王<i>女士", **fields})
    said = load("reports")["problems"][problem].replace("{longest}", "4000")
    assert reply.status_code == 422 and reply.text.count(said) == 2
    assert 'aria-invalid="true"' in reply.text and "王&lt;i&gt;女士" in reply.text
    for value in {**GOOD, **fields}.values():
        if value.strip() and value != FACTS:
            assert value.strip() in reply.text
    assert kept(Report) == []


def test_what_can_be_right_is_taken(bureau, path_of, kept):
    right = [
        {"location": "", "platform": "淘宝永旺店"}, {"phone": "022-27391234"}, {"facts": "长\r\n" * 1300},
        {"merchant": "\x00\u202e黑作坊"}, {"merchant": "长名" * 100, "name": "x" * 500},
    ]  # fmt: skip
    for number, fields in enumerate(right):
        assert send(bureau, path_of(str(number)), **fields).status_code == 303, fields
    assert len(kept(Report)) == len(right)


def test_hostile_words_are_shown_as_they_were_typed(bureau, path):
    reply = send(bureau, path, is_true="", merchant='"><script>alert(1)</script>')
    assert "<script>alert" not in reply.text and "<b>{{" not in reply.text
    assert "{{ 7*7 }}" in reply.text and "&lt;script&gt;" in reply.text


def test_a_file_that_is_none_keeps_nothing(bureau, path, kept, photo):
    files = [("a.jpg", photo(), "image/jpeg"), ("b.jpg", b"PK\x03\x04" + b"\0" * 99, "image/jpeg")]
    reply = send(bureau, path, files)
    assert reply.status_code == 422 and "第 2 个" in reply.text and "永旺超市" in reply.text
    assert kept(Report) == kept(ReportFile) == []


def test_what_is_too_large_is_said_and_what_was_typed_stays(bureau, path, kept, monkeypatch):
    large = ("a.jpg", b"\xff\xd8\xff" + b"\0" * (20 * 1024 * 1024), "image/jpeg")
    reply = send(bureau, path, [large])
    assert reply.status_code == 413 and "超过 20 MB" in reply.text
    assert "永旺超市" in reply.text and "{{ 7*7 }}" in reply.text
    many = [("a.pdf", b"%PDF-1.7", "application/pdf")] * (web_uploads.MOST_FILES + 1)
    assert send(bureau, path, many).status_code == 413
    monkeypatch.setattr(web_uploads, "LARGEST_REQUEST", 1000)
    assert send(bureau, path, [large]).status_code == 413
    assert send(bureau, path, facts="长" * 30_000).status_code == 413
    assert kept(Report) == []


def test_too_many_of_one_reporter_and_of_one_address_wait(bureau, path_of, kept):
    for number in range(reports.MOST_A_DAY):
        assert send(bureau, path_of(str(number)), merchant=f"第{number}家").status_code == 303
    reply = send(bureau, path_of("more"), merchant="又一家")
    assert reply.status_code == 422 and load("reports")["problems"]["too_many"] in reply.text
    statuses = {send(bureau, path_of("more")).status_code for _ in range(report_page.A_MINUTE)}
    assert 429 in statuses and len(kept(Report)) == reports.MOST_A_DAY


# ── the link ──


@pytest.mark.parametrize("change", ["altered", "cut", "other purpose", "other key", "plain"])
def test_a_wrong_link_opens_nothing(bureau, settings, path, key, kept, change):
    signing, token = settings.signing_key(), path.removeprefix("/report/")
    wrong = {
        "altered": ("A" if token[0] != "A" else "B") + token[1:],
        "cut": token[:-5],
        "other purpose": links.token(signing, links.CONTACT, f"{key}:m:1"),
        "other key": links.token("another key", links.REPORT, f"{key}:m:1"),
        "plain": "1",
    }[change]
    reply = bureau.get(f"/report/{wrong}")
    assert reply.status_code == 404 and "牛奶" not in reply.text and "再说「举报」" in reply.text
    assert send(bureau, f"/report/{wrong}").status_code == 404 and kept(Report) == []
    assert bureau.get(f"/mine/{token}").status_code == 404


@pytest.mark.parametrize("operator", ["independent", "bureau"])
def test_an_old_link_takes_nothing_more(request, path, kept, operator):
    client = request.getfixturevalue("client" if operator == "independent" else "bureau")
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3, minutes=1)):
        assert client.get(path).status_code == 410
        assert send(client, path).status_code == 410 and kept(Report) == []
    send(client, path)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=3, minutes=1)):
        reply = client.get(path)  # a receipt stays, a text that anybody could read does not
    assert reply.status_code == (410 if operator == "independent" else 200)
    assert "牛奶" not in reply.text
    with time_machine.travel(datetime.now(UTC) + timedelta(days=181)):
        assert client.get(path).status_code == 410


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303), ({"origin": HOST}, 303), ({"origin": "null"}, 303),
        ({"sec-fetch-site": "cross-site", "origin": "null"}, 403),
        ({"sec-fetch-site": "same-site"}, 403), ({"origin": "https://evil.example"}, 403),
    ],
)  # fmt: skip
def test_another_sites_form_is_refused(bureau, path, kept, headers, status):
    reply = bureau.post(path, data=GOOD, files=[("files", ("", b"", ""))], headers=headers)
    assert reply.status_code == status and len(kept(Report)) == (status == 303)


def test_the_token_leaks_to_nobody(bureau, path):
    for one in (bureau.get(path), send(bureau, path, is_true="")):
        assert one.headers["referrer-policy"] == "no-referrer"
        assert one.headers["cache-control"] == "no-store"
        assert "script-src 'self'" in one.headers["content-security-policy"]
        assert "http:" not in one.text and "https:" not in one.text
        assert not re.search(r"<script(?! src=\"/static/(large|read))|style=|onclick", one.text)


# ── nothing of it elsewhere ──


def test_nothing_of_a_report_is_in_a_log_even_with_a_fault(bureau, path, path_of, caplog, sessions):
    caplog.set_level(logging.DEBUG)
    send(bureau, path, name="王女士", phone="13800000001")
    bureau.get(path)
    send(bureau, path_of(""), is_true="", name="王女士")
    with sessions.begin() as session:
        refusal = (
            "create trigger no before insert on reports begin select raise(abort, 'boom'); end"
        )
        session.execute(text(refusal))
    with pytest.raises(Exception) as fault:
        send(bureau, path_of("2"), name="王女士", merchant="另一家店")
    assert caplog.text  # something is logged
    said = caplog.text + str(fault.value) + repr(fault.value)
    for word in ("王女士", "13800000001", "永旺", "牛奶", "另一家店", "万卉路"):
        assert word not in said


def test_the_contact_page_of_the_same_person_shows_nothing_of_it(
    bureau, path, key, settings, photo
):
    mine = f"/mine/{links.token(settings.signing_key(), links.CONTACT, key)}"
    before = bureau.get(mine).text
    send(bureau, path, [("a.jpg", photo(), "image/jpeg")], name="王女士", phone="13800000001")
    assert bureau.get(mine).text == before
