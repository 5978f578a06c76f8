"""Turns about disputes: the form that fills a draft, its summary, its lodging, its progress."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from rasa_sdk.events import ActionExecuted, ActiveLoop, EventType, SessionStarted, SlotSet

from actions import contact, dispute_asides, dispute_words, standing
from actions.callbacks import hear_phone, say
from actions.dispute_choices import offers
from actions.guidance_words import remember, say_if_sure
from actions.moments import stops_the_form
from actions.negotiations import offer_shop
from actions.progress import MOST_CHOICES, choice_title, say_follow_up
from actions.recalls import say_if_recalled, say_if_thing_is_recalled
from actions.turn import Turn, TurnAction, streets
from bot import settings
from bot.casework import callbacks, disputes
from bot.casework.records import Dispute
from bot.library import label
from bot.reading import answers, facts, moments

FORM = "dispute_form"
# Corrected by the words after 「是」.
NAMED_FIELDS = ("merchant", "location", "product", "standing")
THING = {"product", "brand", "model"}  # what tells which recall a dispute may be about
NAMES_ONLY = 30  # characters: a longer message is not the name of a shop or a place


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


class ValidateDisputeForm(TurnAction):
    """Takes every fact of a message into the draft and says which field to ask next."""

    def name(self) -> str:
        return "validate_dispute_form"

    def take(self, turn: Turn) -> list[EventType]:
        asked = turn.tracker.get_slot("requested_slot")
        if turn.was_answered(FORM):
            return _put_again(turn, draft_of(turn))  # back from an aside: it was answered there
        if asked is None:
            callbacks.leave(turn.session, turn.who)
            return _begin(turn)
        if turn.intent == "send_evidence":  # what came was kept before Rasa; the question stands
            return [SlotSet("asking", asked), SlotSet("requested_slot", asked)]
        draft = draft_of(turn)
        if asked == "callback":  # a question of the call-back stands before the form's
            asked = draft.asking or "confirmed"
        if asked == "standing" and standing.is_answer(turn):
            callbacks.leave(turn.session, turn.who)
            _say_noted(turn, standing.hear(turn, draft))
            return _go_on(turn, draft)
        if stops_the_form(turn, draft):
            return _stop(turn, draft)
        if dispute_asides.is_aside(turn, asked):
            return []
        was_for_callback = hear_phone(turn)
        callbacks.leave(turn.session, turn.who)
        if asked == "confirmed" and is_yes(turn):
            return [SlotSet("confirmed", True), SlotSet("requested_slot", None)]
        if dispute_asides.is_beside(turn, asked) or dispute_asides.is_side_question(turn, asked):
            dispute_asides.answer(turn)
            return _put_again(turn, draft)
        if asked == "contact" or (turn.intent == "give_contact" and not was_for_callback):
            _hear_contact(turn, draft)
        elif not (asked == "confirmed" and is_no(turn)):
            _hear_facts(turn, draft, asked)
        return _go_on(turn, draft)


def _stop(turn: Turn, draft: Dispute) -> list[EventType]:
    """End the form without lodging; what the message told is in the draft."""
    read = turn.facts()
    if moments.is_injury(turn.text):
        read = replace(read, facts=turn.shown)
    disputes.take(draft, read)
    _ = say_if_recalled(turn) or (answers.is_question(turn.text) and say_if_sure(turn))
    return [SlotSet(slot, None) for slot in ("told", "asking", "confirmed", "requested_slot")]


def is_yes(turn: Turn) -> bool:
    """Whether the citizen confirms, by the button or in words."""
    return turn.text == "/affirm" or answers.is_yes(turn.text)


def is_no(turn: Turn) -> bool:
    """Whether the citizen says that something is wrong, without saying what."""
    return turn.text == "/deny" or answers.is_no(turn.text)


def draft_of(turn: Turn) -> Dispute:
    """The draft that this person fills in, begun where there is none."""
    found = disputes.draft(turn.session, turn.who)
    return found if found is not None else disputes.start(turn.session, turn.who, turn.now)


def _begin(turn: Turn) -> list[EventType]:
    """The first words: a new draft, or the one that is open, with what was told before."""
    told = turn.tracker.get_slot("told") or {}
    first = facts.Facts()
    if turn.is_button and told:
        first = facts.read(
            told["text"], told["entities"], today=turn.today, streets=streets(), shown=told["shown"]
        )
    elif turn.intent != "resume":
        first = turn.facts()
    draft = disputes.draft(turn.session, turn.who)
    if draft is not None and _was_left(turn, draft):
        turn.say("utter_draft_or_new")
        draft.asking = None  # asked once; who then complains means another matter
        return [remember(turn), SlotSet("asking", None), SlotSet("requested_slot", None)]
    if draft is None and turn.intent == "resume":
        turn.say("utter_nothing_to_stop")
        return [SlotSet("asking", None), SlotSet("requested_slot", None)]
    is_old = draft is not None and not disputes.is_fresh(draft, turn.now)
    if draft is None or (is_old and turn.intent != "resume") or disputes.is_another(draft, first):
        draft = disputes.start(turn.session, turn.who, turn.now)
    new = disputes.take(draft, first, over=True)
    if stops_the_form(turn, draft):
        return _stop(turn, draft)
    if turn.intent != "resume":  # what a person should know before they file
        _ = say_if_recalled(turn) or say_if_sure(turn, may_file=False)
    _say_noted(turn, new)
    return [SlotSet("told", None), *_go_on(turn, draft)]


def _was_left(turn: Turn, draft: Dispute) -> bool:
    """Whether the draft was left long ago in the middle of a question: these words may belong to it."""
    is_left = draft.asking is not None and not disputes.is_fresh(draft, turn.now)
    return is_left and not turn.is_button and turn.intent != "resume"


def _hear_facts(turn: Turn, draft: Dispute, asked: str) -> None:
    """Take the facts of a message; where the question is not among them, its words are the answer."""
    if turn.is_button:
        return
    if answers.is_unknown(turn.text):
        disputes.leave_open(draft, asked)
        return
    read = turn.facts()
    corrected = answers.corrected_field(turn.text)
    over = corrected is not None or turn.intent == "correct" or asked == "confirmed"
    value = answers.corrected_value(turn.text) if corrected in NAMED_FIELDS else None
    if corrected and value:
        _say_noted(
            turn, disputes.take(draft, facts.answer(corrected, value, turn.today), over=True)
        )
        return
    before = getattr(draft, asked, None)
    new = disputes.take(draft, read, over=over)
    if asked != "confirmed" and corrected is None and getattr(draft, asked, None) == before:
        new |= _bare_answer(turn, draft, asked, bool(new) or facts.is_told(read))
    if corrected and corrected not in new:
        turn.say("utter_what_is_right", field=label("field", corrected))
    _say_noted(turn, new)
    if THING & set(new):
        say_if_thing_is_recalled(turn, draft)


def _bare_answer(turn: Turn, draft: Dispute, asked: str, is_told: bool) -> dict[str, Any]:
    """What a message answers to the question that was put, beyond its marked facts; else a miss.

    `is_told`: it tells a sum, a day, a wish or the like, and so is no name of a place.
    """
    is_short = len(turn.text) <= NAMES_ONLY
    if asked == "merchant":
        name = facts.name_in(turn.shown, streets()) if is_short else None
        given = facts.Facts(merchant=name)
    elif asked == "location" and (is_told or not is_short):
        given = facts.Facts()
    elif not facts.is_readable(asked, turn.text, turn.today):
        given = facts.Facts(facts=turn.shown)
    else:
        words = turn.shown if asked in ("facts", "location") else turn.text
        given = facts.answer(asked, words, turn.today)
    taken = disputes.take(draft, given, over=True)
    if not disputes.is_settled(draft, asked):
        disputes.missed(draft, asked)
    return taken


def _hear_contact(turn: Turn, draft: Dispute) -> None:
    """Contact details were taken before Rasa; only whether they were given is heard here."""
    if turn.intent == "give_contact":
        draft.contact = "given"
        draft.unknown = [field for field in draft.unknown if field != "contact"]
    elif turn.intent == "withhold_contact":
        disputes.leave_open(draft, "contact")
    else:
        new = disputes.take(draft, turn.facts(), over=turn.intent == "correct")
        _say_noted(turn, new)
        disputes.missed(draft, "contact")


def _put_again(turn: Turn, draft: Dispute) -> list[EventType]:
    """The open question once more; what nobody answers at last is left open."""
    if draft.asking and dispute_asides.is_enough(turn, draft):
        disputes.leave_open(draft, draft.asking)
    return _go_on(turn, draft, aside=True)


def _go_on(turn: Turn, draft: Dispute, *, aside: bool = False) -> list[EventType]:
    """The next question; one that was missed, or is put for the third time, explains itself.

    A question of the call-back that was just put stands alone: the form's waits.
    """
    following = disputes.next_question(draft)
    if draft.asking != following or turn.intent not in dispute_asides.TO_A_PERSON:
        disputes.ask(draft, following, turn.now)
    again = draft.misses >= (2 if aside else 1)
    is_put = callbacks.is_asking(turn.session, turn.who)
    return [
        SlotSet("asking", following),
        SlotSet("again", again),
        SlotSet("requested_slot", "callback" if is_put else following),
    ]


def _say_noted(turn: Turn, new: dict[str, Any]) -> None:
    shown = {
        key: value
        for key, value in new.items()
        if key in dispute_words.SHOWN or key.endswith("_text")
    }
    if shown:
        turn.say("utter_noted", noted=dispute_words.described(shown))


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
        if draft is not None:
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
