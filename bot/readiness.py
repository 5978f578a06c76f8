"""What a supervisor and a balancer ask of this process: does it live, can it serve. Knows no citizen.

/healthz says that the process answers; /readyz looks at the parts that a turn needs. Both are open, hold
no personal data, and are as cheap for a hundred askers a second as for one.
"""

import asyncio
import contextlib
import time
from urllib.parse import urlsplit

import httpx
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.casework.records import Person
from bot.jobs import Clock
from bot.rasa import addresses
from bot.settings import Settings

KEPT_SECONDS = 1.0  # so long the last look is good
CHECK_SECONDS = 2.0  # for each part
FRESH_SECONDS = 30.0  # since the clock's last tick, which comes each second


class Readiness:
    """Looks at the database, Rasa, its action server and the clock; senders are told and decide nothing.

    Telegram or a mail server that is away keeps nobody on the web page from being answered.
    """

    def __init__(self, sessions: sessionmaker[Session], settings: Settings, clock: Clock) -> None:
        self._sessions, self._clock = sessions, clock
        self._addresses = {
            "rasa": [f"{one}/status" for one in addresses(settings.rasa_urls())],
            "actions": [f"{one}/health" for one in addresses(settings.actions_urls())],
        }
        self._redis_url = settings.redis_url
        # Nothing is kept open: what is asked once a second needs no pool.
        self._client = httpx.AsyncClient(
            timeout=CHECK_SECONDS, verify=False, limits=httpx.Limits(max_keepalive_connections=0)
        )
        self._turn = asyncio.Lock()
        self._seen: dict[str, bool] = {}
        self._seen_at = float("-inf")
        self._asking: asyncio.Task[bool] | None = None

    def routes(self) -> list[BaseRoute]:
        """The two pages, as JSON."""
        return [
            Route("/healthz", self._lives, methods=["GET"]),
            Route("/readyz", self._serves, methods=["GET"]),
        ]

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.aclose()

    async def _lives(self, _request: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _serves(self, _request: Request) -> Response:
        parts = await self._parts()
        is_ready = all(parts.values())
        told = {
            "status": "ready" if is_ready else "not_ready",
            "parts": {name: "ok" if is_well else "failing" for name, is_well in parts.items()},
            "senders": dict(self._clock.standing),
        }
        return JSONResponse(told, 200 if is_ready else 503)

    async def _parts(self) -> dict[str, bool]:
        """How each part is, looked at anew where the last look is older than KEPT_SECONDS."""
        async with self._turn:
            if time.monotonic() - self._seen_at >= KEPT_SECONDS:
                database, rasa, actions, redis = await asyncio.gather(
                    self._database(), self._answers("rasa"), self._answers("actions"), self._redis()
                )
                is_ticking = self._clock.seconds_since_tick() < FRESH_SECONDS
                self._seen = {
                    "database": database, "rasa": rasa, "actions": actions, "clock": is_ticking,
                }  # fmt: skip
                if self._redis_url:
                    self._seen["redis"] = redis
                self._seen_at = time.monotonic()
            return self._seen

    async def _answers(self, part: str) -> bool:
        """Whether one of a kind answers: of several the talks go where one is."""
        found = await asyncio.gather(*map(self._is_well, self._addresses[part]))
        return any(found)

    async def _is_well(self, address: str) -> bool:
        try:
            return (await self._client.get(address)).status_code == 200
        except httpx.HTTPError:
            return False

    async def _redis(self) -> bool:
        """Whether Rasa's shared memory answers at all: what it says is no matter, nor the password.

        Without it each Rasa says that it is well, and answers nobody.
        """
        parts = urlsplit(self._redis_url)
        if not parts.hostname:
            return not self._redis_url
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                reader, writer = await asyncio.open_connection(
                    parts.hostname, parts.port or 6379, ssl=parts.scheme == "rediss" or None
                )
                with contextlib.closing(writer):
                    writer.write(b"PING\r\n")
                    return (await reader.read(1)) in (b"+", b"-")
        except (OSError, TimeoutError):
            return False

    async def _database(self) -> bool:
        """Whether a table can be read; of a database that hangs one thread waits, however often asked."""
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(asyncio.to_thread(self._reads))
        done, _ = await asyncio.wait({self._asking}, timeout=CHECK_SECONDS)
        return bool(done) and self._asking.result()

    def _reads(self) -> bool:
        try:
            with self._sessions() as session:
                session.scalar(select(Person.id).limit(1))
        except SQLAlchemyError:
            return False
        return True
