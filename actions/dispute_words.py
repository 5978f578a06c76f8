"""How a dispute reads in a reply: its facts, summary, number and progress. Takes no turn itself."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy.orm import Session

from bot.casework import disputes, next_steps, stations, telling
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
        if (text := telling.value(field, values))
    )


def summary(draft: Dispute, files: int) -> str:
    """All that the draft holds, a line each, with what is still open and how many files it has."""
    values = {column.key: getattr(draft, column.key) for column in Dispute.__table__.columns}
    texts = {field: telling.value(field, values) for field in SHOWN}
    texts["facts"] = (draft.facts or "")[:LONGEST_SHOWN] or None
    texts["contact"] = label("contact", draft.contact or "open")
    texts["evidence"] = words("kept_count", count=files) if files else None
    return "\n".join(
        words("fact", field=label("field", field), value=texts[field] or words("open"))
        for field in IN_SUMMARY
        if texts[field] or field in disputes.QUESTIONS
    )


def progress(session: Session, own: Iterable[Dispute]) -> str:
    """For each lodged dispute its line, and below it what comes next."""
    lines = []
    for one in own:
        lines.append(progress_row(one))
        if coming := next_steps.told(session, one):
            lines.append(words("progress_next", told=coming))
    return "\n".join(lines)


def progress_row(one: Dispute) -> str:
    """A line of a lodged dispute: number, day, shop, where it stands."""
    return words(
        "progress_row",
        number=disputes.number_text(one.number or ""),
        day=disputes.local_day(one.lodged_at or one.created_at).isoformat(),
        merchant=one.merchant or one.platform or words("open"),
        state=telling.state(one),
    )


def station(dispute: Dispute) -> str | None:
    """The station of the shop's own street, as it is told; None where that street is not known."""
    near = stations.near_shop(dispute)
    if near is None:
        return None
    phone = words("station_phone", phone=near.phone) if near.phone else words("station_no_phone")
    return words("station_near", name=near.name, phone=phone)
