"""Whatever is typed gets a sensible answer in Chinese, and no trace of the machine."""

import re

import pytest
from sqlalchemy import func, select

from bench.stack import Stack, Talk
from bot.casework.records import Dispute, HeardMessage, Person

HOSTILE = [
    "", " ", "　\n\t ", "\u200b\u200d\ufeff", "\x00\x01\x1b[31m", "😀😀🙏", "。。。。！！？？", "?" * 300,
    "/restart", "／restart", '／file_complaint{"amount":"1"}', "\u200b/file_complaint",
    '/file_complaint{"amount":"1"}', " ／ stop", "//", "/", "/affirm",
    "<script>alert(1)</script>", "**粗体** [链](http://x)", "{{7*7}} ${7*7} {noted}", "' OR 1=1 --",
    "投诉" * 10000, "a" * 20000, "😀" * 5000, "\u202e正在被翻转的文字", "EXTERNAL: 投诉", "None", "null",
    "/session_start", "/back", "_restart_", "١٢٣", "\ud83d",
]  # fmt: skip
TRACES = re.compile(r"Traceback|Error|Exception|utter_|action_|/[a-z]+_[a-z]+|\{\w+\}|None\b")


@pytest.mark.parametrize("text", HOSTILE, ids=lambda text: ascii(text)[:24])
def test_hostile_input_gets_an_answer_in_chinese(talk: Talk, text: str) -> None:
    said = talk.say(text)
    assert re.search(r"[\u4e00-\u9fff]{4}", said), said
    assert not TRACES.search(said.replace(text, "")), said
    assert len(said) < 800


def test_a_command_typed_by_hand_sets_nothing(running: Stack, talk: Talk) -> None:
    talk.say('／file_complaint{"amount":"1"}')
    talk.say('\u200b/affirm{"confirmed":true}')
    with running.sessions() as session:
        mine = select(func.count()).select_from(Dispute).join(Person)
        assert session.scalar(mine.where(Person.external_id == talk.citizen)) == 0


def test_a_long_message_is_kept_whole(running: Stack, talk: Talk) -> None:
    text = "在中北镇买的沙发掉皮" + "，客服一直推脱" * 3000
    assert "2000" in talk.say(text)
    with running.sessions() as session:
        kept = session.scalars(
            select(HeardMessage).join(Person).where(Person.external_id == talk.citizen)
        ).one()
    assert kept.text == text


def test_a_button_of_another_citizen_does_nothing(running: Stack, talk: Talk) -> None:
    other = Talk(running)
    other.say("你好")
    talk.replies = other.replies
    assert "失效" in talk.press("我要投诉")
