"""Turns about recalls: the lookup with its question back, and the things a person follows."""

from collections.abc import Mapping, Sequence

from rasa_sdk.events import EventType, SlotSet

from actions import things as kept
from actions.guidance_words import remember, say_if_sure
from actions.moments import care_if_hurt
from actions.recall_words import answer_text, look_up, say_answer
from actions.things_completing import offer as offer_to_complete
from actions.turn import Turn, TurnAction
from bot.casework import recall_reach, recall_words, recalls, things, things_completing
from bot.casework.records import Dispute
from bot.library import words
from bot.reading import answers

FORM = "recall_form"
HOW_TO = (
    "recall-lookup"  # the guidance entry on where to look, which this form does itself for a thing
)
UNNAMED = ("ask_brand", "not_in_library")
NAMES_A_THING = ("brand", "product", "model")
IDENTIFIES = {"model", "batch", "barcode"}
LEAVES = ("file_complaint", "stop", "ask_rights", "report_injury", "ask_human", "subscribe_recall",
          "query_progress", "withdraw_callback", "renew_link", "not_resolved", "withdraw_dispute",
          "settled")  # fmt: skip


class ValidateRecallForm(TurnAction):
    """Answers a recall question; where brand or model decides, it asks once and answers then."""

    def name(self) -> str:
        return "validate_recall_form"

    def take(self, turn: Turn) -> list[EventType]:
        asked = turn.tracker.get_slot("requested_slot")
        named = named_by_button(turn)
        if named is not None:
            return self._take_named(turn, named)
        if asked and turn.intent == "send_evidence":  # what was read on it comes as a notice
            turn.say("utter_recall_detail")
            return [SlotSet("recall_detail", None), SlotSet("requested_slot", asked)]
        before = turn.tracker.get_slot("recall_text") if asked else None
        told = turn.tracker.get_slot("told") if turn.is_button else None
        if care_if_hurt(turn):
            _ = say_if_recalled(turn)
            return [SlotSet("recall_text", None), SlotSet("requested_slot", None), remember(turn)]
        if asked and (turn.is_button or turn.intent in LEAVES) and turn.confidence >= 0.6:
            return []
        if turn.intent == "query_recall" and turn.entity("product"):
            before = None  # a question of its own, not the answer to the last one
        text = told["text"] if told else " ".join(filter(None, (before, turn.text)))
        if turn.is_button and not told:
            turn.say("utter_recall_detail")
            return [SlotSet("recall_text", None), SlotSet("requested_slot", "recall_detail")]
        answer = look_up(turn, text)
        # What was asked for once is not asked for again: it is answered with what is there.
        if asked and answer.kind in recall_words.ASKS_BACK:
            _say_without_detail(turn, answer)
        elif answer.kind != "ask_brand":
            _say_and_offer(turn, answer, text)
        # 「婴儿车被召回，邮费谁出」 asks about rights: no brand is needed to answer it.
        names_a_thing = recalls.names_a_product(turn.text)
        may_tell = not asked and answer.kind in UNNAMED and not answers.asks_if_safe(turn.text)
        is_answered = may_tell and say_if_sure(turn, but_not=HOW_TO if names_a_thing else "")
        if not asked and answer.kind == "ask_brand" and not is_answered:
            say_answer(turn, answer)
        waits = asked is None and answer.kind in recall_words.ASKS_BACK and not is_answered
        return [
            SlotSet("recall_text", text if waits else None),
            SlotSet("told", {"text": text, "shown": text, "entities": turn.entities}),
            SlotSet("requested_slot", "recall_detail" if waits else None),
        ]

    def _take_named(self, turn: Turn, named: str) -> list[EventType]:
        """Look up what a button names; one that names nothing asks for it to be typed."""
        goes_on = turn.entity("choice") == "same"  # with a thing that was asked about, once for all
        before = (turn.tracker.get_slot("told") or {}).get("entities", ()) if goes_on else ()
        marked = [*turn.entities, *before]
        told = {"text": named, "shown": named, "entities": marked} if named else None
        if named:
            answer = look_up(turn, named, before)
            if goes_on and answer.kind in recall_words.ASKS_BACK:
                _say_without_detail(turn, answer, [kept.button(words("keep_it"), "keep")])
            else:
                say_answer(turn, answer, _may_keep(answer))
        else:
            turn.say("utter_recall_detail")
        wanted = None if named else "recall_detail"
        return [
            SlotSet("recall_text", None), SlotSet("told", told), SlotSet("requested_slot", wanted),
        ]  # fmt: skip


class AnswerRecall(TurnAction):
    """Answers a recall question in the middle of something else, without asking back."""

    def name(self) -> str:
        return "action_answer_recall"

    def take(self, turn: Turn) -> list[EventType]:
        say_answer(turn, look_up(turn, named_by_button(turn) or turn.text))
        return []


def named_by_button(turn: Turn) -> str | None:
    """The thing that a button carries, as under what was read on a photo; None of any other message.

    Words about the thing of the question before (a model told after its answer) are joined to it.
    """
    told = turn.tracker.get_slot("told") or {}
    if turn.is_button and turn.entity("choice") == "same" and told.get("text"):
        return f"{told['text']} {turn.shown}"
    values = [str(e["value"]) for e in turn.entities if e["entity"] in NAMES_A_THING]
    return " ".join(filter(None, values)) if turn.is_button and values else None


def say_if_recalled(turn: Turn) -> bool:
    """Tell of a recall where the message names the very thing; whether it did."""
    if turn.is_button:
        return False
    answer = look_up(turn, turn.text)
    named = answer.kind in ("covered", "may_be_covered") and any(
        field in IDENTIFIES for match in answer.matches for field, _ in match.evidence
    )
    if named:
        say_answer(turn, answer)
    return named


def say_if_thing_is_recalled(turn: Turn, dispute: Dispute) -> None:
    """Tell the remedy of a recall where the thing that a dispute is about has one."""
    match = recall_reach.of_dispute(turn.session, dispute)
    if match is not None:
        turn.tell(words("recalled_too", **recall_words.match_values(match)))


def _say_and_offer(turn: Turn, answer: recalls.Answer, text: str) -> None:
    """The answer; a model in the question may be that of a thing kept without one, which is asked."""
    brand, product = turn.entity("brand"), turn.entity("product")
    wish = things_completing.told(turn.session, text, brand, product)
    fits = wish is not None and (wish.brand or wish.product)
    if fits and answer.kind != "not_in_library":
        found = answer_text(turn, answer)
        if offer_to_complete(turn, wish, found=found):
            return
    say_answer(turn, answer, _may_keep(answer))


def _say_without_detail(
    turn: Turn, answer: recalls.Answer, buttons: Sequence[Mapping[str, str]] = ()
) -> None:
    """What there is to say where brand or model was asked for once and is not known."""
    said = recall_words.without_detail(turn.session, answer, turn.now)
    turn.tell(said, buttons, {"recall": {"kind": "without_detail"}})


def _may_keep(answer: recalls.Answer) -> list[dict[str, str]]:
    """The button that keeps the thing asked about, where a notice of it can come."""
    may = answer.kind in ("covered", "may_be_covered", "not_found")
    return [kept.button(words("keep_it"), "keep")] if may else []


class FollowRecalls(TurnAction):
    """Keeps what a person owns or follows, and says at once what the library has on it."""

    def name(self) -> str:
        return "action_follow_recalls"

    def take(self, turn: Turn) -> list[EventType]:
        if turn.is_button:
            turn.tell(words("follow_what"))
            return []
        if kept.turns_away(turn):
            kept.say_list(turn)
            return []
        answer = look_up(turn, turn.text)
        if answer.kind == "not_in_library":  # no notice of it will ever come here
            say_answer(turn, answer)
            return [remember(turn)]
        wish = things.read(
            turn.session, turn.text, brand=turn.entity("brand"), model=turn.entity("model"),
            product=turn.entity("product"), words=turn.shown,
        )  # fmt: skip
        if wish is None:
            turn.tell(words("follow_what"))
            return []
        is_told = wish.kind == things.OWNED and answer.matches
        found = answer_text(turn, answer) if is_told else ""
        names_thing = wish.brand or wish.product
        if not (names_thing and offer_to_complete(turn, wish, found=found, otherwise="keep")):
            kept.keep(turn, wish, f"\n{found}" if found else "")
        return [remember(turn)]
