"""Turns about a lodged dispute of the citizen's own: more told of it, taken up again, rated."""

from actions.dispute_choices import DisputeChoice
from actions.turn import Turn
from bot.casework import own_disputes
from bot.casework.records import Dispute

# What a citizen chooses, with the sentence that follows and the choices under it. `more` and
# `no_more` come from hearing.py: what is written after 「补充」.
REPLIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "add": ("add_to_dispute", ()),
    "more": ("added", ("add",)),
    "no_more": ("add_stopped", ()),
    "reopen": ("reopened", ("add",)),
    "good": ("rated", ()),
    "fair": ("rated", ()),
    "bad": ("rated_bad", ("reopen",)),
}


class ManageDispute(DisputeChoice):
    """What a citizen does about a dispute of theirs."""

    replies = REPLIES

    def name(self) -> str:
        return "action_manage_dispute"

    def do(self, turn: Turn, dispute: Dispute, choice: str) -> None:
        """Add, reopen or rate."""
        match choice:
            case "add":
                own_disputes.begin_adding(turn.session, turn.who, dispute)
            case "more":
                own_disputes.add(turn.session, dispute, turn.shown, turn.now)
            case "no_more":
                own_disputes.stop_adding(turn.session, turn.who)
            case "reopen":
                own_disputes.reopen(turn.session, dispute, turn.now)
            case _:
                own_disputes.rate(turn.session, dispute, choice, turn.now)
