"""How the facts of a dispute read, wherever people see them. Pure."""

from datetime import datetime
from typing import Any

from bot.casework.disputes import CHINA
from bot.library import label, words


def value_text(field: str, values: dict[str, Any]) -> str | None:
    """One fact as people read it, or None where it is not known."""
    value = values.get(field)
    if field == "amount" and value is not None:
        return yuan(value)
    if field in ("amount", "occurred_on"):
        typed = values.get("amount_text" if field == "amount" else "occurred_text")
        return value.isoformat() if value is not None else typed
    if field == "demand" and value:
        return words("and").join(label("demand", code) for code in value.split(","))
    return value or None


def moment(at: datetime) -> str:
    """Month, day and time in Tianjin of an aware moment."""
    return at.astimezone(CHINA).strftime("%m-%d %H:%M")


def yuan(amount: Any) -> str:
    """A sum in yuan, without cents that are none."""
    return words("yuan", amount=f"{amount:.2f}".rstrip("0").rstrip("."))
