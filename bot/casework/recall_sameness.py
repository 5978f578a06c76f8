"""RECORD, for recalls: whether two publishers print one recall. Knows no database and no source."""

import re
from collections.abc import Iterable

from bot.casework import recall_matching, recall_spans
from bot.casework.recall_matching import fold, key
from bot.casework.records import Recall

TITLE_DAYS = 7  # between the days that two publishers print under one title
MOST_DAYS = 30  # between them where brand, maker and models are the same
_PLACE = re.compile(r"^【[^】]*】")
_NO_TITLE = re.compile(r"[\W_]+")


def title_key(title: str) -> str:
    """A title in one form for comparing, without the place in front of it."""
    return _NO_TITLE.sub("", _PLACE.sub("", fold(title)))


def is_same(one: Recall, other: Recall) -> bool:
    """Whether two notices of different publishers are about one recall.

    Either brand, maker and models are the same within a month; or the title is, within a week, and
    one of the three as well. Nothing may speak against it: a recall that is extended to more
    batches, models or days of make is another one, and news.
    """
    agreed = [_agree(_brands(one), _brands(other)), _agree(_makers(one), _makers(other)),
              _agree(_models(one), _models(other))]  # fmt: skip
    against = (_agree(_batches(one), _batches(other)), _agree(_made(one), _made(other)))
    if False in (*agreed, *against):
        return False
    if all(agreed):
        return _is_near(one, other, MOST_DAYS) is True
    is_titled = title_key(one.title) == title_key(other.title)
    return is_titled and any(agreed) and _is_near(one, other, TITLE_DAYS) is not False


def _agree(one: frozenset[object], other: frozenset[object]) -> bool | None:
    """Whether two say the same; None where one of them says nothing."""
    return one == other if one and other else None


def _is_near(one: Recall, other: Recall, days: int) -> bool | None:
    if one.published_on is None or other.published_on is None:
        return None
    return bool(abs(one.published_on - other.published_on).days <= days)


def _brands(notice: Recall) -> frozenset[object]:
    """A brand in its Chinese script where it has one (罗马仕ROMOSS is 罗马仕)."""
    names = recall_matching.brands_of(notice)
    chinese = {name for name in names if not re.search(r"[a-z0-9]", name)}
    return _keys(chinese or names)


def _makers(notice: Recall) -> frozenset[object]:
    return _keys(recall_matching.makers_of(notice))


def _models(notice: Recall) -> frozenset[object]:
    return _keys(notice.models or ())


def _batches(notice: Recall) -> frozenset[object]:
    return _keys(re.split(r"[;；,，、\s]+", notice.batch_raw or ""))


def _made(notice: Recall) -> frozenset[object]:
    return frozenset(recall_spans.made_in(notice))


def _keys(names: Iterable[str]) -> frozenset[object]:
    return frozenset(key(fold(name)) for name in names if key(fold(name)))
