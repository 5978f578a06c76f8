"""What is said in the middle of the dispute form and answers nothing. Knows no record's rules."""

import re

from actions.guidance_words import say_if_sure
from actions.moments import was_cared_for
from actions.turn import Turn
from bot.casework.records import Dispute
from bot.library import words
from bot.reading import answers, facts, proofs, small_talk

SHORT = 15  # characters: a longer question, where the story is asked for, belongs to the story
MOST_TIMES_PUT = 4  # times one question is put to somebody who talks of nothing
NO_WORDS = "/nlu_fallback"  # what the dialogue sends where signs came and no word

NAMES_ONLY = 30  # characters: a longer message is not the name of a shop or a place

# Intents that a citizen can turn to in the middle of a form, with the confidence that it takes.
ASIDES = {
    "stop": 0.5, "ask_human": 0.45, "ask_rights": 0.6, "query_recall": 0.6, "query_progress": 0.7,
    "subscribe_recall": 0.7, "report_injury": 0.7, "report_violation": 0.8, "out_of_scope": 0.8,
    "chitchat": 0.8, "show_basis": 0.0, "choose_topic": 0.0,
    "delete_draft": 0.0, "request_callback": 0.0, "choose_hours": 0.0, "change_phone": 0.0,
    "close_dispute": 0.0, "negotiate": 0.0, "withdraw_callback": 0.6, "renew_link": 0.6, "withdraw_dispute": 0.5,
    "settled": 0.6, "set_aside": 0.0, "manage_things": 0.0, "manage_data": 0.0, "answer_notice": 0.0,
}  # fmt: skip
PLAIN_ASIDES = ("stop", "ask_human", "withdraw_callback", "renew_link", "withdraw_dispute")

_SOMEBODY_GONE = re.compile(  # 「人找不着了」 tells of the shop
    r"人(?:也|都|就|又|早|已经)*(?:找不[着到]|跑了|不见了|没了|联系不[上到])|(?:找不[着到]|联系不[上到])人"
)
# Who looks for a person answers nothing, and is not to lose the question for it.
TO_A_PERSON = ("ask_human", "request_callback", "choose_hours", "change_phone",
               "withdraw_callback", "renew_link")  # fmt: skip
# Who turned to one of these talks of something: the open question waits for them.
ANSWERED_ELSEWHERE = (
    "ask_rights", "query_recall", "query_progress", "subscribe_recall",
    "report_violation", "show_basis", "choose_topic", "resume", *TO_A_PERSON,
)  # fmt: skip


def is_aside(turn: Turn, asked: str) -> bool:
    """Whether the citizen turned to something else rather than answered the question."""
    needed = ASIDES.get(turn.intent)
    if needed is None or turn.confidence < needed:
        return False
    if turn.intent == "ask_human" and _SOMEBODY_GONE.search(turn.text):
        return False
    if turn.is_button or turn.intent in PLAIN_ASIDES:
        return True
    if turn.intent == "report_injury" and was_cared_for(turn):
        return False
    if turn.intent == "settled":
        return asked != "facts"
    if turn.intent == "ask_rights" and answers.is_question(turn.text):
        return asked != "facts" or len(turn.text) < NAMES_ONLY
    if asked == "facts":
        return turn.intent in ("query_recall", "query_progress", "subscribe_recall")
    read = turn.facts()
    if getattr(read, asked, None) is not None or answers.is_unknown(turn.text):
        return False
    weak = turn.intent in ("out_of_scope", "chitchat", "report_violation")
    return not (weak and asked in ("merchant", "location") and len(turn.text) <= NAMES_ONLY // 2)


def is_beside(turn: Turn, asked: str) -> bool:
    """Whether the message says nothing of the matter: signs, small talk, 「继续」, 「投诉」 again."""
    if turn.text == NO_WORDS or _opens_again(turn):
        return True
    if turn.intent == "resume" and (turn.is_button or not turn.facts().facts):
        return True
    if asked == "amount" and turn.text.isdigit():  # 666 may be a sum
        return False
    is_talk = small_talk.is_small_talk(turn.text) or small_talk.courtesy(turn.text) == "relieved"
    return not turn.is_button and is_talk


def _opens_again(turn: Turn) -> bool:
    return turn.text == "/file_complaint" or answers.is_opener(turn.text)


def is_side_question(turn: Turn, asked: str) -> bool:
    """Whether the citizen asks something back; a question that holds the answer is an answer."""
    if turn.is_button or not answers.is_question(turn.text):
        return False
    if asked == "facts":
        return len(turn.text) <= SHORT
    read = turn.facts()
    holds = getattr(read, asked, None) is not None or read.amount_choices
    return not holds and answers.corrected_field(turn.text) is None


def is_about_proof(turn: Turn, asked: str) -> bool:
    """Whether 「没小票了」 comes under a question whose answer it cannot be."""
    if turn.is_button or asked == "facts" or facts.is_told(turn.facts()):
        return False
    return proofs.is_about(turn.text)


def answer(turn: Turn) -> None:
    """One sentence to what was said beside, or the answer of the guidance library where it is sure."""
    if turn.text == NO_WORDS:
        turn.say("utter_no_words")
    elif turn.intent == "resume" or _opens_again(turn):
        return
    elif small_talk.courtesy(turn.text) == "relieved":
        turn.tell(words("glad"))
    elif small_talk.is_small_talk(turn.text):
        turn.say("utter_small_talk")
    elif not say_if_sure(turn, may_file=False):
        turn.say("utter_side_question")


def is_enough(turn: Turn, draft: Dispute) -> bool:
    """Whether the open question was put often enough to somebody who answers nothing."""
    is_kept = turn.intent in ANSWERED_ELSEWHERE or draft.asking == "confirmed"
    return not is_kept and draft.misses + 1 >= MOST_TIMES_PUT
