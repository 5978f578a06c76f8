"""Finds whom recall notices are for and writes it into the ledger: `python -m bot.recall_planning`.

A process of its own that ends with its work. Matching a town keeps Python busy for minutes, and the chats
are answered by another process meanwhile. The settings and the channels that push come by the standard
input, for they hold keys.
"""

import json
import logging
import os
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType

from sqlalchemy.orm import Session, sessionmaker

from bot import database, logs
from bot.casework import recall_push
from bot.settings import Settings

log = logging.getLogger(__name__)

REST_FACTOR = 10  # times as long as the records were held by a writer: the chats write too
LOOK_AGAIN_SECONDS = 1.0
LINGERS_SECONDS = (
    30.0  # while what was planned is being sent: starting anew costs more than waiting
)

Pause = Callable[[float], None]


def propose(sessions: sessionmaker[Session], without_approval: int, now: datetime) -> bool:
    """Propose the next notice that is news; whether there was one."""
    with sessions.begin() as session:
        return recall_push.propose(session, now, without_approval) is not None


def plan(
    sessions: sessionmaker[Session], channels: Sequence[str], now: datetime, pause: Pause = time.sleep
) -> bool:  # fmt: skip
    """Plan the next few people, and rest; whether there were any.

    Matching takes its time and writes nothing; only then the records are held, for a moment.
    """
    with sessions() as session:
        planned = recall_push.next_batch(session, channels, now)
    if planned is None:
        return False
    started = time.monotonic()
    with sessions.begin() as session:
        recall_push.tell(session, planned, now)
    pause(REST_FACTOR * (time.monotonic() - started))
    return True


def work(
    sessions: sessionmaker[Session], channels: Sequence[str], without_approval: int,
    is_wanted: Callable[[], bool],
) -> None:  # fmt: skip
    """Propose and plan until nothing is left, or what is planned waits too long to be sent."""
    while is_wanted() and propose(sessions, without_approval, datetime.now(UTC)):
        pass
    idle_since = time.monotonic()
    while is_wanted() and time.monotonic() - idle_since < LINGERS_SECONDS:
        if plan(sessions, channels, datetime.now(UTC)):
            idle_since = time.monotonic()
            continue
        with sessions() as session:
            if not recall_push.is_planning(session, datetime.now(UTC)):
                break
        time.sleep(LOOK_AGAIN_SECONDS)


def main() -> None:
    """The work as long as the process that began it lives. A fault ends it, and is logged as everywhere."""
    told, parent = json.load(sys.stdin), os.getppid()
    settings = Settings.model_validate(told["settings"])
    logs.set_up(settings.log_format)
    sys.excepthook = _last_words
    work(
        database.connect(settings), told["channels"], settings.push_without_approval,
        lambda: os.getppid() == parent,
    )  # fmt: skip


def _last_words(
    kind: type[BaseException], error: BaseException, places: TracebackType | None
) -> None:
    """In place of Python's own, which prints what was typed too."""
    log.error("recall notices are not planned", exc_info=(kind, error, places))


if __name__ == "__main__":
    main()
