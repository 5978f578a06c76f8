"""What the tests of the channels share: a dialogue written by hand, settings, and a browser."""

import asyncio
import contextlib
import io
import re
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import uvicorn
from PIL import Image
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session, sessionmaker
from starlette.applications import Starlette

from bot.channels import site as pages
from bot.channels import web
from bot.messages import Button, Message, Reply
from bot.settings import Settings
from tests import records


class FakeDialogue:
    """Answers by a table and keeps what it heard; a repeated message id gets the same replies."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.table: dict[str, list[Reply]] = {}
        self.seconds: dict[str, float] = {}  # how long a text takes to answer
        self.given: dict[tuple[str, str], list[Reply]] = {}
        self.notices: dict[int, Reply] = {}
        self.asked: list[tuple[str, list[int]]] = []  # who asked for news, and what they had seen
        self.told_of: list[tuple[str, str]] = []

    async def hear(self, message: Message) -> list[Reply]:
        self.heard.append(message)
        await asyncio.sleep(self.seconds.get(message.text, 0))
        found = self.table.get(message.button_id or message.text, [Reply(f"听到：{message.text}")])
        return self.given.setdefault((message.external_id, message.message_id), found)

    async def news(
        self, channel: str, external_id: str, seen_ids: Sequence[int]
    ) -> list[tuple[int, Reply]]:
        assert channel == "web"
        self.asked.append((external_id, list(seen_ids)))
        for seen in seen_ids:
            self.notices.pop(seen, None)
        return sorted(self.notices.items())

    async def told(self, person_key: str, what: str) -> None:
        self.told_of.append((person_key, what))


@pytest.fixture
def dialogue() -> FakeDialogue:
    fake = FakeDialogue()
    fake.table["电饭煲坏了"] = [
        Reply("请问您希望怎么处理？", (Button("b1", "退款"), Button("b2", "维修")), {"page": 1})
    ]
    return fake


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None,
        operator="independent",
        district_name="天津市西青区",
        secret_key="a key for tests only",
        public_url=None,
        var_dir=tmp_path,
    )


@pytest.fixture
def sessions(settings: Settings) -> Iterator[sessionmaker[Session]]:
    yield from records.empty(settings)


@pytest.fixture
def build(dialogue: Any, sessions: sessionmaker[Session]) -> Callable[[Settings], Starlette]:
    """The web application as `app.py` puts it together, for any settings."""

    def application(chosen: Settings) -> Starlette:
        return Starlette(
            routes=pages.routes(dialogue, sessions, chosen),
            middleware=web.middleware(chosen),
            exception_handlers=web.error_handlers(chosen),
        )

    return application


@pytest.fixture
def photo() -> Callable[..., bytes]:
    """Makes the bytes of a picture, as a phone's camera would; `place` puts it on the map."""

    def make(
        size: tuple[int, int] = (640, 480), form: str = "JPEG", place: bool = False, colour: str = "teal"
    ) -> bytes:  # fmt: skip
        exif = Image.Exif()
        if place:
            exif[0x010F] = "Maker of phones"
            exif.get_ifd(0x8825).update(
                {1: "N", 2: (39.0, 8.0, 12.5), 3: "E", 4: (117.0, 1.0, 5.0)}
            )
        written = io.BytesIO()
        Image.new("RGB", size, colour).save(written, form, exif=exif)
        return written.getvalue()

    return make


@contextlib.contextmanager
def serving(app: Starlette, **config: Any) -> Iterator[str]:
    """A running server of an application: its address. `config` is more of uvicorn's settings."""
    chosen = {"port": 0, "log_level": "warning", "lifespan": "off", **config}
    server = uvicorn.Server(uvicorn.Config(app, **chosen))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    end = time.monotonic() + 10
    while not server.started:
        assert time.monotonic() < end, "the server did not start"
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}/"
    server.should_exit = True
    thread.join(timeout=10)


@pytest.fixture
def site(build: Callable[[Settings], Starlette], settings: Settings) -> Iterator[str]:
    """The address of a running server."""
    with serving(build(settings)) as address:
        yield address


@pytest.fixture
def visit(browser: Browser, site: str) -> Iterator[Any]:
    """A function that opens the page; afterwards nothing may have gone wrong in the browser."""
    opened = []
    seen = SimpleNamespace(hosts=set(), problems=[])

    def open_page(
        width: int = 360, height: int = 740, *, path: str = "", **options: Any
    ) -> Page:  # fmt: skip
        context = browser.new_context(viewport={"width": width, "height": height}, **options)
        opened.append(context)
        page = context.new_page()
        page.on("request", lambda request: _note_host(seen.hosts, request.url))
        page.on("pageerror", lambda error: seen.problems.append(str(error)))
        page.on("console", lambda line: _note(seen.problems, line))
        page.set_default_timeout(5000)
        page.goto(site + path)
        return page

    yield open_page
    for context in opened:
        context.close()
    assert seen.hosts <= {site}, "a request went to another host"
    assert not seen.problems


def _note_host(hosts: set[str], url: str) -> None:
    if not url.startswith("blob:"):  # a photo in the page's own memory
        hosts.add(re.sub(r"(//[^/]+/).*", r"\1", url))


def _note(problems: list[str], line: Any) -> None:
    # Chromium prints a failed load by itself; a refusal by the content policy is a fault.
    if line.type == "error" and "Failed to load resource" not in line.text:
        problems.append(line.text)
