"""The desk's further pages in a real browser: by axe-core, at both widths, nothing scrolling sideways."""

from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import notices, people, recall_sources
from bot.casework.officer_records import Officer
from bot.casework.records import Notice, Shop
from tests.console.conftest import NAME, PASSWORD
from tests.console.test_desk_looks import check, site  # noqa: F401
from tests.console.test_items import records  # noqa: F401

PAGES = ("pushes/list", "push/1", "callbacks/list", "callback/1", "alarms/list", "alarm/1",
         "questions/list", "question/1", "notices/list", "notice/1", "sources/list", "pages/list", "page/1",
         "entries/list", "entry/car-engine", "recalls/list", "recall/T-1", "shops/list", "shop/1",
         "stations/list", "holidays/list", "log/list")  # fmt: skip


@pytest.fixture
def everything(sessions: sessionmaker[Session], officer: str, records: None) -> None:  # noqa: F811
    """A notice that could not be sent, a page that was not read, a shop; and who may see all of it."""
    now = datetime.now(UTC)
    with sessions.begin() as session:
        session.scalars(select(Officer)).one().role = "administrator"
        who = people.person(session, "telegram", "7", now)
        made = notices.post(session, who, "progress", "ABCD2345:1", "x", now - timedelta(hours=3))
        made.state, made.last_error, made.may_be_double = "stuck", "NetworkError", True
        session.flush()
        assert session.scalars(select(Notice.id)).all() == [1]
        recall_sources.failed(session, "samr", "timeout", now)
        url = "https://www.samrdprc.org.cn/xfpzh/xfpgnzh/" + "a" * 60 + ".html"
        page = f"<html>{'召回' * 300}{'x' * 500}</html>".encode()
        recall_sources.keep(
            session, "samr", url, page, now, state="quarantined", reason="no_layout"
        )
        session.add(
            Shop(name="青禾家电", aliases=["青禾"], street="中北镇", responsible="王某", email="a@b.example",
                 verified_at=now, verified_by=NAME, created_at=now, updated_at=now)
        )  # fmt: skip


@pytest.mark.parametrize("width", [1440, 360])
def test_no_page_has_a_fault_of_weight(
    browser: Browser, everything: None, site: str, width: int  # noqa: F811
) -> None:  # fmt: skip
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15000)
    page.goto(f"{site}/desk/")
    page.get_by_label("姓名或工号").fill(NAME)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_load_state()
    for one in PAGES:
        answer = page.goto(f"{site}/desk/{one}")
        assert answer is not None and answer.status == 200, one
        assert page.locator("h1").count() == 1, one
        check(page, "refused", width)  # under a name of which no picture is kept
    context.close()
