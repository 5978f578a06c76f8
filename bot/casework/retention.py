"""RECORD: what is kept no longer than it is needed (个人信息保护法 第19条). Knows no clock.

Nothing that belongs to a dispute an office has is touched: how long that is kept, the office decides.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, delete, func, or_, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from bot.casework import alerts, evidence, notices, people, recall_sources, removal, shops
from bot.casework.callback_records import CallbackRequest
from bot.casework.disputes import CHINA
from bot.casework.guidance_records import GuidanceAnswer, UnansweredQuestion
from bot.casework.intent_records import IntentCount
from bot.casework.officer_records import OfficerEvent
from bot.casework.recall_push_records import RecallCall
from bot.casework.records import (
    Alert,
    Dispute,
    Evidence,
    HeardMessage,
    IncomingUpdate,
    Notice,
    OfferedButton,
    Person,
)
from bot.casework.risk_records import Alarm

BATCH = 200  # rows of a kind in one transaction, so that nobody waits long for the records
EMPTIED = "too old"  # in `last_error` of a notice whose text was taken out


@dataclass(frozen=True)
class Terms:
    """How long each kind is kept, in days; the settings of the same names.

    `draft_days` runs from the last touch, for evidence without a dispute from its coming in;
    `record_days` from the last change of a record that no office has; `page_days` is for the pages of
    recall notices as they came, which hold no personal data.
    """

    message_days: int = 90
    draft_days: int = 90
    button_days: int = 30
    update_days: int = 7
    notice_days: int = 180
    record_days: int = 365
    alert_days: int = 365
    question_days: int = 180
    page_days: int = 365
    audit_days: int = 1095


# ── with a session; the caller commits ───────────────────────────────────────


def expire(session: Session, now: datetime, terms: Terms, limit: int = BATCH) -> int:
    """Delete what is too old, at most `limit` rows of each kind; how many rows were touched.

    Call it again, each time in a new transaction, until it returns 0.
    """

    def before(days: int) -> datetime:
        return now - timedelta(days=days)

    return sum(
        (
            _messages(session, before(terms.message_days), limit),
            _callbacks(session, before(terms.message_days), limit),
            _buttons(session, before(terms.button_days), limit),
            _updates(session, before(terms.update_days), limit),
            _notices(session, before(terms.notice_days), limit),
            _alerts(session, before(terms.alert_days), limit),
            _questions(session, before(terms.question_days), limit),
            _answers(session, before(terms.question_days), limit),
            _intents(session, before(terms.question_days), limit),
            _alarms(session, before(terms.alert_days), limit),
            _evidence(session, before(terms.draft_days), limit),
            _disputes(session, Dispute.state == "draft", before(terms.draft_days), limit),
            _disputes(session, Dispute.state != "draft", before(terms.record_days), limit),
            _calls(session, before(terms.record_days), limit),
            _contacts(session, before(terms.record_days), limit),
            recall_sources.forget(session, before(terms.page_days), limit),
            _people(session, before(terms.record_days), limit),
            _desk_log(session, before(terms.audit_days), limit),
        )
    )


def _delete(session: Session, key: InstrumentedAttribute[Any], which: Select[Any]) -> int:
    ids = session.scalars(which).all()
    session.execute(delete(key.class_).where(key.in_(ids)))
    return len(ids)


def _messages(session: Session, before: datetime, limit: int) -> int:
    """Not the newest: SQLite would give its number again, by which late replies are told apart."""
    newest = select(func.max(HeardMessage.id)).scalar_subquery()
    which = select(HeardMessage.id).where(
        HeardMessage.heard_at < before, HeardMessage.waiting_at.is_(None), HeardMessage.id < newest
    )
    return _delete(session, HeardMessage.id, which.limit(limit))


def _callbacks(session: Session, before: datetime, limit: int) -> int:
    which = select(CallbackRequest.id).where(CallbackRequest.done_at < before)
    return _delete(session, CallbackRequest.id, which.limit(limit))


def _buttons(session: Session, before: datetime, limit: int) -> int:
    which = select(OfferedButton.id).where(OfferedButton.offered_at < before)
    return _delete(session, OfferedButton.id, which.limit(limit))


def _updates(session: Session, before: datetime, limit: int) -> int:
    which = select(IncomingUpdate.id).where(IncomingUpdate.handled_at < before)
    return _delete(session, IncomingUpdate.id, which.limit(limit))


def _notices(session: Session, before: datetime, limit: int) -> int:
    """Take out the words; the row stays, so that nothing is told twice.

    What was never fetched goes too. Shops' letters hold no personal data, and what a citizen was
    told of a dispute that an office has belongs to it.
    """
    has_office = select(Dispute.id).where(
        Dispute.person_id == Notice.person_id, removal.submitted()
    )
    which = (
        select(Notice.id)
        .join(Person, Person.id == Notice.person_id)
        .where(
            Notice.due_at < before,
            func.coalesce(Notice.last_error, "") != EMPTIED,
            Person.channel != shops.CHANNEL,
            or_(Notice.kind == "reply", ~has_office.exists()),
        )
    )
    ids = session.scalars(which.limit(limit)).all()
    old = update(Notice).where(Notice.id.in_(ids))
    unsent = Notice.state.in_(notices.OPEN)
    session.execute(old.where(unsent).values(state="unreachable"))
    session.execute(old.values(text="", buttons=None, last_error=EMPTIED))
    return len(ids)


def _alerts(session: Session, before: datetime, limit: int) -> int:
    has_office = select(Dispute.id).where(Dispute.id == Alert.dispute_id, removal.submitted())
    which = select(Alert.id).where(Alert.raised_at < before, ~has_office.exists())
    ids = session.scalars(which.limit(limit)).all()
    alerts.remove(session, ids)
    return len(ids)


def _questions(session: Session, before: datetime, limit: int) -> int:
    which = select(UnansweredQuestion.id).where(UnansweredQuestion.last_asked_at < before)
    return _delete(session, UnansweredQuestion.id, which.limit(limit))


def _answers(session: Session, before: datetime, limit: int) -> int:
    which = select(GuidanceAnswer.id).where(GuidanceAnswer.day < before.astimezone(CHINA).date())
    return _delete(session, GuidanceAnswer.id, which.limit(limit))


def _intents(session: Session, before: datetime, limit: int) -> int:
    which = select(IntentCount.id).where(IntentCount.day < before.astimezone(CHINA).date())
    return _delete(session, IntentCount.id, which.limit(limit))


def _alarms(session: Session, before: datetime, limit: int) -> int:
    """Those that were decided long ago."""
    newest = select(func.max(Alarm.id)).scalar_subquery()  # else SQLite gives its number again
    which = select(Alarm.id).where(
        Alarm.decided_at < before, Alarm.state.in_(("dismissed", "clue")), Alarm.id < newest
    )
    return _delete(session, Alarm.id, which.limit(limit))


def _evidence(session: Session, before: datetime, limit: int) -> int:
    which = select(Evidence.id).where(Evidence.dispute_id.is_(None), Evidence.received_at < before)
    return evidence.discard(session, session.scalars(which.limit(limit)).all())


def _disputes(session: Session, state: ColumnElement[bool], before: datetime, limit: int) -> int:
    which = select(Dispute).where(state, ~removal.submitted(), Dispute.updated_at < before)
    found = session.scalars(which.limit(limit)).all()
    for one in found:
        removal.dispute(session, one)
    return len(found)


def _calls(session: Session, before: datetime, limit: int) -> int:
    which = select(RecallCall.id).where(RecallCall.called_at < before)
    return _delete(session, RecallCall.id, which.limit(limit))


def _contacts(session: Session, before: datetime, limit: int) -> int:
    """Contact details that nothing needs any more: no dispute, no call-back, no talk."""
    needed_by = (Dispute.person_id, CallbackRequest.person_id, HeardMessage.person_id)
    which = select(Person.id).where(
        Person.contact_given_at < before,
        *(~select(one).where(one == Person.id).exists() for one in needed_by),
    )
    ids = session.scalars(which.limit(limit)).all()
    session.execute(update(Person).where(Person.id.in_(ids)).values(**people.NO_CONTACT))
    return len(ids)


def _people(session: Session, before: datetime, limit: int) -> int:
    """Rows to which nothing refers any more: of those who were erased, and of who came long ago."""
    is_old = and_(Person.created_at < before, Person.contact_given_at.is_(None))
    is_over = or_(Person.unreachable_why == removal.ERASED, is_old)
    which = select(Person.id).where(is_over, removal.unused())
    return _delete(session, Person.id, which.limit(limit))


def _desk_log(session: Session, before: datetime, limit: int) -> int:
    """What officers did at the desk; the settings allow no term under half a year."""
    which = select(OfficerEvent.id).where(OfficerEvent.happened_at < before)
    return _delete(session, OfficerEvent.id, which.limit(limit))
