"""RECORD: reports (举报), from the form to the decision if a case is filed. Knows no talk and no dispute."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session

from bot.casework import deadlines, evidence, links, report_files, report_steps, steps
from bot.casework.disputes import NUMBER_ALPHABET, Operator, local_day
from bot.casework.report_records import Report, ReportEvent, ReportFile
from bot.casework.steps import NotPossible
from bot.library import load, streets
from bot.reading import folding, places

MOST_A_DAY = 10  # reports of one reporter: more is no citizen's day
A_DAY = timedelta(hours=24)
PREPARED_FOR = timedelta(seconds=links.REPORT_SECONDS)  # then no link opens a prepared text
_GROUP = f"([{NUMBER_ALPHABET}]{{5}})"
_NUMBER = re.compile(rf"(?<![0-9A-Z]){_GROUP}[- ]?{_GROUP}(?![0-9A-Z])")


@dataclass(frozen=True)
class Told:
    """What a reporter wrote. `earlier` is the number of a report of theirs that this adds to.

    `by` is the officer who took it at the counter or on the phone, which `way` tells; else empty.
    """

    merchant: str
    facts: str
    location: str = ""
    platform: str = ""
    name: str = ""
    phone: str = ""
    earlier: str = ""
    files: tuple[evidence.Prepared, ...] = ()
    way: str = ""
    by: str = ""


class TooMany(Exception):
    """One reporter sent more than MOST_A_DAY within A_DAY."""


class NoEarlier(Exception):
    """This reporter made no report of that number; to an officer who asks: there is none."""


# ── decisions ────────────────────────────────────────────────────────────────


def number_in(text: str) -> str | None:
    """The number of a report in a text, as it is kept, or None. No number of a dispute is one."""
    found = _NUMBER.search(folding.plain(text).upper())
    return found.group(1) + found.group(2) if found else None


def number_text(number: str) -> str:
    """A report's number as people read it aloud: in two groups of five, where a dispute has four."""
    return f"{number[:5]}-{number[5:]}"


def is_repeat(report: Report, told: Told) -> bool:
    """Whether it tells the same of the same shop (总局令第121号 第35条): no word, no place is new."""
    if _bare(report.merchant) != _bare(told.merchant):
        return False
    return all(
        _bare(getattr(told, name)) in _bare(getattr(report, name) or "")
        for name in ("location", "platform", "facts")
    )


def street_in(location: str) -> str | None:
    """The street of ours that a place names, or None."""
    found = places.find(folding.plain(location), streets())
    return next((place.street for place in found if place.street), None)


def text(report: Report) -> str:
    """A report as people read it, or hand it in at 12315: no name, no phone."""
    said = load("reports")
    fields = ("merchant", "location", "platform", "facts")
    known = {name: getattr(report, name) or said["none"] for name in fields}
    return str(said["text"]).format(**known)


def _bare(text: str) -> str:
    return re.sub(r"\W", "", folding.plain(text)).casefold()


# ── with a session; the caller commits ───────────────────────────────────────


def lodge(
    session: Session, told: Told, *, reporter: str, form: str, operator: Operator, now: datetime
) -> ReportEvent:
    """Keep a report and return the event that it is; a form that was sent before gives its first.

    `reporter` and `form` are digests (links.digest). Bureau: the form is receipt, and the 15 working
    days of 市场监督管理行政处罚程序规定 第18条 start. The same again becomes an event of the first
    report; what is new joins the report it names, and its clock starts anew (总局令第121号 第35条).
    An officer may name any report that an office has: whoever brings its number to the counter made it.
    Independent: nothing is submitted anywhere and no clock runs; the text is only prepared.
    Raises TooMany and NoEarlier; StaleDataError where an officer changed that report meanwhile,
    IntegrityError where the same form is kept at the same moment.
    """
    before = by_form(session, form)
    if before is not None:
        return before
    own = _of_reporter(session, reporter)
    _refuse_too_many(session, reporter, now)
    if operator == "independent":
        return _receive(session, told, reporter, form, operator, now)
    same = next((one for one in own if is_repeat(one, told)), None)
    if same is not None and not report_files.new(session, same, told.files):
        return _repeat(session, same, told, form, now)
    earlier = _earlier(session, own, told) or same
    if earlier is not None and not tells_more(session, earlier, told):
        return _repeat(session, earlier, told, form, now)
    if earlier is not None and earlier.state in report_steps.RUNNING:
        return _supplement(session, earlier, told, form, now)
    return _receive(session, told, reporter, form, operator, now, earlier)


def by_form(session: Session, form: str) -> ReportEvent | None:
    """What the form of that digest brought, or None where it was not sent."""
    return session.scalar(_with_form(form))


def take(
    session: Session, report: Report, name: str, actor: str, now: datetime, **detail: str
) -> ReportEvent:
    """Take the step `name` of the table (report_steps.py), with its event in one transaction.

    Nobody is told of it by itself: a reporter is told where a law says so (总局令第121号 第36条).
    Raises NotPossible; StaleDataError for the second of two at once.
    """
    step = report_steps.step(name)
    detail = steps.check(step, report.state, report.operator, actor, detail)
    if name == "extend":
        _refuse_extension(report, now)
        report.extended_at = now
    before, report.state = report.state, step.after
    event = _log(session, report, name, actor, now, before=before, **detail)
    if name in ("extend", "resume"):
        _set_due(session, report)
    return event


def by_number(session: Session, number: str, actor: str) -> Report | None:
    """The report of that number; a text that was only prepared is nobody's but its reporter's.

    Raises NotPossible for another actor than the officer for reports.
    """
    _refuse_others(actor)
    query = select(Report).where(Report.number == number, Report.state != "prepared")
    return session.scalar(query)


def opened(session: Session, report: Report, actor: str, now: datetime) -> None:
    """Keep that somebody read what a report says. Raises NotPossible for another actor."""
    _refuse_others(actor)
    _log(session, report, "opened", actor, now)


def all_open(session: Session, actor: str) -> Sequence[Report]:
    """The reports that are not closed, the first due first. Raises NotPossible for another actor."""
    _refuse_others(actor)
    query = select(Report).where(Report.state.not_in(("closed", "prepared")))
    return session.scalars(query.order_by(Report.check_due, Report.id)).all()


def is_overdue(report: Report, now: datetime) -> bool:
    """Whether it should have been decided if a case is filed; while a test runs, no clock does."""
    is_running = report.state in report_steps.RUNNING and report.state != "testing"
    return is_running and report.check_due is not None and local_day(now) > report.check_due


def times_again(report: Report) -> int:
    """How often its reporter came back with it, with something new or without."""
    return sum(one.kind in ("supplemented", "repeated") for one in report.events)


def passed_to(report: Report) -> str:
    """Where a report was passed on to; empty where it was not (总局令第121号 第34条)."""
    return next((str(e.detail["to"]) for e in report.events if e.kind == "pass_on"), "")


def stands(report: Report) -> str:
    """How far it is, as its reporter may know: running, testing, over or passed_on; never the outcome."""
    if passed_to(report):
        return "passed_on"
    if report.state == "testing":
        return "testing"
    return "running" if report.state in report_steps.RUNNING else "over"


def came(report: Report) -> tuple[str, str]:
    """How the first of it came, and which officer took it; empty where its reporter sent it."""
    first = report.events[0].detail
    return str(first.get("way", "")), str(first.get("by", ""))


def tells_more(session: Session, report: Report, told: Told) -> bool:
    """Whether something in it is new to that report: a word, a place or a file."""
    return not is_repeat(report, told) or bool(report_files.new(session, report, told.files))


def forget_prepared(session: Session, now: datetime) -> int:
    """Delete the prepared texts that no link opens any more; returns how many there were."""
    query = select(Report).where(
        Report.state == "prepared", Report.received_at < now - PREPARED_FOR
    )
    stale = session.scalars(query).all()
    for one in stale:
        remove(session, one)
    return len(stale)


def remove(session: Session, report: Report) -> None:
    """Delete a prepared text for good, as its reporter asks. Raises ValueError for one that was received."""
    if report.state != "prepared":
        raise ValueError("only a prepared report can be deleted")
    for kind in (ReportFile, ReportEvent):
        session.execute(delete(kind).where(kind.report_id == report.id))
    session.expire(report, ["events"])
    session.delete(report)


def _receive(
    session: Session, told: Told, reporter: str, form: str, operator: Operator, now: datetime,
    earlier: Report | None = None,
) -> ReportEvent:  # fmt: skip
    made = Report(
        number=_free_number(session), reporter=reporter, operator=operator,
        state="received" if operator == "bureau" else "prepared",
        merchant=told.merchant, facts=told.facts, location=told.location or None,
        platform=told.platform or None, street=street_in(told.location),
        name=told.name or None, phone=told.phone or None, received_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    report_files.keep(session, made, told.files, now)
    detail = {"adds_to": earlier.number} if earlier is not None else {}
    event = _log(session, made, "received", "reporter", now, form, **detail, **_taken(told))
    _set_due(session, made)
    return event


def _supplement(
    session: Session, report: Report, told: Told, form: str, now: datetime
) -> ReportEvent:
    """New facts join; what else was typed stays with the event, so that nothing is lost."""
    if _bare(told.facts) not in _bare(report.facts):
        report.facts = f"{report.facts}\n{told.facts}"
    report.extended_at = None  # a clock that starts anew may be extended anew
    _take_contact(report, told)
    report_files.keep(session, report, told.files, now)
    names = ("merchant", "location", "platform", *(("name", "phone") if told.by else ()))
    typed = {name: getattr(told, name) for name in names}
    event = _log(session, report, "supplemented", "reporter", now, form, **typed, **_taken(told))
    _set_due(session, report)
    return event


def _repeat(session: Session, report: Report, told: Told, form: str, now: datetime) -> ReportEvent:
    _take_contact(report, told)
    return _log(session, report, "repeated", "reporter", now, form, **_taken(told))


def _taken(told: Told) -> dict[str, str]:
    """Which officer took it, and how it came; of what its reporter sent nothing."""
    return {"way": told.way, "by": told.by} if told.by else {}


def _take_contact(report: Report, told: Told) -> None:
    """Who reported without a name may give it later. What is told at the counter replaces no name."""
    if told.by:
        report.name, report.phone = (
            report.name or told.name or None,
            report.phone or told.phone or None,
        )
    else:
        report.name, report.phone = told.name or report.name, told.phone or report.phone


def _set_due(session: Session, report: Report) -> None:
    """The day of the decision, from the last event that started the clock; of a prepared text none."""
    if report.operator != "bureau":
        return
    query = select(ReportEvent).where(ReportEvent.report_id == report.id)
    events = session.scalars(query.order_by(ReportEvent.id)).all()
    start = [e for e in events if e.kind in ("received", "supplemented")][-1]
    due = deadlines.check_report_by(
        local_day(start.happened_at), report.extended_at is not None, _tests(events)
    )
    report.check_due, report.is_due_provisional = due.on, due.is_provisional


def _tests(events: Sequence[ReportEvent]) -> list[deadlines.Pause]:
    """The spans of testing and appraisal that are over; each day of one is left out of the clock."""
    began = [local_day(one.happened_at) for one in events if one.kind == "test"]
    ended = [local_day(one.happened_at) for one in events if one.kind == "resume"]
    return [deadlines.Pause(*days) for days in zip(began, ended, strict=False)]


def _refuse_extension(report: Report, now: datetime) -> None:
    """Once for each clock, and not when the time is over (行政处罚程序规定 第18条)."""
    if report.extended_at is not None or is_overdue(report, now):
        raise NotPossible("extend: was extended before, or is over its time")


def _refuse_others(actor: str) -> None:
    if actor != report_steps.ACTOR:
        raise NotPossible(f"reports are not for {actor}")


def _refuse_too_many(session: Session, reporter: str, now: datetime) -> None:
    query = select(func.count(ReportEvent.id)).join(Report).where(
        Report.reporter == reporter,
        ReportEvent.form.is_not(None),
        ReportEvent.happened_at > now - A_DAY,
    )  # fmt: skip
    if session.scalars(query).one() >= MOST_A_DAY:
        raise TooMany


def _of_reporter(session: Session, reporter: str) -> Sequence[Report]:
    """What this reporter sent to an office, the newest first."""
    query = select(Report).where(Report.reporter == reporter, Report.operator == "bureau")
    return session.scalars(query.order_by(Report.id.desc())).all()


def _earlier(session: Session, own: Sequence[Report], told: Told) -> Report | None:
    if not told.earlier:
        return None
    number = number_in(told.earlier)
    found = next((one for one in own if one.number == number), None)
    if found is None and told.by and number:
        query = select(Report).where(Report.number == number, Report.operator == "bureau")
        found = session.scalar(query)
    if found is None:
        raise NoEarlier
    return found


def _with_form(form: str) -> Select[ReportEvent]:
    return select(ReportEvent).where(ReportEvent.form == form)


def _free_number(session: Session) -> str:
    while True:
        number = "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(10))
        if session.scalar(select(Report.id).where(Report.number == number)) is None:
            return number


def _log(
    session: Session, report: Report, kind: str, actor: str, now: datetime,
    form: str | None = None, **detail: str,
) -> ReportEvent:  # fmt: skip
    event = ReportEvent(
        report=report, kind=kind, actor=actor, detail=detail, form=form, happened_at=now
    )
    session.add(event)
    session.flush()
    return event
