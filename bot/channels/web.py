"""MESSAGE in and REPLY out on the web page; it knows no rule of the trade and keeps no talk."""

import hashlib
import hmac
import json
import re
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.templating import Jinja2Templates
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.types import Message as Event

from bot.dialogue import Dialogue, Message, Reply
from bot.library import load
from bot.settings import Settings

FOLDER = Path(__file__).resolve().parent
STATIC = FOLDER / "static"
CHANNEL = "web"
COOKIE = "citizen"
COOKIE_SECONDS = 365 * 24 * 3600
LARGEST_BODY = 64 * 1024  # bytes
AN_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")  # no database takes these
SECURITY = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
Handler = Callable[[Request], Awaitable[Response]]


class SecurityHeaders:
    """ASGI middleware: the browser may load from this host only, and tells no other about us."""

    def __init__(self, app: ASGIApp, cache: str = "no-store") -> None:
        self.app = app
        self.headers = {**SECURITY, "Cache-Control": cache}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(event: Event) -> None:
            if event["type"] == "http.response.start":
                MutableHeaders(scope=event).update(self.headers)
            await send(event)

        await self.app(scope, receive, send_with_headers)


def routes(dialogue: Dialogue, settings: Settings) -> list[BaseRoute]:
    """The citizens' chat: its page, the door for messages, its files and a sign of life."""
    guarded = [Middleware(SecurityHeaders)]
    packed = [*guarded, Middleware(GZipMiddleware, minimum_size=1000)]
    # Safe to keep for good: the page names its files with a hash of their content.
    kept = [Middleware(SecurityHeaders, cache="public, max-age=31536000, immutable"), packed[-1]]
    return [
        Route("/", _page(settings), methods=["GET"], middleware=packed, name="chat"),
        Route(
            "/chat/messages", _messages(dialogue, settings), methods=["POST"], middleware=guarded
        ),
        Route("/chat/forget", _forget(settings), methods=["POST"], middleware=guarded),
        Route("/health", _health, methods=["GET"], middleware=guarded),
        Mount("/static", StaticFiles(directory=STATIC), middleware=kept, name="static"),
    ]


def _page(settings: Settings) -> Handler:
    templates = Jinja2Templates(directory=FOLDER / "templates")
    key = settings.signing_key()
    context = {
        "words": load("pages"),
        "operator": settings.operator,
        "district": settings.district_name,
        "versions": {file.name: _version(file) for file in STATIC.iterdir() if file.is_file()},
    }

    async def page(request: Request) -> Response:
        response = templates.TemplateResponse(request, "chat.html", context)
        _remember(response, _citizen(request, key) or secrets.token_hex(16), key, request, settings)
        return response

    return page


def _messages(dialogue: Dialogue, settings: Settings) -> Handler:
    key = settings.signing_key()

    async def messages(request: Request) -> Response:
        try:
            _refuse_cross_site(request, settings)
            given = await _json_object(request)
            known = _citizen(request, key)
            message = _message(given, known or secrets.token_hex(16))
        except HTTPException as refusal:
            return _refused(refusal)
        replies = await dialogue.hear(message)
        response = JSONResponse({"replies": [_bubble(reply) for reply in replies]})
        if known is None:  # only then, or a late answer would undo /chat/forget
            _remember(response, message.external_id, key, request, settings)
        return response

    return messages


def _forget(settings: Settings) -> Handler:
    async def forget(request: Request) -> Response:
        try:
            _refuse_cross_site(request, settings)
        except HTTPException as refusal:
            return _refused(refusal)
        response = Response(status_code=204)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response

    return forget


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _refused(refusal: HTTPException) -> Response:
    """The refusal as JSON, in the words of pages.yml (`detail` is their key)."""
    return JSONResponse(
        {"error": load("pages")["errors"][refusal.detail]}, status_code=refusal.status_code
    )


def _refuse_cross_site(request: Request, settings: Settings) -> None:
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


def _is_ours(origin: str, request: Request, settings: Settings) -> bool:
    if settings.public_url:
        public = urlsplit(settings.public_url)
        if origin == f"{public.scheme}://{public.netloc}":
            return True
    return urlsplit(origin).netloc == request.headers.get("host")


async def _json_object(request: Request) -> dict[str, Any]:
    """The body as a JSON object. Raises HTTPException 413 or 400."""
    body = await _body(request)
    if request.headers.get("content-type", "").split(";")[0].strip() != "application/json":
        raise HTTPException(400, "not_json")
    try:
        given = json.loads(body)
    except (ValueError, RecursionError):  # ValueError is also bytes that are not UTF-8
        raise HTTPException(400, "not_json") from None
    if not isinstance(given, dict):
        raise HTTPException(400, "not_json")
    return given


async def _body(request: Request) -> bytes:
    """The body, read no further than LARGEST_BODY whatever its Content-Length says."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_BODY:
                raise HTTPException(413, "too_large")
    except ClientDisconnect:
        raise HTTPException(400, "not_json") from None
    return body


def _message(given: dict[str, Any], citizen: str) -> Message:
    """The message in a request. Raises HTTPException 400 where it is not in the agreed form."""
    text, button_id = given.get("text", ""), given.get("button_id")
    ids = [given.get("message_id"), *([] if button_id is None else [button_id])]
    if not isinstance(text, str) or not all(_is_id(one) for one in ids):
        raise HTTPException(400, "not_json")
    return Message(CHANNEL, citizen, ids[0], NOT_TEXT.sub("\ufffd", text), button_id)


def _is_id(value: object) -> bool:
    return isinstance(value, str) and AN_ID.fullmatch(value) is not None


def _bubble(reply: Reply) -> dict[str, Any]:
    buttons = [
        {key: value for key, value in asdict(button).items() if value is not None}
        for button in reply.buttons
    ]
    return {"text": reply.text, "buttons": buttons, "data": reply.data and dict(reply.data)}


def _citizen(request: Request, key: str) -> str | None:
    """Who the signed cookie says is writing; None where there is none or it is not ours."""
    cookie = request.cookies.get(COOKIE, "")
    citizen = cookie.partition(".")[0]
    is_ours = hmac.compare_digest(cookie.encode(), _signed(citizen, key).encode())
    return citizen if is_ours else None


def _signed(citizen: str, key: str) -> str:
    # The purpose is signed too, so that no other link of the service passes for a cookie.
    mark = hmac.new(key.encode(), f"web-citizen:{citizen}".encode(), hashlib.sha256)
    return f"{citizen}.{mark.hexdigest()}"


def _remember(
    response: Response, citizen: str, key: str, request: Request, settings: Settings
) -> None:
    """Set the citizen's cookie, for a year from this visit."""
    is_https = request.url.scheme == "https" or (settings.public_url or "").startswith("https:")
    response.set_cookie(
        COOKIE,
        _signed(citizen, key),
        max_age=COOKIE_SECONDS,
        secure=is_https,
        httponly=True,
        samesite="lax",
    )


def _version(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
