"""Turns about moments that stop a form: what is said, who is told, and how the talk is set aside."""

from rasa_sdk.events import ActiveLoop, EventType, SlotSet

from actions.guidance_words import behind, told_before
from actions.turn import Turn, TurnAction
from bot import settings
from bot.casework import alerts, disputes, moments
from bot.casework.records import Dispute
from bot.reading import moments as reading


class SetAside(TurnAction):
    """Stops whatever form is running, without a word: the dialogue itself has answered."""

    def name(self) -> str:
        return "action_set_aside"

    def take(self, turn: Turn) -> list[EventType]:
        words = turn.shown if not turn.shown.startswith("/") else ""
        told = {"text": words, "shown": words, "entities": []} if words else None
        if told and (before := told_before(turn)):
            told = behind(before, told)
        return [
            ActiveLoop(None),
            SlotSet("requested_slot", None),
            SlotSet("asking", None),
            SlotSet("confirmed", None),
            SlotSet("told", told),
        ]


def care(turn: Turn, draft: Dispute | None) -> None:
    """Say what to do about an injury, and tell the officers once of the same matter."""
    if not was_cared_for(turn):
        alerts.alert(turn.session, turn.who, "injury", turn.shown, turn.now, draft)
    say(turn, moments.get("injury"))


def care_if_hurt(turn: Turn) -> bool:
    """Safety before the answer to whatever was asked, said once; whether it was said."""
    is_hurt = not turn.is_button and reading.find(turn.text) == "injury"
    if not is_hurt or was_cared_for(turn):
        return False
    care(turn, None)
    return True


def was_cared_for(turn: Turn) -> bool:
    """Whether this person was told lately what to do about an injury."""
    return alerts.is_fresh(turn.session, turn.who, "injury", turn.now)


def say(turn: Turn, moment: moments.Moment) -> None:
    """The moment's reply with its buttons; who is told is said where officers have a chat."""
    buttons = [{"title": title, "payload": payload} for title, payload in moment.buttons]
    has_officers = bool(settings.get().officers_chat)
    turn.tell(moments.reply(moment, alerts.is_on_duty(turn.now), has_officers), buttons)


def stops_the_form(turn: Turn, draft: Dispute) -> bool:
    """Answer an injury, or that the dispute is another person's, told within the form.

    Each is said once. Whether it did: then the questions wait until the citizen goes on.
    """
    if turn.is_button:
        return False
    is_hurt = reading.is_injury(turn.text) and not was_cared_for(turn)
    is_for_another = reading.is_for_another(turn.text) and disputes.note(
        turn.session, draft, "for_another", turn.now
    )
    if is_hurt:
        care(turn, draft)
    if is_for_another:
        say(turn, moments.get("for_another"))
    if is_hurt or is_for_another:
        disputes.pause(turn.session, draft, turn.now)
    return is_hurt or is_for_another
