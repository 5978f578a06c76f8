"""What is kept no longer than needed: one day before its term it is there, one day after it is gone."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import (
    alerts,
    callbacks,
    disputes,
    evidence,
    intent_counts,
    notices,
    officers,
    people,
    privacy,
    retention,
)
from bot.casework.callback_records import CallbackRequest
from bot.casework.intent_records import IntentCount
from bot.casework.officer_records import OfficerEvent
from bot.casework.records import (
    Alert,
    Dispute,
    Evidence,
    HeardMessage,
    IncomingUpdate,
    OfferedButton,
    Person,
)
from bot.casework.retention import Terms, expire
from bot.settings import Settings

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
PDF = evidence.File("document", b"%PDF-1.7\n%%EOF")
TERMS = Terms()


def message(session: Session, who: Person) -> None:
    kept = people.heard(session, who, "m-1", "键盘坏了", NOW)
    people.answered(kept, [{"text": "嗯"}], NOW)
    people.heard(session, who, "m-2", "还在吗", NOW + timedelta(days=80))  # the newest


def button(session: Session, who: Person) -> None:
    people.offer_button(session, who, "退款", "refund", NOW)


def update(session: Session, who: Person) -> None:
    session.add(IncomingUpdate(id=7, body="", received_at=NOW, handled_at=NOW))


def draft(session: Session, who: Person) -> None:
    disputes.start(session, who, NOW)


def loose(session: Session, who: Person) -> None:
    evidence.keep(session, who, PDF, source="p:1", message_id="p", caption=None, now=NOW)


def lodged(session: Session, who: Person, operator: Any = "independent") -> None:
    made = disputes.start(session, who, NOW)
    disputes.lodge(session, made, operator=operator, limit=Decimal(2000), now=NOW)


def callback(session: Session, who: Person) -> None:
    callbacks.done(callbacks.request(session, who, NOW), NOW)


def alert(session: Session, who: Person) -> None:
    alerts.alert(session, who, "injury", "手被烫了", NOW)


def desk_log(session: Session, who: Person) -> None:
    officers.log(session, "李明", "phone_shown", NOW, "ABCD2345")


def intent(session: Session, who: Person) -> None:
    intent_counts.add(session, {(disputes.local_day(NOW), "inform"): 3})


CASES = [
    (message, HeardMessage, TERMS.message_days, 1), (button, OfferedButton, TERMS.button_days, 0),
    (update, IncomingUpdate, TERMS.update_days, 0), (draft, Dispute, TERMS.draft_days, 0),
    (loose, Evidence, TERMS.draft_days, 0), (lodged, Dispute, TERMS.record_days, 0),
    (callback, CallbackRequest, TERMS.message_days, 0), (alert, Alert, TERMS.alert_days, 0),
    (desk_log, OfficerEvent, TERMS.audit_days, 0), (intent, IntentCount, TERMS.question_days, 0),
]  # fmt: skip


def go_on(session: Session, days: float, terms: Terms = TERMS) -> int:
    touched = 0
    while done := expire(session, NOW + timedelta(days=days), terms):
        session.commit()
        touched += done
    return touched


@pytest.mark.parametrize(("make", "record", "days", "left"), CASES)
def test_a_thing_is_kept_as_long_as_it_is_said_and_no_longer(
    session: Session, citizen: Person, make: Callable[..., None], record: Any, days: int, left: int
) -> None:
    make(session, citizen)
    session.commit()
    before = len(session.scalars(select(record)).all())
    assert go_on(session, days - 1) == 0
    assert len(session.scalars(select(record)).all()) == before
    assert go_on(session, days + 1) == 1
    assert len(session.scalars(select(record)).all()) == left
    assert go_on(session, days + 1) == 0


@pytest.mark.parametrize(("make", "name"), [(draft, "draft_days"), (button, "button_days")])
def test_an_operator_may_choose_another_term(session, citizen, make, name) -> None:
    make(session, citizen)
    assert go_on(session, 3, Terms(**{name: 5})) == 0
    assert go_on(session, 6, Terms(**{name: 5})) == 1


def test_what_an_office_has_is_never_touched(session: Session, citizen: Person) -> None:
    loose(session, citizen)
    people.give_contact(citizen, people.Contact("13655551234"), NOW)
    lodged(session, citizen, "bureau")
    (found,) = disputes.lodged(session, citizen)
    alerts.alert(session, citizen, "follow_up", "还没退", NOW, found)
    told = notices.post(session, citizen, "progress", "x", "已受理", NOW)
    told.state = "sent"
    session.commit()
    before = privacy.held(session, citizen)
    assert go_on(session, 5000) == 0
    assert privacy.held(session, citizen) == before
    assert (citizen.phone, told.text) == ("13655551234", "已受理")


@pytest.mark.parametrize("state", ["sent", "unreachable", "stuck", "due"])
def test_the_words_of_a_notice_go_and_it_is_told_no_second_time(session, citizen, state) -> None:
    made = notices.post(session, citizen, "progress", "x", "已转交", NOW, buttons=[{"id": "1"}])
    made.state = state
    session.commit()
    assert go_on(session, TERMS.notice_days - 1) == 0
    assert go_on(session, TERMS.notice_days + 1) == 1
    session.refresh(made)
    assert (made.text, made.buttons) == ("", None)
    assert made.state == ("unreachable" if state == "due" else state)
    later = NOW + timedelta(days=TERMS.notice_days + 2)
    assert notices.post(session, citizen, "progress", "x", "已转交", later).id == made.id
    assert not notices.waiting_for(session, citizen, later)


def test_a_message_that_waits_for_its_answer_stays(session, citizen) -> None:
    message(session, citizen)
    people.await_answer(session.get_one(HeardMessage, 1), "[]", NOW)
    assert go_on(session, 400) == 0


def test_contact_details_go_when_nothing_needs_them(session, citizen) -> None:
    people.give_contact(citizen, people.Contact("13655551234", "王女士", "雅馨里"), NOW)
    callbacks.request(session, citizen, NOW)
    assert go_on(session, 400) == 0  # somebody is to call
    callbacks.done(callbacks.request(session, citizen, NOW), NOW)
    assert go_on(session, 364) == 1  # the call-back
    assert go_on(session, 366) == 1
    session.refresh(citizen)
    assert (citizen.phone, citizen.name, citizen.address) == (None, None, None)


def test_the_row_of_whom_was_erased_goes_when_what_needed_it_went(session, citizen) -> None:
    alert(session, citizen)
    people.person(session, "web", "c-2", NOW)
    privacy.erase(session, citizen, NOW)
    session.commit()
    assert go_on(session, 364) == 0
    assert go_on(session, 366) == 2  # the alert, and the person
    assert session.scalars(select(Person.external_id)).all() == ["c-2"]


def test_the_row_of_who_came_long_ago_goes_once_nothing_is_kept_of_them(session, citizen) -> None:
    button(session, citizen)
    known = people.person(session, "web", "c-2", NOW)
    people.give_contact(known, people.Contact("13655551234"), NOW + timedelta(days=300))
    people.person(session, "web", "c-3", NOW + timedelta(days=300))
    session.commit()
    assert go_on(session, 364) == 1  # the button
    assert go_on(session, 366) == 1
    assert session.scalars(select(Person.external_id)).all() == ["c-2", "c-3"]


def test_a_large_table_goes_in_batches(session, citizen) -> None:
    for number in range(7):
        people.heard(session, citizen, f"m-{number}", "嗯", NOW)
        draft(session, citizen)
    done = [expire(session, NOW + timedelta(days=91), TERMS, limit=3) for _ in range(4)]
    assert done == [6, 6, 1, 0]  # the newest message stays


def test_the_settings_and_the_terms_say_the_same() -> None:
    chosen = Settings(_env_file=None)
    assert {name: getattr(chosen, name) for name in retention.Terms.__annotations__} == vars(TERMS)
