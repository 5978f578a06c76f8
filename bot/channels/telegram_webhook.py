"""The door for Telegram's own requests: who may come in, and how much they may bring. Knows no bot."""

import hmac
import json
import re
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.settings import Settings

PATH = "/telegram/updates"
LARGEST_UPDATE = 512 * 1024  # bytes
HEADER = "x-telegram-bot-api-secret-token"
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # https://core.telegram.org/bots/api#setwebhook


def check(settings: Settings) -> None:
    """Raise ValueError where webhook mode would be open to anybody, or never be called."""
    if not SECRET.fullmatch(settings.telegram_webhook_secret):
        raise ValueError(
            "TELEGRAM_MODE=webhook needs TELEGRAM_WEBHOOK_SECRET: 1-256 of A-Z a-z 0-9 _ -"
        )
    if not (settings.public_url or "").startswith("https://"):
        raise ValueError("TELEGRAM_MODE=webhook needs a PUBLIC_URL that begins with https://")


def address(settings: Settings) -> str:
    """Where Telegram is to bring its updates."""
    return f"{(settings.public_url or '').rstrip('/')}{PATH}"


def route(secret: str, take: Callable[[dict[str, Any]], Awaitable[int]]) -> BaseRoute:
    """The route; `take` is given the JSON object, and returns the HTTP status to answer with."""

    async def receive(request: Request) -> Response:
        given = request.headers.get(HEADER, "")
        if not hmac.compare_digest(given.encode(), secret.encode()):
            return Response(status_code=403)
        body = await _body(request)
        if body is None:
            return Response(status_code=413)
        try:
            row = json.loads(body)
        except (ValueError, RecursionError):  # ValueError is also bytes that are not UTF-8
            row = None
        is_update = isinstance(row, dict) and type(row.get("update_id")) is int
        return Response(status_code=await take(row) if is_update else 400)

    return Route(PATH, receive, methods=["POST"], name="telegram")


async def _body(request: Request) -> bytes | None:
    """The body, read no further than LARGEST_UPDATE; None where it is longer."""
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > LARGEST_UPDATE:
                return None
    except ClientDisconnect:
        return b""
    return body
