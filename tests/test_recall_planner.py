"""The process that proposes and plans recall notices: it does all of it, may be killed, and ends."""

import sys
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot import chores, recall_planning
from bot.casework import recall_push
from bot.casework.recall_push_records import RecallPush
from bot.recall_planner import RecallPlanner
from bot.settings import Settings
from tests import records
from tests.casework.test_recall_reach import proposed, recalled, told, town


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(_env_file=None, var_dir=tmp_path, data_key=Fernet.generate_key().decode())


@pytest.fixture
def sessions(settings: Settings) -> Iterator[sessionmaker[Session]]:
    yield from records.empty(settings)


def state(sessions: sessionmaker[Session]) -> str:
    with sessions() as session:
        return session.scalars(select(RecallPush.state)).one()


def test_the_clocks_chores_have_a_notice_proposed_and_a_town_told_by_a_process(
    settings: Settings, sessions: sessionmaker[Session]
) -> None:
    now = datetime.now(UTC)
    with sessions.begin() as session:
        concerned = town(session, now, 25)
        recalled(session, now, "OLD", brand="别家", brand_aliases=[], models=[], is_news=False)
        recalled(session, datetime.now(UTC))
    named = {one.name: one for one in chores.chores(settings, sessions)}
    named["recall notices on their way"].run(now)
    with sessions() as session:
        assert not session.scalars(select(RecallPush)).all()
    named["recall notices to propose"].run(now)
    assert state(sessions) == "planned" and told(sessions) == sorted(concerned)


def test_a_process_that_is_stopped_leaves_the_rest_to_the_next(
    settings: Settings, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    with sessions.begin() as session:
        concerned = town(session, now, 400)
        proposed(session, now)
    first = RecallPlanner(settings, ())
    running = threading.Thread(target=first.run)
    running.start()
    while not told(sessions):
        time.sleep(0.02)
    first.stop()
    running.join(timeout=10)
    assert not running.is_alive() and state(sessions) == "planning"
    first.run()  # it was stopped for good
    assert state(sessions) == "planning"
    while recall_planning.plan(sessions, (), now, pause=lambda seconds: None):
        pass
    assert state(sessions) == "planned" and told(sessions) == sorted(concerned)


@pytest.mark.parametrize(
    "command", [("/no/such/program",), (sys.executable, "-c", "raise SystemExit(3)")]
)
def test_a_process_that_fails_is_told_of_and_begun_again(
    settings: Settings, caplog: pytest.LogCaptureFixture, command: tuple[str, ...]
) -> None:
    planner = RecallPlanner(settings, (), command)
    for count in (1, 2):
        planner.run()
        assert caplog.text.count("recall notices are not planned") == count


def test_a_fault_in_the_process_is_logged_without_what_it_was_about(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    RecallPlanner(settings, ()).run()  # there are no tables
    said = capfd.readouterr().err
    assert "OperationalError" in said and "bot/recall_planning.py" in said
    assert "SELECT" not in said and "Traceback" not in said


def test_one_process_at_a_time(settings: Settings) -> None:
    planner = RecallPlanner(settings, (), (sys.executable, "-c", "import time; time.sleep(60)"))
    running = threading.Thread(target=planner.run)
    running.start()
    while planner._process is None:
        time.sleep(0.01)
    process = planner._process
    planner.run()  # returns at once
    assert planner._process is process
    planner.stop()
    running.join(timeout=10)
    assert process.poll() is not None


def test_a_process_whose_parent_is_gone_ends(sessions: sessionmaker[Session]) -> None:
    now = datetime.now(UTC)
    with sessions.begin() as session:
        town(session, now, 5)
        proposed(session, now)
    recall_planning.work(sessions, (), 1000, lambda: False)
    assert state(sessions) == "planning" and not told(sessions)


def test_it_waits_for_what_is_on_its_way_and_gives_up_in_the_end(
    sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    with sessions.begin() as session:
        town(session, now, 5)
        proposed(session, now)
    monkeypatch.setattr(recall_push, "waiting", lambda *_: 10**6)
    monkeypatch.setattr(recall_planning, "LINGERS_SECONDS", 0.3)
    monkeypatch.setattr(recall_planning, "LOOK_AGAIN_SECONDS", 0.1)
    recall_planning.work(sessions, ("web",), 1000, lambda: True)
    assert state(sessions) == "planning" and not told(sessions)
    with sessions() as session:
        assert not recall_push.may_plan(session, ("web",), now)
        assert recall_push.is_planning(session, now)
