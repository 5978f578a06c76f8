"""RECORD, for recalls: notices that are no serious danger reach a person together, once a week. No Rasa."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.casework import notices, people, quiet, recall_notice, recall_push, recall_reach
from bot.casework.recall_push_records import DIGEST, KIND, RecallPush
from bot.casework.recall_reach import Reached
from bot.casework.records import Notice, Person, Recall
from bot.library import load

MOST = 10  # notices of one message


@dataclass(frozen=True)
class Line:
    """A notice of a digest: its row in the ledger, its push, and why it still concerns the person."""

    notice_id: int
    push_id: int
    recall: Recall
    reached: Reached
    is_corrected: bool


@dataclass(frozen=True)
class Digest:
    """What one person is told together; nothing of it is recorded yet.

    `gone` are rows that concern the person no more (a thing deleted, a notice corrected since), and
    `later` those that no longer fit. `due_at` is the moment that names this digest.
    """

    person_id: int
    due_at: datetime
    lines: tuple[Line, ...]
    gone: tuple[int, ...]
    later: tuple[int, ...]


def next_batch(session: Session, channels: Sequence[str], now: datetime) -> list[Digest]:
    """The digests of the next people whose week is over, read and looked through; none where none is.

    As for urgent notices, none is added while a batch waits to be sent in `channels`.
    """
    due = select(Notice.person_id).where(
        Notice.kind == KIND, Notice.state == notices.GATHERED, Notice.due_at <= now
    )
    ids = session.scalars(due.distinct().order_by(Notice.person_id).limit(recall_reach.BATCH)).all()
    if not ids or recall_push.waiting(session, channels, now) >= recall_reach.BATCH:
        return []
    query = select(Notice).where(
        Notice.person_id.in_(ids), Notice.kind == KIND, Notice.state == notices.GATHERED
    )
    rows: dict[int, list[Notice]] = defaultdict(list)
    for row in session.scalars(query.order_by(Notice.due_at, Notice.id)):
        rows[row.person_id].append(row)
    lines = {line.notice_id: line for line in _lines(session, rows, now)}
    return [_digest(number, rows[number], lines, now) for number in ids]


def tell(session: Session, digests: Sequence[Digest], now: datetime) -> int:
    """Put digests into the ledger; how many that made.

    A digest and the rows that it brings change in one transaction, and a row changes hands once: of
    two who planned the same digest the second finds its rows taken and leaves it.
    """
    return sum(_post(session, one, now) for one in digests)


def _lines(session: Session, rows: dict[int, list[Notice]], now: datetime) -> Iterator[Line]:
    """The rows that concern their people still, a correction in place of what it corrects."""
    of_push: dict[int, list[Notice]] = defaultdict(list)
    for row in (row for own in rows.values() for row in own):
        of_push[int(row.subject)].append(row)
    newest: dict[tuple[int, str], Line] = {}
    for push_id in sorted(of_push):
        push = session.get_one(RecallPush, push_id)
        recall = session.get_one(Recall, push.notice_no)
        said = str(load("recall_notice")["corrected"])
        owners = {row.person_id: row for row in of_push[push_id]}
        for one in recall_reach.of_people(session, recall, sorted(owners), now):
            row = owners[one.person_id]
            line = Line(row.id, push_id, recall, one, row.text.startswith(said))
            newest[one.person_id, recall.notice_no] = line
    yield from newest.values()


def _digest(number: int, rows: list[Notice], lines: dict[int, Line], now: datetime) -> Digest:
    shown = [lines[row.id] for row in rows if row.id in lines]
    due = max(row.due_at for row in rows if row.due_at <= now)
    gone = tuple(row.id for row in rows if row.id not in lines)
    later = tuple(line.notice_id for line in shown[MOST:])
    return Digest(number, due, tuple(shown[:MOST]), gone, later)


def _post(session: Session, one: Digest, now: datetime) -> bool:
    who = session.get(Person, one.person_id)
    ids = [line.notice_id for line in one.lines]
    if who is None or not _take(session, {*ids, *one.gone, *one.later}, one):
        return False
    if not one.lines:
        return False
    buttons = people.offer_buttons(session, who, _buttons(one), now)
    made = notices.post(
        session, who, DIGEST, one.due_at.isoformat(timespec="minutes"), text(one), now,
        buttons=buttons, due_at=quiet.due_at(session, who, now),
    )  # fmt: skip
    session.execute(update(Notice).where(Notice.id.in_(ids)).values(digest_id=made.id))
    move = update(Notice).where(Notice.id.in_(one.later))
    session.execute(move.values(state=notices.GATHERED, due_at=quiet.next_digest(now)))
    return True


def _take(session: Session, ids: set[int], one: Digest) -> bool:
    """Take all rows of a digest or none: whether they were all there to be taken."""
    open_rows = update(Notice).where(Notice.id.in_(ids), Notice.state == notices.GATHERED)
    taken = session.scalars(open_rows.values(state=notices.BUNDLED).returning(Notice.id)).all()
    is_whole = len(taken) == len(ids)
    left = update(Notice).where(Notice.id.in_(one.gone if is_whole else taken))
    session.execute(left.values(state=notices.DROPPED if is_whole else notices.GATHERED))
    return is_whole


# ── decisions ────────────────────────────────────────────────────────────────


def text(one: Digest) -> str:
    """The message: each notice with its number, its danger and why it comes; what to do; what waits."""
    said = load("recall_notice")["digest"]
    rows = [_row(place, line) for place, line in enumerate(one.lines, start=1)]
    more = str(said["more"]).format(count=len(one.later)) if one.later else ""
    head = str(said["head"]).format(count=len(rows))
    return "\n".join(filter(None, (head, *rows, str(said["now"]), more)))


def _row(place: int, line: Line) -> str:
    said = load("recall_notice")
    day = line.recall.published_on
    return str(said["digest"]["row"]).format(
        place=place, title=recall_notice.short(line.recall.title),
        published=day.isoformat() if day else load("wording")["recall_no_date"],
        corrected=said["digest"]["corrected"] if line.is_corrected else "",
        hazard=recall_notice.short(line.recall.hazard or "") or said["digest"]["no_hazard"],
        why=said["why"][line.reached.reason].format(named=line.reached.named),
    )  # fmt: skip


def _buttons(one: Digest) -> Iterator[dict[str, str]]:
    said = load("recall_notice")
    for place, line in enumerate(one.lines, start=1):
        title = str(said["digest"]["button"]).format(place=place)
        yield {"title": title, "payload": recall_notice.payload(line.push_id, "show")}
    yield {"title": said["my_things"], "payload": "/manage_things"}
