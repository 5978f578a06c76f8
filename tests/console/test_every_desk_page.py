"""Every page of the desk in one browser: axe-core, keyboard, hosts, and nothing lost at any size.

Which pages there are comes from the routes of the desk: one that is in no table here fails a test.
The pictures in docs/ are written only where DESK_PICTURES is set, so that a test leaves the tree alone.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from itsdangerous import URLSafeSerializer
from playwright.sync_api import Browser, FilePayload, Page
from sqlalchemy.orm import Session, sessionmaker
from starlette.applications import Starlette
from starlette.routing import Mount, Route

from bot.casework import (
    counter,
    links,
    notices,
    officers,
    people,
    recall_sources,
    reports,
    steps,
)
from bot.casework.records import Shop
from bot.channels import web
from bot.console import frame
from bot.reading.facts import Facts
from bot.settings import ROOT, Settings
from tests import records
from tests.casework.reporting import TOLD
from tests.channels.conftest import serving
from tests.channels.test_every_page import CUT_OFF
from tests.console.conftest import NAME, PASSWORD
from tests.console.test_desk_looks import fill
from tests.console.test_items import furnish

LISTS = ("disputes", "callbacks", "pushes", "alarms", "questions", "reports", "notices", "recalls", "sources",
         "pages", "log", "entries", "shops", "stations", "holidays")  # fmt: skip
ITEMS = ("callback", "push", "alarm", "question", "notice", "page", "shop")
FORMS_OF = tuple(  # states in which together every step of officers can be taken
    dict.fromkeys(one.before[0] for one in steps.STEPS if "officer" in one.actors)
)
# The pages by the route that draws them; a page by its name.
PAGES: dict[str, dict[str, str]] = {
    "/": {"home": ""},
    "/{key}/list": {f"list-{key}": f"{key}/list" for key in LISTS},
    "/case/{number}": {f"case-{state}": f"case/STATE-{state}" for state in FORMS_OF},
    **{f"/{word}/{{number}}": {word: f"{word}/1"} for word in ITEMS},
    "/report/{number}": {"report": "report/RPT2345678"},
    "/recall/{number:path}": {"recall": "recall/T-1"},
    "/entry/{number}": {"entry": "entry/car-engine"},
    "/overview": {"overview": "overview"},
    "/new": {"new": "new"},
    "/new/{number}": {"new-made": "new/WALK"},
    "/new-report": {"new-report": "new-report"},
    "/new-report/{form}": {"report-made": f"new-report/{'0' * 32}"},
    "/register": {"register": "register"},
    "/register/{number}": {"register-one": "register/1"},
    "/account": {"account": "account"},
    "/login": {"login": "login", "first": "login", "login-kept": "login"},
}
ERRORS = {"error-404": "case/AAAA2222", "error-405": "logout", "error-403": "report/RPT2345678"}
# Routes that draw no page: files.
NO_PAGES = {
    "/case/{number}/evidence/{piece:int}", "/report/{number}/{what}/{piece:int}", "/page/{number}/raw",
    "/case/{number}/packet", "/alarm/{number}/paper",
}  # fmt: skip
OUTSIDE = ("login", "first", "login-kept")
REFUSED = (
    "new-wrong",
    "new-report-wrong",
    "register-wrong",
    "account-wrong",
    "login-wrong",
)  # for a form that was sent
NAMES = (*(name for pages in PAGES.values() for name in pages), *ERRORS, *REFUSED)
AS_OFFICER = "error-403"  # what an administrator may see, and an officer not
PICTURES = {"list-reports": "reports", "report": "report", "new": "new", "new-wrong": "new-wrong",
            "new-made": "new-made",  "account": "account", "first": "first", "login-kept": "login-kept",
            "error-404": "error", "case-accepted": "case-forms", 
            "callback": "callback", "question": "question", "list-callbacks": "callbacks",
            "list-alarms": "alarms", "list-questions": "questions"}  # fmt: skip


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A running desk with a record of every kind, and one that nobody has an account of."""
    settings = Settings(
        _env_file=None, operator="bureau", secret_key="for tests", public_url=None, database_url="",
        var_dir=tmp_path_factory.mktemp("var"), data_key="", district_name="天津市西青区",
    )  # fmt: skip
    empty = settings.model_copy(update={"var_dir": tmp_path_factory.mktemp("empty")})
    with_sessions = records.empty(settings)
    sessions = next(with_sessions)
    paths = _furnish(sessions, settings)
    no_sessions = records.empty(
        empty.model_copy(update={"data_key": settings.data_keys()[0].decode()})
    )
    app, bare = _app(sessions, settings), _app(next(no_sessions), empty)
    with serving(app) as address, serving(bare) as first:
        signer = URLSafeSerializer(settings.signing_key(), salt="desk-session")
        over = signer.dumps({"id": 1, "stamp": "x", "began": 0, "seen": 0})
        yield SimpleNamespace(address=address, first=first, paths=paths, app=app, over=over)
    for one in (with_sessions, no_sessions):
        next(one, None)


def _app(sessions: sessionmaker[Session], settings: Settings) -> Starlette:
    made = Starlette(middleware=web.middleware(), exception_handlers=web.error_handlers(settings))
    frame.mount(made, sessions, settings)
    return made


def _furnish(sessions: sessionmaker[Session], settings: Settings) -> dict[str, str]:
    """Fill the records; numbers for what PAGES calls by other names."""
    now = datetime.now(UTC)
    furnish(sessions)
    fill(sessions)
    with sessions.begin() as session:
        _left_lying(session, now)
        officers.save(session, NAME, "administrator", PASSWORD, now)
        officers.save(session, "王芳", "officer", PASSWORD, now)
        made = reports.lodge(session, TOLD, reporter="r", form="f", operator="bureau", now=now)
        made.report.number, made.report.state = "RPT2345678", "checking"
        slip = links.digest(settings.signing_key(), "form", f"desk:{'0' * 32}")
        told_here = replace(TOLD, merchant="好又多", way="counter", by=NAME)
        reports.lodge(session, told_here, reporter="q", form=slip, operator="bureau", now=now)
        found = {}
        told = Facts(
            merchant="永旺超市", product="电饭煲", facts="三天就坏，不给退。" * 20, demand="refund"
        )
        for state in (*FORMS_OF, "walk"):
            one = counter.enter(
                session, "counter", told, people.Contact("13800000001", "王女士"), NAME,
                operator="bureau", limit=2000, now=now,  # type: ignore[arg-type]
            )  # fmt: skip
            one.state = state if state in FORMS_OF else one.state
            found[f"case/STATE-{state}"] = f"case/{one.number}"
        found["new/WALK"] = f"new/{one.number}"
    return found


def _left_lying(session: Session, now: datetime) -> None:
    """A notice that could not be sent, a page that was not read, a shop."""
    who = people.person(session, "telegram", "7", now)
    made = notices.post(session, who, "progress", "ABCD2345:1", "x", now - timedelta(hours=3))
    made.state, made.last_error, made.may_be_double = "stuck", "NetworkError", True
    recall_sources.failed(session, "samr", "timeout", now)
    url = "https://www.samrdprc.org.cn/xfpzh/xfpgnzh/" + "a" * 60 + ".html"
    page = f"<html>{'召回' * 300}{'x' * 500}</html>".encode()
    recall_sources.keep(session, "samr", url, page, now, state="quarantined", reason="no_layout")
    session.add(
        Shop(name="青禾家电", aliases=["青禾"], street="中北镇", responsible="王某", email="a@b.example",
             verified_at=now, verified_by=NAME, created_at=now, updated_at=now)
    )  # fmt: skip


@pytest.fixture(scope="module")
def tabs(browser: Browser, world: Any) -> Iterator[Any]:
    """One tab of each: an administrator, an officer, who has not logged in; with the hosts that were asked."""
    hosts: set[str] = set()
    opened = {}
    for name in (NAME, "王芳", ""):
        context = browser.new_context()
        page = opened[name] = context.new_page()
        page.set_default_timeout(10000)
        page.on("request", lambda one: hosts.add(re.sub(r"(//[^/]+/).*", r"\1", one.url)))
        page.goto(f"{world.address}desk/login")
        if name:
            log_in(page, name)
    yield SimpleNamespace(**{"of": opened, "hosts": hosts})
    for page in opened.values():
        page.context.close()


def log_in(page: Page, name: str, password: str = PASSWORD) -> None:
    page.fill("#username", name)
    page.fill("#password", password)
    page.click("button[type=submit]")


def opened(tabs: Any, world: Any, name: str) -> Page:
    """The page of that name, as it is when all its forms are opened."""
    page: Page = tabs.of[
        "王芳" if name == AS_OFFICER else "" if name.startswith(("login", "first")) else NAME
    ]
    page.set_viewport_size({"width": 1440, "height": 900})
    paths = {key: path for pages in (*PAGES.values(), ERRORS) for key, path in pages.items()}
    path = paths.get(name) if name in paths else name.removesuffix("-wrong")
    base = world.first if name == "first" else world.address
    page.goto(f"{base}desk/{world.paths.get(path, path)}")
    if name == "account-wrong":
        _wrong_account(page)
    elif name in ("new-wrong", "new-report-wrong", "register-wrong"):
        if name != "register-wrong":
            forged = FilePayload(name="小票.jpg", mimeType="image/jpeg", buffer=b"PK\x03\x04")
            page.set_input_files("#new-files", forged)
        page.click("main button[type=submit]")
    elif name == "login-wrong":
        log_in(page, NAME, "wrong password 1")
    elif name == "login-kept":
        _send_too_late(page, world)
    page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    return page


def _send_too_late(page: Page, world: Any) -> None:
    """Send a form with the cookie of a session that is long over."""
    page.context.add_cookies([{"name": "desk", "value": world.over, "url": world.address}])
    page.evaluate("document.forms[0].action = '/desk/account'")
    log_in(page, NAME)
    assert page.locator("input[name=kept]").count() == 1


def _wrong_account(page: Page) -> None:
    for field in ("old", "new", "again"):
        page.fill(f"#{field}", f"{field} password 1")
    page.click("main button[type=submit]")


def test_the_tables_name_every_page(world: Any, tabs: Any) -> None:
    desk = next(route for route in world.app.routes if isinstance(route, Mount))
    read = {
        one.path for one in desk.routes if isinstance(one, Route) and "GET" in (one.methods or ())
    }
    assert read == {*PAGES, *NO_PAGES}, "a route of the desk is in no table, or gone"
    possible = {
        one.name for state in FORMS_OF for one in steps.possible(state, "bureau", "officer")
    }
    assert possible == {one.name for one in steps.STEPS if "officer" in one.actors}
    page = opened(tabs, world, "home")
    menu = page.eval_on_selector_all("nav.side a", "all => all.map((one) => one.pathname)")
    paths = {f"/desk/{path}" for pages in PAGES.values() for path in pages.values()}
    assert len(menu) > len(LISTS) and set(menu) <= paths


@pytest.mark.parametrize("name", NAMES)
def test_a_page_can_be_used_by_everybody(world: Any, tabs: Any, name: str) -> None:
    page = opened(tabs, world, name)
    assert page.locator("h1").count() == 1 and page.title()
    assert name in (*OUTSIDE, "login-wrong") or "login" not in page.url
    keyboard(page)
    at_every_size(page, name)
    assert {one for one in tabs.hosts if not one.startswith("data:")} <= {
        world.address,
        world.first,
    }


def keyboard(page: Page) -> None:
    """All that can be pressed is reached by Tab, in the order of the page, and is seen to have the focus."""
    page.wait_for_load_state("load")  # a form's answer may still wait for its style
    wanted = page.evaluate(REACHABLE)
    inner = (
        3 * page.locator("input[type=date]:visible").count()
    )  # day, month, year and the calendar are one
    for _ in range(wanted + inner):
        page.keyboard.press("Tab")
    reached = page.evaluate("window.reached")
    places = [one["place"] for one in reached]
    assert places == sorted(set(places)) and len(places) == wanted, page.evaluate("window.missed()")
    assert [one for one in reached if one["outline"] < 2 or not one["is_seen"]] == []


def at_every_size(page: Page, name: str) -> None:
    """Axe-core finds nothing of weight; nothing scrolls sideways or is cut, at twice the size of text too."""
    for width in (1440, 640, 360, 320):  # 640 is 1280 at 200 %
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, width
        assert page.evaluate(CUT) == [], width
        if width in (1440, 360):
            found = Axe().run(page).response["violations"]
            heavy = {one["id"]: [node["html"][:120] for node in one["nodes"]] for one in found
                     if one["impact"] in ("serious", "critical")}  # fmt: skip
            assert heavy == {}, width
            picture(page, name, width)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate("document.documentElement.style.fontSize = '32px'")
    assert page.evaluate("document.documentElement.scrollWidth") <= 1280
    assert page.evaluate(CUT) == []


def picture(page: Page, name: str, width: int) -> None:
    if os.environ.get("DESK_PICTURES") and name in PICTURES:
        page.evaluate("document.activeElement.blur(); scrollTo(0, 0)")
        path = ROOT / "docs" / f"desk-{PICTURES[name]}-{width}.png"
        page.screenshot(path=str(path), full_page=True)


# What is drawn for screen readers alone is cut off on purpose.
CUT = CUT_OFF.replace(".for-readers", ".unseen, .sheet thead, .sheet thead *")

# How many places Tab stops at: of a group of radio buttons one, as browsers do. Notes where it stops.
REACHABLE = """() => {
  window.reached = [];
  const start = document.createElement("span");  // from the top, where a field has the focus already
  start.tabIndex = -1;
  document.body.prepend(start);
  start.focus();
  start.remove();
  const all = Array.from(document.querySelectorAll("*"));
  const wanted = all.filter((one) => one.matches("a[href], button, input, select, textarea, summary, [tabindex='0']"))
    .filter((one) => one.tabIndex >= 0 && !one.disabled && one.type !== "hidden" && one.getClientRects().length)
    .filter((one, place, these) => one.type !== "radio"
      || these.find((other) => other.type === "radio" && other.name === one.name) === one);
  document.addEventListener("focusin", (event) => {
    const one = event.target, box = one.getBoundingClientRect();
    window.reached.push({ place: all.indexOf(one), outline: parseFloat(getComputedStyle(one).outlineWidth),
                          is_seen: box.width > 0 && box.height > 0, what: one.outerHTML.slice(0, 80) });
  });
  window.missed = () => wanted.filter((one) => !window.reached.some((here) => here.place === all.indexOf(one)))
    .map((one) => one.outerHTML.slice(0, 80));
  return wanted.length;
}"""
