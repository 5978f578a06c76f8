"""Notices and links in the chat page: each once, marked, told to be seen, never from a cleared talk."""

import contextlib
import os
import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from playwright.sync_api import TimeoutError as Late

from bot.casework import notices as ledger
from bot.casework import people, recall_notice, recalls
from bot.casework.records import Recall
from bot.messages import Button, Reply
from bot.settings import ROOT
from tests.channels import pages_world

TALK = "#talk"


def notices(page: Page) -> list[str]:
    texts = page.locator(f"{TALK} .turn:has(.mark-notice) .bubble").all_text_contents()
    return [re.sub("^助手说：通知", "", text) for text in texts]


def say(page: Page, text: str) -> None:
    page.get_by_label("在这里输入您要说的话").fill(text)
    page.keyboard.press("Enter")


def come_back(page: Page) -> None:
    """The page is looked at again; it asks for news at once, unless it is asking already."""
    for _ in range(10):
        with contextlib.suppress(Late):
            with page.expect_request("**/chat/news", timeout=1000) as asked:
                page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
            response = asked.value.response()
            assert response is not None
            response.finished()
            return
    raise AssertionError("the page does not ask")


def test_a_notice_is_shown_marked_and_told_to_be_seen(visit, dialogue):
    dialogue.notices = {7: Reply("商家已回复：同意退款。")}
    page = visit()
    expect(page.locator(f"{TALK} .assistant")).to_contain_text("助手说：通知商家已回复：同意退款。")
    come_back(page)
    assert dialogue.asked[-1][1] == [7] and not dialogue.notices
    come_back(page)
    assert dialogue.asked[-1][1] == []
    assert notices(page) == ["商家已回复：同意退款。"]


def test_of_several_notices_the_first_is_in_view(visit, dialogue):
    page = visit()
    dialogue.notices = {n: Reply(f"第{n}条" + "\n情况" * 12) for n in (1, 2, 3)}
    come_back(page)
    expect(page.locator(".mark-notice")).to_have_count(3)
    header = page.locator(".top").bounding_box()
    assert 0 < page.locator(f"{TALK} .bubble").first.bounding_box()["y"] - header["height"] < 40


def test_a_notice_is_shown_once_over_a_reload_before_it_was_acknowledged(visit, dialogue):
    dialogue.notices = {7: Reply("有进展")}
    page = visit()
    expect(page.locator(".mark-notice")).to_have_count(1)
    dialogue.notices = {7: Reply("有进展")}  # the server did not hear of it
    page.reload()
    come_back(page)
    assert notices(page) == ["有进展"]
    assert [7] in [seen for _, seen in dialogue.asked]


def test_a_notice_that_comes_again_is_acknowledged_again(visit, dialogue):
    dialogue.notices = {7: Reply("有进展")}
    page = visit()
    expect(page.locator(".mark-notice")).to_have_count(1)
    come_back(page)
    dialogue.notices = {7: Reply("有进展")}
    come_back(page)
    come_back(page)
    assert not dialogue.notices and notices(page) == ["有进展"]


def test_two_windows_show_a_notice_once_each(visit, dialogue, site):
    page = visit()
    other = page.context.new_page()
    other.goto(site)
    dialogue.notices = {7: Reply("有进展"), 8: Reply("又有进展")}
    come_back(page)
    come_back(other)
    for window in (page, other):
        expect(window.locator(".mark-notice")).to_have_count(2)
        assert notices(window) == ["有进展", "又有进展"]
    kept = page.evaluate("JSON.parse(localStorage.getItem('talk')).map(one => one.notice)")
    assert kept == [7, 8]


def test_a_page_that_nobody_looks_at_does_not_ask(visit, dialogue):
    page = visit()
    page.wait_for_timeout(200)
    page.evaluate(
        "Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true })"
    )
    before = len(dialogue.asked)
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(300)
    assert len(dialogue.asked) == before


def test_the_page_asks_every_twenty_seconds(visit, dialogue):
    page = visit()
    page.clock.install()
    page.reload()
    page.wait_for_timeout(300)
    before = len(dialogue.asked)
    with page.expect_response("**/chat/news"):
        page.clock.fast_forward(20_500)
    assert len(dialogue.asked) == before + 1


def test_after_a_degraded_answer_the_page_asks_soon(visit, dialogue):
    dialogue.table["你好"] = [Reply("系统一时没有回应。", data={"degraded": True})]
    page = visit()
    page.clock.install()
    page.reload()
    say(page, "你好")
    expect(page.locator(TALK)).to_contain_text("系统一时没有回应")
    dialogue.notices = {5: Reply("您刚才问的：您好")}
    page.clock.fast_forward(3_100)
    expect(page.locator(".mark-notice")).to_have_count(1)


def test_what_was_put_off_is_looked_for_until_it_comes(visit, dialogue):
    dialogue.table["你好"] = [Reply("系统一时没有回应。", data={"degraded": True})]
    page = visit()
    page.clock.install()
    page.reload()
    say(page, "你好")
    expect(page.locator(TALK)).to_contain_text("系统一时没有回应")
    for _ in range(12):  # as long as Rasa takes to start
        with page.expect_response("**/chat/news"):
            page.clock.fast_forward(3_100)
    dialogue.notices = {5: Reply("您刚才问的：您好")}
    page.clock.fast_forward(3_100)
    expect(page.locator(".mark-notice")).to_have_count(1)


def test_news_that_come_after_clearing_are_not_shown(visit, dialogue):
    page = visit()
    page.wait_for_timeout(200)
    held = []
    page.route("**/chat/news", lambda route: held.append((route, route.fetch())))
    dialogue.notices = {7: Reply("别人的事")}
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_timeout(300)
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="清除本机记录").click()
    expect(page.locator("#status")).to_have_text("本机记录已清除。")
    route, response = held[0]
    route.fulfill(response=response)
    page.wait_for_timeout(300)
    assert notices(page) == [] and "别人的事" not in (
        page.evaluate("localStorage.getItem('talk')") or ""
    )


@pytest.mark.parametrize(
    "body", ["oops", '{"notices": 5}', '{"notices": [{"id": "x", "text": 1}, null]}', "{}", "[]"]
)
def test_spoiled_news_do_not_stop_the_page(visit, body):
    page = visit()
    page.route("**/chat/news", lambda route: route.fulfill(body=body))
    come_back(page)
    page.unroute("**/chat/news")
    say(page, "你好")
    expect(page.locator(TALK)).to_contain_text("听到：你好")


def test_html_in_a_notice_is_shown_as_it_stands(visit, dialogue):
    dialogue.notices = {7: Reply("<img src=x onerror=alert(1)><b>粗</b>")}
    page = visit()
    expect(page.locator(".turn:has(.mark-notice)")).to_contain_text("<b>粗</b>")
    assert page.locator(f"{TALK} img, {TALK} b").count() == 0


@pytest.mark.parametrize(
    ("url", "href"),
    [
        ("https://weiquan.example/mine/a.b-c", "https://weiquan.example/mine/a.b-c"),
        ("tel:12315", "tel:12315"),
        ("javascript:alert(1)", None),
        ("data:text/html,<script>", None),
        ("https://[", None),
    ],
)
def test_a_button_with_an_address_is_a_link(visit, dialogue, url, href):
    dialogue.table["链接"] = [
        Reply("请填联系方式。", (Button("b1", "填写", url), Button("b2", "不填")))
    ]
    page = visit()
    say(page, "链接")
    link = page.locator(f"{TALK} a.choice")
    expect(link).to_contain_text("填写")
    assert link.get_attribute("href") == href
    if href and href.startswith("https"):
        assert (link.get_attribute("target"), link.get_attribute("rel")) == (
            "_blank",
            "noopener noreferrer",
        )
        expect(link).to_contain_text("在新窗口打开")
    page.get_by_role("button", name="不填").click()
    expect(page.locator(TALK)).to_contain_text("听到：不填")


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("请拨打12356或110、119、120。", ["tel:12356", "tel:110", "tel:119", "tel:120"]),
        ("110（报警）、120（急救）、119（火警）", ["tel:110", "tel:120", "tel:119"]),
        ("天津市政务服务热线 12345；消费投诉 12315", ["tel:12345", "tel:12315"]),
        ("退12345元；共12315块；12356万", []),
        ("12，12315，1231512315，0120，1101", ["tel:12315"]),
        ("价格 110、120；打折119", []),
        ("有人受伤请先打 120，再说别的", ["tel:120"]),
        ("96110 反诈，12378 银行", []),
    ],
)
def test_the_six_numbers_are_links_as_whole_numbers_only(visit, dialogue, text, links):
    dialogue.table["号码"] = [Reply(text)]
    page = visit()
    say(page, "号码")
    expect(page.locator(f"{TALK} .assistant")).to_contain_text(text)
    assert [a.get_attribute("href") for a in page.locator(f"{TALK} a").all()] == links


def test_a_recall_notice_fits_a_phone(visit, dialogue, sessions):
    """The notice as the ledger holds it; drawn to docs/notice-360.png where NEWS_PICTURES is set."""
    now = datetime.now(UTC)
    with sessions.begin() as session:
        recalls.ship(session, now)
        who = people.person(session, "web", "one", now)
        text = recall_notice.text(
            session.get_one(Recall, pages_world.NOTICE), "thing", "罗马仕充电宝"
        )
        offered = [{"id": f"b{n}", "title": row["title"]}
                   for n, row in enumerate(recall_notice.buttons(1))]  # fmt: skip
        ledger.post(session, who, "recall", "1", text, now, buttons=offered)
        for one in ledger.waiting_for(session, who, now):
            buttons = tuple(Button(**row) for row in ledger.buttons_of(one))
            dialogue.notices[one.id] = Reply(one.text, buttons)
    page = visit(width=360, height=1240)  # all of it, for the picture
    expect(page.locator(f"{TALK} .turn:has(.mark-notice)")).to_contain_text("请先停止使用")
    for row in offered:
        expect(page.get_by_role("button", name=row["title"], exact=True)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    if os.environ.get("NEWS_PICTURES"):
        page.screenshot(path=str(ROOT / "docs" / "notice-360.png"))
