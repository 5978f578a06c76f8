"""What the tests of the desk share: the desk under the citizens' headers, an officer, and who is logged in."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.orm import Session, sessionmaker
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.casework import officers
from bot.channels import web
from bot.console import frame
from bot.settings import Settings
from tests import records

NAME, PASSWORD = "李明", "correct horse 7 battery"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(
        _env_file=None, operator="bureau", secret_key="a key for tests only", var_dir=tmp_path,
        public_url=None, database_url="", data_key="", district_name="天津市西青区",
    )  # fmt: skip


@pytest.fixture
def sessions(settings: Settings) -> Iterator[sessionmaker[Session]]:
    yield from records.empty(settings)


@pytest.fixture
def app(settings: Settings, sessions: sessionmaker[Session]) -> Starlette:
    """The desk as `app.py` mounts it."""
    made = Starlette(
        middleware=web.middleware(settings), exception_handlers=web.error_handlers(settings)
    )
    frame.mount(made, sessions, settings)
    return made


@pytest.fixture
def officer(sessions: sessionmaker[Session]) -> str:
    """The name of an officer who has an account."""
    with sessions.begin() as session:
        officers.save(session, NAME, "officer", PASSWORD, datetime.now(UTC))
    return NAME


def token(page: str) -> str:
    """The token that a page's forms carry."""
    found = re.search(r'name="csrftoken" value="([^"]+)"', page)
    assert found, page
    return found.group(1)


def log_in(client: TestClient, name: str = NAME, password: str = PASSWORD, **more: Any) -> Any:
    """What the door answers to a name and a password."""
    page = client.get("/desk/login").text
    form = {"username": name, "password": password, "csrftoken": token(page)}
    return client.post("/desk/login", data=form, follow_redirects=False, **more)


@pytest.fixture
def client(app: Starlette) -> Iterator[TestClient]:
    """A browser that has not logged in."""
    with TestClient(app, base_url="http://desk.test") as made:
        yield made


@pytest.fixture
def desk(client: TestClient, officer: str) -> TestClient:
    """The browser of an officer who has logged in."""
    assert log_in(client).status_code == 303
    return client


@pytest.fixture
def another(
    app: Starlette, sessions: sessionmaker[Session]
) -> Iterator[Callable[[str, str], TestClient]]:
    """Browsers of further officers, by name and role."""
    opened = []

    def logged_in(name: str, role: str = "officer") -> TestClient:
        with sessions.begin() as session:
            officers.save(session, name, role, PASSWORD, datetime.now(UTC))
        made = TestClient(app, base_url="http://desk.test")
        opened.append(made)
        assert log_in(made, name).status_code == 303
        return made

    yield logged_in
    for one in opened:
        one.close()
