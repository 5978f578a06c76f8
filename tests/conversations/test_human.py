"""A person can be asked for at any moment, through the real Rasa, and nothing is lost by it."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from bench.stack import Stack, Talk
from bot.casework import people
from bot.casework.callback_records import CallbackRequest
from bot.casework.records import (
    Alert,
    Dispute,
    Person,
)
from tests.conversations.product import forget
from tests.conversations.records import mine, payloads

PHONE = "13800000001"
MASKED = "138****0001"
CALL_ME = "请工作人员回电"
OPENING = "我要投诉中北镇的物美超市，前天买的电风扇第二天就不转了，花了159元"
FULL = "上周六在中北镇永旺超市花399元买了个电饭煲，用了三天就不通电，店里只肯修，我要求退款"
OWN = "自己用的，没处理过"
WAYS = ["人工", "叫个活人来", "转人工", "找工作人员", "我要跟真人说"]

# What was said before, and a word of the question that stands then.
STATES: dict[str, tuple[tuple[str, ...], str]] = {
    "nothing": ((), ""),
    "merchant": (("我要投诉",), "哪家店"),
    "facts": (("我要投诉", "杨柳青镇的好又多超市"), "发生了什么"),
    "demand": (("我要投诉中北镇的物美超市，买的电风扇第二天就不转了",), "怎么解决"),
    "location": (("我要投诉物美超市，昨天买的电风扇不转了，要求退款",), "店在哪里"),
    "occurred_on": (
        ("我要投诉中北镇的物美超市，买的电风扇第二天就不转了", "要求退款"), "什么时候",
    ),
    "amount": (("我要投诉中北镇的物美超市，昨天买的电风扇不转了，要求退款",), "多少钱"),
    "standing": ((FULL,), "生活消费吗"),
    "contact": ((FULL, OWN), "手机号"),
    "confirmed": ((FULL, OWN, "不留"), "请核对"),
    "recall": (("我家充电宝有没有召回",), ""),
}  # fmt: skip
FORM_STATES = [name for name in STATES if name not in ("nothing", "recall")]


@pytest.fixture
def elsewhere(running: Stack, page_of_our_own: None) -> Talk:
    """A talk where contact details may not be asked in the chat."""
    return Talk(running, channel="telegram", asks_in_chat=False)


def lead_to(talk: Talk, state: str) -> str:
    said = ""
    for text in STATES[state][0]:
        said = talk.say(text)
    assert STATES[state][1] in said
    return said


def person(running: Stack, talk: Talk) -> Person:
    with running.sessions() as session:
        return session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()


def press_payload(running: Stack, talk: Talk, payload: str) -> str:
    """What dialogue tells Rasa when something happened outside the chat."""
    with running.sessions.begin() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
        button = people.offer_button(session, who, "x", payload, datetime.now(UTC))
    return talk.press_id(button)


def call_me(talk: Talk) -> str:
    talk.say("人工")
    return talk.press(CALL_ME)


# ── asked for in any state ──


@pytest.mark.parametrize("state", STATES)
def test_a_person_can_be_asked_for_in_any_state(running: Stack, talk: Talk, state: str) -> None:
    lead_to(talk, state)
    said = talk.say("转人工")
    shown = payloads(running, talk)
    assert "12315" in said and "值班" in said and STATES[state][1] in said
    assert shown[CALL_ME] == "/request_callback" and "tel:12315" in shown.values()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("state", ["nothing", "facts", "contact", "recall"])
def test_however_it_is_said(talk: Talk, way: str, state: str) -> None:
    lead_to(talk, state)
    assert "值班" in talk.say(way)


@pytest.mark.parametrize("state", FORM_STATES)
def test_the_form_keeps_its_place_through_a_whole_call_back(
    running: Stack, talk: Talk, state: str
) -> None:
    lead_to(talk, state)
    talk.say("人工")
    said = talk.press(CALL_ME)
    assert "什么时候给您回电" in said and STATES[state][1].replace("什么时候", "大概") not in said
    said = talk.press("工作日上午")
    assert "打哪个号码" in said and "只用于" in said
    said = talk.say(PHONE)
    assert MASKED in said and PHONE not in said
    after = "请核对" if state == "contact" else STATES[state][1]
    assert after in said
    assert len(mine(running, talk, Dispute)) == 1
    assert PHONE not in running.tracker(person(running, talk).key)


@pytest.mark.parametrize("state", FORM_STATES)
def test_the_form_goes_on_where_the_call_back_is_left_unanswered(
    running: Stack, talk: Talk, state: str
) -> None:
    lead_to(talk, state)
    call_me(talk)
    said = talk.say("不知道" if state != "confirmed" else "确认")
    assert "出了点问题" not in said and "回电" not in said
    assert said and STATES[state][1] not in said
    (request,) = mine(running, talk, CallbackRequest)
    assert request.asking == "later"


def test_an_answer_to_the_form_leaves_the_phone_for_later(running: Stack, talk: Talk) -> None:
    lead_to(talk, "demand")
    call_me(talk)
    talk.press("工作日上午")
    assert "多少钱" in talk.say("要求退款，是前天买的")
    assert "生活消费吗" in talk.say("没有")
    assert "手机号" in talk.say(OWN)
    (request,) = mine(running, talk, CallbackRequest)
    assert (request.state, request.asking) == ("open", "later")
    said = talk.say(PHONE)
    assert MASKED in said and "请核对" in said


def test_a_complaint_instead_of_a_phone_is_asked_about(running: Stack, talk: Talk) -> None:
    call_me(talk)
    talk.press("工作日上午")
    assert "怎么解决" in talk.say(OPENING)
    talk.say("不知道")
    assert [one.state for one in mine(running, talk, CallbackRequest)] == ["open"]


# ── the call-back itself ──


def test_a_call_back_is_registered_and_officers_know(running: Stack, talk: Talk) -> None:
    call_me(talk)
    said = talk.say("上午吧")
    assert "打哪个号码" in said
    said = talk.say(f"李先生 {PHONE}")
    assert MASKED in said and "工作日上午" in said and "12315" in said
    (request,) = mine(running, talk, CallbackRequest)
    assert (request.state, request.hours, request.asking) == ("open", "morning", None)
    assert [one.kind for one in mine(running, talk, Alert)] == ["callback"]
    who = person(running, talk)
    assert who.phone == PHONE and who.told_at is not None and who.told_at <= who.contact_given_at
    assert PHONE not in running.tracker(who.key)


def test_a_known_phone_is_not_asked_again(running: Stack, talk: Talk) -> None:
    lead_to(talk, "contact")
    talk.say(f"王女士 {PHONE}")
    call_me(talk)
    said = talk.press("上班时间都行")
    assert MASKED in said and PHONE not in said and "请核对" in said


def test_another_phone_can_be_given(running: Stack, talk: Talk) -> None:
    lead_to(talk, "contact")
    talk.say("王女士 13900000002")
    call_me(talk)
    talk.press("上班时间都行")
    assert "打哪个号码" in talk.press("换个号码")
    assert MASKED in talk.say(PHONE)
    assert person(running, talk).phone == PHONE


@pytest.mark.parametrize("refusal", ["不留", "不想给", "算了", "不方便"])
def test_a_phone_may_be_refused(running: Stack, talk: Talk, refusal: str) -> None:
    call_me(talk)
    talk.press("工作日下午")
    said = talk.say(refusal)
    assert "不登记" in said and "12315" in said
    assert [one.state for one in mine(running, talk, CallbackRequest)] == ["withdrawn"]
    assert mine(running, talk, Alert) == []


def test_asked_twice_it_is_one_request(running: Stack, talk: Talk) -> None:
    call_me(talk)
    talk.press("工作日上午")
    talk.say(PHONE)
    said = talk.say("转人工")
    assert "已经登记" in said and MASKED in said
    assert len(mine(running, talk, CallbackRequest)) == 1


@pytest.mark.parametrize("words", ["不用回电了", "别给我打电话了，回电取消吧"])
@pytest.mark.parametrize("state", ["nothing", "merchant", "contact", "recall"])
def test_a_call_back_is_withdrawn_in_words(
    running: Stack, talk: Talk, words: str, state: str
) -> None:
    call_me(talk)
    talk.press("工作日上午")
    talk.say(PHONE)
    lead_to(talk, state)
    said = talk.say(words)
    assert "已取消" in said and STATES[state][1] in said
    assert [one.state for one in mine(running, talk, CallbackRequest)] == ["withdrawn"]


def test_where_there_is_no_call_back_that_is_said(talk: Talk) -> None:
    assert "没有登记" in talk.say("不用回电了")


def test_a_paused_draft_is_offered_after_the_call_back(running: Stack, talk: Talk) -> None:
    talk.say(OPENING)
    talk.say("算了先不投诉了")
    call_me(talk)
    talk.press("工作日上午")
    assert MASKED in talk.say(PHONE)
    assert "怎么解决" in talk.press("继续填")


def test_a_call_back_in_the_recall_form_is_carried_through(talk: Talk) -> None:
    lead_to(talk, "recall")
    call_me(talk)
    assert "打哪个号码" in talk.press("工作日上午")
    assert MASKED in talk.say(PHONE)


def test_a_call_back_survives_an_empty_tracker(running: Stack, talk: Talk) -> None:
    talk.say(OPENING)
    call_me(talk)
    talk.press("工作日上午")
    forget(running, talk)
    said = talk.say(PHONE)
    assert MASKED in said and "怎么解决" in said


# ── where contact details may not be asked in the chat ──


def test_elsewhere_the_contact_question_shows_the_link_and_goes_on(
    running: Stack, elsewhere: Talk, talks: Callable[[], Talk]
) -> None:
    elsewhere.say(FULL)
    said = elsewhere.say(OWN)
    assert "个人信息" in said and "专用链接" in said
    link = payloads(running, elsewhere)["去填写（加密）"]
    assert link.startswith("https://tousu.example.cn/mine/")
    elsewhere.say("人工")
    assert payloads(running, elsewhere)["拨打 12315"] == "https://tousu.example.cn/call/12315"
    said = elsewhere.say(f"王女士 {PHONE}")
    assert "没有保存" in said and "专用链接" in said
    assert person(running, elsewhere).phone is None
    said = elsewhere.say("重新发链接")
    assert payloads(running, elsewhere)["去填写（加密）"].startswith("https://")
    with running.sessions.begin() as session:
        who = session.get_one(Person, person(running, elsewhere).id)
        people.give_contact(who, people.Contact(PHONE), datetime.now(UTC))
    said = press_payload(running, elsewhere, "/give_contact")
    assert "请核对" in said and PHONE not in said
    lead_to(talks(), "contact")  # our own page asks in the talk


def test_elsewhere_contact_can_still_be_withheld(elsewhere: Talk) -> None:
    elsewhere.say(FULL)
    elsewhere.say(OWN)
    said = elsewhere.say("不留")
    assert "请核对" in said and "联系方式：未填" in said


def test_elsewhere_a_call_back_asks_on_the_page(running: Stack, elsewhere: Talk) -> None:
    elsewhere.say(OPENING)
    call_me(elsewhere)
    said = elsewhere.press("工作日上午")
    assert "专用链接" in said and "怎么解决" not in said
    assert payloads(running, elsewhere)["去填写（加密）"].startswith("https://")
    with running.sessions.begin() as session:
        who = session.get_one(Person, person(running, elsewhere).id)
        people.give_contact(who, people.Contact(PHONE), datetime.now(UTC))
    said = press_payload(running, elsewhere, "/give_contact")
    assert MASKED in said and "怎么解决" in said


@pytest.mark.parametrize("state", ["nothing", "merchant", "contact", "recall"])
def test_without_a_page_the_link_is_explained_away(talk: Talk, state: str) -> None:
    lead_to(talk, state)
    said = talk.say("链接打不开，重新发一个")
    assert "不用链接" in said and STATES[state][1] in said
