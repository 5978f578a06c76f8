"""`make bench-crash`: disputes are filed on the web page while processes die of kill -9 and come back.

Every KILL_SECONDS one of the processes is killed, those that stand by among them, Rasa at most once in
RASA_SECONDS; the supervisor starts it again, as in `make run`. At the end each confirmed dispute must be lodged
once and every message answered, at once or late. TALKS and CHATS are how many talks, and how many at a time;
KILL names those that may be killed, as KILL="actions bot".
"""

import asyncio
import json
import os
import random
import shutil
import sys
import threading
import time
from collections import Counter
from collections.abc import Sequence
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bench.citizen import Citizen
from bench.whole import Whole, whole
from bot import launch
from bot.casework.records import Dispute, HeardMessage, Person
from bot.settings import ROOT

KEPT = ROOT / "var" / "crash"
SETTLE_SECONDS = 120  # within which what still waits at the end must be answered


class Killable(Protocol):
    """What runs, by name, and comes back by itself."""

    @property
    def names(self) -> tuple[str, ...]:
        """What may be killed."""

    def kill(self, name: str) -> bool:
        """Whether it was running, and is dead now."""


class Killer(threading.Thread):
    """Kills a process at random as long as it is let; `kills` counts them by name.

    `only` are the names of those that may be killed: all, where none is given.
    """

    def __init__(
        self, product: Killable, every: float, rasa_every: float, dice: random.Random,
        only: Sequence[str] = (),
    ) -> None:  # fmt: skip
        super().__init__(daemon=True)
        self._product, self._every, self._rasa_every, self._dice = product, every, rasa_every, dice
        self._only = only
        self._is_over = threading.Event()
        self.kills: Counter[str] = Counter()

    def run(self) -> None:
        """Kill, and wait for the next time."""
        rasa_from = time.monotonic()
        while not self._is_over.wait(self._every):
            is_rasas_time = time.monotonic() >= rasa_from
            may_be = self._only or self._product.names  # which change while parts are spared
            names = [one for one in may_be if is_rasas_time or "rasa" not in one]
            name = self._dice.choice(names)
            if self._product.kill(name):
                self.kills[name] += 1
                rasa_from = time.monotonic() + self._rasa_every if "rasa" in name else rasa_from

    def stop(self) -> None:
        """Kill no more."""
        self._is_over.set()
        self.join()


def main(talks: int, chats: int, every: float, rasa_every: float, only: Sequence[str]) -> None:
    """Run it and print the counts; the last line is JSON. Ends with 1 where anything is lost or doubled."""
    with whole() as product:
        killer = Killer(product, every, rasa_every, random.Random(2026), only)
        started = time.monotonic()
        killer.start()
        citizens = asyncio.run(filed([product.url], talks, chats))
        killer.stop()
        waiting = settled(product.sessions)
        result = counted(product.sessions, citizens, killer.kills)
        keep(product, [one for one in citizens if is_odd(product.sessions, one)])
    result |= {"waiting": waiting, "seconds": round(time.monotonic() - started)}
    for name, value in result.items():
        print(f"{name:<12} {value}")
    print(json.dumps(result))
    sys.exit(any(result[name] for name in ("lost", "doubled", "unanswered", "waiting")))


async def filed(doors: Sequence[str], talks: int, chats: int, first: int = 0) -> list[Citizen]:
    """Let so many citizens file a dispute, `chats` of them at a time, numbered from `first` on."""
    citizens = [Citizen(doors, number) for number in range(first, first + talks)]
    waiting = iter(citizens)

    async def chat() -> None:
        for one in waiting:
            await one.file()

    await asyncio.gather(*(chat() for _ in range(chats)))
    return citizens


def settled(sessions: sessionmaker[Session]) -> int:
    """Wait for what is still to be answered; how many messages never were."""
    query = select(func.count()).where(HeardMessage.asked.is_not(None), HeardMessage.answered_at.is_(None))  # fmt: skip
    end = time.monotonic() + SETTLE_SECONDS
    while True:
        with sessions() as session:
            left = session.scalar(query) or 0
        if not left or time.monotonic() > end:
            return left
        time.sleep(2)


def counted(
    sessions: sessionmaker[Session], citizens: Sequence[Citizen], kills: Counter[str]
) -> dict[str, int]:
    """What citizens saw beside what the records hold."""
    query = select(Person.external_id).join(Dispute).where(Dispute.number.is_not(None))
    with sessions() as session:
        lodged = Counter(session.scalars(query))
    confirmed = [one for one in citizens if one.has_confirmed]
    return {
        "talks": len(citizens), "confirmed": len(confirmed),
        "lost": sum(lodged[one.id] == 0 for one in confirmed),
        "doubled": sum(lodged[one.id] > 1 for one in confirmed),
        "unconfirmed": sum(lodged[one.id] > 0 for one in citizens if not one.has_confirmed),
        "numbered": sum(one.is_numbered for one in citizens),
        "messages": sum(one.turns for one in citizens),
        "unanswered": sum(one.unanswered for one in citizens),
        "late": sum(one.put_off for one in citizens), "faults": sum(one.faults for one in citizens),
        "kills": kills.total(), **{f"kills_{name}": count for name, count in kills.items()},
    }  # fmt: skip


def is_odd(sessions: sessionmaker[Session], citizen: Citizen) -> bool:
    """Whether a talk did not come to one dispute with a number that its citizen knows."""
    query = select(func.count()).select_from(Person).join(Dispute)
    query = query.where(Person.external_id == citizen.id, Dispute.number.is_not(None))
    with sessions() as session:
        return not citizen.is_numbered or session.scalar(query) != 1


def keep(product: Whole, odd: Sequence[Citizen]) -> None:
    """Keep records, logs and these talks in KEPT, to be looked into; nothing where there are none."""
    if odd:
        shutil.rmtree(KEPT, ignore_errors=True)
        shutil.copytree(product.settings.var_dir, KEPT)
        talks = ("\n".join([f"== {one.id} {one.number}", *one.talk]) for one in odd)
        (KEPT / "talks.txt").write_text("\n\n".join(talks), encoding="utf-8")
        launch.say(f"{len(odd)} talks did not come to one number: see {KEPT}")


if __name__ == "__main__":
    talks, chats = (int(os.environ.get(*one)) for one in (("TALKS", "200"), ("CHATS", "8")))
    rate = (("KILL_SECONDS", "5"), ("RASA_SECONDS", "60"))
    every, rasa_every = (float(os.environ.get(*one)) for one in rate)
    main(talks, chats, every, rasa_every, os.environ.get("KILL", "").split())
