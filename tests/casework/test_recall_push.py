"""From news to the ledger: what is proposed, what waits, what a notice says, what people answer."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from bot.casework import (
    notices,
    people,
    recall_answers,
    recall_notice,
    recall_push,
    recall_reach,
    recalls,
)
from bot.casework.recall_push_records import RecallAnswer
from bot.casework.records import Notice, OfferedButton, Person, Recall
from bot.casework.steps import NotPossible
from bot.library import load
from tests.casework.test_recall_reach import keep, recalled
from tests.records import corrected

FEW = 50


@pytest.fixture
def library(session: Session, now: datetime) -> Session:
    """The shipped notices, there since a year."""
    recalls.ship(session, now - timedelta(days=365))
    return session


@pytest.fixture
def owner(library: Session, citizen: Person, now: datetime) -> Person:
    """Somebody who told of a fan, while no notice was about it."""
    keep(library, citizen, now, "我家有青禾落地扇QH-1000")
    return citizen


def plan(session: Session, now: datetime, channels: tuple[str, ...] = ()) -> int:
    """All that may be planned at a moment; how many notices that made."""
    made = 0
    while planned := recall_push.next_batch(session, channels, now):
        made += recall_push.tell(session, planned, now)
    return made


def posted(session: Session) -> list[Notice]:
    query = select(Notice).where(Notice.kind == "recall").order_by(Notice.id)
    return list(session.scalars(query))


# ── what is news ──


def test_a_first_start_is_no_news(session: Session, citizen: Person, now: datetime) -> None:
    recalls.ship(session, now)
    session.execute(update(Recall).values(published_on=date(2026, 11, 1)))
    keep(session, citizen, now, "我家有个罗马仕充电宝PAC20-272")
    assert recall_push.propose(session, now, FEW) is None


@pytest.mark.parametrize(
    ("fields", "is_news"),
    [
        ({}, True),
        ({"is_news": False}, False),  # recall_intake.py: an old one that is printed again
        ({"jurisdiction": "US"}, False),
    ],
)
def test_news_is_domestic_and_no_old_notice_printed_again(
    library: Session, now: datetime, fields: dict[str, Any], is_news: bool
) -> None:
    recalled(library, now, **fields)
    assert (recall_push.propose(library, now, FEW) is not None) == is_news
    assert recall_push.propose(library, now, FEW) is None


def test_what_was_seen_a_month_ago_is_no_news_any_more(library: Session, now: datetime) -> None:
    recalled(library, now)
    assert recall_push.propose(library, now + timedelta(days=31), FEW) is None


@pytest.mark.parametrize(
    ("hazard", "few", "state"),
    [
        ("电机过热，可能起火", 1, "planning"),
        ("小零件可能被误吞", 1, "planning"),
        ("绳带可能致窒息", 1, "planning"),
        ("绝缘不足，触电", 1, "planning"),
        ("电机过热，可能起火", 0, "proposed"),
        ("标识缺失", 1, "proposed"),
        (None, 1, "proposed"),
    ],
)
def test_only_a_serious_danger_to_few_goes_out_unasked(
    library: Session, owner: Person, now: datetime, hazard: str | None, few: int, state: str
) -> None:
    recalled(library, now, hazard=hazard)
    push = recall_push.propose(library, now, few)
    assert push is not None and (push.state, push.counts) == (state, {"thing": 1})
    assert plan(library, now) == (state == "planning")


def test_what_concerns_nobody_is_done_with(library: Session, now: datetime) -> None:
    recalled(library, now)
    push = recall_push.propose(library, now, FEW)
    assert push is not None and push.state == "planned" and plan(library, now) == 0


def test_a_correction_waits_and_says_so_and_takes_the_place_of_the_one_before(
    library: Session, owner: Person, now: datetime
) -> None:
    notice = recalled(library, now)
    assert recall_push.propose(library, now, FEW) is not None
    plan(library, now)
    notice.remedy = "免费更换"
    second = recall_push.propose(library, now, FEW)
    assert second is not None and second.state == "proposed"
    notice.remedy = "退货退款"
    third = recall_push.propose(library, now, FEW)
    library.refresh(second)
    assert third is not None and (second.state, third.state) == ("dismissed", "proposed")
    recall_push.approve(third, "张三", now)
    assert plan(library, now) == 1
    before, after = posted(library)
    assert load("recall_notice")["corrected"] not in before.text
    assert load("recall_notice")["corrected"] in after.text and "退货退款" in after.text


def test_who_was_told_hears_of_a_correction_that_leaves_their_thing_out(
    library: Session, owner: Person, now: datetime
) -> None:
    notice = recalled(library, now)
    recall_push.propose(library, now, FEW)
    plan(library, now)
    notice.models = ["QH-2000"]
    corrected(library, notice, now)
    second = recall_push.propose(library, now + timedelta(days=40), FEW)
    assert second is not None and second.counts == {"told_before": 1}
    recall_push.approve(second, "张三", now)
    assert plan(library, now) == 1
    assert "公告有更正" in posted(library)[-1].text


@pytest.mark.parametrize("field", ["quantity", "injury_reports", "first_seen_at", "url"])
def test_what_is_not_told_makes_no_correction(now: datetime, field: str) -> None:
    notice = Recall(notice_no="T", title="甲", jurisdiction="CN", models=["A-1"], url=None)
    before = recall_push.version(notice)
    setattr(notice, field, now if field == "first_seen_at" else "5")
    assert recall_push.version(notice) == before
    notice.models = ["A-1", "A-2"]
    assert recall_push.version(notice) != before


# ── yes or no, and when ──


def test_an_officer_lets_it_go_once(library: Session, owner: Person, now: datetime) -> None:
    recalled(library, now, hazard="标识缺失")
    push = recall_push.propose(library, now, FEW)
    assert push is not None
    recall_push.approve(push, "张三", now)  # at 09:00
    assert (push.decided_by, push.decided_at) == ("张三", now)
    assert plan(library, now) == 1 and plan(library, now + timedelta(hours=1)) == 0
    for decide in (recall_push.approve, recall_push.dismiss):
        with pytest.raises(NotPossible):
            decide(push, "李四", now)


def test_what_is_dismissed_goes_to_nobody(library: Session, owner: Person, now: datetime) -> None:
    recalled(library, now, hazard="标识缺失")
    push = recall_push.propose(library, now, FEW)
    assert push is not None
    recall_push.dismiss(push, "张三", now)
    assert plan(library, now + timedelta(days=3)) == 0 and posted(library) == []


def test_no_batch_is_added_while_one_waits_to_be_sent(
    library: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recall_reach, "BATCH", 2)
    monkeypatch.setattr(recall_reach.batch, "__defaults__", (2,))
    for number in range(5):
        who = people.person(library, "telegram", str(number), now)
        keep(library, who, now, "我家有青禾落地扇QH-1000")
    recalled(library, now)
    recall_push.propose(library, now, FEW)
    sent = []
    while plan(library, now, ("telegram",)):
        waiting = notices.claim(library, ["telegram"], now)
        assert len(waiting) <= 2
        for one in waiting:
            notices.record(library, one.id, notices.Sent(), now)
            sent.append(one.external_id)
    assert sorted(sent) == ["0", "1", "2", "3", "4"]


def test_who_has_blocked_us_is_in_the_ledger_and_keeps_nobody_waiting(
    library: Session, owner: Person, now: datetime
) -> None:
    owner.unreachable_why = "blocked"
    recalled(library, now)
    recall_push.propose(library, now, FEW)
    assert plan(library, now) == 1
    assert [one.state for one in posted(library)] == ["unreachable"]


def test_a_web_citizen_finds_the_notice_on_returning(
    library: Session, owner: Person, now: datetime
) -> None:
    recalled(library, now)
    recall_push.propose(library, now, FEW)
    plan(library, now)
    (waits,) = notices.waiting_for(library, owner, now + timedelta(days=9))
    assert waits.kind == "recall"


# ── what it says ──


def test_the_danger_comes_first_and_why_it_comes_last(now: datetime) -> None:
    notice = Recall(
        notice_no="T", title="某公司召回青禾落地扇", jurisdiction="CN", hazard="可能起火",
        models=["QH-1000"], remedy="免费更换", contact_phone="400-000-0000", publisher="某市场监管局",
        published_on=date(2026, 11, 1), url="https://example.cn/1", batch_raw="A1",
        manufacture_or_sale_dates="2025-01",
    )  # fmt: skip
    said = recall_notice.text(notice, "thing", "我家的风扇")
    parts = ["危险：可能起火", "青禾落地扇", "停止使用", "QH-1000", "2025-01", "A1", "免费更换", "400-000-0000",
             "某市场监管局，2026-11-01", "https://example.cn/1", "登记过「我家的风扇」"]  # fmt: skip
    places = [said.index(part) for part in parts]
    assert places == sorted(places) and said.startswith(parts[0])


@pytest.mark.parametrize("reason", recall_reach.REASONS)
def test_every_reason_is_told_and_nothing_is_called_safe(library: Session, reason: str) -> None:
    for notice in library.scalars(select(Recall)):
        said = recall_notice.text(notice, reason, "它")
        assert "None" not in said and len(said) < 1500
        assert ("「它」" in said) == (reason != "told_before")
        assert not any(word in said for word in ("放心", "是安全", "可以继续使用", "没有危险"))


# ── answers ──


def test_its_buttons_carry_the_answers_and_the_last_word_counts(
    library: Session, owner: Person, now: datetime
) -> None:
    recalled(library, now)
    push = recall_push.propose(library, now, FEW)
    assert push is not None
    plan(library, now)
    (notice,) = posted(library)
    payloads = [
        library.get_one(OfferedButton, one["id"]).payload for one in notices.buttons_of(notice)
    ]
    assert payloads[:3] == [recall_notice.payload(push.id, one) for one in recall_notice.ANSWERS]
    notice.state = "sent"
    for said in ("have", "have_not", "have", "done"):
        assert recall_answers.answer(library, owner, str(push.id), said, now) is push
    (kept,) = library.scalars(select(RecallAnswer))
    assert kept.answer == "done"
    assert recall_answers.rate(library, "T-1") == recall_answers.Rate(1, 1, 0, 1)


@pytest.mark.parametrize(("number", "said"), [("9", "have"), ("", "have"), ("1", "maybe")])
def test_an_answer_to_what_was_not_sent_is_none(
    library: Session, owner: Person, now: datetime, number: str, said: str
) -> None:
    recalled(library, now)
    recall_push.propose(library, now, FEW)
    plan(library, now)
    assert recall_answers.answer(library, owner, number, said, now) is None
    other = people.person(library, "web", "c-2", now)
    assert recall_answers.answer(library, other, "1", "have", now) is None
    assert library.scalar(select(func.count()).select_from(RecallAnswer)) == 0


def test_what_waits_is_listed_first(library: Session, owner: Person, now: datetime) -> None:
    for number, hazard in (("T-1", "标识缺失"), ("T-2", "可能起火")):
        recalled(library, now, number, hazard=hazard)
        recall_push.propose(library, now, FEW)
    found = recall_push.listed(library)
    assert [(notice.notice_no, push.state) for push, notice in found] == [
        ("T-1", "proposed"),
        ("T-2", "planning"),
    ]
