"""`make test-scale`: the product as on several machines, talks from end to end, and what dies meanwhile.

PostgreSQL, Redis, two Rasa, two action servers and two bots. First talks (bench/scale_talks.py); then each is
killed once, and it is told how long a citizen waits; then disputes while one of the eight is killed every
KILL_SECONDS, Rasa at most once in RASA_SECONDS and where both are there, while Redis is emptied every few seconds, while it is away for
AWAY_SECONDS, and while it hangs as long. TALKS and CHATS are how many disputes, and how many at a time; ONLY names some troubles. Ends
with 1 where a confirmed dispute is lost or doubled, somebody gets no answer, or a notice arrives twice without
the ledger saying that it may.
"""

import asyncio
import contextlib
import json
import math
import os
import random
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import httpx

from bench import crash, databases, scale_notices
from bench.bot_api import TOKEN, BotApi, Server
from bench.citizen import Citizen, Silent
from bench.scale_talks import SCENES
from bench.several import Several, several

QUESTION = "七天无理由的运费谁出"
AWAY_SECONDS, AWAY_AFTER_SECONDS = 20.0, 4.0
EMPTIED_EVERY_SECONDS = 3.0
MUST_BE_NONE = ("lost", "doubled", "unanswered", "waiting", "notices_lost", "doubled_unrecorded")
SHOWN = ("talks", "confirmed", "lost", "doubled", "unanswered", "waiting", "late", "faults", "done", "seconds")  # fmt: skip
Row = dict[str, Any]
Trouble = Callable[[Several], AbstractContextManager[Counter[str]]]


def main(talks: int, chats: int, only: Sequence[str] = ()) -> None:
    """Run all of it, or `only` some troubles, and print the table; the last line is JSON."""
    api = BotApi()
    server = Server(api)
    started = time.monotonic()
    with several(server.start(), TOKEN) as product:
        print(f"ready after {time.monotonic() - started:.0f} s", flush=True)
        failed = [] if only else played(product)
        after = {} if only else {name: seconds_after(product, name) for name in product.names}
        posting = scale_notices.Posting(product.sessions)
        posting.start()
        print("".join(f"{name:>11}" for name in ("", *SHOWN)))
        rows = {
            name: filed(product, name, talks, chats, 1000 * place)
            for place, name in enumerate(only or TROUBLES, 1)
        }
        posting.stop()
        told = scale_notices.counted(product.sessions, api, posting.posted)
        starts = product.starts
    server.stop()
    print("  ".join(f"{name} {value}" for name, value in told.items()))
    print(
        json.dumps({"failed": failed, "after": after, "starts": starts, "troubles": rows, **told})
    )
    # A trouble that never came shows nothing: more talks are needed then.
    is_idle = not all(row["done"] for row in rows.values())
    sys.exit(bool(failed) or is_idle or math.inf in after.values() or any(row.get(name) for row in (*rows.values(), told) for name in MUST_BE_NONE))  # fmt: skip


def played(product: Several) -> list[str]:
    """Play each scene and print how it went; the names of those that failed."""
    failed = []
    for scene in SCENES:
        started = time.monotonic()
        try:
            asyncio.run(asyncio.wait_for(scene(product), 120))
            said = "ok"
        except (AssertionError, TimeoutError, Silent, httpx.HTTPError) as wrong:
            failed.append(scene.__name__)
            said = f"FAILED: {type(wrong).__name__} {wrong}"
        print(f"{scene.__name__:<22} {time.monotonic() - started:5.1f} s  {said}", flush=True)
    return failed


def seconds_after(product: Several, name: str) -> float:
    """How long a citizen waits for an answer, at once or late, who asks the moment after a part was killed."""

    async def scene() -> float:
        one = Citizen(product.doors, 50 + product.names.index(name))
        async with one.talking():
            await one.say(QUESTION)
            product.kill(name)
            started = time.monotonic()
            try:
                await one.say(QUESTION)
            except Silent:
                return math.inf
            return round(time.monotonic() - started, 1)

    product.wait()
    seconds = asyncio.run(scene())
    print(f"answered after the end of {name:<10} {seconds:5.1f} s", flush=True)
    return seconds


def filed(product: Several, trouble: str, talks: int, chats: int, first: int) -> Row:
    """Disputes in trouble, a line of the table; what citizens saw beside what the records hold."""
    started = time.monotonic()
    with TROUBLES[trouble](product) as done:
        citizens = asyncio.run(crash.filed(product.doors, talks, chats, first))
    product.wait()
    waiting = crash.settled(product.sessions)
    row = crash.counted(product.sessions, citizens, done)
    row |= {"waiting": waiting, "seconds": round(time.monotonic() - started), "done": done.total()}
    print("".join(f"{one:>11}" for one in (trouble, *(row[key] for key in SHOWN))), flush=True)
    return row


@dataclass(frozen=True)
class Sparing:
    """The parts as the killer sees them: no Rasa while another one starts, which takes minutes on a busy machine."""

    product: Several

    @property
    def names(self) -> tuple[str, ...]:
        """What may be killed at the moment."""
        parts = self.product.parts
        rasas = [name for name in parts if "rasa" in name]
        spared = () if all(parts[name].is_there() for name in rasas) else rasas
        return tuple(name for name in parts if name not in spared)

    def kill(self, name: str) -> bool:
        """Kill it."""
        return self.product.kill(name)


@contextlib.contextmanager
def killing(product: Several) -> Iterator[Counter[str]]:
    """One of the eight dies of kill -9 every few seconds."""
    every = (("KILL_SECONDS", "5"), ("RASA_SECONDS", "60"))
    seconds = [float(os.environ.get(*one)) for one in every]
    killer = crash.Killer(Sparing(product), seconds[0], seconds[1], random.Random(2026))
    killer.start()
    try:
        yield killer.kills
    finally:
        killer.stop()


@contextlib.contextmanager
def emptying(product: Several) -> Iterator[Counter[str]]:
    """Redis forgets everything every few seconds: talks, and locks that are held."""
    done, is_over = Counter[str](), threading.Event()

    def empty() -> None:
        while not is_over.wait(EMPTIED_EVERY_SECONDS):
            done["emptied"] += databases.redis_says(product.redis_port, "FLUSHALL") == "OK"

    yield from _beside(empty, is_over, done)


@contextlib.contextmanager
def without_redis(product: Several) -> Iterator[Counter[str]]:
    """Redis is gone for a while, in the middle of talks."""
    yield from _for_a_while(product.away)


@contextlib.contextmanager
def hanging(product: Several) -> Iterator[Counter[str]]:
    """Redis takes connections and says nothing for a while, as behind a line that is cut."""
    yield from _for_a_while(product.still)


def _for_a_while(state: Callable[[str], AbstractContextManager[None]]) -> Iterator[Counter[str]]:
    """Redis is in a state for AWAY_SECONDS, some seconds after the first words."""
    done, is_over = Counter[str](), threading.Event()

    def change() -> None:
        if not is_over.wait(AWAY_AFTER_SECONDS):
            with state("redis"):
                done["away"] += 1
                is_over.wait(AWAY_SECONDS)

    yield from _beside(change, is_over, done)


def _beside(work: Callable[[], None], is_over: threading.Event, done: Counter[str]) -> Iterator[Counter[str]]:  # fmt: skip
    """Do something in a thread while the block runs."""
    beside = threading.Thread(target=work, daemon=True)
    beside.start()
    try:
        yield done
    finally:
        is_over.set()
        beside.join()


TROUBLES: dict[str, Trouble] = {
    "killed": killing,
    "forgets": emptying,
    "no redis": without_redis,
    "hangs": hanging,
}

if __name__ == "__main__":
    talks, chats = (int(os.environ.get(*one)) for one in (("TALKS", "60"), ("CHATS", "4")))
    main(talks, chats, [one for one in os.environ.get("ONLY", "").split(",") if one])
