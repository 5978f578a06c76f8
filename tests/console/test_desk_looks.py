"""The desk in a real browser: at both widths, by axe-core, from this host alone; it draws docs/desk-*.png anew.

The pictures in docs/ are written only where DESK_PICTURES is set, so that a test leaves the tree alone.
"""

import os
import re
import threading
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from sqlalchemy.orm import Session, sessionmaker
from starlette.applications import Starlette

from bot.casework import disputes, people, progress
from bot.settings import ROOT
from tests.console.conftest import NAME, PASSWORD

ROWS = [  # shop, thing, yuan, street, days until it is due, who has it
    ("永旺超市", "电饭煲", 399, "中北镇", -3, NAME), ("好邻居便利店", "过期牛奶", 26, "杨柳青镇", 0, None),
    ("青禾家电", "风扇", 259, "大寺镇", 1, "王芳"), ("悦动健身", "健身卡", 3600, "精武镇", 9, None),
    ("某网店", "机械键盘", 399, None, 12, None),
]  # fmt: skip


@pytest.fixture
def site(app: Starlette, officer: str, sessions: sessionmaker[Session]) -> Iterator[str]:
    """The address of a running desk with a morning's work."""
    fill(sessions)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="warning", lifespan="off"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 20
    while not server.started:
        assert time.monotonic() < end, "the server did not start"
        time.sleep(0.01)
    yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    server.should_exit = True
    thread.join(timeout=10)


def fill(sessions: sessionmaker[Session]) -> None:
    now, today = datetime.now(UTC), date.today()
    with sessions.begin() as session:
        for place, (shop, thing, yuan, street, days, holder) in enumerate(ROWS):
            who = people.person(session, "web", f"c-{place}", now)
            people.give_contact(who, people.Contact("13655551234", "赵丽华", "泰和路5号"), now)
            made = disputes.start(session, who, now)
            made.merchant, made.product, made.amount = shop, thing, Decimal(yuan)
            made.street, made.demand, made.contact = street, "refund", "given"
            made.facts = f"上个月买的{thing}，用了两天就坏了，找商家，商家不给退。"
            disputes.lodge(session, made, operator="bureau", limit=Decimal(2000), now=now)
            made.accept_due, made.officer = today + timedelta(days=days), holder
            if place == 0:
                progress.take(session, made, "begin", "officer", now, by=NAME)


def check(page: Page, name: str, width: int) -> None:
    """No fault of weight by axe-core, nothing scrolls sideways; and the picture."""
    found = Axe().run(page).response["violations"]
    heavy = {one["id"]: [node["html"][:120] for node in one["nodes"]] for one in found
             if one["impact"] in ("serious", "critical")}  # fmt: skip
    assert heavy == {}, name
    assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    if os.environ.get("DESK_PICTURES") and name != "refused":
        page.evaluate("scrollTo(0, 0)")
        page.screenshot(
            path=str(ROOT / "docs" / f"desk-{name}-{width}.png"), full_page=name != "case"
        )


@pytest.mark.parametrize("width", [1440, 360])
def test_login_queue_and_case_on_any_screen(
    browser: Browser, site: str, width: int, tmp_path: Path
) -> None:
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    hosts: set[str] = set()
    problems: list[Any] = []
    page.on("request", lambda one: hosts.add(re.sub(r"(//[^/]+).*", r"\1", one.url)))
    page.on("console", lambda line: problems.append(line.text) if line.type == "error" else None)
    page.set_default_timeout(15000)
    page.goto(f"{site}/desk/")
    check(page, "login", width)
    page.get_by_label("姓名或工号").fill(NAME)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("投诉待办")
    check(page, "queue", width)
    page.locator("tbody a").first.click()
    page.get_by_text("请市民补充", exact=True).click()
    check(page, "case", width)
    page.get_by_role("button", name="确定：请市民补充").click()
    expect(page.get_by_label("请市民补充什么")).to_have_accessible_description("请填写。")
    check(page, "refused", width)
    page.get_by_label("请市民补充什么").fill("购物小票")
    page.get_by_role("button", name="确定：请市民补充").click()
    expect(page.get_by_role("status")).to_have_text("已办理，并已通知本人。")
    page.get_by_role("link", name="修改密码").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("修改密码")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    context.close()
    assert hosts == {site}
    # Chromium prints each answer of 400 and more by itself: the refused form's 422 alone may be there.
    assert [line for line in problems if "422" not in line] == []
