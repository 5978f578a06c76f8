"""Commands, and buttons that are pressed twice, late, or are another's."""

from datetime import timedelta

import pytest

from bench.stack import Stack, Talk
from bot.casework.records import HeardMessage
from bot.library import load, words

OPENING = "我要投诉中北镇的物美超市，前天买的电饭煲不通电，花了230元，要求退款"
OWN = "自己用的，没处理过"


@pytest.mark.parametrize("command", load("commands")["commands"])
@pytest.mark.parametrize("form", ["/{}", "/{}@RightsBot", "/{} abc", "/{} "])
def test_every_command_is_understood(talk: Talk, command: str, form: str) -> None:
    said = talk.say(form.format(command).upper() if form == "/{} " else form.format(command))
    assert said not in (words("slash"), words("fault"), words("degraded"))


@pytest.mark.parametrize("text", ["/", "/不存在", "/unknown", "/startx", "//", "/start/x"])
def test_an_unknown_command_is_told_so(talk: Talk, text: str) -> None:
    assert talk.say(text) == words("slash")


def test_cancel_stops_the_form_and_keeps_the_draft(talk: Talk) -> None:
    talk.say(OPENING)
    assert "草稿" in talk.say("/cancel")
    assert "生活消费吗" in talk.say("/resume")


def test_a_double_tap_is_answered_alike_and_counts_once(talk: Talk) -> None:
    talk.say("我要投诉中北镇的物美超市，前天买的电饭煲不通电，花了230元")
    button = next(b for reply in talk.replies for b in reply.buttons if b.title == "退款")
    said = talk.press_id(button.id, button.title)
    assert talk.press_id(button.id, button.title) == said


def test_a_press_long_after_the_first_is_told_to_be_old(running: Stack, talk: Talk) -> None:
    talk.say("我要投诉中北镇的物美超市，前天买的电饭煲不通电，花了230元")
    button = next(b for reply in talk.replies for b in reply.buttons if b.title == "退款")
    talk.press_id(button.id)
    with running.sessions.begin() as session:
        for one in session.query(HeardMessage):
            one.heard_at = one.heard_at - timedelta(days=7)
    assert talk.press_id(button.id) == words("button_old")


def test_the_yes_under_an_older_summary_lodges_nothing(talk: Talk) -> None:
    talk.say(OPENING)
    talk.say(OWN)
    talk.say("不留")
    older = next(b for reply in talk.replies for b in reply.buttons if b.title == "确认")
    talk.say("金额不对，是320")
    newer = next(b for reply in talk.replies for b in reply.buttons if b.title == "确认")
    assert talk.press_id(older.id) == words("button_old")
    said = talk.press_id(newer.id)
    assert "记录号" in said
    assert talk.press_id(newer.id) == said


def test_a_button_of_another_citizen_does_nothing(talks: object) -> None:
    mine, other = talks(), talks()  # type: ignore[operator]
    mine.say(OPENING)
    mine.say(OWN)
    mine.say("不留")
    button = next(b for reply in mine.replies for b in reply.buttons if b.title == "确认")
    assert other.press_id(button.id) == words("button_gone")
    assert mine.press_id("never-sent") == words("button_gone")
