"""What is said in the middle of the dispute form and answers nothing. Knows no record's rules."""

from actions.guidance import say_if_sure
from actions.turn import Turn
from bot.casework.records import Dispute
from bot.reading import answers, small_talk

SHORT = 15  # characters: a longer question, where the story is asked for, belongs to the story
MOST_TIMES_PUT = 4  # times one question is put to somebody who talks of nothing
NO_WORDS = "/nlu_fallback"  # what the dialogue sends where signs came and no word

# Who turned to one of these talks of something: the open question waits for them.
ANSWERED_ELSEWHERE = (
    "ask_rights", "query_recall", "query_progress", "subscribe_recall", "ask_human",
    "report_violation", "show_basis", "choose_topic", "resume",
)  # fmt: skip


def is_beside(turn: Turn, asked: str) -> bool:
    """Whether the message says nothing of the matter: signs, small talk, 「继续」."""
    if turn.text == NO_WORDS:
        return True
    if turn.intent == "resume" and (turn.is_button or not turn.facts().facts):
        return True
    if asked == "amount" and turn.text.isdigit():  # 666 may be a sum
        return False
    return not turn.is_button and small_talk.is_small_talk(turn.text)


def is_side_question(turn: Turn, asked: str) -> bool:
    """Whether the citizen asks something back; a question that holds the answer is an answer."""
    if turn.is_button or not answers.is_question(turn.text):
        return False
    if asked == "facts":
        return len(turn.text) <= SHORT
    read = turn.facts()
    holds = getattr(read, asked, None) is not None or read.amount_choices
    return not holds and answers.corrected_field(turn.text) is None


def answer(turn: Turn) -> None:
    """One sentence to what was said beside, or the answer of the guidance library where it is sure."""
    if turn.text == NO_WORDS:
        turn.say("utter_no_words")
    elif turn.intent == "resume":
        return
    elif small_talk.is_small_talk(turn.text):
        turn.say("utter_small_talk")
    elif not say_if_sure(turn, may_file=False):
        turn.say("utter_side_question")


def is_enough(turn: Turn, draft: Dispute) -> bool:
    """Whether the open question was put often enough to somebody who answers nothing."""
    is_kept = turn.intent in ANSWERED_ELSEWHERE or draft.asking == "confirmed"
    return not is_kept and draft.misses + 1 >= MOST_TIMES_PUT
