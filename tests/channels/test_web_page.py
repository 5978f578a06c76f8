"""The chat page as a citizen meets it: in a real browser, against a real server."""

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


def test_a_message_is_sent_and_its_reply_is_shown(visit):
    page = visit()
    say(page, "店里不退押金")
    expect(page.locator(TALK)).to_contain_text("听到：店里不退押金")
    expect(page.locator("#text")).to_have_value("")
    expect(page.locator("#status")).to_have_text("")


def test_a_start_sends_its_words(visit, dialogue):
    page = visit()
    page.get_by_role("button", name="查召回").click()
    expect(page.locator(TALK)).to_contain_text("听到：我想查一个产品有没有召回")
    assert dialogue.heard[0].button_id is None


def test_a_button_under_a_reply_is_sent_with_its_id_and_works_later_too(visit, dialogue):
    page = visit()
    say(page, "电饭煲坏了")
    page.get_by_role("button", name="退款").click()
    expect(page.locator(TALK)).to_contain_text("听到：退款")
    page.get_by_role("button", name="维修").click()
    expect(page.locator(TALK)).to_contain_text("听到：维修")
    assert [message.button_id for message in dialogue.heard] == [None, "b1", "b2"]


def test_a_double_tap_is_one_press(visit, dialogue):
    page = visit()
    say(page, "电饭煲坏了")
    button = page.get_by_role("button", name="退款")
    button.evaluate("button => { button.click(); button.click(); }")
    expect(page.locator(TALK)).to_contain_text("听到：退款")
    assert len(dialogue.heard) == 2


def test_a_reload_keeps_the_talk_its_buttons_and_the_citizen(visit, dialogue):
    page = visit()
    say(page, "电饭煲坏了")
    expect(page.get_by_role("button", name="退款")).to_be_visible()
    page.reload()
    assert bubbles(page) == ["电饭煲坏了", "请问您希望怎么处理？"]
    page.get_by_role("button", name="退款").click()
    expect(page.locator(TALK)).to_contain_text("听到：退款")
    assert len({message.external_id for message in dialogue.heard}) == 1
    assert len({message.message_id for message in dialogue.heard}) == 2


def test_a_half_written_sentence_outlives_a_reload(visit):
    page = visit()
    page.locator("#text").fill("还没写完")
    page.reload()
    expect(page.locator("#text")).to_have_value("还没写完")


def test_clearing_empties_this_device_and_makes_a_new_citizen(visit, dialogue):
    page = visit()
    say(page, "第一句")
    expect(page.locator(TALK)).to_contain_text("听到：第一句")
    asked = []
    page.once("dialog", lambda dialog: (asked.append(dialog.message), dialog.accept()))
    page.get_by_role("button", name="清除本机记录").click()
    expect(page.locator("#status")).to_have_text("本机记录已清除。")
    assert "编号" in asked[0]
    assert page.evaluate("localStorage.getItem('talk')") is None
    page.reload()
    assert bubbles(page) == []
    say(page, "第二句")
    expect(page.locator(TALK)).to_contain_text("听到：第二句")
    assert dialogue.heard[0].external_id != dialogue.heard[1].external_id


def test_clearing_can_be_thought_better_of(visit):
    page = visit()
    say(page, "第一句")
    expect(page.locator(TALK)).to_contain_text("听到：第一句")
    page.once("dialog", lambda dialog: dialog.dismiss())
    page.get_by_role("button", name="清除本机记录").click()
    page.reload()
    assert bubbles(page) == ["第一句", "听到：第一句"]


def test_html_in_words_and_replies_is_shown_as_it_stands(visit, dialogue):
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script><b>粗</b>"
    dialogue.table[evil] = [Reply(f'{evil} javascript:alert(3) https://a.example/"><b>')]
    page = visit()
    page.on("dialog", lambda dialog: pytest.fail("a script in a reply ran"))
    say(page, evil)
    expect(page.locator(f"{TALK} .assistant")).to_contain_text(evil)
    page.reload()
    assert bubbles(page)[0] == evil
    assert page.locator(f"{TALK} img, {TALK} b, {TALK} script").count() == 0
    assert [a.get_attribute("href") for a in page.locator(f"{TALK} a").all()] == [
        "https://a.example/"
    ]


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("请先拨打 120，火警119，报警110。", ["tel:120", "tel:119", "tel:110"]),
        ("可拨打12315或12345。", ["tel:12315", "tel:12345"]),
        ("打官方电话退您120元，共110 天，用了 119 次", []),
        ("价格 120，尺寸110", []),
        ("请登录全国12315平台", []),
        ("单号 9912315、型号 A12315、12315.5", []),
        ("见 https://www.12315.cn/a?b=1。另见http://x.example", ["https://www.12315.cn/a?b=1"]),
    ],
)
def test_numbers_to_call_and_addresses_are_links_and_amounts_are_not(visit, dialogue, text, links):
    dialogue.table["链接"] = [Reply(text)]
    page = visit()
    say(page, "链接")
    expect(page.locator(f"{TALK} .assistant")).to_contain_text(text)
    assert [a.get_attribute("href") for a in page.locator(f"{TALK} a").all()] == links


def test_lines_of_a_reply_stay_lines(visit, dialogue):
    dialogue.table["两行"] = [Reply("第一行\n第二行")]
    page = visit()
    say(page, "两行")
    bubble = page.locator(f"{TALK} .assistant .bubble")
    expect(bubble).to_contain_text("第二行")
    assert bubble.bounding_box()["height"] > 60


def test_enter_that_chooses_a_chinese_word_does_not_send(visit, dialogue):
    page = visit()
    page.locator("#text").fill("dian")
    page.locator("#text").dispatch_event(
        "keydown", {"key": "Enter", "isComposing": True, "bubbles": True, "cancelable": True}
    )
    page.wait_for_timeout(200)
    expect(page.locator("#text")).to_have_value("dian")
    assert not dialogue.heard


def test_blank_words_are_not_sent(visit, dialogue):
    page = visit()
    say(page, "  \n ")
    page.wait_for_timeout(200)
    assert not dialogue.heard and bubbles(page) == []


def test_what_fails_is_kept_and_sent_again_with_the_same_id(visit, dialogue):
    page = visit()
    tried = []
    page.route(
        "**/chat/messages",
        lambda route: (tried.append(route.request.post_data_json), route.abort()),
    )
    say(page, "美容店不退卡")
    expect(page.locator(".note")).to_contain_text("没有发出去")
    page.unroute("**/chat/messages")
    page.get_by_role("button", name="重试").click()
    expect(page.locator(TALK)).to_contain_text("听到：美容店不退卡")
    assert [message.message_id for message in dialogue.heard] == [tried[0]["message_id"]]
    assert page.get_by_role("button", name="重试").count() == 0
    assert bubbles(page) == ["美容店不退卡", "听到：美容店不退卡"]


def test_a_lost_answer_is_fetched_after_a_reload_with_the_same_id(visit, dialogue):
    page = visit()
    page.route("**/chat/messages", lambda route: (route.fetch(), route.abort()))
    say(page, "电饭煲坏了")
    expect(page.get_by_role("button", name="重试")).to_be_visible()
    page.unroute("**/chat/messages")
    page.reload()
    page.get_by_role("button", name="重试").click()
    expect(page.get_by_role("button", name="退款")).to_be_visible()
    first, second = dialogue.heard
    assert first == second


def test_a_fault_of_the_server_can_be_tried_again(visit):
    page = visit()
    page.route("**/chat/messages", lambda route: route.fulfill(status=500, body="oops"))
    say(page, "你好")
    expect(page.locator(".note")).to_contain_text("暂时没有收到回复")
    expect(page.locator(".note a")).to_have_attribute("href", "tel:12315")
    expect(page.get_by_role("button", name="重试")).to_be_visible()


def test_what_could_not_be_kept_is_sent_again_by_itself(visit, dialogue):
    page = visit()
    away = ["系统暂时存不了东西", "系统还是存不了东西"]

    def answer(route):
        if away:
            told = {"error": away.pop(0)}
            route.fulfill(status=503, headers={"Retry-After": "1"}, json=told)
        else:
            route.continue_()

    page.route("**/chat/messages", answer)
    say(page, "你好")
    expect(page.locator(".note")).to_contain_text("系统还是存不了东西")
    expect(page.locator(TALK)).to_contain_text("听到：你好")
    say(page, "还在吗")
    expect(page.locator(TALK)).to_contain_text("听到：还在吗")
    page.wait_for_timeout(1200)  # no wait is left over
    assert [message.text for message in dialogue.heard] == ["你好", "还在吗"]
    assert bubbles(page) == ["你好", "听到：你好", "还在吗", "听到：还在吗"]


def test_words_sent_while_waiting_wait_their_turn(visit, dialogue):
    page = visit()
    held = []
    page.route("**/chat/messages", lambda route: held.append(route))
    say(page, "第一句")
    expect(page.locator("#status")).to_have_text("正在回复…")
    say(page, "第二句")
    expect(page.locator(".note").nth(1)).to_have_text("排队发送")
    page.locator("#text").fill("没写完")
    assert len(held) == 1
    held[0].continue_()
    expect(page.locator(TALK)).to_contain_text("听到：第一句")
    page.wait_for_timeout(100)
    held[1].continue_()
    expect(page.locator(TALK)).to_contain_text("听到：第二句")
    assert [message.text for message in dialogue.heard] == ["第一句", "第二句"]
    expect(page.locator("#text")).to_have_value("没写完")


def test_what_is_too_long_comes_back_to_be_shortened(visit, dialogue):
    page = visit()
    say(page, "长" * 30_000)
    expect(page.locator(".note")).to_contain_text("这段话太长了")
    assert len(page.locator("#text").input_value()) == 30_000
    assert page.get_by_role("button", name="重试").count() == 0
    page.locator("#text").fill("")
    say(page, "短的")
    expect(page.locator(TALK)).to_contain_text("听到：短的")
    assert len(dialogue.heard) == 1


def test_an_answer_that_comes_after_clearing_is_not_kept(visit, dialogue):
    dialogue.seconds["别留着"] = 1.0
    page = visit()
    say(page, "别留着")
    expect(page.locator("#status")).to_have_text("正在回复…")
    page.once("dialog", lambda dialog: dialog.accept())
    with page.expect_response("**/chat/messages"):
        page.get_by_role("button", name="清除本机记录").click()
    page.wait_for_timeout(200)
    assert bubbles(page) == []
    assert page.context.cookies() == []
    assert "别留着" not in (page.evaluate("localStorage.getItem('talk')") or "")


@pytest.mark.parametrize(
    "kept", ["not json", '{"a":1}', '[null,5,{"text":7},{"text":"好","by":"me"}]']
)
def test_a_spoiled_record_does_not_stop_the_page(visit, kept):
    page = visit()
    page.evaluate("kept => localStorage.setItem('talk', kept)", kept)
    page.reload()
    say(page, "你好")
    expect(page.locator(TALK)).to_contain_text("听到：你好")


def test_a_browser_that_keeps_nothing_can_still_talk(visit):
    page = visit()
    page.add_init_script("Storage.prototype.setItem = () => { throw new Error('full') }")
    page.reload()
    say(page, "你好")
    expect(page.locator(TALK)).to_contain_text("听到：你好")
    assert bubbles(page) == ["你好", "听到：你好"]


def test_an_old_browser_without_random_ids_can_still_talk(visit, dialogue):
    page = visit()
    page.add_init_script("delete Crypto.prototype.randomUUID")
    page.reload()
    say(page, "你好")
    expect(page.locator(TALK)).to_contain_text("听到：你好")
    assert re.fullmatch("[0-9a-f]{32}", dialogue.heard[0].message_id)


def test_two_windows_show_one_talk(visit, site):
    page = visit()
    other = page.context.new_page()
    other.goto(site)
    say(page, "电饭煲坏了")
    expect(other.get_by_role("button", name="退款")).to_be_visible()
    assert bubbles(other) == bubbles(page) == ["电饭煲坏了", "请问您希望怎么处理？"]
