"""How much may go on at once: sends in a second, bytes in memory. Knows no bot and no network."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Slots:
    """At most `most` of something in any window of `seconds`, first come, first served.

    A slot is free again `seconds` after what was done in it has *ended*: whenever in between the
    other side counted it, no window of its clock holds more than `most`. What hangs gives its slot
    back after `patience` seconds, so that it holds up nobody else.
    """

    def __init__(self, most: int, seconds: float, patience: float) -> None:
        self._free = asyncio.Semaphore(most)
        self._seconds, self._patience = seconds, patience
        self.users = 0  # who waits for a slot, is in one, or has just left it

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[None]:
        """Wait for a slot and be in it."""
        self.users += 1
        try:
            await self._free.acquire()
        except asyncio.CancelledError:
            self.users -= 1
            raise
        loop = asyncio.get_running_loop()
        at_last = loop.call_later(self._patience, self._leave)
        latest = loop.time() + self._patience
        try:
            yield
        finally:
            if loop.time() + self._seconds < latest:
                at_last.cancel()
                loop.call_later(self._seconds, self._leave)

    def _leave(self) -> None:
        self.users -= 1
        self._free.release()


class Pace:
    """A pace over all chats and one for each; a chat that waits keeps no other waiting."""

    def __init__(
        self, most: int = 30, seconds: float = 1.0, patience: float = 3.0, sweep_at: int = 1000
    ) -> None:
        self._all = Slots(most, seconds, patience)
        self._each: dict[str, Slots] = {}
        self._seconds, self._patience, self._sweep_at = seconds, patience, sweep_at

    @asynccontextmanager
    async def turn(self, chat: str) -> AsyncIterator[None]:
        """Wait until a message may go to this chat: its own turn first, then one of all turns."""
        self._sweep()
        own = self._each.setdefault(chat, Slots(1, self._seconds, self._patience))
        async with own.slot(), self._all.slot():
            yield

    def _sweep(self) -> None:
        """Forget the chats nobody writes to now, once there are many."""
        if len(self._each) >= self._sweep_at:
            self._each = {chat: slots for chat, slots in self._each.items() if slots.users}


class Room:
    """Bytes that all share: who needs more than is free waits; more than there is takes it all."""

    def __init__(self, size: int) -> None:
        self._size = self._free = size
        self._changed = asyncio.Condition()

    @asynccontextmanager
    async def take(self, wanted: int) -> AsyncIterator[None]:
        """Hold `wanted` bytes."""
        wanted = min(wanted, self._size)
        async with self._changed:
            await self._changed.wait_for(lambda: self._free >= wanted)
            self._free -= wanted
        try:
            yield
        finally:
            async with self._changed:
                self._free += wanted
                self._changed.notify_all()
