"""Notices to as many chats as there are, posted while processes die: each must arrive once, or be recorded as doubtful."""

import threading
import time
from collections import Counter
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bench.bot_api import BotApi
from bot.casework import notices, people
from bot.casework.records import Notice, Person

CHANNEL = "telegram"
FIRST_CHAT = 7_100_000_000
EVERY_SECONDS = 0.5
SETTLE_SECONDS = 300  # a claim of a process that was cut off runs out after two minutes


class Posting(threading.Thread):
    """Puts a notice for another person into the ledger every half second, until it is stopped."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        super().__init__(daemon=True)
        self._sessions, self._is_over = sessions, threading.Event()
        self.posted = 0

    def run(self) -> None:
        """Post, and where the records are away post the same again."""
        while not self._is_over.wait(EVERY_SECONDS):
            try:
                self._post(FIRST_CHAT + self.posted)
            except SQLAlchemyError:
                continue
            self.posted += 1

    def stop(self) -> None:
        """Post no more."""
        self._is_over.set()
        self.join()

    def _post(self, chat: int) -> None:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            who = people.person(session, CHANNEL, str(chat), now)
            session.flush()
            notices.post(session, who, "progress", "scale", "办理进展", now)


def counted(sessions: sessionmaker[Session], api: BotApi, posted: int) -> dict[str, int]:
    """Once nothing waits any more: what stands in the chats beside what the ledger says."""
    _settle(sessions)
    arrived = Counter(one.chat for one in api.delivered)
    with sessions() as session:
        doubtful = set(session.scalars(_of_chats(Person.external_id).where(Notice.may_be_double)))
    chats = [str(FIRST_CHAT + n) for n in range(posted)]
    doubled = {chat for chat in chats if arrived[chat] > 1}
    return {
        "notices": posted, "notices_lost": sum(not arrived[chat] for chat in chats),
        "notices_doubled": len(doubled), "notices_doubtful": len(doubtful),
        "doubled_unrecorded": len(doubled - doubtful),
    }  # fmt: skip


def _settle(sessions: sessionmaker[Session]) -> None:
    end = time.monotonic() + SETTLE_SECONDS
    waits = _of_chats(func.count()).where(Notice.state.in_(notices.OPEN))
    while time.monotonic() < end:
        with sessions() as session:
            if not session.scalar(waits):
                return
        time.sleep(1)


def _of_chats(column: Any) -> Any:
    return select(column).select_from(Notice).join(Person).where(Person.channel == CHANNEL)
