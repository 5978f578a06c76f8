"""Turns that lead to a person: who to call now, a call-back with its hours and phone, the link again."""

from collections.abc import Mapping, Sequence

from rasa_sdk.events import EventType

from actions import contact
from actions.turn import Turn, TurnAction
from bot.casework import callbacks, disputes, progress
from bot.casework.callback_records import CallbackRequest
from bot.library import load, words
from bot.reading import phones


class AskHuman(TurnAction):
    """Says what a person can do and when, whom to call now, and offers a call-back."""

    def name(self) -> str:
        return "action_ask_human"

    def take(self, turn: Turn) -> list[EventType]:
        found = callbacks.waiting(turn.session, turn.who)
        if found is not None and found.asking is None:
            say_registered(turn, found, "utter_callback_waits")
        else:
            callbacks.leave(turn.session, turn.who)
            buttons = [button("call_me", "/request_callback"), contact.call_button(turn)]
            say(turn, "utter_human", buttons, open=load("district")["duty"]["title"])
        return []


class RequestCallback(TurnAction):
    """Opens the request, or finds the open one, and asks when to call."""

    def name(self) -> str:
        return "action_request_callback"

    def take(self, turn: Turn) -> list[EventType]:
        found = callbacks.request(turn.session, turn.who, turn.now)
        if found.asking is None:
            say_registered(turn, found, "utter_callback_waits")
        else:
            say(turn, "utter_ask_hours", hours_buttons())
        return []


class ChooseHours(TurnAction):
    """Notes the hours; then the phone that is known is confirmed, or a phone is asked."""

    def name(self) -> str:
        return "action_choose_hours"

    def take(self, turn: Turn) -> list[EventType]:
        code = turn.entity("hours") or ""
        if code not in load("district")["callback_hours"]:
            say(turn, "utter_ask_hours", hours_buttons())
            return []
        found = callbacks.choose_hours(turn.session, turn.who, code, turn.now)
        if found.asking is None:
            say_registered(turn, found, "utter_callback_registered")
        else:
            contact.ask(turn, "utter_ask_callback_phone", "utter_callback_phone_elsewhere")
        return []


class ChangePhone(TurnAction):
    """Asks for another phone than the one that is known."""

    def name(self) -> str:
        return "action_change_phone"

    def take(self, turn: Turn) -> list[EventType]:
        callbacks.ask_phone_again(turn.session, turn.who, turn.now)
        contact.ask(turn, "utter_ask_callback_phone", "utter_callback_phone_elsewhere")
        return []


class HearPhone(TurnAction):
    """A phone was given or refused outside the form; Rasa hears only that."""

    def name(self) -> str:
        return "action_hear_phone"

    def take(self, turn: Turn) -> list[EventType]:
        if hear_phone(turn):
            offer_draft(turn)
        elif turn.intent == "give_contact" and progress.running(turn.session, turn.who):
            turn.tell(words("contact_added"))
        else:
            turn.say("utter_thanks_yes")
        return []


class WithdrawCallback(TurnAction):
    """The citizen needs no call any more."""

    def name(self) -> str:
        return "action_withdraw_callback"

    def take(self, turn: Turn) -> list[EventType]:
        was_open = callbacks.withdraw(turn.session, turn.who, turn.now)
        turn.say("utter_callback_withdrawn" if was_open else "utter_callback_none")
        return []


class SendLink(TurnAction):
    """Sends a fresh link to the citizen's own page, or says how it goes here."""

    def name(self) -> str:
        return "action_send_link"

    def take(self, turn: Turn) -> list[EventType]:
        link = contact.link_button(turn)
        if link is not None:
            say(turn, "utter_link", [link])
        elif disputes.draft(turn.session, turn.who) is not None:
            turn.say("utter_no_link_draft")
        else:
            turn.say("utter_no_link")
        return []


def hear_phone(turn: Turn) -> bool:
    """Tell what the phone, given or refused, means for the call-back; False where none waits for it."""
    if turn.intent == "give_contact":
        found = callbacks.phone_given(turn.session, turn.who, turn.now)
        if found is not None:
            say_registered(turn, found, "utter_callback_registered")
        return found is not None
    refused = turn.intent == "withhold_contact" and callbacks.give_up(
        turn.session, turn.who, turn.now
    )
    if refused:
        turn.say("utter_callback_given_up")
    return refused


def say_registered(turn: Turn, found: CallbackRequest, response: str) -> None:
    """The call-back as it stands, with the phone masked, and the ways to change it."""
    buttons = [button("other_phone", "/change_phone"), button("call_me_not", "/withdraw_callback")]
    hours = load("district")["callback_hours"][found.hours]["title"]
    say(turn, response, buttons, hours=hours, phone=phones.mask(turn.who.phone or ""))


def offer_draft(turn: Turn) -> None:
    """A draft that waits can be taken up again."""
    if disputes.draft(turn.session, turn.who) is not None:
        say(turn, "utter_draft_waits", [button("go_on", "/resume")])


def hours_buttons() -> list[dict[str, str]]:
    """The hours of district.yml, a button each."""
    return [
        {"title": row["title"], "payload": f'/choose_hours{{"hours":"{code}"}}'}
        for code, row in load("district")["callback_hours"].items()
    ]


def button(title: str, payload: str) -> dict[str, str]:
    """A button with a title of wording.yml."""
    return {"title": words(title), "payload": payload}


def say(turn: Turn, response: str, buttons: Sequence[Mapping[str, str]], **values: str) -> None:
    """Reply with a response of domain.yml and buttons that are made now."""
    turn.dispatcher.utter_message(response=response, buttons=list(buttons), **values)
