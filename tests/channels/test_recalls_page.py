"""Recalls for everybody over HTTP: the search says what the chat says, the list, and each notice."""

import re
from datetime import UTC, date, datetime, timedelta
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
from playwright.sync_api import expect
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import recall_intake, recall_sources, recall_words, recalls
from bot.casework.records import Recall
from bot.channels import notice_page, recalls_page
from bot.library import load
from bot.settings import Settings
from bot.sources.notice import Notice

NOW = datetime.now(UTC)
QUESTIONS = {  # of each kind of answer one that leads to it
    "罗马仕充电宝 PAC20-272": "covered",
    "罗马仕充电宝": "ask_model",
    "充电宝": "ask_brand",
    "长虹电视 XYZ-999": "not_found",
    "感冒药有召回吗": "not_in_library",
    "Anker PowerCore A1263": "foreign_only",
}
FAN = {
    "product_name": "落地扇", "brand": "青禾", "models": ("QH-77A",), "category": "电子电器",
    "contact_phone": "青禾客服 0754-8545860、400-800-2345", "hazard": "电机过热，可能起火",
}  # fmt: skip


def fan(key: str = "t1", **more: Any) -> Notice:
    title = "青禾公司召回部分青禾牌落地扇"
    return Notice("samr", key, "CN", title, **{"published_on": date(2026, 1, 2), **FAN, **more})


@pytest.fixture
def library(sessions: sessionmaker[Session]) -> sessionmaker[Session]:
    """The shipped notices."""
    with sessions.begin() as session:
        recalls.ship(session, NOW)
    return sessions


@pytest.fixture
def client(build: Any, settings: Settings, library: sessionmaker[Session]) -> TestClient:
    return TestClient(build(settings))


def text(page: str) -> str:
    """The words of a page, without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.mark.parametrize(("asked", "kind"), QUESTIONS.items())
def test_a_search_says_what_the_chat_says(client, library, asked, kind):
    with library() as session:
        found = recalls.find(session, asked)
        said = recall_words.answer(session, found, NOW)
    assert found.kind == kind
    page = client.get("/recalls", params={"q": asked}).text
    assert re.sub(r"\s+", " ", said) in text(page)
    for match in found.matches[: recalls_page.MOST_FOUND]:
        assert f"/recalls/{match.notice.notice_no}" in page
    assert not re.search("安全的|是安全|放心", text(page))


@pytest.mark.parametrize(
    "asked", ["<script>alert(1)</script>", "\0\ud800".encode("utf-8", "replace"), "长" * 900]
)
def test_whatever_is_asked_is_shown_as_words(client, asked):
    response = client.get("/recalls", params={"q": asked})
    assert response.status_code == 200
    assert "<script>alert" not in response.text


def test_too_many_searches_are_told_to_wait_and_the_list_stays(client):
    for _ in range(recalls_page.A_MINUTE):
        client.get("/recalls", params={"q": "充电宝"})
    response = client.get("/recalls", params={"q": "充电宝"})
    assert response.status_code == 429 and int(response.headers["Retry-After"]) > 0
    assert "发得太快了" in response.text and "/recalls/CN-" in response.text
    assert client.get("/recalls").status_code == 200


def test_every_notice_stands_on_one_page_of_the_list_newest_first(client, library):
    with library() as session:
        wanted = {(n.notice_no, n.published_on) for n in session.query(Recall)}
    seen: list[str] = []
    url: str | None = "/recalls"
    while url:
        page = client.get(url).text
        seen += re.findall(r'<li><a href="/recalls/([^"]+)"', page)
        found = re.search(r'href="([^"]+)" rel="next"', page)
        url = unescape(found[1]) if found else None
    assert sorted(map(unquote, seen)) == sorted(number for number, _ in wanted)
    days = dict(wanted)
    order = [days[unquote(number)] or date.min for number in seen]
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize("category", ["儿童用品", "电子电器", "其他"])
def test_a_category_lists_its_own(client, library, category):
    with library() as session:
        own = {n.notice_no for n in session.query(Recall).filter_by(category=category)}
    page = client.get("/recalls", params={"category": category}).text
    shown = set(map(unquote, re.findall(r'<li><a href="/recalls/([^"]+)"', page)))
    assert shown and shown <= own and len(shown) == min(len(own), 20)
    assert re.search(rf'aria-current="true">{category}<', page)


@pytest.mark.parametrize(
    "query", ["page=0", "page=-3", "page=x", "page=99999999999", "page=9999", "category=没有"]
)
def test_a_page_that_is_not_there_is_the_nearest_one(client, query):
    response = client.get(f"/recalls?{query}")
    assert response.status_code == 200
    assert "/recalls/CN-" in response.text


@pytest.mark.parametrize(("days", "is_old"), [(1, False), (9, True)])
def test_the_page_says_how_old_it_is(client, library, days, is_old):
    read = NOW - timedelta(days=days)
    with library.begin() as session:
        for source in ("samr", "tianjin"):
            recall_sources.succeeded(session, source, read)
        as_of = recalls.as_of(session)
    said = text(client.get("/recalls").text)
    assert f"截至 {as_of}" in said
    assert ("国家市场监督管理总局缺陷产品召回技术中心：" in said) and "还没有读过" in said
    assert ("没有更新" in said) is is_old


# ── one notice ──


def test_every_shipped_notice_has_its_page(client, library):
    with library() as session:
        notices = session.query(Recall).all()
    for notice in notices:
        page = client.get(f"/recalls/{notice.notice_no}")
        said = text(page.text)
        assert page.status_code == 200
        assert load("recall_notice")["now"] in said
        for value in (notice.title, notice.hazard, notice.remedy, notice.publisher, *notice.models):
            assert value is None or re.sub(r"\s+", " ", value) in said, (notice.notice_no, value)
        assert ("仅供参考" in said) is (notice.jurisdiction != "CN")
        if notice.hazard:
            assert said.index(notice.hazard) < said.index(load("recall_notice")["now"])


def test_numbers_can_be_tapped_and_a_doubtful_one_is_marked(client, library):
    with library.begin() as session:
        recall_intake.take(session, "samr", [fan(doubts=("phone_length",))], NOW)
    page = client.get("/recalls/CN-SAMR-t1").text
    assert re.findall(r'class="number" href="tel:(\d+)"', page) == ["07548545860", "4008002345"]
    assert "号码可能有误" in page and "电话位数不对" in page


@pytest.mark.parametrize(
    ("contact", "numbers"),
    [
        ("400-800-2345", ["4008002345"]),
        ("0754—85165273", ["075485165273"]),
        ("950816", ["950816"]),
        ("13750425559 / 010-59799616", ["13750425559", "01059799616"]),
        ('微信公众号"Anker售后"', []),
        ("联系人 2 名", []),
        ("1234567890123456", []),
        ("", []),
    ],
)
def test_what_is_a_number_to_call(contact, numbers):
    pieces = notice_page.calls(contact)
    assert [number for _, number in pieces if number] == numbers
    assert "".join(piece for piece, _ in pieces) == contact


@pytest.mark.parametrize(
    ("url", "is_link"),
    [("https://www.samrdprc.org.cn/a", True), ("javascript:alert(1)", False), (None, False)],
)
def test_the_source_is_a_link_where_it_is_an_address(client, library, url, is_link):
    with library.begin() as session:
        recall_intake.take(session, "samr", [fan(url=url, publisher="某市监局")], NOW)
    page = client.get("/recalls/CN-SAMR-t1").text
    assert ("看某市监局的公告原文" in page) is is_link
    assert "javascript:" not in page


def test_a_correction_is_told_with_what_it_changed(client, library):
    with library.begin() as session:
        recall_intake.take(session, "samr", [fan()], NOW - timedelta(days=3))
    with library.begin() as session:
        corrected = fan(models=("QH-77A", "QH-78"), remedy="免费更换电机")
        recall_intake.take(session, "samr", [corrected], NOW)
    said = text(client.get("/recalls/CN-SAMR-t1").text)
    assert "首次收录" in said
    assert re.search("更正了 (型号、处理办法|处理办法、型号)", said)


@pytest.mark.parametrize(
    "number", ["NO-SUCH", "%00", "%ED%A0%80", "a/b/c", "x" * 500, "..%2f..%2fetc"]
)
def test_an_unknown_number_is_a_404_with_a_search(client, number):
    response = client.get(f"/recalls/{number}", headers={"accept": "text/html"})
    assert response.status_code == 404
    assert 'name="q"' in response.text and 'role="search"' in response.text


@pytest.mark.parametrize(
    ("models", "said"),
    [
        (("QH-77A",), "我有青禾落地扇 QH-77A，在召回范围内吗？"),
        (("QH-77A", "QH-78"), "我有青禾落地扇，在召回范围内吗？型号是"),
        ((), "我有青禾落地扇，在召回范围内吗？"),
    ],
)
def test_the_chat_opens_with_the_question_and_sends_nothing_by_itself(
    visit, library, dialogue, models, said
):
    with library.begin() as session:
        recall_intake.take(session, "samr", [fan(models=models)], NOW)
    page = visit(path="recalls/CN-SAMR-t1")
    page.get_by_role("link", name="我有这个产品").click()
    expect(page.locator("#text")).to_have_value(said)
    expect(page.locator("#text")).to_be_focused()
    assert dialogue.heard == [] and "#" not in page.url
    page.reload()
    expect(page.locator("#text")).to_have_value(said)
    page.keyboard.press("Control+End")
    page.get_by_role("button", name="发送").click()
    expect(page.locator("#talk")).to_contain_text("听到：")
    assert [message.text for message in dialogue.heard] == [said]


def test_words_that_are_brought_do_not_undo_a_half_written_sentence(visit):
    page = visit()
    page.locator("#text").fill("还没写完")
    page.evaluate("location.hash = 'say=' + encodeURIComponent('我有电饭煲+')")
    expect(page.locator("#text")).to_have_value("还没写完\n我有电饭煲+")


def test_the_pages_work_without_scripts(visit, library):
    page = visit(path="recalls", java_script_enabled=False)
    page.get_by_label("要查什么产品").fill("罗马仕充电宝 PAC20-272")
    page.get_by_role("button", name="查召回").click()
    expect(page.locator(".answer")).to_contain_text("请先停止使用")
    page.locator(".notices a").first.click()
    expect(page.locator("h1")).to_contain_text("罗马仕")
