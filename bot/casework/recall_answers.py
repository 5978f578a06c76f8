"""RECORD, for recalls: what people say to a notice that reached them, and how many did. No Rasa."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, or_, select
from sqlalchemy.orm import Session, aliased

from bot.casework import notices
from bot.casework.recall_notice import ANSWERS
from bot.casework.recall_push_records import KIND, RecallAnswer, RecallCall, RecallPush
from bot.casework.records import Notice, Person


@dataclass(frozen=True)
class Rate:
    """What became of a notice, over all its versions, in people. Who was called was reached."""

    reached: int
    answered: int
    have: int
    done: int
    called: int = 0
    have_not: int = 0


def answer(
    session: Session, who: Person, number: str, said: str, now: datetime
) -> RecallPush | None:
    """Keep what a person says to a notice; None where they were sent none of that number."""
    if said not in ANSWERS or not notices.of_subjects(session, who, KIND, [number]):
        return None
    push = session.get_one(RecallPush, int(number))
    query = select(RecallAnswer).where(
        RecallAnswer.person_id == who.id, RecallAnswer.push_id == push.id
    )
    kept = session.scalar(query)
    if kept is None:
        kept = RecallAnswer(person_id=who.id, push_id=push.id)
        session.add(kept)
    kept.answer, kept.answered_at = said, now
    session.flush()
    return push


def shown(session: Session, who: Person, number: str) -> Notice | None:
    """The notice of that number as it was told to this person; None where none was."""
    if not number.isdecimal():
        return None
    found = notices.of_subjects(session, who, KIND, [number])
    return next((one for one in found if one.text and one.state != notices.DROPPED), None)


def rate(session: Session, notice_no: str) -> Rate:
    """How many people a notice reached, how many answered, have the thing, have dealt with it."""
    ids = list(session.scalars(select(RecallPush.id).where(RecallPush.notice_no == notice_no)))
    digest = aliased(Notice)  # what came inside another notice was sent with it
    came = and_(Notice.state == notices.BUNDLED, digest.state == "sent")
    sent = (
        select(Notice.person_id)
        .outerjoin(digest, digest.id == Notice.digest_id)
        .where(Notice.kind == KIND, Notice.subject.in_([str(one) for one in ids]))
        .where(or_(Notice.state == "sent", came))
    )
    query = select(RecallAnswer).where(RecallAnswer.push_id.in_(ids)).order_by(RecallAnswer.push_id)
    last = {one.person_id: one.answer for one in session.scalars(query)}
    said = list(last.values())
    called = set(session.scalars(select(RecallCall.person_id).where(RecallCall.push_id.in_(ids))))
    reached = called | set(session.scalars(sent))
    have, have_not, done = (said.count(one) for one in ANSWERS)
    return Rate(len(reached), len(said), have, done, len(called), have_not)
