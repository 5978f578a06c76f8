"""The commands of the officer for questions about rights that were not answered: the list, and one dealt with."""

import sys
from datetime import UTC, datetime

from bot import database, launch, settings
from bot.casework import questions
from bot.casework.disputes import local_day
from bot.casework.guidance_records import UnansweredQuestion
from bot.library import load, words


def list_open() -> None:
    """Print the questions that wait, the most frequent first, with the entry that did not help."""
    with database.connect(settings.get())() as session:
        rows = [_row(one) for one in questions.open_questions(session)]
    for row in rows or [words("operator_question_none")]:
        launch.say(row)


def deal_with(number: str) -> None:
    """Note that a question was dealt with. Ends with a message where there is none of that number."""
    with database.connect(settings.get()).begin() as session:
        if questions.deal_with(session, number, datetime.now(UTC)) is None:
            sys.exit(words("operator_no_question", id=number))
    launch.say(words("operator_question_done", id=number))


def _row(one: UnansweredQuestion) -> str:
    reason = load("wording")["operator_question_reason"][one.reason]
    shown = words("operator_question_shown", entry=one.entry_id) if one.entry_id else ""
    return words(
        "operator_question", id=one.id, times=one.times, reason=reason, shown=shown,
        last=local_day(one.last_asked_at), question=one.question,
    )  # fmt: skip
