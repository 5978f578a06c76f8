"""Two officers press at the same moment, on the same version of a page: one is done, the other is told by whom."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import report_steps, reports, steps
from bot.casework.records import Dispute, DisputeEvent
from bot.casework.report_records import Report, ReportEvent
from bot.console.items import kind_text
from bot.library import label, load
from tests.casework.reporting import DETAILS as REPORT_DETAILS
from tests.casework.reporting import TOLD
from tests.casework.test_steps import detail_of
from tests.console.conftest import NAME, token
from tests.console.test_case import OFFICERS, number  # noqa: F401

OTHER = "王芳"
NOTES = {NAME: "李明写的备注", OTHER: "王芳写的备注"}


def at_once(
    browsers: dict[str, TestClient], send: Callable[[str], tuple[str, Any]]
) -> dict[str, Any]:
    """The answers, by officer, to forms that are sent together."""
    ready = Barrier(2)

    def press(name: str) -> Any:
        address, form = send(name)
        ready.wait(10)
        return browsers[name].post(address, data=form, follow_redirects=False)

    with ThreadPoolExecutor(2) as both:
        return dict(zip(browsers, both.map(press, browsers), strict=True))


def loser(answers: dict[str, Any]) -> tuple[str, str, Any]:
    """Who was first, who was not, and what the second was answered."""
    codes = {name: answer.status_code for name, answer in answers.items()}
    assert sorted(codes.values()) == [303, 409], codes
    first, second = sorted(codes, key=lambda name: codes[name])
    return first, second, answers[second].text


def last_done(page: str, by: str, what: str) -> bool:
    """Whether the alert of the page says who did what."""
    alert = page.partition('role="alert"')[2].partition("</div>")[0]
    return f"，{by}，{what}。" in alert


@pytest.mark.parametrize("step", OFFICERS, ids=lambda step: step.name)
def test_of_two_at_once_one_step_is_taken_and_the_other_reads_by_whom(
    desk: TestClient, another: Callable[..., TestClient], sessions: sessionmaker[Session], step: steps.Step,
    number: str,  # noqa: F811
) -> None:  # fmt: skip
    with sessions.begin() as session:
        session.scalars(select(Dispute)).one().state = step.before[0]
    browsers = {NAME: desk, OTHER: another(OTHER)}
    page = {name: one.get(f"/desk/case/{number}").text for name, one in browsers.items()}
    version = page[NAME].partition('name="version" value="')[2].partition('"')[0]
    assert f'value="{version}"' in page[OTHER]

    def form(name: str) -> tuple[str, Any]:
        sent = {
            "csrftoken": token(page[name]),
            "version": version,
            "note": NOTES[name],
            **detail_of(step),
        }
        return f"/desk/case/{number}/step/{step.name}", sent

    first, second, told = loser(at_once(browsers, form))
    assert NOTES[second] in told, "what was typed is lost"
    choices = dict(step.choices)
    for field, text in detail_of(step).items():
        assert (label(field, text) if field in choices else text) in told, field
    done = load("desk")["log"]["step"].format(step=load("desk")["steps"][step.name])
    assert last_done(told, first, done)
    with sessions() as session:
        query = select(DisputeEvent).where(DisputeEvent.kind == step.name)
        notes = [one.detail.get("note") for one in session.scalars(query)]
    assert notes == [NOTES[first]]


DOES: tuple[tuple[str, dict[str, str], str], ...] = (
    ("reply", {"text": "明天上午给您电话"}, "replied"),
    ("hold", {"officer": NAME}, "took_over"),
)


@pytest.mark.parametrize(("do", "given", "kind"), DOES, ids=[one[0] for one in DOES])
def test_of_two_who_reply_or_take_over_at_once_one_does(
    desk: TestClient, another: Callable[..., TestClient], do: str, given: dict[str, str], kind: str,
    number: str,  # noqa: F811
) -> None:  # fmt: skip
    browsers = {NAME: desk, OTHER: another(OTHER)}
    page = {name: one.get(f"/desk/case/{number}").text for name, one in browsers.items()}
    version = page[NAME].partition('name="version" value="')[2].partition('"')[0]

    def form(name: str) -> tuple[str, Any]:
        mine = {key: name if key == "officer" else text for key, text in given.items()}
        return f"/desk/case/{number}/{do}", {
            "csrftoken": token(page[name]),
            "version": version,
            **mine,
        }

    first, _, told = loser(at_once(browsers, form))
    assert last_done(told, first, load("desk")["log"][kind])
    assert all(f"{text}</textarea>" in told for key, text in given.items() if key == "text")


@pytest.mark.parametrize("step", report_steps.STEPS, ids=lambda step: step.name)
def test_of_two_at_once_one_step_of_a_report_is_taken(
    another: Callable[..., TestClient], sessions: sessionmaker[Session], step: steps.Step
) -> None:
    with sessions.begin() as session:
        made = reports.lodge(
            session, TOLD, reporter="r", form="f", operator="bureau", now=datetime.now(UTC)
        )
        made.report.state, place = step.before[0], f"/desk/report/{made.report.number}"
    browsers = {NAME: another(NAME, "reviewer"), OTHER: another(OTHER, "reviewer")}
    page = {name: one.get(place).text for name, one in browsers.items()}
    seen = page[OTHER].partition('name="seen" value="')[2].partition('"')[0]

    def form(name: str) -> tuple[str, Any]:
        detail = {field: REPORT_DETAILS[field] for field in step.needs}
        return f"{place}/{step.name}", {"csrftoken": token(page[name]), "seen": seen, **detail}

    first, _, told = loser(at_once(browsers, form))
    assert last_done(told, first, kind_text(f"report_step:{step.name}"))
    typed = [REPORT_DETAILS[field] for field in step.needs if field not in dict(step.choices)]
    assert all(text in told for text in typed)
    with sessions() as session:
        kinds = session.scalars(select(ReportEvent.kind)).all()
        assert (
            kinds.count(step.name) == 1
            and session.scalars(select(Report)).one().state == step.after
        )
