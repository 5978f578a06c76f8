"""What a citizen can do about a lodged dispute of theirs, as buttons. Knows no channel."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.casework import people, steps
from bot.casework.records import Dispute
from bot.library import label

# What a citizen chooses while shop and citizen talk; all else is about the dispute itself.
WITH_SHOP = (
    "ask", "not_ask", "accept", "decline", "write", "words", "no_words", "kept", "not_kept",
)  # fmt: skip
RATINGS = ("good", "fair", "bad")
RATED = ("settled", "ended", "closed")  # the states in which a citizen is asked what they think
# Under the notice of a step; a shop's steps bring their own (negotiations.py).
AFTER = {"ask_for_more": ("add",)} | dict.fromkeys(
    ("settle", "conclude", "pay_first", "end", "close"), RATINGS
)


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


def still(dispute: Dispute, wanted: Sequence[str]) -> list[str]:
    """Those of the choices that are possible now; what a shop and its citizen may say is theirs to check."""
    return [one for one in wanted if one in WITH_SHOP or one in possible(dispute)]


def buttons(dispute: Dispute, wanted: Sequence[str]) -> list[dict[str, str]]:
    """Title and payload of each choice, before they are offered."""
    return [{"title": label("choice", one), "payload": payload(dispute, one)} for one in wanted]


def payload(dispute: Dispute, choice: str) -> str:
    """What Rasa hears of a citizen's choice about a dispute of theirs."""
    intent = "negotiate" if choice in WITH_SHOP else "manage_dispute"
    return f'/{intent}{{"number":"{dispute.number}","choice":"{choice}"}}'


def offered(
    session: Session, dispute: Dispute, wanted: Sequence[str], now: datetime
) -> list[dict[str, str | None]]:
    """The same as a notice carries them, offered to the dispute's citizen."""
    return people.offer_buttons(session, dispute.person, buttons(dispute, wanted), now)
