"""A lodged dispute moves on: its event and its notice together, and only along the steps there are."""

from datetime import datetime
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import disputes, people, progress, steps
from bot.casework.disputes import Operator
from bot.casework.records import Alert, Dispute, DisputeEvent, Notice, Person

PRIVATE = ("永旺", "王女士", "13800000001", "电饭煲")


def lodged(
    session: Session, who: Person, now: datetime, operator: Operator = "independent"
) -> Dispute:
    made = disputes.start(session, who, now)
    made.merchant, made.product = "永旺", "电饭煲"
    disputes.lodge(session, made, operator=operator, limit=Decimal(2000), now=now)
    session.flush()
    return made


@pytest.mark.parametrize("state", ["in_progress", "settled", "closed", "withdrawn"])
def test_a_move_writes_its_event_and_posts_its_notice(
    session: Session, citizen: Person, now: datetime, state: str
) -> None:
    people.give_contact(citizen, people.Contact("13800000001", "王女士"), now)
    one = lodged(session, citizen, now)
    event = progress.move(session, one, state, "officer", now, note="电话里说好了")
    (notice,) = session.scalars(select(Notice)).all()
    assert (one.state, event.detail["before"]) == (state, "lodged")
    assert steps.step(event.kind).after == state
    assert (notice.kind, notice.subject) == ("progress", f"{one.number}:{event.id}")
    assert disputes.number_text(one.number or "") in notice.text
    assert not any(word in notice.text for word in (*PRIVATE, "说好了"))


def test_a_refused_transaction_leaves_neither_event_nor_notice(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    session.commit()
    progress.move(session, one, "in_progress", "officer", now)
    session.rollback()
    assert one.state == "lodged" and session.scalars(select(Notice)).all() == []


def test_each_move_is_told(session: Session, citizen: Person, now: datetime) -> None:
    one = lodged(session, citizen, now)
    for state in ("in_progress", "settled", "lodged", "closed"):
        progress.move(session, one, state, "officer", now)
    assert len(session.scalars(select(Notice)).all()) == 4


@pytest.mark.parametrize(
    ("before", "state"),
    [
        ("draft", "in_progress"),
        ("lodged", "lodged"),
        ("lodged", "draft"),
        ("lodged", "no such"),
        ("closed", "settled"),
        ("withdrawn", "settled"),
    ],
)
def test_steps_that_there_are_not_are_refused(
    session: Session, citizen: Person, now: datetime, before: str, state: str
) -> None:
    one = lodged(session, citizen, now)
    one.state = before
    with pytest.raises(steps.NotPossible):
        progress.move(session, one, state, "officer", now)
    assert session.scalars(select(Notice)).all() == []


def test_who_moves_it_themselves_is_not_told_twice(
    session: Session, citizen: Person, now: datetime
) -> None:
    progress.move(session, lodged(session, citizen, now), "withdrawn", "citizen", now)
    assert session.scalars(select(Notice)).all() == []


@pytest.mark.parametrize(
    ("told", "state"),
    [
        ([], "withdrawn"),
        (["withdrawal_wished"], "withdrawn"),
        (["settled_told"], "settled"),
        (["settled_told", "withdrawal_wished"], "withdrawn"),
    ],
)
def test_a_citizen_closes_what_was_submitted_nowhere(
    session: Session, citizen: Person, now: datetime, told: list[str], state: str
) -> None:
    one = lodged(session, citizen, now)
    for kind in told:
        progress.note(session, citizen, one, kind, "退了", now)
    assert progress.close_own(session, one, now) == state == one.state
    assert progress.close_own(session, one, now) is None


def test_what_the_bureau_received_is_not_closed_by_a_button(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now, "bureau")
    assert progress.close_own(session, one, now) is None and one.state == "lodged"


def test_what_a_citizen_says_later_is_noted_and_told_to_officers(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    progress.note(session, citizen, one, "follow_up", "还是没修好", now)
    (alert,) = session.scalars(select(Alert)).all()
    assert (alert.kind, alert.dispute_id, alert.words) == ("follow_up", one.id, "还是没修好")
    event = session.scalars(select(DisputeEvent).where(DisputeEvent.kind == "follow_up")).one()
    assert (event.actor, event.detail) == ("citizen", {})


def test_only_what_is_not_done_runs(session: Session, citizen: Person, now: datetime) -> None:
    first, second = lodged(session, citizen, now), lodged(session, citizen, now)
    progress.move(session, first, "closed", "officer", now)
    assert progress.running(session, citizen) == [second]
