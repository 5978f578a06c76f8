"""The stage for tests of the Telegram channel: the real one, a Bot API server, records in a file."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bench.bot_api import TOKEN, BotApi, Server
from bot import database
from bot.casework import notices, people, sealing
from bot.casework.records import IncomingUpdate, Notice, Person
from bot.channels import telegram, telegram_api, telegram_inbox
from bot.channels.telegram import Telegram
from bot.messages import Message, Reply
from bot.settings import Settings
from tests import aside, records


class FakeDialogue:
    """Answers by a table and keeps what it heard; a repeated message id gets the same replies."""

    def __init__(self) -> None:
        self.heard: list[Message] = []
        self.edits: list[tuple[Message, str]] = []
        self.table: dict[str, list[Reply]] = {}
        self.seconds: dict[str, float] = {}  # how long a text takes to answer
        self.errors: dict[str, Exception] = {}
        self.given: dict[tuple[str, str], list[Reply]] = {}

    async def hear(self, message: Message) -> list[Reply]:
        self.heard.append(message)
        await asyncio.sleep(self.seconds.get(message.text, 0))
        if message.text in self.errors:
            raise self.errors[message.text]
        said = message.button_id or message.text or f"{message.unread or len(message.files)}"
        found = self.table.get(said, [Reply(f"听到：{said}")])
        return self.given.setdefault((message.external_id, message.message_id), found)

    async def edited(self, message: Message, edit_id: str) -> list[Reply]:
        self.edits.append((message, edit_id))
        return [Reply(f"改为：{message.text}")]

    def texts(self) -> list[str]:
        return [message.text for message in self.heard]


class Stage:
    """A bot on its records, and the Bot API server it talks to."""

    def __init__(self, api: BotApi, settings: Settings, sessions: sessionmaker[Session]) -> None:
        self.api, self.settings, self.sessions = api, settings, sessions
        self.dialogue = FakeDialogue()

    def telegram(self, **changed: Any) -> Telegram:
        """A channel that has not started yet."""
        settings = self.settings.model_copy(update=changed)
        return Telegram(self.dialogue, settings, self.sessions)  # type: ignore[arg-type]

    @contextlib.asynccontextmanager
    async def running(self, **changed: Any) -> AsyncIterator[Telegram]:
        """A channel that runs."""
        channel = self.telegram(**changed)
        await channel.start()
        try:
            yield channel
        finally:
            await channel.stop()

    async def deliver_due(self, channel: Telegram, now: datetime | None = None) -> int:
        """What jobs.py does by the clock: send what the ledger holds due, once."""
        now = now or datetime.now(UTC)
        with self.sessions.begin() as session:
            claimed = notices.claim(session, ["telegram"], now)
        for outcome, one in zip(
            await asyncio.gather(*map(channel.send, claimed)), claimed, strict=True
        ):
            with self.sessions.begin() as session:
                notices.record(session, one.id, outcome, now)
        return len(claimed)

    async def handled(self, number: int = 1) -> None:
        """Wait until so many updates have been handled, and none is left."""
        await self.api.until(
            lambda: [bool(one.handled_at) for one in self.updates()] == [True] * number
        )

    def updates(self) -> list[IncomingUpdate]:
        with self.sessions() as session:
            return list(session.scalars(select(IncomingUpdate).order_by(IncomingUpdate.id)))

    def ledger(self) -> list[Notice]:
        with self.sessions() as session:
            return list(session.scalars(select(Notice).order_by(Notice.id)))

    def person(self, chat: int) -> Person:
        with self.sessions.begin() as session:
            return people.person(session, "telegram", str(chat), datetime.now(UTC))


def outgoing(chat: int, text: str, number: int = 1, **content: Any) -> notices.Outgoing:
    """A claimed notice."""
    return replace(notices.Outgoing(number, "telegram", str(chat), text), **content)


def play(scene: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Run a scene."""
    aside.run(scene())


@pytest.fixture(name="api")
def make_api() -> BotApi:
    return BotApi()


@pytest.fixture(name="stage")
def make_stage(api: BotApi, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stage]:
    """A stage with short waits, so that a test takes no longer than what it is about."""
    monkeypatch.setattr(telegram_inbox, "ALBUM_QUIET", 0.3)
    monkeypatch.setattr(telegram, "START_WAITS", (0.05,))
    monkeypatch.setattr(telegram, "DOWNLOAD_WAITS", (0.02, 0.05))
    monkeypatch.setattr(telegram, "STOP_SECONDS", 0.5)
    monkeypatch.setattr(telegram_api, "READ_SECONDS", 1.0)
    sealing.unlock([Fernet.generate_key()])
    engine = database.engine(f"sqlite:///{tmp_path / 'records.db'}")
    records.create(engine)
    server = Server(api)
    settings = Settings(
        _env_file=None,
        var_dir=tmp_path,
        telegram_token=TOKEN,
        telegram_api_url=server.start(),
    )
    yield Stage(api, settings, sessionmaker(engine, expire_on_commit=False))
    server.stop()
    engine.dispose()
