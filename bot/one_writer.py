"""SQLite takes one writer at a time: those of a process wait here for their turn.

Left to itself SQLite lets a writer that finds another sleep for up to a tenth of a second before it looks
again, whoever is there meanwhile; of many at once some waited out its five seconds. Other processes' writers
are still waited for as it does.
"""

import re
import threading
from typing import Any

from sqlalchemy import Connection, Engine, event

WAIT_SECONDS = 5.0  # then SQLite itself decides
WRITES = re.compile(r"\s*(INSERT|UPDATE|DELETE|REPLACE|CREATE|DROP|ALTER)\b", re.IGNORECASE)
HOLDS = "holds_the_writers_turn"


def take_turns(engine: Engine) -> None:
    """Let the transactions of an engine write one after the other, from their first change to their end."""
    turn = threading.Lock()

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
