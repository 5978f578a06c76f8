"""`make bench-planning PEOPLE=100000`: what a chat's turn takes while a recall notice to a town is planned.

Planning is what the clock does, by the clock's own chores and their process, with its pauses, but without
waiting for what is sent. A turn is what is done to the records for a message: the
person, the message, the library, the reply. Every fifth person owns what is recalled.
"""

import json
import os
import statistics
import sys
import tempfile
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bot import chores, database, jobs
from bot.casework import people, recall_push, recalls
from bot.casework.recall_push_records import RecallPush
from bot.casework.records import Notice, Person, Recall, Thing
from bot.settings import Settings

IDLE_TURNS = 300
PAUSE = 0.02  # seconds between two turns: fifty a second are many for a district
OWNER = 5  # every which person owns the thing
AT_ONCE = 2000  # people in one insert
CHORES = ("recall notices to propose", "recall notices on their way")


def main(count: int) -> None:
    """Settle a town, measure turns alone and beside the planning; the last line is JSON."""
    sys.setswitchinterval(jobs.SWITCH_SECONDS)  # as the clock does
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(
            _env_file=None, var_dir=Path(folder), data_key=Fernet.generate_key().decode(),
            push_without_approval=0,
        )  # fmt: skip
        database.migrate(settings)
        sessions = database.connect(settings)
        settle(sessions, count)
        turns = Turns(sessions)
        turns.take()  # the index is made
        idle = [turns.take() for _ in range(IDLE_TURNS)]
        planning = Planning(settings, sessions)
        planning.start()
        beside = []
        while planning.is_alive():
            beside.append(turns.take())
        planning.join()
        result = figures(count, idle, beside, planning, sessions)
    print(
        f"turn p95: {result['idle_p95_ms']} ms alone, {result['planning_p95_ms']} ms beside the planning"
    )
    print(f"ratio {result['ratio']}; planned in {result['planning_s']} s; told {result['told']}")
    print(json.dumps(result))


def settle(sessions: sessionmaker[Session], count: int) -> None:
    """The shipped library since a year, a new notice, and a town of people with a thing each."""
    now = datetime.now(UTC)
    with sessions.begin() as session:
        recalls.ship(session, now - timedelta(days=365))
        session.add(
            Recall(notice_no="NEW", title="某公司召回青禾牌落地扇", jurisdiction="CN", brand="青禾",
                   brand_aliases=[], models=["QH-1000"], product_type="电风扇", hazard="可能起火",
                   remedy="免费更换", published_on=now.date(), first_seen_at=now, is_news=True)
        )  # fmt: skip
    for start in range(0, count, AT_ONCE):
        with sessions.begin() as session:
            some = range(start, min(start + AT_ONCE, count))
            town = [Person(channel="telegram", external_id=str(n), created_at=now) for n in some]
            session.add_all(town)
            session.flush()
            session.add_all(_thing(who.id, n, now) for who, n in zip(town, some, strict=True))


def _thing(person_id: int, number: int, now: datetime) -> Thing:
    brand = "青禾" if number % OWNER == 0 else ("罗马仕", "小米", "美的", "格力")[number % 4]
    model = "QH-1000" if number % OWNER == 0 else f"XM-{number}"
    words = f"我家的{brand}落地扇{model}"
    return Thing(person_id=person_id, kind="owned", words=words, brand=brand, model=model,
                 product="落地扇", created_at=now)  # fmt: skip


class Turns:
    """Messages of one citizen, one after the other."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions, self._count = sessions, 0

    def take(self) -> float:
        """One turn after a pause; its time in ms."""
        time.sleep(PAUSE)
        self._count += 1
        now, started = datetime.now(UTC), time.perf_counter()
        with self._sessions.begin() as session:
            who = people.person(session, "web", "bench", now)
            row = people.heard(session, who, str(self._count), "罗马仕PAC20-392召回了吗", now).id
        with self._sessions.begin() as session:
            said = recalls.find(session, "罗马仕PAC20-392召回了吗")
            message = people.find_heard(
                session, people.person(session, "web", "bench", now), str(self._count)
            )
            assert message is not None and message.id == row
            people.answered(message, [{"text": said.kind}], now)
        return (time.perf_counter() - started) * 1000


class Planning(threading.Thread):
    """The clock's chores for a push, from the proposal until all of the town is in the ledger."""

    def __init__(self, settings: Settings, sessions: sessionmaker[Session]) -> None:
        super().__init__()
        self._sessions = sessions
        named = {one.name: one.run for one in chores.chores(settings, sessions)}
        self._propose, self._plan = (named[name] for name in CHORES)
        self.proposed_s = self.seconds = 0.0

    def run(self) -> None:
        """Propose, approve, and plan batch by batch."""
        started = time.perf_counter()
        self._propose(datetime.now(UTC))
        self.proposed_s = time.perf_counter() - started
        with self._sessions.begin() as session:
            push = session.scalars(select(RecallPush)).one()
            recall_push.approve(push, "bench", datetime.now(UTC))
        while not self._is_over():
            self._plan(datetime.now(UTC))
        self.seconds = time.perf_counter() - started

    def _is_over(self) -> bool:
        with self._sessions() as session:
            return session.scalars(select(RecallPush.state)).one() == "planned"


def figures(
    count: int, idle: list[float], beside: list[float], planning: Planning,
    sessions: sessionmaker[Session],
) -> dict[str, Any]:  # fmt: skip
    """All figures; ends with an AssertionError where somebody was lost or told twice."""
    with sessions() as session:
        told = session.scalars(select(Notice.person_id)).all()
        owners = select(func.count()).where(Thing.brand == "青禾")
        assert len(told) == len(set(told)) == session.scalar(owners), "lost or doubled"
    alone, busy = (statistics.quantiles(ms, n=20)[-1] for ms in (idle, beside))
    return {
        "people": count, "told": len(told), "turns_beside": len(beside),
        "idle_p50_ms": round(statistics.median(idle), 1), "idle_p95_ms": round(alone, 1),
        "planning_p50_ms": round(statistics.median(beside), 1), "planning_p95_ms": round(busy, 1),
        "ratio": round(busy / alone, 2), "proposed_s": round(planning.proposed_s, 1),
        "planning_s": round(planning.seconds, 1),
    }  # fmt: skip


if __name__ == "__main__":
    main(int(os.environ.get("PEOPLE", "100000")))
