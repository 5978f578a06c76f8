"""What Telegram handed over: kept until it is handled, and each chat's line. Knows no bot."""

import asyncio
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.casework.records import IncomingUpdate

log = logging.getLogger(__name__)

ALBUM_QUIET = 1.0  # seconds without another part, then an album is whole
KEPT = timedelta(days=3)  # Telegram repeats an update for a day at most

Item = TypeVar("Item")


class Line(Generic[Item]):
    """What one chat sent and nobody has handled yet, in order; parts of an album come together."""

    def __init__(self) -> None:
        self._waiting: deque[tuple[str | None, Item]] = deque()
        self._arrived = asyncio.Event()

    def __len__(self) -> int:
        return len(self._waiting)

    def put(self, item: Item, album: str | None) -> None:
        """Add what has just come; `album` is the id that the parts of one album share."""
        self._waiting.append((album, item))
        self._arrived.set()

    async def take(self) -> list[Item]:
        """The next in line; an album once something else came, or nothing for ALBUM_QUIET."""
        album, first = self._waiting.popleft()
        parts = [first]
        while album is not None:
            if not self._waiting:
                self._arrived.clear()
                with suppress(TimeoutError):
                    await asyncio.wait_for(self._arrived.wait(), ALBUM_QUIET)
            if not self._waiting or self._waiting[0][0] != album:
                break
            parts.append(self._waiting.popleft()[1])
        return parts


class Workers(Generic[Item]):
    """A worker for each chat that has something in line: chats side by side, each in order."""

    def __init__(self, handle: Callable[[int, list[Item]], Awaitable[None]]) -> None:
        self._handle = handle
        self._lines: dict[int, Line[Item]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def hand_over(self, chat_id: int, item: Item, album: str | None) -> None:
        """Put something into a chat's line."""
        line = self._lines.get(chat_id)
        if line is None:
            line = self._lines[chat_id] = Line()
            self.spawn(self._work(chat_id, line))
        line.put(item, album)

    def in_line(self, chat_id: int) -> int:
        """How much of a chat waits to be handled."""
        return len(self._lines.get(chat_id, ()))

    async def _work(self, chat_id: int, line: Line[Item]) -> None:
        try:
            while line:
                await self._handle(chat_id, await line.take())
        finally:
            del self._lines[chat_id]

    def spawn(self, work: Coroutine[Any, Any, None]) -> None:
        """Do something beside the rest."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        task.add_done_callback(watch)

    async def finish(self, seconds: float) -> None:
        """Wait so long for what is going on, then break it off."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)
        await cancel(self._tasks)


def watch(task: asyncio.Task[None]) -> None:
    """Nobody awaits such a task: what ends it against our will is at least in the log."""
    error = None if task.cancelled() else task.exception()
    if error is not None:
        log.critical("Telegram's channel lost a task: %s", type(error).__name__)


async def cancel(tasks: Iterable[asyncio.Task[None]]) -> None:
    """Break off these tasks, and wait until they have ended."""
    tasks = list(tasks)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


# ── with a session; the caller commits ───────────────────────────────────────


def keep(session: Session, update_id: int, body: str, now: datetime) -> bool:
    """Keep an update before it is acknowledged; False where it came before."""
    if session.get(IncomingUpdate, update_id) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(IncomingUpdate(id=update_id, body=body, received_at=now))
    except IntegrityError:  # another process was handed the same one at this moment
        return False
    return True


def unhandled(session: Session) -> Sequence[str]:
    """The bodies of what a process that died or stopped had not handled, in order."""
    query = select(IncomingUpdate.body).where(IncomingUpdate.handled_at.is_(None))
    return session.scalars(query.order_by(IncomingUpdate.id)).all()


def handled(session: Session, update_ids: Sequence[int], now: datetime) -> None:
    """The reply has gone out or lies in the ledger: the id is kept, the words are not."""
    session.execute(
        update(IncomingUpdate)
        .where(IncomingUpdate.id.in_(update_ids))
        .values(handled_at=now, body="")
    )


def forget(session: Session, now: datetime) -> None:
    """Delete what was handled more than three days ago."""
    session.execute(delete(IncomingUpdate).where(IncomingUpdate.handled_at < now - KEPT))
