"""RECORD, for recalls: notices of a source are taken into the library, once each, with versions."""

import hashlib
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.casework.recall_matching import fold
from bot.casework.recall_matching import key as model_key
from bot.casework.recall_records import RecallVersion
from bot.casework.records import Recall
from bot.sources.notice import Notice

CHINA = timezone(timedelta(hours=8))
NEWS_DAYS = 14  # from publication to the day it is first seen: what is older is no news
SAME_DAYS = 7  # between the days that two publishers print for one notice
LONGEST_NUMBER = 64

_OWN = {"source", "source_key", "raw"}
_FIELDS = tuple(one.name for one in fields(Notice) if one.name not in _OWN)
_PLACE = re.compile(r"^【[^】]*】")
_NO_TITLE = re.compile(r"[\W_]+")


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

    The caller commits.
    """
    taken = Taken()
    known = _newest_versions(session, source)
    began = session.scalar(
        select(func.min(RecallVersion.seen_at)).where(RecallVersion.source == source)
    )
    elsewhere = _Elsewhere(session, {one.notice_no for one in known.values()})
    for notice in notices:
        values = _values(notice)
        digest = _digest(values)
        before = known.get(notice.source_key)
        if before is not None and before.digest == digest:
            taken.unchanged += 1
            continue
        if before is not None:
            number = before.notice_no
            _correct(session.get_one(Recall, number), values, now)
            taken.corrected.append(number)
        else:
            number = _take_new(session, notice, values, began, now, elsewhere, taken)
        version = RecallVersion(
            notice_no=number, source=source, source_key=notice.source_key,
            version=before.version + 1 if before else 1, digest=digest, seen_at=now,
            fields=json.loads(_json(values)), raw={name: _kept(value) for name, value in notice.raw.items()},
        )  # fmt: skip
        session.add(version)
        known[notice.source_key] = version
    session.flush()
    return taken


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


def _take_new(
    session: Session, notice: Notice, values: dict[str, Any], began: datetime | None,
    now: datetime, elsewhere: "_Elsewhere", taken: Taken,
) -> str:  # fmt: skip
    """Put a notice in that its source had not printed yet; its number."""
    number = number_of(notice)
    if (there := session.get(Recall, number)) is not None:  # it was here before versions were kept
        same = all(getattr(there, name) == value for name, value in values.items())
        if not same:
            _correct(there, values, now)
            taken.corrected.append(number)
        taken.unchanged += same
        return number
    if (other := elsewhere.same_as(notice)) is not None:
        taken.repeated.append(other)
        return other
    fresh = is_news(notice.published_on, began, now)
    session.add(Recall(notice_no=number, first_seen_at=now, is_news=fresh, **values))
    session.flush()
    taken.new.append(number)
    taken.news += [number] if fresh else []
    return number


def _correct(recall: Recall, values: dict[str, Any], now: datetime) -> None:
    for name, value in values.items():
        setattr(recall, name, value)
    recall.version += 1
    recall.corrected_at = now


def _newest_versions(session: Session, source: str) -> dict[str, RecallVersion]:
    query = select(RecallVersion).where(RecallVersion.source == source)
    found = session.scalars(query.order_by(RecallVersion.version))
    return {one.source_key: one for one in found}  # the last of each key stays


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


class _Elsewhere:
    """The notices of other sources, to know one that is printed again: same title, about the same
    day, and no models that speak against it. A recall that is extended later stays a second one."""

    def __init__(self, session: Session, own: set[str]) -> None:
        columns = (Recall.notice_no, Recall.jurisdiction, Recall.title, Recall.published_on)
        self._by_title: dict[tuple[str, str], list[tuple[str, date | None, set[str]]]] = {}
        for number, where, title, day, models in session.execute(select(*columns, Recall.models)):
            if number not in own:
                row = (number, day, {model_key(model) for model in models})
                self._by_title.setdefault((where, _title_key(title)), []).append(row)

    def same_as(self, notice: Notice) -> str | None:
        """The number of the notice that this one repeats."""
        models = {model_key(model) for model in notice.models}
        for number, day, others in self._by_title.get(
            (notice.jurisdiction, _title_key(notice.title)), ()
        ):
            days = (day, notice.published_on)
            is_near = None in days or abs(days[0] - days[1]).days <= SAME_DAYS  # type: ignore[operator]
            if is_near and (not models or not others or models & others):
                return number
        return None


def _title_key(title: str) -> str:
    return _NO_TITLE.sub("", _PLACE.sub("", fold(title)))
