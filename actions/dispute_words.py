"""How a dispute reads in a reply: its facts, summary, number and progress. Takes no turn itself."""

from collections.abc import Iterable
from typing import Any

from bot.casework import disputes
from bot.casework.records import Dispute
from bot.library import label, words

SHOWN = ("merchant", "platform", "product", "brand", "model", "location", "occurred_on", "amount",
         "demand", "standing")  # fmt: skip
IN_SUMMARY = ("merchant", "platform", "product", "brand", "model", "facts", "demand", "location",
              "occurred_on", "amount", "standing", "contact", "evidence")  # fmt: skip
LONGEST_SHOWN = 120  # characters of the story in a summary


def described(values: dict[str, Any]) -> str:
    """Facts as people read them: 「商家：… ；金额：…元」."""
    return words("joint").join(
        words("fact", field=label("field", field), value=text)
        for field in SHOWN
        if (text := value_text(field, values))
    )


def value_text(field: str, values: dict[str, Any]) -> str | None:
    """One fact as people read it, or None where it is not known."""
    value = values.get(field)
    if field == "amount" and value is not None:
        return words("yuan", amount=f"{value:.2f}".rstrip("0").rstrip("."))
    if field in ("amount", "occurred_on"):
        typed = values.get("amount_text" if field == "amount" else "occurred_text")
        return value.isoformat() if value is not None else typed
    if field == "demand" and value:
        return words("and").join(label("demand", code) for code in value.split(","))
    if field == "standing" and value:
        return label("standing", value)
    return value or None


def summary(draft: Dispute, files: int) -> str:
    """All that the draft holds, a line each, with what is still open and how many files it has."""
    values = {column.key: getattr(draft, column.key) for column in Dispute.__table__.columns}
    texts = {field: value_text(field, values) for field in SHOWN}
    texts["facts"] = (draft.facts or "")[:LONGEST_SHOWN] or None
    texts["contact"] = label("contact", draft.contact or "open")
    texts["evidence"] = words("kept_count", count=files) if files else None
    return "\n".join(
        words("fact", field=label("field", field), value=texts[field] or words("open"))
        for field in IN_SUMMARY
        if texts[field] or field in disputes.QUESTIONS
    )


def progress(own: Iterable[Dispute]) -> str:
    """A line for each lodged dispute: number, day, shop, where it stands."""
    return "\n".join(
        words(
            "progress_row",
            number=disputes.number_text(one.number or ""),
            day=disputes.local_day(one.lodged_at or one.created_at).isoformat(),
            merchant=one.merchant or one.platform or words("open"),
            state=state_text(one),
        )
        for one in own
    )


def state_text(dispute: Dispute) -> str:
    """Where a dispute stands; while nothing has happened yet, which way it goes."""
    if dispute.state == "lodged":
        return label("lane", dispute.lane or "")
    return label("state", dispute.state)
