"""RECORD: what became of recall notices and of the talk in a period, as far as it is kept. Writes nothing."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from bot.casework import recall_answers
from bot.casework.callback_records import CallbackRequest
from bot.casework.guidance_records import GuidanceAnswer, UnansweredQuestion
from bot.casework.periods import Period
from bot.casework.recall_answers import Rate
from bot.casework.recall_push_records import RecallPush
from bot.casework.records import Recall

MOST_NOTICES = 20


@dataclass(frozen=True)
class Talk:
    """Answers about rights that helped or did not; questions without an answer by reason; call-backs."""

    helped: int
    not_helped: int
    unanswered: dict[str, int]
    callbacks: int


def recalls(session: Session, period: Period) -> Sequence[tuple[Recall, Rate]]:
    """The notices that began to go out in a period, the newest first, with what became of each.

    Counted over all versions of a notice and up to now: people answer later.
    """
    began = func.max(RecallPush.starts_at)
    query = (
        select(RecallPush.notice_no)
        .where(RecallPush.starts_at >= period.since, RecallPush.starts_at < period.until)
        .group_by(RecallPush.notice_no)
        .order_by(began.desc(), RecallPush.notice_no)
        .limit(MOST_NOTICES)
    )
    numbers = session.scalars(query).all()
    rates = recall_answers.rates(session, numbers)
    return [(session.get_one(Recall, one), rates[one]) for one in numbers]


def talk(session: Session, period: Period) -> Talk:
    """What is kept of how answers went; of whom is not kept. A question counts once, when last asked."""
    day, asked = GuidanceAnswer.day, UnansweredQuestion.last_asked_at
    answers = select(GuidanceAnswer.said, func.count()).where(
        day.between(period.first, period.last)
    )
    said = Counter(dict(_pairs(session, answers.group_by(GuidanceAnswer.said))))
    reason = UnansweredQuestion.reason
    questions = select(reason, func.count()).where(asked >= period.since, asked < period.until)
    called = CallbackRequest.asked_at
    callbacks = select(func.count(CallbackRequest.id)).where(
        called >= period.since, called < period.until
    )
    return Talk(
        said["helped"], said["not_helped"], dict(_pairs(session, questions.group_by(reason))),
        session.scalar(callbacks) or 0,
    )  # fmt: skip


def _pairs(session: Session, query: Select[str, int]) -> list[tuple[str, int]]:
    return [(name, count) for name, count in session.execute(query)]
