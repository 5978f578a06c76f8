"""The table of steps of a report: nobody else on it, no way around it, and its clock right."""

from datetime import date, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot.casework import alerts, report_steps, reports
from bot.casework.report_records import Report
from bot.casework.report_steps import ACTOR, STEPS
from bot.casework.steps import NotPossible
from bot.library import load
from bot.settings import ROOT
from tests.casework.reporting import DETAILS, OTHERS, Lodge, at, brought_to, take

# ── who may ──


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
@pytest.mark.parametrize("actor", OTHERS)
def test_nobody_else_takes_a_step(
    session: Session, lodge: Lodge, now: datetime, step: report_steps.Step, actor: str
) -> None:
    report = brought_to(session, lodge, step.before[0], now)
    events = len(report.events)
    with pytest.raises(NotPossible):
        reports.take(session, report, step.name, actor, now, **DETAILS)
    assert (report.state, len(report.events)) == (step.before[0], events)


@pytest.mark.parametrize("actor", OTHERS)
def test_nobody_else_lists_or_opens_one(
    session: Session, lodge: Lodge, now: datetime, actor: str
) -> None:
    report = lodge().report
    for look in (
        lambda: reports.all_open(session, actor),
        lambda: reports.by_number(session, report.number, actor),
        lambda: reports.opened(session, report, actor, now),
    ):
        with pytest.raises(NotPossible):
            look()


@pytest.mark.parametrize("state", report_steps.STATES)
@pytest.mark.parametrize("name", [step.name for step in STEPS])
def test_a_step_leads_only_from_where_the_table_says(
    session: Session, lodge: Lodge, now: datetime, state: str, name: str
) -> None:
    report, step = brought_to(session, lodge, state, now), report_steps.step(name)
    if state in step.before:
        event = take(session, report, name, now)
        assert (report.state, event.kind, event.actor) == (step.after, name, ACTOR)
        return
    with pytest.raises(NotPossible):
        take(session, report, name, now)
    assert report.state == state


@pytest.mark.parametrize("step", [step for step in STEPS if step.needs], ids=lambda step: step.name)
def test_a_step_without_what_it_needs_is_refused(
    session: Session, lodge: Lodge, now: datetime, step: report_steps.Step
) -> None:
    report = brought_to(session, lodge, step.before[0], now)
    for detail in ({}, {step.needs[0]: ""}):
        with pytest.raises(NotPossible, match=step.needs[0]):
            reports.take(session, report, step.name, ACTOR, now, **detail)


def test_no_step_tells_anybody(session: Session, lodge: Lodge, now: datetime) -> None:
    for state in report_steps.STATES:
        brought_to(session, lodge, state, now, reporter=f"{state:>64}")
    assert alerts.announce(session, "-100", now) == 0
    assert session.execute(text("SELECT count(*) FROM notices")).scalar_one() == 0


def test_two_officers_cannot_take_the_same_step(
    session: Session, lodge: Lodge, now: datetime
) -> None:
    report = lodge().report
    session.commit()
    with Session(session.get_bind()) as other:
        same = other.get_one(Report, report.id)
        assert same.state == "received"
        take(session, report, "begin", now)
        session.commit()
        with pytest.raises(StaleDataError):
            take(other, same, "pass_on", now)
        other.rollback()
        assert other.get_one(Report, report.id).state == "checking"
        assert [event.kind for event in same.events] == ["received", "begin"]


# ── the clock on the way ──


def test_an_extension_gives_as_many_days_once(session: Session, lodge: Lodge) -> None:
    report = lodge().report
    take(session, report, "begin", at(11, 3))
    take(session, report, "extend", at(11, 20))
    assert report.check_due == date(2026, 12, 14)
    with pytest.raises(NotPossible):
        take(session, report, "extend", at(11, 21))
    assert report.check_due == date(2026, 12, 14)


def test_what_is_over_its_time_is_not_extended(session: Session, lodge: Lodge) -> None:
    report = lodge().report
    take(session, report, "begin", at(11, 3))
    assert not reports.is_overdue(report, at(11, 23)) and reports.is_overdue(report, at(11, 24))
    with pytest.raises(NotPossible):
        take(session, report, "extend", at(11, 24))


@pytest.mark.parametrize(
    ("tests", "due"),
    [
        ([(at(11, 4), at(11, 6))], date(2026, 11, 26)),  # three working days
        ([(at(11, 4), at(11, 4))], date(2026, 11, 24)),
        ([(at(11, 2), at(11, 3))], date(2026, 11, 24)),  # the day of receipt does not count twice
        ([(at(11, 4), at(11, 5)), (at(11, 5), at(11, 6))], date(2026, 11, 26)),
        ([(at(11, 7), at(11, 8))], date(2026, 11, 23)),  # a weekend
        ([(at(11, 24), at(11, 27))], date(2026, 11, 23)),  # over before
    ],
)
def test_testing_stands_outside_of_the_clock(
    session: Session, lodge: Lodge, tests: list[tuple[datetime, datetime]], due: date
) -> None:
    report = lodge().report
    take(session, report, "begin", at(11, 2))
    for began, ended in tests:
        take(session, report, "test", began)
        assert not reports.is_overdue(report, at(12, 31))
        take(session, report, "resume", ended)
    assert report.check_due == due


def test_an_extension_keeps_the_days_of_a_test(session: Session, lodge: Lodge) -> None:
    report = lodge().report
    take(session, report, "begin", at(11, 2))
    take(session, report, "test", at(11, 4))
    take(session, report, "resume", at(11, 6))
    take(session, report, "extend", at(11, 9))
    assert report.check_due == date(2026, 12, 17)


# ── the document and the words ──


def test_each_state_has_its_word_and_the_document_its_row() -> None:
    document = (ROOT / "docs" / "reports.md").read_text(encoding="utf-8")
    for state in set(report_steps.STATES) - {"prepared"}:
        assert load("reports")["states"][state]
    for step in STEPS:
        before = "、".join(f"`{state}`" for state in step.before)
        needs = "、".join(step.needs) or "—"
        row = f"| `{step.name}` | {before} | `{step.after}` | {needs} | {step.law} |"
        assert row in document, row
