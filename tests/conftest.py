"""What the whole suite shares: records in memory, and one running Rasa with its action server."""

import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from playwright.sync_api import Browser, sync_playwright
from sqlalchemy.orm import Session, sessionmaker

from bench.stack import Stack, Talk, stack
from bot import database
from bot.casework import officers, people, sealing
from bot.casework.records import Person
from tests import records

CHROMIUM = "/usr/bin/chromium"
SLOW_HASHER = officers._hasher
OTHER_SERVERS = ("page_of_our_own", "bureau")  # fixtures, in the order of their tests
NOW = datetime(2026, 11, 2, 1, 0, tzinfo=UTC)


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests that talk to Rasa share one worker, for there is one Rasa; the rest go to the other.

    Those that need another action server come last, one kind after the other.
    """
    for item in items:
        if "running" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.xdist_group("rasa"))
    items.sort(key=_server)


def _server(item: pytest.Item) -> int:
    asked = getattr(item, "fixturenames", ())
    return next((n for n, name in enumerate(OTHER_SERVERS, start=1) if name in asked), 0)


@pytest.fixture(scope="session", autouse=True)
def quick_passwords() -> None:
    """Argon2 with little to do: a thousand tests log in, one looks how hard a password is to try."""
    officers._hasher = type(SLOW_HASHER)(time_cost=1, memory_cost=1024, parallelism=1)


@pytest.fixture
def now() -> datetime:
    """Monday 2026-11-02, 09:00 in Tianjin."""
    return NOW


@pytest.fixture
def session() -> Iterator[Session]:
    """A session on an empty database in memory."""
    sealing.unlock([Fernet.generate_key()])
    engine = database.engine("sqlite://")
    records.create(engine)
    with Session(engine) as opened:
        yield opened
    engine.dispose()


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[sessionmaker[Session]]:
    """Sessions on records in a file, as several threads use them."""
    sealing.unlock([Fernet.generate_key()])
    engine = database.engine(f"sqlite:///{tmp_path / 'records.db'}")
    records.create(engine)
    yield sessionmaker(engine, expire_on_commit=False)
    engine.dispose()


@pytest.fixture
def citizen(session: Session, now: datetime) -> Person:
    """A citizen on the web page."""
    return people.person(session, "web", "c-1", now)


@pytest.fixture(scope="session")
def running() -> Iterator[Stack]:
    """One trained model, one Rasa and one action server for the whole suite."""
    with stack() as started:
        yield started


@pytest.fixture
def talk(running: Stack) -> Talk:
    """A new citizen's talk."""
    return Talk(running)


@pytest.fixture
def talks(running: Stack) -> Callable[[], Talk]:
    """As many new citizens as a test wants."""
    return lambda: Talk(running)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """The system's Chromium, headless. Without one the tests of the page fail, not skip."""
    path = shutil.which("chromium") or CHROMIUM
    if not Path(path).exists():
        pytest.fail("no Chromium: run `apt-get install chromium fonts-noto-cjk`", pytrace=False)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()
