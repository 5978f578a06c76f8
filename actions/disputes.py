"""Turns about disputes beside the form: put back, lodged, paused, deleted, and where they stand."""

from collections.abc import Sequence

from rasa_sdk.events import ActionExecuted, ActiveLoop, EventType, SessionStarted, SlotSet

from actions import contact, dispute_words
from actions.callbacks import say
from actions.dispute_choices import offers
from actions.guidance_words import say_if_sure
from actions.negotiations import offer_shop
from actions.progress import MOST_CHOICES, choice_title, say_follow_up
from actions.recalls import say_if_thing_is_recalled
from actions.turn import Turn, TurnAction
from bot import settings
from bot.casework import disputes
from bot.casework.records import Dispute
from bot.reading import answers

FORM = "dispute_form"


class SessionStart(TurnAction):
    """Rasa's tracker is a cache: at a new session the draft's question is put back from the record."""

    def name(self) -> str:
        return "action_session_start"

    def take(self, turn: Turn) -> list[EventType]:
        draft = disputes.draft(turn.session, turn.who)
        events: list[EventType] = [SessionStarted()]
        if draft is not None and draft.asking:
            if disputes.is_fresh(draft, turn.now):
                events += [ActiveLoop(FORM), SlotSet("requested_slot", draft.asking)]
            else:
                turn.say("utter_progress_draft")
        return [*events, ActionExecuted("action_listen")]


class LodgeDispute(TurnAction):
    """Lodges the confirmed draft and tells its number and its way."""

    def name(self) -> str:
        return "action_lodge_dispute"

    def take(self, turn: Turn) -> list[EventType]:
        clear = [SlotSet("confirmed", None), SlotSet("asking", None)]
        if not turn.tracker.get_slot("confirmed"):
            return clear
        # One that was lodged a moment ago: its number was lost on the way to the citizen.
        draft = disputes.draft(turn.session, turn.who) or disputes.lodged_lately(
            turn.session, turn.who, turn.now
        )
        chosen = settings.get()
        if draft is not None and draft.state == "draft" and draft.asking != "confirmed":
            turn.say("utter_progress_draft")  # only what a summary has shown is lodged
        elif draft is not None:
            disputes.lodge(
                turn.session, draft, operator=chosen.operator, limit=chosen.fast_lane_limit,
                now=turn.now,
            )  # fmt: skip
            paper = contact.page_button(turn, "see_paper")
            say(
                turn, f"utter_lodged_{chosen.operator}_{draft.lane}", [paper] if paper else [],
                number=disputes.number_text(draft.number or ""),
                limit=f"{chosen.fast_lane_limit:f}",
                due=str(draft.accept_due),
            )  # fmt: skip
            if station := dispute_words.station(draft):
                turn.tell(station)
            say_if_thing_is_recalled(turn, draft)
            offer_shop(turn, draft)
        return clear


class TakeEvidence(TurnAction):
    """Says what evidence that came outside the form is good for; it was kept before Rasa heard."""

    def name(self) -> str:
        return "action_take_evidence"

    def take(self, turn: Turn) -> list[EventType]:
        if disputes.draft(turn.session, turn.who) is not None:
            turn.say("utter_progress_draft")
        elif disputes.lodged_lately(turn.session, turn.who, turn.now) is not None:
            turn.say("utter_thanks_yes")
        else:
            turn.say("utter_evidence_alone")
        return []


class PauseDispute(TurnAction):
    """Stops the questions and keeps the draft."""

    def name(self) -> str:
        return "action_pause_dispute"

    def take(self, turn: Turn) -> list[EventType]:
        draft = disputes.draft(turn.session, turn.who)
        if draft is None:
            if not (answers.is_withdrawal(turn.text) and say_follow_up(turn, "withdraw_dispute")):
                turn.say("utter_nothing_to_stop")
        else:
            disputes.pause(turn.session, draft, turn.now)
            turn.say("utter_paused")
        return [SlotSet("asking", None)]


class DeleteDraft(TurnAction):
    """Deletes the draft for good, as its citizen asks."""

    def name(self) -> str:
        return "action_delete_draft"

    def take(self, turn: Turn) -> list[EventType]:
        draft = disputes.draft(turn.session, turn.who)
        if draft is None:
            turn.say("utter_nothing_to_stop")
        else:
            disputes.delete(turn.session, draft)
            turn.say("utter_draft_deleted")
        return [SlotSet("asking", None)]


class QueryProgress(TurnAction):
    """Tells where this person's disputes stand; another's are never shown."""

    def name(self) -> str:
        return "action_query_progress"

    def take(self, turn: Turn) -> list[EventType]:
        number = turn.entity("number") or disputes.number_in(turn.shown)
        if number is not None:
            takes_back = answers.is_withdrawal(turn.shown)
            if not (takes_back and say_follow_up(turn, "withdraw_dispute")):
                say_of_number(turn, number)
            return []
        own = disputes.lodged(turn.session, turn.who)
        if own:
            say_progress(turn, own)
        elif disputes.draft(turn.session, turn.who) is not None:
            turn.say("utter_progress_draft")
        else:
            turn.say("utter_progress_none")
            say_if_sure(turn)
        return []


def say_of_number(turn: Turn, number: str) -> None:
    """Where the dispute of that number stands, if it is this person's."""
    found = disputes.by_number(turn.session, turn.who, number)
    if found is None:
        turn.say("utter_progress_unknown")
    else:
        say_progress(turn, [found])


def say_progress(turn: Turn, own: Sequence[Dispute]) -> None:
    """Each of the person's disputes with what comes next; of a single one also what can be done."""
    buttons = (
        offers(turn, own[0]) if len(own) == 1 else [_one_of(one) for one in own[:MOST_CHOICES]]
    )
    told = dispute_words.progress(turn.session, own)
    say(turn, f"utter_progress_{settings.get().operator}", buttons, list=told)


def _one_of(dispute: Dispute) -> dict[str, str]:
    return {
        "title": choice_title(dispute),
        "payload": f'/query_progress{{"number":"{dispute.number}"}}',
    }
