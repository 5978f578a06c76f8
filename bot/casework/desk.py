"""RECORD: what officers do with a dispute at their desk, so that of two at once the second is told. Knows no page."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import disputes, notices, officers, progress, quiet, steps, typed
from bot.casework.officer_records import Officer
from bot.casework.records import Alert, Dispute, DisputeEvent, HeardMessage, Person
from bot.library import words
from bot.reading import phones

LONGEST_REPLY = 1000  # characters
SHOWN_CASES = 10
SHOWN_MESSAGES = 60


class Changed(Exception):
    """Somebody changed the dispute after the page was drawn on which this was decided."""


# ── decisions ────────────────────────────────────────────────────────────────


def masked(who: Person) -> dict[str, str]:
    """Name, phone and address as they are shown before somebody asks to see them."""
    name, address = who.name or "", who.address or ""
    return {
        "name": name[:1] + "＊" * (len(name) - 1),
        "phone": phones.mask(who.phone) if who.phone else "",
        "address": "＊" * 6 if address else "",
    }


def possible(dispute: Dispute) -> list[steps.Step]:
    """The steps that an officer may take now."""
    return steps.possible(dispute.state, dispute.operator or "", "officer")


# ── with a session; the caller commits ───────────────────────────────────────


def take(
    session: Session, dispute: Dispute, version: int, step: str, by: str, detail: Mapping[str, str],
    now: datetime,
) -> DisputeEvent:  # fmt: skip
    """Take a step as the officer `by`, who saw the dispute in `version`; its citizen is told.

    Raises Changed, steps.NotPossible; at the end of the transaction perhaps StaleDataError.
    """
    _check(dispute, version)
    kept: dict[str, Any] = {**detail, "by": by}
    event = progress.take(session, dispute, step, "officer", now, **kept)
    officers.log(session, by, f"step:{step}", now, dispute.number)
    return event


def hold(
    session: Session, dispute: Dispute, version: int, by: str, whose: str, now: datetime
) -> None:
    """Let the officer `whose` have the dispute from now on; empty: nobody. Raises Changed, NotPossible."""
    _check(dispute, version)
    if whose:
        account = session.scalar(select(Officer).where(Officer.name == whose, Officer.is_active))
        if account is None:
            raise steps.NotPossible("no such officer")
    dispute.officer = whose or None
    kind = "took_over" if whose == by else "handed_over" if whose else "gave_back"
    officers.log(session, by, kind, now, dispute.number)


def reply(
    session: Session, dispute: Dispute, version: int, by: str, text: str, now: datetime
) -> DisputeEvent:
    """Tell the citizen something, as a notice like that of a step; the dispute stands as it stood.

    Raises Changed; NotPossible missing or too_long.
    """
    _check(dispute, version)
    said = typed.plain(text)
    if not said:
        raise steps.NotPossible("missing")
    if len(said) > LONGEST_REPLY:
        raise steps.NotPossible("too_long")
    made = DisputeEvent(
        dispute_id=dispute.id, kind="replied", actor="officer",
        detail={"text": said, "by": by}, happened_at=now,
    )  # fmt: skip
    session.add(made)
    dispute.updated_at = now
    session.flush()
    number = disputes.number_text(dispute.number or "")
    told = words("officer_replied", number=number, text=said)
    due_at = quiet.due_at(session, dispute.person, now)
    subject = f"{dispute.number}:{made.id}"
    notices.post(session, dispute.person, "progress", subject, told, now, due_at=due_at)
    officers.log(session, by, "replied", now, dispute.number)
    return made


def _check(dispute: Dispute, version: int) -> None:
    if dispute.version != version:
        raise Changed


def words_raised(session: Session, dispute: Dispute) -> list[Alert]:
    """What the citizen said of this dispute that officers must see, the newest first."""
    query = select(Alert).where(Alert.dispute_id == dispute.id).order_by(Alert.id.desc())
    return list(session.scalars(query))


def talk(session: Session, dispute: Dispute) -> list[HeardMessage]:
    """What the citizen wrote while this dispute was told, as far as it is still kept."""
    query = select(HeardMessage).where(
        HeardMessage.person_id == dispute.person_id,
        HeardMessage.heard_at >= dispute.created_at,
        HeardMessage.heard_at <= (dispute.lodged_at or dispute.updated_at),
    )
    return list(session.scalars(query.order_by(HeardMessage.id).limit(SHOWN_MESSAGES)))


def of_this_shop(session: Session, dispute: Dispute) -> list[Dispute]:
    """Other disputes with the very shop, the newest first."""
    if not dispute.merchant:
        return []
    query = select(Dispute).where(
        Dispute.merchant == dispute.merchant, Dispute.id != dispute.id, Dispute.state != "draft"
    )
    return list(session.scalars(query.order_by(Dispute.id.desc()).limit(SHOWN_CASES)))
