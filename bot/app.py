"""Wires the process that meets people: settings, records, dialogue, channels, clock in one place."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from bot import chores, database
from bot.casework import shops
from bot.channels import site, web
from bot.channels.mail import Mail
from bot.channels.telegram import Telegram
from bot.channels.telegram_outbox import CHANNEL
from bot.console import frame
from bot.dialogue import Dialogue
from bot.jobs import Clock, Send
from bot.label_reader import LabelReader
from bot.metrics_page import MetricsPage
from bot.readiness import Readiness
from bot.settings import Settings
from bot.tally import Tally


def build(settings: Settings) -> Starlette:
    """The web application, and with it Telegram (where a token is set) and the clock.

    Raises ValueError where settings contradict each other.
    """
    sessions = database.connect(settings)
    tally = Tally(sessions)
    dialogue = Dialogue(
        sessions,
        settings.rasa_urls(),
        settings.actions_urls(),
        settings.rasa_timeout_seconds,
        shares_trackers=bool(settings.redis_url),
        asks_in_chat=settings.may_ask_in_chat(),
        has_officers=bool(settings.officers_chat),
        labels=LabelReader() if settings.read_labels else None,
        tally=tally,
    )
    telegram = Telegram(dialogue, settings, sessions) if settings.telegram_token else None
    senders: dict[str, Send] = {CHANNEL: telegram.send} if telegram else {}
    if settings.may_ask_shops():
        senders[shops.CHANNEL] = Mail(settings, sessions).send
    clock = Clock(
        sessions,
        senders,
        dialogue.take_up,
        settings.officers_chat,
        chores.chores(settings, sessions, list(senders), tally),
        duties=[telegram] if telegram else [],
    )
    readiness = Readiness(sessions, settings, clock)

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        await clock.start()
        yield
        await clock.stop()
        await dialogue.close()
        with contextlib.suppress(SQLAlchemyError):  # then it is a minute of counts that is lost
            await asyncio.to_thread(tally.write)
        await readiness.close()

    app = Starlette(
        routes=[*_routes(dialogue, sessions, settings, telegram), *readiness.routes()],
        middleware=web.middleware(settings),
        exception_handlers=web.error_handlers(settings),
        lifespan=lifespan,
    )
    frame.mount(app, sessions, settings)
    return app


def _routes(
    dialogue: Dialogue,
    sessions: sessionmaker[Session],
    settings: Settings,
    telegram: Telegram | None,
) -> list[BaseRoute]:
    """The pages of citizens and shops, Telegram's door and Prometheus'."""
    return [
        *site.routes(dialogue, sessions, settings),
        *MetricsPage(sessions, settings).routes(),
        *(telegram.routes() if telegram else ()),
    ]
