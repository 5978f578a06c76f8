"""Whether the process lives and can serve: each part by itself, cheap however often it is asked."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from bot import readiness
from bot.casework import notices
from bot.jobs import Clock
from bot.readiness import Readiness
from bot.settings import Settings
from tests import aside
from tests.channels.conftest import serving

PARTS = ("database", "rasa", "actions", "clock")


@pytest.fixture
def around() -> Iterator[Any]:
    """Rasa and its action server by hand: what they answer, and how often they were asked."""
    seen = SimpleNamespace(status={"rasa": 200, "actions": 200}, asked=[], port=0)

    def answering(part: str) -> Callable[[Request], Any]:
        async def answer(_request: Request) -> Response:
            seen.asked.append(part)
            return Response("{}", seen.status[part])

        return answer

    routes = [Route("/status", answering("rasa")), Route("/health", answering("actions"))]
    with serving(Starlette(routes=routes)) as address:
        seen.port = int(re.findall(r"\d+", address)[-1])
        yield seen


@pytest.fixture
def clock(sessions: sessionmaker[Session]) -> Clock:
    async def send(_one: notices.Outgoing) -> notices.Outcome:
        return notices.Sent()

    made = Clock(sessions, {"telegram": send}, lambda: asyncio.sleep(0))
    aside.run(made.deliver())
    return made


@pytest.fixture
def client(sessions: sessionmaker[Session], clock: Clock, around: Any) -> Iterator[TestClient]:
    settings = Settings(_env_file=None, rasa_port=around.port, actions_port=around.port)
    made = Readiness(sessions, settings, clock)
    with TestClient(Starlette(routes=made.routes())) as opened:
        yield opened


def break_part(part: str, around: Any, clock: Clock, sessions: sessionmaker[Session]) -> None:
    if part == "clock":
        clock._ticked_at = time.monotonic() - readiness.FRESH_SECONDS - 1
    elif part == "database":
        with sessions.begin() as session:
            session.execute(text("drop table people"))
    else:
        around.status[part] = 503


def test_all_is_well(client: TestClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ready", "parts": dict.fromkeys(PARTS, "ok"), "senders": {"telegram": "idle"},
    }  # fmt: skip


@pytest.mark.parametrize("part", PARTS)
def test_a_part_that_fails_is_named_and_the_process_lives(
    client: TestClient, around: Any, clock: Clock, sessions: sessionmaker[Session], part: str
) -> None:
    break_part(part, around, clock, sessions)
    answer = client.get("/readyz")
    assert answer.status_code == 503 and answer.json()["status"] == "not_ready"
    assert answer.json()["parts"] == {**dict.fromkeys(PARTS, "ok"), part: "failing"}
    assert client.get("/healthz").json() == {"status": "ok"}


def test_nobody_there_is_not_ready(sessions: sessionmaker[Session], clock: Clock) -> None:
    settings = Settings(_env_file=None, rasa_port=9, actions_port=9)
    client = TestClient(Starlette(routes=Readiness(sessions, settings, clock).routes()))
    parts = client.get("/readyz").json()["parts"]
    assert (parts["rasa"], parts["actions"], parts["database"]) == ("failing", "failing", "ok")


def test_a_clock_that_never_ticked_is_not_fresh(sessions: sessionmaker[Session]) -> None:
    made = Clock(sessions, {}, lambda: asyncio.sleep(0))
    assert made.seconds_since_tick() > readiness.FRESH_SECONDS
    aside.run(made.deliver())
    assert made.seconds_since_tick() < readiness.FRESH_SECONDS


def test_a_look_is_good_for_a_second(
    client: TestClient, around: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readiness, "KEPT_SECONDS", 60)
    assert {client.get("/readyz").status_code for _ in range(30)} == {200}
    assert sorted(around.asked) == ["actions", "rasa"]
    monkeypatch.setattr(readiness, "KEPT_SECONDS", 0)
    around.status["rasa"] = 503
    assert client.get("/readyz").status_code == 503


def test_a_database_that_hangs_holds_up_one_thread(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = []

    def hang(_self: Readiness) -> bool:
        begun.append(1)
        time.sleep(0.5)
        return True

    monkeypatch.setattr(readiness, "KEPT_SECONDS", 0)
    monkeypatch.setattr(readiness, "CHECK_SECONDS", 0.05)
    monkeypatch.setattr(Readiness, "_reads", hang)
    said = [client.get("/readyz").json()["parts"]["database"] for _ in range(3)]
    assert said == ["failing"] * 3 and len(begun) == 1


@pytest.mark.parametrize(
    ("outcome", "standing"),
    [
        (notices.Sent(), "ok"), (notices.Unreachable("blocked"), "ok"), (notices.Later(3), "ok"),
        (notices.Failed("TimedOut", is_unknown=True), "failing"),
    ],
)  # fmt: skip
def test_how_a_sender_is_doing_is_told(
    sessions: sessionmaker[Session], outcome: notices.Outcome, standing: str
) -> None:
    async def send(_one: notices.Outgoing) -> notices.Outcome:
        return outcome

    clock = Clock(sessions, {"telegram": send}, lambda: asyncio.sleep(0))
    aside.run(clock._send(notices.Outgoing(1, "telegram", "7", "x")))
    assert clock.standing == {"telegram": standing}


@pytest.fixture
def memory() -> Iterator[Any]:
    """A Redis by hand: what it says to whoever comes, None where it says nothing."""
    seen = SimpleNamespace(says=b"+PONG\r\n", port=0)
    listening = socket.create_server(("127.0.0.1", 0))
    seen.port = listening.getsockname()[1]
    kept = []

    def serve() -> None:
        while True:
            try:
                asking, _ = listening.accept()
            except OSError:
                return
            if seen.says is None:
                kept.append(asking)  # open, and silent
                continue
            with asking:
                asking.recv(100)
                asking.sendall(seen.says)

    threading.Thread(target=serve, daemon=True).start()
    yield seen
    listening.shutdown(socket.SHUT_RDWR)
    listening.close()
    for one in kept:
        one.close()


@pytest.mark.parametrize(
    ("says", "standing"),
    [
        (b"+PONG\r\n", "ok"), (b"-NOAUTH Authentication required.\r\n", "ok"), (b"", "failing"),
        (b"HTTP/1.1 400\r\n", "failing"), (None, "failing"), ("refuses", "failing"),
    ],
    ids=repr,
)  # fmt: skip
def test_a_shared_memory_that_is_away_is_told(
    sessions: sessionmaker[Session],
    clock: Clock,
    around: Any,
    memory: Any,
    monkeypatch: pytest.MonkeyPatch,
    says: Any,
    standing: str,
) -> None:
    monkeypatch.setattr(readiness, "CHECK_SECONDS", 0.5)
    memory.says = says
    port = 9 if says == "refuses" else memory.port
    settings = Settings(
        _env_file=None, rasa_port=around.port, actions_port=around.port,
        redis_url=f"redis://:p%40ss@127.0.0.1:{port}/0",
    )  # fmt: skip
    with TestClient(Starlette(routes=Readiness(sessions, settings, clock).routes())) as client:
        answer = client.get("/readyz")
    assert answer.json()["parts"] == {**dict.fromkeys(PARTS, "ok"), "redis": standing}
    assert answer.status_code == (200 if standing == "ok" else 503)
