"""A citizen's choice about one of their disputes, by a button: what every such turn does."""

import abc
from collections.abc import Mapping
from typing import ClassVar

from rasa_sdk.events import EventType

from actions import contact
from actions.callbacks import button
from actions.turn import Turn, TurnAction
from bot.casework import choices, disputes, telling
from bot.casework.records import Dispute
from bot.casework.steps import NotPossible
from bot.library import words


class DisputeChoice(TurnAction):
    """Takes the choice that a button or hearing.py brings, or says that it is too late for it.

    `replies` has for each choice the sentence that follows and the choices under it.
    """

    replies: ClassVar[Mapping[str, tuple[str, tuple[str, ...]]]]

    @abc.abstractmethod
    def do(self, turn: Turn, dispute: Dispute, choice: str) -> None:
        """Take the choice. Raises NotPossible where it is too late for it, and nothing is changed."""

    def places(self, turn: Turn, dispute: Dispute) -> Mapping[str, str]:
        """What fills the sentence besides the dispute's number."""
        return {}

    def take(self, turn: Turn) -> list[EventType]:
        choice = turn.entity("choice") or ""
        dispute = disputes.by_number(turn.session, turn.who, turn.entity("number") or "")
        if dispute is None or choice not in self.replies:
            turn.say("utter_progress_unknown")
            return []
        number = disputes.number_text(dispute.number or "")
        try:
            self.do(turn, dispute, choice)
        except NotPossible:
            text = words("negotiation_over", number=number, state=telling.state(dispute))
            turn.tell(text, offers(turn, dispute))
            return []
        key, after = self.replies[choice]
        text = words(key, number=number, **self.places(turn, dispute))
        turn.tell(text, choices.buttons(dispute, choices.still(dispute, after)))
        return []


def offers(turn: Turn, dispute: Dispute) -> list[dict[str, str]]:
    """Buttons for all that can be done about a dispute now, its page and its paper among it."""
    found = choices.buttons(dispute, choices.possible(dispute))
    pages = (
        contact.case_button(turn, dispute.number or ""),
        contact.page_button(turn, "see_paper"),
    )
    if dispute.state in ("refused", "passed_on"):
        found.append(button("call_me", "/request_callback"))
    return [*found, *filter(None, pages)]
