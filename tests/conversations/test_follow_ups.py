"""What a citizen says of a dispute after lodging it, through the real Rasa: it is about that dispute."""

import pytest
from sqlalchemy import select

from bench.stack import Stack, Talk
from bot.casework.records import Alert, Dispute, DisputeEvent, Person
from tests.conversations.records import mine, payloads

OPENING = "我要投诉中北镇的物美超市，前天买的电风扇第二天就不转了，花了159元"
FULL = "上周六在中北镇永旺超市花399元买了个电饭煲，用了三天就不通电，店里只肯修，我要求退款"


def lodge(talk: Talk, text: str = FULL) -> None:
    talk.say(text)
    talk.say("自己用的，没处理过")
    talk.say("不留")
    said = talk.press("确认")
    assert "记录号" in said or "编号" in said  # the bureau's word


def events(running: Stack, talk: Talk) -> list[str]:
    with running.sessions() as session:
        query = select(DisputeEvent.kind).join(Dispute).join(Person)
        query = query.where(Person.external_id == talk.citizen).order_by(DisputeEvent.id)
        return list(session.scalars(query))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("这事没解决，我不满意", "follow_up"),
        ("结果我不接受，还是没解决", "follow_up"),
        ("我不投诉了，撤销吧", "withdrawal_wished"),
        ("算了不投诉了", "withdrawal_wished"),
        ("我要撤诉", "withdrawal_wished"),
        ("他们已经给我退钱了，不用管了", "settled_told"),
        ("事情解决了，谢谢你们", "settled_told"),
    ],
)
def test_what_is_said_after_lodging_is_about_that_dispute(
    running: Stack, talk: Talk, said: str, kind: str
) -> None:
    lodge(talk)
    (dispute,) = mine(running, talk, Dispute)
    reply = talk.say(said)
    assert f"{dispute.number[:4]}-{dispute.number[4:]}" in reply and "12315" in reply
    assert events(running, talk)[-1] == kind
    assert [(a.kind, a.words) for a in mine(running, talk, Alert)] == [(kind, said)]
    assert [one.state for one in mine(running, talk, Dispute)] == ["lodged"]


@pytest.mark.parametrize(
    ("said", "state", "shown"),
    [
        ("我不投诉了，撤销吧", "withdrawn", "已撤回"),
        ("他们已经给我退钱了，不用管了", "settled", "已解决"),
    ],
)
def test_a_record_that_was_submitted_nowhere_is_closed_here(
    running: Stack, talk: Talk, said: str, state: str, shown: str
) -> None:
    lodge(talk)
    talk.say(said)
    reply = talk.press("关闭这条记录")
    assert shown in reply and [one.state for one in mine(running, talk, Dispute)] == [state]
    assert shown in talk.say("我的投诉到哪了")


def test_of_several_disputes_the_citizen_says_which(running: Stack, talk: Talk) -> None:
    lodge(talk)
    lodge(talk, FULL.replace("永旺超市", "物美超市").replace("电饭煲", "电风扇"))
    assert "哪一件" in talk.say("我要撤诉")
    first, _ = mine(running, talk, Dispute)
    title = next(title for title in payloads(running, talk) if first.number[4:] in title)
    assert first.number[:4] in talk.press(title)
    assert [a.words for a in mine(running, talk, Alert)] == ["我要撤诉"]


@pytest.mark.parametrize("said", ["先这样", "不聊了", "退出"])
def test_ending_the_talk_withdraws_nothing(running: Stack, talk: Talk, said: str) -> None:
    lodge(talk)
    talk.say(said)
    assert events(running, talk)[-1] == "lodged" and mine(running, talk, Alert) == []


@pytest.mark.parametrize("said", ["我不投诉了，撤销吧", "他们已经给我退钱了，不用管了"])
def test_with_a_draft_the_draft_is_meant(running: Stack, talk: Talk, said: str) -> None:
    talk.say(OPENING)
    assert "草稿" in talk.say(said)
    assert [one.state for one in mine(running, talk, Dispute)] == ["draft"]


@pytest.mark.parametrize(
    ("said", "reply"),
    [
        ("我不投诉了，撤销吧", "没有正在填"),
        ("事情解决了，谢谢", "好的"),
        ("这事没解决，我不满意", ""),
    ],
)
def test_who_lodged_nothing_is_told_so(running: Stack, talk: Talk, said: str, reply: str) -> None:
    assert reply in talk.say(said)
    assert mine(running, talk, Dispute) == [] and mine(running, talk, Alert) == []


@pytest.mark.usefixtures("bureau")
def test_the_bureaus_dispute_is_not_closed_by_a_button(running: Stack, talk: Talk) -> None:
    lodge(talk)
    said = talk.say("我不投诉了，撤销吧")
    assert "提醒工作人员" in said and "关闭这条记录" not in payloads(running, talk)


@pytest.mark.parametrize("said", ["我想投诉", "再投诉另一家店", "还有一家店我要投诉"])
def test_a_second_complaint_takes_nothing_back(running: Stack, talk: Talk, said: str) -> None:
    lodge(talk)
    assert "哪家店" in talk.say(said)
    assert [one.state for one in mine(running, talk, Dispute)] == ["lodged", "draft"]


def test_a_withdrawal_may_name_the_number(running: Stack, talk: Talk) -> None:
    lodge(talk)
    (dispute,) = mine(running, talk, Dispute)
    said = f"请撤销{dispute.number}"
    assert "想撤回" in talk.say(said)
    assert [(a.kind, a.words) for a in mine(running, talk, Alert)] == [("withdrawal_wished", said)]
