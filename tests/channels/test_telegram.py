"""The Telegram channel as citizens use it: words, buttons, files, albums, edits, order."""

import asyncio
from typing import Any

import pytest

from bench.bot_api import CITIZEN
from bench.bot_api_faults import TOO_OLD, Fault
from bot.channels import telegram
from bot.messages import Button, Reply
from tests.channels.telegram_stage import Stage, make_api, make_stage, play  # noqa: F401

OTHER = CITIZEN + 1


def test_a_message_is_answered_in_its_chat(stage: Stage) -> None:
    async def scene() -> None:
        async with stage.running():
            sent = stage.api.push_message(CITIZEN, "电饭煲坏了")
            assert [one.text for one in await stage.api.arrived(CITIZEN)] == ["听到：电饭煲坏了"]
            await stage.handled()
        heard = stage.dialogue.heard[0]
        assert (heard.channel, heard.external_id) == ("telegram", str(CITIZEN))
        assert heard.message_id == str(sent["message_id"]) and sent["message_id"] > 2**31

    play(scene)


def test_the_words_of_a_handled_update_are_not_kept_and_its_id_is(stage: Stage) -> None:
    async def scene() -> None:
        async with stage.running():
            stage.api.push_message(CITIZEN, "商家电话 13800000000")
            await stage.handled()
        assert [(one.id > 2**31, one.body) for one in stage.updates()] == [(True, "")]

    play(scene)


def test_the_bubbles_of_a_turn_are_one_message_with_the_buttons_under_it(stage: Stage) -> None:
    stage.dialogue.table["办理"] = [
        Reply("记下了。"),
        Reply("您想怎么解决？", (Button("b1", "退款"), Button("b2", "维修"))),
        Reply("也可以直接说。", (Button("b3", "我想先了解一下有关的规定再决定"),)),
    ]

    async def scene() -> None:
        async with stage.running():
            stage.api.push_message(CITIZEN, "办理")
            (said,) = await stage.api.arrived(CITIZEN)
        assert said.text == "记下了。\n\n您想怎么解决？\n\n也可以直接说。"
        assert [len(row) for row in said.buttons] == [2, 1]
        assert said.buttons[0][1] == {"text": "维修", "callback_data": "b2"}

    play(scene)


def test_a_link_is_a_button_and_a_telephone_number_a_line(stage: Stage) -> None:
    stage.dialogue.table["人工"] = [
        Reply("可以这样：", (
            Button("", "填写联系方式", "https://rights.example.cn/mine/abc"),
            Button("", "拨打", "tel:12315"),
            Button("", "本机", "http://localhost:8080/"),
        ))
    ]  # fmt: skip

    async def scene() -> None:
        async with stage.running():
            stage.api.push_message(CITIZEN, "人工")
            (said,) = await stage.api.arrived(CITIZEN)
        assert said.titles() == ["填写联系方式"]
        assert said.text.splitlines()[1:] == ["拨打：12315", "本机：http://localhost:8080/"]

    play(scene)


def test_text_with_marks_arrives_letter_for_letter_and_without_a_preview(stage: Stage) -> None:
    text = "招牌写着_老李*快修*_[正门](http://b.cn/?a=1)，单号<i>C&D</i>，`9.9`元=~全价~ #2 {y} | > - +!"

    async def scene() -> None:
        stage.dialogue.table[text] = [Reply(text)]
        async with stage.running():
            stage.api.push_message(CITIZEN, text)
            (said,) = await stage.api.arrived(CITIZEN)
        assert stage.dialogue.texts() == [text] and said.text == text
        assert "parse_mode" not in said.asked and "entities" not in said.asked
        assert "is_disabled" in said.asked["link_preview_options"]

    play(scene)


def test_commands_are_offered_and_come_as_text(
    stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered = {"commands": {"start": {"title": "开始", "intent": "/greet"}}}
    monkeypatch.setattr(telegram, "load", lambda name: offered)

    async def scene() -> None:
        async with stage.running():
            stage.api.push_message(CITIZEN, "/start@RightsBot")
            await stage.api.arrived(CITIZEN)
        assert stage.api.commands == [{"command": "start", "description": "开始"}]
        assert stage.dialogue.texts() == ["/start@RightsBot"]

    play(scene)


# ── buttons ──


def test_a_button_pressed_twice_is_heard_as_two_presses(stage: Stage) -> None:
    async def scene() -> None:
        async with stage.running():
            first = stage.api.press(CITIZEN, "b1")
            second = stage.api.press(CITIZEN, "b1")
            await stage.handled(2)
            await stage.api.until(lambda: len(stage.api.called("answerCallbackQuery")) == 2)
        heard = [(one.button_id, one.message_id) for one in stage.dialogue.heard]
        assert heard == [("b1", f"press:{first}"), ("b1", f"press:{second}")]

    play(scene)


def test_a_press_after_a_week_is_heard_though_telegram_calls_it_too_old(stage: Stage) -> None:
    async def scene() -> None:
        stage.api.fail(TOO_OLD, "answerCallbackQuery")
        async with stage.running():
            stage.api.press(CITIZEN, "b9")
            (said,) = await stage.api.arrived(CITIZEN)
            await stage.handled()
        assert said.text == "听到：b9"

    play(scene)


# ── files ──


def test_a_photo_comes_in_its_largest_size_with_its_caption(stage: Stage) -> None:
    async def scene() -> None:
        async with stage.running():
            stage.api.push_photo(CITIZEN, b"the large one", "😡" * 512)
            await stage.handled()
        (heard,) = stage.dialogue.heard
        assert [(one.kind, one.content) for one in heard.files] == [("photo", b"the large one")]
        assert heard.text == "😡" * 512 and heard.unread is None

    play(scene)


@pytest.mark.parametrize(
    ("name", "kind", "extra"),
    [
        ("voice", "voice", {"duration": 3, "mime_type": "audio/ogg"}),
        ("audio", "voice", {"duration": 3, "file_name": "录音.mp3"}),
        ("video", "video", {"duration": 3, "width": 1, "height": 1, "mime_type": "video/mp4"}),
        ("video_note", "video", {"duration": 3, "length": 1}),
        ("document", "document", {"file_name": "../发票.pdf", "mime_type": "application/pdf"}),
    ],
)
def test_files_of_all_kinds_are_fetched(
    stage: Stage, name: str, kind: str, extra: dict[str, Any]
) -> None:
    async def scene() -> None:
        async with stage.running():
            stage.api.push_kind(CITIZEN, **{name: {**stage.api.file(b"not a picture"), **extra}})
            await stage.handled()
        (file,) = stage.dialogue.heard[0].files
        assert (file.kind, file.content) == (kind, b"not a picture")
        assert file.mime == extra.get("mime_type", "") and file.name == extra.get("file_name", "")

    play(scene)


async def _album(stage: Stage, chat: int, album: str, caption: str) -> list[dict[str, Any]]:
    """Four photos a little apart, the caption at the second."""
    sent = []
    for number in range(4):
        content = f"{album} {number}".encode()
        sent.append(stage.api.push_photo(chat, content, caption if number == 1 else None, album))
        await asyncio.sleep(0.05)
    return sent


def test_an_album_as_first_message_is_one_message_and_one_reply(stage: Stage) -> None:
    async def scene() -> None:
        async with stage.running():
            sent = await _album(stage, CITIZEN, "a1", "票据和烧黑的线")
            await stage.handled(4)
        (heard,) = stage.dialogue.heard
        assert [one.content for one in heard.files] == [b"a1 0", b"a1 1", b"a1 2", b"a1 3"]
        assert heard.text == "票据和烧黑的线" and heard.message_id == str(sent[0]["message_id"])
        assert len(stage.api.to(CITIZEN)) == 1

    play(scene)


def test_a_text_after_an_album_and_a_second_album_stay_by_themselves(stage: Stage) -> None:
    async def scene() -> None:
        async with stage.running():
            await _album(stage, CITIZEN, "a1", "一组")
            stage.api.push_message(CITIZEN, "这些够吗")
            await _album(stage, CITIZEN, "a2", "另一组")
            await _album(stage, CITIZEN, "a3", "再一组")
            await stage.handled(13)
        assert stage.dialogue.texts() == ["一组", "这些够吗", "另一组", "再一组"]
        assert [len(one.files) for one in stage.dialogue.heard] == [4, 0, 4, 4]

    play(scene)


def test_an_edited_caption_names_the_album_whichever_part_bears_it(stage: Stage) -> None:
    async def scene() -> None:
        async with stage.running():
            sent = await _album(stage, CITIZEN, "a1", "旧说明")
            await stage.handled(4)
            stage.api.push_edited(sent[1], caption="新说明")
            await stage.handled(5)
        ((edit, edit_id),) = stage.dialogue.edits
        assert edit.message_id == str(sent[0]["message_id"]) and edit.text == "新说明"
        assert edit_id.startswith(f"edit:{sent[1]['message_id']}:")

    play(scene)


def test_a_file_over_20_mb_is_told_and_the_rest_of_the_album_is_kept(stage: Stage) -> None:
    async def scene() -> None:
        large = {"duration": 99, "width": 1, "height": 1}
        video = stage.api.file(size=20 * 1024 * 1024 + 1)
        hidden = stage.api.file(size=21 * 1024 * 1024, shows_size=False)  # only getFile tells
        async with stage.running():
            stage.api.push_photo(CITIZEN, b"kept", "现场", "a1")
            stage.api.push_kind(CITIZEN, video={**video, **large}, media_group_id="a1")
            stage.api.push_kind(CITIZEN, video={**hidden, **large}, media_group_id="a1")
            (said,) = await stage.api.arrived(CITIZEN)
        (heard,) = stage.dialogue.heard
        assert [one.content for one in heard.files] == [b"kept"] and heard.text == "现场"
        assert said.text.startswith("有 2 个文件超过 20 MB") and said.text.endswith("听到：现场")

    play(scene)


def test_a_file_of_just_20_mb_is_taken_and_a_larger_one_alone_is_only_told(stage: Stage) -> None:
    async def scene() -> None:
        async with stage.running():
            stage.api.push_kind(CITIZEN, document=stage.api.file(size=20 * 1024 * 1024))
            stage.api.push_kind(OTHER, document=stage.api.file(size=20 * 1024 * 1024 + 1))
            await stage.handled(2)
        (heard,) = stage.dialogue.heard
        assert len(heard.files[0].content) == 20 * 1024 * 1024
        assert "20 MB" in stage.api.to(OTHER)[0].text

    play(scene)


# ── what is neither words nor files ──


@pytest.mark.parametrize(
    ("kind", "content"),
    [
        ("sticker", {"file_id": "s", "file_unique_id": "s", "type": "regular", "width": 1,
                     "height": 1, "is_animated": False, "is_video": False}),
        ("location", {"longitude": 117.0, "latitude": 39.1}),
        ("contact", {"phone_number": "+8613800000000", "first_name": "李"}),
        ("poll", {"id": "1", "question": "?", "options": [], "total_voter_count": 0,
                  "is_closed": False, "is_anonymous": True, "type": "regular",
                  "allows_multiple_answers": False, "allows_revoting": False,
                  "members_only": False}),
        ("dice", {"value": 3, "emoji": "🎲"}),
        ("a_kind_of_next_year", {"x": 1}),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_named(stage: Stage, kind: str, content: dict[str, Any]) -> None:
    async def scene() -> None:
        async with stage.running():
            stage.api.push_kind(CITIZEN, **{kind: content})
            await stage.handled()
        named = kind if kind in ("sticker", "location", "contact", "poll", "dice") else "other"
        assert [one.unread for one in stage.dialogue.heard] == [named]

    play(scene)


def test_a_place_with_a_name_is_a_venue_not_a_location(stage: Stage) -> None:
    async def scene() -> None:
        where = {"longitude": 117.0, "latitude": 39.1}
        venue = {"location": where, "title": "超市", "address": "某路 1 号"}
        async with stage.running():
            stage.api.push_kind(CITIZEN, location=where, venue=venue)
            await stage.handled()
        assert stage.dialogue.heard[0].unread == "venue"

    play(scene)


def test_an_edited_message_goes_to_the_dialogue_as_an_edit(stage: Stage) -> None:
    async def scene() -> None:
        async with stage.running():
            sent = stage.api.push_message(CITIZEN, "一百")
            stage.api.push_edited(sent, text="一千")
            await stage.api.arrived(CITIZEN, 2)
        ((edit, edit_id),) = stage.dialogue.edits
        assert (edit.message_id, edit.text) == (str(sent["message_id"]), "一千")
        assert edit_id.startswith(f"edit:{sent['message_id']}:")
        assert stage.dialogue.texts() == ["一百"]

    play(scene)


def test_groups_moving_locations_and_pinned_messages_are_passed_over(stage: Stage) -> None:
    async def scene() -> None:
        async with stage.running():
            stage.api.push_message(-1002345678901, "群里的话")
            where = {"longitude": 117.0, "latitude": 39.1, "live_period": 60}
            live = stage.api.message(CITIZEN, location=where)
            stage.api.push_edited(live)
            stage.api.push_kind(CITIZEN, pinned_message=stage.api.message(CITIZEN, text="旧"))
            stage.api.push_message(CITIZEN, "在吗")
            await stage.handled()
        assert stage.dialogue.texts() == ["在吗"] and not stage.dialogue.edits
        assert not stage.api.to(-1002345678901)

    play(scene)


# ── order, repeats ──


def test_chats_go_side_by_side_and_each_in_order(stage: Stage) -> None:
    stage.dialogue.seconds = {"慢": 1.5}

    async def scene() -> None:
        async with stage.running():
            stage.api.push_message(CITIZEN, "慢")
            stage.api.push_message(CITIZEN, "快")
            stage.api.push_message(OTHER, "别人")
            await stage.api.arrived(OTHER, 1, seconds=1.2)
            assert not stage.api.to(CITIZEN)
            said = await stage.api.arrived(CITIZEN, 2)
            await stage.api.until(lambda: "typing" in str(stage.api.called("sendChatAction")))
        assert [one.text for one in said] == ["听到：慢", "听到：快"]

    play(scene)


def test_the_same_update_twice_is_answered_once(stage: Stage) -> None:
    async def scene() -> None:
        async with stage.running():
            made = {"message": stage.api.message(CITIZEN, text="一次")}
            number = stage.api.push(made)
            await stage.handled()
            stage.api.push({**made, "update_id": number})
            stage.api.push_message(CITIZEN, "下一条")
            await stage.handled(2)
        assert stage.dialogue.texts() == ["一次", "下一条"] and len(stage.api.to(CITIZEN)) == 2

    play(scene)


def test_an_update_of_a_shape_nobody_knows_holds_up_nothing(stage: Stage) -> None:
    async def scene() -> None:
        async with stage.running():
            stage.api.push({"message": {"message_id": 1, "chat": "what?", "date": "never"}})
            stage.api.push_kind(CITIZEN, text="一半看得懂", poll={"is_from": "next year"})
            press = {"id": "1", "from": stage.api.message(CITIZEN)["from"], "data": "b1"}
            stage.api.push({"callback_query": {**press, "message": {"chat": "what?"}}})
            stage.api.push_message(CITIZEN, "还在吗")
            await stage.handled(3)
            await stage.api.until(lambda: not stage.api.waiting())
        heard = [one.text or one.button_id for one in stage.dialogue.heard]
        assert heard == ["一半看得懂", "b1", "还在吗"]

    play(scene)


def test_what_was_done_and_told_in_a_shape_nobody_knows_is_done(stage: Stage) -> None:
    bot, sent = '{"id": 7, "first_name": "R"}', '{"message_id": 1, "date": 1764078253123}'

    async def scene() -> None:
        stage.api.fail(Fault(200, page=f'{{"ok": true, "result": {bot}}}'), "getMe")
        stage.api.fail(Fault(200, page=f'{{"ok": true, "result": {sent}}}', delivers=True))
        async with stage.running():
            stage.api.push_message(CITIZEN, "在吗")
            await stage.handled()
        assert [one.text for one in stage.api.to(CITIZEN)] == ["听到：在吗"]
        assert not stage.ledger()

    play(scene)
