"""Turns about a lodged dispute of the citizen's own: more told of it, taken up again, rated."""

from collections.abc import Sequence

from rasa_sdk.events import EventType

from actions import contact
from actions.callbacks import button
from actions.turn import Turn, TurnAction
from bot.casework import choices, disputes, own_disputes, telling
from bot.casework.records import Dispute
from bot.casework.steps import NotPossible
from bot.library import words

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


class ManageDispute(TurnAction):
    """Takes what a citizen does about a dispute of theirs, or says that it is too late for it."""

    def name(self) -> str:
        return "action_manage_dispute"

    def take(self, turn: Turn) -> list[EventType]:
        choice = turn.entity("choice") or ""
        dispute = disputes.by_number(turn.session, turn.who, turn.entity("number") or "")
        if dispute is None or choice not in REPLIES:
            turn.say("utter_progress_unknown")
            return []
        number = disputes.number_text(dispute.number or "")
        try:
            _do(turn, dispute, choice)
        except NotPossible:
            text = words("negotiation_over", number=number, state=telling.state(dispute))
            turn.tell(text, offers(turn, dispute))
            return []
        key, after = REPLIES[choice]
        turn.tell(words(key, number=number), choices.buttons(dispute, _still(dispute, after)))
        return []


def offers(turn: Turn, dispute: Dispute) -> list[dict[str, str]]:
    """Buttons for all that can be done about a dispute now, its paper among it."""
    found = choices.buttons(dispute, choices.possible(dispute))
    paper = contact.page_button(turn, "see_paper")
    if dispute.state in ("refused", "passed_on"):
        found.append(button("call_me", "/request_callback"))
    return found + ([paper] if paper else [])


def _still(dispute: Dispute, wanted: Sequence[str]) -> list[str]:
    return [one for one in wanted if one in choices.possible(dispute)]


def _do(turn: Turn, dispute: Dispute, choice: str) -> None:
    """Take the choice. Raises NotPossible where it is too late for it, and nothing is changed."""
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
