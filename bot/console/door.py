"""The way in to the desk: password, session, and what a session may grow old to. Knows no view."""

import asyncio
import logging
from dataclasses import dataclass
from datetime import UTC, datetime

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session, sessionmaker
from starlette.middleware import Middleware
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route
from starlette.templating import Jinja2Templates
from starlette_admin.auth import AdminUser, AuthProvider
from starlette_admin.auth.base import AuthMiddleware
from starlette_admin.exceptions import LoginFailed
from starlette_admin.helpers import index_url, safe_redirect_url

from bot.casework import officers
from bot.casework.officer_records import Officer
from bot.channels import web_guard
from bot.console import kept_forms
from bot.library import load
from bot.settings import Settings

COOKIE = "desk"
LONGEST_SECONDS = 8 * 3600  # a session ends then, whatever happens in it
IDLE_SECONDS = 30 * 60
RENEW_SECONDS = 60  # how often "seen" is written anew
LOGINS_A_MINUTE = 20  # from one network address: an office, and nobody who tries a list of names

# It writes names that were typed, and what was searched for, into the log.
logging.getLogger("starlette_admin").setLevel(logging.CRITICAL)


@dataclass
class User(AdminUser):
    """The officer of a request; `began` is when the session did, in seconds since 1970."""

    id: int = 0
    role: str = ""
    stamp: str = ""
    began: int = 0


def user(request: Request) -> User:
    """Who is logged in. Only within a view, which nobody else reaches."""
    found: User = request.state.admin_user
    return found


class Door(AuthProvider):
    """Lets officers in by name and password; the session is a signed cookie with the account's stamp."""

    def __init__(self, sessions: sessionmaker[Session], settings: Settings, base: str) -> None:
        super().__init__()
        self._sessions, self._base = sessions, base
        self._signer = URLSafeSerializer(settings.signing_key(), salt="desk-session")
        self._is_https = web_guard.is_https(settings)
        self._at_once = asyncio.Semaphore(2)  # a hash takes 64 MB while it is tried
        self._rate = web_guard.Rate(LOGINS_A_MINUTE)

    def knows(self, request: Request) -> bool:
        """Whether its cookie is one that we signed, however old: not whether it opens anything."""
        return self._cookie(request) is not None

    def get_middleware(self) -> Middleware:
        """starlette-admin's check of each request, and the cookie written anew behind it."""
        return Middleware(_Renewing, provider=self)

    async def render_login(self, request: Request, templates: Jinja2Templates) -> Response:
        """The login page; without any account, how to make the first one."""
        if not await asyncio.to_thread(self._has_any):
            return templates.TemplateResponse(request, "first.html")
        return await super().render_login(request, templates)

    async def login(
        self, username: str, password: str, remember_me: bool, request: Request
    ) -> Response | None:
        """Open a session. Raises LoginFailed, with the same words whatever was wrong."""
        request.state.kept_sealed = str((await request.form()).get("kept") or "")
        seconds = self._rate.wait(web_guard.address(request))
        if seconds:
            raise LoginFailed(load("desk")["login"]["too_fast"].format(seconds=seconds))
        async with self._at_once:
            found = await asyncio.to_thread(self._admitted, username.strip(), password)
        if found is None:
            raise LoginFailed(load("desk")["login"]["failed"])
        response = self._next(request, found)
        self.remember(response, request, found.id, found.stamp, _seconds())
        return response

    def _next(self, request: Request, found: Officer) -> Response:
        """The page whose form this officer's last session ended in, filled; else where they wanted to go."""
        kept = kept_forms.opened(getattr(request.state, "kept_sealed", ""), found.id)
        if kept is not None:
            return kept_forms.Filled(request, kept, _as_user(found, _seconds()))
        fallback = index_url(request)
        wanted = request.query_params.get("next") or fallback
        return RedirectResponse(safe_redirect_url(wanted, request, fallback), 303)

    async def logout(self, request: Request) -> Response | None:
        """End all sessions of the officer: a copy of the cookie opens nothing either."""
        await asyncio.to_thread(self._end, user(request).id)
        response = RedirectResponse(str(request.url_for("desk:login")), 303)
        response.delete_cookie(COOKIE, path=self._base, httponly=True, samesite="lax")
        request.state.forget_session = True
        return response

    async def authenticate(self, request: Request) -> AdminUser | None:
        """The officer whose session it is, or None where there is none any more."""
        cookie = self._cookie(request)
        if cookie is None:
            return None
        number, stamp, began, seen = cookie
        now = _seconds()
        # One from an hour to come, for the clock was set back since, would last that much longer.
        if abs(now - began) >= LONGEST_SECONDS or abs(now - seen) >= IDLE_SECONDS:
            return None
        found = await asyncio.to_thread(self._current, number, stamp)
        if found is None:
            return None
        request.state.renew_session = now - seen >= RENEW_SECONDS
        return _as_user(found, began)

    async def too_late(self, request: Request) -> Response:
        """The login page for a form whose session is over: with what was typed, sealed for its officer."""
        path = request.url.path
        page = kept_forms.page_of(request.app.router, request.scope, path)
        back = request.url_for("desk:login").include_query_params(
            next=str(request.url.replace(path=page))
        )
        cookie = self._cookie(request)
        kept = kept_forms.keep(cookie[0], path, await request.form()) if cookie else ""
        if not kept or path == request.url_for("desk:logout").path:
            return RedirectResponse(str(back), 303)
        request.state.kept_sealed = kept
        return self._templates.TemplateResponse(request, "login.html", {"where": back}, 403)

    def get_routes(self, templates: Jinja2Templates) -> list[Route]:
        """starlette-admin's routes; the templates are for the page of `too_late`."""
        self._templates = templates
        return super().get_routes(templates)

    def _cookie(self, request: Request) -> tuple[int, str, int, int] | None:
        """Id, stamp, begin and last sight of the session that the cookie names, however old it is."""
        try:
            kept = self._signer.loads(request.cookies.get(COOKIE, ""))
            return kept["id"], kept["stamp"], kept["began"], kept["seen"]
        except (BadSignature, KeyError, TypeError):
            return None

    def remember(
        self, response: Response, request: Request, number: int, stamp: str, began: int
    ) -> None:
        """Set the session's cookie, seen now."""
        kept = {"id": number, "stamp": stamp, "began": began, "seen": _seconds()}
        response.set_cookie(
            COOKIE, self._signer.dumps(kept), path=self._base, httponly=True, samesite="lax",
            secure=self._is_https or request.url.scheme == "https",
        )  # fmt: skip

    def _has_any(self) -> bool:
        with self._sessions() as session:
            return officers.has_any(session)

    def _admitted(self, name: str, password: str) -> Officer | None:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            attempt = officers.attempt(session, name, now)
        is_right = officers.is_right(attempt, password)
        with self._sessions.begin() as session:
            if is_right and attempt.officer_id is not None:
                return officers.admit(session, attempt.officer_id, now)
            officers.refuse(session, attempt.officer_id, now)
        return None

    def _current(self, number: int, stamp: str) -> Officer | None:
        with self._sessions() as session:
            return officers.current(session, number, stamp)

    def _end(self, number: int) -> None:
        with self._sessions.begin() as session:
            officers.end_sessions(session, number, datetime.now(UTC))


class _Renewing(AuthMiddleware):
    """Writes the cookie anew while somebody works, so that only who is idle is logged out."""

    provider: Door

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        reached = []

        async def noted(passed: Request) -> Response:
            reached.append(passed)
            return await call_next(passed)

        response = await super().dispatch(request, noted)
        if not reached and request.method == "POST":
            return await self.provider.too_late(request)
        is_over = getattr(request.state, "forget_session", False)
        if getattr(request.state, "renew_session", False) and not is_over:
            who = user(request)
            self.provider.remember(response, request, who.id, who.stamp, who.began)
        return response


def _as_user(found: Officer, began: int) -> User:
    return User(found.name, id=found.id, role=found.role, stamp=found.stamp, began=began)


def _seconds() -> int:
    return int(datetime.now(UTC).timestamp())
