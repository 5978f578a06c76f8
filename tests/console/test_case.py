"""The page of one dispute over HTTP: what it shows, each step of the table as a form, and two officers at once."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import alerts, disputes, evidence, people, pictures, steps
from bot.casework.officer_records import OfficerEvent
from bot.casework.records import Dispute, DisputeEvent, Notice
from bot.console import step_forms
from bot.library import label, load
from tests.casework.test_steps import DETAILS
from tests.console.conftest import NAME, token

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
SECRETS = ("赵丽华", "13655551234", "泰和路5号")


def picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (900, 600), "teal").save(written, "JPEG")
    return written.getvalue()


@pytest.fixture
def number(sessions: sessionmaker[Session]) -> str:
    """The number of a dispute with a story, a contact, a photo and what its citizen said later."""
    with sessions.begin() as session:
        who = people.person(session, "web", "c-1", NOW)
        people.heard(session, who, "m-1", "键盘坏了，他们不退", NOW)
        people.give_contact(who, people.Contact("13655551234", "赵丽华", "泰和路5号"), NOW)
        made = disputes.start(session, who, NOW)
        made.merchant, made.product, made.facts = "永旺超市", "键盘", "<b>键盘</b>坏了"
        made.amount, made.demand, made.contact = Decimal(399), "refund", "given"
        for place, content in enumerate((picture(), b"%PDF-1.4 <script>")):
            file = evidence.File("document", content)
            evidence.keep(
                session, who, file, source=f"s{place}", message_id="s", caption=None, now=NOW
            )
        evidence.attach(session, who, made, NOW)
        disputes.lodge(session, made, operator="bureau", limit=Decimal(2000), now=NOW)
        alerts.alert(session, who, "follow_up", "还没退给我", NOW, made)
        return str(made.number)


def found(sessions: sessionmaker[Session], number: str) -> Dispute:
    with sessions() as session:
        return session.scalars(select(Dispute).where(Dispute.number == number)).one()


def logged(sessions: sessionmaker[Session], number: str) -> list[str]:
    with sessions() as session:
        query = select(OfficerEvent.kind).where(OfficerEvent.subject == number)
        return list(session.scalars(query.order_by(OfficerEvent.id)))


@pytest.fixture
def send(sessions: sessionmaker[Session], number: str) -> Callable[..., Any]:
    """Sends a form of the page, as it was drawn for the dispute's present version."""

    def sent(desk: TestClient, where: str, version: int | None = None, **given: str) -> Any:
        page = desk.get(f"/desk/case/{number}").text
        seen = found(sessions, number).version if version is None else version
        form = {"csrftoken": token(page), "version": str(seen), **given}
        return desk.post(f"/desk/case/{number}/{where}", data=form, follow_redirects=False)

    return sent


def test_the_page_tells_the_case_and_not_who_the_citizen_is(
    desk: TestClient, number: str, sessions: sessionmaker[Session]
) -> None:
    page = desk.get(f"/desk/case/{number}").text
    for said in ("永旺超市", "399 元", "退款", "&lt;b&gt;键盘&lt;/b&gt;坏了", "136****1234", "还没退给我",
                 "第15条", "核对并确认，生成记录", "下载原件"):  # fmt: skip
        assert said in page, said
    assert not any(secret in page for secret in SECRETS)
    assert "他们不退" not in page and "<script" not in page and "style=" not in page
    assert logged(sessions, number) == ["case_opened"]
    for odd in ("AAAA2222", "x", "list"):
        assert desk.get(f"/desk/case/{odd}").status_code == 404


def test_the_phone_and_the_talk_are_shown_to_who_asks_and_that_is_written_down(
    desk: TestClient, send: Callable[..., Any], number: str, sessions: sessionmaker[Session]
) -> None:
    page = send(desk, "show", what="phone").text
    assert all(secret in page for secret in SECRETS)
    assert "他们不退" in send(desk, "show", what="talk").text
    assert send(desk, "show", what="all").status_code == 400
    assert logged(sessions, number).count("phone_shown") == 1
    assert logged(sessions, number).count("talk_shown") == 1
    assert desk.get(f"/desk/case/{number}/show").status_code == 405


def test_evidence_is_shown_as_a_copy_or_kept_as_a_file_and_never_opened(
    desk: TestClient, number: str, sessions: sessionmaker[Session]
) -> None:
    with sessions() as session:
        photo, paper = evidence.of_dispute(session, session.scalars(select(Dispute)).one())
    base = f"/desk/case/{number}/evidence"
    copy = desk.get(f"{base}/{photo.id}")
    assert copy.headers["content-type"] == "image/jpeg" and copy.content[:2] == b"\xff\xd8"
    assert copy.headers["x-content-type-options"] == "nosniff"
    before = logged(sessions, number).count("evidence_opened")
    small = Image.open(io.BytesIO(desk.get(f"{base}/{photo.id}?small=1").content))
    assert (
        max(small.size) == pictures.THUMBNAIL_SIDE < max(Image.open(io.BytesIO(copy.content)).size)
    )
    assert logged(sessions, number).count("evidence_opened") == before == 1
    original = desk.get(f"{base}/{paper.id}?original=1")
    assert original.headers["content-disposition"].startswith("attachment")
    assert original.headers["content-type"] == "application/pdf"
    assert desk.get(f"{base}/{paper.id}").status_code == 404, "a paper has no copy to show"
    assert desk.get(f"{base}/{paper.id + 1}").status_code == 404
    assert desk.get(f"{base}/99999999999").status_code == 404
    assert logged(sessions, number).count("evidence_opened") >= 2
    paper_file = desk.get(f"/desk/case/{number}/packet")
    assert paper_file.content[:2] == b"PK" and "packet" in logged(sessions, number)


OFFICERS = [one for one in steps.STEPS if "officer" in one.actors]


@pytest.mark.parametrize("step", OFFICERS, ids=lambda step: step.name)
def test_each_step_is_a_form_and_is_taken_by_it(
    desk: TestClient, send: Callable[..., Any], number: str, sessions: sessionmaker[Session],
    step: steps.Step,
) -> None:  # fmt: skip
    with sessions.begin() as session:
        session.scalars(select(Dispute)).one().state = step.before[0]
    page = desk.get(f"/desk/case/{number}").text
    possible = {one.name for one in steps.possible(step.before[0], "bureau", "officer")}
    drawn = {one.name for one in steps.STEPS if f'/step/{one.name}"' in page}
    assert drawn == possible and step.name in drawn
    if step.needs:
        refused = send(desk, f"step/{step.name}", note="我的备注")
        assert refused.status_code == 422 and "我的备注" in refused.text
        assert refused.text.count('class="problem"') == len(step.needs)
    choices = dict(step.choices)
    detail = {f: choices[f][0] if f in choices else DETAILS[f] for f in step.needs}
    for field, codes in choices.items():
        assert all(label(field, code) in page for code in codes)
    answer = send(desk, f"step/{step.name}", **detail, note="内部")
    assert answer.status_code == 303, answer.text
    assert found(sessions, number).state == step.after
    assert f"step:{step.name}" in logged(sessions, number)
    with sessions() as session:
        event = session.scalars(select(DisputeEvent).order_by(DisputeEvent.id.desc())).first()
        assert event is not None and event.detail["by"] == NAME and event.detail["note"] == "内部"
        told = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert told is not None and NAME not in told.text and "内部" not in told.text
    assert load("desk")["case"]["done"]["step_done"] in desk.get(f"/desk/case/{number}").text


@pytest.mark.parametrize(
    ("step", "given", "problem"),
    [
        ("pay_first", {"amount": "很多"}, "no_sum"), ("pay_first", {"amount": "-3"}, "no_sum"),
        ("refuse", {"ground": "because"}, "no_choice"), ("refuse", {"ground": "\u200b"}, "missing"),
        ("accept", {"register_number": "1" * 65}, "too_long"), ("settle", {"amount": "abc"}, "no_sum"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_beside_its_field(
    desk: TestClient, send: Callable[..., Any], number: str, sessions: sessionmaker[Session],
    step: str, given: dict[str, str], problem: str,
) -> None:  # fmt: skip
    answer = send(desk, f"step/{step}", **given)
    (field,) = given
    assert answer.status_code == 422
    assert f'id="{step}-{field}-problem">{load("desk")["wrong"][problem]}' in answer.text
    assert found(sessions, number).state == "lodged"


def test_of_two_officers_the_second_is_told_and_keeps_what_they_typed(
    desk: TestClient, another: Callable[..., TestClient], send: Callable[..., Any], number: str,
    sessions: sessionmaker[Session],
) -> None:  # fmt: skip
    seen = found(sessions, number).version
    assert send(desk, "step/begin", version=seen).status_code == 303
    other = another("王芳")
    late = send(other, "step/ask_for_more", version=seen, missing="请补小票")
    assert late.status_code == 409 and load("desk")["refused"]["changed"] in late.text
    assert "请补小票</textarea>" in late.text
    gone = send(other, "step/begin", version=seen, note="我写的")
    assert gone.status_code == 409 and "我写的" in gone.text
    assert found(sessions, number).state == "in_progress"
    assert send(other, "reply", version=seen, text="您好").status_code == 409
    assert send(other, "hold", version=seen, officer="王芳").status_code == 409


@pytest.fixture
def colleague(another: Callable[..., TestClient]) -> Iterator[str]:
    another("王芳")
    yield "王芳"


def test_it_is_taken_over_handed_over_and_given_back(
    desk: TestClient, send: Callable[..., Any], colleague: str, number: str,
    sessions: sessionmaker[Session],
) -> None:  # fmt: skip
    for name, kind in ((NAME, "took_over"), (colleague, "handed_over"), ("", "gave_back")):
        assert send(desk, "hold", officer=name).status_code == 303
        assert (found(sessions, number).officer or "") == name
        assert kind in logged(sessions, number)
    assert send(desk, "hold", officer="没有这个人").status_code == 409


def test_a_reply_goes_to_the_citizen_as_a_notice(
    desk: TestClient, send: Callable[..., Any], number: str, sessions: sessionmaker[Session]
) -> None:
    assert send(desk, "reply").status_code == 422
    assert send(desk, "reply", text="x" * 1001).status_code == 422
    assert send(desk, "reply", template="calling").status_code == 303
    assert send(desk, "reply", template="calling", text="明天上午给您电话").status_code == 303
    with sessions() as session:
        texts = session.scalars(select(Notice.text).order_by(Notice.id)).all()
    assert load("desk")["replies"]["calling"] in texts[0] and "明天上午给您电话" in texts[1]
    assert found(sessions, number).state == "lodged"
    assert logged(sessions, number).count("replied") == 2
    assert "明天上午给您电话" in desk.get(f"/desk/case/{number}").text


def test_every_step_and_field_of_officers_has_its_words() -> None:
    said = load("desk")
    assert {one.name for one in OFFICERS} == set(said["steps"])
    assert {name for one in OFFICERS for name in step_forms.names(one)} == set(said["fields"])
