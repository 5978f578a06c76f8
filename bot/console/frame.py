"""The officers' desk as a part of the web application: starlette-admin with our pages, under /desk.

A view is a file in this folder and a line in VIEWS. Pages are drawn on the server and need no script:
the headers of bot/channels/web_guard.py, which wrap the whole application, hold here without any
exception. starlette-admin's own templates would need inline scripts and styles and a font of another
host (rsms.me); every template that it draws is therefore one of ours.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.base import RequestResponseEndpoint
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from starlette_admin import route
from starlette_admin.contrib.sqla import Admin
from starlette_admin.export import ExportConfig
from starlette_admin.security.csrf import CSRFMiddleware
from starlette_admin.views import BaseView

from bot import records_away
from bot.console.account import Account
from bot.console.alarms import AlarmPage, Alarms
from bot.console.bodies import Bodies
from bot.console.callbacks import Callback, Callbacks
from bot.console.case import Case
from bot.console.counter import Counter
from bot.console.disputes import Queue
from bot.console.door import Door
from bot.console.guidance import Entries, EntryPage
from bot.console.holidays import Holidays
from bot.console.log import Log
from bot.console.notices import NoticePage, Notices
from bot.console.overview import OverviewPage
from bot.console.pushes import Push, Pushes
from bot.console.questions import Question, Questions
from bot.console.recalls import RecallPage, Recalls
from bot.console.report_entry import ReportEntry
from bot.console.reports import ReportPage, Reports
from bot.console.shop_form import ShopForm
from bot.console.shops import ShopPage, Shops
from bot.console.sources import Sources
from bot.console.stations import Stations
from bot.console.unread import UnreadPage, UnreadPages
from bot.console.views import Page
from bot.library import load
from bot.settings import Settings

BASE = "/desk"
MOST_TAKEN_OUT = 20_000  # rows of a list as a table
OFFERED = (
    "list",
    "action",
)  # of the doors that starlette-admin brings along; the others there are not
EXPORT = "export"  # the one action
BROKEN = HTTPException(500)
FOLDER = Path(__file__).resolve().parent

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Desk:
    """What a view is built with."""

    sessions: sessionmaker[Session]
    settings: Settings
    door: Door


# The views in the order of the menu.
VIEWS: tuple[Callable[[Desk], BaseView], ...] = (
    lambda desk: OverviewPage(desk.sessions),
    lambda desk: Queue(),
    lambda desk: Case(desk.sessions),
    lambda desk: Counter(desk.sessions, desk.settings),
    lambda desk: ReportEntry(desk.sessions, desk.settings),
    lambda desk: Callbacks(),
    lambda desk: Callback(desk.sessions),
    lambda desk: Pushes(),
    lambda desk: Push(desk.sessions),
    lambda desk: Alarms(),
    lambda desk: AlarmPage(desk.sessions),
    lambda desk: Questions(),
    lambda desk: Question(desk.sessions),
    lambda desk: Reports(),
    lambda desk: ReportPage(desk.sessions),
    lambda desk: Notices(),
    lambda desk: NoticePage(desk.sessions),
    lambda desk: Recalls(),
    lambda desk: RecallPage(desk.sessions),
    lambda desk: Sources(),
    lambda desk: UnreadPages(),
    lambda desk: UnreadPage(desk.sessions),
    lambda desk: Log(),
    lambda desk: Entries(),
    lambda desk: EntryPage(desk.sessions),
    lambda desk: Shops(),
    lambda desk: ShopPage(desk.sessions),
    lambda desk: ShopForm(desk.sessions),
    lambda desk: Stations(),
    lambda desk: Holidays(),
    lambda desk: Account(desk.sessions, desk.door),
)


def mount(app: Starlette, sessions: sessionmaker[Session], settings: Settings) -> Starlette:
    """Put the desk under /desk of the application; the desk's own application, for tests."""
    door = Door(sessions, settings, BASE)
    admin = _Frame(
        sessions,
        title=load("desk")["title"],
        base_url=BASE,
        route_name="desk",
        templates_dir=str(FOLDER / "templates"),
        static_dir=str(FOLDER / "static"),
        index_view=_Home(),
        auth_provider=door,
        secret_key=settings.signing_key(),
        middlewares=[Middleware(Bodies, knows=door.knows)],
        timezone_config=None,
        export_config=ExportConfig(max_rows=MOST_TAKEN_OUT),
    )
    drawn = admin.templates.env.globals
    drawn["words"], drawn["district"] = load("desk"), settings.district_name
    for view in VIEWS:
        admin.add_view(view(Desk(sessions, settings, door)))
    admin.mount_to(app)
    return admin.app


class _Home(Page):
    """The desk's own address leads to what is most urgent."""

    path = "/"
    add_to_menu = False

    @route("")
    async def index(self, request: Request) -> Response:
        return RedirectResponse(str(request.url_for("desk:list", key="disputes")), 303)


class _Frame(Admin):
    """starlette-admin without what the desk does not offer, and with refusals in our words."""

    def _collect_core_routes(self) -> list[Route]:
        """Lists, and what is taken out of them: nothing is edited, imported or looked up by hand."""
        return [one for one in super()._collect_core_routes() if one.name in OFFERED]

    @route("/_api/{key}/action", methods=["POST"], name="action")
    async def handle_action(self, request: Request) -> Response:
        """A list as a table, for who may have it. Raises HTTPException 404, 403."""
        view = self._find_view_by_key(request.path_params["key"])
        if request.query_params.get("name") != EXPORT:
            raise HTTPException(404)
        if not (view.is_accessible(request) and await view.is_action_allowed(request, EXPORT)):
            raise HTTPException(403)
        table: Response = await super().handle_action(request)
        return table

    def _init_csrf(self) -> None:
        assert self.secret_key is not None
        self.middlewares.insert(0, Middleware(_RecordsAway, frame=self))
        self.middlewares.append(Middleware(_SaidPlainly, secret_key=self.secret_key, frame=self))

    async def _render_error(self, request: Request, exc: Exception = BROKEN) -> Response:
        status = exc.status_code if isinstance(exc, HTTPException) else 500
        return self.fault(request, str(status), status)

    def fault(self, request: Request, key: str, status: int) -> Response:
        """A page that says what went wrong, in the words `faults` of desk.yml."""
        known = load("desk")["faults"]
        fault = known.get(key) or known["other"]
        drawn = self.templates.env.get_template("error.html").render(request=request, fault=fault)
        return HTMLResponse(drawn, status)


class _SaidPlainly(CSRFMiddleware):
    """starlette-admin's token in each form; a page whose token is too old says so in Chinese."""

    def __init__(self, app: ASGIApp, secret_key: str, frame: _Frame) -> None:
        super().__init__(app, secret_key)
        self._frame = frame

    async def dispatch(self, request: Request, call_next: RequestResponseEndpoint) -> Response:
        reached = []

        async def noted(passed: Request) -> Response:
            reached.append(passed)
            return await call_next(passed)

        response = await super().dispatch(request, noted)
        return response if reached else self._frame.fault(request, "stale", 403)


class _RecordsAway:
    """ASGI middleware: where the records are away, an officer is told so, with the door too."""

    def __init__(self, app: ASGIApp, frame: _Frame) -> None:
        self.app, self._frame = app, frame

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        begun = []

        async def noted(event: Message) -> None:
            begun.append(event)
            await send(event)

        try:
            await self.app(scope, receive, noted)
        except records_away.AWAY as error:
            if begun:
                raise
            log.error("the records are away: %s", type(error).__name__)
            response = self._frame.fault(Request(scope), "503", 503)
            response.headers["Retry-After"] = str(records_away.COME_BACK_SECONDS)
            await response(scope, receive, send)
