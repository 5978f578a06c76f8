"""Wires the process that meets people: settings, records, dialogue and web in one place."""

import contextlib
from collections.abc import AsyncIterator

from starlette.applications import Starlette

from bot import database
from bot.channels import web
from bot.dialogue import Dialogue
from bot.settings import Settings


def build(settings: Settings) -> Starlette:
    """The web application with its way to Rasa and to the records."""
    dialogue = Dialogue(
        database.connect(settings),
        settings.rasa_url(),
        settings.rasa_timeout_seconds,
        settings.officers_chat,
    )

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await dialogue.close()

    return Starlette(routes=web.routes(dialogue, settings), lifespan=lifespan)
