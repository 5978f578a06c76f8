"""What citizens, shops and reporters typed, on the pages of the desk: as it was typed, and as nothing else."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from html import unescape

import pytest
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import alerts, disputes, people, questions, reports
from tests.console.conftest import token
from tests.hostile import WORDS

KINDS = ("html", "jinja", "format", "markdown", "xml", "formula", "sql", "path")
NOW = datetime.now(UTC)


@pytest.fixture(params=KINDS)
def typed(request: pytest.FixtureRequest, sessions: sessionmaker[Session]) -> tuple[str, str, str]:
    """Hostile words in every field that somebody types; they, the dispute's number and the report's."""
    said = WORDS[request.param]
    with sessions.begin() as session:
        who = people.person(session, "web", "c-1", NOW)
        people.heard(session, who, "m-1", said, NOW)
        people.give_contact(who, people.Contact("13655551234", said[:40], said), NOW)
        made = disputes.start(session, who, NOW)
        made.merchant = made.product = made.brand = made.location = said[:60]
        made.facts, made.amount, made.demand, made.contact = said, Decimal(9), "refund", "given"
        disputes.lodge(session, made, operator="bureau", limit=Decimal(2000), now=NOW)
        alerts.alert(session, who, "follow_up", said, NOW, made)
        questions.note(session, said, "ask", "none", NOW)
        told = reports.Told(merchant=said[:60], facts=said, location=said[:60], name=said[:40])
        report = reports.lodge(session, told, reporter="r", form="f", operator="bureau", now=NOW)
        return said, str(made.number), str(report.report.number)


def test_hostile_words_stand_on_the_desk_as_they_were_typed(
    another: Callable[[str, str], TestClient], typed: tuple[str, str, str]
) -> None:
    said, dispute, report = typed
    desk = another("王芳", "administrator")
    opened = {
        path: desk.get(path)
        for path in ("/desk/disputes/list", f"/desk/case/{dispute}", "/desk/questions/list",
                     "/desk/question/1", "/desk/reports/list", f"/desk/report/{report}")
    }  # fmt: skip
    form = {"csrftoken": token(opened[f"/desk/case/{dispute}"].text), "version": "1"}
    for part in ("phone", "talk"):
        opened[part] = desk.post(f"/desk/case/{dispute}/show", data={**form, "what": part})
    for path, answer in opened.items():
        assert answer.status_code == 200, path
        assert not re.search(r'<script|<img src=x|<b>粗|href="tg:|<w:t>', answer.text), path
    start = said[:20]
    for path in (f"/desk/case/{dispute}", "/desk/question/1", f"/desk/report/{report}", "talk"):
        assert start in unescape(opened[path].text), path
