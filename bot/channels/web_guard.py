"""The web channel's gate: headers, cross-site requests, body sizes, rates. Knows no page."""

import asyncio
import ipaddress
import json
import time
from collections import OrderedDict, deque
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from math import ceil
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from bot.settings import Settings

LARGEST_BODY = 64 * 1024  # bytes of a request without files
STILL_SECONDS = 30.0  # how long a body may stand still before it is given up
LONGEST_SECONDS = 600.0  # how long a body may take as a whole
COME_BACK_SECONDS = 10  # when there may be room again
MOST_DISCARDED = 64 * 1024 * 1024  # bytes of a refused body that are read and thrown away
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
FOR_SCRIPTS = ("large",)  # the size of type, which the page's script writes too
# A year (RFC 6797). Nothing is said of other names under the same domain, which are not ours to bind.
HTTPS_ALONE = {"Strict-Transport-Security": "max-age=31536000"}


# ── headers ──────────────────────────────────────────────────────────────────


class SecurityHeaders:
    """ASGI middleware: the browser may load from this host only, and tells no other about us.

    A response that says how long it may be kept is left to it; any other is not stored. With
    `is_https` the service and its cookies are reached by https alone.
    """

    def __init__(self, app: ASGIApp, is_https: bool = False) -> None:
        self.app, self._is_https = app, is_https

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(event: Event) -> None:
            if event["type"] == "http.response.start":
                secure(MutableHeaders(scope=event), is_https=self._is_https)
            await send(event)

        await self.app(scope, receive, send_with_headers)


class KeptForGood:
    """ASGI middleware for files whose address changes with their content."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_kept(event: Event) -> None:
            if event["type"] == "http.response.start" and event["status"] in (200, 206, 304):
                headers = MutableHeaders(scope=event)
                headers["Cache-Control"] = "public, max-age=31536000, immutable"
            await send(event)

        await self.app(scope, receive, send_kept)


def secure(headers: MutableHeaders, *, is_https: bool) -> None:
    """Put the headers of SECURITY into a response's headers, and shut its cookies, whoever set them."""
    headers.update(SECURITY | HTTPS_ALONE if is_https else SECURITY)
    headers.setdefault("Cache-Control", "no-store")
    cookies = headers.getlist("set-cookie")
    del headers["set-cookie"]
    for cookie in cookies:
        headers.append("set-cookie", _shut(cookie, is_https=is_https))


def _shut(cookie: str, *, is_https: bool) -> str:
    """A cookie for this service alone: of no use to scripts nor, behind https, over plain HTTP."""
    has = {part.strip().lower() for part in cookie.split(";")[1:]}
    if "httponly" not in has and cookie.partition("=")[0] not in FOR_SCRIPTS:
        cookie += "; HttpOnly"
    return f"{cookie}; Secure" if is_https and "secure" not in has else cookie


def is_https(settings: Settings) -> bool:
    """Whether people reach the service by https, as PUBLIC_URL says."""
    return (settings.public_url or "").startswith("https://")


def middleware(settings: Settings | None = None) -> list[Middleware]:
    """What the whole application is wrapped in, so that refusals and redirects are guarded too."""
    return [Middleware(SecurityHeaders, is_https=settings is not None and is_https(settings))]


# ── where a request comes from ───────────────────────────────────────────────


def refuse_cross_site(request: Request, settings: Settings) -> None:
    """Raise 403 where another site's page makes the browser send this.

    Sec-Fetch-Site cannot be forged by a page; over plain HTTP browsers leave it out, and Origin
    decides. A program without either holds no citizen's cookie.
    """
    site = request.headers.get("sec-fetch-site")
    if site in ("same-origin", "none"):
        return
    origin = request.headers.get("origin")
    if site is None and (origin is None or _is_ours(origin, request, settings)):
        return
    raise HTTPException(403, "cross_site")


def refuse_foreign_form(request: Request, settings: Settings) -> None:
    """Raise 403 where another site's page sends a form whose address holds the token itself.

    Such a form needs the token, so this is a second lock. A form of a page with the policy
    no-referrer says `Origin: null` (Fetch standard, "append a request Origin header").
    """
    if request.headers.get("origin") == "null" and "sec-fetch-site" not in request.headers:
        return
    refuse_cross_site(request, settings)


def _is_ours(origin: str, request: Request, settings: Settings) -> bool:
    if settings.public_url:
        public = urlsplit(settings.public_url)
        if origin == f"{public.scheme}://{public.netloc}":
            return True
    return urlsplit(origin).netloc == request.headers.get("host")


def address(request: Request) -> str:
    """The network address a request comes from; of IPv6 the /64, which is one household."""
    host = request.client.host if request.client else ""
    try:
        found = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(found, ipaddress.IPv4Address):
        return host
    if found.ipv4_mapped:
        return str(found.ipv4_mapped)
    return str(ipaddress.ip_network((found, 64), strict=False))


# ── bodies ───────────────────────────────────────────────────────────────────


async def chunks(request: Request, largest: int) -> AsyncIterator[bytes]:
    """The body piece by piece, at most `largest` bytes.

    What is beyond is read on and thrown away, for a browser hears the refusal only when it has sent
    its body. Raises HTTPException 413 then, 408 where the body stands still for STILL_SECONDS or
    takes more than LONGEST_SECONDS, 400 where the sender has gone.
    """
    size, stream, end = 0, request.stream(), time.monotonic() + LONGEST_SECONDS
    if _stated_length(request) > largest + MOST_DISCARDED:
        raise HTTPException(413, "too_large")
    while size <= largest + MOST_DISCARDED:
        try:
            async with asyncio.timeout(min(STILL_SECONDS, max(0.0, end - time.monotonic()))):
                chunk = await anext(stream)
        except StopAsyncIteration:
            break
        except TimeoutError:
            raise HTTPException(408, "too_slow") from None
        except ClientDisconnect:
            raise HTTPException(400, "not_json") from None
        size += len(chunk)
        if size <= largest:
            yield chunk
    if size > largest:
        raise HTTPException(413, "too_large")


def _stated_length(request: Request) -> int:
    stated = request.headers.get("content-length", "0")
    return int(stated) if stated.isascii() and stated.isdecimal() else 0


async def body(request: Request) -> bytes:
    """The body, read no further than LARGEST_BODY whatever its Content-Length says."""
    return b"".join([chunk async for chunk in chunks(request, LARGEST_BODY)])


async def json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object. Raises HTTPException 413, 408 or 400."""
    given = await body(request)
    if content_type(request) != "application/json":
        raise HTTPException(400, "not_json")
    try:
        value = json.loads(given)
    except (ValueError, RecursionError):  # ValueError is also bytes that are not UTF-8
        raise HTTPException(400, "not_json") from None
    if not isinstance(value, dict):
        raise HTTPException(400, "not_json")
    return value


def content_type(request: Request) -> str:
    """The media type of the body, without its parameters."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


# ── rates ────────────────────────────────────────────────────────────────────


class Rate:
    """At most `limit` in any `seconds`, for each key; remembers the keys of those seconds, `most` of them."""

    def __init__(
        self,
        limit: int,
        seconds: float = 60.0,
        most: int = 10_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit, self._seconds, self._most, self._clock = limit, seconds, most, clock
        self._seen: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, key: str) -> int:
        """0 where this one may pass, and is counted; else the whole seconds until one may."""
        now = self._clock()
        self._forget(now)
        seen = self._seen.setdefault(key, deque(maxlen=self._limit))
        self._seen.move_to_end(key)
        while len(self._seen) > self._most:
            self._seen.popitem(last=False)
        if len(seen) == self._limit and now - seen[0] < self._seconds:
            return max(1, ceil(self._seconds - (now - seen[0])))
        seen.append(now)
        return 0

    def _forget(self, now: float) -> None:
        """Drop the keys that came so long ago that they may pass: they are first in the line."""
        while self._seen:
            seen = next(iter(self._seen.values()))
            if seen and now - seen[-1] < self._seconds:
                return
            self._seen.popitem(last=False)

    def check(self, key: str) -> None:
        """Raise HTTPException 429 with Retry-After where the key is over its rate."""
        seconds = self.wait(key)
        if seconds:
            raise HTTPException(429, "too_fast", {"Retry-After": str(seconds)})


class Room:
    """At most `most` at the same time; who comes then is asked to come back, and holds nothing up."""

    def __init__(self, most: int) -> None:
        self._most, self._inside = most, 0

    @contextmanager
    def place(self) -> Iterator[None]:
        """Take a place. Raises HTTPException 503 with Retry-After where there is none."""
        if self._inside >= self._most:
            raise HTTPException(503, "crowded", {"Retry-After": str(COME_BACK_SECONDS)})
        self._inside += 1
        try:
            yield
        finally:
            self._inside -= 1
