"""Reports at the desk over HTTP: who sees them, that each opening is written down, and the steps of their table."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import evidence, report_steps, reports
from bot.casework.officer_records import OfficerEvent
from bot.casework.report_records import Report, ReportEvent
from bot.library import load
from tests.casework.reporting import DETAILS, FACTS, TOLD
from tests.casework.test_evidence import PDF, photo_with_place
from tests.console.conftest import token


@pytest.fixture
def number(sessions: sessionmaker[Session]) -> str:
    with sessions.begin() as session:
        made = reports.lodge(
            session, TOLD, reporter="r", form="f", operator="bureau", now=datetime.now(UTC)
        )
        return str(made.report.number)


def send(desk: TestClient, number: str, do: str, seen: str | None = None, **given: str) -> Any:
    page = desk.get(f"/desk/report/{number}").text
    drawn = page.partition('name="seen" value="')[2].partition('"')[0]
    form = {"csrftoken": token(page), "seen": seen or drawn, **given}
    return desk.post(f"/desk/report/{number}/{do}", data=form, follow_redirects=False)


def kinds(sessions: sessionmaker[Session], number: str) -> list[str]:
    with sessions() as session:
        query = select(OfficerEvent.kind).where(OfficerEvent.subject == f"report:{number}")
        return list(session.scalars(query.order_by(OfficerEvent.id)))


def test_nobody_else_comes_in(client: TestClient, number: str) -> None:
    for address in ("/desk/reports/list", f"/desk/report/{number}"):
        answer = client.get(address, follow_redirects=False)
        assert answer.status_code == 303 and "/desk/login" in answer.headers["location"]


def test_an_officer_for_disputes_sees_no_report(
    desk: TestClient, number: str, sessions: sessionmaker[Session]
) -> None:
    form = {"csrftoken": token(desk.get("/desk/account").text), "seen": "1"}
    assert desk.get("/desk/reports/list").status_code == 403
    assert desk.get(f"/desk/report/{number}").status_code == 403
    assert desk.post(f"/desk/report/{number}/begin", data=form).status_code == 403
    assert "/desk/reports" not in desk.get("/desk/disputes/list").text
    assert kinds(sessions, number) == []


@pytest.mark.parametrize("role", ["reviewer", "administrator"])
def test_each_opening_is_written_down_and_the_list_says_nothing(
    another: Callable[..., TestClient], number: str, sessions: sessionmaker[Session], role: str
) -> None:
    desk = another("王芳", role)
    listed = desk.get("/desk/reports/list").text
    assert f"/desk/report/{number}" in listed and "永旺" not in listed and FACTS not in listed
    assert kinds(sessions, number) == []
    assert FACTS in desk.get(f"/desk/report/{number}").text
    assert kinds(sessions, number) == ["report_opened"]
    with sessions() as session:
        assert "opened" in session.scalars(select(ReportEvent.kind)).all()
    assert desk.get("/desk/report/AAAA2222").status_code == 404


def test_what_came_with_a_report_is_looked_at_by_those_on_the_matter(
    another: Callable[..., TestClient], desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    given = [
        evidence.File("photo", photo_with_place(), "image/jpeg"), evidence.File("document", PDF),
    ]  # fmt: skip
    told = replace(TOLD, files=tuple(evidence.prepared(one) for one in given))
    with sessions.begin() as session:
        now = datetime.now(UTC)
        one = reports.lodge(session, told, reporter="r", form="f", operator="bureau", now=now)
        other = reports.lodge(session, TOLD, reporter="q", form="g", operator="bureau", now=now)
        number, others = one.report.number, other.report.number
    reviewer = another("王芳", "reviewer")
    page = reviewer.get(f"/desk/report/{number}").text
    shown = re.findall(rf'href="http://desk.test(/desk/report/{number}/\w+/\d)"', page)
    assert [one.split("/")[-2:] for one in shown] == [
        ["file", "1"], ["original", "1"], ["original", "2"],
    ]  # fmt: skip
    copy, first, second = (reviewer.get(one) for one in shown)
    assert copy.headers["content-type"] == "image/jpeg" and b"taken at home" not in copy.content
    assert (first.content, second.content) == (given[0].content, PDF)
    assert second.headers["content-disposition"] == 'attachment; filename="2.pdf"'
    assert kinds(sessions, number).count("report_file_opened") == 3
    for path in (f"{number}/file/2", f"{number}/file/3", f"{number}/x/1", f"{others}/file/1",
                 f"{number}/file/99999999999"):  # fmt: skip
        assert reviewer.get(f"/desk/report/{path}").status_code == 404
    assert {desk.get(one).status_code for one in shown} == {403}


@pytest.mark.parametrize("step", report_steps.STEPS, ids=lambda step: step.name)
def test_each_step_is_a_form_and_the_second_officer_is_told(
    another: Callable[..., TestClient], number: str, sessions: sessionmaker[Session], step: Any
) -> None:
    with sessions.begin() as session:
        session.scalars(select(Report)).one().state = step.before[0]
    desk = another("王芳", "reviewer")
    if step.needs:
        refused = send(desk, number, step.name)
        assert refused.status_code == 422 and load("desk")["wrong"]["missing"] in refused.text
    page = desk.get(f"/desk/report/{number}").text
    seen = page.partition('name="seen" value="')[2].partition('"')[0]
    detail = {field: DETAILS[field] for field in step.needs}
    assert send(desk, number, step.name, **detail).status_code == 303
    with sessions() as session:
        assert session.scalars(select(Report)).one().state == step.after
    assert f"report_step:{step.name}" in kinds(sessions, number)
    assert send(desk, number, step.name, seen=seen, **detail).status_code == 409
