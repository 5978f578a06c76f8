"""REPLY on the citizens' pages: draws the templates, and what went wrong. Knows no citizen."""

import hashlib
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.templating import Jinja2Templates

from bot import records_away
from bot.channels import web_guard
from bot.library import load
from bot.settings import Settings

log = logging.getLogger(__name__)

FOLDER = Path(__file__).resolve().parent
STATIC = FOLDER / "static"
LARGE = "large"  # the cookie of large type, which the page's script writes too
Handler = Callable[[Request], Awaitable[Response]]
ErrorHandler = Callable[[Request, Exception], Response]


class Pages:
    """Draws pages with what is the same on all of them: the words, who runs this, the files."""

    def __init__(self, settings: Settings) -> None:
        self._templates = Jinja2Templates(directory=FOLDER / "templates")
        self._always = {
            "words": load("pages"),
            "operator": settings.operator,
            "district": settings.district_name,
            "versions": {file.name: _version(file) for file in STATIC.iterdir() if file.is_file()},
        }

    def draw(
        self, request: Request, template: str, status_code: int = 200, **more: Any
    ) -> Response:
        """A page from `templates/`, with `more` for this one.

        `back` is where its switch for large type leads back to: what was sent by POST is its `base`.
        """
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        look = {
            "is_large": request.cookies.get(LARGE) == "yes",
            "back": here if request.method == "GET" else more.get("base", "/"),
        }
        context = {**self._always, **look, **more}
        return self._templates.TemplateResponse(request, template, context, status_code=status_code)

    def fault(self, request: Request, status_code: int, key: str, **more: Any) -> Response:
        """A page that says what went wrong and what to do, in the words `faults` of pages.yml."""
        fault = load("pages")["faults"][key]
        return self.draw(request, "fault.html", status_code, fault=fault, **more)


def error_handlers(settings: Settings) -> dict[Any, ErrorHandler]:
    """What the application answers where no page does: 404, 405, and 500 or 503 without its reason."""
    pages = Pages(settings)

    def refused(request: Request, error: Exception) -> Response:
        if not isinstance(error, HTTPException):
            raise error
        response = _fault(pages, request, error.status_code)
        response.headers.update(error.headers or {})
        return response

    def away(request: Request, error: Exception) -> Response:
        log.error("the records are away: %s", type(error).__name__)
        wait = {"Retry-After": str(records_away.COME_BACK_SECONDS)}
        if "text/html" in request.headers.get("accept", ""):
            response = pages.fault(request, 503, "away")
            response.headers.update(wait)
            return response
        return refusal(HTTPException(503, "away", wait))

    def broken(request: Request, _error: Exception) -> Response:
        response = _fault(pages, request, 500)
        # This one is written outside all middleware.
        web_guard.secure(response.headers, is_https=web_guard.is_https(settings))
        return response

    return {
        HTTPException: refused, Exception: broken, **dict.fromkeys(records_away.AWAY, away),
    }  # fmt: skip


def _fault(pages: Pages, request: Request, status_code: int) -> Response:
    key = {404: "not_found", 405: "not_found"}.get(status_code, "broken")
    if "text/html" in request.headers.get("accept", ""):
        return pages.fault(request, status_code, key)
    text = load("pages")["faults"][key]["text"]
    return JSONResponse({"error": text.strip()}, status_code=status_code)


def refusal_text(error: HTTPException) -> str:
    """The words of pages.yml for a refusal; its `detail` is their key."""
    wait = (error.headers or {}).get("Retry-After", "")
    return str(load("pages")["errors"][error.detail]).replace("{seconds}", wait)


def refusal(error: HTTPException) -> Response:
    """The refusal as JSON."""
    told = {"error": refusal_text(error)}
    return JSONResponse(told, status_code=error.status_code, headers=error.headers)


def _version(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()[:12]
