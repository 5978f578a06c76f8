"""Reports (举报): a place of their own for those on the matter, which no dispute leads to (总局令第121号 第37条)."""

import asyncio
import mimetypes
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import route

from bot.casework import evidence, officers, report_files, report_steps, reports, steps
from bot.casework.report_records import Report
from bot.casework.typed import plain
from bot.console.case import PICTURES
from bot.console.door import user
from bot.console.items import DECIDERS, Do, Item, Row, Shown, Wrong, moment
from bot.console.step_forms import Field
from bot.console.views import Choice, Listing
from bot.library import load

ACTOR = report_steps.ACTOR


class Reports(Listing):
    """Reports by number, state and day alone; without a filter those that are not closed."""

    roles = DECIDERS

    word, listed, kind = "report", "reports", Report
    cells = ("number", "state", "due", "received", "again")

    def where(self, request: Request) -> Sequence[ColumnElement[bool]]:
        """Those that are not closed, or all; a text that was only prepared is its reporter's."""
        is_all = self.asked(request).get("state") == "all"
        return (Report.state.not_in(("prepared",) if is_all else ("prepared", "closed")),)

    def get_search_query(self, request: Request, term: str) -> Any:
        """By number: everything else is sealed."""
        return Report.number == (reports.number_in(term) or "")

    def order(self) -> Sequence[ColumnElement[Any]]:
        """The first due first."""
        return (Report.check_due.asc(), Report.id.asc())

    def choices(self, request: Request) -> Sequence[Choice]:
        """Those that are not closed, or all."""
        said = load("desk")["report"]
        options = [("", said["open"]), ("all", said["all"])]
        chosen = self.asked(request).get("state", "")
        return [Choice("state", said["columns"]["state"], options, chosen)]

    def row(self, request: Request, record: Report) -> dict[str, Any]:
        """One report, and nothing of what it says."""
        is_late = reports.is_overdue(record, datetime.now(UTC))
        return {
            "number": reports.number_text(record.number), "due": due_text(record, is_late=is_late),
            "state": load("reports")["states"][record.state], "received": moment(record.received_at),
            "again": str(reports.times_again(record) or ""),
            "_meta": {"path": f"/report/{record.number}", "marks": {"due": "late" if is_late else ""}},
        }  # fmt: skip

    def can_export(self, request: Request) -> bool:
        """Never: reports stay where they are."""
        return False


class ReportPage(Item):
    """One report with the steps of its table; that it was opened is kept with it and in the log."""

    roles = DECIDERS
    word, listed, opening = "report", "reports", "report_opened"

    def find(self, session: Session, number: str) -> Report:
        """The report of this number."""
        found = reports.by_number(session, reports.number_in(number) or "", ACTOR)
        if found is None:
            raise HTTPException(404)
        return found

    def seen(self, record: Report) -> str:
        """The version: a step may lead to the state that it began in."""
        return str(record.version)

    def subject(self, record: Report) -> str:
        """Its number, under the name of its own place."""
        return f"{self.word}:{record.number}"

    def shown(
        self, session: Session, record: Report, request: Request, now: datetime, reveal: str
    ) -> Shown:
        """What it says, its day, and the steps; a reporter's name and phone are those who gave them."""
        reports.opened(session, record, ACTOR, now)
        said, none = load("desk")["report"], load("reports")["none"]
        columns = said["columns"]
        due = due_text(record, is_late=reports.is_overdue(record, now))
        pairs = [
            (columns["state"], load("reports")["states"][record.state]), (columns["due"], due),
            (columns["received"], moment(record.received_at)), (said["came"], came_text(record)),
            (columns["again"], str(reports.times_again(record) or "")),
            (said["text"], reports.text(record)), (said["name"], record.name or none),
            (said["phone"], record.phone or none), (said["passed_to"], reports.passed_to(record)),
        ]  # fmt: skip
        names = report_steps.possible(record.state, record.operator, ACTOR)
        does = [_do(report_steps.step(name)) for name in names]
        parts = [(said["files"], _files(session, record))]
        return Shown(f"{said['title']} {reports.number_text(record.number)}", pairs, parts, does)

    @route("/{number}/{what}/{piece:int}", methods=["GET"], name="report-file")
    async def piece(self, request: Request) -> Response:
        """A photo's copy to look at, or a file as it came, to keep: who opened it is written down."""
        is_original = {"file": False, "original": True}.get(request.path_params["what"])
        if is_original is None:
            raise HTTPException(404)
        content, mime = await asyncio.to_thread(self._piece, request, is_original)
        if not is_original:  # all that a copy for showing is
            mime = PICTURES.get(content[:2], "application/octet-stream")
        ending, place = (
            mimetypes.guess_extension(mime) or "",
            "attachment" if is_original else "inline",
        )
        name = f"{request.path_params['piece']}{ending}"
        headers = {"Content-Disposition": f'{place}; filename="{name}"'}
        return Response(content, media_type=mime, headers=headers)

    def _piece(self, request: Request, is_original: bool) -> tuple[bytes, str]:
        now, number = datetime.now(UTC), request.path_params["piece"]
        with self._sessions.begin() as session:
            record = self.find(session, request.path_params["number"])
            found = report_files.content(session, record, number, is_original=is_original)
            if found is None:
                raise HTTPException(404)
            by = user(request).username
            officers.log(session, by, "report_file_opened", now, self.subject(record))
            return found

    def act(
        self, session: Session, record: Report, name: str, form: Mapping[str, str], request: Request,
        now: datetime,
    ) -> str:  # fmt: skip
        """Take a step of the table; nobody is told of it by itself."""
        if name not in {one.name for one in report_steps.STEPS}:
            raise HTTPException(404)
        one = report_steps.step(name)
        if not steps.is_possible(one, record.state, record.operator, ACTOR):
            raise steps.NotPossible(name)
        detail = {field: plain(form.get(field, "")) for field in one.needs}
        wrong = steps.problems(one, detail)
        if wrong:
            raise Wrong(wrong)
        reports.take(session, record, name, ACTOR, now, **detail)
        return f"report_step:{name}"


def came_text(report: Report) -> str:
    """How it came, where an officer took it at the counter or on the phone; else empty."""
    way, by = reports.came(report)
    ways, said = load("desk")["new"]["ways"], load("desk")["report"]["taken_by"]
    return str(said).format(way=ways.get(way, way), by=by) if by else ""


def due_text(report: Report, *, is_late: bool) -> str:
    """The day by which it is decided if a case is filed, with what is to be known of it."""
    said = load("desk")["report"]
    marks = (report.is_due_provisional and said["provisional"], is_late and said["late"])
    day = report.check_due.isoformat() if report.check_due else said["no_due"]
    return day + "".join(one for one in marks if one)


def _files(session: Session, report: Report) -> list[Row]:
    """A line for each photo and paper, to look at where there is a copy, and to keep as it came."""
    said, kinds = load("desk")["report"], load("packet")["evidence"]["kinds"]
    rows = []
    for place, one in enumerate(report_files.of_report(session, report), start=1):
        text = f"{place}. {kinds.get(one.kind, one.kind)} · {evidence.size_text(one.size)}"
        path = f"/report/{report.number}"
        if one.is_shown:
            rows.append(Row(f"{text} · {said['look']}", f"{path}/file/{one.id}"))
        rows.append(Row(f"{text} · {said['original']}", f"{path}/original/{one.id}"))
    return rows


def _do(one: steps.Step) -> Do:
    said, choices = load("desk")["report"], dict(one.choices)
    fields = tuple(
        Field(
            name, said["fields"][name], is_needed=True,
            kind="choice" if name in choices else "line",
            longest=steps.LONGEST.get(name, steps.LONGEST_DETAIL),
            options=tuple((code, said["telling"][code]) for code in choices.get(name, ())),
        )
        for name in one.needs
    )  # fmt: skip
    return Do(one.name, said["steps"][one.name], fields, hint=one.law)
