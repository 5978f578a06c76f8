"""The way in to the pages by signed link: who is let through, and what the others are told."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from bot.casework import links
from bot.channels import web_guard, web_pages
from bot.channels.web_pages import Handler
from bot.settings import Settings

Answer = Callable[[Request, str], Awaitable[Response]]
Refused = Callable[[Request, str, HTTPException], Awaitable[Response]]


@dataclass(frozen=True)
class Link:
    """What opens a page: tokens of `purpose`, good for `seconds`.

    `faults` is where in `faults` of pages.yml the words begin (`…_expired`, `…_wrong`).
    """

    purpose: str
    seconds: int
    faults: str


class Door:
    """Calls a page's handlers with what the token names, or not at all.

    `rate` is how often one network address may change something in a minute; what is refused within
    the page goes to `refused`, which draws it.
    """

    def __init__(self, settings: Settings, link: Link, a_minute: int, refused: Refused) -> None:
        self._settings, self._link, self._refused = settings, link, refused
        self._key = settings.signing_key()
        self._pages = web_pages.Pages(settings)
        self.rate = web_guard.Rate(a_minute)

    def guarded(self, answer: Answer) -> Handler:
        """A handler for a route with {token}. Within it, `answer` may still raise links.Invalid."""

        async def handler(request: Request) -> Response:
            response = await self._let_in(request, answer)
            response.headers["X-Robots-Tag"] = "noindex, nofollow"
            return response

        return handler

    async def _let_in(self, request: Request, answer: Answer) -> Response:
        link = self._link
        try:
            token = request.path_params["token"]
            named = links.read(self._key, link.purpose, token, link.seconds)
            return await self._answered(request, named, answer)
        except links.Expired:
            return self._pages.fault(request, 410, f"{link.faults}_expired")
        except links.Invalid:
            return self._pages.fault(request, 404, f"{link.faults}_wrong")

    async def _answered(self, request: Request, named: str, answer: Answer) -> Response:
        try:
            if request.method == "POST":
                web_guard.refuse_foreign_form(request, self._settings)
                self.rate.check(web_guard.address(request))
            return await answer(request, named)
        except HTTPException as refusal:
            response = await self._refused(request, named, refusal)
            response.headers.update(refusal.headers or {})
            return response
