"""Photos, links and notices in the chat, as a citizen meets them in a real browser."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from bot.messages import Button, Reply
from tests.channels.test_web_looks import CONTRASTS

TALK = "#talk"
INPUT = "在这里输入您要说的话"


@pytest.fixture
def files(tmp_path: Path, photo: Callable[..., bytes]) -> Callable[..., list[str]]:
    """Photos on the citizen's phone."""

    def make(count: int = 1, **options: Any) -> list[str]:
        paths = [tmp_path / f"IMG_{number}.jpg" for number in range(1, count + 1)]
        for path in paths:
            path.write_bytes(photo(**options))
        return [str(path) for path in paths]

    return make


def choose(page: Page, paths: list[str]) -> None:
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="添加照片或 PDF").click()
    chooser.value.set_files(paths)


def send(page: Page, text: str = "") -> None:
    page.get_by_label(INPUT).fill(text)
    page.get_by_role("button", name="发送").click()


def chips(page: Page) -> Any:
    return page.get_by_role("list", name="要发送的照片和文件").get_by_role("listitem")


def test_photos_and_words_go_as_one_message(visit, dialogue, files):
    page = visit()
    choose(page, files(2))
    expect(chips(page)).to_have_count(2)
    expect(page.locator("#photos-note")).to_contain_text("已选 2 个")
    send(page, "这是小票")
    expect(page.locator(TALK)).to_contain_text("听到：这是小票")
    (heard,) = dialogue.heard
    assert [file.kind for file in heard.files] == ["photo", "photo"]
    assert heard.files[0].content[:2] == b"\xff\xd8" and heard.text == "这是小票"
    expect(page.locator(f"{TALK} .me .bubble")).to_have_text("我说：这是小票附 2 个文件")
    expect(chips(page)).to_have_count(0)
    page.reload()
    expect(page.locator(f"{TALK} .me .bubble")).to_contain_text("附 2 个文件")


def test_photos_can_be_chosen_bit_by_bit_and_taken_away(visit, dialogue, files):
    page = visit()
    choose(page, files(2))
    choose(page, files(1))
    expect(chips(page)).to_have_count(3)
    page.get_by_role("button", name="去掉照片 1 IMG_1.jpg").click()
    expect(chips(page)).to_have_count(2)
    assert (
        page.evaluate("document.activeElement.getAttribute('aria-label')") == "去掉照片 1 IMG_2.jpg"
    )
    for _ in range(2):
        page.keyboard.press("Enter")
    expect(chips(page)).to_have_count(0)
    assert page.evaluate("document.activeElement.id") == "choose"
    expect(page.locator("#photos-note")).to_have_text("已去掉，没有要发送的文件了。")
    assert not dialogue.heard


def test_a_keyboard_is_enough_to_send_a_photo(visit, dialogue, files):
    page = visit(width=1440, height=900)
    page.on("filechooser", lambda _chooser: None)  # else the key may be quicker than the listening
    page.get_by_label(INPUT).focus()
    page.keyboard.type("小票")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "choose"
    with page.expect_file_chooser() as chooser:
        page.keyboard.press("Enter")
    assert chooser.value.is_multiple()
    chooser.value.set_files(files(1))
    expect(chips(page)).to_have_count(1)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "发送"
    page.keyboard.press("Enter")
    expect(page.locator(TALK)).to_contain_text("听到：小票")
    assert len(dialogue.heard[0].files) == 1
    assert page.evaluate("document.activeElement.id") == "text"


def test_a_screen_reader_hears_what_was_chosen(visit, files):
    page = visit()
    choose(page, files(1))
    expect(page.get_by_role("status").filter(has_text="已选 1 个")).to_be_visible()
    expect(page.get_by_role("button", name="去掉照片 1 IMG_1.jpg")).to_be_visible()
    assert page.locator("#chips img").get_attribute("alt") == ""


def test_more_than_nine_are_not_taken_and_said(visit, dialogue, files):
    page = visit()
    choose(page, files(11))
    expect(chips(page)).to_have_count(9)
    expect(page.locator("#photos-note")).to_contain_text("一次最多发 9 个文件")
    send(page)
    expect(page.locator(f"{TALK} .assistant")).to_be_visible()
    assert len(dialogue.heard[0].files) == 9


def test_what_is_too_large_or_empty_is_said_by_name(visit, tmp_path, files):
    large, empty = tmp_path / "录像.mp4", tmp_path / "空.jpg"
    large.write_bytes(b"\0" * (20 * 1024 * 1024 + 1))
    empty.write_bytes(b"")
    page = visit()
    choose(page, [str(large), str(empty), *files(1)])
    expect(page.locator("#photos-note")).to_contain_text("「录像.mp4」超过 20 MB")
    expect(page.locator("#photos-note")).to_contain_text("「空.jpg」是空的")
    expect(chips(page)).to_have_count(1)


def test_sixty_megabytes_together_are_the_most(visit, tmp_path):
    paths = [tmp_path / f"{number}.pdf" for number in range(4)]
    for path in paths:
        path.write_bytes(b"%PDF-" + b"\0" * (19 * 1024 * 1024))
    page = visit()
    choose(page, [str(path) for path in paths])
    expect(page.locator("#photos-note")).to_contain_text("超过 60 MB，「3.pdf」没有加进来")
    expect(chips(page)).to_have_count(3)
    send(page, "三份合同")
    expect(page.locator(TALK)).to_contain_text("听到：三份合同", timeout=20_000)


def test_photos_are_sent_again_after_a_dead_network_with_the_same_id(visit, dialogue, files):
    page = visit()
    page.route("**/chat/messages", lambda route: route.abort())
    choose(page, files(2))
    send(page, "小票")
    expect(page.locator(".note")).to_contain_text("没有发出去")
    page.unroute("**/chat/messages")
    page.get_by_role("button", name="重试").click()
    expect(page.locator(TALK)).to_contain_text("听到：小票")
    assert [len(message.files) for message in dialogue.heard] == [2]


def test_a_lost_answer_to_photos_is_fetched_by_the_same_id(visit, dialogue, files):
    page = visit()
    page.evaluate("""() => {
      const real = window.fetch;
      window.fetch = async (path, options) => {
        const response = await real(path, options);
        if (path !== "/chat/messages") return response;
        window.fetch = real;
        throw new TypeError("the answer is lost");
      };
    }""")
    choose(page, files(1))
    send(page, "小票")
    expect(page.get_by_role("button", name="重试")).to_be_visible()
    page.get_by_role("button", name="重试").click()
    expect(page.locator(TALK)).to_contain_text("听到：小票")
    first, second = dialogue.heard
    assert first == second and len(first.files) == 1


def test_after_a_reload_the_photos_must_be_chosen_again(visit, dialogue, files):
    page = visit()
    page.route("**/chat/messages", lambda route: route.abort())
    choose(page, files(2))
    send(page, "小票")
    expect(page.locator(".note")).to_contain_text("没有发出去")
    kept = page.evaluate("JSON.parse(localStorage.getItem('talk'))[0]")
    page.unroute("**/chat/messages")
    page.reload()
    expect(page.locator(".note")).to_contain_text("照片没有存在本机，请重新选照片再发")
    assert page.get_by_role("button", name="重试").count() == 0
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="重新选照片").click()
    chooser.value.set_files(files(1))
    expect(page.locator(TALK)).to_contain_text("听到：小票")
    (heard,) = dialogue.heard
    assert (heard.message_id, len(heard.files)) == (kept["id"], 1)
    expect(page.locator(f"{TALK} .me .bubble")).to_contain_text("附 1 个文件")
    expect(page.locator(".note")).to_have_text("")


def test_words_go_on_where_lost_photos_stand_in_the_talk(visit, dialogue, files):
    page = visit()
    page.route("**/chat/messages", lambda route: route.abort())
    choose(page, files(1))
    send(page, "小票")
    expect(page.locator(".note")).to_contain_text("没有发出去")
    page.unroute("**/chat/messages")
    page.reload()
    send(page, "你好")
    expect(page.locator(TALK)).to_contain_text("听到：你好")
    assert len(dialogue.heard) == 1


def test_a_photo_that_was_deleted_meanwhile_is_said(visit, dialogue, files):
    page = visit()
    paths = files(1)
    choose(page, paths)
    Path(paths[0]).unlink()
    send(page, "小票")
    expect(page.locator(".note")).to_contain_text("有照片读不到了")
    expect(page.get_by_role("button", name="重新选照片")).to_be_visible()
    send(page, "你好")  # the queue goes on
    expect(page.locator(TALK)).to_contain_text("听到：你好")


def test_a_picture_can_be_pasted_and_dropped(visit, dialogue):
    page = visit(width=1440)
    give = """([kind, name]) => {
      const data = new DataTransfer();
      data.items.add(new File([new Uint8Array([255, 216, 255])], name, { type: "image/jpeg" }));
      const event = kind === "paste"
        ? new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true })
        : new DragEvent("drop", { dataTransfer: data, bubbles: true, cancelable: true });
      document.getElementById("text").dispatchEvent(event);
      return event.defaultPrevented;
    }"""
    assert page.evaluate(give, ["paste", "a.jpg"]) and page.evaluate(give, ["drop", "b.jpg"])
    expect(chips(page)).to_have_count(2)


def test_the_end_of_the_talk_is_not_behind_the_chips(visit, dialogue, files):
    page = visit()
    send(page, "电饭煲坏了")
    for number in range(4):
        send(page, f"第{number}句")
    expect(page.locator(TALK)).to_contain_text("听到：第3句")
    send(page, "电饭煲坏了")
    expect(page.get_by_role("button", name="维修")).to_have_count(2)
    choose(page, files(3))
    expect(chips(page)).to_have_count(3)
    last = page.get_by_role("button", name="维修").last.bounding_box()
    assert last["y"] + last["height"] <= page.locator("#composer").bounding_box()["y"]


def test_clearing_lets_the_photos_go(visit, files):
    page = visit()
    choose(page, files(2))
    page.once("dialog", lambda dialog: dialog.accept())
    page.get_by_role("button", name="清除本机记录").click()
    expect(chips(page)).to_have_count(0)


@pytest.mark.parametrize("width", [320, 360, 1440])
@pytest.mark.parametrize("is_large", [False, True])
def test_nine_chips_do_not_scroll_sideways(visit, files, width, is_large):
    page = visit(width=width)
    if is_large:
        page.get_by_role("button", name="大字").click()
    choose(page, files(9))
    expect(chips(page)).to_have_count(9)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    text = page.get_by_label(INPUT).bounding_box()
    assert text["width"] >= 110
    for button in page.locator("#composer button:visible").all():
        assert min(button.bounding_box()["width"], button.bounding_box()["height"]) >= 40


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_photos_and_notices_stand_out_from_what_is_behind_them(visit, dialogue, files, scheme):
    dialogue.notices = {3: Reply("您的投诉有进展", (Button("b", "查看", "https://a.example/"),))}
    page = visit(color_scheme=scheme)
    expect(page.locator(f"{TALK} .mark-notice")).to_be_visible()
    choose(page, files(2))
    send(page, "小票")
    expect(page.locator(TALK)).to_contain_text("听到")
    choose(page, files(1))
    contrasts = page.evaluate(CONTRASTS)
    assert {"通知", "附 2 个文件", "照片 1", "照片"} <= set(contrasts)
    assert {words: ratio for words, ratio in contrasts.items() if ratio < 4.5} == {}
