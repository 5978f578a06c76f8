"""The question how the citizen stands to the matter, and the turn that hears its answer."""

from dataclasses import replace

from rasa_sdk.events import EventType

from actions.turn import Turn, TurnAction
from bot.casework import disputes
from bot.casework.records import Dispute
from bot.library import labels, words
from bot.reading import answers, facts, moments, standings

BARE = 30  # characters: a longer answer tells more than the answer
# Questions under which an answer to this one is none of theirs.
BESIDE = ("demand", "contact", "merchant", "location", "amount", "occurred_on")


class AskStanding(TurnAction):
    """Asks it before personal data are asked: who hears that it may be refused can still leave.

    The buttons send their titles back as typed words, which `standings.read` understands.
    """

    def name(self) -> str:
        return "action_ask_dispute_form_standing"

    def take(self, turn: Turn) -> list[EventType]:
        buttons = [{"title": title, "payload": title} for title in labels("standing").values()]
        if turn.tracker.get_slot("again"):
            turn.tell(words("ask_standing_again"), buttons + _ways_out())
        else:
            turn.tell(words("ask_standing"), buttons)
        return []


def _ways_out() -> list[dict[str, str]]:
    payloads = {"dont_know": words("dont_know"), "to_a_person": "/ask_human", "not_now": "/stop"}
    return [{"title": words(key), "payload": payload} for key, payload in payloads.items()]


def is_answer(turn: Turn) -> bool:
    """Whether the message answers it: then 「替别人」 is no moment, and 「消协调解过了」 no end of the talk."""
    if turn.is_button or answers.is_question(turn.text) or moments.is_injury(turn.text):
        return False
    return standings.read(turn.text) is not None


def is_told_beside(turn: Turn, asked: str, draft: Dispute) -> bool:
    """Whether 「自己家用的」 comes under another question, whose answer it cannot be."""
    if asked not in BESIDE or draft.standing is not None or not standings.is_plain(turn.text):
        return False
    return is_answer(turn) and not facts.is_told(turn.facts())


def hear(turn: Turn, draft: Dispute) -> dict[str, object]:
    """Take the answer into the draft and return what is new; a button tells nothing besides.

    A short answer is no part of the story.
    """
    is_title = turn.shown in labels("standing").values()
    told = facts.Facts() if is_title else turn.facts()
    if len(turn.text) <= BARE:
        told = replace(told, facts=None)
    return disputes.take(draft, replace(told, standing=standings.read(turn.text)))
