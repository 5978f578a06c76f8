"""The web page in a real browser, through the real dialogue, Rasa, the action server and records."""

import threading
import time
from collections.abc import Iterator

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, expect

from bench.stack import Stack
from bot import app


@pytest.fixture
def page(running: Stack, browser: Browser) -> Iterator[Page]:
    """The chat page of the whole product, on a phone's screen."""
    server = uvicorn.Server(uvicorn.Config(app.build(running.settings), port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.05)
    port = server.servers[0].sockets[0].getsockname()[1]
    context = browser.new_context(viewport={"width": 360, "height": 740})
    opened = context.new_page()
    opened.goto(f"http://127.0.0.1:{port}/")
    yield opened
    context.close()
    server.should_exit = True
    thread.join(timeout=10)


def say(page: Page, text: str) -> None:
    page.locator("textarea").fill(text)
    page.locator("textarea").press("Enter")


def test_a_dispute_is_filed_on_the_web_page(page: Page) -> None:
    expect(page.get_by_text("尚未提交市场监管部门").first).to_be_visible()
    say(page, "昨天在大寺镇的金街超市花59元买的水杯漏水，老板不给退，我要求退款")
    expect(page.get_by_text("手机号")).to_be_visible(timeout=20_000)
    say(page, "李先生 13900000000")
    expect(page.get_by_text("请核对")).to_be_visible(timeout=20_000)
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_text("记录号")).to_be_visible(timeout=20_000)
    page.reload()
    expect(page.get_by_text("记录号")).to_be_visible()
