"""Pages of records that are no disputes, over HTTP: who may, what is written down, the second officer at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import people, questions, recall_answers, recall_calls
from bot.casework.callback_records import CallbackRequest
from bot.casework.guidance_records import UnansweredQuestion
from bot.casework.officer_records import OfficerEvent
from bot.casework.recall_push_records import KIND, RecallCall, RecallPush
from bot.casework.records import Dispute, Notice, Person
from bot.casework.risk_records import Alarm
from bot.console import pushes
from bot.library import load
from tests.casework.test_recall_reach import recalled
from tests.console.conftest import token

NOW = datetime(2026, 11, 2, 1, tzinfo=UTC)
SECRETS = ("赵丽华", "13655551234")


@dataclass(frozen=True)
class Case:
    """A page, the form that is sent, what the log is to hold, and the state it leads to."""

    page: str
    do: str
    kind: str
    after: str
    is_decision: bool = False
    reason: str = ""

    @property
    def listed(self) -> str:
        return {"push": "pushes"}.get(self.page, f"{self.page}s")


CASES = (
    Case("push", "approve", "push_approve", "planning", is_decision=True),
    Case("push", "dismiss", "push_dismiss", "dismissed", is_decision=True),
    Case("callback", "done", "callback_done", "done"),
    Case("alarm", "confirm", "alarm_confirm", "confirmed", is_decision=True),
    Case("alarm", "dismiss", "alarm_dismiss", "dismissed", is_decision=True, reason="同一批误报"),
    Case("alarm", "clue", "alarm_clue", "clue", is_decision=True),
    Case("question", "done", "question_done", ""),
)
KINDS: dict[str, Any] = {"push": RecallPush, "callback": CallbackRequest, "alarm": Alarm,
                         "question": UnansweredQuestion}  # fmt: skip


def someone(session: Session) -> Person:
    who = people.person(session, "web", "c-1", NOW)
    people.give_contact(who, people.Contact("13655551234", "赵丽华"), NOW)
    return who


@pytest.fixture(autouse=True)
def records(sessions: sessionmaker[Session]) -> None:
    furnish(sessions)


def furnish(sessions: sessionmaker[Session]) -> None:
    """One record of each kind, all with the number 1."""
    with sessions.begin() as session:
        who = someone(session)
        session.add(CallbackRequest(person_id=who.id, state="open", hours="morning", asked_at=NOW))
        recalled(session, NOW, "T-1", title="召回<b>青禾</b>落地扇", hazard="可能起火")
        session.add(
            RecallPush(
                notice_no="T-1", version="0", state="proposed", is_serious=True, proposed_at=NOW,
                counts={"thing": 61, "brand": 2},
            )
        )  # fmt: skip
        questions.note(session, "隔壁超市的秤不准怎么办", "ask", "none", NOW)
        session.add(
            Dispute(
                person_id=who.id, number="ABCD2345", state="lodged", product="落地扇", brand="青禾",
                model="QH-1000",
                created_at=NOW, updated_at=NOW, lodged_at=NOW,
            )
        )  # fmt: skip
        session.add(
            Alarm(
                kind="product", key="k", title="青禾电风扇", state="raised", why="count", needed=3, days=60,
                count=4, numbers=["ABCD2345"], first_at=NOW, last_at=NOW, raised_at=NOW,
            )
        )  # fmt: skip


@pytest.fixture
def reviewer(another: Callable[..., TestClient]) -> TestClient:
    return another("王芳", "reviewer")


def seen_in(drawn: str) -> str:
    """What the forms of a page were drawn for."""
    return drawn.partition('name="seen" value="')[2].partition('"')[0]


def send(desk: TestClient, page: str, do: str, seen: str | None = None, **given: str) -> Any:
    """Send a form of the page of number 1, drawn for the state `seen`, or for its present one."""
    drawn = desk.get(f"/desk/{page}/1").text
    form = {"csrftoken": token(drawn), "seen": seen_in(drawn) if seen is None else seen, **given}
    return desk.post(f"/desk/{page}/1/{do}", data=form, follow_redirects=False)


def record(sessions: sessionmaker[Session], page: str) -> Any:
    with sessions() as session:
        return session.get_one(KINDS[page], 1)


def logged(sessions: sessionmaker[Session], subject: str) -> list[str]:
    with sessions() as session:
        query = select(OfficerEvent.kind).where(OfficerEvent.subject == subject)
        return list(session.scalars(query.order_by(OfficerEvent.id)))


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.page}-{case.do}")
def test_who_is_not_logged_in_is_led_to_the_door(client: TestClient, case: Case) -> None:
    for address in (f"/desk/{case.listed}/list", f"/desk/{case.page}/1"):
        answer = client.get(address, follow_redirects=False)
        assert answer.status_code == 303 and "/desk/login" in answer.headers["location"]
    answer = client.post(f"/desk/{case.page}/1/{case.do}", follow_redirects=False)
    assert answer.status_code in (303, 403)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.page}-{case.do}")
def test_a_form_does_what_it_says_once_and_that_is_written_down(
    reviewer: TestClient, another: Callable[..., TestClient], sessions: sessionmaker[Session], case: Case
) -> None:  # fmt: skip
    second = another("赵强", "administrator")
    drawn = reviewer.get(f"/desk/{case.page}/1").text
    seen = seen_in(drawn)
    assert f'/{case.do}"' in drawn and "<script" not in drawn and "style=" not in drawn
    assert send(reviewer, case.page, case.do, reason=case.reason).status_code == 303
    assert getattr(record(sessions, case.page), "state", "") == case.after
    assert load("desk")["record"]["done"] in reviewer.get(f"/desk/{case.page}/1").text
    late = send(second, case.page, case.do, seen=seen, reason=case.reason)
    assert late.status_code == 409 and load("desk")["record"]["refused"]["changed"] in late.text
    assert logged(sessions, f"{case.page}:1").count(case.kind) == 1
    assert load("desk")["log"][case.kind] in late.text


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.is_decision], ids=lambda case: case.kind
)
def test_who_decides_nothing_is_refused(
    desk: TestClient, sessions: sessionmaker[Session], case: Case
) -> None:
    before = record(sessions, case.page).state
    assert f'/{case.do}"' not in desk.get(f"/desk/{case.page}/1").text
    with_token = token(desk.get("/desk/account").text)
    form = {"csrftoken": with_token, "seen": before, "reason": case.reason}
    assert desk.post(f"/desk/{case.page}/1/{case.do}", data=form).status_code == 403
    assert record(sessions, case.page).state == before
    assert logged(sessions, f"{case.page}:1").count(case.kind) == 0


@pytest.mark.parametrize("page", KINDS)
def test_a_number_that_is_nobodys_is_not_found(reviewer: TestClient, page: str) -> None:
    for odd in ("2", "x", "９", "99999999999", "list"):
        assert reviewer.get(f"/desk/{page}/{odd}").status_code == 404
    assert send(reviewer, page, "unknown").status_code == 404


# ── recall notices on their way ──


def test_a_push_is_read_as_people_will_read_it_before_it_goes(reviewer: TestClient) -> None:
    page = reviewer.get("/desk/push/1").text
    for said in ("将发给 63 人", "危险：可能起火", "请先停止使用", "登记过「○○」", "关注了「○○」",
                 "&lt;b&gt;青禾&lt;/b&gt;"):  # fmt: skip
        assert said in page, said
    listed = reviewer.get("/desk/pushes/list", params={"q": "落地扇"}).text
    assert "/desk/push/1" in listed and ">63<" in listed
    assert "/desk/push/1" not in reviewer.get("/desk/pushes/list", params={"q": "奶瓶"}).text
    assert "/desk/push/1" not in reviewer.get("/desk/pushes/list", params={"state": "planned"}).text


def test_an_ordinary_notice_is_shown_as_the_weekly_message(
    reviewer: TestClient, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        session.get_one(RecallPush, 1).is_serious = False
    page = reviewer.get("/desk/push/1").text
    assert "召回（1 条）" in page and load("desk")["push"]["weekly"] in page


def test_the_rate_is_of_those_who_have_the_thing(
    reviewer: TestClient, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        session.get_one(RecallPush, 1).state = "planned"
        for place, said in enumerate(("have", "done", "done", "done", "have_not")):
            who = people.person(session, "web", f"a-{place}", NOW)
            session.add(Notice(person_id=who.id, kind=KIND, subject="1", text="x", state="sent",
                               due_at=NOW))  # fmt: skip
            session.flush()
            recall_answers.answer(session, who, "1", said, NOW)
        assert pushes.rate_text(recall_answers.rate(session, "T-1")) == "75%"
    page = reviewer.get("/desk/push/1").text
    assert "我有 1，我没有 1，已处理 3" in page and "75%" in page


def test_calls_are_listed_masked_and_noted_once(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        session.get_one(RecallPush, 1).state = "planned"
        who = someone(session)
        recall_calls.agree(who, NOW)
        session.add(Notice(person_id=who.id, kind=KIND, subject="1", text="x", due_at=NOW))
    page = desk.get("/desk/push/1").text
    assert "赵** · 136****1234" in page and not any(secret in page for secret in SECRETS)
    assert "13655551234" in send(desk, "push", "phones").text
    assert logged(sessions, "push:1") == ["phones_shown"]
    assert send(desk, "push", "called", call="1").status_code == 303
    assert send(desk, "push", "called", call="1").status_code == 409
    assert logged(sessions, "push:1") == ["phones_shown", "push_called"]
    with sessions() as session:
        assert session.scalars(select(RecallCall.called_by)).all() == ["李明"]


# ── call-backs ──


def test_the_phone_of_a_call_back_is_shown_to_who_asks_and_that_is_written_down(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    for address in ("/desk/callbacks/list", "/desk/callback/1"):
        page = desk.get(address).text
        assert "136****1234" in page and not any(secret in page for secret in SECRETS)
    assert all(secret in send(desk, "callback", "phone").text for secret in SECRETS)
    assert "phone_shown" in logged(sessions, "callback:1")
    assert logged(sessions, "callback:1")[0] == "callback_opened"
    send(desk, "callback", "done")
    assert "/desk/callback/1" not in desk.get("/desk/callbacks/list").text
    assert "/desk/callback/1" in desk.get("/desk/callbacks/list", params={"state": "done"}).text


# ── alarms, questions, guidance ──


def test_an_alarm_shows_its_evidence_and_whether_a_recall_covers_it(reviewer: TestClient) -> None:
    page = reviewer.get("/desk/alarm/1").text
    for said in ("60 天内 3 人", "/desk/case/ABCD2345", "T-1", "同一品牌的同类产品"):
        assert said in page, said
    assert "/desk/alarm/1" in reviewer.get("/desk/alarms/list", params={"q": "电风扇"}).text
    assert "/desk/alarm/1" not in reviewer.get("/desk/alarms/list", params={"state": "clue"}).text


def test_an_alarm_is_dismissed_only_with_a_reason(
    reviewer: TestClient, sessions: sessionmaker[Session]
) -> None:
    refused = send(reviewer, "alarm", "dismiss", reason="  ")
    assert refused.status_code == 422 and load("desk")["wrong"]["missing"] in refused.text
    assert record(sessions, "alarm").state == "raised"


def test_what_was_typed_is_not_lost_when_another_was_quicker(
    reviewer: TestClient, sessions: sessionmaker[Session]
) -> None:
    assert send(reviewer, "alarm", "clue").status_code == 303
    late = send(reviewer, "alarm", "dismiss", seen="raised", reason="我写的理由")
    assert late.status_code == 409 and "我写的理由" in late.text


def test_a_clue_is_a_paper_once_it_was_decided(
    reviewer: TestClient, sessions: sessionmaker[Session]
) -> None:
    assert reviewer.get("/desk/alarm/1/paper").status_code == 404
    send(reviewer, "alarm", "clue")
    paper = reviewer.get("/desk/alarm/1/paper")
    assert paper.content[:2] == b"PK" and "attachment" in paper.headers["content-disposition"]
    assert logged(sessions, "alarm:1") == ["alarm_clue", "alarm_paper"]


def test_questions_stand_by_frequency_until_they_are_dealt_with(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    with sessions.begin() as session:
        for _ in range(3):
            questions.note(session, "会员卡能转让吗", "ask", "unsure", NOW)
    page = desk.get("/desk/questions/list").text
    assert 0 < page.index("会员卡能转让吗") < page.index("秤不准")
    send(desk, "question", "done")
    assert "秤不准" not in desk.get("/desk/questions/list").text
    assert "秤不准" in desk.get("/desk/questions/list", params={"state": "all"}).text
    with sessions.begin() as session:
        questions.note(session, "隔壁超市的秤不准怎么办", "ask", "none", datetime.now(UTC))
    assert "秤不准" in desk.get("/desk/questions/list").text
