"""Turns about a lodged dispute of the citizen's own: more told of it, taken up again, rated."""

from rasa_sdk.events import EventType

from actions.turn import Turn, TurnAction


class ManageDispute(TurnAction):
    """Takes what a citizen does about a dispute of theirs."""

    def name(self) -> str:
        return "action_manage_dispute"

    def take(self, turn: Turn) -> list[EventType]:
        return []
