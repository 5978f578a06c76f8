"""What messages were taken for since it was last written down, in memory: no turn waits for the records over it."""

import threading
from collections import Counter
from datetime import date, datetime

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import intent_counts
from bot.casework.disputes import local_day


class Tally:
    """Counts intents by day in China, one tally a process. A kill loses what is not written yet: a minute.

    `add` and `write` may run in different threads.
    """

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._sessions, self._lock = sessions, threading.Lock()
        self._counted: Counter[tuple[date, str]] = Counter()

    def add(self, intent: str, now: datetime) -> None:
        """Count what a message was taken for; what is no intent of the domain is not counted."""
        if intent_counts.is_known(intent):
            with self._lock:
                self._counted[local_day(now), intent] += 1

    def write(self) -> int:
        """Add it to the records; how many rows. Raises SQLAlchemyError, and has it still the next time."""
        with self._lock:
            counted, self._counted = self._counted, Counter()
        if not counted:
            return 0
        try:
            with self._sessions.begin() as session:
                intent_counts.add(session, counted)
        except SQLAlchemyError:
            with self._lock:
                self._counted.update(counted)
            raise
        return len(counted)
