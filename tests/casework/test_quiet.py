"""Quiet hours: what can wait comes in the morning, what cannot comes at once, in order all the same."""

from datetime import UTC, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import alerts, disputes, negotiations, notices, people, progress, quiet, shops
from bot.casework.disputes import CHINA
from bot.casework.negotiations import Answer
from bot.casework.records import Dispute, Negotiation, Notice, Person, Shop

NIGHT = datetime.fromisoformat("2026-11-02T22:30:00+08:00")
MORNING = datetime.fromisoformat("2026-11-03T08:00:00+08:00")
moments = st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC))


@pytest.fixture
def chatting(session: Session, now: datetime) -> Person:
    """A citizen of a channel that pushes."""
    return people.person(session, "telegram", "42", now)


def lodged(session: Session, who: Person, now: datetime) -> Dispute:
    made = disputes.start(session, who, now)
    made.merchant, made.amount = "永旺", Decimal(399)
    disputes.lodge(session, made, operator="bureau", limit=Decimal(2000), now=now)
    session.flush()
    return made


def asked(session: Session, who: Person, now: datetime) -> Negotiation:
    session.add(
        Shop(
            name="永旺", aliases=[], email="liu@example.cn", verified_at=now, verified_by="张三",
            created_at=now, updated_at=now,
        )
    )  # fmt: skip
    return negotiations.ask(session, lodged(session, who, now), 16, now, lambda _: "/shop/1")


def due_of(session: Session, channel: str) -> list[datetime]:
    query = select(Notice.due_at).join(Person).where(Person.channel == channel)
    return list(session.scalars(query.order_by(Notice.id)))


@pytest.mark.parametrize(
    ("at", "until"),
    [
        ("2026-11-02T20:59:59", None),
        ("2026-11-02T21:00:00", "2026-11-03T08:00:00"),
        ("2026-11-02T23:59:59", "2026-11-03T08:00:00"),
        ("2026-11-03T00:00:00", "2026-11-03T08:00:00"),
        ("2026-11-03T07:59:59", "2026-11-03T08:00:00"),
        ("2026-11-03T08:00:00", None),
        ("2026-12-31T22:00:00", "2027-01-01T08:00:00"),
    ],
)
def test_the_quiet_ends_at_eight_in_tianjin(at: str, until: str | None) -> None:
    given_at = datetime.fromisoformat(at).replace(tzinfo=CHINA)
    expected = datetime.fromisoformat(until or at).replace(tzinfo=CHINA)
    assert quiet.quiet_until(given_at) == expected
    assert quiet.quiet_until(given_at.astimezone(UTC)) == expected  # wherever the machine stands


@given(moments)
def test_nothing_that_can_wait_goes_out_at_night_nor_waits_longer_than_the_night(
    now: datetime,
) -> None:
    until = quiet.quiet_until(now)
    assert now <= until < now + timedelta(hours=11, seconds=1)
    assert time(8) <= until.astimezone(CHINA).time() < time(21)
    assert quiet.quiet_until(until) == until


@pytest.mark.parametrize(
    ("table", "at", "is_quiet"),
    [
        ({"from": "13:00", "to": "14:00"}, "13:30", True),
        ({"from": "13:00", "to": "14:00"}, "14:00", False),
        ({"from": "00:00", "to": "00:00"}, "03:00", False),
        ({"from": "22:00", "to": "22:00"}, "23:00", False),
    ],
)
def test_an_operator_may_choose_other_hours_or_none(
    table: dict[str, str], at: str, is_quiet: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(quiet, "load", lambda _: {"quiet": table})
    moment = datetime.fromisoformat(f"2026-11-02T{at}:00+08:00")
    assert (quiet.quiet_until(moment) > moment) is is_quiet


def of_progress(session: Session, one: Negotiation) -> None:
    progress.take(session, one.dispute, "withdraw", "officer", NIGHT)


def of_an_offer(session: Session, one: Negotiation) -> None:
    negotiations.answer(session, one, Answer("offer", "刘", "退一半", Decimal(200)), 16, NIGHT)


def of_words(session: Session, one: Negotiation) -> None:
    negotiations.answer(session, one, Answer("message", "刘", "小票呢"), 16, NIGHT)


def of_a_word_to_keep(session: Session, one: Negotiation) -> None:
    negotiations.answer(session, one, Answer("accept", "刘"), 16, NIGHT - timedelta(days=7))
    negotiations.tick(session, NIGHT, lambda _: "/shop/1")


@pytest.mark.parametrize("told", [of_progress, of_an_offer, of_words, of_a_word_to_keep])
def test_what_others_do_at_night_is_told_in_the_morning(
    told: Any, session: Session, chatting: Person, now: datetime
) -> None:
    told(session, asked(session, chatting, now - timedelta(days=8)))
    assert due_of(session, "telegram")[-1] == MORNING
    newest = session.scalars(select(Notice).order_by(Notice.id.desc())).all()
    mine = next(one for one in newest if one.person_id == chatting.id)
    for at, is_sent in ((NIGHT, False), (MORNING - timedelta(seconds=1), False), (MORNING, True)):
        while claimed := notices.claim(session, ["telegram"], at):
            for one in claimed:
                notices.record(session, one.id, notices.Sent(), at)
        session.refresh(mine)
        assert (mine.state == "sent") is is_sent


@pytest.mark.parametrize(("minutes", "is_at_once"), [(1, True), (9, True), (11, False)])
def test_who_is_writing_to_us_hears_at_once(
    minutes: int, is_at_once: bool, session: Session, chatting: Person, now: datetime
) -> None:
    one = asked(session, chatting, now)
    people.heard(session, chatting, "m-1", "谢谢", NIGHT - timedelta(minutes=minutes))
    of_words(session, one)
    assert due_of(session, "telegram")[-1] == (NIGHT if is_at_once else MORNING)


def test_letters_to_shops_and_alerts_to_officers_know_no_night(
    session: Session, chatting: Person, now: datetime
) -> None:
    one = asked(session, chatting, now)
    of_progress(session, one)
    assert due_of(session, shops.CHANNEL)[-1] == NIGHT
    alerts.alert(session, chatting, "injury", "手割破了", NIGHT)
    alerts.announce(session, "-100", NIGHT)
    (claimed,) = notices.claim(session, ["telegram"], NIGHT)
    assert claimed.external_id == "-100"


def test_what_is_urgent_does_not_wait_behind_what_is_quiet(
    session: Session, chatting: Person, now: datetime
) -> None:
    of_progress(session, asked(session, chatting, now))
    later = NIGHT + timedelta(minutes=1)
    notices.post(session, chatting, "reply", "1:0", "急的", later)
    notices.post(session, chatting, "progress", "x", "第二条", later, due_at=MORNING)
    (urgent,) = notices.claim(session, ["telegram"], later)
    assert urgent.text == "急的"
    notices.record(session, urgent.id, notices.Sent(), later)
    assert notices.claim(session, ["telegram"], later) == []
    in_order = []
    while claimed := notices.claim(session, ["telegram"], MORNING):
        in_order += [one.text for one in claimed]
        notices.record(session, claimed[0].id, notices.Sent(), MORNING)
    assert len(in_order) == 2 and "已撤回" in in_order[0] and in_order[1] == "第二条"


def test_who_looks_at_the_page_at_night_sees_it_at_once_and_nothing_of_later_days(
    session: Session, citizen: Person, now: datetime
) -> None:
    of_progress(session, asked(session, citizen, now))
    notices.post(
        session, citizen, "rating", "1", "后天的", NIGHT, due_at=MORNING + timedelta(days=1)
    )
    (seen,) = notices.waiting_for(session, citizen, NIGHT)
    assert "已撤回" in seen.text
