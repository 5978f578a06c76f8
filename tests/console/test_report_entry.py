"""Reports typed in at the desk, over HTTP: told first, anonymous where wished, and opened again by few."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.casework import reports
from bot.casework.officer_records import OfficerEvent
from bot.casework.records import Dispute, Evidence, Person
from bot.casework.report_records import Report, ReportEvent, ReportFile
from bot.channels import web
from bot.console import frame
from bot.library import load
from bot.settings import Settings
from tests.casework.reporting import TOLD
from tests.console.conftest import NAME, log_in, token
from tests.console.test_counter import form_of
from tests.console.test_counter_papers import BAD, PAPER, PHOTO, File

NEW = "/desk/new-report"
FACTS = "11月1日买到过期三个月的牛奶 <b>{{ 7*7 }}</b>，\n货架上还有十几盒"
GIVEN = {
    "told": "1", "way": "phone", "merchant": "永旺超市", "location": "中北镇万卉路5号", "facts": FACTS,
    "is_true": "1",
}  # fmt: skip
NAMED = {"name": "赵丽华", "phone": "136 5555 1234"}
SAID, PUBLIC = load("desk")["new_report"], load("reports")


def send(desk: TestClient, *files: File, hidden: dict[str, str] | None = None, **changed: Any) -> Any:  # fmt: skip
    hidden = hidden or form_of(desk.get(NEW).text)
    data = {**hidden, **GIVEN, **changed}
    given = [("files", one) for one in files]
    return desk.post(NEW, data=data, files=given or None, follow_redirects=False)


def kept(sessions: sessionmaker[Session], kind: type[Any] = Report) -> list[Any]:
    with sessions() as session:
        return list(session.scalars(select(kind).order_by(*kind.__table__.primary_key)))


def logged(sessions: sessionmaker[Session], number: str) -> list[str]:
    with sessions() as session:
        query = select(OfficerEvent.kind).where(OfficerEvent.subject == f"report:{number}")
        return list(session.scalars(query.order_by(OfficerEvent.id)))


def test_a_report_is_told_of_first_kept_apart_and_its_number_given(
    desk: TestClient, another: Callable[..., TestClient], sessions: sessionmaker[Session]
) -> None:
    page = desk.get(NEW).text
    assert f'href="http://desk.test{NEW}"' in page, "it is in the menu"
    told = page.index("您可以不留姓名、电话")
    assert told < page.index('name="merchant"') and "天津市西青区市场监督管理局" in page
    answer = send(desk, PHOTO, PAPER, **NAMED)
    assert answer.status_code == 303, answer.text
    (made,) = kept(sessions)
    assert (made.state, made.merchant, made.facts, made.street) == (
        "received", "永旺超市", FACTS, "中北镇",
    )  # fmt: skip
    assert (made.name, made.phone) == ("赵丽华", "13655551234") and made.check_due is not None
    assert [one.kind for one in kept(sessions, ReportFile)] == ["photo", "document"]
    assert b"taken at home" not in (kept(sessions, ReportFile)[0].shown or b"")
    assert kept(sessions, Dispute) == kept(sessions, Evidence) == kept(sessions, Person) == []
    slip = desk.get(answer.headers["location"]).text
    assert reports.number_text(made.number) in slip and made.check_due.isoformat() in slip
    for word in ("永旺", "牛奶", "赵丽华", "13655551234"):
        assert word not in slip, "a slip is left lying"
    assert desk.get(f"/desk/report/{made.number}").status_code == 403
    assert logged(sessions, made.number) == ["report_entered"]
    opened = another("王芳", "reviewer").get(f"/desk/report/{made.number}").text
    assert "来电，李明 登记" in opened and "赵丽华" in opened and "&lt;b&gt;{{ 7*7 }}" in opened


def test_a_slip_is_for_who_took_the_report(
    desk: TestClient, another: Callable[..., TestClient]
) -> None:
    place = send(desk).headers["location"]
    assert another("王芳", "administrator").get(place).status_code == 404
    for name in ("0" * 32, "x"):
        assert desk.get(f"{NEW}/{name}").status_code == 404


def test_nobody_need_give_a_name(desk: TestClient, sessions: sessionmaker[Session]) -> None:
    for _ in range(2):
        assert send(desk).status_code == 303
    first, second = kept(sessions)
    assert first.name is None and first.phone is None
    assert first.reporter != second.reporter, "who gave nothing is not known again"


WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"told": ""}, "told", SAID["problems"]["told_missing"]),
    ({"way": ""}, "way", SAID["problems"]["way_missing"]),
    ({"way": "web"}, "way", SAID["problems"]["way_missing"]),
    ({"merchant": "\u200b"}, "merchant", SAID["problems"]["merchant_missing"]),
    ({"location": " "}, "location", PUBLIC["problems"]["place_missing"]),
    ({"facts": "\n \u202e"}, "facts", PUBLIC["problems"]["facts_missing"]),
    ({"facts": "字" * 4001}, "facts", PUBLIC["problems"]["facts_long"].format(longest=4000)),
    ({"phone": "12315"}, "phone", PUBLIC["problems"]["phone_wrong"]),
    ({"phone": "13655551234或13655551235"}, "phone", PUBLIC["problems"]["phone_wrong"]),
    ({"is_true": ""}, "is_true", SAID["problems"]["is_true_missing"]),
    ({"earlier": "22222-22222"}, "earlier", SAID["problems"]["no_earlier"]),
    ({"earlier": "昨天那件"}, "earlier", SAID["problems"]["no_earlier"]),
]  # fmt: skip


@pytest.mark.parametrize(("changed", "field", "said"), WRONG)
def test_what_is_wrong_is_said_beside_its_field_and_above_all(
    desk: TestClient, sessions: sessionmaker[Session], changed: dict[str, Any], field: str, said: str
) -> None:  # fmt: skip
    answer = send(desk, **{"name": "王<i>女士", **changed})
    assert answer.status_code == 422 and kept(sessions) == []
    assert f'<p class="problem" id="new-{field}-problem">{said}</p>' in answer.text
    assert re.search(rf'<a href="#new-{field}">[^<]+：{re.escape(said)}</a>', answer.text)
    assert answer.text.count('class="problem"') == 1 and f'id="new-{field}"' in answer.text
    assert 'value="王&lt;i&gt;女士"' in answer.text, "what was typed is there"


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_not_taken_keeps_nothing_and_loses_no_word(
    desk: TestClient, sessions: sessionmaker[Session], name: str
) -> None:
    file, key = BAD[name]
    answer = send(desk, PHOTO, file)
    said = f"第 2 个：{load('desk')['uploads']['refused'][key]}"
    assert answer.status_code == 422 and answer.text.count(said) == 2
    assert "&lt;b&gt;{{ 7*7 }}&lt;/b&gt;" in answer.text and kept(sessions) == []


def test_a_form_is_taken_once(
    desk: TestClient, app: Starlette, sessions: sessionmaker[Session]
) -> None:
    hidden = form_of(desk.get(NEW).text)
    other = TestClient(app, base_url="http://desk.test", cookies=desk.cookies)
    with other, ThreadPoolExecutor(2) as both:
        answers = list(both.map(lambda one: send(one, PHOTO, hidden=hidden), (desk, other)))
    answers.append(send(desk, PHOTO, hidden=hidden))
    assert {one.status_code for one in answers} == {303}
    assert len({one.headers["location"] for one in answers}) == 1
    (made,) = kept(sessions)
    assert len(kept(sessions, ReportEvent)) == 1
    assert logged(sessions, made.number) == ["report_entered"]


def test_a_form_is_written_down_once_where_it_comes_between_two_looks(
    desk: TestClient, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same form is taken as soon as the first look of this one has found nothing."""
    hidden, look, answers = form_of(desk.get(NEW).text), reports.by_form, []

    def looked(session: Session, form: str) -> ReportEvent | None:
        found = look(session, form)
        monkeypatch.setattr(reports, "by_form", look)
        answers.append(send(desk, PHOTO, hidden=hidden))
        return found

    monkeypatch.setattr(reports, "by_form", looked)
    answers.append(send(desk, PHOTO, hidden=hidden))
    assert [one.status_code for one in answers] == [303, 303]
    (made,) = kept(sessions)
    assert len(kept(sessions, ReportEvent)) == 1
    assert logged(sessions, made.number) == ["report_entered"]


@pytest.mark.parametrize("changed", [{"facts": "秤不准"}, {"merchant": "好又多"}, {"file": "one"}], ids=str)  # fmt: skip
def test_who_goes_back_and_tells_another_matter_is_told_and_loses_nothing(
    desk: TestClient, sessions: sessionmaker[Session], changed: dict[str, str]
) -> None:
    hidden = form_of(desk.get(NEW).text)
    send(desk, hidden=hidden)
    files = [PAPER] if changed.pop("file", "") else []
    again = send(desk, *files, hidden=hidden, **changed)
    (made,) = kept(sessions)
    assert again.status_code == 409 and SAID["used"] in again.text
    assert reports.number_text(made.number) in again.text
    assert all(text in again.text for text in changed.values())
    assert send(desk, *files, hidden=form_of(again.text), **changed).status_code == 303
    assert len(kept(sessions)) == 2


def test_who_brings_a_number_adds_to_that_report_however_it_came(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        made = reports.lodge(session, TOLD, reporter="r", form="f", operator="bureau", now=datetime.now(UTC))  # fmt: skip
        made.report.name, number = "王女士", made.report.number
    answer = send(
        desk, earlier=reports.number_text(number).lower(), facts="货架上又摆出来了", **NAMED
    )
    assert answer.status_code == 303
    slip = desk.get(answer.headers["location"]).text
    assert reports.number_text(number) in slip and PUBLIC["receipt"]["supplemented"] in slip
    (one,) = kept(sessions)
    assert one.facts.endswith("货架上又摆出来了") and one.name == "王女士", "no name is replaced"
    added = kept(sessions, ReportEvent)[-1]
    assert (added.kind, added.detail["by"], added.detail["name"]) == (
        "supplemented",
        NAME,
        "赵丽华",
    )
    same = send(desk, earlier=number, facts=TOLD.facts)
    assert PUBLIC["receipt"]["repeated"] in desk.get(same.headers["location"]).text
    assert kept(sessions, ReportEvent)[-1].kind == "repeated" and len(kept(sessions)) == 1


def test_the_same_again_from_one_phone_is_the_same_report(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    send(desk, **NAMED)
    again = send(desk, **{**NAMED, "phone": "13655551234"})
    assert PUBLIC["receipt"]["repeated"] in desk.get(again.headers["location"]).text
    assert len(kept(sessions)) == 1


def test_a_phone_that_reports_all_day_waits(
    desk: TestClient, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reports, "MOST_A_DAY", 1)
    assert send(desk, **NAMED).status_code == 303
    answer = send(desk, **NAMED, merchant="好又多")
    assert answer.status_code == 422 and SAID["problems"]["too_many"] in answer.text
    assert len(kept(sessions)) == 1


def test_a_form_of_nobodys_does_nothing(
    client: TestClient, desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    hidden = form_of(desk.get(NEW).text)
    assert send(desk, hidden={**hidden, "csrftoken": "x"}).status_code == 403
    assert send(desk, hidden={**hidden, "form": "../x"}).status_code == 400
    desk.cookies.delete("desk", path="/desk")
    assert send(desk, hidden=hidden).headers["location"].startswith("http://desk.test/desk/login")
    assert kept(sessions) == []


def test_who_only_helps_to_prepare_takes_no_report(
    sessions: sessionmaker[Session], settings: Settings, officer: str
) -> None:
    app = Starlette(middleware=web.middleware())
    frame.mount(app, sessions, settings.model_copy(update={"operator": "independent"}))
    with TestClient(app, base_url="http://desk.test") as client:
        log_in(client)
        assert client.get(NEW).status_code == 403
        page = client.get("/desk/new").text
        assert NEW not in page and token(page)
        form = {**GIVEN, "csrftoken": token(page), "form": "0" * 32}
        assert client.post(NEW, data=form).status_code == 403
    assert kept(sessions) == []
