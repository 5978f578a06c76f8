"""How a form reaches the desk: read to its end before anything looks at it, its files in memory alone.

What comes behind (the token of the form, the session, the page of a form that came too late) reads a
form of plain fields, whether files came with it or not: they are handed on beside it.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.casework import evidence
from bot.channels import web_guard, web_uploads
from bot.library import load

LARGEST_BODY = 64 * 1024  # bytes of a form without its files; read before anybody is logged in
BODY_SECONDS = 30.0
MOST_FIELDS = 80  # of a form with files: choices and ticks are a field each
_FORM = b"application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Given:
    """The files that came with a form; `problem` is why none was read, a key of `uploads.not_read`."""

    files: Sequence[evidence.File] = ()
    problem: str = ""


def given(request: Request) -> Given:
    """The files of this request; none where it had none."""
    found: Given = getattr(request.state, "given", Given())
    return found


class Bodies:
    """ASGI middleware: no large form at all, but for the files of who has a session's cookie.

    `knows` tells whether a request's cookie is one that we signed; what it opens is asked later.
    """

    def __init__(self, app: ASGIApp, knows: Callable[[Request], bool]) -> None:
        self.app, self._knows = app, knows
        self._reader = web_uploads.Reader(MOST_FIELDS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        has_files = web_guard.content_type(request) == "multipart/form-data"
        try:
            if has_files and self._knows(request):
                scope, body = await self._with_files(request)
            else:
                body = await _small(receive)
        except HTTPException as refusal:
            said = load("desk")["faults"]
            text = said.get(str(refusal.status_code), said["413"])["text"]
            refused = PlainTextResponse(text, refusal.status_code, refusal.headers)
            await refused(scope, receive, send)
            return
        replays: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

        async def replayed() -> Message:
            return replays.pop() if replays else await receive()

        await self.app(scope, replayed, send)

    async def _with_files(self, request: Request) -> tuple[Scope, bytes]:
        """The request with the fields alone, and their body. Raises HTTPException 413, 408, 503, 400."""
        try:
            form = await self._reader.form(request)
            pairs, came = form.pairs, Given(tuple(form.files))
        except web_uploads.NotTaken as refusal:
            if refusal.detail not in load("desk")["uploads"]["not_read"]:
                raise
            pairs, came = refusal.pairs, Given(problem=refusal.detail)
        body = urlencode(pairs).encode()
        if len(body) > LARGEST_BODY:
            raise HTTPException(413, "too_large")
        request.state.given = came
        return {**request.scope, "headers": list(_headers(request, len(body)))}, body


def _headers(request: Request, length: int) -> Iterator[tuple[bytes, bytes]]:
    """The headers of the request, for a form without files."""
    for name, value in request.scope["headers"]:
        if name not in (b"content-type", b"content-length", b"transfer-encoding"):
            yield name, value
    yield b"content-type", _FORM
    yield b"content-length", str(length).encode()


async def _small(receive: Receive) -> bytes:
    """The whole body. Raises HTTPException 413 where it is too large, too slow, or its sender has gone."""
    body = b""
    try:
        async with asyncio.timeout(BODY_SECONDS):
            while True:
                part = await receive()
                body += bytes(part.get("body", b""))
                if part["type"] != "http.request" or len(body) > LARGEST_BODY:
                    raise HTTPException(413, "too_large")
                if not part.get("more_body"):
                    return body
    except TimeoutError:
        raise HTTPException(413, "too_large") from None
