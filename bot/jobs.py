"""What happens by the clock: notices go out, waiting messages are taken up, recalls are fetched."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import alerts, negotiations, notices

log = logging.getLogger(__name__)

DELIVER_SECONDS = 1
TAKE_UP_SECONDS = 5
NEGOTIATE_SECONDS = 60
COLLECT_SECONDS = 600  # how often it is looked which source of recalls is due
MOST_IN_FLIGHT = 8  # a chat that hangs holds up seven others at most, and for a time-out
STOP_SECONDS = 5.0

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
        url_of: negotiations.UrlOf = str,
        collect: Callable[[], None] | None = None,
    ) -> None:
        self._collect = collect
        self._sessions, self._senders, self._take_up = sessions, dict(senders), take_up
        self._officers_chat, self._url_of = officers_chat, url_of
        self._in_flight: set[asyncio.Task[None]] = set()
        # Late is better than never, and twice at once is once.
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = AsyncIOScheduler(timezone="Asia/Shanghai", job_defaults=defaults)
        self._scheduler.add_job(self.deliver, "interval", seconds=DELIVER_SECONDS)
        self._scheduler.add_job(self.take_up, "interval", seconds=TAKE_UP_SECONDS)
        self._scheduler.add_job(self.negotiate, "interval", seconds=NEGOTIATE_SECONDS)
        if collect is not None:
            soon = datetime.now(UTC) + timedelta(seconds=TAKE_UP_SECONDS)
            self._scheduler.add_job(
                self.collect, "interval", seconds=COLLECT_SECONDS, next_run_time=soon
            )

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
        """Claim what is due and send it, without waiting for what is on its way already."""
        free = MOST_IN_FLIGHT - len(self._in_flight)
        if free <= 0 or not self._senders:
            return
        try:
            claimed = await asyncio.to_thread(self._claim, free)
        except SQLAlchemyError as error:
            log.error("nothing is delivered: %s", type(error).__name__)
            return
        for one in claimed:
            task = asyncio.create_task(self._send(one))
            self._in_flight.add(task)
            task.add_done_callback(self._in_flight.discard)

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

    async def collect(self) -> None:
        """Fetch the recall notices that are due, in a thread: a slow server holds up nobody."""
        assert self._collect is not None
        try:
            await asyncio.to_thread(self._collect)
        except SQLAlchemyError as error:
            log.error("recall notices are not fetched: %s", type(error).__name__)

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

    def _record(self, notice_id: int, outcome: notices.Outcome) -> None:
        with self._sessions.begin() as session:
            notices.record(session, notice_id, outcome, datetime.now(UTC))
