"""RECORD: what a shop is told of a negotiation, by letter: a number and a link, for many may read it."""

from datetime import datetime

from sqlalchemy.orm import Session

from bot.casework import disputes, notices, people, shops
from bot.casework.records import Negotiation
from bot.library import words

# Why a dispute goes on without the shop, with its letter; any other reason is the officers'.
ESCALATED = {
    "shop_silent": "shop_silent", "citizen_silent": "shop_unanswered", "time_over": "shop_time_over",
    "offer_declined": "shop_offer_declined", "not_kept": "shop_not_kept", "shop_closed": "shop_closed",
}  # fmt: skip


# ── decisions ────────────────────────────────────────────────────────────────


def subject(negotiation: Negotiation, key: str) -> str:
    """The subject of a notice about a negotiation: one of a kind after each thing that was said."""
    return f"{negotiation.id}:{len(negotiation.messages)}:{key}"


def over(step: str, actor: str, reason: str) -> str | None:
    """The letter of wording.yml on the step that ended it; None where the shop took it itself."""
    if actor == "shop":
        return None
    if step == "withdraw":
        return "shop_withdrawn"
    if step == "settle" and actor == "citizen":
        return "shop_settled"
    if actor in ("officer", "operator") and reason != "shop_closed":
        return "shop_taken"
    return ESCALATED.get(reason, "shop_taken")


# ── with a session; the caller commits ───────────────────────────────────────


def post(session: Session, negotiation: Negotiation, key: str, now: datetime, **told: str) -> None:
    """Put a letter to the shop into the ledger, at any hour: `key` of wording.yml, `told` its places."""
    who = people.person(session, shops.CHANNEL, str(negotiation.shop_id), now)
    number = disputes.number_text(negotiation.dispute.number or "")
    text = words(key, number=number, **told)
    notices.post(session, who, "negotiation", subject(negotiation, key), text, now)


def post_over(
    session: Session, negotiation: Negotiation, step: str, actor: str, reason: str, now: datetime
) -> None:
    """Tell the shop that its answer is awaited no longer, and why; nothing of who the citizen is."""
    key = over(step, actor, reason)
    if key is not None:
        post(session, negotiation, key, now)
