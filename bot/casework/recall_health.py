"""RECORD, for recalls: how each source is doing, and the pages that nobody could read, for officers."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import ColumnElement, and_, distinct, func, select
from sqlalchemy.orm import Session

from bot.casework import officers, recall_sources
from bot.casework.officer_records import OfficerEvent
from bot.casework.recall_records import RecallPage, RecallVersion, SourceState
from bot.casework.records import Recall
from bot.library import load

FINDINGS = ("by_hand", "not_ours", "layout", "broken")  # of who looked at a page that was not read
CHECKED = "page_checked"  # in the log, with a finding


@dataclass(frozen=True)
class Health:
    """One source. `hours` is its cadence, None where it comes by hand; `stale_from` the moment from which
    it counts as stale, None where it was never read. `notices` and `newest` are of what it brought.
    """

    source: str
    name: str
    jurisdiction: str
    hours: int | None
    tried_at: datetime | None = None
    got_at: datetime | None = None
    due_at: datetime | None = None
    problem: str | None = None
    failures: int = 0
    stale_from: datetime | None = None
    is_stale: bool = False
    newest: date | None = None
    notices: int = 0
    unread: int = 0


def unread() -> ColumnElement[bool]:
    """The pages that could not be read and were not read since, as a condition."""
    newest = select(func.max(RecallPage.id)).group_by(RecallPage.source, RecallPage.url)
    return and_(RecallPage.id.in_(newest), RecallPage.state == "quarantined")


def of_sources(session: Session, now: datetime) -> list[Health]:
    """All sources of sources.yml, those by hand too."""
    brought = (
        select(
            RecallVersion.source,
            func.max(Recall.published_on),
            func.count(distinct(Recall.notice_no)),
        )
        .join(Recall, Recall.notice_no == RecallVersion.notice_no)
        .group_by(RecallVersion.source)
    )
    known = {source: (newest, count) for source, newest, count in session.execute(brought)}
    waiting = select(RecallPage.source, func.count()).where(unread()).group_by(RecallPage.source)
    pages = {source: count for source, count in session.execute(waiting)}
    stale = {one.source for one in recall_sources.stale(session, now)}
    return [
        _health(session, code, known.get(code, (None, 0)), pages.get(code, 0), code in stale)
        for code in load("sources")["sources"]
    ]


def _health(
    session: Session, code: str, brought: tuple[date | None, int], pages: int, is_stale: bool
) -> Health:
    row, state = load("sources")["sources"][code], session.get(SourceState, code)
    hours = row["cadence_hours"] if row.get("addresses") else None
    got_at = state.last_success_at if state else None
    after = recall_sources.STALE_AFTER * recall_sources.cadence(code) if hours else None
    return Health(
        code, row["name"], row["jurisdiction"], hours, newest=brought[0], notices=brought[1],
        tried_at=state.last_attempt_at if state else None, got_at=got_at, unread=pages,
        due_at=state.due_at if state else None, problem=state.last_problem if state else None,
        failures=state.failures if state else 0, is_stale=is_stale,
        stale_from=got_at + after if got_at and after else None,
    )  # fmt: skip


# ── pages that could not be read ─────────────────────────────────────────────


def text(page: RecallPage) -> str:
    """The page as text, as well as it can be read; nothing of it is carried out."""
    data = recall_sources.content(page)
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return _printable(data.decode(encoding))
        except UnicodeDecodeError:
            continue
    return _printable(data.decode("utf-8", "replace"))


def _printable(read: str) -> str:
    return "".join(one if one.isprintable() or one in "\n\t" else "\ufffd" for one in read)


def checks(session: Session, page: RecallPage) -> Sequence[OfficerEvent]:
    """Who looked at a page, with what finding, the newest first."""
    events = officers.done_about(session, f"page:{page.id}")
    return [one for one in events if one.kind.startswith(f"{CHECKED}:")]
