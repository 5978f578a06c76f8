"""What a dispute lacks is asked for by itself: when, of whom, how often, and when no more."""

from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.callbacks import HearPhone
from actions.turn import Turn
from bot import hearing
from bot.casework import (
    callbacks,
    disputes,
    negotiations,
    people,
    precheck,
    progress,
    reminders,
    steps,
)
from bot.casework.disputes import Operator
from bot.casework.records import Dispute, Notice, Person, Shop
from bot.library import labels
from bot.messages import Message

LINE = "张三 13800000001 中北镇万卉路5号"
CONTACT = people.Contact("13800000001", "张三", "中北镇万卉路5号")


def page_of(key: str) -> str | None:
    return f"https://example.cn/mine/{key}"


def no_page(_key: str) -> str | None:
    return None


def local(day: str, at: str = "09:00") -> datetime:
    return datetime.fromisoformat(f"{day}T{at}:00+08:00")


def lodged(
    session: Session, who: Person, now: datetime, operator: Operator = "bureau", **more: object
) -> Dispute:
    made = disputes.start(session, who, now)
    given_facts = {
        "merchant": "永旺", "street": "中北镇", "location": "中北镇永旺", "demand": "refund",
        "facts": "用了三天就不通电", "amount": Decimal(399), **more,
    }  # fmt: skip
    for field, value in given_facts.items():
        setattr(made, field, value)
    disputes.lodge(session, made, operator=operator, limit=Decimal(2000), now=now)
    session.flush()
    return made


@pytest.fixture
def chatting(session: Session, now: datetime) -> Person:
    """A citizen of a foreign channel, where nothing personal is asked."""
    return people.person(session, "telegram", "42", now)


def asked(session: Session) -> list[Notice]:
    query = select(Notice).where(Notice.kind == reminders.KIND).order_by(Notice.id)
    return list(session.scalars(query))


def run(session: Session, begin: datetime, end: datetime) -> list[datetime]:
    """The clock from `begin` to `end`, every half hour; when something was asked."""
    moments, at = [], begin
    while at <= end:
        moments += [at] * reminders.tick(session, at, page_of)
        at += timedelta(minutes=30)
    return moments


# ── when ──


def test_it_is_asked_an_hour_after_lodging_then_twice_more_and_never_again(
    session: Session, citizen: Person, now: datetime
) -> None:
    lodged(session, citizen, now)
    moments = run(session, now, now + timedelta(days=40))
    # Monday; two and five working days later, when the quiet of the night is over.
    assert moments == [local("2026-11-02", "10:00"), local("2026-11-04", "08:00"),
                       local("2026-11-09", "08:00")]  # fmt: skip
    first, second, last = (one.text for one in asked(session))
    assert "提醒" not in first and second.startswith("提醒") and last.startswith("最后一次提醒")


def test_after_a_failed_fast_lane_it_follows_at_once(
    session: Session, citizen: Person, now: datetime
) -> None:
    session.add(
        Shop(
            name="永旺", aliases=[], street="中北镇", email="liu@example.cn", verified_at=now,
            verified_by="张三", created_at=now, updated_at=now,
        )
    )  # fmt: skip
    one = lodged(session, citizen, now)
    talk = negotiations.ask(session, one, 16, now, lambda _: "/shop/1")
    assert run(session, now, now + timedelta(days=1)) == []  # the shop needs none of it
    said = negotiations.Answer("refuse", "刘经理", "人为损坏")
    refused = local("2026-11-03", "11:00")
    negotiations.answer(session, talk, said, 16, refused)
    moments = run(session, refused, refused + timedelta(days=30))
    assert moments == [refused, local("2026-11-05", "08:00"), local("2026-11-10", "08:00")]
    kinds = session.scalars(
        select(Notice.kind).where(Notice.person_id == citizen.id).order_by(Notice.id)
    )
    assert list(kinds)[:2] == ["progress", "missing"]


def test_who_writes_at_night_is_asked_at_once_and_others_in_the_morning(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    one.state = "negotiating"
    night = local("2026-11-03", "22:00")
    progress.take(session, one, "escalate", "citizen", night, reason="offer_declined")
    assert reminders.tick(session, night, page_of) == 0
    people.heard(session, citizen, "m-1", "不接受", night)
    assert reminders.tick(session, night + timedelta(minutes=1), page_of) == 1


def test_a_clock_that_stood_still_asks_once_and_not_three_times(
    session: Session, citizen: Person, now: datetime
) -> None:
    lodged(session, citizen, now)
    assert run(session, now + timedelta(days=10), now + timedelta(days=12)) == [
        now + timedelta(days=10)
    ]
    assert asked(session)[0].text.startswith("最后一次提醒")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 20)),
    st.sampled_from(reminders.BEGINS),
    st.lists(st.integers(0, 900), min_size=2, max_size=30),
)
def test_the_count_only_grows_and_ends_at_three(
    since: datetime, kind: str, hours: list[int]
) -> None:
    begun = since.replace(tzinfo=disputes.CHINA)
    counts = [
        reminders.times_due(kind, begun, begun + timedelta(hours=one)) for one in sorted(hours)
    ]
    assert all(0 <= one <= two <= 3 for one, two in pairwise(counts))
    assert reminders.times_due(kind, begun, begun + reminders.LOOKS_BACK) == 3


# ── of whom, and when no more ──


@pytest.mark.parametrize("state", [*steps.RUNNING, *steps.OVER])
def test_only_where_nobody_has_decided_yet(
    state: str, session: Session, citizen: Person, now: datetime
) -> None:
    lodged(session, citizen, now).state = state
    is_asked = reminders.tick(session, now + timedelta(hours=2), page_of) == 1
    assert is_asked is (state in ("lodged", "in_progress", "incomplete"))


@pytest.mark.parametrize("times", [0, 1, 2])
@pytest.mark.parametrize("way", ["page", "talk"])
def test_what_was_given_is_not_asked_again(
    way: str, times: int, session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    run(session, now, now + timedelta(days=(0, 1, 2)[times]))
    assert len(asked(session)) == times
    if way == "page":
        people.give_contact(citizen, CONTACT, now)
        reminders.given(session, citizen)
    elif times:
        said = hear(session, citizen, LINE, now)
        assert said.question is not None and said.question.payload == "/give_contact"
    else:  # nothing was asked yet, so nothing is taken
        hear(session, citizen, LINE, now)
        assert citizen.phone is None
        return
    session.refresh(one)
    assert precheck.missing(one, citizen) == []
    assert run(session, now + timedelta(days=3), now + timedelta(days=30)) == []


def hear(session: Session, who: Person, text: str, now: datetime) -> hearing.Heard:
    return hearing.interpret(
        session, who, Message(who.channel, who.external_id, "m-9", text), (),
        asks_in_chat=False, has_officers=False, now=now,
    )  # fmt: skip


def test_a_dispute_that_lacks_nothing_is_left_in_peace(
    session: Session, citizen: Person, now: datetime
) -> None:
    people.give_contact(citizen, CONTACT, now)
    lodged(session, citizen, now, contact="given")
    assert run(session, now, now + timedelta(days=20)) == []


def test_what_officers_must_enter_is_not_asked_again_once_they_were_told(
    session: Session, citizen: Person, now: datetime
) -> None:
    people.give_contact(citizen, CONTACT, now)
    one = lodged(session, citizen, now, contact="given", location=None)
    assert len(run(session, now, now + timedelta(hours=2))) == 1
    progress.note(session, citizen, one, "follow_up", "没解决，店在万卉路", now)
    assert run(session, now + timedelta(hours=3), now + timedelta(days=20)) == []


def test_who_cannot_be_reached_is_asked_when_they_are_back(
    session: Session, chatting: Person, now: datetime
) -> None:
    lodged(session, chatting, now)
    chatting.unreachable_why = "blocked"
    assert run(session, now, now + timedelta(days=1)) == [] == asked(session)
    chatting.unreachable_why = None
    assert reminders.tick(session, now + timedelta(days=1), page_of) == 1


@pytest.mark.parametrize("is_lodged", [True, False])
def test_who_gave_it_reads_that_it_lies_with_the_dispute_if_there_is_one(
    is_lodged: bool, session: Session, citizen: Person, now: datetime
) -> None:
    if is_lodged:
        lodged(session, citizen, now)
    heard = {"text": "/give_contact", "intent": {"name": "give_contact"}}
    tracker = Tracker("", {}, heard, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    HearPhone().take(Turn(session, tracker, dispatcher, citizen, now))
    (said,) = dispatcher.messages
    assert ("不用再发" in (said["text"] or "")) is is_lodged
    assert (said["response"] == "utter_thanks_yes") is not is_lodged


# ── in which words, and where it is given ──


def test_an_office_names_the_rule_and_another_says_that_nothing_is_submitted(
    session: Session, citizen: Person, now: datetime
) -> None:
    lodged(session, citizen, now, location=None, merchant=None)
    lodged(session, citizen, now, "independent")
    reminders.tick(session, now + timedelta(hours=2), page_of)
    bureau, independent = (one.text for one in asked(session))
    for word in ("第10条", "2026-04-15", "真实姓名", "通讯地址", "商家名称", "补充情况"):
        assert word in bureau
    for word in ("尚未提交", "12315", "电话"):
        assert word in independent
    assert "商家名称" not in independent and "不补也可以" in independent


@pytest.mark.parametrize("code", labels("needed"))
def test_each_thing_that_is_needed_is_named_when_it_lacks(
    code: str, session: Session, citizen: Person, now: datetime
) -> None:
    people.give_contact(citizen, CONTACT, now)
    more = {} if code in reminders.CONTACT else {code: None}
    one = lodged(session, citizen, now, contact="given", **more)
    if code in reminders.CONTACT:
        setattr(citizen, code, None)
    reminders.tick(session, now + timedelta(hours=2), page_of)
    (told,) = asked(session)
    named = labels("needed")
    assert precheck.missing(one, citizen) == [code] and named[code] in told.text
    others = [word for other, word in named.items() if other != code and word in told.text]
    assert others == [] or code in reminders.CONTACT  # the line of contact names all three


def test_in_a_foreign_chat_the_own_page_is_given_and_nothing_is_taken_there(
    session: Session, chatting: Person, now: datetime
) -> None:
    lodged(session, chatting, now)
    reminders.tick(session, now + timedelta(hours=2), page_of)
    (told,) = asked(session)
    assert page_of(chatting.key) in str(told.buttons) and "链接" in told.text
    assert chatting.told_at is None
    hear(session, chatting, LINE, now)
    assert chatting.phone is None


@pytest.mark.parametrize("channel", ["web", "telegram"])
def test_without_a_page_it_is_asked_in_the_talk_and_said_what_for(
    channel: str, session: Session, now: datetime
) -> None:
    who = people.person(session, channel, "77", now)
    lodged(session, who, now)
    reminders.tick(session, now + timedelta(hours=2), no_page)
    (told,) = asked(session)
    assert "只用于" in told.text and "加密" in told.text and told.buttons is None
    assert who.told_at is not None


def test_no_notice_names_the_matter_or_the_person(
    session: Session, citizen: Person, now: datetime
) -> None:
    people.give_contact(citizen, people.Contact("13900000002", "李四"), now)
    lodged(session, citizen, now, contact="given", location=None)
    reminders.tick(session, now + timedelta(hours=2), page_of)
    (told,) = asked(session)
    assert not any(word in told.text for word in ("13900000002", "李四", "永旺", "不通电"))


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (LINE, True), ("我叫李四,13800000001,住杨柳青镇新华道3号", True),
        ("13800000001 王女士 张家窝镇祥和里2号楼", True), ("张三 13800000001", False),
        ("商家电话022-27391234打不通", False), ("店里电话13900000000,老板姓刘", False),
        ("商家在中北镇万达广场,电话022-27391234,老板姓王", False),
        ("张三 13800000001 中北镇万卉路5号" + "还有一件事要说" * 8, False), ("没解决", False),
    ],
)  # fmt: skip
def test_only_a_line_of_contact_details_is_taken_for_one(text: str, is_one: bool) -> None:
    assert reminders.is_contact_line(text) is is_one


def test_a_phone_for_a_call_back_is_given_for_nothing_else(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    callbacks.request(session, citizen, now)
    callbacks.choose_hours(session, citizen, "any", now)
    people.give_contact(citizen, CONTACT, now)
    reminders.given(session, citizen)
    session.refresh(one)
    assert "phone" in precheck.missing(one, citizen)


def test_details_given_while_the_shop_answers_count_afterwards_and_anothers_do_not(
    session: Session, citizen: Person, chatting: Person, now: datetime
) -> None:
    mine, anothers = lodged(session, citizen, now), lodged(session, chatting, now)
    mine.state = "negotiating"
    session.flush()
    people.give_contact(citizen, CONTACT, now)
    reminders.given(session, citizen)
    session.refresh(mine)
    session.refresh(anothers)
    assert (mine.contact, anothers.contact) == ("given", None)
