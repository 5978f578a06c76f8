"""What a citizen does about a lodged dispute of theirs: adds to it, has it taken up again, rates it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import choices, deadlines, disputes, next_steps, own_disputes, progress, steps
from bot.casework.disputes import Operator
from bot.casework.records import Alert, Dispute, DisputeEvent, Notice, Person
from bot.casework.steps import NotPossible


@pytest.fixture
def lodge(session: Session, citizen: Person, now: datetime) -> Callable[[Operator], Dispute]:
    def lodge_one(operator: Operator = "bureau") -> Dispute:
        made = disputes.start(session, citizen, now)
        disputes.lodge(session, made, operator=operator, limit=Decimal(2000), now=now)
        session.flush()
        return made

    return lodge_one


def kinds(session: Session, dispute: Dispute) -> list[str]:
    query = select(DisputeEvent.kind).where(DisputeEvent.dispute_id == dispute.id)
    return list(session.scalars(query.order_by(DisputeEvent.id)))


def test_what_is_added_lies_in_the_log_and_officers_see_it(
    session: Session, citizen: Person, now: datetime, lodge: Callable[[Operator], Dispute]
) -> None:
    one = lodge("bureau")
    confirmed = one.facts
    own_disputes.begin_adding(session, citizen, one)
    assert own_disputes.adding(session, citizen) is one
    assert disputes.asking(session, citizen) is None  # it is no question of the form
    own_disputes.add(session, one, "昨天店里又说可以换", now)
    assert own_disputes.adding(session, citizen) is None and one.facts == confirmed
    assert one.events[-1].detail == {"text": "昨天店里又说可以换"}
    alert = session.scalars(select(Alert)).one()
    assert (alert.kind, alert.words, alert.dispute_id) == ("added", "昨天店里又说可以换", one.id)


def test_what_was_asked_for_counts_as_given(
    session: Session, citizen: Person, now: datetime, lodge: Callable[[Operator], Dispute]
) -> None:
    one = lodge("bureau")
    progress.take(session, one, "ask_for_more", "officer", now, missing="购物小票")
    notice = session.scalars(select(Notice)).one()
    assert "购物小票" in notice.text and "补充" in (notice.buttons or "")
    assert next_steps.told(session, one) == "等您补充：购物小票"
    own_disputes.add(session, one, "小票拍好了", now)
    assert one.state == "in_progress" and kinds(session, one)[-2:] == ["added", "complete"]


def test_only_one_dispute_is_added_to_at_a_time(
    session: Session, citizen: Person, now: datetime, lodge: Callable[[Operator], Dispute]
) -> None:
    first, second = lodge("bureau"), lodge("bureau")
    own_disputes.begin_adding(session, citizen, first)
    own_disputes.begin_adding(session, citizen, second)
    assert first.asking is None and own_disputes.adding(session, citizen) is second
    own_disputes.stop_adding(session, citizen)
    assert own_disputes.adding(session, citizen) is None


@pytest.mark.parametrize("state", steps.OVER)
def test_nothing_is_added_to_what_is_over(
    state: str, session: Session, citizen: Person, now: datetime,
    lodge: Callable[[Operator], Dispute],
) -> None:  # fmt: skip
    one = lodge("bureau")
    one.state = state
    with pytest.raises(NotPossible):
        own_disputes.begin_adding(session, citizen, one)
    one.asking = own_disputes.ADDING  # it ended between the button and the words
    with pytest.raises(NotPossible):
        own_disputes.add(session, one, "还有", now)
    assert one.asking is None and kinds(session, one) == ["drafted", "lodged"]


@pytest.mark.parametrize("state", steps.STATES[1:])
def test_what_can_be_done_can_be_done(
    state: str, session: Session, citizen: Person, now: datetime,
    lodge: Callable[[Operator], Dispute],
) -> None:  # fmt: skip
    one = lodge("bureau")
    one.state = state
    offered = choices.possible(one)
    assert set(offered) <= {"add", "reopen", *choices.RATINGS}
    for choice in ("add", "reopen", *choices.RATINGS):
        one.state, one.rating = state, None
        if choice in offered:
            _do(session, one, choice, now)
        else:
            with pytest.raises(NotPossible):
                _do(session, one, choice, now)


def _do(session: Session, one: Dispute, choice: str, now: datetime) -> None:
    if choice == "add":
        own_disputes.begin_adding(session, one.person, one)
    elif choice == "reopen":
        own_disputes.reopen(session, one, now)
    else:
        own_disputes.rate(session, one, choice, now)


@pytest.mark.parametrize("state", ["refused", "passed_on"])
def test_an_offices_decision_is_not_undone_by_a_button(
    state: str, lodge: Callable[[Operator], Dispute]
) -> None:
    one = lodge("bureau")
    one.state = state
    assert not choices.may_reopen(one)


@pytest.mark.parametrize("operator", steps.OPERATORS)
def test_taken_up_again_it_waits_in_the_queue_with_a_clock_of_its_own(
    operator: Operator, session: Session, now: datetime, lodge: Callable[[Operator], Dispute]
) -> None:
    one = lodge(operator)
    progress.take(session, one, "settle", "citizen", now)
    one.recovered_at, one.rating = now, "good"
    later = now + timedelta(days=30)
    own_disputes.reopen(session, one, later)
    assert (one.state, one.lane, one.recovered_at, one.rating) == ("lodged", "queue", None, None)
    due = deadlines.decide_by(disputes.local_day(later)).on if operator == "bureau" else None
    assert one.accept_due == due


def test_an_officers_reopening_moves_no_clock(
    session: Session, now: datetime, lodge: Callable[[Operator], Dispute]
) -> None:
    one = lodge("bureau")
    due = one.accept_due
    progress.take(session, one, "settle", "officer", now)
    progress.take(session, one, "reopen", "officer", now + timedelta(days=30))
    assert one.accept_due == due


@pytest.mark.parametrize("step", ["settle", "end", "close"])
def test_who_is_told_of_an_end_is_asked_what_they_think(
    step: str, session: Session, now: datetime, lodge: Callable[[Operator], Dispute]
) -> None:
    one = lodge("bureau")
    if step == "end":
        progress.take(session, one, "accept", "officer", now, register_number="1120111002026")
    detail = {"ground": "no_agreement"} if step == "end" else {}
    progress.take(session, one, step, "officer", now, **detail)
    last = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert last is not None and all(
        word in (last.buttons or "") for word in ("满意", "一般", "不满意")
    )
    own_disputes.rate(session, one, "bad", now)
    own_disputes.rate(session, one, "fair", now)
    assert one.rating == "fair" and kinds(session, one)[-2:] == ["rated", "rated"]


def test_each_state_tells_what_comes_next_or_nothing_is_due(
    session: Session, now: datetime, lodge: Callable[[Operator], Dispute]
) -> None:
    one = lodge("bureau")
    assert str(one.accept_due) in (next_steps.told(session, one) or "")
    progress.take(session, one, "accept", "officer", now, register_number="1120111002026")
    assert str(one.mediate_due) in (next_steps.told(session, one) or "")
    progress.take(
        session, one, "mediate", "officer", now, citizen_agreed="是", merchant_agreed="是"
    )
    progress.take(
        session, one, "meet", "officer", now, at="11月9日 9:30", place="中北所", mediator="李同志"
    )
    coming = next_steps.told(session, one) or ""
    assert "11月9日 9:30" in coming and "中北所" in coming and str(one.mediate_due) in coming
    progress.take(session, one, "settle", "officer", now)
    assert next_steps.told(session, one) is None
    assert next_steps.told(session, lodge("independent")) is None
