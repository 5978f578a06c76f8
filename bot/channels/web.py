"""MESSAGE in and REPLY out on the web page; it knows no rule of the trade and keeps no talk."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from bot.casework import evidence
from bot.channels import web_guard, web_pages, web_uploads
from bot.channels.web_pages import Handler
from bot.dialogue import Dialogue
from bot.messages import Message, Reply
from bot.settings import Settings

CHANNEL = "web"
COOKIE = "citizen"
COOKIE_SECONDS = 365 * 24 * 3600
AN_ID = re.compile(r"[A-Za-z0-9_.:-]{1,64}")
NOT_TEXT = re.compile("[\x00\ud800-\udfff]")  # no database takes these
MOST_SEEN = 200  # notice ids in one request
# Requests let through. A town may share one address of its carrier: that one is asked for little.
A_MINUTE = {"citizen": 40, "address": 120, "news": 60, "news_address": 600}
MOST_AT_ONCE = 200  # messages that are being answered at the same time
NUMBERS = ("12315", "12345", "12356", "110", "119", "120")

middleware = web_guard.middleware
error_handlers = web_pages.error_handlers


def routes(dialogue: Dialogue, settings: Settings) -> list[BaseRoute]:
    """The citizens' chat: its page, the doors for messages and news, its files, a sign of life."""
    packed = [Middleware(GZipMiddleware, minimum_size=1000)]
    # Safe to keep for good: the page names its files with a hash of their content.
    kept = [Middleware(web_guard.KeptForGood), *packed]
    pages = web_pages.Pages(settings)
    return [
        Route("/", _page(pages, settings), methods=["GET"], middleware=packed, name="chat"),
        Route("/chat/messages", _messages(dialogue, settings), methods=["POST"]),
        Route("/chat/news", _news(dialogue, settings), methods=["POST"]),
        Route("/chat/forget", _forget(settings), methods=["POST"]),
        Route("/call", _call(pages), methods=["GET"]),
        Route("/call/{number}", _call(pages), methods=["GET"]),
        Route("/health", _health, methods=["GET"]),
        Mount("/static", StaticFiles(directory=web_pages.STATIC), middleware=kept, name="static"),
    ]


def _page(pages: web_pages.Pages, settings: Settings) -> Handler:
    key = settings.signing_key()
    limits = {
        "files": web_uploads.MOST_FILES,
        "file": evidence.LARGEST,
        "request": web_uploads.LARGEST_REQUEST - web_uploads.LARGEST_FIELD,
    }

    async def page(request: Request) -> Response:
        response = pages.draw(request, "chat.html", limits=limits)
        _remember(response, _citizen(request, key) or secrets.token_hex(16), key, request, settings)
        return response

    return page


def _call(pages: web_pages.Pages) -> Handler:
    """A page with one number to tap, for channels whose buttons open web addresses only."""

    async def call(request: Request) -> Response:
        number = request.path_params.get("number", NUMBERS[0])
        if number not in NUMBERS:
            raise HTTPException(404)
        return pages.draw(request, "call.html", number=number)

    return call


def _messages(dialogue: Dialogue, settings: Settings) -> Handler:
    key = settings.signing_key()
    reader = web_uploads.Reader()
    of_citizen, of_address = (web_guard.Rate(A_MINUTE[one]) for one in ("citizen", "address"))
    room = web_guard.Room(MOST_AT_ONCE)

    async def messages(request: Request) -> Response:
        known = _citizen(request, key)
        try:
            web_guard.refuse_cross_site(request, settings)
            of_address.check(web_guard.address(request))
            if known:
                of_citizen.check(known)
            message = await _heard(request, reader, known or secrets.token_hex(16))
            with room.place():
                replies = await dialogue.hear(message)
        except HTTPException as refusal:
            return web_pages.refusal(refusal)
        response = JSONResponse({"replies": [_bubble(reply) for reply in replies]})
        if known is None:  # only then, or a late answer would undo /chat/forget
            _remember(response, message.external_id, key, request, settings)
        return response

    return messages


async def _heard(request: Request, reader: web_uploads.Reader, citizen: str) -> Message:
    """The message in a request: a JSON object, or a form where files come with it."""
    if web_guard.content_type(request) != "multipart/form-data":
        return _message(await web_guard.json_object(request), citizen)
    form = await reader.form(request)
    return _message(form.fields, citizen, form.files)


def _news(dialogue: Dialogue, settings: Settings) -> Handler:
    """What the page has not shown yet; it tells which notices it has shown, and they are done."""
    key = settings.signing_key()
    rate, of_address = (web_guard.Rate(A_MINUTE[one]) for one in ("news", "news_address"))

    async def news(request: Request) -> Response:
        known = _citizen(request, key)
        try:
            web_guard.refuse_cross_site(request, settings)
            of_address.check(web_guard.address(request))
            seen = _seen(await web_guard.json_object(request))
            if known:
                rate.check(known)
        except HTTPException as refusal:
            return web_pages.refusal(refusal)
        found = await dialogue.news(CHANNEL, known, seen) if known else []
        return JSONResponse({"notices": [{"id": id_, **_bubble(reply)} for id_, reply in found]})

    return news


def _forget(settings: Settings) -> Handler:
    async def forget(request: Request) -> Response:
        try:
            web_guard.refuse_cross_site(request, settings)
        except HTTPException as refusal:
            return web_pages.refusal(refusal)
        response = Response(status_code=204)
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")
        return response

    return forget


async def _health(_request: Request) -> Response:
    return JSONResponse({"status": "ok"})


def _message(
    given: Mapping[str, Any], citizen: str, files: Sequence[evidence.File] = ()
) -> Message:
    """The message in a request. Raises HTTPException 400 where it is not in the agreed form."""
    text, button_id = given.get("text", ""), given.get("button_id")
    ids = [given.get("message_id"), *([] if button_id is None else [button_id])]
    if not isinstance(text, str) or not all(_is_id(one) for one in ids):
        raise HTTPException(400, "not_json")
    clean = NOT_TEXT.sub("\ufffd", text)
    return Message(CHANNEL, citizen, ids[0], clean, button_id, tuple(files))


def _is_id(value: object) -> bool:
    return isinstance(value, str) and AN_ID.fullmatch(value) is not None


def _seen(given: Mapping[str, Any]) -> list[int]:
    """The ids of notices that the page has shown; a database takes them up to 63 bits."""
    seen = given.get("seen", [])
    if not isinstance(seen, list) or len(seen) > MOST_SEEN:
        raise HTTPException(400, "not_json")
    if not all(type(one) is int and 0 < one < 2**63 for one in seen):
        raise HTTPException(400, "not_json")
    return seen


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
