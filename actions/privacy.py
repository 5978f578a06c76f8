"""Turns about the personal data that are kept of a citizen: told, given out, deleted at their word."""

from rasa_sdk.events import EventType

from actions.turn import Turn, TurnAction


class ManageData(TurnAction):
    """Tells what is kept of this person, and does with it what they ask."""

    def name(self) -> str:
        return "action_manage_data"

    def take(self, turn: Turn) -> list[EventType]:
        return []
