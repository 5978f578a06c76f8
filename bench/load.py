"""Drives the talks of turns.yml in parallel, at Rasa's REST webhook or at the web page's door, and times each turn."""

import asyncio
import functools
import itertools
import re
import statistics
import time
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Protocol

import aiohttp
import yaml
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import people

TALKS = Path(__file__).with_name("turns.yml")
MARK = re.compile(r"\[([^\]]+)\]\(\w+\)")
NUMBER = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Line:
    """What is said in one turn: to Rasa, and as a citizen types it."""

    text: str
    typed: str


@functools.cache
def talks() -> list[list[Line]]:
    """The talks without their marks."""
    rows = yaml.safe_load(TALKS.read_text(encoding="utf-8"))
    return [[_line(one) for one in talk] for talk in rows]


def _line(row: dict[str, str]) -> Line:
    text = MARK.sub(r"\1", row["text"])
    return Line(text, row.get("typed", text))


def talks_for(turns: int) -> int:
    """How many talks, taken in turn, make at least so many turns."""
    made = itertools.accumulate(len(talk) for talk in itertools.cycle(talks()))
    return next(count for count, reached in enumerate(made, 1) if reached >= turns)


def share(number: int, doors: int) -> int:
    """Which of so many doors a talk goes to: each gets as many of each talk, and so as much work."""
    return (number + number // len(talks())) % doors


class Door(Protocol):
    """Where a talk is driven; `number` is the talk's, each of another citizen."""

    async def say(self, client: aiohttp.ClientSession, number: int, line: Line) -> list[str]:
        """The bubbles that answer a line; none where there was no answer."""


class Rest:
    """Rasa's REST webhook, or those of several processes: a talk stays with one."""

    def __init__(
        self, sessions: sessionmaker[Session], urls: Sequence[str], talks: int = 1
    ) -> None:
        now = datetime.now(UTC)
        with sessions.begin() as session:  # the actions answer people of the records alone
            made = (people.person(session, "web", uuid.uuid4().hex, now) for _ in range(talks))
            self._keys = [who.key for who in made]
        self._urls = urls

    async def say(self, client: aiohttp.ClientSession, number: int, line: Line) -> list[str]:
        url = self._urls[share(number, len(self._urls))]
        metadata = {"message_id": uuid.uuid4().hex, "words": line.text}
        body = {"sender": self._keys[number], "message": line.text, "metadata": metadata}
        said, _ = await _posted(client, f"{url}/webhooks/rest/webhook", body)
        return [one["text"] for one in said or () if one.get("text")]


class Page:
    """The web page's door: dialogue, Rasa, actions and records behind it."""

    def __init__(self, url: str) -> None:
        self._url, self._cookies = url, dict[int, str]()

    async def say(self, client: aiohttp.ClientSession, number: int, line: Line) -> list[str]:
        kept = self._cookies.get(number)
        head = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
        head |= {"Cookie": f"citizen={kept}"} if kept else {}  # each talk has a house of its own
        body = {"text": line.typed, "message_id": uuid.uuid4().hex}
        said, cookie = await _posted(client, f"{self._url}/chat/messages", body, head)
        self._cookies.setdefault(number, cookie)
        answers = (one for one in (said or {}).get("replies", ()) if not _is_put_off(one))
        return [one["text"] for one in answers]


def _is_put_off(bubble: dict[str, Any]) -> bool:
    return bool((bubble["data"] or {}).get("degraded"))


async def _posted(
    client: aiohttp.ClientSession, url: str, body: object, head: dict[str, str] | None = None
) -> tuple[Any, str]:
    """The JSON that answers, None where none came, and the citizen's cookie where one was set."""
    try:
        async with client.post(url, json=body, headers=head) as answer:
            cookie = answer.cookies.get("citizen")
            told = await answer.json() if answer.status == 200 else None
            return told, cookie.value if cookie else ""
    except (aiohttp.ClientError, TimeoutError):
        return None, ""


def _client() -> aiohttp.ClientSession:
    """One chat's way in. It costs a third of httpx: what drives shares the cores with what is measured."""
    patience = aiohttp.ClientTimeout(total=PATIENCE_SECONDS)
    return aiohttp.ClientSession(timeout=patience, cookie_jar=aiohttp.DummyCookieJar())


@dataclass
class Driven:
    """What a drive came to: seconds as a whole and of each turn, the first bubble of each."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    replies: dict[tuple[int, int], str] = field(default_factory=dict)
    unanswered: int = 0

    @property
    def rate(self) -> float:
        """Turns a second."""
        return len(self.times) / self.seconds

    @property
    def p95_ms(self) -> float:
        """Of a turn, in ms."""
        return statistics.quantiles(self.times, n=20)[-1] * 1000


def drive(door: Door, talks: int, chats: int, *, first: int = 0, every: float = 0.0) -> Driven:
    """Drive so many talks, `chats` of them at a time, numbered from `first` on.

    Each chat says its next line at once, or where `every` is set once in so many seconds.
    """
    return asyncio.run(_drive(door, iter(range(first, first + talks)), chats, every))


async def _drive(door: Door, numbers: Iterator[int], chats: int, every: float) -> Driven:
    driven, started = Driven(), time.perf_counter()
    await asyncio.gather(*(_chat(door, numbers, every, driven) for _ in range(chats)))
    driven.seconds = time.perf_counter() - started
    return driven


async def _chat(door: Door, numbers: Iterator[int], every: float, driven: Driven) -> None:
    """One talk after the other, as long as there are any."""
    due = time.perf_counter()
    async with _client() as client:
        for number in numbers:
            for place, line in enumerate(talks()[number % len(talks())]):
                await asyncio.sleep(max(0.0, due - time.perf_counter()) if every else 0)
                due += every
                started = time.perf_counter()
                said = await door.say(client, number, line)
                driven.times.append(time.perf_counter() - started)
                driven.unanswered += not said
                driven.replies[number, place] = NUMBER.sub("…", said[0]) if said else ""


def seconds_to_first_answer(door: Door, started: float, within: float = 240.0) -> float:
    """From the moment `started` (perf_counter) until a greeting is answered. Raises TimeoutError."""
    return asyncio.run(asyncio.wait_for(_first_answer(door, started), within))


async def _first_answer(door: Door, started: float) -> float:
    async with _client() as client:
        while not await door.say(client, 0, talks()[0][0]):
            await asyncio.sleep(0.1)
    return time.perf_counter() - started
