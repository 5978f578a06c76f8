"""Turns that put the dispute form's questions which need more than a sentence. Take no answer."""

from rasa_sdk.events import EventType

from actions import contact, dispute_words, precheck_words
from actions.dispute_form import draft_of, is_no
from actions.turn import Turn, TurnAction
from bot import settings
from bot.casework import evidence
from bot.library import words


class AskAmount(TurnAction):
    """Asks for the disputed sum, with the sums that were told as buttons."""

    def name(self) -> str:
        return "action_ask_dispute_form_amount"

    def take(self, turn: Turn) -> list[EventType]:
        choices = draft_of(turn).amount_choices
        if choices:
            buttons = [{"title": text, "payload": text} for text in choices[:4]]
            turn.dispatcher.utter_message(response="utter_ask_which_amount", buttons=buttons)
        else:
            turn.say("utter_ask_amount")
        return []


class AskConfirmed(TurnAction):
    """Shows the whole draft and asks whether it is right: nothing is lodged before the yes."""

    def name(self) -> str:
        return "action_ask_dispute_form_confirmed"

    def take(self, turn: Turn) -> list[EventType]:
        draft = draft_of(turn)
        confirm = precheck_words.confirm_title(turn, draft)
        if is_no(turn):
            turn.say("utter_what_is_wrong", confirm=confirm)
            return []
        summary = dispute_words.summary(draft, evidence.count(turn.session, draft))
        link = None if contact.may_ask_in_chat(turn.who) else contact.link_button(turn)
        turn.dispatcher.utter_message(
            response=f"utter_summary_{settings.get().operator}",
            summary="\n\n".join([summary, *precheck_words.paragraphs(turn, draft)]),
            confirm=confirm,
            files=words("files_on_page" if link else "files_here"),
            buttons=[link] if link else [],
        )
        return []


class AskContact(TurnAction):
    """Says what contact details are for before it asks for them (个人信息保护法 第17条)."""

    def name(self) -> str:
        return "action_ask_dispute_form_contact"

    def take(self, turn: Turn) -> list[EventType]:
        here = f"utter_ask_contact_{settings.get().operator}"
        contact.ask(turn, here, "utter_contact_elsewhere")
        return []
