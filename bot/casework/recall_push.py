"""RECORD, for recalls: how a notice goes out to people, from news to the ledger. No Rasa, no channel."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import and_, func, or_, select, update
from sqlalchemy.orm import Session

from bot.casework import notices, people, quiet, recall_notice, recall_reach, tip_records
from bot.casework.recall_push_records import DIGEST, KIND, RecallPush
from bot.casework.recall_reach import Reached
from bot.casework.records import Notice, OfferedButton, Person, Recall
from bot.casework.steps import NotPossible

NEWS_FOR = timedelta(days=30)  # how long after we first saw it a notice is still proposed
BY_RULE = "rule"  # who decided, where no officer had to
TELLS = ("title", "brand", "models", "batch_raw", "manufacture_or_sale_dates", "hazard", "remedy",
         "contact_phone")  # fmt: skip


# ── decisions ────────────────────────────────────────────────────────────────


def version(notice: Recall) -> str:
    """What a notice tells people, as 12 hex digits: a correction of it makes another version."""
    told = json.dumps([getattr(notice, field) for field in TELLS], ensure_ascii=False)
    return hashlib.sha256(told.encode()).hexdigest()[:12]


# ── proposing and deciding; the caller commits ───────────────────────────────


def propose(session: Session, now: datetime, without_approval: int) -> RecallPush | None:
    """Propose the next notice that is news and was not proposed in this version; None where none is.

    A serious danger goes out at once where it concerns at most `without_approval` people; all else
    waits for an officer, and so does every correction. What concerns nobody is done with.
    """
    notice, is_corrected = _next_news(session, now)
    if notice is None:
        return None
    counts = recall_reach.survey(session, notice, now)  # takes its time: before anything is written
    session.execute(
        update(RecallPush)
        .where(RecallPush.notice_no == notice.notice_no, RecallPush.state == "proposed")
        .values(state="dismissed", decided_by=BY_RULE, decided_at=now)
    )
    push = RecallPush(
        notice_no=notice.notice_no, version=version(notice), state="proposed", proposed_at=now,
        is_serious=recall_notice.is_serious(notice),
        counts=counts,
    )  # fmt: skip
    session.add(push)
    few = people_of(push) <= without_approval
    if people_of(push) == 0:
        push.state, push.decided_by, push.decided_at = "planned", BY_RULE, now
    elif push.is_serious and few and not is_corrected:
        _begin(push, BY_RULE, now)
    session.flush()
    return push


def is_news(session: Session, now: datetime) -> bool:
    """Whether a notice waits to be proposed."""
    return _next_news(session, now)[0] is not None


def approve(push: RecallPush, who: str, now: datetime) -> None:
    """Let a proposed push go out: a serious one now, another in the next digest. Raises NotPossible."""
    _needs_decision(push)
    _begin(push, who, now)


def dismiss(push: RecallPush, who: str, now: datetime) -> None:
    """Let a proposed push go to nobody. Raises NotPossible."""
    _needs_decision(push)
    push.state, push.decided_by, push.decided_at = "dismissed", who, now


def people_of(push: RecallPush) -> int:
    """How many people a push concerned when it was proposed."""
    return sum(push.counts.values())


def listed(session: Session, limit: int = 20) -> Sequence[tuple[RecallPush, Recall]]:
    """What waits for an officer, then the newest of the others, each with its notice."""
    waits = RecallPush.state == "proposed"
    query = select(RecallPush, Recall).join(Recall, Recall.notice_no == RecallPush.notice_no)
    found = session.execute(query.order_by(waits.desc(), RecallPush.id.desc()).limit(limit))
    return [(push, notice) for push, notice in found]


def _needs_decision(push: RecallPush) -> None:
    if push.state != "proposed":
        raise NotPossible(f"push: {push.state}")


def _begin(push: RecallPush, who: str, now: datetime) -> None:
    push.state, push.decided_by, push.decided_at = "planning", who, now
    push.starts_at = now


def _next_news(session: Session, now: datetime) -> tuple[Recall | None, bool]:
    """The next notice to propose, and whether it corrects one that was proposed before.

    What lay in the library from its first moment on is no news: a first start tells nobody.
    """
    first = select(func.min(Recall.first_seen_at)).scalar_subquery()
    pushes = session.execute(select(RecallPush.notice_no, RecallPush.version))
    done = {(number, told) for number, told in pushes}
    before = {number for number, _ in done}
    is_new = and_(
        Recall.jurisdiction == "CN",
        Recall.first_seen_at > first,
        Recall.first_seen_at > now - NEWS_FOR,
        Recall.is_news.is_(True),
    )
    query = select(Recall).where(or_(is_new, Recall.notice_no.in_(before)))
    for notice in session.scalars(query.order_by(Recall.first_seen_at, Recall.notice_no)):
        is_known = notice.notice_no in before
        if (notice.notice_no, version(notice)) not in done:
            return notice, is_known
    return None, False


# ── planning, batch by batch: read first, then one short transaction that writes ──


@dataclass(frozen=True)
class Planned:
    """The next people of a push, read and matched, and the rows for them; nothing is recorded yet."""

    push_id: int
    after: int
    until: int
    is_last: bool
    notices: tuple[Notice, ...]
    buttons: tuple[OfferedButton, ...]


def next_batch(session: Session, channels: Sequence[str], now: datetime) -> Planned | None:
    """The next people to be told, the serious pushes first; None where none is to be told now.

    As long as a batch waits to be sent in `channels`, none is added: replies and progress stand
    behind one batch at most, not behind the whole town.
    """
    push = _in_hand(session, now)
    if push is None or waiting(session, channels, now) >= recall_reach.BATCH:
        return None
    notice = session.get_one(Recall, push.notice_no)
    found = recall_reach.batch(session, notice, push.cursor, now)
    rows = list(_rows(session, push, notice, found.reached, now))
    buttons = tuple(button for _, offered in rows for button in offered)
    told = tuple(row for row, _ in rows)
    return Planned(push.id, push.cursor, found.until, found.is_last, told, buttons)


def may_plan(session: Session, channels: Sequence[str], now: datetime) -> bool:
    """Whether a push is in hand whose next people may be told now."""
    return is_planning(session, now) and waiting(session, channels, now) < recall_reach.BATCH


def is_planning(session: Session, now: datetime) -> bool:
    """Whether a push is in hand."""
    return _in_hand(session, now) is not None


def _in_hand(session: Session, now: datetime) -> RecallPush | None:
    query = select(RecallPush).where(RecallPush.state == "planning", RecallPush.starts_at <= now)
    return session.scalar(query.order_by(RecallPush.is_serious.desc(), RecallPush.id).limit(1))


def tell(session: Session, planned: Planned, now: datetime) -> int:
    """Put a batch into the ledger; how many notices that made.

    Of two who planned the same batch, and of one that was killed and began anew, only the first
    counts: the cursor moves in the same transaction, and a second finds it moved.
    """
    moved = session.execute(
        update(RecallPush)
        .where(
            RecallPush.id == planned.push_id, RecallPush.state == "planning",
            RecallPush.cursor == planned.after,
        )
        .values(
            cursor=planned.until, state="planned" if planned.is_last else "planning",
            posted=RecallPush.posted + len(planned.notices),
        )
    )  # fmt: skip
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        return 0
    session.add_all((*planned.buttons, *planned.notices))
    session.flush()
    return len(planned.notices)


def _rows(
    session: Session, push: RecallPush, notice: Recall, reached: Sequence[Reached], now: datetime
) -> Iterator[tuple[Notice, list[OfferedButton]]]:
    """What each is told, with its buttons; what is not serious is gathered for the next digest."""
    is_corrected, subject = is_correction(session, push), str(push.id)
    for one in reached:
        who = session.get(Person, one.person_id)
        if who is None:  # gone since they were found
            continue
        text = recall_notice.text(notice, one.reason, one.named, is_corrected=is_corrected)
        if not push.is_serious:
            due_at = quiet.next_digest(now)
            yield notices.made(who, KIND, subject, text, due_at, is_gathered=True), []
            continue
        rows = recall_notice.buttons(push.id)
        buttons = [people.made_button(who, row["title"], row["payload"], now) for row in rows]
        due_at, carried = quiet.due_at(session, who, now), people.carried(buttons)
        yield notices.made(who, KIND, subject, text, due_at, buttons=carried), buttons


def is_correction(session: Session, push: RecallPush) -> bool:
    """Whether an earlier version of the notice went out."""
    query = select(RecallPush.id).where(
        RecallPush.notice_no == push.notice_no, RecallPush.id < push.id, RecallPush.posted > 0
    )
    return session.scalar(query.limit(1)) is not None


def waiting(session: Session, channels: Sequence[str], now: datetime) -> int:
    """How many notices to many people could be sent in these channels at this moment."""
    query = (
        select(func.count())
        .select_from(Notice)
        .join(Person, Person.id == Notice.person_id)
        .where(
            Notice.kind.in_((KIND, DIGEST, tip_records.KIND)),
            Notice.state.in_(notices.OPEN),
            Person.channel.in_(channels),
        )
        .where(or_(Notice.retry_at.is_(None), Notice.retry_at <= now))
    )
    return session.scalar(query) or 0
