"""What happens by the clock: notices go out, messages that wait are taken up. Knows no channel."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import alerts, negotiations, notices, recall_push

log = logging.getLogger(__name__)

DELIVER_SECONDS = 1
TAKE_UP_SECONDS = 5
NEGOTIATE_SECONDS = 60
PROPOSE_SECONDS = 60
PLAN_SECONDS = 3
MOST_IN_FLIGHT = 8  # a chat that hangs holds up seven others at most, and for a time-out
STOP_SECONDS = 5.0

Send = Callable[[notices.Outgoing], Awaitable[notices.Outcome]]


class Clock:
    """Runs the jobs of the process that meets people; `senders` are the channels that push."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        senders: Mapping[str, Send],
        take_up: Callable[[], Awaitable[None]],
        officers_chat: str = "",
        url_of: negotiations.UrlOf = str,
        push_without_approval: int = 0,
    ) -> None:
        self._sessions, self._senders, self._take_up = sessions, dict(senders), take_up
        self._officers_chat, self._url_of = officers_chat, url_of
        self._push_without_approval = push_without_approval
        self._in_flight: set[asyncio.Task[None]] = set()
        # Late is better than never, and twice at once is once.
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = AsyncIOScheduler(timezone="Asia/Shanghai", job_defaults=defaults)
        self._scheduler.add_job(self.deliver, "interval", seconds=DELIVER_SECONDS)
        self._scheduler.add_job(self.take_up, "interval", seconds=TAKE_UP_SECONDS)
        self._scheduler.add_job(self.negotiate, "interval", seconds=NEGOTIATE_SECONDS)
        self._scheduler.add_job(self.propose, "interval", seconds=PROPOSE_SECONDS)
        self._scheduler.add_job(self.plan, "interval", seconds=PLAN_SECONDS)

    async def start(self) -> None:
        """Begin; what an earlier process left in the middle of sending is due again."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        if self._senders:
            await asyncio.to_thread(self._release)
        self._scheduler.start()

    async def stop(self) -> None:
        """End; what is being sent has a few seconds, the rest is due again at the next start."""
        self._scheduler.shutdown(wait=False)
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=STOP_SECONDS)
        for task in self._in_flight:
            task.cancel()

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

    async def negotiate(self) -> None:
        """Remind shops and citizens of the fast lane, and send on what nobody answered."""
        try:
            await asyncio.to_thread(self._negotiate)
        except SQLAlchemyError as error:  # one that was answered at this moment, or no records
            log.error("the fast lane is not looked after: %s", type(error).__name__)

    async def propose(self) -> None:
        """Propose a recall notice that is news for those whom it concerns."""
        try:
            await asyncio.to_thread(self._propose)
        except (
            SQLAlchemyError
        ) as error:  # another process proposed it at this moment, or no records
            log.error("no recall notice is proposed: %s", type(error).__name__)

    async def plan(self) -> None:
        """Put the next people of a recall notice into the ledger."""
        try:
            await asyncio.to_thread(self._plan)
        except SQLAlchemyError as error:
            log.error("no recall notice is planned: %s", type(error).__name__)

    async def _send(self, one: notices.Outgoing) -> None:
        """Send and record; a fault that nobody foresaw counts as a failed attempt of this notice."""
        outcome: notices.Outcome
        try:
            outcome = await self._senders[one.channel](one)
        except Exception as error:
            log.error("notice %s failed: %s", one.id, type(error).__name__)
            outcome = notices.Failed(type(error).__name__, is_unknown=True)
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

    def _negotiate(self) -> None:
        with self._sessions.begin() as session:
            negotiations.tick(session, datetime.now(UTC), self._url_of)

    def _propose(self) -> None:
        with self._sessions.begin() as session:
            recall_push.propose(session, datetime.now(UTC), self._push_without_approval)

    def _plan(self) -> None:
        """Matching takes its time and writes nothing; only then the records are held, for a moment."""
        with self._sessions() as session:
            planned = recall_push.next_batch(session, list(self._senders), datetime.now(UTC))
        if planned is not None:
            with self._sessions.begin() as session:
                recall_push.tell(session, planned, datetime.now(UTC))

    def _record(self, notice_id: int, outcome: notices.Outcome) -> None:
        with self._sessions.begin() as session:
            notices.record(session, notice_id, outcome, datetime.now(UTC))
