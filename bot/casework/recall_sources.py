"""RECORD, for recalls: the pages of the sources, how each source is doing, and which are stale."""

import hashlib
import zlib
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import and_, delete, func, select, update
from sqlalchemy.orm import Session

from bot.casework.recall_records import RecallPage, SourceState
from bot.library import load, words

CHINA = timezone(timedelta(hours=8))
STALE_AFTER = 3  # cadences without success
FIRST_RETRY = timedelta(hours=1)  # after a failure; doubled with each further one


@dataclass(frozen=True)
class Stale:
    """A source that was not read successfully for too long; `since` is the last time, if any."""

    source: str
    name: str
    jurisdiction: str
    since: datetime | None


@dataclass(frozen=True)
class Status:
    """How one source is doing, for operators."""

    source: str
    name: str
    last_success_at: datetime | None
    problem: str | None
    is_stale: bool
    quarantined: tuple[tuple[str, str], ...]  # address and reason


# ── pages ────────────────────────────────────────────────────────────────────


def page(session: Session, source: str, url: str) -> RecallPage | None:
    """The newest page of an address, with what the server wants to hear to answer 304."""
    query = select(RecallPage).where(RecallPage.source == source, RecallPage.url == url)
    return session.scalar(query.order_by(RecallPage.fetched_at.desc(), RecallPage.id.desc()))


def keep(
    session: Session,
    source: str,
    url: str,
    data: bytes,
    now: datetime,
    *,
    state: str,
    reason: str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
) -> RecallPage:
    """Keep a page: a new row where its content is new, a list in place of the one before."""
    digest = hashlib.sha256(data).hexdigest()
    kept = page(session, source, url)
    if kept is None or (kept.digest != digest and state != "listed"):
        kept = RecallPage(source=source, url=url)
        session.add(kept)
    kept.content, kept.digest, kept.state, kept.reason = zlib.compress(data), digest, state, reason
    kept.etag, kept.last_modified, kept.fetched_at = etag, last_modified, now
    session.flush()
    return kept


def content(kept: RecallPage) -> bytes:
    """The page as it came; nothing where it was kept long enough."""
    return zlib.decompress(kept.content) if kept.content else b""


def forget(session: Session, before: datetime, limit: int) -> int:
    """Let go of pages that are older than `before`, at most `limit`; how many. The caller commits.

    Of each address the newest row stays without its content: else the page would be fetched again as
    a new one. The last page of a source stays whole, and so does what could not be read to this day.
    """
    newest = select(func.max(RecallPage.id)).group_by(RecallPage.source, RecallPage.url)
    order = (RecallPage.fetched_at.desc(), RecallPage.id.desc())
    place = func.row_number().over(partition_by=RecallPage.source, order_by=order)
    ranked = select(RecallPage.id, place.label("place")).subquery()
    last = select(ranked.c.id).where(ranked.c.place == 1)
    is_open = and_(RecallPage.state == "quarantined", RecallPage.id.in_(newest))
    which = select(RecallPage.id).where(
        RecallPage.fetched_at < before, RecallPage.content != b"",
        RecallPage.id.not_in(last), ~is_open,
    )  # fmt: skip
    ids = session.scalars(which.limit(limit)).all()
    old = RecallPage.id.in_(ids)
    session.execute(update(RecallPage).where(old, RecallPage.id.in_(newest)).values(content=b""))
    session.execute(delete(RecallPage).where(old, RecallPage.content != b""))
    return len(ids)


def quarantined(session: Session, source: str) -> list[RecallPage]:
    """The pages that could not be read and were not read since either, newest first."""
    newest = (
        select(func.max(RecallPage.id)).where(RecallPage.source == source).group_by(RecallPage.url)
    )
    query = select(RecallPage).where(RecallPage.id.in_(newest), RecallPage.state == "quarantined")
    return list(session.scalars(query.order_by(RecallPage.fetched_at.desc())))


# ── how a source is doing ────────────────────────────────────────────────────


def is_due(session: Session, source: str, now: datetime) -> bool:
    """Whether a source is to be looked into now."""
    state = session.get(SourceState, source)
    return state is None or state.due_at is None or state.due_at <= now


def succeeded(session: Session, source: str, now: datetime) -> None:
    """Note that everything a source has to show was read; it is due again after its cadence."""
    state = _state(session, source, now)
    state.last_success_at, state.last_problem, state.failures = now, None, 0
    state.due_at = now + cadence(source)


def failed(
    session: Session, source: str, problem: str, now: datetime, wait: timedelta = timedelta()
) -> None:
    """Note why a source was not read whole; it is due again later with each failure.

    `wait` is what its server asked for, which is kept even beyond the cadence.
    """
    state = _state(session, source, now)
    state.last_problem, state.failures = problem, state.failures + 1
    later = FIRST_RETRY * 2 ** min(state.failures - 1, 10)
    state.due_at = now + max(min(later, cadence(source)), wait)


def stale(session: Session, now: datetime) -> list[Stale]:
    """The sources that are fetched, or should be, and were not read for three times their cadence."""
    seen = dict(session.execute(select(SourceState.source, SourceState.last_success_at)).all())
    return [
        Stale(code, row["name"], row["jurisdiction"], seen.get(code))
        for code, row in _fetched().items()
        if (last := seen.get(code)) is None or now - last > STALE_AFTER * cadence(code)
    ]


def stale_text(session: Session, as_of: date | None, now: datetime) -> str:
    """What is added to the day `as_of` where domestic sources are not up to date; empty where all are.

    Where none of them is, the whole library stands still: since one of them was last read, or since
    its newest notice (`as_of`) where none ever was. A source that was never fetched while others
    are is not missed.
    """
    found = [one for one in stale(session, now) if one.jurisdiction == "CN"]
    domestic = [code for code, row in _fetched().items() if row["jurisdiction"] == "CN"]
    read_on = [one.since.astimezone(CHINA).date() for one in found if one.since]
    if len(found) == len(domestic):
        since = max(read_on) if read_on else as_of
        if since is None or since == as_of:
            return words("recall_stale") if since else ""
        return words("recall_stale_since", since=since)
    names = words("and").join(one.name for one in found if one.since)
    return words("recall_stale_source", names=names, since=min(read_on)) if read_on else ""


def statuses(session: Session, now: datetime) -> list[Status]:
    """All sources that are fetched, as operators see them."""
    old = {one.source for one in stale(session, now)}
    found = []
    for code, row in _fetched().items():
        state = session.get(SourceState, code)
        pages = tuple((one.url, one.reason or "") for one in quarantined(session, code))
        found.append(
            Status(
                code, row["name"], state.last_success_at if state else None,
                state.last_problem if state else None, code in old, pages,
            )
        )  # fmt: skip
    return found


def _state(session: Session, source: str, now: datetime) -> SourceState:
    state = session.get(SourceState, source)
    if state is None:
        state = SourceState(source=source, failures=0)
        session.add(state)
    state.last_attempt_at = now
    return state


def _fetched() -> dict[str, dict[str, Any]]:
    """The sources that have addresses; the others come by hand."""
    rows = load("sources")["sources"]
    return {code: row for code, row in rows.items() if row.get("addresses")}


def cadence(source: str) -> timedelta:
    """How often a source that is fetched is looked into. Raises KeyError for one that comes by hand."""
    return timedelta(hours=load("sources")["sources"][source]["cadence_hours"])
