"""The page of a report in a real browser: with and without scripts, at both widths, for both operators."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import links, people
from bot.settings import Settings
from tests.channels.test_web_looks import CONTRASTS


@pytest.fixture(params=["independent", "bureau"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None, operator=request.param, secret_key="a key for tests only", var_dir=tmp_path
    )


@pytest.fixture
def path(settings: Settings, sessions: sessionmaker[Session]) -> str:
    """The link to a report that begins with a message."""
    with sessions.begin() as session:
        who = people.person(session, "web", "c-1", datetime.now(UTC))
        session.flush()
        people.heard(session, who, "m-1", "永旺卖过期牛奶", datetime.now(UTC))
        return links.report_path(settings.signing_key(), who.key, "m-1")[1:]


def fill(page: Page) -> None:
    page.get_by_label("举报谁").fill("永旺超市")
    page.get_by_label("在哪里").fill("中北镇万卉路5号")
    page.get_by_label("我写的是真实情况").check()


def press(page: Page, settings: Settings) -> None:
    name = "提交举报" if settings.operator == "bureau" else "整理成文字"
    page.get_by_role("button", name=name).click()


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [360, 1440])
def test_a_report_is_written_on_any_screen(
    visit: Any, path: str, settings: Settings, width: int, scripts: bool, tmp_path: Path
) -> None:
    page = visit(width, path=path, java_script_enabled=scripts)
    page.screenshot(path=str(tmp_path / f"report-{width}.png"), full_page=True)
    expect(page.get_by_label("发生了什么")).to_have_value("永旺卖过期牛奶")
    fill(page)
    press(page, settings)
    heading = page.get_by_role("heading", level=1)
    is_bureau = settings.operator == "bureau"
    expect(heading).to_have_text("举报已收到" if is_bureau else "已整理好，还没有举报")
    page.screenshot(path=str(tmp_path / f"receipt-{width}.png"), full_page=True)
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert min(page.evaluate(CONTRASTS).values()) >= 4.5
    page.reload()
    expect(heading).to_have_text("举报已收到" if is_bureau else "已整理好，还没有举报")
    if not is_bureau:
        page.get_by_role("button", name="删除这份文字").click()
        expect(page.get_by_role("status")).to_have_text("已删除。")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_slip_is_read_beside_its_field_and_typing_is_not_lost(
    visit: Any, path: str, settings: Settings, scheme: str, tmp_path: Path
) -> None:
    page = visit(path=path, color_scheme=scheme)
    fill(page)
    page.get_by_label("在哪里").fill("")
    page.get_by_label("我写的是真实情况").uncheck()
    press(page, settings)
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("请写在哪里")
    expect(page.get_by_label("举报谁")).to_have_value("永旺超市")
    expect(page.get_by_label("在哪里")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("在哪里")).to_have_accessible_description(
        "街道、门牌或附近的地标。 请写在哪里；网店请写平台和店铺名。"
    )
    page.screenshot(path=str(tmp_path / f"slip-{scheme}.png"), full_page=True)
    contrasts: dict[str, Any] = page.evaluate(CONTRASTS)
    assert {words: ratio for words, ratio in contrasts.items() if ratio < 4.5} == {}
    alert.get_by_role("link").first.click()
    assert page.evaluate("document.activeElement.id || location.hash.slice(1)") == "location"


def test_every_field_has_its_name_and_the_page_its_headings(visit: Any, path: str) -> None:
    page = visit(path=path)
    for node in page.locator("main input, main textarea").all():
        assert page.locator(f"label[for='{node.get_attribute('id')}']").count() == 1
        assert node.get_attribute("type") == "checkbox" or node.bounding_box()["height"] >= 40
    headings = page.locator("h1, h2").all_text_contents()
    assert headings[:3] == ["举报商家违法", "填写之前，请先看这几点", "举报内容"]
