"""One recall told by two publishers is one notice; its relatives are not."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import recall_intake
from bot.casework.recall_records import RecallVersion
from bot.casework.records import Recall
from bot.sources.notice import Notice

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
DAY = date(2026, 10, 28)
FIRST: dict[str, Any] = {
    "title": "天津青禾电器有限公司召回部分青禾牌落地扇", "published_on": DAY, "product_name": "落地扇",
    "brand": "青禾QINGHE", "producer": "天津青禾电器有限公司", "models": ("QH-77A", "QH-78"),
    "batch_raw": "C1001;C1002", "manufacture_or_sale_dates": "2025-01-01~2025-03-31",
}  # fmt: skip
OTHER_TITLE = {"title": "【天津】青禾电器主动召回落地扇"}
SAME = [
    {},
    OTHER_TITLE,
    OTHER_TITLE | {"published_on": DAY - timedelta(days=30)},
    OTHER_TITLE | {"brand": "青禾", "models": ("qh77a", "QH－78"), "batch_raw": None},
    OTHER_TITLE | {"manufacture_or_sale_dates": "2025年1月1日至2025年3月31日", "batch_raw": "C1002、C1001"},
    {"brand": None, "published_on": DAY - timedelta(days=7)},
    {"models": (), "producer": None},
    {"published_on": None, "producer": None},
]  # fmt: skip
NEWS = [
    OTHER_TITLE | {"models": ("QH-90",)},  # same brand, other model
    {"models": ("QH-90",)},
    OTHER_TITLE | {"brand": "白露", "producer": "天津白露电器有限公司"},  # same model, other brand
    {"brand": "白露"},
    {"producer": "广东白露电器有限公司"},
    OTHER_TITLE | {"published_on": DAY - timedelta(days=31)},
    {"published_on": DAY - timedelta(days=31)},
    {"batch_raw": "C1001;C1002;C1003"},  # extended
    OTHER_TITLE | {"models": ("QH-77A", "QH-78", "QH-79")},
    {"models": ("QH-77A", "QH-78", "QH-79")},
    {"manufacture_or_sale_dates": "2025-01-01~2025-06-30"},
    {"brand": None, "models": (), "producer": None},  # the title alone
    OTHER_TITLE | {"producer": None},
    OTHER_TITLE | {"models": ()},
    OTHER_TITLE | {"published_on": None},
]


def taken(session: Session, source: str, key: str, **fields: Any) -> recall_intake.Taken:
    notice = Notice(source, key, "CN", **{**FIRST, **fields})
    return recall_intake.take(session, source, [notice], NOW)


@pytest.mark.parametrize("order", ["provincial first", "national first"])
@pytest.mark.parametrize("changed", SAME)
def test_the_same_recall_of_another_publisher_is_kept_as_a_source_of_it(
    session: Session, changed: dict[str, Any], order: str
) -> None:
    first, second = (FIRST, changed) if order == "provincial first" else (changed, FIRST)
    assert taken(session, "tianjin", "t1", **first).new == ["CN-TIANJIN-t1"]
    again = taken(session, "samr", "s1", **second)
    assert (again.repeated, again.new, again.news) == (["CN-TIANJIN-t1"], [], [])
    sources = session.execute(select(RecallVersion.source, RecallVersion.notice_no)).all()
    assert {row.source for row in sources} == {"tianjin", "samr"}
    assert {row.notice_no for row in sources} == {"CN-TIANJIN-t1"}
    assert session.scalars(select(Recall.version)).one() == 1


@pytest.mark.parametrize("changed", NEWS)
def test_a_relative_is_another_recall(session: Session, changed: dict[str, Any]) -> None:
    taken(session, "tianjin", "t1")
    again = taken(session, "samr", "s1", **changed)
    assert (again.repeated, again.new) == ([], ["CN-SAMR-s1"])


def test_a_correction_of_one_source_is_no_second_notice(session: Session) -> None:
    taken(session, "tianjin", "t1")
    taken(session, "samr", "s1", **OTHER_TITLE)
    assert taken(session, "tianjin", "t1", remedy="免费更换").corrected == ["CN-TIANJIN-t1"]
    assert session.scalars(select(Recall.remedy)).one() == "免费更换"
