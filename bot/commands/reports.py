"""The commands of the officer for reports: who sits at this machine; what they say stays on its screen."""

import sys
from datetime import UTC, datetime

from sqlalchemy.orm import Session

from bot import database, launch, settings
from bot.casework import report_files, report_steps, reports
from bot.casework.report_records import Report
from bot.casework.steps import NotPossible
from bot.library import load

ACTOR = report_steps.ACTOR


def list_open() -> None:
    """Print number, state and day of each report that is not closed, and nothing of what it says."""
    said, now = load("reports")["operator"], datetime.now(UTC)
    with database.connect(settings.get())() as session:
        rows = [_row(one, now) for one in reports.all_open(session, ACTOR)]
    for row in rows or [said["none"]]:
        launch.say(row)


def show(number: str) -> None:
    """Print what one report says; that it was read is kept. Ends with a message where there is none."""
    with database.connect(settings.get()).begin() as session:
        found = _found(session, number)
        reports.opened(session, found, ACTOR, datetime.now(UTC))
        said, none = load("reports"), load("reports")["none"]
        content = said["operator"]["content"].format(
            number=reports.number_text(found.number), state=said["states"][found.state],
            text=reports.text(found), name=found.name or none, phone=found.phone or none,
            files=report_files.count(session, found),
        )  # fmt: skip
    launch.say(content)


def take(number: str, step: str, reason: str = "") -> None:
    """Take a step of the table; `reason` is the one detail that it needs.

    Ends with a message where there is no such number, or no such step from where it stands.
    """
    with database.connect(settings.get()).begin() as session:
        found = _found(session, number)
        before = found.state
        try:
            needs = report_steps.step(step).needs
            detail = dict.fromkeys(needs, reason)
            reports.take(session, found, step, ACTOR, datetime.now(UTC), **detail)
        except NotPossible as problem:
            known = ", ".join(report_steps.possible(before, found.operator, ACTOR))
            sys.exit(load("reports")["operator"]["no_step"].format(why=problem, steps=known))
        spoken, after = reports.number_text(found.number), found.state
    moved = load("reports")["operator"]["moved"]
    launch.say(moved.format(number=spoken, before=before, after=after))


def _found(session: Session, number: str) -> Report:
    found = reports.by_number(session, reports.number_in(number) or "", ACTOR)
    if found is None:
        sys.exit(load("reports")["operator"]["no_number"].format(number=number))
    return found


def _row(report: Report, now: datetime) -> str:
    said = load("reports")
    mark = said["operator"]["provisional"] if report.is_due_provisional else ""
    if reports.is_overdue(report, now):
        mark += said["operator"]["overdue"]
    return str(said["operator"]["row"]).format(
        number=reports.number_text(report.number), state=said["states"][report.state], mark=mark,
        due=report.check_due or said["operator"]["no_due"], again=reports.times_again(report),
    )  # fmt: skip
