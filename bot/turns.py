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
    """Who is heard now: in line within this process, then by a lease among all of them."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions, self._leases = sessions, Leases(sessions)
        self._locks: weakref.WeakValueDictionary[int, asyncio.Lock] = weakref.WeakValueDictionary()

    @contextlib.asynccontextmanager
    async def alone(self, person_id: int) -> AsyncIterator[None]:
        """Nobody else does anything for this citizen inside the block. Raises SQLAlchemyError."""
        own = self._locks.setdefault(person_id, asyncio.Lock())
        async with own, self._leases.held(f"talk:{person_id}"):
            yield

    @contextlib.asynccontextmanager
    async def of(self, person_id: int, row_id: int) -> AsyncIterator[None]:
        """Likewise, once what was heard before message `row_id` has had its turn. Raises SQLAlchemyError."""
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
