"""What a citizen can do about a lodged dispute of theirs, as buttons. Knows no channel."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from bot.casework import people, steps
from bot.casework.records import Dispute
from bot.library import label

RATINGS = ("good", "fair", "bad")
RATED = ("settled", "ended", "closed")  # the states in which a citizen is asked what they think
# Under the notice of a step; a shop's steps bring their own (negotiations.py).
AFTER = {"ask_for_more": ("add",), "settle": RATINGS, "conclude": RATINGS, "pay_first": RATINGS, "end": RATINGS, "close": RATINGS}  # fmt: skip


def possible(dispute: Dispute) -> tuple[str, ...]:
    """What its citizen may do now: add to it while it runs; rate it, have it taken up again when over."""
    if dispute.state in steps.RUNNING:
        return ("add",)
    ratings = RATINGS if dispute.state in RATED and dispute.rating is None else ()
    return (*ratings, *(("reopen",) if may_reopen(dispute) else ()))


def may_reopen(dispute: Dispute) -> bool:
    """Whether its citizen can have it taken up again: not where an office refused or passed it on."""
    ways = steps.possible(dispute.state, dispute.operator or "", "citizen")
    return any(way.name == "reopen" for way in ways)


def buttons(dispute: Dispute, wanted: Sequence[str]) -> list[dict[str, str]]:
    """Title and payload of each choice, before they are offered."""
    return [{"title": label("choice", one), "payload": payload(dispute, one)} for one in wanted]


def payload(dispute: Dispute, choice: str) -> str:
    """What Rasa hears of a citizen's choice about a dispute of theirs."""
    return f'/manage_dispute{{"number":"{dispute.number}","choice":"{choice}"}}'


def offered(
    session: Session, dispute: Dispute, wanted: Sequence[str], now: datetime
) -> list[dict[str, Any]]:
    """The same as a notice carries them, offered to the dispute's citizen."""
    found = []
    for one in buttons(dispute, wanted):
        button_id = people.offer_button(session, dispute.person, one["title"], one["payload"], now)
        found.append({"id": button_id, "title": one["title"], "url": None})
    return found
