"""What a citizen is replied of what the records hold: answers once, late ones, or to wait."""

from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot import metrics
from bot.casework import notices, people
from bot.casework.records import HeardMessage, Notice, Person
from bot.hearing import Heard
from bot.library import words
from bot.rasa import Question, Row

PATIENCE = timedelta(seconds=15)  # so long may Rasa be busy with a message that we broke off
MOST_WAITING = 20  # messages of one citizen that wait for Rasa; who sends more is asked to wait


def row_of(notice: Notice) -> Row:
    """A notice as a row; a page shows a late answer as an answer."""
    data = {"is_answer": True} if notice.kind == "reply" else None
    return {"text": notice.text, "buttons": notices.buttons_of(notice), "data": data}


def told_to_wait(kept: HeardMessage) -> list[Row]:
    """That the message waits; what is said before its answer, such as what was kept, is said now."""
    question = Question.from_json(kept.asked or Question("").to_json())
    kept.asked = replace(question, before=[]).to_json() if kept.asked else None
    metrics.degraded.inc()
    return [*question.before, {"text": words("degraded"), "data": {"degraded": True}}]


def in_line(
    session: Session,
    who: Person,
    kept: HeardMessage,
    heard: Heard,
    question: Question,
    now: datetime,
) -> Heard:
    """Let a message wait for Rasa; one too many is not taken, though files that came with it are kept."""
    ahead = len(people.waiting(session, who))
    if ahead < MOST_WAITING:  # the first is asked at once, and may be asked again later
        people.await_answer(kept, question.to_json(), now if ahead else now + PATIENCE)
        return heard
    rows = [*question.before, {"text": words("many_wait", count=ahead)}]
    people.answered(kept, rows, now)
    return Heard(ready=rows)


def not_twice(
    session: Session, who: Person, kept: HeardMessage, rows: list[Row], now: datetime
) -> list[Row]:
    """The replies to a repeated message, unless the ledger has brought them, or is bringing them."""
    late = notices.of_subjects(session, who, "reply", [f"{kept.id}:{n}" for n in range(len(rows))])
    if not late:
        return rows
    taken = notices.take_back(session, who, [one.id for one in late], now)
    return [row_of(one) for one in taken]
