"""The desk while the records are away: an officer is told so in Chinese, and nothing was done by halves."""

import sqlite3
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.library import load
from tests.console.conftest import NAME, PASSWORD, log_in, token
from tests.console.test_door import INSIDE, is_in
from tests.test_logs import logged

SAID = load("desk")["faults"]["503"]["text"]


@pytest.fixture
def records(sessions: sessionmaker[Session], tmp_path: Path) -> sqlite3.Connection:
    """Another process at the same file; nobody waits for it long."""
    engine = sessions.kw["bind"]
    event.listen(engine, "connect", lambda one, _: one.execute("PRAGMA busy_timeout=50"))
    engine.dispose()
    return sqlite3.connect(tmp_path / "records.db", isolation_level=None, check_same_thread=False)


@pytest.mark.parametrize("deed", ["log in", "change the password", "log out"])
def test_what_cannot_be_written_is_told_and_done_afterwards(
    client: TestClient, officer: str, records: sqlite3.Connection, deed: str
) -> None:
    if deed != "log in":
        log_in(client)
    page = client.get("/desk/login" if deed == "log in" else INSIDE).text
    new = "a new long word"
    path, form = {
        "log in": ("/desk/login", {"username": NAME, "password": PASSWORD}),
        "change the password": (INSIDE, {"old": PASSWORD, "new": new, "again": new}),
        "log out": ("/desk/logout", {}),
    }[deed]
    form |= {"csrftoken": token(page)}
    records.execute("BEGIN IMMEDIATE")
    with logged("plain") as lines:
        answer = client.post(path, data=form, follow_redirects=False)
        shown = "\n".join(lines())
    assert answer.status_code == 503 and SAID in answer.text and answer.headers["retry-after"]
    assert "the records are away" in shown and "Traceback" not in shown and PASSWORD not in shown
    records.execute("ROLLBACK")
    assert is_in(client) is (deed != "log in")
    assert client.post(path, data=form, follow_redirects=False).status_code in (200, 303)
    assert is_in(client) is (deed != "log out")


def test_what_cannot_be_read_is_told_too(
    client: TestClient, officer: str, sessions: sessionmaker[Session], tmp_path: Path
) -> None:
    """As where the volume is not mounted for a while: the door itself cannot look."""
    log_in(client)
    sessions.kw["bind"].dispose()
    hidden = [(one, one.rename(one.with_suffix(".away"))) for one in tmp_path.glob("records.db*")]
    (tmp_path / "records.db").mkdir()
    answer = client.get(INSIDE)
    assert answer.status_code == 503 and SAID in answer.text
    (tmp_path / "records.db").rmdir()
    for before, after in hidden:
        after.rename(before)
    assert is_in(client)
