"""RECORD, for recalls: what people say to a notice that reached them, and how many did. No Rasa."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, Subquery, and_, case, func, or_, select
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
    return rates(session, [notice_no])[notice_no]


def rates(session: Session, notice_nos: Sequence[str]) -> dict[str, Rate]:
    """The same of several notices, counted by the database: a town's people are not read one by one."""
    query = select(RecallPush.id, RecallPush.notice_no).where(RecallPush.notice_no.in_(notice_nos))
    of = {number: notice_no for number, notice_no in session.execute(query)}
    if not of:
        return {one: Rate(0, 0, 0, 0) for one in notice_nos}
    called = select(case(of, value=RecallCall.push_id).label("no"), RecallCall.person_id)
    called = called.where(RecallCall.push_id.in_(of))
    reached = _count(session, called.union(_sent(of)).subquery())
    by_phone = _count(session, called.distinct().subquery())
    said = _last_words(session, of)
    found = {}
    for one in notice_nos:
        have, have_not, done = (said[one, word] for word in ANSWERS)
        answered = have + have_not + done
        found[one] = Rate(reached[one], answered, have, done, by_phone[one], have_not)
    return found


def _sent(of: Mapping[int, str]) -> Select[str, int]:
    """To whom the notice of each push was sent, alone or inside another notice."""
    subjects = {str(number): notice_no for number, notice_no in of.items()}
    digest = aliased(Notice)
    came = and_(Notice.state == notices.BUNDLED, digest.state == "sent")
    return (
        select(case(subjects, value=Notice.subject), Notice.person_id)
        .outerjoin(digest, digest.id == Notice.digest_id)
        .where(Notice.kind == KIND, Notice.subject.in_(subjects))
        .where(or_(Notice.state == "sent", came))
    )


def _count(session: Session, people: Subquery) -> Counter[str]:
    query = select(people.c.no, func.count()).group_by(people.c.no)
    return Counter({notice_no: count for notice_no, count in session.execute(query)})


def _last_words(session: Session, of: Mapping[int, str]) -> Counter[tuple[str, str]]:
    """How many people said what to which notice; the word on its newest push counts."""
    told = (
        select(
            case(of, value=RecallAnswer.push_id).label("no"), RecallAnswer.answer,
            RecallAnswer.person_id, RecallAnswer.push_id,
        )
        .where(RecallAnswer.push_id.in_(of))
        .subquery()
    )  # fmt: skip
    newest = func.max(told.c.push_id).label("push_id")
    last = (
        select(told.c.no, told.c.person_id, newest).group_by(told.c.no, told.c.person_id).subquery()
    )
    is_last = and_(*(told.c[name] == last.c[name] for name in ("no", "person_id", "push_id")))
    query = select(told.c.no, told.c.answer, func.count()).join(last, is_last)
    rows = session.execute(query.group_by(told.c.no, told.c.answer))
    return Counter({(notice_no, word): count for notice_no, word, count in rows})
