"""Turns about rights: the answer with its articles, and its basis."""

from typing import Any

from rasa_sdk.events import EventType, FollowupAction

from actions.guidance_words import (
    chosen,
    reach_of,
    remember,
    say_choices,
    say_entry,
    say_if_several,
)
from actions.moments import care_if_hurt
from actions.recalls import say_if_recalled
from actions.turn import Turn, TurnAction
from bot.casework import guidance, guidance_place, questions

MOST_CHOICES = 3


class AnswerRights(TurnAction):
    """Answers a rights question with its rule, and offers to file with what was told."""

    def name(self) -> str:
        return "action_answer_rights"

    def take(self, turn: Turn) -> list[EventType]:
        if turn.asks_if_safe:
            return [FollowupAction("recall_form")]
        topic = turn.entity("topic")
        if topic is not None:
            say_entry(turn, guidance.entry(topic))
            return []
        if turn.is_button:
            turn.say("utter_rights_which")
            return []
        care_if_hurt(turn)
        is_told = say_if_recalled(turn)  # 「罗马仕PAC20-272怎么退」
        if say_if_several(turn):
            return [remember(turn)]
        choice = chosen(turn)
        if choice.is_sure:
            say_entry(turn, choice.entries[0])
        elif not is_told:
            say_unsure(turn, choice.entries[:MOST_CHOICES])
        return [remember(turn)]


def say_unsure(turn: Turn, near: Any) -> None:
    """The near questions as buttons, or that nothing is near; the officers see what was asked.

    A trader's question that nothing answers has a door of its own.
    """
    door = guidance.door(turn.text) if guidance_place.is_trader(turn.text) else None
    if door is not None:
        turn.tell(door.reply, data={"guidance": {"action": "redirect"}})
        return
    if reach := reach_of(turn):  # whatever the question is, this much is sure
        turn.tell(guidance_place.who_handles(reach))
    questions.note(turn.session, turn.text, turn.intent, "unsure" if near else "none", turn.now)
    if near:
        say_choices(turn, near)
    else:
        turn.say("utter_rights_unsure")


class ShowBasis(TurnAction):
    """The rule in full, with law, article and date."""

    def name(self) -> str:
        return "action_show_basis"

    def take(self, turn: Turn) -> list[EventType]:
        topic = turn.entity("topic")
        if topic is None:
            turn.say("utter_rights_which")
        else:
            entry = guidance_place.fitting(guidance.entry(topic), reach_of(turn))
            turn.tell(guidance.basis(entry))
        return []
