"""RECORD, for recalls: notices of a source are taken into the library, once each, with versions."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.orm import Session

from bot.casework import recall_sameness
from bot.casework.recall_matching import key as model_key
from bot.casework.recall_records import RecallVersion
from bot.casework.records import Recall
from bot.sources.notice import Notice

CHINA = timezone(timedelta(hours=8))
NEWS_DAYS = 14  # from publication to the day it is first seen: what is older is no news
LONGEST_NUMBER = 64

_OWN = {"source", "source_key", "raw"}
_FIELDS = tuple(one.name for one in fields(Notice) if one.name not in _OWN)


@dataclass
class Taken:
    """What a batch of notices came to, by the notices' numbers.

    `repeated` were in the library already from another source; `news` are those of `new` that were
    published shortly before (foreign ones too: see `jurisdiction`).
    """

    new: list[str] = field(default_factory=list)
    corrected: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    unchanged: int = 0
    news: list[str] = field(default_factory=list)


def take(session: Session, source: str, notices: Iterable[Notice], now: datetime) -> Taken:
    """Take the notices of a source: new ones, corrections as new versions; the rest is unchanged.

    The caller commits. Nothing is written before all are compared: other writers wait for less.
    """
    batch = _Batch(session, source, now)
    with session.no_autoflush:
        for notice in notices:
            batch.take(notice)
    batch.write()
    return batch.taken


def number_of(notice: Notice) -> str:
    """The number of a notice in the library: that of the shipped ones, else made of its source."""
    if notice.source == "shipped":
        return notice.source_key
    whole = f"{notice.jurisdiction}-{notice.source.upper()}-{notice.source_key}"
    return whole[:LONGEST_NUMBER]


def is_news(published_on: date | None, began: datetime | None, now: datetime) -> bool:
    """Whether a notice that is first seen now was published lately: old ones printed again are not.

    `began` is when its source was first read: without a day, what came up since then is news.
    """
    if published_on is None:
        return began is not None and began < now
    age = now.astimezone(CHINA).date() - published_on
    return timedelta(days=-1) <= age <= timedelta(days=NEWS_DAYS)


def _values(notice: Notice) -> dict[str, Any]:
    """The fields of the record; lists where the notice has tuples, as the database gives them."""
    return {name: _kept(getattr(notice, name)) for name in _FIELDS}


def _kept(value: Any) -> Any:
    """A value as a database can keep it: no half characters, no NUL."""
    if isinstance(value, tuple):
        return [_kept(one) for one in value]
    if isinstance(value, str):
        return value.encode("utf-8", "ignore").decode().replace("\0", "")
    return value


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)


def _digest(values: dict[str, Any]) -> str:
    return hashlib.sha256(_json(values).encode()).hexdigest()


class _Batch:
    """The notices of one source that are taken in one transaction."""

    def __init__(self, session: Session, source: str, now: datetime) -> None:
        self._session, self._source, self._now = session, source, now
        self.taken = Taken()
        query = select(RecallVersion).where(RecallVersion.source == source)
        rows = session.scalars(query.order_by(RecallVersion.version)).all()
        self._known = {one.source_key: one for one in rows}  # the last of each key stays
        self._began = min((one.seen_at for one in rows), default=None)
        self._own = {one.notice_no for one in rows}
        self._numbers = set(session.scalars(select(Recall.notice_no)))
        self._fresh: dict[str, Recall] = {}
        self._versions: list[RecallVersion] = []
        self._elsewhere: dict[str, _Elsewhere] = {}

    def take(self, notice: Notice) -> None:
        """Compare a notice with what is known of it."""
        values = _values(notice)
        digest = _digest(values)
        before = self._known.get(notice.source_key)
        if before is not None and before.digest == digest:
            self.taken.unchanged += 1
            return
        if before is not None:
            number = before.notice_no
            self._correct(number, values)
        else:
            number = self._first(notice, values)
        version = RecallVersion(
            notice_no=number, source=self._source, source_key=notice.source_key,
            version=before.version + 1 if before else 1, digest=digest, seen_at=self._now,
            fields=json.loads(_json(values)),
            raw={name: _kept(value) for name, value in notice.raw.items()},
        )  # fmt: skip
        self._versions.append(version)
        self._known[notice.source_key] = version

    def write(self) -> None:
        """Write the notices, then the versions that point to them.

        Where several may write at once, in one order: the newest version tells that there are new ones
        (see `recalls.indexed`), so none may come up behind a newer one.
        """
        if self._versions and self._session.get_bind().dialect.name == "postgresql":
            self._session.execute(text("LOCK TABLE recall_versions IN SHARE ROW EXCLUSIVE MODE"))
        self._session.add_all(self._fresh.values())
        self._session.flush()
        self._session.add_all(self._versions)
        self._session.flush()

    def _first(self, notice: Notice, values: dict[str, Any]) -> str:
        """Put a notice in that its source had not printed yet; its number."""
        number = number_of(notice)
        if number in self._numbers:  # it was here before versions were kept
            there = self._session.get_one(Recall, number)
            if all(getattr(there, name) == value for name, value in values.items()):
                self.taken.unchanged += 1
            else:
                self._correct(number, values)
            return number
        where = notice.jurisdiction
        if where not in self._elsewhere:
            self._elsewhere[where] = _Elsewhere(self._session, where, self._own)
        if (other := self._elsewhere[where].same_as(values)) is not None:
            self.taken.repeated.append(other)
            return other
        news = is_news(notice.published_on, self._began, self._now)
        self._fresh[number] = Recall(
            notice_no=number, first_seen_at=self._now, is_news=news, version=1, **values
        )
        self.taken.new.append(number)
        self.taken.news += [number] if news else []
        return number

    def _correct(self, number: str, values: dict[str, Any]) -> None:
        recall = self._fresh.get(number) or self._session.get_one(Recall, number)
        for name, value in values.items():
            setattr(recall, name, value)
        recall.version += 1
        recall.corrected_at = self._now
        self.taken.corrected.append(number)


class _Elsewhere:
    """The notices of other sources, to know one that is printed again (recall_sameness.py)."""

    def __init__(self, session: Session, jurisdiction: str, own: set[str]) -> None:
        rows = session.execute(
            select(*Recall.__table__.columns).where(Recall.jurisdiction == jurisdiction)
        ).mappings()
        self._by_title: dict[str, list[Recall]] = {}
        self._by_model: dict[str, list[Recall]] = {}
        for one in (Recall(**row) for row in rows if row["notice_no"] not in own):
            self._by_title.setdefault(recall_sameness.title_key(one.title), []).append(one)
            for model in one.models or ():
                self._by_model.setdefault(model_key(model), []).append(one)

    def same_as(self, values: dict[str, Any]) -> str | None:
        """The number of the notice that one with these values repeats."""
        mine = Recall(notice_no="", **values)
        candidates = list(self._by_title.get(recall_sameness.title_key(mine.title), ()))
        for model in mine.models or ():
            candidates += self._by_model.get(model_key(model), ())
        found = (one.notice_no for one in candidates if recall_sameness.is_same(one, mine))
        return next(found, None)
