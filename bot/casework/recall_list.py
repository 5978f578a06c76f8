"""RECORD, for recalls: the notices as they are listed, newest first, and each with its versions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.casework.disputes import CHINA
from bot.casework.recall_records import RecallVersion
from bot.casework.records import Recall
from bot.library import load

PAGE = 20  # notices of one page
MOST_CATEGORIES = 12


@dataclass(frozen=True)
class Page:
    """The notices of one page. `number` counts from 1 and is never beyond `pages`; `count` is of all."""

    notices: Sequence[Recall]
    number: int
    pages: int
    count: int


@dataclass(frozen=True)
class Version:
    """How a notice came here once: the day, the name of its source, and the fields that it changed."""

    day: date
    source: str
    changed: tuple[str, ...]


def page(session: Session, category: str | None, number: int) -> Page:
    """The notices of a category, or of all, newest first; those without a day come last."""
    query = select(Recall)
    if category is not None:
        query = query.where(Recall.category == category)
    count = session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pages = max(1, -(-count // PAGE))
    number = min(max(1, number), pages)
    newest = query.order_by(Recall.published_on.desc().nulls_last(), Recall.notice_no)
    found = session.scalars(newest.limit(PAGE).offset((number - 1) * PAGE)).all()
    return Page(found, number, pages, count)


def categories(session: Session) -> list[str]:
    """What domestic notices are filed under, the largest category first."""
    query = (
        select(Recall.category)
        .where(Recall.jurisdiction == "CN", Recall.category.is_not(None))
        .group_by(Recall.category)
        .order_by(func.count().desc(), Recall.category)
    )
    return [name for name in session.scalars(query.limit(MOST_CATEGORIES)) if name]


def versions(session: Session, notice: Recall) -> list[Version]:
    """How the notice came here and was corrected since, oldest first.

    A notice that lay here before versions were kept has none.
    """
    query = select(RecallVersion).where(RecallVersion.notice_no == notice.notice_no)
    rows = session.scalars(query.order_by(RecallVersion.seen_at, RecallVersion.id)).all()
    return list(_compared(rows))


def _compared(rows: Sequence[RecallVersion]) -> Iterator[Version]:
    before: dict[tuple[str, str], RecallVersion] = {}
    for row in rows:
        key = (row.source, row.source_key)
        old = before.get(key)
        changed = _changed(old.fields, row.fields) if old is not None else ()
        before[key] = row
        yield Version(_day(row.seen_at), load("sources")["sources"][row.source]["name"], changed)


def _changed(old: dict[str, object], new: dict[str, object]) -> tuple[str, ...]:
    return tuple(name for name in new if new.get(name) != old.get(name))


def _day(at: datetime) -> date:
    return at.astimezone(CHINA).date()
