"""People and their messages: a repeat is a repeat, and a button is its owner's alone."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.casework import people
from bot.casework.records import Person


def test_the_same_person_is_found_again(session: Session, citizen: Person, now: datetime) -> None:
    assert people.person(session, "web", "c-1", now) is citizen
    assert people.person(session, "telegram", "c-1", now) is not citizen


def test_a_repeated_message_gets_the_same_replies(
    session: Session, citizen: Person, now: datetime
) -> None:
    first = people.heard(session, citizen, "m-1", "你好", now)
    assert people.replies_of(first) is None
    people.answered(first, [{"text": "您好"}], now)
    again = people.heard(session, citizen, "m-1", "你好", now)
    assert again is first and people.replies_of(again) == [{"text": "您好"}]


def test_nobody_can_press_anothers_button(session: Session, citizen: Person, now: datetime) -> None:
    button = people.offer_button(session, citizen, "确认", "/affirm", now)
    other = people.person(session, "web", "c-2", now)
    assert people.pressed(session, other, button) is None
    assert people.pressed(session, citizen, "no such") is None
    found = people.pressed(session, citizen, button)
    assert found is not None and found.payload == "/affirm"


def test_a_button_id_fits_telegrams_64_bytes(
    session: Session, citizen: Person, now: datetime
) -> None:
    assert len(people.offer_button(session, citizen, "确认", "/affirm", now).encode()) <= 64
