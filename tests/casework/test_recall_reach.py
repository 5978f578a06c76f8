"""Whom a recall notice concerns and why; each is told once, whatever stops the planning."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from cryptography.fernet import Fernet
from sqlalchemy import event, select
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from bot import database, recall_planning
from bot.casework import (
    people,
    recall_index,
    recall_matching,
    recall_push,
    recall_reach,
    recalls,
    sealing,
    things,
)
from bot.casework.recall_push_records import RecallPush
from bot.casework.records import Dispute, Notice, OfferedButton, Person, Recall, Record, Thing
from bot.casework.things import Wish
from tests.records import printed

QUESTIONS = yaml.safe_load(
    (Path(__file__).parent / "recall_questions.yml").read_text(encoding="utf-8")
)
NUMBER = "T-1"


def recalled(session: Session, now: datetime, number: str = NUMBER, **fields: Any) -> Recall:
    """A notice on fans of a brand that nothing else has."""
    row: dict[str, Any] = {
        "title": "某公司召回青禾牌落地扇", "jurisdiction": "CN", "category": "电子电器",
        "product_type": "电风扇", "product_name": "落地扇", "brand": "青禾QINGHE",
        "brand_aliases": ["青禾", "QINGHE"], "models": ["QH-1000", "QH-2000"],
        "published_on": date(2026, 11, 1), "hazard": "电机过热，可能起火", "first_seen_at": now, "is_news": True,
    }  # fmt: skip
    notice = Recall(notice_no=number, **{**row, **fields})
    printed(session, notice, now)
    return notice


def keep(session: Session, who: Person, now: datetime, said: str, **marked: str) -> None:
    wish = things.read(session, said, **marked)
    assert wish is not None
    things.keep(session, who, wish, now)


def complained(session: Session, who: Person, lodged_at: datetime | None, **named: str) -> Dispute:
    made = Dispute(
        person_id=who.id, state="lodged" if lodged_at else "draft", created_at=lodged_at,
        updated_at=lodged_at, lodged_at=lodged_at, number="ABCD2345", **named,
    )  # fmt: skip
    made.created_at = made.updated_at = lodged_at or datetime(2026, 11, 1, tzinfo=UTC)
    session.add(made)
    session.flush()
    return made


# ── whom, and why ──


@pytest.mark.parametrize(
    ("said", "marked", "reason"),
    [
        ("我家有青禾落地扇QH-1000", {}, "thing"),
        ("qinghe 风扇 qh1000", {}, "thing"),
        ("我家的ＱＨ－２０００，青禾的", {}, "thing"),
        ("青禾落地扇，型号不知道", {}, "maybe_thing"),
        ("型号QH-1000，牌子忘了", {}, "maybe_thing"),
        ("青禾落地扇QH-3000", {}, None),
        ("倍思落地扇QH-1000", {"brand": "倍思"}, None),
        ("青禾电饭煲", {}, None),
        ("关注青禾的召回", {}, "brand"),
        ("关注小米的召回", {"brand": "小米"}, None),
        ("家电召回都告诉我", {}, "category"),
        ("风扇有召回告诉我", {}, "category"),
        ("关注儿童用品的召回", {}, None),
        ("电动车有召回告诉我", {}, None),
    ],
)
def test_a_notice_concerns_what_is_the_thing_its_brand_or_its_category(
    session: Session, citizen: Person, now: datetime, said: str, marked: dict[str, str],
    reason: str | None,
) -> None:  # fmt: skip
    notice = recalled(session, now)
    keep(session, citizen, now, said, **marked)
    found = recall_reach.of_person(session, notice, citizen, now)
    assert (found and found.reason) == reason


@pytest.mark.parametrize(
    ("days", "named", "is_reached"),
    [
        (10, {"brand": "青禾", "model": "QH-1000", "product": "风扇"}, True),
        (1000, {"brand": "青禾", "product": "风扇"}, True),
        (1100, {"brand": "青禾", "product": "风扇"}, False),
        (10, {"brand": "青禾", "product": "电饭煲"}, False),
        (10, {"product": "风扇"}, False),
        (None, {"brand": "青禾", "model": "QH-1000"}, False),
    ],
)
def test_who_complained_about_it_in_three_years_is_told(
    session: Session, citizen: Person, now: datetime, days: int | None, named: dict[str, str],
    is_reached: bool,
) -> None:  # fmt: skip
    notice = recalled(session, now)
    complained(session, citizen, now - timedelta(days=days) if days else None, **named)
    found = recall_reach.of_person(session, notice, citizen, now)
    assert (found is not None and found.reason == "dispute") == is_reached
    assert recall_reach.earlier_disputes(session, notice, now) == ["ABCD2345"] * is_reached


def test_the_strongest_reason_counts(session: Session, citizen: Person, now: datetime) -> None:
    notice = recalled(session, now)
    told = ["家电召回都告诉我", "关注青禾的召回", "青禾落地扇，型号不知道", "青禾落地扇QH-1000"]
    complained(session, citizen, now, brand="青禾", product="风扇")
    for said, reason in zip(told, ["category", "brand", "maybe_thing", "thing"], strict=True):
        keep(session, citizen, now, said)
        found = recall_reach.of_person(session, notice, citizen, now)
        assert found is not None and found.reason == reason
    assert recall_reach.survey(session, notice, now) == {"thing": 1}


def test_a_dispute_about_a_recalled_thing_knows_its_notice(
    session: Session, citizen: Person, now: datetime
) -> None:
    recalled(session, now, remedy="免费更换")
    told = complained(session, citizen, now, brand="青禾", model="qh1000", product="风扇")
    match = recall_reach.of_dispute(session, told)
    assert match is not None and match.notice.remedy == "免费更换"
    told.brand, told.model = "倍思", None
    assert recall_reach.of_dispute(session, told) is None


def test_the_quick_look_misses_nothing_that_the_matcher_finds(
    session: Session, now: datetime
) -> None:
    recalls.ship(session, now)
    index, _ = recalls.indexed(session)
    looked_at = 0
    for asked in (row["query"] for row in QUESTIONS):
        answer = recalls.find(session, asked)
        if answer.kind in recall_reach.CONCERNS:
            for match in answer.matches:
                assert recall_reach.Matcher(index, match.notice).may_touch(asked), asked
                looked_at += 1
    assert looked_at > 50


# ── once to each, whatever happens ──


@pytest.fixture
def file(tmp_path: Path) -> Iterator[sessionmaker[Session]]:
    sealing.unlock([Fernet.generate_key()])
    engine = database.engine(f"sqlite:///{tmp_path / 'records.db'}")
    Record.metadata.create_all(engine)
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()


def town(session: Session, now: datetime, size: int) -> set[int]:
    """People who own the thing, follow it, complained about it or have nothing to do with it."""
    concerned = set()
    for number in range(size):
        who = people.person(session, "web", f"c-{number}", now)
        wishes: Sequence[Wish] = (
            Wish("owned", "风扇", brand="青禾", model="QH-1000"),
            Wish("brand", "青禾", brand="青禾"),
            Wish("owned", "手机", brand="青禾", model="ZZ-9"),
        )
        things.keep(session, who, wishes[number % 3], now)
        if number % 2:
            complained(session, who, now, brand="青禾", product="风扇").number = f"N{number}"
        if number % 3 < 2 or number % 2:
            concerned.add(who.id)
    return concerned


def proposed(session: Session, now: datetime) -> RecallPush:
    recalled(session, now - timedelta(days=1), "OLD", brand="别家", brand_aliases=[], models=[])
    recalled(session, now)
    push = recall_push.propose(session, now, without_approval=1000)
    assert push is not None and push.state == "planning"
    return push


def step(
    file: sessionmaker[Session], now: datetime, killed: Callable[[], bool] = lambda: False
) -> bool:
    """One tick of the clock; a kill comes between reading and writing, or before the commit."""
    with file() as session:
        planned = recall_push.next_batch(session, (), now)
    if planned is None:
        return False
    if killed():
        return True
    with file() as session:
        recall_push.tell(session, planned, now)
        if not killed():
            session.commit()
    return True


def told(file: sessionmaker[Session]) -> list[int]:
    with file() as session:
        query = select(Notice.person_id).where(Notice.kind == recall_push.KIND)
        return sorted(session.scalars(query))


@pytest.mark.parametrize("seed", range(5))
def test_planning_that_is_killed_anywhere_tells_each_once(
    file: sessionmaker[Session], now: datetime, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    dice = random.Random(seed)
    limit = dice.randint(1, 9)
    whole = recall_reach.batch
    monkeypatch.setattr(
        recall_reach, "batch", lambda session, notice, after, now: whole(session, notice, after, now, limit)
    )  # fmt: skip
    with file.begin() as session:
        concerned = town(session, now, 25)
        proposed(session, now)
    while step(file, now, lambda: dice.random() < 0.4):
        pass
    assert told(file) == sorted(concerned)
    with file() as session:
        push = session.scalars(select(RecallPush)).one()
        assert (push.state, push.posted) == ("planned", len(concerned))
        offered = session.scalars(select(OfferedButton)).all()
        assert len(offered) == 4 * len(concerned)


def test_a_town_is_planned_in_small_transactions_with_rests(
    file: sessionmaker[Session], now: datetime
) -> None:
    with file.begin() as session:
        concerned = town(session, now, 4 * recall_reach.CHUNK + 3)
        proposed(session, now)
    before, rests = 0, list[float]()
    while recall_planning.plan(file, (), now, rests.append):
        assert len(told(file)) - before <= 1.5 * recall_reach.CHUNK
        before = len(told(file))
    assert told(file) == sorted(concerned)
    assert len(rests) >= 3 and min(rests) > 0


@pytest.mark.parametrize("limit", [1, 2, 7, 200])
def test_the_next_people_are_all_who_told_of_anything_each_once(
    file: sessionmaker[Session], now: datetime, limit: int
) -> None:
    with file.begin() as session:
        notice = recalled(session, now)
        town(session, now, 12)
        for number in range(3):  # who complained, and owns nothing
            who = people.person(session, "web", f"d-{number}", now)
            complained(session, who, now, brand="别家", product="手机").number = f"D{number}"
        people.person(session, "web", "told of nothing", now)
        expected = sorted({*session.scalars(select(Thing.person_id)),
                           *session.scalars(select(Dispute.person_id))})  # fmt: skip
        found: list[int] = []
        while ids := recall_reach._next_people(
            session, notice, found[-1] if found else 0, now, limit
        ):
            found += ids
        assert found == expected


def test_two_who_plan_the_same_batch_tell_each_once(
    file: sessionmaker[Session], now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = recall_reach.batch
    monkeypatch.setattr(
        recall_reach, "batch", lambda session, notice, after, now: whole(session, notice, after, now, 4)
    )  # fmt: skip
    with file.begin() as session:
        concerned = town(session, now, 12)
        proposed(session, now)
    while True:
        with file() as one, file() as two:
            first, second = (recall_push.next_batch(s, (), now) for s in (one, two))
        if first is None or second is None:
            break
        with file.begin() as session:
            assert recall_push.tell(session, first, now) == len(first.notices)
        with file.begin() as session:
            assert recall_push.tell(session, second, now) == 0
    assert told(file) == sorted(concerned)


@pytest.mark.parametrize("table", ["offered_buttons", "notices"])
def test_nothing_is_half_told_where_the_records_fail(
    file: sessionmaker[Session], now: datetime, table: str
) -> None:
    with file.begin() as session:
        concerned = town(session, now, 9)
        proposed(session, now)
    engine = file.kw["bind"]

    def fails(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement.startswith(f"INSERT INTO {table}"):
            raise OperationalError("insert", {}, Exception("disk"))

    event.listen(engine, "before_cursor_execute", fails)
    with pytest.raises(OperationalError):
        step(file, now)
    event.remove(engine, "before_cursor_execute", fails)
    assert told(file) == []
    while step(file, now):
        pass
    assert told(file) == sorted(concerned)


def test_codes_of_the_index_are_compared_as_they_are_typed() -> None:
    notice = Recall(notice_no="T", title="", jurisdiction="CN", models=["DX-500B+"],
                    brand="青禾", brand_aliases=[])  # fmt: skip
    matcher = recall_reach.Matcher(recall_index.Index.of([notice]), notice)
    assert matcher.may_touch("我家那个DX-500B+坏了") and not matcher.may_touch("别的风扇DX-5")
    assert recall_matching.key("DX-500B+") == "dx500b+"
