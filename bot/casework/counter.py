"""RECORD: disputes that staff enter for who comes to the counter or calls (书面以外: 总局令第121号 第10条)."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Literal, get_args

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.casework import disputes, evidence, officers, people, precheck, sealing
from bot.casework.disputes import Operator
from bot.casework.records import Dispute, DisputeEvent, Person
from bot.reading.facts import Facts

Way = Literal["counter", "phone"]
WAYS: tuple[Way, ...] = get_args(Way)


def preview(told: Facts) -> Dispute:
    """What would be entered, for the pre-check alone: in no session, kept nowhere."""
    made = Dispute(unknown=[], amount_choices=[], misses=0)
    disputes.take(made, told)
    return made


# ── with a session; the caller commits ───────────────────────────────────────


def enter(
    session: Session, way: Way, told: Facts, contact: people.Contact, by: str, *,
    operator: Operator, limit: Decimal, now: datetime, form: str | None = None,
    papers: Sequence[evidence.Prepared] = (),
) -> Dispute:  # fmt: skip
    """Record what a citizen told `by`, an officer, at the counter or on the phone; its clocks start.

    The citizen has no chat that notices could go to: an officer calls (`unreachable_why` says so).
    `form` (32 letters) names the form that it was typed into: one that is sent twice, even at once,
    gives its first dispute. `papers` are the photos and papers that came with it. Raises ValueError
    where there is no story or no phone: nobody could be called about nothing; evidence.Refused.
    """
    if not (told.facts or "").strip() or not contact.phone:
        raise ValueError("a story and a phone are needed")
    who = people.person(session, way, form or uuid.uuid4().hex, now)
    held = update(Person).where(Person.id == who.id).values(unreachable_why=way)
    session.execute(held)  # who sends the same form at the same moment waits here
    before = disputes.lodged(session, who, 1)
    if before:
        return before[0]
    who.unreachable_why, who.told_at = way, now  # the officer has said what the details are for
    people.give_contact(who, contact, now)
    made = disputes.start(session, who, now)
    disputes.take(made, told)
    made.contact = "given"
    _keep(session, made, papers, now)
    disputes.lodge(session, made, operator=operator, limit=limit, now=now)
    session.add(
        DisputeEvent(
            dispute_id=made.id, kind="entered", actor="officer", detail={"by": by, "way": way},
            happened_at=now,
        )
    )  # fmt: skip
    officers.log(session, by, "entered", now, made.number)
    session.flush()
    return made


def add_papers(
    session: Session, dispute: Dispute, papers: Sequence[evidence.Prepared], by: str, now: datetime
) -> int:
    """Keep photos and papers that its citizen hands over to `by`, an officer; how many were new.

    Raises evidence.Refused where one person gave too many within a day.
    """
    before = evidence.count(session, dispute)
    _keep(session, dispute, papers, now)
    new = evidence.count(session, dispute) - before
    if new:
        officers.log(session, by, "papers_added", now, dispute.number)
    return new


def _keep(
    session: Session, dispute: Dispute, papers: Sequence[evidence.Prepared], now: datetime
) -> None:
    """Keep them with the dispute; the same file is kept once."""
    for one in papers:
        kept = evidence.keep(
            session, dispute.person, one, source=f"desk:{one.sha256}", message_id="desk",
            caption=None, now=now,
        )  # fmt: skip
        kept.dispute_id = dispute.id
    session.flush()


def by_form(session: Session, form: str) -> Dispute | None:
    """What was entered by the form of that name, or None."""
    query = select(Dispute).join(Person, Person.id == Dispute.person_id)
    named = query.where(Person.channel.in_(WAYS), Person.external_id == form)
    return session.scalar(named.where(Dispute.number.is_not(None)).limit(1))


def same_before(
    session: Session, preview: Dispute, phone: str, now: datetime, limit: int = 5
) -> Sequence[Dispute]:
    """Disputes of whoever has that phone that tell the same matter, the newest first.

    A walk-in is a person anew each time, and may have told it in a chat before: only the phone joins
    them. Phones are sealed: they are found by the mark of their last four digits, then compared.
    """
    query = select(Dispute).join(Person, Person.id == Dispute.person_id)
    likely = query.where(
        Person.phone_mark.in_(sealing.marks(phone)),
        Dispute.state.not_in(("draft", "withdrawn")),
        Dispute.lodged_at >= now - precheck.SAME_WITHIN,
    )
    found = session.scalars(likely.order_by(Dispute.id.desc()))
    same = (one for one in found if one.person.phone == phone and precheck.is_same(one, preview))
    return [one for one, _ in zip(same, range(limit), strict=False)]
