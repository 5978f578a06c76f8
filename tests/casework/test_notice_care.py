"""Which notices officers look after, and that trying again or giving up doubles and loses none."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import notice_care, notices, people
from bot.casework.records import Notice
from bot.casework.retention import EMPTIED
from bot.casework.steps import NotPossible

LATE = timedelta(hours=2)
WAY = "telegram"


def posted(session: Session, now: datetime, channel: str = WAY, **fields: object) -> Notice:
    """A notice that was due two hours before `now`, in the state that `fields` say."""
    who = people.person(session, channel, f"c-{len(session.scalars(select(Notice)).all())}", now)
    made = notices.post(session, who, "progress", "ABCD2345:1", "甲", now - LATE)
    for name, value in fields.items():
        setattr(made, name, value)
    session.flush()
    return made


CASES = [  # what is so of a notice; the lists that it is in; may it be tried; may it be given up
    ({"state": "stuck"}, {"open", "stuck"}, True, True),
    ({"state": "stuck", "last_error": notices.MOVED}, {"open", "stuck"}, False, True),
    ({"state": "stuck", "text": "", "last_error": EMPTIED}, {"open", "stuck"}, False, True),
    ({"state": "due"}, {"open", "late"}, False, True),
    ({"state": "due", "retry": 1}, {"open", "late"}, True, True),
    ({"state": "due", "channel": "web"}, set(), False, True),
    ({"state": "due", "due": 1}, set(), False, False),
    ({"state": "due", "due": 1, "may_be_double": True}, {"open", "double"}, False, False),
    ({"state": "sending"}, {"open", "late"}, False, False),
    ({"state": "sent", "may_be_double": True}, {"double"}, False, False),
    ({"state": "unreachable"}, {"unreachable"}, False, True),
    ({"state": "given_up"}, {"given_up"}, False, False),
]


@pytest.mark.parametrize(("fields", "lists", "may_try", "may_give_up"), CASES)
def test_what_is_listed_and_what_can_be_done(
    session: Session, now: datetime, fields: dict[str, object], lists: set[str],
    may_try: bool, may_give_up: bool,
) -> None:  # fmt: skip
    given = dict(fields)
    if given.pop("retry", None):
        given["retry_at"] = now + timedelta(hours=1)
    if given.pop("due", None):
        given["due_at"] = now + timedelta(hours=1)
    one = posted(session, now, **given)  # type: ignore[arg-type]
    found = {
        kind
        for kind in notice_care.KINDS
        if session.scalar(select(Notice.id).where(notice_care.wanted(kind, now))) is not None
    }
    assert found == lists
    assert notice_care.is_late(one, now) == ("late" in lists)
    assert notice_care.may_try(one, now) is may_try
    assert notice_care.may_give_up(one, now) is may_give_up


def test_who_has_blocked_us_is_not_tried_again(session: Session, now: datetime) -> None:
    one = posted(session, now, state="stuck")
    one.person.unreachable_why = "blocked"
    with pytest.raises(NotPossible):
        notice_care.try_again(session, one, now)


def test_it_goes_out_once_more_and_is_stuck_again_where_it_fails(
    session: Session, now: datetime
) -> None:
    one = posted(session, now, state="stuck", attempts=notices.MOST_ATTEMPTS)
    notice_care.try_again(session, one, now)
    [sent] = notices.claim(session, [WAY], now)
    assert sent.id == one.id and notices.claim(session, [WAY], now) == []
    notices.record(session, one.id, notices.Failed("500"), now)
    session.flush()
    session.refresh(one)
    assert one.state == "stuck"


def test_at_night_it_waits_for_the_morning(session: Session, now: datetime) -> None:
    night = now.replace(hour=15)  # 23:00 in Tianjin
    one = posted(session, night, state="stuck")
    notice_care.try_again(session, one, night)
    session.refresh(one)
    assert notices.claim(session, [WAY], night) == []
    assert one.retry_at is not None
    assert [sent.id for sent in notices.claim(session, [WAY], one.retry_at)] == [one.id]


def test_what_is_given_up_never_goes_out_and_lets_the_next_one_by(
    session: Session, now: datetime
) -> None:
    one = posted(session, now, state="due")
    notices.post(session, one.person, "progress", "ABCD2345:2", "乙", now)
    with pytest.raises(NotPossible):
        notice_care.give_up(session, one, "any words of mine", now)
    notice_care.give_up(session, one, "called", now)
    assert [sent.text for sent in notices.claim(session, [WAY], now)] == ["乙"]
    session.refresh(one)
    assert (one.state, one.last_error) == ("given_up", "given_up: called")


Decide = Callable[[Session, Notice, datetime], None]


@pytest.mark.parametrize(
    "decide", [notice_care.try_again, lambda s, n, at: notice_care.give_up(s, n, "met", at)]
)
@pytest.mark.parametrize("first", ["officer", "sender"])
def test_who_comes_second_changes_nothing(
    sessions: sessionmaker[Session], now: datetime, decide: Decide, first: str
) -> None:
    with sessions.begin() as session:
        posted(session, now, state="due", retry_at=now + timedelta(minutes=1), attempts=2)
    later = now + timedelta(minutes=2)
    with sessions() as mine:
        one = mine.scalars(select(Notice)).one()
        assert one.person.channel == WAY  # all is read that is decided on
        mine.commit()  # sessions here keep what they read
        with sessions.begin() as other:
            if first == "officer":
                notice_care.try_again(other, other.scalars(select(Notice)).one(), now)
            else:
                assert len(notices.claim(other, [WAY], later)) == 1
        with pytest.raises(NotPossible):
            decide(mine, one, now)
        mine.rollback()
    with sessions() as session:
        state = session.scalars(select(Notice.state)).one()
    assert state == ("due" if first == "officer" else "sending")
