"""Turns for what people bring beside the three jobs: injuries, what is not ours or unclear."""

import re
from dataclasses import replace

from rasa_sdk.events import EventType, FollowupAction, SlotSet

from actions.guidance_words import is_bit, remember, say_if_sure, told_before
from actions.moments import care, care_if_hurt
from actions.recalls import say_if_recalled
from actions.reports import explain
from actions.turn import Turn, TurnAction
from bot.casework import disputes, guidance
from bot.library import labels
from bot.reading import demands, facts
from bot.reading import moments as moments_read

_COMPLAINS = re.compile(r"(?:我|那|就|想|要|来|帮我|请)*投诉")
UNSURE = "nlu_fallback"
DOUBTFUL = 0.5  # confidence below which an injury that no word speaks of is a guess


class PointElsewhere(TurnAction):
    """Tells where to turn with what is not a consumer's matter."""

    def name(self) -> str:
        return "action_point_elsewhere"

    def take(self, turn: Turn) -> list[EventType]:
        if turn.asks_if_safe:
            return [FollowupAction("recall_form")]
        if not say_if_sure(turn, elsewhere_only=True):
            door = guidance.door(turn.text)
            if door is not None:
                turn.tell(door.reply, data={"guidance": {"action": "redirect"}})
            elif care_if_hurt(turn):
                _ = say_if_recalled(turn)
            elif not (say_if_recalled(turn) or say_if_sure(turn)):
                if is_bit(turn) and told_before(turn) is not None:
                    turn.say("utter_ask_purpose")  # 「清明前后办的」 after what was told
                    return [remember(turn)]
                if _COMPLAINS.match(turn.text):  # it names our job, whatever it was taken for
                    return [FollowupAction("dispute_form")]
                _say_not_ours(turn)
        return [remember(turn)]


def _say_not_ours(turn: Turn) -> None:
    if "举报" in turn.text:
        explain(turn)
    else:
        turn.say("utter_not_ours")
        turn.dispatcher.utter_message(json_message={"guidance": {"action": "redirect"}})


class CareForInjured(TurnAction):
    """Safety before anything else; what was told is kept for the questions later."""

    def name(self) -> str:
        return "action_care_for_injured"

    def take(self, turn: Turn) -> list[EventType]:
        draft = disputes.draft(turn.session, turn.who)
        is_asked = draft is not None and draft.asking is not None
        is_guess = turn.confidence < DOUBTFUL and not moments_read.is_injury(turn.text)
        if is_guess and turn.asks_if_safe:  # 「充电宝鼓包了 还能用吗」
            return [FollowupAction("recall_form")]
        if is_guess and not is_asked and say_if_sure(turn):  # 「孩子13岁买了台摩托车」
            return [remember(turn)]
        if draft is not None and draft.asking is not None:
            disputes.pause(turn.session, draft, turn.now)
            disputes.take(draft, replace(turn.facts(), facts=turn.shown))
        care(turn, draft)
        say_if_recalled(turn)
        return [remember(turn), SlotSet("asking", None)]


def offer_purposes(turn: Turn) -> None:
    """Ask what a message is for: by buttons for what comes into question, else in general."""
    purposes = labels("purpose")
    close = [name for name in turn.close_intents if name in purposes]
    if turn.intent == UNSURE and len(close) > 1:
        buttons = [{"title": purposes[name], "payload": f"/{name}"} for name in close]
        turn.dispatcher.utter_message(response="utter_which_purpose", buttons=buttons)
    else:
        turn.say("utter_ask_purpose" if turn.intent == "inform" else "utter_default")


class AskPurpose(TurnAction):
    """Words that do not say what they are for: a recalled thing, a known question, or asked back."""

    def name(self) -> str:
        return "action_ask_purpose"

    def take(self, turn: Turn) -> list[EventType]:
        if care_if_hurt(turn):
            _ = say_if_recalled(turn)
        elif turn.asks_if_safe:
            return [FollowupAction("recall_form")]
        elif not (
            say_if_recalled(turn)
            or (not facts.is_bare(turn.text, turn.today) and say_if_sure(turn))
        ):
            is_wish = demands.read(turn.text) and turn.facts().amount is None
            if (
                is_wish and told_before(turn) is not None
            ):  # 「赔医药费」; 「花了1200医药费」 is none
                return [FollowupAction("dispute_form")]
            offer_purposes(turn)
        return [remember(turn)]
