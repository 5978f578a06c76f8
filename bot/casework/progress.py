"""RECORD: a lodged dispute moves on, and what its citizen says of it later. Knows no Rasa."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import alerts, choices, deadlines, disputes, notices, quiet, shop_letters, steps
from bot.casework.records import Dispute, DisputeEvent, Negotiation, Person
from bot.casework.steps import NotPossible
from bot.library import label, load, words

FOLLOW_UPS = ("follow_up", "withdrawal_wished", "settled_told")
IN_MEDIATION = ("accepted", "mediating", "suspended")
ENDS_MEDIATION = ("end", "settle", "conclude", "pay_first", "withdraw")
AFTER_TESTING = ("resume", "end", "withdraw")  # the steps out of a suspension


def take(
    session: Session, dispute: Dispute, name: str, actor: str, now: datetime, *,
    told: Mapping[str, str] | None = None, buttons: Sequence[Mapping[str, Any]] = (), **detail: str,
) -> DisputeEvent:  # fmt: skip
    """Take the step `name` of the table (steps.py), with its event and its notice in one transaction.

    `actor` is "citizen", "shop", "officer", "operator" or "clock"; a citizen who took it was told in
    the talk, and gets no notice. What a step needs is told with it; a `note`, and `by` (which officer it was), are for officers alone.
    `told` are words of the notice that do not go into the log, where they would lie open; `buttons`
    stand under it. Raises NotPossible; of two who take a step at once the second fails with
    sqlalchemy's StaleDataError when it is written.
    """
    before = dispute.state
    step = steps.step(name)
    detail = steps.check(step, before, dispute.operator or "", actor, detail)
    dispute.state, dispute.updated_at = step.after, now
    due = _tell_by(name, before, now)
    event = _event(session, dispute, name, actor, now, {"before": before, **due, **detail})
    _set_values(session, dispute, name, now, detail)
    _end_negotiation(session, dispute, name, actor, now, detail.get("reason", ""))
    if actor != "citizen":
        number = disputes.number_text(dispute.number or "")
        known = {field: spoken(field, value) for field, value in detail.items()}
        said = {"number": number, **load("wording")["unsaid"], **known, **(told or {})}
        text = words(f"progress_{name}", **said)
        subject = f"{dispute.number}:{event.id}"
        under = [*buttons, *choices.offered(session, dispute, choices.AFTER.get(name, ()), now)]
        due_at = quiet.due_at(session, dispute.person, now)
        notices.post(
            session, dispute.person, "progress", subject, text, now, buttons=under, due_at=due_at
        )
    return event


def move(
    session: Session, dispute: Dispute, state: str, actor: str, now: datetime, note: str = ""
) -> DisputeEvent:
    """Take the step that leads to `state` and needs no detail. Raises NotPossible."""
    for step in steps.possible(dispute.state, dispute.operator or "", actor):
        if step.after == state and not step.needs:
            detail: dict[str, Any] = {"note": note} if note else {}
            return take(session, dispute, step.name, actor, now, **detail)
    raise NotPossible(f"{dispute.state} -> {state}")


def reachable(dispute: Dispute, actor: str) -> list[str]:
    """The states that `move` can bring the dispute to."""
    found = steps.possible(dispute.state, dispute.operator or "", actor)
    return list(dict.fromkeys(step.after for step in found if not step.needs))


def spoken(field: str, value: str) -> str:
    """A detail as people read it: grounds and reasons are codes, sums are in yuan."""
    if field == "amount":
        return words("yuan", amount=value)
    if field == "rating":
        return label("choice", value)
    return label(field, value) if field in ("ground", "reason", "record") else value


def _set_values(
    session: Session, dispute: Dispute, name: str, now: datetime, detail: dict[str, str]
) -> None:
    """The sums that were paid first or agreed on; the clock of mediation, which has no end while testing goes on."""
    if name == "pay_first":
        dispute.paid_first_amount = Decimal(detail["amount"])
    if name in ("settle", "conclude") and "amount" in detail:
        dispute.agreed_amount = Decimal(detail["amount"])
    if name == "accept":
        dispute.register_number, dispute.accepted_at = detail["register_number"], now
    if name == "reopen":  # what was before is in the log; accepted again it has sixty days again
        dispute.accepted_at = dispute.mediate_due = dispute.recovered_at = dispute.rating = None
    elif name == "suspend" and detail["reason"] == "testing":
        dispute.mediate_due = None
    elif name in ("accept", *AFTER_TESTING) and dispute.accepted_at is not None:
        accepted = disputes.local_day(dispute.accepted_at)
        dispute.mediate_due = deadlines.mediate_by(accepted, _tests(session, dispute)).on


def _tell_by(name: str, before: str, now: datetime) -> dict[str, str]:
    """The last day to tell both sides that mediation is over, for officers (总局令第121号 第23条第2款)."""
    if before not in IN_MEDIATION or name not in ENDS_MEDIATION:
        return {}
    return {"tell_by": deadlines.tell_end_by(disputes.local_day(now)).on.isoformat()}


def _end_negotiation(
    session: Session, dispute: Dispute, name: str, actor: str, now: datetime, reason: str
) -> None:
    """Whatever takes a dispute out of the fast lane closes the shop's link, and the shop is told."""
    if name in ("escalate", "reopen"):
        dispute.lane = "queue"
    if dispute.state in ("negotiating", "agreed"):
        return
    query = select(Negotiation).where(
        Negotiation.dispute_id == dispute.id, Negotiation.ended_at.is_(None)
    )
    open_one = session.scalar(query)
    if open_one is not None:
        open_one.ended_at, open_one.asking = now, None
        shop_letters.post_over(session, open_one, name, actor, reason, now)


def _tests(session: Session, dispute: Dispute) -> list[deadlines.Pause]:
    """The spans of testing, from the log: each day of one is left out of the clock.

    Whatever leads out of a suspension ends its span: else the next mediation of a dispute that was
    withdrawn meanwhile would go on from there.
    """
    query = select(DisputeEvent).where(
        DisputeEvent.dispute_id == dispute.id,
        DisputeEvent.kind.in_(("suspend", *AFTER_TESTING)),
    )
    pauses, began = [], None
    for event in session.scalars(query.order_by(DisputeEvent.id)):
        day = disputes.local_day(event.happened_at)
        if event.kind == "suspend" and event.detail.get("reason") == "testing":
            began = day
        elif began is not None:
            pauses.append(deadlines.Pause(began, day))
            began = None
    return pauses


def by_number(session: Session, number: str) -> Dispute | None:
    """The dispute of that number, whoever filed it: for officers, never for citizens."""
    return session.scalar(select(Dispute).where(Dispute.number == number))


def running(session: Session, who: Person) -> list[Dispute]:
    """This person's lodged disputes that are not done, newest first."""
    return [one for one in disputes.lodged(session, who) if one.state in steps.RUNNING]


def note(
    session: Session, who: Person, dispute: Dispute, kind: str, said: str, now: datetime
) -> None:
    """Keep that the citizen came back with it (`kind` of FOLLOW_UPS), and tell officers what they said.

    The words themselves lie in the alert, where they are encrypted.
    """
    _event(session, dispute, kind, "citizen", now)
    alerts.alert(session, who, kind, said, now, dispute)


def close_own(session: Session, dispute: Dispute, now: datetime) -> str | None:
    """Close a record that was submitted nowhere, at its citizen's word; its state, None if it was.

    What was told last decides: settled where the shop made it good, else withdrawn.
    """
    if dispute.operator != "independent" or dispute.state not in steps.RUNNING:
        return None
    told = session.scalar(
        select(DisputeEvent.kind)
        .where(DisputeEvent.dispute_id == dispute.id, DisputeEvent.kind.in_(FOLLOW_UPS))
        .order_by(DisputeEvent.id.desc())
        .limit(1)
    )
    state = "settled" if told == "settled_told" else "withdrawn"
    move(session, dispute, state, "citizen", now)
    return state


def _event(
    session: Session, dispute: Dispute, kind: str, actor: str, now: datetime,
    detail: dict[str, str] | None = None,
) -> DisputeEvent:  # fmt: skip
    made = DisputeEvent(
        dispute_id=dispute.id, kind=kind, actor=actor, detail=detail or {}, happened_at=now
    )
    session.add(made)
    session.flush()
    return made
