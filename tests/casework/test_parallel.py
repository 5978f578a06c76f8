"""A thousand disputes from four processes at once, on both databases: none lost, none doubled."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot import database
from bot.casework import disputes, people, sealing
from bot.casework.records import Dispute, DisputeEvent, Notice, Person, Record
from bot.settings import ROOT
from tests.postgres import address_of

PROCESSES, EACH, SHARED = 4, 250, 20


@pytest.fixture(params=["sqlite", "postgresql"])
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    with address_of(request.param, tmp_path) as found:
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
    said = at_once(address, key)
    with Session(engine) as session:
        check(session, said)
    engine.dispose()


def at_once(address: str, key: str) -> list[dict[str, list[Any]]]:
    """What each process says that it kept; none begins before all are ready."""
    running = [
        subprocess.Popen(
            [sys.executable, "-m", "tests.casework.lodging", address, key, str(n), str(EACH), str(SHARED)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for n in range(PROCESSES)
    ]  # fmt: skip
    for process in running:
        assert process.stdout is not None and process.stdout.readline() == "ready\n"
    for process in running:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    said = []
    for process in running:
        output, error = process.communicate(timeout=300)
        assert process.returncode == 0, error[-2000:]
        said.append(json.loads(output))
    return said


def check(session: Session, said: list[dict[str, list[Any]]]) -> None:
    """One dispute a person, as that person's process said, each with its own log and notice."""
    won = sorted(number for one in said for number in one["shared"])
    assert won == list(range(1, SHARED + 1))  # each shared one was lodged, by one process alone
    own = {
        f"{process}-{place}": number
        for process, one in enumerate(said)
        for place, number in enumerate(one["own"])
    }
    rows = session.execute(select(Person.external_id, Dispute).join(Person)).all()
    assert len(rows) == len({who for who, _ in rows}) == PROCESSES * EACH + SHARED
    assert len({dispute.number for _, dispute in rows} - {None}) == len(rows)
    logs, told = logs_of(session), Counter(session.scalars(select(Notice.subject)))
    for who, dispute in rows:
        is_own = who in own
        kinds = ["drafted", "lodged", *(["begin"] if is_own else [])]
        assert [kind for _, kind in logs[dispute.id]] == kinds, who
        assert dispute.state == ("in_progress" if is_own else "lodged")
        if is_own:
            assert (dispute.number, dispute.merchant) == (own[who], f"店{who}")
            assert told.pop(f"{dispute.number}:{logs[dispute.id][-1][0]}") == 1
    assert not told  # and no notice of anything else
    assert session.scalar(select(func.count(Person.id))) == len(rows)


def logs_of(session: Session) -> dict[int, list[tuple[int, str]]]:
    """Id and kind of the events of each dispute, in order."""
    logs: dict[int, list[tuple[int, str]]] = defaultdict(list)
    query = select(DisputeEvent.dispute_id, DisputeEvent.id, DisputeEvent.kind)
    for dispute_id, event_id, kind in session.execute(query.order_by(DisputeEvent.id)):
        logs[dispute_id].append((event_id, kind))
    return logs
