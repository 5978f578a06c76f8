"""RECORD: a lodged dispute moves on, and what its citizen says of it later. Knows no Rasa."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import alerts, disputes, notices
from bot.casework.records import Dispute, DisputeEvent, Person
from bot.library import words

# From where a dispute may go where. What is done can be taken up again, never un-lodged.
STEPS = {
    "lodged": ("in_progress", "settled", "closed", "withdrawn"),
    "in_progress": ("settled", "closed", "withdrawn"),
    "settled": ("in_progress", "closed"),
    "closed": ("in_progress",),
    "withdrawn": ("in_progress",),
}
RUNNING = ("lodged", "in_progress")
FOLLOW_UPS = ("follow_up", "withdrawal_wished", "settled_told")


class NotPossible(ValueError):
    """The dispute cannot go from its state to that one."""


def move(
    session: Session, dispute: Dispute, state: str, actor: str, now: datetime, note: str = ""
) -> DisputeEvent:
    """Bring a lodged dispute to `state`, with its event and, in the same transaction, a notice.

    `actor` is "citizen", "officer" or "operator"; a citizen who moved it was told in the talk, and
    gets no notice. `note` is for officers and is not told. Raises NotPossible.
    """
    before = dispute.state
    if state not in STEPS.get(before, ()):
        raise NotPossible(f"{before} -> {state}")
    dispute.state, dispute.updated_at = state, now
    detail = {"before": before} | ({"note": note} if note else {})
    event = _event(session, dispute, state, actor, now, detail)
    if actor != "citizen":
        text = words(f"progress_{state}", number=disputes.number_text(dispute.number or ""))
        subject = f"{dispute.number}:{event.id}"
        notices.post(session, dispute.person, "progress", subject, text, now)
    return event


def by_number(session: Session, number: str) -> Dispute | None:
    """The dispute of that number, whoever filed it: for officers, never for citizens."""
    return session.scalar(select(Dispute).where(Dispute.number == number))


def running(session: Session, who: Person) -> list[Dispute]:
    """This person's lodged disputes that are not done, newest first."""
    return [one for one in disputes.lodged(session, who) if one.state in RUNNING]


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
    if dispute.operator != "independent" or dispute.state not in RUNNING:
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
