"""What Prometheus is told: who may ask, what is counted, what the records hold, and no word of anybody."""

import asyncio
import logging
import re
import time
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot import logs, metrics, metrics_page
from bot.casework import disputes, notices, people, recall_sources
from bot.casework.gauges import Gauges, read
from bot.dialogue import Dialogue
from bot.jobs import Clock
from bot.messages import Message
from bot.metrics_page import MetricsPage
from bot.rasa import Rasa
from bot.settings import Settings
from tests import aside
from tests.rasa_world import rasa_world

HERE = ("127.0.0.1", 5000)
TOKEN = "a-token-for-tests"


def browser(sessions: Any, token: str = "", client: tuple[str, int] = HERE) -> TestClient:
    page = MetricsPage(sessions, Settings(_env_file=None, metrics_token=token))
    return TestClient(Starlette(routes=page.routes()), client=client)


def value(told: str, line: str) -> float:
    """The number behind a name with its labels; 0 where it was never counted."""
    found = re.search(rf"^{re.escape(line)} (\S+)$", told, re.MULTILINE)
    return float(found.group(1)) if found else 0.0


@pytest.mark.parametrize(
    ("token", "host", "headers", "status"),
    [
        ("", "127.0.0.1", {}, 200), ("", "::1", {}, 200), ("", "203.0.113.7", {}, 403),
        ("", "10.0.0.1", {}, 403), ("", "testclient", {}, 403), ("", "", {}, 403),
        ("", "127.0.0.1", {"X-Forwarded-For": "127.0.0.1"}, 403),
        ("", "127.0.0.1", {"Forwarded": "for=203.0.113.7"}, 403),
        ("", "127.0.0.1", {"X-Real-IP": "203.0.113.7"}, 403),
        ("", "203.0.113.7", {"Authorization": "Bearer "}, 403),
        (TOKEN, "203.0.113.7", {"Authorization": f"Bearer {TOKEN}"}, 200),
        (TOKEN, "127.0.0.1", {"Authorization": f"Bearer {TOKEN}"}, 200),
        (TOKEN, "127.0.0.1", {}, 403), (TOKEN, "127.0.0.1", {"Authorization": "Bearer x"}, 403),
        (TOKEN, "127.0.0.1", {"Authorization": TOKEN}, 403),
        (TOKEN, "127.0.0.1", {"Authorization": "Bearer é".encode()}, 403),
    ],
)  # fmt: skip
def test_only_who_may_is_told(
    sessions: Any, token: str, host: str, headers: dict[str, Any], status: int
) -> None:
    answer = browser(sessions, token, (host, 5000)).get("/metrics", headers=headers)
    assert answer.status_code == status
    assert ("turns_total" in answer.text) == (status == 200)


# ── what is counted where it happens ──


def test_a_turn_that_must_wait_is_counted_and_timed(sessions: sessionmaker[Session]) -> None:
    names = ('turns_total{channel="web"}', "turn_seconds_count", "degraded_replies_total")
    before = [value(browser(sessions).get("/metrics").text, one) for one in names]

    async def scene() -> None:
        away = Dialogue(sessions, "http://127.0.0.1:9", "http://127.0.0.1:9", 0.2)
        await away.hear(Message("web", "c-1", "m-1", "我要投诉永旺超市"))
        await away.close()

    aside.run(scene())
    told = browser(sessions).get("/metrics").text
    assert [value(told, one) for one in names] == [one + 1 for one in before]
    assert value(told, 'turn_seconds_bucket{le="+Inf"}') == before[1] + 1


@pytest.mark.parametrize(
    ("latest", "intent"),
    [({"intent": {"name": "file_dispute"}}, "file_dispute"), ({"intent": {"name": "nlu_fallback"}}, "nlu_fallback"),
     ({"intent": {}}, "none"), (None, "none")],
)  # fmt: skip
def test_what_rasa_understood_is_counted(
    sessions: sessionmaker[Session], latest: Any, intent: str
) -> None:
    line, fallbacks = f'intents_total{{intent="{intent}"}}', "fallbacks_total"
    before = browser(sessions).get("/metrics").text

    async def scene() -> None:
        with rasa_world() as world:
            world.latest = latest
            rasa = Rasa(world.addresses("rasa")[0], world.addresses("actions")[0], 1.0)
            metrics.understood(await rasa.intent("k"))
            await rasa.close()

    aside.run(scene())
    told = browser(sessions).get("/metrics").text
    assert value(told, line) == value(before, line) + 1
    is_fallback = intent == "nlu_fallback"
    assert value(told, fallbacks) == value(before, fallbacks) + is_fallback


@pytest.mark.parametrize(
    ("outcome", "name"),
    [(notices.Sent(), "sent"), (notices.Later(1), "later"), (notices.Failed("x"), "failed"),
     (RuntimeError("王女士"), "failed")],
)  # fmt: skip
def test_what_became_of_a_notice_is_counted(
    sessions: sessionmaker[Session], outcome: Any, name: str
) -> None:
    async def send(_one: notices.Outgoing) -> notices.Outcome:
        if isinstance(outcome, Exception):
            raise outcome
        return outcome  # type: ignore[no-any-return]

    line = f'notice_attempts_total{{channel="telegram",outcome="{name}"}}'
    before = value(browser(sessions).get("/metrics").text, line)
    clock = Clock(sessions, {"telegram": send}, lambda: asyncio.sleep(0))
    aside.run(clock._send(notices.Outgoing(1, "telegram", "7", "x")))
    told = browser(sessions).get("/metrics").text
    assert value(told, line) == before + 1 and "王女士" not in told


def test_lines_of_the_log_are_counted_by_who_wrote_them(sessions: sessionmaker[Session]) -> None:
    line = 'errors_total{level="error",logger="bot.for_tests"}'
    root, (handlers, level) = logging.getLogger(), (logging.root.handlers[:], logging.root.level)
    try:
        logs.set_up("plain")
        before = value(browser(sessions).get("/metrics").text, line)
        logging.getLogger("bot.for_tests").error("13655551234")
        logging.getLogger("bot.for_tests").info("no fault")
    finally:
        root.handlers[:], root.level = handlers, level
    told = browser(sessions).get("/metrics").text
    assert value(told, line) == before + 1 and "13655551234" not in told


# ── what the records hold ──


def test_what_waits_is_told_with_its_age(session: Session, now: datetime) -> None:
    assert read(session, now) == Gauges({}, 0.0, 0.0, 0, {})
    who = people.person(session, "web", "c-1", now)
    hour, day = timedelta(hours=1), timedelta(days=1)
    for number, age in enumerate((2 * hour, hour)):
        kept = people.heard(session, who, f"m-{number}", "我要投诉", now - age)
        people.await_answer(kept, "[]", now)
    notices.post(session, who, "reply", "1", "一", now - 3 * hour)
    notices.post(session, who, "reply", "2", "二", now, due_at=now + hour)  # not due yet
    late = disputes.start(session, who, now - 30 * day)
    late.merchant, late.product, late.facts, late.demand = "永旺", "键盘", "坏了", "refund"
    disputes.lodge(session, late, operator="bureau", limit=Decimal(2000), now=now - 30 * day)
    recall_sources.succeeded(session, "samr", now - 2 * day)
    recall_sources.failed(session, "cpsc", "too_often", now)  # was never read
    session.flush()
    found = read(session, now)
    assert found.notices["due"] >= 2 and found.oldest_notice >= 3 * 3600
    assert (found.oldest_message, found.disputes_overdue) == (2 * 3600, 1)
    assert found.sources == {"samr": 2 * 86400}


def test_the_gauges_are_on_the_page(sessions: sessionmaker[Session]) -> None:
    now = datetime.now(UTC)
    with sessions.begin() as session:
        recall_sources.succeeded(session, "samr", now - timedelta(hours=1))
        who = people.person(session, "telegram", "13655551234", now)
        notices.post(session, who, "reply", "1", "王女士您好", now)
    told = browser(sessions).get("/metrics").text
    assert value(told, "records_readable") == 1 and value(told, 'notices{state="due"}') == 1
    assert 3600 <= value(told, 'source_age_seconds{source="samr"}') < 3700
    assert "王女士" not in told and "13655551234" not in told
    labels = set(re.findall(r'="([^"]*)"', told))
    assert labels and all(re.fullmatch(r"[a-z0-9_.+A-Z]+", one) for one in labels)


@pytest.mark.parametrize("is_slow", [True, False])
def test_records_that_do_not_answer_cost_only_their_gauges(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch, is_slow: bool
) -> None:
    if is_slow:
        monkeypatch.setattr(metrics_page, "READ_SECONDS", 0.05)
        monkeypatch.setattr(MetricsPage, "_read", lambda _self: time.sleep(0.4))
    else:
        with sessions.begin() as session:
            session.execute(text("drop table notices"))
    with browser(sessions) as client:
        told = client.get("/metrics").text
    assert value(told, "records_readable") == 0
    assert "turn_seconds_count" in told and "disputes_overdue" not in told
