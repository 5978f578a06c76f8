"""SQLite takes one writer at a time: those of a process wait here for their turn.

Left to itself SQLite lets a writer that finds another sleep for up to a tenth of a second before it looks
again, whoever is there meanwhile; of many at once some waited out its five seconds. Other processes' writers
are still waited for as it does.
"""

import re
import threading
from collections import deque
from typing import Any

from sqlalchemy import Connection, Engine, event

WAIT_SECONDS = 5.0  # then SQLite itself decides
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)
HOLDS = "holds_the_writers_turn"


class Turn:
    """A lock that is had in the order of asking; Python's own may pass one by as often as it likes."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._taken = False
        self._waiting = deque[threading.Event]()

    def acquire(self, timeout: float) -> bool:
        """Wait at most so many seconds; False where the turn did not come."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            called = threading.Event()
            self._waiting.append(called)
        if called.wait(timeout):
            return True
        with self._guard:
            if called.is_set():  # called in the moment it gave up
                return True
            self._waiting.remove(called)
            return False

    def release(self) -> None:
        """Hand the turn to who has waited longest."""
        with self._guard:
            if self._waiting:
                self._waiting.popleft().set()
            else:
                self._taken = False


def take_turns(engine: Engine) -> None:
    """Let the transactions of an engine write one after the other, from their first change to their end."""
    turn = Turn()

    def begin(connection: Connection, _cursor: Any, statement: str, *_more: Any) -> None:
        if WRITES.match(statement) and not connection.info.get(HOLDS):
            connection.info[HOLDS] = turn.acquire(timeout=WAIT_SECONDS)

    def end(connection: Connection) -> None:
        if connection.info.pop(HOLDS, False):
            turn.release()

    def lost(_raw: Any, record: Any, *_more: Any) -> None:
        if record.info.pop(HOLDS, False):
            turn.release()

    event.listen(engine, "before_cursor_execute", begin)
    for name in ("commit", "rollback"):
        event.listen(engine, name, end)
    for name in ("checkin", "invalidate"):  # a connection that failed comes back without either
        event.listen(engine, name, lost)
