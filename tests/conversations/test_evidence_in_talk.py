"""Photos, recordings and papers in the middle of a talk, and what comes instead of words."""

import io

import pytest
from PIL import Image
from sqlalchemy import select

from bench.stack import Stack, Talk
from bot.casework import evidence
from bot.casework.evidence import File
from bot.casework.records import Dispute, Evidence, Person
from bot.library import words

OPENING = "我要投诉中北镇的物美超市，前天买的电饭煲不通电，花了230元"
OWN = "自己用的，没处理过"
VOICE = File("voice", b"OggS" + bytes(200), "audio/ogg")
PAPER = File("document", b"%PDF-1.7\n%%EOF", "application/pdf", "发票.pdf")
NO_PICTURE = File("photo", b"this is no picture", "image/jpeg")


def photo(shade: int = 60) -> File:
    written = io.BytesIO()
    Image.new("RGB", (64, 48), (shade, 90, 90)).save(written, "JPEG")
    return File("photo", written.getvalue(), "image/jpeg")


def kept(running: Stack, talk: Talk) -> list[Evidence]:
    with running.sessions() as session:
        query = select(Evidence).join(Person).where(Person.external_id == talk.citizen)
        return list(session.scalars(query.order_by(Evidence.id)))


def of_dispute(running: Stack, talk: Talk) -> int:
    with running.sessions() as session:
        query = select(Dispute).join(Person).where(Person.external_id == talk.citizen)
        return evidence.count(session, session.scalars(query).one())


def test_a_photo_in_the_form_is_kept_and_the_question_stands(running: Stack, talk: Talk) -> None:
    talk.say(OPENING)
    said = talk.say("", files=(photo(), photo(61)))
    assert "2 张照片" in said and "您希望怎么解决" in said
    assert of_dispute(running, talk) == 2
    assert "生活消费吗" in talk.say("退款")


def test_a_photo_at_the_question_for_contact_is_no_refusal_to_give_it(talk: Talk) -> None:
    talk.say(OPENING)
    talk.say("退款")
    talk.say(OWN)
    for shade in range(4):
        said = talk.say("", files=(photo(shade),))
        assert "手机号" in said and "草稿" not in said


def test_the_words_under_a_photo_are_heard_as_words(running: Stack, talk: Talk) -> None:
    talk.say(OPENING)
    said = talk.say("要求退货退款", files=(photo(),))
    assert "1 张照片" in said and "诉求" in said and "生活消费吗" in said
    assert [one.caption for one in kept(running, talk)] == ["要求退货退款"]


def test_what_came_before_the_dispute_joins_it(running: Stack, talk: Talk) -> None:
    assert words("kept_document", count=1) in talk.say("", files=(PAPER,))
    assert "经过" in "".join(reply.text for reply in talk.replies)
    talk.say(OPENING)
    talk.say("退款")
    talk.say(OWN)
    talk.say("不留")
    talk.press("确认")
    assert of_dispute(running, talk) == 1


def test_a_receipt_that_comes_after_lodging_joins_the_record(running: Stack, talk: Talk) -> None:
    talk.say(OPENING)
    talk.say("退款")
    talk.say(OWN)
    talk.say("不留")
    talk.press("确认")
    said = talk.say("", files=(photo(),))
    assert "已放进记录" in said
    assert of_dispute(running, talk) == 1


def test_a_voice_message_is_kept_and_told_not_to_be_heard(running: Stack, talk: Talk) -> None:
    said = talk.say("", files=(VOICE,))
    assert "我听不了" in said and "键盘" in said
    assert [one.kind for one in kept(running, talk)] == ["voice"]


def test_one_bad_file_does_not_cost_the_good_one(running: Stack, talk: Talk) -> None:
    said = talk.say("", files=(photo(), NO_PICTURE))
    assert "1 张照片" in said and words("file_not_picture") in said
    assert len(kept(running, talk)) == 1


def test_a_file_that_is_not_kept_is_said_so_and_nothing_else_is_lost(talk: Talk) -> None:
    talk.say(OPENING)
    said = talk.say("", files=(NO_PICTURE,))
    assert words("file_not_picture") in said


def test_the_same_message_twice_keeps_its_photo_once(running: Stack, talk: Talk) -> None:
    first = talk.say("", message_id="p", files=(photo(),))
    assert talk.say("", message_id="p", files=(photo(),)) == first
    assert len(kept(running, talk)) == 1


def test_a_number_under_a_photo_is_kept_nowhere(running: Stack, talk: Talk) -> None:
    said = talk.say("店主电话13812345678", files=(photo(),))
    assert words("number_not_kept") in said
    assert "13812345678" not in str([one.caption for one in kept(running, talk)])


def test_a_photo_of_the_plate_in_the_recall_form_asks_for_its_letters(talk: Talk) -> None:
    talk.say("/recall")
    said = talk.say("", files=(photo(),))
    assert "照片里的字我读不了" in said and "品牌" in said


@pytest.mark.parametrize(
    "kind", ["sticker", "location", "venue", "contact", "poll", "dice", "story"]
)
def test_what_cannot_be_read_is_answered_politely(talk: Talk, kind: str) -> None:
    said = talk.say("", unread=kind)
    assert said and "请" in said
    assert "没有收到内容" not in said
