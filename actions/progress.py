"""Turns about what became of a lodged dispute: not resolved, settled, withdrawn. Knows no draft's form."""

from collections.abc import Sequence

from rasa_sdk.events import EventType

from actions import contact, dispute_words
from actions.callbacks import button, say
from actions.guidance_words import remember, say_if_sure
from actions.turn import Turn, TurnAction
from bot.casework import choices, disputes, progress, steps, telling
from bot.casework.records import Dispute
from bot.library import words
from bot.reading import answers

KINDS = {  # intent: the event's kind, and the reply to it
    "not_resolved": ("follow_up", "utter_follow_up_"),
    "withdraw_dispute": ("withdrawal_wished", "utter_withdrawal_wished_"),
    "settled": ("settled_told", "utter_settled_told_"),
}
MOST_CHOICES = 3


class FollowUp(TurnAction):
    """Hears what a citizen says of a dispute that they lodged; where there is none, asks or tells."""

    def name(self) -> str:
        return "action_follow_up"

    def take(self, turn: Turn) -> list[EventType]:
        is_sure = turn.is_button or turn.intent != "withdraw_dispute"
        if not (is_sure or answers.is_withdrawal(turn.text)):  # 「投诉」 alone takes nothing back
            turn.say("utter_ask_purpose")
        elif say_follow_up(turn, turn.intent):
            return [] if turn.is_button else [remember(turn)]
        elif turn.intent == "settled":
            turn.say("utter_thanks_yes")
        elif disputes.draft(turn.session, turn.who) is not None:
            turn.say("utter_progress_draft")
        elif turn.intent == "withdraw_dispute":
            turn.say("utter_nothing_to_stop")
        elif not say_if_sure(turn):
            turn.say("utter_ask_purpose")
        return [remember(turn)]


class CloseDispute(TurnAction):
    """Closes a record that was submitted nowhere, at the citizen's word."""

    def name(self) -> str:
        return "action_close_dispute"

    def take(self, turn: Turn) -> list[EventType]:
        found = disputes.by_number(turn.session, turn.who, turn.entity("number") or "")
        state = found and progress.close_own(turn.session, found, turn.now)
        if found is None:
            turn.say("utter_progress_unknown")
        elif state is None:
            turn.say("utter_not_closed_here", list=dispute_words.progress_row(found))
        else:
            number = disputes.number_text(found.number or "")
            turn.say("utter_closed", number=number, state=telling.state(found))
        return []


def say_follow_up(turn: Turn, intent: str) -> bool:
    """Note what was said of a lodged dispute and tell what can be done; False where none is meant.

    With several of them the citizen is asked which, and the button brings the number.
    """
    named = turn.entity("number") or disputes.number_in(turn.shown)
    if named:
        found = disputes.by_number(turn.session, turn.who, named)
        meant: Sequence[Dispute] = [found] if found is not None else []
    else:
        meant = _may_be_meant(turn, intent)
    if len(meant) > 1:
        say(turn, "utter_which_dispute", [_choice(one, intent) for one in meant[:MOST_CHOICES]])
    elif meant:
        _hear(turn, meant[0], *KINDS[intent])
    return bool(meant)


def _may_be_meant(turn: Turn, intent: str) -> Sequence[Dispute]:
    """What still runs; 「没解决」 may also be said of the last one that is done."""
    running = progress.running(turn.session, turn.who)
    if running or intent != "not_resolved":
        return running
    return disputes.lodged(turn.session, turn.who, limit=1)


def _hear(turn: Turn, dispute: Dispute, kind: str, reply: str) -> None:
    told = turn.tracker.get_slot("told") or {}
    said = told.get("shown", "") if turn.entity("number") else turn.shown
    progress.note(turn.session, turn.who, dispute, kind, said, turn.now)
    number = disputes.number_text(dispute.number or "")
    if kind == "follow_up" and choices.may_reopen(dispute):
        buttons = [*choices.buttons(dispute, ("reopen",)), button("call_me", "/request_callback")]
        turn.tell(words("not_resolved_over", number=number, state=telling.state(dispute)), buttons)
        return
    can_close = dispute.operator == "independent" and dispute.state in steps.RUNNING
    if kind == "follow_up" or not can_close:
        buttons = [button("call_me", "/request_callback"), contact.call_button(turn)]
    else:
        payload = f'/close_dispute{{"number":"{dispute.number}"}}'
        buttons = [button("close_record", payload), button("call_me", "/request_callback")]
    page = contact.case_button(turn, dispute.number or "")
    buttons += [page] if page else []
    say(turn, f"{reply}{dispute.operator}", buttons, number=number)


def _choice(dispute: Dispute, intent: str) -> dict[str, str]:
    return {"title": choice_title(dispute), "payload": f'/{intent}{{"number":"{dispute.number}"}}'}


def choice_title(dispute: Dispute) -> str:
    """A dispute as the title of a button that means it: its number and its shop."""
    merchant = dispute.merchant or dispute.platform or dispute.product or ""
    return words(
        "which_dispute", number=disputes.number_text(dispute.number or ""), merchant=merchant
    )
