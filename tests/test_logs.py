"""The log of the process: one line each, as words or as JSON, and in none of them what anybody typed."""

import asyncio
import contextlib
import gc
import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any, Literal

import httpx
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session, sessionmaker
from starlette.applications import Starlette

from bot import logs
from bot.channels import site as pages
from bot.channels import web
from bot.dialogue import Dialogue
from bot.settings import Settings
from tests import aside
from tests.channels.conftest import serving

NAME, PHONE, WORDS = "司马先生", "13655551234", "键盘好几个键失灵"
SECRETS = (NAME, PHONE, WORDS)
SAID = f"{NAME} {PHONE} {WORDS}"
Shape = Literal["plain", "json"]
SHAPES: tuple[Shape, ...] = ("plain", "json")

log = logging.getLogger("bot.for_tests")


@pytest.fixture(params=SHAPES)
def written(request: pytest.FixtureRequest) -> Iterator[Callable[[], list[Any]]]:
    """What was logged since, line by line; JSON is read."""
    with logged(request.param) as lines:
        yield lines


@contextlib.contextmanager
def logged(shape: Shape) -> Iterator[Callable[[], list[Any]]]:
    root, handlers, level = logging.getLogger(), logging.root.handlers[:], logging.root.level
    for name in ("uvicorn", "uvicorn.error"):  # other tests' servers have set up their own log
        logging.getLogger(name).handlers.clear()
        logging.getLogger(name).propagate = True
    logs.set_up(shape)
    stream = io.StringIO()
    (own,) = [one for one in root.handlers if isinstance(one, logging.StreamHandler)]
    own.setStream(stream)

    def lines() -> list[Any]:
        found = stream.getvalue().splitlines()
        return [json.loads(one) for one in found] if shape == "json" else found

    try:
        yield lines
    finally:
        root.handlers[:], root.level = handlers, level


def database_fault() -> None:
    """As of an engine that does not hide its parameters: its text quotes the row."""
    with create_engine("sqlite://").begin() as connection:
        connection.execute(text("insert into nowhere values (:said)"), {"said": SAID})


def parser_fault() -> None:
    int(SAID)


def missing_word() -> None:
    {"a": 1}[SAID]


def chained() -> None:
    try:
        raise ValueError(SAID)
    except ValueError as error:
        raise RuntimeError(SAID) from error


@pytest.mark.parametrize("fault", [database_fault, parser_fault, missing_word, chained])
@pytest.mark.parametrize("name", ["bot.for_tests", "uvicorn.error", "apscheduler.executors"])
def test_a_fault_is_told_by_its_type_and_its_places(
    written: Any, fault: Callable[[], None], name: str
) -> None:
    kind = ""
    try:
        fault()
    except Exception as error:
        kind = type(error).__name__
        logging.getLogger(name).exception("it failed")
    (line,) = written()
    shown = json.dumps(line, ensure_ascii=False)
    assert kind and kind in shown and "tests/test_logs.py" in shown and "it failed" in shown
    assert not [one for one in SECRETS if one in shown]


def test_a_task_that_nobody_awaits_tells_no_words(written: Any) -> None:
    async def scene() -> None:
        async def fails() -> None:
            raise ValueError(SAID)

        task = asyncio.create_task(fails())
        await asyncio.sleep(0)
        del task
        gc.collect()

    aside.run(scene())
    shown = json.dumps(written(), ensure_ascii=False)
    assert "never retrieved" in shown and "ValueError" in shown
    assert not [one for one in SECRETS if one in shown]


def test_a_line_is_one_line_however_it_was_made(written: Any) -> None:
    log.error("first\nsecond: %s", "\r\nERROR bot: forged")
    log.error("x" * 5000)
    one, two = written()
    assert "forged" not in json.dumps(one) and len(json.dumps(two)) < 1000


def test_a_line_that_does_not_fit_its_places_tells_nothing(written: Any) -> None:
    log.error("%s and %s", SAID)
    assert not [one for one in SECRETS if one in json.dumps(written(), ensure_ascii=False)]


def test_json_has_its_fields() -> None:
    with logged("json") as lines:
        log.warning("a page of %s", "samr")
        log.info("not of interest")
        (line,) = lines()
    assert {**line, "time": ""} == {
        "time": "", "level": "WARNING", "logger": "bot.for_tests", "message": "a page of samr",
    }  # fmt: skip
    assert line["time"].endswith("+00:00")


# ── a talk over HTTP ──


def talk(address: str) -> list[int]:
    """What somebody sends who gives name, phone and story, and something that breaks each door."""
    with httpx.Client(base_url=address, headers={"connection": "close"}) as citizen:
        citizen.get("/")
        sent = [
            citizen.post("/chat/messages", json={"message_id": "m-1", "text": SAID}),
            citizen.post("/chat/messages", json={"message_id": "m-2", "text": f"我要投诉{SAID}"}),
            citizen.post("/chat/messages", content=SAID.encode()),
            citizen.get("/recalls", params={"q": SAID}),
            citizen.get(f"/mine/{PHONE}"),
        ]
    return [one.status_code for one in sent]


@pytest.mark.parametrize("broken", ["", "heard_messages", "people"])
def test_a_talk_leaves_none_of_its_words(
    written: Any, sessions: sessionmaker[Session], tmp_path: Any, broken: str
) -> None:
    settings = Settings(_env_file=None, var_dir=tmp_path, secret_key="for tests", public_url=None)
    away = Dialogue(sessions, "http://127.0.0.1:9", "http://127.0.0.1:9", 0.2)
    app = Starlette(
        routes=pages.routes(away, sessions, settings), middleware=web.middleware(settings),
        exception_handlers=web.error_handlers(settings),
    )  # fmt: skip
    if broken:
        with sessions.begin() as session:
            session.execute(
                text(
                    f"create trigger no before insert on {broken} begin select raise(abort, 'boom'); end"
                )
            )
    with serving(app, log_config=None) as address:
        answers = talk(address)
    assert (answers[0] == 500) == bool(broken)
    lines = written()
    shown = json.dumps(lines, ensure_ascii=False)
    assert ("Exception in ASGI application" in shown) == bool(broken)
    assert lines, "something is logged"
    assert not [one for one in SECRETS if one in shown]
