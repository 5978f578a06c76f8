"""Turns of the form that fills a draft: every fact of a message is taken, what is missing is asked."""

from dataclasses import replace
from typing import Any

from rasa_sdk.events import EventType, SlotSet

from actions import dispute_asides, dispute_corrections, dispute_words, standing
from actions.callbacks import hear_phone
from actions.guidance_words import remember, say_if_sure, told_before
from actions.moments import stops_the_form
from actions.recalls import say_if_recalled, say_if_thing_is_recalled
from actions.turn import Turn, TurnAction
from bot.casework import callbacks, disputes
from bot.casework.records import Dispute
from bot.library import label, streets, words
from bot.reading import answers, demands, facts, moments, shop_names

FORM = "dispute_form"
MAY_BE_ASKED = (*disputes.QUESTIONS, "callback")  # else nothing was, or by a form that was left
THING = {"product", "brand", "model"}  # what tells which recall a dispute may be about
OTHER_WISH = "其他"  # the last of the buttons under the question, typed


class ValidateDisputeForm(TurnAction):
    """Takes every fact of a message into the draft and says which field to ask next."""

    def name(self) -> str:
        return "validate_dispute_form"

    def take(self, turn: Turn) -> list[EventType]:
        asked = requested = turn.tracker.get_slot("requested_slot")
        wrong = dispute_corrections.asked_for(asked)
        asked = "callback" if wrong else asked  # it too stands before the form's own question
        if asked in MAY_BE_ASKED and turn.was_answered(FORM):
            return _put_again(turn, draft_of(turn))  # back from an aside: it was answered there
        if asked == "confirmed" and _was_lodged(turn):
            return [SlotSet("confirmed", True), SlotSet("requested_slot", None)]
        if asked not in MAY_BE_ASKED:
            callbacks.leave(turn.session, turn.who)
            return _begin(turn)
        if turn.intent == "send_evidence":  # what came was kept before Rasa; the question stands
            return [SlotSet("asking", asked), SlotSet("requested_slot", requested)]
        draft = draft_of(turn)
        if asked == "callback":
            asked = draft.asking or "confirmed"
        if asked == "standing" and standing.is_answer(turn):
            callbacks.leave(turn.session, turn.who)
            _say_noted(turn, standing.hear(turn, draft))
            return _go_on(turn, draft)
        if stops_the_form(turn, draft):
            return _stop(turn, draft)
        if asked == "confirmed" and is_yes(turn):
            callbacks.leave(turn.session, turn.who)
            return [SlotSet("confirmed", True), SlotSet("requested_slot", None)]
        if dispute_asides.is_aside(turn, asked):
            return []
        was_for_callback = hear_phone(turn)
        callbacks.leave(turn.session, turn.who)
        if standing.is_told_beside(turn, asked, draft):
            _say_noted(turn, standing.hear(turn, draft))
            return _go_on(turn, draft, aside=True)
        if dispute_asides.is_beside(turn, asked) or dispute_asides.is_side_question(turn, asked):
            dispute_asides.answer(turn)
            if wrong:
                return dispute_corrections.ask(turn, draft, wrong)
            return _put_again(turn, draft)
        if dispute_asides.is_about_proof(turn, asked):
            disputes.take(draft, facts.Facts(facts=turn.shown))
            turn.tell(words("proof_noted"))
            return _go_on(turn, draft, told=True)
        return _hear(turn, draft, asked, wrong, was_for_callback=was_for_callback)


def _hear(
    turn: Turn, draft: Dispute, asked: str, wrong: str | None, *, was_for_callback: bool
) -> list[EventType]:
    """Take what a message answers or puts right (`wrong` is the field whose right value was asked for)."""
    field = None if turn.is_button else wrong or dispute_corrections.corrected(turn, draft)
    of_contact = (asked == "contact" and field is None) or turn.intent == "withhold_contact"
    told = False
    if of_contact or (turn.intent == "give_contact" and not was_for_callback):
        _hear_contact(turn, draft)
    elif wrong and answers.is_unknown(turn.text):
        told = True  # of the form's own question nothing was said
    elif wrong and (right := dispute_corrections.hear(turn, draft, wrong)):
        _say_taken(turn, draft, right)
        told = True
    elif missing := dispute_corrections.without_value(turn, draft):
        beside = _read(turn, draft, over=True, corrected=missing)
        _say_noted(turn, disputes.take(draft, beside, over=True))
        return dispute_corrections.ask(turn, draft, missing)
    elif not (asked == "confirmed" and is_no(turn)):
        told = _hear_facts(turn, draft, asked)
    return _go_on(turn, draft, aside=of_contact and asked != "contact", told=told)


def _was_lodged(turn: Turn) -> bool:
    """Whether this yes has lodged the dispute before, in a turn that was cut off and is taken again."""
    if not is_yes(turn) or disputes.draft(turn.session, turn.who) is not None:
        return False
    return disputes.lodged_lately(turn.session, turn.who, turn.now) is not None


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
    draft = disputes.draft(turn.session, turn.who)
    first = facts.Facts() if turn.intent == "resume" and not turn.is_button else turn.facts()
    if draft is None or turn.is_button:
        first = _with_told(turn, first)
    if draft is not None and _was_left(turn, draft):
        turn.say("utter_draft_or_new")
        draft.asking = None  # asked once; who then complains means another matter
        return [remember(turn), SlotSet("asking", None), SlotSet("requested_slot", None)]
    if draft is None and turn.intent == "resume":
        turn.say("utter_nothing_to_stop")
        return [SlotSet("asking", None), SlotSet("requested_slot", None)]
    if draft is None and turn.intent != "resume" and _belongs_elsewhere(turn):
        return [remember(turn), SlotSet("asking", None), SlotSet("requested_slot", None)]
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


def _belongs_elsewhere(turn: Turn) -> bool:
    """Whether another office deals with the matter for sure: that is said, and filing is offered, not begun.

    Who was hurt is cared for first, by the form.
    """
    if moments.is_injury(turn.text) or not say_if_sure(turn, elsewhere_only=True, may_file=False):
        return False
    anyway = {"title": words("file_anyway"), "payload": "/file_complaint"}
    turn.tell(words("file_anyway_note"), [anyway])
    return True


def _with_told(turn: Turn, first: facts.Facts) -> facts.Facts:
    """The facts of who files, with those of what they told just before, where they tell no story anew.

    「我要投诉」 after a question about one's case means that case, typed as pressed.
    """
    told = told_before(turn)
    if told is None or first.facts is not None:
        return first
    before = facts.read(
        told["text"], told["entities"], today=turn.today, streets=streets(), shown=told["shown"]
    )
    if not (turn.is_button or answers.is_opener(turn.text)):
        first = replace(first, facts=turn.shown)  # a bit of the story, though too short for one
    if before.amount is not None:  # 「还剩2000多」 beside what was paid
        first = replace(first, amount=None, amount_text=None, amount_choices=())
    return facts.joined(before, first)


def _was_left(turn: Turn, draft: Dispute) -> bool:
    """Whether the draft was left long ago in the middle of a question: these words may belong to it."""
    is_left = draft.asking is not None and not disputes.is_fresh(draft, turn.now)
    return is_left and not turn.is_button and turn.intent != "resume"


def _read(turn: Turn, draft: Dispute, *, over: bool, corrected: str | None) -> facts.Facts:
    """The facts of a message beside what the draft holds: sums and days that mean something else there."""
    read = turn.facts()
    is_price = corrected == "amount" or (draft.amount is None and draft.asking == "amount")
    if answers.is_claim(turn.text) and not is_price:  # 「要赔1000」 is a wish, not what was paid
        return replace(read, amount=None, amount_text=None, amount_choices=(), facts=turn.shown)
    if draft.amount is not None and corrected != "amount":
        if not over and read.amount_choices:
            read = replace(read, amount_choices=(), facts=turn.shown)
        if not over and read.amount and draft.amount != read.amount:
            read = replace(read, facts=turn.shown)  # 「还剩2000多」 beside what was paid
    if corrected == "amount" and read.amount is None:  # 「换成3200吧 刚看了付款记录」
        value = (answers.corrected_value(turn.text) or "").split(" ")[0]
        told = facts.answer("amount", value, turn.today)
        read = replace(read, amount=told.amount, amount_text=value if told.amount else None)
    if corrected == "occurred_on" and read.occurred_text:
        same = facts.in_month_of(draft.occurred_on, read.occurred_text)
        if same is not None and same <= turn.today:
            read = replace(read, occurred_on=same)
    return read


def _hear_facts(turn: Turn, draft: Dispute, asked: str) -> bool:
    """Take the facts of a message; where the question is not among them, its words are the answer.

    Whether it told something else than was asked, beyond words for the story.
    """
    if turn.is_button:
        return False
    if answers.is_unknown(turn.text):
        disputes.leave_open(draft, asked)
        return False
    corrected = dispute_corrections.corrected(turn, draft)
    over = corrected is not None or turn.intent == "correct" or asked == "confirmed"
    read = _read(turn, draft, over=over, corrected=corrected)
    value = answers.corrected_value(turn.text)
    if value is None and corrected in ("merchant", "product", "brand", "model"):
        value = (answers.swapped(turn.text) or ("", None))[1]
    if corrected in dispute_corrections.NAMED_FIELDS and value:
        _say_noted(
            turn, disputes.take(draft, facts.answer(corrected, value, turn.today), over=True)
        )
        return corrected != asked
    before = getattr(draft, asked, None)
    new = disputes.take(draft, read, over=over)
    if asked != "merchant" and (name := shop_names.called(turn.text)):
        new |= disputes.take(draft, facts.Facts(merchant=name), over=True)
    is_beside = asked != "facts" and set(new) == {"facts"} and _say_in_story(turn, read)
    if asked != "merchant" and draft.merchant is None and not new:
        name = shop_names.shop_in(turn.text, streets())
        new |= disputes.take(draft, facts.Facts(merchant=name), over=True) if name else {}
    told = bool(set(new) - {"facts"} or is_beside)
    is_open = (
        "merchant" not in new
        and asked not in ("confirmed", "contact")
        and getattr(draft, asked, None) == before
    )
    if corrected is None and is_open:
        is_told = told or facts.is_told(read) or disputes.holds(draft, read)
        new |= _bare_answer(turn, draft, asked, is_told=is_told)
        if not (told or disputes.is_settled(draft, asked)):
            disputes.missed(draft, asked)
    if corrected and corrected not in new:
        turn.say("utter_what_is_right", field=label("field", corrected))
    _say_taken(turn, draft, new)
    return told


def _say_taken(turn: Turn, draft: Dispute, new: dict[str, Any]) -> None:
    _say_noted(turn, new)
    if THING & set(new):
        say_if_thing_is_recalled(turn, draft)


def _say_in_story(turn: Turn, read: facts.Facts) -> bool:
    """Say where words went into the story alone (「剩下大概11000」, 「店关门了」); whether they tell a sum."""
    is_sum = bool(read.amount or read.amount_choices or answers.is_claim(turn.text))
    if is_sum or facts.tells_a_story(turn.text, turn.entities):
        turn.tell(words("story_noted"))
    return is_sum


def _bare_answer(turn: Turn, draft: Dispute, asked: str, *, is_told: bool) -> dict[str, Any]:
    """What a message answers to the question that was put, beyond its marked facts.

    `is_told`: it tells a sum, a day, a wish or the like, and so is no name of a place.
    """
    is_short = len(turn.text) <= dispute_corrections.LONGEST_NAME
    if asked == "merchant":
        is_placed = draft.location is not None  # then 「在凯德广场」 tells the seller
        mall = shop_names.mall_in(turn.text, streets()) if is_placed else None
        given = facts.Facts(
            merchant=(dispute_corrections.shop_named(turn) or mall) if is_short else None
        )
    elif asked == "location" and (is_told or not is_short or shop_names.is_no_name(turn.text)):
        given = facts.Facts()
    elif not facts.is_readable(asked, turn.text, turn.today):
        is_story = asked != "standing" or facts.tells_a_story(turn.text, turn.entities)
        is_story = is_story and not answers.is_yes(turn.text)
        given = facts.Facts(facts=turn.shown if is_story else None)
    elif asked == "demand" and is_told and not facts.is_wish(turn.text):
        given = facts.Facts()
    elif asked == "demand" and not (facts.is_wish(turn.text) or turn.shown == OTHER_WISH):
        wish = "other" if demands.may_be(turn.text) else None  # in words that have no code
        given = facts.Facts(demand=wish, facts=turn.shown)
    else:
        said = turn.shown if asked in ("facts", "location") else turn.text
        given = facts.answer(asked, said, turn.today)
    return disputes.take(draft, given, over=True)


def _hear_contact(turn: Turn, draft: Dispute) -> None:
    """Contact details were taken before Rasa; only whether they were given is heard here."""
    if turn.intent == "give_contact":
        draft.contact = "given"
        draft.unknown = [field for field in draft.unknown if field != "contact"]
    elif turn.intent == "withhold_contact":
        disputes.leave_open(draft, "contact")
    else:
        new = disputes.take(draft, turn.facts(), over=turn.intent == "correct")
        if name := shop_names.called(turn.text):
            new |= disputes.take(draft, facts.Facts(merchant=name), over=True)
        _say_noted(turn, new)
        disputes.missed(draft, "contact")


def _put_again(turn: Turn, draft: Dispute) -> list[EventType]:
    """The open question once more; what nobody answers at last is left open."""
    if draft.asking and dispute_asides.is_enough(turn, draft):
        disputes.leave_open(draft, draft.asking)
    return _go_on(turn, draft, aside=True)


def _go_on(
    turn: Turn, draft: Dispute, *, aside: bool = False, told: bool = False
) -> list[EventType]:
    """The next question; one that was missed, or is put for the third time, explains itself.

    A question of the call-back that was just put stands alone: the form's waits.
    """
    following = disputes.next_question(draft)
    if draft.asking != following or turn.intent not in dispute_asides.TO_A_PERSON:
        disputes.ask(draft, following, turn.now, is_miss=not told)
    again = draft.misses >= (2 if aside or told else 1)
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
