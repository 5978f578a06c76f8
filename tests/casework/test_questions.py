"""Questions without an answer are counted without a person, and reminders of a term come in time."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import guidance, notices, people, privacy, questions, retention, term_reminders
from bot.casework.guidance_records import GuidanceAnswer, UnansweredQuestion
from bot.casework.records import Notice, Person

HOUR = timedelta(hours=1)
SEVEN = guidance.entry("seven-days")
END = date(2026, 11, 10)
DUE = datetime(2026, 11, 8, 1, 0, tzinfo=UTC)  # 09:00 in Tianjin


def asked(session: Session, text: str, now: datetime, reason: questions.Reason = "none") -> None:
    questions.note(session, text, "ask_rights", reason, now)


@pytest.mark.parametrize(
    "again",
    [
        "充气城堡漏气算谁的",
        "充氣城堡漏氣算誰的",
        " 充气城堡漏气算谁的 ",
        "充气城堡\u200b漏气算谁的",
    ],
)
def test_the_same_question_is_counted_and_not_kept_twice(
    session: Session, now: datetime, again: str
) -> None:
    asked(session, "充气城堡漏气算谁的", now)
    asked(session, again, now + HOUR)
    [row] = questions.open_questions(session)
    assert (row.times, row.first_asked_at, row.last_asked_at) == (2, now, now + HOUR)


def test_another_reason_or_entry_is_another_row(session: Session, now: datetime) -> None:
    asked(session, "能退吗", now)
    asked(session, "能退吗", now, "unsure")
    for shown in ("seven-days", "store-return"):
        questions.note(session, "能退吗", "ask_rights", "unhelpful", now, shown=shown)
    rows = questions.open_questions(session)
    assert {(row.reason, row.entry_id) for row in rows} == {
        ("none", None), ("unsure", None), ("unhelpful", "seven-days"), ("unhelpful", "store-return"),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("我电话13800000001能退吗", "13800000001"),
        ("我的身份证120111199003071234被登记了", "120111199003071234"),
        ("卡号6222021234567890123扣了钱", "6222021234567890123"),
        ("发到wang@example.com行吗", "wang@example.com"),
    ],
)
def test_no_number_of_a_person_is_kept(
    session: Session, now: datetime, text: str, secret: str
) -> None:
    asked(session, text, now)
    [row] = questions.open_questions(session)
    assert secret not in row.question and "〔" in row.question
    raw = session.connection().execute(sa.text("SELECT question FROM unanswered_questions"))
    assert row.question.encode() not in bytes(raw.scalar_one())


def test_only_the_end_of_a_story_is_kept_and_nothing_of_an_empty_one(
    session: Session, now: datetime
) -> None:
    asked(session, "  ", now)
    asked(session, "那天的事" * 400 + "这个归谁管", now)
    [row] = questions.open_questions(session)
    assert len(row.question) == questions.LONGEST and row.question.endswith("这个归谁管")


def test_the_most_frequent_come_first_and_what_is_dealt_with_comes_back_when_asked_again(
    session: Session, now: datetime
) -> None:
    for text, times in (("甲问题", 1), ("乙问题", 3), ("丙问题", 2)):
        for _ in range(times):
            asked(session, text, now)
    first, second, third = questions.open_questions(session)
    assert [row.question for row in (first, second, third)] == ["乙问题", "丙问题", "甲问题"]
    assert questions.deal_with(session, str(first.id), now + HOUR) is first
    assert list(questions.open_questions(session)) == [second, third]
    asked(session, "乙问题", now + 2 * HOUR)
    assert questions.open_questions(session)[0] is first


@pytest.mark.parametrize("number", ["7", "x", "", "-1", "²"])
def test_a_question_that_is_not_there_is_not_dealt_with(
    session: Session, now: datetime, number: str
) -> None:
    assert questions.deal_with(session, number, now) is None


def test_questions_and_answers_go_after_their_term(session: Session, now: datetime) -> None:
    asked(session, "甲问题", now)
    session.add(GuidanceAnswer(entry_id="seven-days", said="helped", day=now.date()))
    session.commit()
    terms = retention.Terms()
    for days, left in ((terms.question_days - 1, 1), (terms.question_days + 1, 0)):
        retention.expire(session, now + timedelta(days=days), terms)
        for record in (UnansweredQuestion, GuidanceAnswer):
            assert len(session.scalars(select(record)).all()) == left


# ── reminders of a term ──


def test_a_reminder_comes_two_days_before_at_nine_and_names_the_term(
    session: Session, citizen: Person, now: datetime
) -> None:
    made = term_reminders.remind(session, citizen, SEVEN, 0, END, now)
    assert made is not None and made.due_at == DUE
    assert "七日无理由退货" in made.text and "11月10日" in made.text
    assert term_reminders.remind(session, citizen, SEVEN, 0, END, now) is made
    early = DUE - timedelta(seconds=1)
    assert not notices.claim(session, ["web"], early)
    assert [one.text for one in notices.claim(session, ["web"], DUE)] == [made.text]


@pytest.mark.parametrize(
    ("moment", "is_early"), [(DUE - HOUR, True), (DUE, False), (DUE + HOUR, False)]
)
def test_it_is_only_set_while_there_is_time(
    session: Session, citizen: Person, moment: datetime, is_early: bool
) -> None:
    assert term_reminders.may_be_set(END, moment) == is_early
    made = term_reminders.remind(session, citizen, SEVEN, 0, END, moment)
    assert (made is not None) == is_early


def test_it_is_taken_back_by_its_person_alone_and_may_be_set_again(
    session: Session, citizen: Person, now: datetime
) -> None:
    other = people.person(session, "web", "c-2", now)
    term_reminders.remind(session, citizen, SEVEN, 0, END, now)
    assert not term_reminders.forget(session, other, SEVEN, 0, END)
    assert not term_reminders.forget(session, citizen, SEVEN, 0, END + timedelta(days=1))
    assert term_reminders.forget(session, citizen, SEVEN, 0, END)
    assert not session.scalars(select(Notice)).all()
    assert term_reminders.remind(session, citizen, SEVEN, 0, END, now) is not None


def test_what_is_sent_is_not_taken_back(session: Session, citizen: Person, now: datetime) -> None:
    made = term_reminders.remind(session, citizen, SEVEN, 0, END, now)
    assert made is not None
    made.state = "sent"
    session.flush()
    assert not term_reminders.forget(session, citizen, SEVEN, 0, END)


def test_it_dies_with_the_personal_data(session: Session, citizen: Person, now: datetime) -> None:
    term_reminders.remind(session, citizen, SEVEN, 0, END, now)
    session.commit()
    privacy.erase(session, citizen, now)
    assert not session.scalars(select(Notice)).all()
    assert not notices.claim(session, ["web"], DUE)
