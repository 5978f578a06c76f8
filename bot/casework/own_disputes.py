"""RECORD: what a citizen does about a lodged dispute of theirs: tells more, reopens, rates. No Rasa."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import alerts, choices, deadlines, disputes, progress
from bot.casework.records import Dispute, DisputeEvent, Person
from bot.casework.steps import NotPossible

ADDING = "more"  # `Dispute.asking` of a lodged dispute whose citizen's next words belong to it


def adding(session: Session, who: Person) -> Dispute | None:
    """The lodged dispute that this person's next words and files are added to, or None."""
    query = select(Dispute).where(Dispute.person_id == who.id, Dispute.asking == ADDING)
    return session.scalar(query.where(Dispute.state != "draft").limit(1))


def stop_adding(session: Session, who: Person) -> None:
    """Whoever turns to something else adds nothing unawares."""
    found = adding(session, who)
    if found is not None:
        found.asking = None


def begin_adding(session: Session, who: Person, dispute: Dispute) -> None:
    """The next words are added to this dispute. Raises NotPossible where it is over."""
    if "add" not in choices.possible(dispute):
        raise NotPossible(f"add: {dispute.state}")
    stop_adding(session, who)
    dispute.asking = ADDING


def add(session: Session, dispute: Dispute, said: str, now: datetime) -> None:
    """Keep the words with the dispute, for officers to see; what was asked for counts as given.

    What was confirmed stays as it was: the log tells what came after. Raises NotPossible where the
    dispute is over.
    """
    dispute.asking = None
    if "add" not in choices.possible(dispute):
        raise NotPossible(f"add: {dispute.state}")
    event = DisputeEvent(
        dispute_id=dispute.id, kind="added", actor="citizen", detail={"text": said}, happened_at=now
    )
    session.add(event)
    alerts.alert(session, dispute.person, "added", said, now, dispute)
    if dispute.state == "incomplete":
        progress.take(session, dispute, "complete", "citizen", now)


def reopen(session: Session, dispute: Dispute, now: datetime) -> None:
    """Take it up again at the citizen's word. Raises NotPossible.

    In bureau mode that is a new receipt, and the 7 working days of 总局令第121号 第15条 start from it.
    """
    progress.take(session, dispute, "reopen", "citizen", now)
    if dispute.operator == "bureau":
        due = deadlines.decide_by(disputes.local_day(now))
        dispute.accept_due, dispute.is_due_provisional = due.on, due.is_provisional


def rate(session: Session, dispute: Dispute, rating: str, now: datetime) -> None:
    """Keep what the citizen thinks of how it went; the last word counts. Raises NotPossible."""
    if rating not in choices.RATINGS or dispute.state not in choices.RATED:
        raise NotPossible(f"rate: {dispute.state}")
    dispute.rating = rating
    session.add(
        DisputeEvent(
            dispute_id=dispute.id, kind="rated", actor="citizen", detail={"rating": rating},
            happened_at=now,
        )
    )  # fmt: skip
