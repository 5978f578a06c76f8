"""Two officers press at the same moment, on the same version of a page: one is done, the other is told by whom."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import callbacks, recall_calls, recall_push, report_steps, reports, steps
from bot.casework.officer_records import OfficerEvent
from bot.casework.recall_push_records import KIND, RecallCall, RecallPush
from bot.casework.records import Dispute, DisputeEvent, Notice, Record
from bot.casework.report_records import Report, ReportEvent
from bot.console import items
from bot.console.items import kind_text
from bot.library import label, load
from bot.settings import Settings
from tests import records
from tests.casework.reporting import DETAILS as REPORT_DETAILS
from tests.casework.reporting import TOLD
from tests.casework.test_steps import detail_of
from tests.console import test_items
from tests.console.conftest import NAME, token
from tests.console.test_case import OFFICERS, number  # noqa: F401
from tests.postgres import address_of

OTHER = "王芳"
NOTES = {NAME: "李明写的备注", OTHER: "王芳写的备注"}


# PostgreSQL where a record itself is held; what is settled by its version is the same on both.
on_sqlite = pytest.mark.parametrize("address", ["sqlite"], indirect=True, scope="module")


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def address(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    with address_of(request.param, tmp_path_factory.mktemp("desk")) as found:
        yield found


@pytest.fixture
def settings(settings: Settings, address: str) -> Settings:
    return settings.model_copy(update={"database_url": address})


@pytest.fixture
def sessions(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Empty records for each test, in one database."""
    for made in records.empty(settings):
        yield made
        Record.metadata.drop_all(made.kw["bind"])


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


@on_sqlite
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


@on_sqlite
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


# ── records that are no disputes ──


@dataclass(frozen=True)
class Pair:
    """What two officers send of the same page at once: form and the rest of its fields, for each of them."""

    page: str
    does: tuple[str, str]
    given: tuple[dict[str, str], dict[str, str]] = ({}, {})
    begins: str = ""  # the state of the record, where it is not that in which it was made

    @property
    def name(self) -> str:
        return f"{self.page}-{'-'.join(self.does)}"


WHY = ({"reason": "同一批误报"}, {"reason": "已电话核实"})
PAIRS = (
    Pair("alarm", ("confirm", "confirm")),
    Pair("alarm", ("confirm", "dismiss"), ({}, WHY[1])),
    Pair("alarm", ("dismiss", "dismiss"), WHY),
    Pair("alarm", ("clue", "dismiss"), ({}, WHY[1]), begins="confirmed"),
    Pair("alarm", ("clue", "clue")),
    Pair("push", ("approve", "approve")),
    Pair("push", ("approve", "dismiss")),
    Pair("push", ("dismiss", "dismiss")),
    Pair("push", ("called", "called"), ({"call": "1"}, {"call": "1"}), begins="planned"),
    Pair("callback", ("done", "done")),
    Pair("question", ("done", "done")),
    Pair("notice", ("again", "again")),
    Pair("notice", ("again", "drop"), ({}, {"why": "called"})),
    Pair("notice", ("drop", "drop"), ({"why": "met"}, {"why": "called"})),
)
KINDS: dict[str, Any] = {**test_items.KINDS, "notice": Notice}


@pytest.fixture
def together(address: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], None]]:
    """From when it is called: the next two who find a record go on only once both have read it.

    PostgreSQL holds the record for the first of them: there the second one is waited for at its door alone.
    """
    found, waits, read = items.by_id, [], Barrier(2)
    is_held = not address.startswith("sqlite")

    def by_id(*given: Any) -> Any:
        if not is_held:
            record = found(*given)
        if waits:
            waits.pop()
            read.wait(10)
        return found(*given) if is_held else record

    monkeypatch.setattr(items, "by_id", by_id)
    yield lambda: waits.extend((1, 1))
    assert not waits, "nobody met"


def placed(sessions: sessionmaker[Session], pair: Pair) -> None:
    """A record of each kind with the number 1; the notice could not be sent."""
    test_items.furnish(sessions)
    with sessions.begin() as session:
        who = test_items.someone(session)
        recall_calls.agree(who, test_items.NOW)
        session.add(Notice(person_id=who.id, kind=KIND, subject="1", text="召回", state="stuck",
                           due_at=test_items.NOW))  # fmt: skip
        if pair.begins:
            session.get_one(KINDS[pair.page], 1).state = pair.begins


def kept(sessions: sessionmaker[Session], pair: Pair) -> list[tuple[str, str]]:
    """Who did what with it, as the log has it."""
    query = select(OfficerEvent).where(OfficerEvent.subject == f"{pair.page}:1")
    with sessions() as session:
        done = session.scalars(query.order_by(OfficerEvent.id))
        return [(one.officer, one.kind) for one in done if not one.kind.endswith(items.LOOKED)]


@pytest.mark.parametrize("pair", PAIRS, ids=lambda pair: pair.name)
def test_of_two_at_once_one_does_it_and_the_other_reads_by_whom(
    another: Callable[..., TestClient], sessions: sessionmaker[Session], pair: Pair,
    together: Callable[[], None],
) -> None:  # fmt: skip
    placed(sessions, pair)
    browsers = {NAME: another(NAME, "reviewer"), OTHER: another(OTHER, "reviewer")}
    place = f"/desk/{pair.page}/1"
    page = {name: one.get(place).text for name, one in browsers.items()}
    do, given = (dict(zip(browsers, one, strict=True)) for one in (pair.does, pair.given))

    def form(name: str) -> tuple[str, Any]:
        seen = test_items.seen_in(page[name])
        return f"{place}/{do[name]}", {"csrftoken": token(page[name]), "seen": seen, **given[name]}

    together()
    first, second, told = loser(at_once(browsers, form))
    why = given[first].get("why")
    kind = f"{pair.page}_{do[first]}" + (f":{why}" if why else "")
    assert kept(sessions, pair) == [(first, kind)]
    assert last_done(told, first, kind_text(kind))
    assert load("desk")["record"]["refused"]["changed"] in told
    assert given[second].get("reason", "") in told, "what was typed is lost"
    with sessions() as session:
        record = session.get_one(KINDS[pair.page], 1)
        if pair.page == "alarm":
            after = {"confirm": "confirmed", "dismiss": "dismissed", "clue": "clue"}[do[first]]
            assert (record.state, record.decided_by) == (after, first)
            assert record.reason == given[first].get("reason")
        elif pair.page == "push":
            after = {"approve": "planning", "dismiss": "dismissed", "called": "planned"}[do[first]]
            assert record.state == after
            by = session.scalars(select(RecallCall.called_by)).all()
            assert by == ([first] if do[first] == "called" else [])


def test_what_the_clock_changed_is_not_said_to_be_an_officers(
    another: Callable[..., TestClient], sessions: sessionmaker[Session]
) -> None:
    """A push that was dismissed because its notice was corrected; a call that is no longer wanted."""
    test_items.furnish(sessions)
    desk = another(NAME, "reviewer")
    seen = {
        name: test_items.seen_in(desk.get(f"/desk/{name}/1").text) for name in ("push", "callback")
    }
    with sessions.begin() as session:
        push = session.get_one(RecallPush, 1)
        recall_push.dismiss(push, recall_push.BY_RULE, test_items.NOW)
        callbacks.withdraw(session, test_items.someone(session), test_items.NOW)
    for page, do in (("push", "approve"), ("callback", "done")):
        told = test_items.send(desk, page, do, seen=seen[page])
        alert = told.text.partition('role="alert"')[2].partition("</div>")[0]
        assert told.status_code == 409 and load("desk")["record"]["refused"]["changed"] in alert
        assert "工作人员" not in alert and NAME not in alert
    assert load("desk")["push"]["by_rule"] in desk.get("/desk/push/1").text
