"""A thousand disputes from four processes at once, on both databases: none lost, none doubled."""

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import database
from bot.casework import disputes, people, sealing
from bot.casework.records import Dispute, DisputeEvent, Notice, Person, Record
from bot.settings import ROOT
from tests.postgres import postgres

PROCESSES, EACH, SHARED = 4, 250, 20


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'records.db'}"
    else:
        with postgres() as found:
            yield found


def test_a_thousand_disputes_at_once(address: str) -> None:
    key = Fernet.generate_key().decode()
    sealing.unlock([key.encode()])
    engine = database.engine(address)
    Record.metadata.create_all(engine)
    with Session(engine) as session, session.begin():
        for number in range(SHARED):
            who = people.person(session, "web", f"shared-{number}", datetime.now(UTC))
            disputes.start(session, who, datetime.now(UTC))
    commands = [
        [
            sys.executable,
            "-m",
            "tests.casework.lodging",
            address,
            key,
            str(n),
            str(EACH),
            str(SHARED),
        ]
        for n in range(PROCESSES)
    ]
    running = [subprocess.Popen(one, cwd=ROOT, stderr=subprocess.PIPE) for one in commands]
    for process in running:
        _, error = process.communicate(timeout=300)
        assert process.returncode == 0, error.decode()[-2000:]
    with Session(engine) as session:
        check(session)
    engine.dispose()


def check(session: Session) -> None:
    total = PROCESSES * EACH + SHARED
    found = session.scalars(select(Dispute)).all()
    assert len(found) == total == len({one.number for one in found if one.number})
    assert Counter(one.state for one in found) == {
        "in_progress": PROCESSES * EACH,
        "lodged": SHARED,
    }
    kinds = Counter(session.scalars(select(DisputeEvent.kind)))
    assert kinds == {"drafted": total, "lodged": total, "begin": PROCESSES * EACH}
    per = (
        select(func.count()).where(DisputeEvent.kind == "lodged").group_by(DisputeEvent.dispute_id)
    )
    assert set(session.scalars(per)) == {1}
    assert len(session.scalars(select(Person)).all()) == total
    assert len(session.scalars(select(Notice)).all()) == PROCESSES * EACH
