"""How the fast lane ends by itself: officers keep time to decide, and the shop hears of it once."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot import database
from bot.casework import (
    deadlines,
    disputes,
    negotiations,
    people,
    progress,
    sealing,
    shop_letters,
    shops,
    steps,
)
from bot.casework.disputes import CHINA, Operator
from bot.casework.negotiations import Answer
from bot.casework.records import Dispute, DisputeEvent, Negotiation, Notice, Person, Record, Shop
from bot.library import label, load

HOURS = 16
OFFER = Answer("offer", "刘经理", "先退一部分", Decimal(200))


def url_of(number: int) -> str:
    return f"https://example.cn/shop/{number}"


def lodged(session: Session, now: datetime, operator: Operator = "bureau") -> Dispute:
    session.add(
        Shop(
            name="永旺", aliases=[], email="liu@example.cn", verified_at=now, verified_by="张三",
            created_at=now, updated_at=now,
        )
    )  # fmt: skip
    made = disputes.start(session, people.person(session, "web", "c-1", now), now)
    made.merchant, made.amount, made.facts = "永旺", Decimal(399), "王女士买的电饭煲坏了"
    disputes.lodge(session, made, operator=operator, limit=Decimal(2000), now=now)
    session.flush()
    return made


@pytest.fixture
def asked(session: Session, now: datetime) -> Negotiation:
    return negotiations.ask(session, lodged(session, now), HOURS, now, url_of)


def local(day: str, hour: int) -> datetime:
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+08:00")


def letters(session: Session) -> list[str]:
    query = select(Notice).join(Person).where(Person.channel == shops.CHANNEL)
    return [one.text for one in session.scalars(query.order_by(Notice.id))]


def reasons(session: Session) -> list[str]:
    query = select(DisputeEvent).where(DisputeEvent.kind == "escalate")
    return [one.detail["reason"] for one in session.scalars(query)]


# ── the cap ──


@pytest.mark.parametrize("talks", ["shop", "citizen"])
def test_two_working_days_before_the_decision_it_ends_whoever_talks(
    talks: str, session: Session, asked: Negotiation
) -> None:
    last = local("2026-11-09", 17)  # to be decided by Wednesday, 11 November
    negotiations.answer(session, asked, OFFER, HOURS, local("2026-11-06", 10))
    if talks == "citizen":
        negotiations.write(session, asked, "最少退300", HOURS, local("2026-11-09", 16), url_of)
    else:
        negotiations.answer(session, asked, OFFER, HOURS, local("2026-11-09", 16))
    assert asked.answer_due == last
    negotiations.tick(session, last - timedelta(minutes=1), url_of)
    assert asked.dispute.state == "negotiating"
    negotiations.tick(session, last, url_of)
    assert (asked.dispute.state, reasons(session)) == ("lodged", ["time_over"])
    assert "时间到了" in session.scalars(select(Notice.text).order_by(Notice.id)).all()[-1]
    assert letters(session)[-1].count("时间到了") == 1


def test_where_no_clock_runs_it_ends_after_ten_working_days(
    session: Session, now: datetime
) -> None:
    one = negotiations.ask(session, lodged(session, now, "independent"), HOURS, now, url_of)
    last = local("2026-11-16", 17)
    assert negotiations.ends_by(one.dispute, now) == last
    for day in ("2026-11-03", "2026-11-05", "2026-11-09", "2026-11-11", "2026-11-13"):
        negotiations.tick(session, local(day, 9), url_of)
        negotiations.answer(session, one, OFFER, HOURS, local(day, 9))
        negotiations.write(session, one, "再想想", HOURS, local(day, 10), url_of)
    negotiations.tick(session, last - timedelta(minutes=1), url_of)
    assert reasons(session) == []
    negotiations.tick(session, last, url_of)
    assert reasons(session) == ["time_over"]


def test_an_agreement_that_waits_is_not_cut(session: Session, asked: Negotiation) -> None:
    due = asked.dispute.accept_due
    negotiations.answer(session, asked, Answer("accept", "刘经理"), HOURS, local("2026-11-09", 16))
    negotiations.tick(session, local("2026-11-12", 9), url_of)
    assert (asked.dispute.state, asked.dispute.accept_due) == ("agreed", due)
    progress.take(
        session, asked.dispute, "escalate", "officer", local("2026-11-12", 10), reason="time_over"
    )
    assert asked.dispute.state == "lodged" and "工作人员接手" in letters(session)[-1]


def test_who_was_silent_is_called_silent_even_where_the_clock_comes_late(
    session: Session, asked: Negotiation
) -> None:
    negotiations.tick(session, local("2026-11-20", 9), url_of)
    assert reasons(session) == ["shop_silent"]


def test_one_that_was_given_more_time_by_an_older_version_is_cut_too(
    session: Session, asked: Negotiation
) -> None:
    asked.answer_due = local("2026-11-25", 12)
    negotiations.tick(session, local("2026-11-09", 17), url_of)
    assert reasons(session) == ["time_over"]


def test_nobody_is_asked_who_would_not_have_the_hours_that_are_promised(
    session: Session, now: datetime
) -> None:
    one = lodged(session, now)
    assert negotiations.possible(session, one, HOURS, local("2026-11-06", 9)) is not None
    late = local("2026-11-06", 10)  # Friday: sixteen working hours end on Tuesday
    assert negotiations.possible(session, one, HOURS, late) is None
    with pytest.raises(steps.NotPossible):
        negotiations.ask(session, one, HOURS, late, url_of)
    assert one.state == "lodged" and letters(session) == []


moments = st.datetimes(datetime(2026, 1, 1), datetime(2026, 11, 30), timezones=st.just(UTC))
talk = st.lists(
    st.tuples(st.sampled_from(("offer", "message", "write", "silence")), st.integers(1, 60)),
    max_size=20,
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(moments, st.floats(1, 40), talk)
def test_whatever_they_say_officers_keep_two_working_days(
    now: datetime, hours: float, said: list[tuple[str, int]]
) -> None:
    sealing.unlock([Fernet.generate_key()])
    engine = database.engine("sqlite://")
    Record.metadata.create_all(engine)
    with Session(engine) as session:
        dispute = lodged(session, now)
        one = negotiations.ask(session, dispute, hours, now, url_of)
        assert dispute.accept_due is not None
        for what, later in said:
            now += timedelta(hours=later)
            negotiations.tick(session, now, url_of)
            if dispute.state != "negotiating":
                break
            if what == "write":
                negotiations.write(session, one, "好", hours, now, url_of)
            elif what != "silence":
                negotiations.answer(session, one, Answer(what, "刘", "好"), hours, now)
            assert one.remind_due <= one.answer_due
        last = one.answer_due.astimezone(CHINA).date()
        assert (
            deadlines.after_working_days(last, negotiations.DECIDING_DAYS).on <= dispute.accept_due
        )
        negotiations.tick(session, one.answer_due, url_of)
        assert dispute.state == "lodged" and dispute.lane == "queue"
    engine.dispose()


# ── what the shop is told ──


def test_every_reason_has_its_words_and_its_letter() -> None:
    for reason in steps.ESCALATION_REASONS:
        assert label("reason", reason) != reason
        key = shop_letters.over("escalate", "clock", reason)
        assert key in load("wording") and (key == "shop_taken") == (reason == "shop_refused")


@pytest.mark.parametrize(
    ("step", "actor", "detail", "word"),
    [
        ("withdraw", "citizen", {}, "已撤回"),
        ("withdraw", "officer", {}, "已撤回"),
        ("settle", "officer", {}, "工作人员接手"),
        ("settle", "citizen", {}, "确认解决"),
        ("escalate", "operator", {"reason": "shop_silent"}, "工作人员接手"),
        ("escalate", "clock", {"reason": "citizen_silent"}, "没有等到消费者的答复"),
        ("escalate", "clock", {"reason": "shop_silent"}, "没有等到贵店的答复"),
        ("escalate", "clock", {"reason": "time_over"}, "协商的时间到了"),
    ],
)
def test_a_shop_whose_matter_ended_without_it_is_told_once(
    step: str, actor: str, detail: dict[str, str], word: str,
    session: Session, asked: Negotiation, now: datetime,
) -> None:  # fmt: skip
    before = len(letters(session))
    progress.take(session, asked.dispute, step, actor, now, **detail)
    for minutes in (1, 2):
        negotiations.tick(session, now + timedelta(days=30, minutes=minutes), url_of)
    (letter,) = letters(session)[before:]
    assert word in letter and disputes.number_text(asked.dispute.number or "") in letter
    assert not any(private in letter for private in ("王女士", "电饭煲", "http"))
    assert not negotiations.is_open(asked)


def test_a_shop_that_ended_it_itself_and_one_that_was_never_asked_get_no_letter(
    session: Session, asked: Negotiation, now: datetime
) -> None:
    before = letters(session)
    negotiations.answer(session, asked, Answer("refuse", "刘经理", "人为损坏"), HOURS, now)
    never = disputes.start(session, asked.dispute.person, now)
    disputes.lodge(session, never, operator="bureau", limit=Decimal(2000), now=now)
    progress.take(session, never, "withdraw", "citizen", now)
    assert letters(session) == before


def test_after_the_fast_lane_what_officers_do_is_no_letter_to_the_shop(
    session: Session, asked: Negotiation, now: datetime
) -> None:
    negotiations.tick(session, asked.answer_due, url_of)
    before = letters(session)
    progress.take(session, asked.dispute, "begin", "officer", now)
    progress.take(session, asked.dispute, "withdraw", "citizen", now)
    assert letters(session) == before
