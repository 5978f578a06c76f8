"""Walk-ins and calls: entered by staff, with the same clocks, and nobody to push notices to."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import counter, disputes, people, progress
from bot.casework.records import Dispute, DisputeEvent, Notice, Person
from bot.reading.facts import Facts

TOLD = Facts(merchant="永旺超市", product="电饭煲", facts="三天就坏，不给退", demand="refund",
             amount=Decimal(399))  # fmt: skip
CONTACT = people.Contact("13800000001", "王女士", "中北镇万卉路5号")


def enter(session: Session, now: datetime, **more: Any) -> Dispute:
    chosen = {"told": TOLD, "contact": CONTACT, **more}
    return counter.enter(
        session, "counter", by="张三", operator="bureau", limit=Decimal(2000), now=now, **chosen
    )


def test_a_walk_in_is_a_dispute_like_any_other(session: Session, now: datetime) -> None:
    one = enter(session, now)
    assert (one.state, one.lane, one.accept_due) == ("lodged", "fast", date(2026, 11, 11))
    assert (one.merchant, one.person.phone, one.contact) == ("永旺超市", "13800000001", "given")
    kinds = session.scalars(select(DisputeEvent.kind).order_by(DisputeEvent.id)).all()
    assert kinds == ["drafted", "lodged", "entered"]
    entered = session.scalars(select(DisputeEvent).where(DisputeEvent.kind == "entered")).one()
    assert (entered.actor, entered.detail) == ("officer", {"by": "张三", "way": "counter"})


def test_its_notices_wait_for_an_officers_call(session: Session, now: datetime) -> None:
    one = enter(session, now)
    progress.take(session, one, "begin", "officer", now)
    (notice,) = session.scalars(select(Notice)).all()
    assert (notice.state, notice.last_error) == ("unreachable", "counter")


def test_two_walk_ins_are_two_people(session: Session, now: datetime) -> None:
    enter(session, now), enter(session, now)
    assert len(session.scalars(select(Person)).all()) == 2
    first, second = session.scalars(select(Dispute)).all()
    assert disputes.by_number(session, first.person, second.number or "") is None


@pytest.mark.parametrize(
    "short", [{"told": Facts(facts="  ")}, {"told": Facts()}, {"contact": people.Contact("")}]
)
def test_nothing_is_entered_without_a_story_and_a_phone(
    short: dict[str, Any], session: Session, now: datetime
) -> None:
    with pytest.raises(ValueError, match="needed"):
        enter(session, now, **short)
    assert session.scalars(select(Dispute)).all() == []
