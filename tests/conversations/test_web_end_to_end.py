"""The web page in a real browser, through the real dialogue, Rasa, the action server and records."""

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select

from bench.stack import Stack
from bot.casework import evidence, links
from bot.casework.records import Dispute, Person
from bot.library import label, words
from tests.conversations.product import served, without_rasa

TALK = "#talk"
TURN_MS = 20_000  # how long a turn may take on a busy machine
SOON_MS = 20_000  # how long after Rasa's return an answer may take to come by itself
OPENING = "我要投诉大寺镇的金街超市，昨天花59元买的水杯漏水"


@pytest.fixture
def address(running: Stack) -> Iterator[str]:
    """Where the whole product is served."""
    with served(running.settings) as where:
        yield where


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A citizen's browser, on a phone's screen."""
    opened = browser.new_context(viewport={"width": 360, "height": 740})
    yield opened
    opened.close()


@pytest.fixture
def page(context: BrowserContext, address: str) -> Page:
    """The chat page."""
    opened = context.new_page()
    opened.goto(f"{address}/")
    return opened


def say(page: Page, text: str) -> None:
    page.locator("textarea").fill(text)
    page.locator("textarea").press("Enter")


def hears(page: Page, words: str, milliseconds: int = TURN_MS) -> None:
    """The newest bubble of the assistant holds these words, or soon does."""
    expect(page.locator(f"{TALK} .assistant").last).to_contain_text(words, timeout=milliseconds)


def bubbles(page: Page) -> list[str]:
    return page.locator(f"{TALK} .bubble").all_text_contents()


def person(running: Stack, page: Page) -> Person:
    """Who writes on this page, by its cookie."""
    cookie = next(one for one in page.context.cookies() if one["name"] == "citizen")
    with running.sessions() as session:
        mine = select(Person).where(Person.external_id == cookie["value"].partition(".")[0])
        return session.scalars(mine).one()


def photo() -> bytes:
    kept = BytesIO()
    Image.new("RGB", (640, 480), "teal").save(kept, "JPEG")
    return kept.getvalue()


def test_a_dispute_is_filed_on_the_web_page_although_rasa_dies(running: Stack, page: Page) -> None:
    expect(page.get_by_text("尚未提交市场监管部门").first).to_be_visible()
    say(page, OPENING)
    hears(page, "怎么解决")
    page.locator("#files").set_input_files(
        {"name": "小票.jpg", "mimeType": "image/jpeg", "buffer": photo()}
    )
    page.get_by_role("button", name="发送").click()
    hears(page, "怎么解决")
    expect(page.get_by_text("收到 1 张照片")).to_be_visible()
    with without_rasa(running):
        page.get_by_role("button", name="退款", exact=True).last.click()
        hears(page, words("degraded"))
    hears(page, "生活消费吗", SOON_MS)
    page.get_by_role("button", name=label("standing", "own"), exact=True).click()
    hears(page, "手机号")
    before = bubbles(page)
    page.reload()
    assert bubbles(page) == before
    say(page, "李先生 13900000000")
    hears(page, "请核对")
    page.get_by_role("button", name="确认", exact=True).click()
    hears(page, "大寺镇消费维权服务站")
    page.reload()
    expect(page.get_by_text("记录号")).to_be_visible()
    said = bubbles(page)
    for once in (words("degraded"), "诉求：退款。", "生活消费吗", "手机号", "请核对", "记录号"):
        assert sum(once in one for one in said) == 1, once
    with running.sessions() as session:
        mine = select(Dispute).where(Dispute.person_id == person(running, page).id)
        lodged = session.scalars(mine).one()
        assert (lodged.state, lodged.demand) == ("lodged", "refund")
        assert [one.size for one in evidence.of_dispute(session, lodged)] == [len(photo())]


def test_contact_details_given_on_the_own_page_take_the_talk_on(
    running: Stack, page: Page, address: str
) -> None:
    say(page, f"{OPENING}，我要求退款")
    hears(page, "生活消费吗")
    say(page, "自己用的，没处理过")
    hears(page, "手机号")
    who = person(running, page)
    own = page.context.new_page()
    own.goto(links.contact_url(address, running.settings.signing_key(), who.key))
    own.get_by_label("电话").fill("13900000000")
    own.get_by_role("button", name="保存联系方式").click()
    expect(own.locator("#saved")).to_be_visible(timeout=TURN_MS)
    own.get_by_role("link", name="去网页对话").click()
    hears(own, "请核对")
    hears(page, "请核对")
    assert person(running, page).phone == "13900000000"
    assert not any("13900000000" in one for one in bubbles(page))
    page.get_by_role("button", name="确认", exact=True).click()
    hears(page, "大寺镇消费维权服务站")
    assert "记录号" in bubbles(page)[-2]
