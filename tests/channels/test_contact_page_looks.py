"""A citizen's own page in a real browser: without scripts, by keyboard, at every width."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import links, people
from bot.settings import Settings
from tests.channels.test_web_looks import CONTRASTS


@pytest.fixture
def mine(settings: Settings, sessions: sessionmaker[Session]) -> str:
    """The path of a citizen's page."""
    with sessions.begin() as session:
        who = people.person(session, "telegram", "777", datetime.now(UTC))
        session.flush()
        return f"mine/{links.token(settings.signing_key(), links.CONTACT, who.key)}"


@pytest.fixture
def files(tmp_path: Path, photo: Callable[..., bytes]) -> list[str]:
    """Two photos and a paper on the citizen's phone."""
    for name, content in (
        ("a.jpg", photo()),
        ("b.jpg", photo(colour="red")),
        ("c.pdf", b"%PDF-1.7"),
    ):
        (tmp_path / name).write_bytes(content)
    return [str(tmp_path / name) for name in ("a.jpg", "b.jpg", "c.pdf")]


def fill(page: Page, phone: str = "13800000000") -> None:
    page.get_by_label("称呼").fill("王女士")
    page.get_by_label("电话", exact=False).first.fill(phone)
    page.get_by_label("通讯地址").fill("中北镇万卉路5号")


@pytest.mark.parametrize("scripts", [True, False])
def test_details_and_photos_are_given_with_and_without_scripts(
    visit, mine, dialogue, files, scripts
):
    page = visit(path=mine, java_script_enabled=scripts)
    fill(page)
    page.get_by_role("button", name="保存联系方式").click()
    expect(page.get_by_role("status")).to_have_text("联系方式已保存。 可以回到对话了。")
    page.get_by_label("选照片或 PDF").set_input_files(files)
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("凭证已保存。")
    expect(page.locator(".files li")).to_have_count(3)
    assert [what for _, what in dialogue.told_of] == ["/give_contact", "/send_evidence"]
    page.get_by_role("button", name="删除照片 1").click()
    expect(page.locator(".files li")).to_have_count(2)


def test_the_copies_are_shown_on_the_page(visit, mine, files):
    page = visit(path=mine)
    page.get_by_label("选照片或 PDF").set_input_files(files)
    page.get_by_role("button", name="上传", exact=True).click()
    picture = page.get_by_role("img", name="查看照片 1")
    picture.scroll_into_view_if_needed()
    expect(picture).to_have_js_property("naturalWidth", 640)
    expect(page.locator(".files li").nth(2)).to_contain_text("文件 3")


def test_a_mistake_is_read_beside_its_field_and_typing_is_not_lost(visit, mine):
    page = visit(path=mine)
    fill(page, phone="1380000")
    page.get_by_role("button", name="保存联系方式").click()
    expect(page.get_by_role("alert")).to_contain_text("还没有保存")
    field = page.get_by_label("电话", exact=False).first
    expect(field).to_have_value("1380000")
    expect(field).to_have_attribute("aria-invalid", "true")
    expect(field).to_have_accessible_description(
        "手机号，或带区号的座机。 电话好像不对。手机号是 11 位数字，座机请带区号 022。"
    )
    expect(page.get_by_label("通讯地址")).to_have_value("中北镇万卉路5号")
    page.get_by_role("alert").get_by_role("link").click()
    assert page.evaluate("document.activeElement.id || location.hash.slice(1)") == "phone"


def test_a_file_that_is_too_large_is_said_on_the_page_and_not_a_dead_connection(
    visit, mine, tmp_path
):
    (tmp_path / "large.jpg").write_bytes(b"\xff\xd8\xff" + b"\0" * (21 * 1024 * 1024))
    page = visit(path=mine, java_script_enabled=False)
    page.get_by_label("选照片或 PDF").set_input_files(str(tmp_path / "large.jpg"))
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.get_by_role("alert")).to_contain_text("超过 20 MB", timeout=20_000)


def test_the_way_of_the_keyboard(visit, mine, files):
    page = visit(path=mine, width=1440, height=900)
    page.get_by_label("选照片或 PDF").set_input_files(files[:1])
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.locator(".files li")).to_have_count(1)
    page.goto(page.url.split("?")[0])
    names = []
    for _ in range(20):
        page.keyboard.press("Tab")
        names.append(
            page.evaluate(
                "(n => n.id || n.getAttribute('aria-label') || n.textContent.trim())(document.activeElement)"
            )
        )
    wanted = [
        "跳到正文",
        "large",
        "拨打 12315",
        "name",
        "phone",
        "address",
        "保存联系方式",
        "chosen",
        "上传",
    ]
    found = [name for name in names if name in wanted]
    assert found[: len(wanted)] == wanted
    assert "删除照片 1" in names


@pytest.mark.parametrize("width", [320, 360, 1440])
@pytest.mark.parametrize("is_large", [False, True])
def test_nothing_scrolls_sideways(visit, mine, files, width, is_large):
    page = visit(path=mine, width=width)
    if is_large:
        page.get_by_role("button", name="大字").click()
    fill(page, phone="1" * 40)
    page.get_by_role("button", name="保存联系方式").click()
    page.get_by_label("选照片或 PDF").set_input_files(files)
    page.get_by_role("button", name="上传", exact=True).click()
    expect(page.locator(".files li")).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    for control in page.locator("main button:visible, main input:visible").all():
        assert control.bounding_box()["height"] >= 40


def test_a_phone_offers_its_camera_and_a_desk_does_not(visit, mine):
    desk = visit(path=mine, width=1440)
    expect(desk.get_by_label("或者现在拍一张")).to_be_hidden()
    phone = visit(path=mine, is_mobile=True, has_touch=True)
    expect(phone.get_by_label("或者现在拍一张")).to_be_visible()
    assert phone.get_by_label("或者现在拍一张").get_attribute("capture") == "environment"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("path", ["", "?saved=contact", "x", "/../../call"])
def test_words_stand_out_from_what_is_behind_them(visit, mine, files, scheme, path):
    page = visit(path=mine + path, color_scheme=scheme)
    if not path:
        fill(page, phone="138")
        page.get_by_role("button", name="保存联系方式").click()
    contrasts: dict[str, Any] = page.evaluate(CONTRASTS)
    assert len(contrasts) > 4
    assert {words: ratio for words, ratio in contrasts.items() if ratio < 4.5} == {}


def test_every_field_has_its_name_and_the_page_its_headings(visit, mine):
    page = visit(path=mine)
    for node in page.locator("main input").all():
        assert page.locator(f"label[for='{node.get_attribute('id')}']").count() == 1
    headings = page.locator("h1, h2").all_text_contents()
    told = ["填写联系方式、上传凭证", "填写之前，请先看这几点"]
    assert headings == [*told, "联系方式", "凭证", "我的信息"]
    assert page.get_by_label("电话", exact=False).first.get_attribute("autocomplete") == "tel"
