"""What comes next in a dispute, and by when, as its citizen is told. Writes nothing."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import disputes, negotiations, telling
from bot.casework.records import Dispute, DisputeEvent
from bot.library import words


def told(session: Session, dispute: Dispute) -> str | None:
    """The next date or whose turn it is, in a sentence; None where nothing is due."""
    match dispute.state:
        case "lodged" if dispute.accept_due is not None:
            key = "next_decided_provisional" if dispute.is_due_provisional else "next_decided"
            return words(key, due=dispute.accept_due)
        case "negotiating" | "agreed":
            return _between_shop_and_citizen(session, dispute)
        case "incomplete":
            return words(
                "next_incomplete", missing=_last(session, dispute, "ask_for_more", "missing")
            )
        case "accepted" | "mediating" if dispute.mediate_due is not None:
            return _meeting(session, dispute) + words("next_mediated", due=dispute.mediate_due)
        case "suspended":
            return words("next_suspended")
    return None


def _between_shop_and_citizen(session: Session, dispute: Dispute) -> str | None:
    found = negotiations.of_dispute(session, dispute)
    if found is None:
        return None
    if dispute.state == "agreed":
        return words("next_agreed", day=disputes.local_day(found.remind_due))
    key = "next_citizen_answers" if negotiations.waits_for_citizen(found) else "next_shop_answers"
    return words(key, due=telling.moment(found.answer_due))


def _meeting(session: Session, dispute: Dispute) -> str:
    """Time and place of the last meeting that was set, while it is mediated."""
    at, place = (_last(session, dispute, "meet", field) for field in ("at", "place"))
    return words("next_meeting", at=at, place=place) if at and dispute.state == "mediating" else ""


def _last(session: Session, dispute: Dispute, kind: str, field: str) -> str:
    """A detail of the last event of a kind, or nothing."""
    query = select(DisputeEvent).where(
        DisputeEvent.dispute_id == dispute.id, DisputeEvent.kind == kind
    )
    found = session.scalar(query.order_by(DisputeEvent.id.desc()).limit(1))
    return str(found.detail.get(field, "")) if found else ""
