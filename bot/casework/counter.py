"""RECORD: disputes that staff enter for who comes to the counter or calls (书面以外: 总局令第121号 第10条)."""

import uuid
from datetime import datetime
from decimal import Decimal
from typing import Literal

from sqlalchemy.orm import Session

from bot.casework import disputes, people
from bot.casework.disputes import Operator
from bot.casework.records import Dispute, DisputeEvent
from bot.reading.facts import Facts

Way = Literal["counter", "phone"]


def enter(
    session: Session, way: Way, told: Facts, contact: people.Contact, by: str, *,
    operator: Operator, limit: Decimal, now: datetime,
) -> Dispute:  # fmt: skip
    """Record what a citizen told `by`, an officer, at the counter or on the phone; its clocks start.

    The citizen has no chat that notices could go to: an officer calls (`unreachable_why` says so).
    Raises ValueError where there is no story or no phone: nobody could be called about nothing.
    """
    if not (told.facts or "").strip() or not contact.phone:
        raise ValueError("a story and a phone are needed")
    who = people.person(session, way, uuid.uuid4().hex, now)
    who.unreachable_why, who.told_at = way, now  # the officer has said what the details are for
    people.give_contact(who, contact, now)
    made = disputes.start(session, who, now)
    disputes.take(made, told)
    made.contact = "given"
    disputes.lodge(session, made, operator=operator, limit=limit, now=now)
    session.add(
        DisputeEvent(
            dispute_id=made.id, kind="entered", actor="officer", detail={"by": by, "way": way},
            happened_at=now,
        )
    )  # fmt: skip
    session.flush()
    return made
