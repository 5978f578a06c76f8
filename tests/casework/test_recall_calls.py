"""Who is called about a grave danger: only with their consent, asked once, and each once."""

import json
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.recalls import FollowRecalls
from bot.casework import (
    notices,
    people,
    privacy,
    recall_answers,
    recall_calls,
    retention,
    things,
)
from bot.casework.people import Contact
from bot.casework.recall_push_records import RecallCall, RecallPush
from bot.casework.records import Notice, Person
from bot.casework.steps import NotPossible
from tests.casework.test_recall_digest import THING, pushed
from tests.casework.test_recall_reach import keep
from tests.casework.test_things_in_talk import Say, pressed, say  # noqa: F401

PHONE = "13800001234"
ASKED = "可以打您留的电话（138****1234）"


def phoned(session: Session, channel: str, name: str, now: datetime, *, agrees: bool = True) -> Person:  # fmt: skip
    """Somebody with a fan and a phone, who agreed to be called, or did not."""
    who = people.person(session, channel, name, now)
    people.give_contact(who, Contact(PHONE, "张三"), now)
    recall_calls.asked(who, now)
    if agrees:
        assert recall_calls.agree(who, now)
    keep(session, who, now, THING, brand="青禾")
    return who


def serious(session: Session, now: datetime) -> RecallPush:
    return pushed(session, now, "T-1", hazard="可能起火")


# ── asked once, by a button ──


def test_who_left_a_phone_is_asked_once_and_the_answer_is_kept(
    say: Say, session: Session, citizen: Person, now: datetime  # noqa: F811
) -> None:  # fmt: skip
    people.give_contact(citizen, Contact(PHONE), now)
    said = say(FollowRecalls(), THING)
    assert ASKED in said["text"] and citizen.calls_agreed_at is None
    assert "已记下" in pressed(say, said["press"]["可以打电话"])["text"]
    assert citizen.calls_agreed_at == now
    assert ASKED not in say(FollowRecalls(), "关注儿童用品的召回")["all"]
    listed = pressed(say, "/manage_things")
    assert "不打电话" in pressed(say, listed["press"]["紧急召回不用打电话"])["text"]
    assert citizen.calls_agreed_at is None
    assert "紧急召回不用打电话" not in pressed(say, "/manage_things")["press"]


def test_a_refusal_is_not_asked_again(
    say: Say, session: Session, citizen: Person, now: datetime  # noqa: F811
) -> None:  # fmt: skip
    people.give_contact(citizen, Contact(PHONE), now)
    pressed(say, say(FollowRecalls(), THING)["press"]["不用打电话"])
    assert citizen.calls_agreed_at is None
    assert ASKED not in say(FollowRecalls(), "关注儿童用品的召回")["all"]


@pytest.mark.parametrize(("channel", "has_phone"), [("web", False), ("telegram", True)])
def test_who_has_no_phone_or_another_way_is_not_asked(
    say: Say, session: Session, now: datetime, channel: str, has_phone: bool  # noqa: F811
) -> None:  # fmt: skip
    who = people.person(session, channel, "77", now)
    if has_phone:
        people.give_contact(who, Contact(PHONE), now)
    assert "打电话" not in say(FollowRecalls(), THING, who=who)["all"]
    assert who.calls_asked_at is None


def test_a_consent_without_a_phone_is_none(say: Say, citizen: Person) -> None:  # noqa: F811
    assert "没有留电话" in pressed(say, '/manage_things{"choice":"calls_yes"}')["text"]
    assert citizen.calls_agreed_at is None


# ── whom to call ──


@pytest.mark.parametrize(
    ("channel", "agrees", "hazard", "is_listed"),
    [
        ("web", True, "可能起火", True),
        ("web", False, "可能起火", False),
        ("web", True, "标识缺失", False),
        ("telegram", True, "可能起火", False),
    ],
)
def test_only_who_agreed_and_has_no_other_way_is_called_about_a_grave_danger(
    session: Session, now: datetime, channel: str, agrees: bool, hazard: str, is_listed: bool
) -> None:
    phoned(session, channel, "c-9", now, agrees=agrees)
    push = pushed(session, now, "T-1", hazard=hazard)
    assert [one.phone for one in recall_calls.listed(session, push)] == [PHONE] * is_listed


def test_the_unseen_come_first_and_the_called_and_who_answered_are_done(
    session: Session, now: datetime
) -> None:
    first, second, third = (phoned(session, "web", f"c-{one}", now) for one in "123")
    push = serious(session, now)
    (seen,) = session.scalars(select(Notice).where(Notice.person_id == first.id))
    notices.acknowledge(session, first, [seen.id], now)
    listed = recall_calls.listed(session, push)
    assert [one.has_seen for one in listed] == [False, False, True]
    assert recall_answers.rate(session, "T-1") == recall_answers.Rate(1, 0, 0, 0, 0)
    recall_calls.called(session, push, str(listed[0].id), "李四", now)
    recall_answers.answer(session, third, str(push.id), "done", now)
    assert [one.id for one in recall_calls.listed(session, push)] == [seen.id]
    assert recall_answers.rate(session, "T-1") == recall_answers.Rate(2, 1, 0, 1, 1)
    (kept,) = session.scalars(select(RecallCall))
    assert (kept.person_id, kept.called_by, kept.called_at) == (second.id, "李四", now)
    for number in (str(listed[0].id), "99", "x", ""):
        with pytest.raises(NotPossible):
            recall_calls.called(session, push, number, "李四", now)


def test_a_withdrawn_consent_takes_one_off_the_list(session: Session, now: datetime) -> None:
    who = phoned(session, "web", "c-1", now)
    push = serious(session, now)
    recall_calls.refuse(who)
    assert recall_calls.listed(session, push) == []


# ── one's own data ──


def test_consent_and_calls_are_given_out_and_deleted(session: Session, now: datetime) -> None:
    who = phoned(session, "web", "c-1", now)
    push = serious(session, now)
    recall_calls.called(session, push, str(recall_calls.listed(session, push)[0].id), "李四", now)
    told = json.dumps(privacy.export(session, who, now), ensure_ascii=False)
    assert "同意紧急召回打电话的时间" in told and "因紧急召回给您打过的电话" in told
    assert "李四" not in told
    privacy.erase(session, who, now)
    assert session.scalars(select(RecallCall)).all() == []
    assert (who.phone, who.calls_asked_at, who.calls_agreed_at) == (None, None, None)
    assert things.of_person(session, who) == []


def test_calls_and_the_consent_go_with_time(session: Session, now: datetime) -> None:
    who = phoned(session, "web", "c-1", now)
    push = serious(session, now)
    recall_calls.called(session, push, str(recall_calls.listed(session, push)[0].id), "李四", now)
    later = now + timedelta(days=364)
    retention.expire(session, later, retention.Terms())
    assert session.scalars(select(RecallCall)).all() != [] and who.calls_agreed_at is not None
    retention.expire(session, now + timedelta(days=366), retention.Terms())
    session.refresh(who)
    assert session.scalars(select(RecallCall)).all() == []
    assert (who.phone, who.calls_asked_at, who.calls_agreed_at) == (None, None, None)
