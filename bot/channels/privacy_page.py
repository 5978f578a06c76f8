"""REPLY on the page that tells what is kept of people: the words that stand above every form. Static."""

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.channels import web_pages
from bot.settings import Settings


def routes(settings: Settings) -> list[BaseRoute]:
    """The page about personal data, open to everybody."""
    pages = web_pages.Pages(settings)
    days = {"record": str(settings.record_days), "draft": str(settings.draft_days)}

    async def show(request: Request) -> Response:
        return pages.draw(request, "privacy.html", days=days)

    return [Route("/privacy", show, methods=["GET"])]
