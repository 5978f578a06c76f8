"""How the chat page looks and reads: widths, large type, keyboard, screen reader, contrast."""

import re

import pytest
from playwright.sync_api import Page, expect

from bot.messages import Reply

TALK = "#talk"


def say(page: Page, text: str) -> None:
    page.get_by_label("在这里输入您要说的话").fill(text)
    page.keyboard.press("Enter")


def bubbles(page: Page) -> list[str]:
    return [
        re.sub("^(我说：|助手说：)", "", text)
        for text in page.locator(f"{TALK} .bubble").all_text_contents()
    ]


@pytest.mark.parametrize("width", [320, 360, 1440])
@pytest.mark.parametrize("is_large", [False, True])
def test_nothing_scrolls_sideways(visit, dialogue, width, is_large):
    dialogue.table["长"] = [Reply("A" * 300 + " https://a.example/" + "b" * 300)]
    page = visit(width=width)
    if is_large:
        page.get_by_role("button", name="大字").click()
    say(page, "长")
    expect(page.locator(TALK)).to_contain_text("AAAA")
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_large_type_is_large_and_remembered(visit):
    page = visit()
    size = "parseFloat(getComputedStyle(document.body).fontSize)"
    before = page.evaluate(size)
    assert before >= 17
    page.get_by_role("button", name="大字").click()
    page.reload()
    assert page.evaluate(size) >= before * 1.25
    expect(page.get_by_role("button", name="大字")).to_have_attribute("aria-pressed", "true")


def test_a_keyboard_is_enough(visit, dialogue):
    page = visit(width=1440, height=900)
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == "text":
            break
    page.keyboard.type("电饭煲")
    page.keyboard.press("Shift+Enter")
    page.keyboard.type("坏了")
    page.keyboard.press("Enter")
    expect(page.locator(TALK)).to_contain_text("听到：")
    assert dialogue.heard[0].text == "电饭煲\n坏了"
    page.keyboard.type("电饭煲坏了")  # focus has stayed where one writes
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="维修")).to_be_visible()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("document.activeElement.textContent") == "维修"
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert outline == "3px"
    page.keyboard.press("Enter")
    expect(page.locator(TALK)).to_contain_text("听到：维修")


def test_the_first_tab_leads_past_the_header(visit):
    page = visit()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "跳到输入框"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "text"


def test_a_long_reply_is_shown_from_its_beginning(visit, dialogue):
    dialogue.table["长"] = [Reply("开头" + "\n条文" * 80)]
    page = visit()
    say(page, "长")
    bubble = page.locator(f"{TALK} .assistant .bubble")
    expect(bubble).to_contain_text("条文")
    header = page.locator(".top").bounding_box()
    assert 0 < bubble.bounding_box()["y"] - header["height"] < 40


def test_the_newest_words_are_not_behind_the_composer(visit):
    page = visit()
    for number in range(8):
        say(page, f"第{number}句")
        expect(page.locator(TALK)).to_contain_text(f"听到：第{number}句")
    last = page.locator(f"{TALK} .bubble").last.bounding_box()
    assert last["y"] + last["height"] <= page.locator("#composer").bounding_box()["y"]


def test_a_screen_reader_is_told_of_replies_and_who_speaks(visit):
    page = visit()
    log = page.get_by_role("log", name="对话记录")
    expect(log).to_have_attribute("aria-live", "polite")
    say(page, "你好")
    expect(log.locator(".assistant")).to_contain_text("助手说：听到：你好")
    expect(log).not_to_have_attribute("aria-busy", "true")


def test_without_scripts_the_page_names_the_telephone(visit):
    page = visit(java_script_enabled=False)
    expect(page.locator(".no-scripts")).to_be_visible()
    expect(page.locator(".no-scripts a")).to_have_attribute("href", "tel:12315")
    expect(page.locator("#composer")).to_be_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_what_is_behind_them(visit, dialogue, scheme):
    page = visit(color_scheme=scheme)
    say(page, "电饭煲坏了")
    expect(page.get_by_role("button", name="退款")).to_be_visible()
    page.locator("#text").fill("")
    contrasts = page.evaluate(CONTRASTS)
    assert len(contrasts) > 15
    assert {words: ratio for words, ratio in contrasts.items() if ratio < 4.5} == {}


# Each piece of text with its WCAG contrast against the nearest painted background.
CONTRASTS = """() => {
  const numbers = (colour) => colour.match(/[\\d.]+/g).map(Number);
  const light = (colour) => {
    const [r, g, b] = numbers(colour).slice(0, 3).map((one) => one / 255)
      .map((one) => one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    for (; node; node = node.parentElement) {
      const colour = getComputedStyle(node).backgroundColor;
      if ((numbers(colour)[3] ?? 1) === 1) return colour;
    }
    return "rgb(255, 255, 255)";
  };
  const found = {};
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const words = walker.currentNode.textContent.trim();
    const node = walker.currentNode.parentElement;
    if (!words || node.closest(".for-readers, noscript") || !node.getClientRects().length) continue;
    const pair = [getComputedStyle(node).color, behind(node)].map(light).sort();
    found[words] = (pair[1] + 0.05) / (pair[0] + 0.05);
  }
  return found;
}"""
