"""All pages of the web in one list: the chat, what is open to everybody, and those by signed link."""

from sqlalchemy.orm import Session, sessionmaker
from starlette.routing import BaseRoute

from bot.channels import (
    case_page,
    contact_page,
    large_type,
    notice_page,
    privacy_page,
    recalls_page,
    report_page,
    shop_page,
    totals_page,
    web,
)
from bot.dialogue import Dialogue
from bot.settings import Settings


def routes(
    dialogue: Dialogue, sessions: sessionmaker[Session], settings: Settings
) -> list[BaseRoute]:
    """The doors of every page."""
    return [
        *web.routes(dialogue, settings),
        *large_type.routes(settings),
        *recalls_page.routes(sessions, settings),
        *notice_page.routes(sessions, settings),
        *privacy_page.routes(settings),
        *totals_page.routes(sessions, settings),
        *contact_page.routes(dialogue, sessions, settings),
        *case_page.routes(sessions, settings),
        *shop_page.routes(sessions, settings),
        *report_page.routes(sessions, settings),
    ]
