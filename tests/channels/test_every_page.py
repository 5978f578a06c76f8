"""Every page in one browser, at both widths and in both sizes of type: axe-core, keyboard, hosts, weight."""

import gzip
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urljoin

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot import database
from bot.casework.records import Record
from bot.channels import site as pages
from bot.channels import web
from bot.settings import Settings
from tests.channels import pages_world
from tests.channels.conftest import FakeDialogue, serving

NAMES = (
    "chat", "recalls", "search", "notice", "foreign", "no_notice", "case", "totals", "privacy", "contact",
    "report", "shop", "expired",
)  # fmt: skip
WIDTHS = (360, 1440)
HEAVIEST = 150 * 1024  # bytes of the chat page's first load, compressed
LARGE_PX = 24

Open = Callable[..., Page]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A running district: its address, the paths of its pages, its application."""
    settings = Settings(
        _env_file=None, operator="bureau", district_name="天津市西青区", secret_key="for tests",
        public_url=None, var_dir=tmp_path_factory.mktemp("var"),
    )  # fmt: skip
    sessions = database.connect(settings)
    Record.metadata.create_all(sessions.kw["bind"])
    paths = pages_world.furnish(sessions, settings)
    app = Starlette(
        routes=pages.routes(FakeDialogue(), sessions, settings),  # type: ignore[arg-type]
        middleware=web.middleware(settings),
        exception_handlers=web.error_handlers(settings),
    )
    with serving(app) as address:
        yield SimpleNamespace(address=address, paths=paths, app=app)
    sessions.kw["bind"].dispose()


@pytest.fixture
def look(browser: Browser, world: Any) -> Iterator[Open]:
    """Opens a page by its name; afterwards no other host was asked, and no policy was broken."""
    opened, hosts, problems = [], set(), []

    def open_page(
        name: str, width: int = 360, *, is_large: bool = False, script: str = "", **options: Any
    ) -> Page:
        context = browser.new_context(viewport={"width": width, "height": 740}, **options)
        opened.append(context)
        if is_large:
            cookie = {"name": "large", "value": "yes", "url": world.address}
            context.add_cookies([cookie])  # type: ignore[list-item]
        if script:
            context.add_init_script(script)
        page = context.new_page()
        page.set_default_timeout(5000)
        page.on("request", lambda request: hosts.add(re.sub(r"(//[^/]+/).*", r"\1", request.url)))
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.on(
            "console", lambda line: problems.append(line.text) if line.type == "error" else None
        )
        page.goto(urljoin(world.address, world.paths[name]))
        return page

    yield open_page
    for context in opened:
        context.close()
    assert hosts == {world.address}, "a request went to another host"
    assert not [one for one in problems if "Failed to load resource" not in one]


def test_the_table_names_every_page(world: Any) -> None:
    assert set(NAMES) == set(world.paths)


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", NAMES)
def test_axe_finds_nothing_serious(look: Open, name: str, width: int, is_large: bool) -> None:
    # Both schemes once: colours do not change with the width or the size.
    for scheme in ("light",) if is_large or width > 360 else ("light", "dark"):
        page = look(name, width, is_large=is_large, color_scheme=scheme)
        found = Axe().run(page).response["violations"]
        told = {
            one["id"]: [node["target"] for node in one["nodes"]]
            for one in found
            if one["impact"] in ("serious", "critical")
        }
        assert told == {}, scheme


@pytest.mark.parametrize("is_large", [False, True])
@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_lost_at_twice_the_size_of_text(look: Open, name: str, is_large: bool) -> None:
    page = look(name, 360, is_large=is_large)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    size = 2 * page.evaluate("parseFloat(getComputedStyle(document.documentElement).fontSize)")
    page.evaluate("size => { document.documentElement.style.fontSize = size + 'px'; }", size)
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    assert page.evaluate(CUT_OFF) == []


@pytest.mark.parametrize("name", NAMES)
def test_large_type_is_switched_without_scripts_and_stays(look: Open, name: str) -> None:
    page = look(name, java_script_enabled=False)
    address = page.url
    page.get_by_role("button", name="大字").click()
    assert page.url == address
    page.goto(address)
    large = page.get_by_role("button", name="大字")
    expect(large).to_have_attribute("aria-pressed", "true")
    expect(page.locator("html")).to_have_class("large")
    large.click()
    expect(page.locator("html")).not_to_have_class("large")


@pytest.mark.parametrize("name", NAMES)
def test_what_is_read_has_24_pixels_in_large_type(look: Open, name: str) -> None:
    page = look(name, is_large=True)
    size = "node => parseFloat(getComputedStyle(node).fontSize)"
    assert page.locator("body").evaluate(size) >= LARGE_PX
    page.get_by_role("button", name="大字").click()
    assert 17 <= page.locator("body").evaluate(size) < LARGE_PX
    page.reload()  # the script's cookie is the form's
    expect(page.get_by_role("button", name="大字")).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("name", NAMES)
def test_the_keyboard_reaches_everything_in_the_order_of_the_page(look: Open, name: str) -> None:
    page = look(name, 1440)
    wanted = page.evaluate(REACHABLE)
    assert len(wanted) > 6
    page.evaluate("() => { document.activeElement.blur(); window.scrollTo(0, 0); }")
    reached = []
    for _ in wanted:
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        assert here["outline"] >= 2 and here["is_seen"], here
        reached.append(here["place"])
    assert reached == sorted(reached) and len(set(reached)) == len(wanted)
    page.reload()
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") in ("content", "text")


@pytest.mark.parametrize("name", [one for one in NAMES if one not in ("no_notice", "expired")])
@pytest.mark.parametrize(
    ("voices", "is_shown"),
    [
        ('[{lang: "zh-CN", localService: true}]', True),
        ('[{lang: "zh-CN", localService: false}]', False),  # it would be sent the words
        ('[{lang: "en-US", localService: true}]', False),
        ("[]", False),
        (None, False),
    ],
)
def test_a_page_is_read_aloud_where_the_device_can(
    look: Open, name: str, voices: str | None, is_shown: bool
) -> None:
    page = look(name, script=SPEECH.replace("VOICES", voices) if voices else NO_SPEECH)
    buttons = page.locator(".read")
    assert buttons.count() >= 1
    expect(buttons.first).to_be_visible(visible=is_shown)
    if is_shown:
        buttons.first.click()
        expect(buttons.first).to_have_text("停止朗读")
        spoken = page.evaluate("window.spoken")
        assert spoken and all(one.strip() and "朗读" not in one for one in spoken)
        buttons.first.click()
        expect(buttons.first).to_have_text("朗读")


def test_a_reply_can_be_read_aloud(look: Open) -> None:
    page = look("chat", script=SPEECH.replace("VOICES", '[{lang: "zh-CN", localService: true}]'))
    page.get_by_label("在这里输入您要说的话").fill("你好")
    page.keyboard.press("Enter")
    page.locator("#talk .assistant .read").click()
    assert page.evaluate("window.spoken") == ["听到：你好"]
    assert page.locator("#talk .me .read").count() == 0


def test_the_first_load_of_the_chat_page_is_light(world: Any) -> None:
    client = TestClient(world.app)
    page = client.get("/").text
    found = re.findall(r'(?:src|href)="(/static/[^"]+)"', page)
    assert len(set(found)) >= 7
    sizes = {path: len(gzip.compress(client.get(path).content)) for path in set(found)}
    assert sum(sizes.values()) + len(gzip.compress(page.encode())) < HEAVIEST, sizes


@pytest.mark.parametrize(
    ("back", "wanted"),
    [
        ("/recalls?q=a%20b", "/recalls?q=a%20b"),
        ("//evil.example/", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example/", "/"),
        ("javascript:alert(1)", "/"),
        ("/a\r\nSet-Cookie: x=y", "/"),
        ("", "/"),
    ],
)
def test_the_switch_leads_nowhere_else(world: Any, back: str, wanted: str) -> None:
    client = TestClient(world.app, follow_redirects=False)
    response = client.post("/large", data={"large": "yes", "back": back})
    assert (response.status_code, response.headers["location"]) == (303, wanted)
    assert response.headers["set-cookie"].startswith("large=yes;")


def test_no_page_ends_by_itself(world: Any) -> None:
    for folder in ("templates", "static"):
        for file in (Path(pages.__file__).parent / folder).iterdir():
            text = file.read_text(encoding="utf-8")
            assert not re.search(r'http-equiv="refresh"|location\.reload|location\.href\s*=', text)


# Text that is cut off by its own box, where nothing scrolls; a field scrolls by itself.
CUT_OFF = """() => Array.from(document.querySelectorAll("main *, nav *, footer *, header *")).filter((one) => {
  const style = getComputedStyle(one);
  const isHidden = style.overflowX === "hidden" || style.overflowX === "clip";
  return isHidden && !one.matches(".for-readers, input") && one.scrollWidth > one.clientWidth + 1;
}).map((one) => one.outerHTML.slice(0, 80))"""

# What can be reached by Tab: of a group of radio buttons one, as browsers do.
REACHABLE = """() => Array.from(document.querySelectorAll("a[href], button, input, textarea, [tabindex='0']"))
  .filter((one) => one.tabIndex >= 0 && !one.disabled && one.type !== "hidden" && one.getClientRects().length)
  .filter((one, place, all) => one.type !== "radio"
    || all.find((other) => other.type === "radio" && other.name === one.name) === one)
  .map((one) => one.outerHTML.slice(0, 60))"""

FOCUSED = """() => {
  const one = document.activeElement, box = one.getBoundingClientRect();
  const all = Array.from(document.querySelectorAll("*"));
  return { place: all.indexOf(one), outline: parseFloat(getComputedStyle(one).outlineWidth),
           is_seen: box.bottom > 0 && box.top < innerHeight && box.width > 0, what: one.outerHTML.slice(0, 80) };
}"""

SPEECH = """window.spoken = [];
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => VOICES, cancel: () => {}, addEventListener: () => {},
  speak: (one) => window.spoken.push(one.text) } });
window.SpeechSynthesisUtterance = function (text) {
  this.text = text; this.addEventListener = () => {}; };"""
NO_SPEECH = 'Object.defineProperty(window, "speechSynthesis", { value: undefined });'
