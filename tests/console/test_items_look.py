"""The desk's further pages in a real browser: by axe-core, at both widths, nothing scrolling sideways."""

import pytest
from playwright.sync_api import Browser

from tests.console.conftest import NAME, PASSWORD
from tests.console.test_desk_looks import check, site  # noqa: F401
from tests.console.test_items import records  # noqa: F401

PAGES = ("pushes/list", "push/1", "callbacks/list", "callback/1", "alarms/list", "alarm/1",
         "questions/list", "question/1")  # fmt: skip


@pytest.mark.parametrize("width", [1440, 360])
def test_no_page_has_a_fault_of_weight(browser: Browser, site: str, width: int) -> None:  # noqa: F811
    context = browser.new_context(viewport={"width": width, "height": 900})
    page = context.new_page()
    page.set_default_timeout(15000)
    page.goto(f"{site}/desk/")
    page.get_by_label("姓名或工号").fill(NAME)
    page.get_by_label("密码").fill(PASSWORD)
    page.get_by_role("button", name="登录").click()
    page.wait_for_load_state()
    for one in PAGES:
        page.goto(f"{site}/desk/{one}")
        assert page.locator("h1").count() == 1, one
        check(page, "refused", width)  # under a name of which no picture is kept
    context.close()
