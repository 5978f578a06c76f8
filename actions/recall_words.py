"""What is said of recalls, shared by the turns: the library's answer in words. Knows no turn."""

from collections.abc import Mapping, Sequence

from actions.turn import Turn
from bot.casework import recall_words, recalls


def look_up(turn: Turn, text: str) -> recalls.Answer:
    """The library's answer to the words and to what Rasa marked in the last message."""
    return recalls.find(
        turn.session, text, brand=turn.entity("brand"), model=turn.entity("model"),
        product=turn.entity("product"),
    )  # fmt: skip


def say_answer(
    turn: Turn, answer: recalls.Answer, buttons: Sequence[Mapping[str, str]] = ()
) -> None:
    """The conclusion first, then what to do; the top notice is named for the scores."""
    top = answer.matches[0].notice.notice_no if answer.matches else None
    data = {"kind": answer.kind, "top": top,
            "notices": [match.notice.notice_no for match in answer.matches]}  # fmt: skip
    turn.tell(answer_text(turn, answer), buttons, {"recall": data})


def answer_text(turn: Turn, answer: recalls.Answer) -> str:
    """The answer in words; always with the day the library stands at."""
    return recall_words.answer(turn.session, answer, turn.now)
