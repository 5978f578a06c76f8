"""One message at a time for each citizen, in the order they came, in whatever process they arrive."""

import asyncio
import contextlib
import time
import weakref
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

from sqlalchemy.orm import Session, sessionmaker

from bot.casework import people
from bot.leases import POLL_SECONDS, Leases

WAIT_SECONDS = 10.0  # for a message that came before and that its process has not looked at yet


class Turns:
    """Who is heard now: in line within this process, then by a lease among all of them.

    Records in SQLite are one machine's, with one process that hears: no lease is written for each message.
    """

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions = sessions
        self._leases = None if _is_alone(sessions) else Leases(sessions)
        self._locks: weakref.WeakValueDictionary[int, asyncio.Lock] = weakref.WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def alone(self, person_id: int) -> AsyncIterator[None]:
        """Nobody else does anything for this citizen inside the block. Raises SQLAlchemyError."""
        own = self._locks.setdefault(person_id, asyncio.Lock())
        async with own:
            if self._leases is None:
                yield
                return
            async with self._leases.held(f"talk:{person_id}"):
                yield

    @contextlib.asynccontextmanager
    async def of(self, person_id: int, row_id: int) -> AsyncIterator[None]:
        """Likewise, once what was heard before message `row_id` has had its turn. Raises SQLAlchemyError."""
        if self._leases is None:
            async with self.alone(person_id):
                yield
            return
        give_up = time.monotonic() + WAIT_SECONDS
        while True:
            async with self.alone(person_id):
                is_next = await asyncio.to_thread(self._is_next, person_id, row_id)
                if is_next or time.monotonic() > give_up:
                    yield
                    return
            await asyncio.sleep(POLL_SECONDS)

    def _is_next(self, person_id: int, row_id: int) -> bool:
        """Not for ever: the process that took the message before may be dead."""
        since = datetime.now(UTC) - timedelta(seconds=WAIT_SECONDS)
        with self._sessions() as session:
            return not people.is_before(session, person_id, row_id, since)


def _is_alone(sessions: sessionmaker[Session]) -> bool:
    """Whether no other process hears people with these records."""
    bind = sessions.kw["bind"]
    return bool(bind.dialect.name == "sqlite")
