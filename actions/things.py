"""Turns about the things a citizen owns and the recall notices that concern them."""

from rasa_sdk.events import EventType

from actions.turn import Turn, TurnAction


class ManageThings(TurnAction):
    """Lists what this person owns and follows, and deletes of it what they say."""

    def name(self) -> str:
        return "action_manage_things"

    def take(self, turn: Turn) -> list[EventType]:
        return []


class AnswerNotice(TurnAction):
    """Keeps what a citizen says to a recall notice: theirs, not theirs, dealt with."""

    def name(self) -> str:
        return "action_answer_notice"

    def take(self, turn: Turn) -> list[EventType]:
        return []
