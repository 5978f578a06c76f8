"""How the facts and the state of a dispute are told, in a reply as on paper. Pure."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.casework.disputes import CHINA
from bot.casework.records import Dispute
from bot.library import label, words


def value(field: str, values: Mapping[str, Any]) -> str | None:
    """One fact as people read it, or None where it is not known."""
    known = values.get(field)
    if field == "amount" and known is not None:
        return yuan(known)
    if field in ("amount", "occurred_on"):
        typed = values.get("amount_text" if field == "amount" else "occurred_text")
        return known.isoformat() if known is not None else typed
    if field == "demand" and known:
        return words("and").join(label("demand", code) for code in known.split(","))
    if field == "standing" and known:
        return label("standing", known)
    return known or None


def state(dispute: Dispute) -> str:
    """Where a dispute stands; while nothing has happened yet, which way it goes."""
    if dispute.state == "lodged":
        return label("lane", dispute.lane or "")
    return label("state", dispute.state)


def yuan(amount: Any) -> str:
    """A sum in yuan, without cents that are none."""
    return words("yuan", amount=f"{amount:.2f}".rstrip("0").rstrip("."))


def moment(at: datetime) -> str:
    """Month, day and time in Tianjin of an aware moment."""
    return at.astimezone(CHINA).strftime("%m-%d %H:%M")
