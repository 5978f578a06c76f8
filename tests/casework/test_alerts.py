"""Alerts: raised with their words sealed, announced once and without personal data; duty hours."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.casework import alerts, disputes, people
from bot.casework.records import Alert, Notice, Person
from bot.library import load

CHAT = "-100200300"


def test_an_alert_is_announced_once(session: Session, citizen: Person, now: datetime) -> None:
    raised = alerts.alert(session, citizen, "injury", "手被烫伤", now)
    assert alerts.announce(session, CHAT, now) == 1
    assert alerts.announce(session, CHAT, now + timedelta(hours=1)) == 0
    (notice,) = session.scalars(select(Notice))
    assert (notice.kind, notice.subject, notice.state) == ("alert", str(raised.id), "due")
    assert (notice.person.channel, notice.person.external_id) == ("telegram", CHAT)


@pytest.mark.parametrize("kind", load("moments")["kinds"])
def test_the_announcement_holds_the_kind_the_moment_and_the_number_alone(
    session: Session, citizen: Person, now: datetime, kind: str
) -> None:
    citizen.name, citizen.phone = "王某某", "13800000000"
    raised = alerts.alert(session, citizen, kind, "我叫王某某，电话13800000000", now)
    said = alerts.announcement(raised)
    assert load("moments")["kinds"][kind] in said
    assert "11-02 09:00" in said and str(raised.id) in said
    for own in ("王某某", "13800000000", citizen.external_id, citizen.key):
        assert own not in said


def test_an_unknown_kind_is_announced_all_the_same(
    session: Session, citizen: Person, now: datetime
) -> None:
    assert load("moments")["other_kind"] in alerts.announcement(
        alerts.alert(session, citizen, "else", "", now)
    )


def test_an_alert_older_than_a_day_is_not_announced(
    session: Session, citizen: Person, now: datetime
) -> None:
    alerts.alert(session, citizen, "injury", "", now - timedelta(hours=25))
    alerts.alert(session, citizen, "injury", "", now - timedelta(hours=23))
    assert alerts.announce(session, CHAT, now) == 1


def test_without_a_chat_nothing_is_announced_and_nobody_is_made_up(
    session: Session, citizen: Person, now: datetime
) -> None:
    alerts.alert(session, citizen, "injury", "", now)
    assert alerts.announce(session, "", now) == 0
    assert [one.external_id for one in session.scalars(select(Person))] == [citizen.external_id]


def test_the_words_of_an_alert_are_sealed(session: Session, citizen: Person, now: datetime) -> None:
    alerts.alert(session, citizen, "self_harm", "很难过的一句话", now)
    session.flush()
    stored = session.execute(text("select words from alerts")).scalar_one()
    assert "难过" not in str(stored)
    assert session.scalars(select(Alert)).one().words == "很难过的一句话"


def test_what_one_person_tells_of_a_kind_is_one_matter_for_a_while(
    session: Session, citizen: Person, now: datetime
) -> None:
    alerts.alert(session, citizen, "injury", "", now)
    other = people.person(session, "web", "c-2", now)
    assert alerts.is_fresh(session, citizen, "injury", now + timedelta(hours=1))
    assert not alerts.is_fresh(session, citizen, "injury", now + timedelta(hours=3))
    assert not alerts.is_fresh(session, citizen, "acute", now)
    assert not alerts.is_fresh(session, other, "injury", now)


def test_an_alert_outlives_the_draft_it_was_raised_in(
    session: Session, citizen: Person, now: datetime
) -> None:
    draft = disputes.start(session, citizen, now)
    raised = alerts.alert(session, citizen, "injury", "", now, draft)
    disputes.delete(session, draft)
    session.flush()
    session.refresh(raised)
    assert raised.dispute_id is None


def test_a_child_is_alone_until_a_guardian_writes(
    session: Session, citizen: Person, now: datetime
) -> None:
    assert not alerts.has_child_alone(session, citizen, now)
    alerts.alert(session, citizen, "child", "", now)
    later = now + timedelta(minutes=5)
    people.heard(session, citizen, "m-1", "老板不给退", later)
    assert alerts.has_child_alone(session, citizen, later)
    people.heard(session, citizen, "m-2", "我是他妈妈", later)
    assert not alerts.has_child_alone(session, citizen, later)


@pytest.mark.parametrize(
    ("tianjin", "is_on"),
    [
        ("2026-11-02 08:59", False),
        ("2026-11-02 09:00", True),
        ("2026-11-02 16:59", True),
        ("2026-11-02 17:00", False),
        ("2026-11-02 23:00", False),
        ("2026-11-07 10:00", False),  # Saturday
        ("2026-11-08 10:00", False),  # Sunday
        ("2026-10-01 10:00", False),  # National Day, a Thursday
        ("2026-10-10 10:00", True),  # a Saturday worked in a holiday's place
        ("2035-03-05 10:00", True),  # a Monday of a year whose calendar is not out
        ("2035-03-03 10:00", False),  # its Saturday
    ],
)
def test_who_is_on_duty_follows_the_hours_and_the_calendar(tianjin: str, is_on: bool) -> None:
    moment = datetime.fromisoformat(f"{tianjin}+08:00").astimezone(UTC)
    assert alerts.is_on_duty(moment) is is_on
