"""A call-back: one at a time, called only when all is told, and taken back at a word."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.casework import callbacks, people
from bot.casework.callback_records import CallbackRequest
from bot.casework.records import Alert, Person

PHONE = people.Contact("13800000001")


def alerts(session: Session) -> int:
    return session.scalar(select(func.count()).select_from(Alert)) or 0


def test_an_open_request_is_found_again(session: Session, citizen: Person, now: datetime) -> None:
    first = callbacks.request(session, citizen, now)
    assert callbacks.request(session, citizen, now + timedelta(hours=1)) is first
    assert (first.state, first.asking) == ("open", "hours")


def test_after_one_is_done_there_is_a_new_one(
    session: Session, citizen: Person, now: datetime
) -> None:
    first = callbacks.request(session, citizen, now)
    callbacks.done(first, now)
    assert callbacks.request(session, citizen, now) is not first
    assert (first.state, first.done_at) == ("done", now)


def test_hours_then_phone_then_officers_know(
    session: Session, citizen: Person, now: datetime
) -> None:
    callbacks.request(session, citizen, now)
    callbacks.choose_hours(session, citizen, "morning", now)
    assert callbacks.waiting_for_phone(session, citizen)
    assert list(callbacks.open_requests(session)) == [] and alerts(session) == 0
    people.give_contact(citizen, PHONE, now)
    done = callbacks.phone_given(session, citizen, now)
    assert done is not None and (done.hours, done.asking) == ("morning", None)
    assert list(callbacks.open_requests(session)) == [done] and alerts(session) == 1


def test_a_phone_that_is_known_is_not_asked(
    session: Session, citizen: Person, now: datetime
) -> None:
    people.give_contact(citizen, PHONE, now)
    found = callbacks.choose_hours(session, citizen, "any", now)
    assert found.asking is None and alerts(session) == 1


def test_the_same_hours_again_tell_officers_once(
    session: Session, citizen: Person, now: datetime
) -> None:
    people.give_contact(citizen, PHONE, now)
    for _ in range(2):
        callbacks.choose_hours(session, citizen, "any", now)
    assert alerts(session) == 1
    callbacks.choose_hours(session, citizen, "morning", now)
    assert alerts(session) == 2


def test_hours_that_there_are_not_are_refused(
    session: Session, citizen: Person, now: datetime
) -> None:
    with pytest.raises(ValueError, match="midnight"):
        callbacks.choose_hours(session, citizen, "midnight", now)


def test_who_refuses_a_phone_gets_no_call(session: Session, citizen: Person, now: datetime) -> None:
    assert not callbacks.give_up(session, citizen, now)
    callbacks.choose_hours(session, citizen, "any", now)
    assert callbacks.give_up(session, citizen, now)
    assert session.scalars(select(CallbackRequest.state)).all() == ["withdrawn"]
    assert not callbacks.waiting_for_phone(session, citizen) and alerts(session) == 0


@pytest.mark.parametrize("step", ["request", "choose_hours"])
def test_who_turns_to_something_else_is_not_asked_meanwhile(
    session: Session, citizen: Person, now: datetime, step: str
) -> None:
    callbacks.request(session, citizen, now)
    if step == "choose_hours":
        callbacks.choose_hours(session, citizen, "any", now)
    callbacks.leave(session, citizen)
    assert not callbacks.is_asking(session, citizen)
    assert list(callbacks.open_requests(session)) == []
    assert callbacks.request(session, citizen, now).asking == "hours"


def test_a_phone_that_comes_later_completes_what_was_left(
    session: Session, citizen: Person, now: datetime
) -> None:
    callbacks.choose_hours(session, citizen, "morning", now)
    callbacks.leave(session, citizen)
    people.give_contact(citizen, PHONE, now)
    assert callbacks.phone_given(session, citizen, now) is not None
    assert len(callbacks.open_requests(session)) == 1


def test_a_request_is_withdrawn_once(session: Session, citizen: Person, now: datetime) -> None:
    callbacks.request(session, citizen, now)
    assert callbacks.withdraw(session, citizen, now)
    assert not callbacks.withdraw(session, citizen, now)


def test_nobody_touches_anothers_request(session: Session, citizen: Person, now: datetime) -> None:
    other = people.person(session, "web", "c-2", now)
    callbacks.choose_hours(session, citizen, "any", now)
    assert callbacks.waiting(session, other) is None
    assert not callbacks.withdraw(session, other, now)
    assert callbacks.waiting_for_phone(session, citizen)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("上午", "morning"),
        ("上午吧。", "morning"),
        ("下午方便", "afternoon"),
        ("都行", "any"),
        ("随时!", "any"),
        ("昨天上午买的", None),
        ("不知道", None),
        ("", None),
    ],
)
def test_hours_are_understood_as_a_whole_answer(text: str, code: str | None) -> None:
    assert callbacks.hours_in(text) == code


@pytest.mark.parametrize(
    ("text", "hours"),
    [("明天下午3点以后", "afternoon"), ("明天上午吧", "morning"), ("周三下午打给我", "afternoon"), ("随时打给我", "any"), ("上午下午", None),
     ("昨天下午去的", None), ("下午买的锅坏了", None)],
)  # fmt: skip
def test_hours_are_understood_beside_a_day_to_come(text: str, hours: str | None) -> None:
    assert callbacks.hours_in(text) == hours
