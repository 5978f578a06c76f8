"""What happens by the clock: notices go out, what waits is taken up, what is old goes. Knows no channel."""

import asyncio
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot import metrics
from bot.casework import alerts, notices
from bot.chores import Chore

log = logging.getLogger(__name__)

DELIVER_SECONDS = 1
TAKE_UP_SECONDS = 5
MOST_IN_FLIGHT = 8  # a chat that hangs holds up seven others at most, and for a time-out
STOP_SECONDS = 5.0
SWITCH_SECONDS = (
    0.0005  # for which a thread that plans keeps Python to itself; by default ten times that
)

Send = Callable[[notices.Outgoing], Awaitable[notices.Outcome]]


class Clock:
    """Runs the jobs of the process that meets people; `senders` are the channels that push.

    `collect` fetches the recall notices that are due; None where they are not fetched.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        senders: Mapping[str, Send],
        take_up: Callable[[], Awaitable[None]],
        officers_chat: str = "",
        chores: Sequence[Chore] = (),
    ) -> None:
        self._sessions, self._senders, self._take_up = sessions, dict(senders), take_up
        self._officers_chat, self._chores = officers_chat, chores
        self._in_flight: set[asyncio.Task[None]] = set()
        self._ticked_at = float("-inf")
        self.standing = {channel: "idle" for channel in senders}  # how the last attempt went
        # Late is better than never, and twice at once is once.
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = AsyncIOScheduler(timezone="Asia/Shanghai", job_defaults=defaults)
        self._scheduler.add_job(self.deliver, "interval", seconds=DELIVER_SECONDS)
        self._scheduler.add_job(self.take_up, "interval", seconds=TAKE_UP_SECONDS)
        for one in chores:
            wait = one.every if one.first_after is None else one.first_after
            first = datetime.now(UTC) + wait
            seconds = one.every.total_seconds()
            self._scheduler.add_job(
                self.do, "interval", [one], seconds=seconds, next_run_time=first
            )

    async def start(self) -> None:
        """Begin; what an earlier process left in the middle of sending is due again."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        sys.setswitchinterval(SWITCH_SECONDS)
        if self._senders:
            await asyncio.to_thread(self._release)
        self._scheduler.start()

    async def stop(self) -> None:
        """End; what is being sent has a few seconds, the rest is due again at the next start."""
        self._scheduler.shutdown(wait=False)
        for one in self._chores:
            if one.stop is not None:
                one.stop()
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=STOP_SECONDS)
        for task in self._in_flight:
            task.cancel()

    def seconds_since_tick(self) -> float:
        """How long ago the clock last looked for what is due; without end before its first look."""
        return time.monotonic() - self._ticked_at

    async def deliver(self) -> None:
        """Claim what is due and send it, without waiting for what is on its way already.

        Where more is due than may be in flight, the next goes as soon as one has gone.
        """
        while await self._deliver_what_fits() and self._in_flight:
            await asyncio.wait(
                self._in_flight, timeout=DELIVER_SECONDS, return_when=asyncio.FIRST_COMPLETED
            )

    async def _deliver_what_fits(self) -> bool:
        """Whether as much was claimed as may be in flight, so that more may be due."""
        self._ticked_at = time.monotonic()
        free = MOST_IN_FLIGHT - len(self._in_flight)
        if free <= 0 or not self._senders:
            return False
        try:
            claimed = await asyncio.to_thread(self._claim, free)
        except SQLAlchemyError as error:
            log.error("nothing is delivered: %s", type(error).__name__)
            return False
        for one in claimed:
            task = asyncio.create_task(self._send(one))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)
        return len(claimed) == free

    async def take_up(self) -> None:
        """Answer the messages that wait."""
        try:
            await self._take_up()
        except SQLAlchemyError as error:
            log.error("nothing is taken up: %s", type(error).__name__)

    async def do(self, chore: Chore) -> None:
        """Do a chore, and again while there is more of it; a fault leaves the rest to the next time."""
        try:
            while await asyncio.to_thread(chore.run, datetime.now(UTC)) and chore.is_batched:
                pass
        except SQLAlchemyError as error:  # touched by somebody else at this moment, or no records
            log.error("%s: not looked after: %s", chore.name, type(error).__name__)

    async def _send(self, one: notices.Outgoing) -> None:
        """Send and record; a fault that nobody foresaw counts as a failed attempt of this notice."""
        outcome: notices.Outcome
        try:
            outcome = await self._senders[one.channel](one)
        except Exception as error:
            log.error("notice %s failed: %s", one.id, type(error).__name__)
            outcome = notices.Failed(type(error).__name__, is_unknown=True)
        metrics.attempted(one.channel, outcome)
        self.standing[one.channel] = "failing" if isinstance(outcome, notices.Failed) else "ok"
        try:
            await asyncio.to_thread(self._record, one.id, outcome)
        except SQLAlchemyError as error:  # its claim runs out, and it is sent again
            log.error("notice %s is not recorded: %s", one.id, type(error).__name__)

    # ── in threads, with the records ──

    def _release(self) -> None:
        with self._sessions.begin() as session:
            notices.release(session)

    def _claim(self, limit: int) -> list[notices.Outgoing]:
        """Alerts for the officers become notices first: all that goes out goes by the ledger."""
        with self._sessions.begin() as session:
            alerts.announce(session, self._officers_chat, datetime.now(UTC))
            return notices.claim(session, list(self._senders), datetime.now(UTC), limit)

    def _record(self, notice_id: int, outcome: notices.Outcome) -> None:
        with self._sessions.begin() as session:
            notices.record(session, notice_id, outcome, datetime.now(UTC))
