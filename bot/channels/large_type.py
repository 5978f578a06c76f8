"""The switch for large type (大字): a form on every page, kept in a cookie. Knows no citizen."""

import re
from urllib.parse import parse_qs

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.channels import web_guard, web_pages
from bot.settings import Settings

SECONDS = 365 * 24 * 3600
_PATH = re.compile(r"/(?![/\\])[!-~]{0,2000}")  # a path of this host, and no other host's address


def routes(settings: Settings) -> list[BaseRoute]:
    """The door of the switch.

    Whoever makes a browser send this changes the size of its type and nothing else, so it is not
    asked where it comes from.
    """
    is_public_https = (settings.public_url or "").startswith("https:")

    async def switch(request: Request) -> Response:
        form = parse_qs((await web_guard.body(request)).decode("utf-8", "replace"))
        back = form.get("back", ["/"])[0]
        response = RedirectResponse(back if _PATH.fullmatch(back) else "/", status_code=303)
        response.set_cookie(
            web_pages.LARGE,
            "yes" if form.get("large") == ["yes"] else "no",
            max_age=SECONDS,
            secure=is_public_https or request.url.scheme == "https",
            samesite="lax",
        )
        return response

    return [Route("/large", switch, methods=["POST"])]
