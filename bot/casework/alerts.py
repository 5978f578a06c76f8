"""RECORD: what an officer must see at once, and the notice of it. Knows no channel and no words."""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from bot.casework import deadlines, notices, people
from bot.casework.disputes import CHINA
from bot.casework.records import Alert, Dispute, HeardMessage, Notice, Person
from bot.library import load
from bot.reading import folding, moments

NOTICE = "alert"  # the kind of the notices, whose subject is the alert's number
ANNOUNCED_WITHIN = timedelta(hours=24)
CHILD_FOR = timedelta(hours=24)  # how long whoever writes is taken to be the child
ONE_MATTER = timedelta(hours=2)  # how long what one person tells of a kind is one matter


def alert(
    session: Session,
    who: Person,
    kind: str,
    words: str,
    now: datetime,
    dispute: Dispute | None = None,
) -> Alert:
    """Raise an alert for the officers, in the caller's transaction; `words` are kept sealed."""
    raised = Alert(
        person_id=who.id, dispute_id=dispute.id if dispute is not None else None,
        kind=kind, words=words, raised_at=now,
    )  # fmt: skip
    session.add(raised)
    session.flush()
    return raised


def is_fresh(session: Session, who: Person, kind: str, now: datetime) -> bool:
    """Whether this person raised that kind of alert so lately that it is the same matter."""
    return _newest(session, who, kind, now - ONE_MATTER) is not None


def has_child_alone(session: Session, who: Person, now: datetime) -> bool:
    """Whether a child wrote here lately and no guardian has come since."""
    raised = _newest(session, who, "child", now - CHILD_FOR)
    if raised is None:
        return False
    since = select(HeardMessage).where(
        HeardMessage.person_id == who.id, HeardMessage.heard_at > raised.raised_at
    )
    return not any(moments.is_guardian(folding.plain(one.text)) for one in session.scalars(since))


def announce(session: Session, officers_chat: str, now: datetime) -> int:
    """Put the alerts of the last day into the ledger for the officers' chat; how many were new.

    The ledger takes each alert once, so that this may run at any time and twice at once. The text
    holds no personal data: the chat may lie abroad (个人信息保护法 第36条).
    """
    if not officers_chat:
        return 0
    query = select(Alert).where(Alert.raised_at > now - ANNOUNCED_WITHIN).order_by(Alert.id)
    raised = {str(one.id): one for one in session.scalars(query)}
    if not raised:
        return 0
    officers = people.person(session, "telegram", officers_chat, now)
    told = notices.of_subjects(session, officers, NOTICE, list(raised))
    done = {one.subject for one in told}
    new = [one for number, one in raised.items() if number not in done]
    for one in new:
        notices.post(session, officers, NOTICE, str(one.id), announcement(one), now)
    return len(new)


def tell_officers(
    session: Session, chat: str, kind: str, subject: str, text: str, now: datetime
) -> None:
    """Put a notice without personal data into the ledger for the officers' chat, each subject once."""
    officers = people.person(session, "telegram", chat, now)
    notices.post(session, officers, kind, subject, text, now)


def remove(session: Session, ids: Sequence[int]) -> None:
    """Delete alerts for good, and the notices of them: SQLite may give a number again, and an alert
    whose number was announced before would reach nobody.
    """
    told = delete(Notice).where(Notice.kind == NOTICE, Notice.subject.in_([str(n) for n in ids]))
    session.execute(told)
    session.execute(delete(Alert).where(Alert.id.in_(ids)))


def announcement(raised: Alert) -> str:
    """The officers' notice of an alert: its kind, its moment in Tianjin and its number."""
    said = load("moments")
    moment = raised.raised_at.astimezone(CHINA)
    kind = said["kinds"].get(raised.kind, said["other_kind"])
    return str(said["notice"]).format(
        kind=kind, number=raised.id, time=moment.strftime("%m-%d %H:%M")
    )


def is_on_duty(now: datetime) -> bool:
    """Whether somebody looks at the officers' chat at an aware moment, by `duty` of district.yml.

    A holiday is off, and a day worked in its place is on, where the calendar of the year is out.
    """
    duty = load("district")["duty"]
    local = now.astimezone(CHINA)
    opens, closes = time.fromisoformat(duty["from"]), time.fromisoformat(duty["to"])
    by_week = local.isoweekday() in duty["days"]
    is_weekday = local.isoweekday() <= 5
    works = deadlines.is_working_day(local.date())
    # The calendar moves a day only where it differs from the plain week.
    is_open = by_week if works == is_weekday else works
    return is_open and opens <= local.time() < closes


def _newest(session: Session, who: Person, kind: str, since: datetime) -> Alert | None:
    query = select(Alert).where(
        Alert.person_id == who.id, Alert.kind == kind, Alert.raised_at > since
    )
    return session.scalar(query.order_by(Alert.id.desc()).limit(1))
