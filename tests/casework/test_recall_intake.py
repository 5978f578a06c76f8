"""Notices are taken once, corrections become versions, old ones printed again are no news."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import create_engine, select
from sqlalchemy.orm import Session

from bot.casework import recall_intake, recall_sources, recalls, retention, sealing
from bot.casework.recall_records import RecallPage, RecallVersion
from bot.casework.records import Recall, Record
from bot.sources.notice import Notice

NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)
DAY = timedelta(days=1)


@pytest.fixture
def session() -> Iterator[Session]:
    sealing.unlock([Fernet.generate_key()])
    engine = create_engine("sqlite://")
    Record.metadata.create_all(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


def notice(key: str = "t20261030_1", source: str = "samr", **changed: object) -> Notice:
    base = Notice(
        source, key, "CN", "青禾公司召回部分青禾牌落地扇", published_on=date(2026, 10, 30),
        product_name="落地扇", brand="青禾", models=("QH-77A",), quantity=10, raw={"brand": "青禾"},
    )  # fmt: skip
    return replace(base, **changed)  # type: ignore[arg-type]


def take(session: Session, *notices: Notice, days: int = 0) -> recall_intake.Taken:
    return recall_intake.take(session, notices[0].source, notices, NOW + days * DAY)


def versions(session: Session) -> list[tuple[int, str]]:
    query = select(RecallVersion.version, RecallVersion.fields).order_by(RecallVersion.id)
    return [(number, fields["brand"]) for number, fields in session.execute(query)]


def test_a_notice_is_new_once_then_unchanged(session: Session) -> None:
    assert take(session, notice()).new == ["CN-SAMR-t20261030_1"]
    again = take(session, notice(), notice(raw={"brand": "青禾 "}), days=1)
    assert (again.new, again.corrected, again.unchanged) == ([], [], 2)
    kept = session.get_one(Recall, "CN-SAMR-t20261030_1")
    assert (kept.version, kept.first_seen_at, kept.models) == (1, NOW, ["QH-77A"])


@pytest.mark.parametrize(
    "changed",
    [{"brand": "白露"}, {"models": ("QH-77A", "QH-78")}, {"published_on": None}, {"doubts": ("x",)},
     {"title": "青禾公司召回部分青禾牌落地扇（更正）"}, {"contact_phone": "022-12345678"}],
)  # fmt: skip
def test_a_correction_is_a_version_of_the_same_notice(
    session: Session, changed: dict[str, object]
) -> None:
    take(session, notice())
    taken = take(session, notice(**changed), days=3)
    assert (taken.new, taken.corrected) == ([], ["CN-SAMR-t20261030_1"])
    kept = session.scalars(select(Recall)).one()
    assert (kept.version, kept.corrected_at, kept.first_seen_at) == (2, NOW + 3 * DAY, NOW)
    ((name, value),) = changed.items()
    assert getattr(kept, name) == (list(value) if isinstance(value, tuple) else value)
    assert [number for number, _ in versions(session)] == [1, 2]
    back = take(session, notice(), days=4)  # what is printed as before is a version too
    assert back.corrected and session.scalars(select(Recall)).one().version == 3


def test_a_correction_may_stand_in_the_same_file(session: Session) -> None:
    taken = take(session, notice(), notice(brand="白露"), notice(brand="白露"))
    assert (len(taken.new), len(taken.corrected), taken.unchanged) == (1, 1, 1)
    assert versions(session) == [(1, "青禾"), (2, "白露")]
    assert session.scalars(select(Recall.brand)).all() == ["白露"]


def test_notices_that_stay_are_not_read_into_the_index_again(session: Session) -> None:
    take(session, notice("a"), notice("b", title="别的", models=("QH-1",)))
    before, _ = recalls.indexed(session)
    take(session, notice("a", brand="白露"))
    after, _ = recalls.indexed(session)
    same = {
        number for number in before.by_number if before.by_number[number] is after.by_number[number]
    }
    assert same == {"CN-SAMR-b"}


def test_a_correction_is_found_without_a_restart(session: Session) -> None:
    take(session, notice())
    assert recalls.find(session, "青禾落地扇 QH-77A").kind == "covered"
    assert recalls.find(session, "青禾落地扇 QH-99Z").kind != "covered"
    take(session, notice(models=("QH-99Z",)))
    assert recalls.find(session, "青禾落地扇 QH-99Z").kind == "covered"
    assert recalls.find(session, "青禾落地扇 QH-77A").kind != "covered"


@pytest.mark.parametrize("where", ["US", "EU"])
def test_a_foreign_notice_is_answered_as_foreign(session: Session, where: str) -> None:
    take(session, notice(jurisdiction=where, source="cpsc"))
    assert recalls.find(session, "青禾落地扇 QH-77A").kind == "foreign_only"
    assert recalls.as_of(session) is None
    take(session, notice())
    answer = recalls.find(session, "青禾落地扇 QH-77A")
    assert answer.kind == "covered" and answer.matches[0].notice.jurisdiction == "CN"


@pytest.mark.parametrize(
    ("changed", "is_same"),
    [
        ({}, True),
        ({"title": "【天津】 青禾公司召回部分青禾牌落地扇"}, True),
        ({"published_on": date(2026, 11, 3)}, True),
        ({"published_on": None}, True),
        ({"models": ()}, True),
        ({"models": ("qh 77a",)}, True),
        ({"models": ("qh 77a", "QH-1")}, False),  # extended to another model
        ({"models": ("QH-78",)}, False),  # the recall was extended
        ({"published_on": date(2025, 10, 30)}, False),  # stamped a year late, or another one
        ({"jurisdiction": "US"}, False),
        ({"title": "青禾公司召回部分青禾牌电水壶"}, False),
    ],
)
def test_a_notice_that_another_source_prints_is_known(
    session: Session, changed: dict[str, object], is_same: bool
) -> None:
    take(session, notice())
    other = notice("t1", "tianjin", **changed)
    taken = take(session, other)
    assert (taken.repeated == ["CN-SAMR-t20261030_1"], not taken.new) == (is_same, is_same)
    assert recalls.count(session) == (1 if is_same else 2)
    assert take(session, other).unchanged == 1
    if is_same:
        take(session, notice("t1", "tianjin", brand="白露"))
        assert session.scalars(select(Recall.brand)).all() == ["白露"]


def test_two_of_one_source_are_two_whatever_their_titles(session: Session) -> None:
    assert len(take(session, notice("a"), notice("b")).new) == 2


@pytest.mark.parametrize(
    ("published", "is_first", "news"),
    [
        (NOW.date(), True, True),
        (NOW.date() - 14 * DAY, True, True),
        (NOW.date() - 15 * DAY, True, False),
        (NOW.date() - 15 * DAY, False, False),
        (date(2003, 5, 1), False, False),  # CPSC prints old rows as new ones
        (NOW.date() + 2 * DAY, True, False),
        (None, True, False),
        (None, False, True),
    ],
)
def test_old_notices_printed_again_are_no_news(
    session: Session, published: date | None, is_first: bool, news: bool
) -> None:
    if not is_first:
        recall_intake.take(session, "samr", [notice("0", title="别的")], NOW - DAY)
    taken = take(session, notice(published_on=published))
    assert bool(taken.news) is news
    assert session.get_one(Recall, "CN-SAMR-t20261030_1").is_news is news


def test_what_a_database_cannot_keep_is_taken_out(session: Session) -> None:
    take(session, notice(brand="青\0禾\ud800", models=("A\0",), raw={"x": "\ud83d"}))
    kept = session.scalars(select(Recall)).one()
    assert (kept.brand, kept.models) == ("青禾", ["A"])


def test_a_library_from_before_versions_gets_its_first_ones(session: Session) -> None:
    session.add(
        Recall(notice_no="CN-1", title="旧", jurisdiction="CN", models=[], brand_aliases=[],
               doubts=[], date_precision="day", first_seen_at=NOW)
    )  # fmt: skip
    session.flush()
    same = Notice("shipped", "CN-1", "CN", "旧", date_precision="day")
    assert take(session, same).unchanged == 1
    assert take(session, replace(same, title="新")).corrected == ["CN-1"]
    assert session.scalars(select(Recall.title)).one() == "新"


# ── pages and states ──


def keep(session: Session, data: bytes, state: str = "read", url: str = "u", days: int = 0) -> None:
    recall_sources.keep(
        session, "samr", url, data, NOW + days * DAY, state=state, reason="no_layout"
    )


def test_each_content_of_a_page_is_kept_and_of_a_list_the_newest(session: Session) -> None:
    for days, data in enumerate((b"one", b"one", b"two")):
        keep(session, data, days=days)
        keep(session, data, "listed", "list", days=days)
    kept = session.scalars(select(RecallPage).order_by(RecallPage.id)).all()
    assert [(one.url, recall_sources.content(one)) for one in kept] == [
        ("u", b"one"), ("list", b"two"), ("u", b"two"),
    ]  # fmt: skip
    newest = recall_sources.page(session, "samr", "u")
    assert newest is not None and recall_sources.content(newest) == b"two"


def test_a_page_leaves_quarantine_when_it_is_read(session: Session) -> None:
    keep(session, b"bad", "quarantined")
    keep(session, b"also", "quarantined", "v")
    assert {one.url for one in recall_sources.quarantined(session, "samr")} == {"u", "v"}
    keep(session, b"good", "read", days=1)
    assert [one.url for one in recall_sources.quarantined(session, "samr")] == ["v"]


def contents(session: Session) -> list[tuple[str, str, bytes]]:
    rows = session.scalars(select(RecallPage).order_by(RecallPage.id)).all()
    return [(one.url, one.state, recall_sources.content(one)) for one in rows]


def test_old_pages_go_but_not_what_still_says_something(session: Session) -> None:
    keep(session, b"one", url="corrected")
    keep(session, b"two", url="corrected", days=1)
    keep(session, b"bad", "quarantined", "unread")
    keep(session, b"bad", "quarantined", "read since")
    keep(session, b"good", "read", "read since", days=1)
    keep(session, b"list", "listed", "list", days=2)
    recall_sources.keep(session, "tianjin", "t", b"last", NOW, state="read")
    assert recall_sources.forget(session, NOW, 10) == 0
    assert recall_sources.forget(session, NOW + 9 * DAY, 10) == 4
    assert contents(session) == [
        ("corrected", "read", b""), ("unread", "quarantined", b"bad"), ("read since", "read", b""),
        ("list", "listed", b"list"), ("t", "read", b"last"),
    ]  # fmt: skip
    assert recall_sources.forget(session, NOW + 9 * DAY, 10) == 0
    # what is gone is known still, is not fetched as a new page, and is kept again where it comes
    assert recall_sources.page(session, "samr", "corrected") is not None
    keep(session, b"two", url="corrected", days=8)
    assert ("corrected", "read", b"two") in contents(session)


def test_pages_go_after_their_term_and_a_batch_at_a_time(session: Session) -> None:
    for number in range(5):
        keep(session, b"x", url=str(number))
    keep(session, b"last", url="last", days=1)
    terms = retention.Terms()
    assert retention.expire(session, NOW + terms.page_days * DAY, terms) == 0
    later = NOW + (terms.page_days + 1) * DAY
    done = [retention.expire(session, later, terms, limit=3) for _ in range(3)]
    assert done == [3, 2, 0] and len(contents(session)) == 6


def test_failures_are_tried_again_later_each_time_but_not_later_than_the_cadence(
    session: Session,
) -> None:
    waits = []
    for _ in range(8):
        recall_sources.failed(session, "samr", "timeout", NOW)
        session.flush()
        waits.append(next(h for h in range(200) if recall_sources.is_due(
            session, "samr", NOW + timedelta(hours=h))))  # fmt: skip
    assert waits == [1, 2, 4, 8, 16, 24, 24, 24]
    recall_sources.failed(session, "samr", "too_often", NOW, timedelta(days=5))
    assert not recall_sources.is_due(session, "samr", NOW + 4 * DAY)
    recall_sources.succeeded(session, "samr", NOW)
    assert recall_sources.is_due(session, "samr", NOW + DAY)
    assert not recall_sources.is_due(session, "samr", NOW + DAY / 2)


@pytest.mark.parametrize(
    ("read", "said"),
    [
        ({}, "，此后没有更新"),
        ({"samr": 1, "tianjin": 1}, ""),
        ({"samr": 3, "tianjin": 3}, ""),
        ({"samr": 9, "tianjin": 5}, "；2026-10-28 起没有更新"),
        ({"samr": 9, "tianjin": 1}, "缺陷产品召回技术中心 2026-10-24 起没有更新"),
        ({"samr": 1}, ""),
        ({"cpsc": 1}, "，此后没有更新"),
    ],
)
def test_a_library_that_stands_still_says_since_when(
    session: Session, read: dict[str, int], said: str
) -> None:
    for source, days in read.items():
        recall_sources.succeeded(session, source, NOW - days * DAY)
        recall_sources.failed(session, source, "timeout", NOW)
    session.flush()
    text = recall_sources.stale_text(session, date(2026, 10, 30), NOW)
    assert said in text and bool(said) is bool(text)
    stale = {one.source for one in recall_sources.stale(session, NOW)}
    assert {"samr", "tianjin"} - stale == {s for s, days in read.items() if days <= 3} - {"cpsc"}


def test_an_empty_library_says_nothing_of_its_age(session: Session) -> None:
    assert recall_sources.stale_text(session, None, NOW) == ""
