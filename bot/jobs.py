"""What happens by the clock: notices go out, what waits is taken up, what is old goes. Knows no channel."""

import asyncio
import contextlib
import logging
import sys
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot import metrics, records_away
from bot.casework import alerts, notices
from bot.chores import Chore
from bot.leases import Leases

log = logging.getLogger(__name__)

DELIVER_SECONDS = 1
TAKE_UP_SECONDS = 5
MOST_IN_FLIGHT = 8  # a chat that hangs holds up seven others at most, and for a time-out
STOP_SECONDS = 5.0
SWITCH_SECONDS = (
    0.0005  # for which a thread that plans keeps Python to itself; by default ten times that
)

CLOCK = "clock"  # the lease of the one process whose jobs run
LED = "led"  # the store of those jobs; what every process does is in the other

Send = Callable[[notices.Outgoing], Awaitable[notices.Outcome]]


class Duty(Protocol):
    """What only one process may do, beside the jobs, and may have to begin again later."""

    async def start(self) -> None:
        """Begin, without waiting for others."""

    async def stop(self) -> None:
        """End; what is in hand has a few seconds."""


class Clock:
    """Runs the jobs, in one of the processes that meet people; `senders` are the channels that push.

    That one leads: it holds the lease CLOCK. Another takes over once it has stopped, or is gone for a
    term. `duties` are begun and ended with the jobs.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        senders: Mapping[str, Send],
        take_up: Callable[[], Awaitable[None]],
        officers_chat: str = "",
        chores: Sequence[Chore] = (),
        duties: Sequence[Duty] = (),
        leases: Leases | None = None,
    ) -> None:
        self._sessions, self._senders, self._take_up = sessions, dict(senders), take_up
        self._officers_chat, self._duties = officers_chat, duties
        self._leases = leases or Leases(sessions)
        sweep = Chore("leases left behind", timedelta(minutes=1), lambda _: self._leases.sweep())
        self._chores = (*chores, sweep)
        self._in_flight: set[asyncio.Task[None]] = set()
        self._in_hand: set[int] = set()  # the notices that those send
        self._unrecorded: dict[int, notices.Outcome] = {}  # the records were away
        self._ticked_at = float("-inf")
        self.standing = {channel: "idle" for channel in senders}  # how the last attempt went
        self._leads = False
        self._leading: asyncio.Task[None] | None = None
        # Late is better than never, and twice at once is once.
        defaults = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler = AsyncIOScheduler(
            jobstores={LED: {"type": "memory"}}, timezone="Asia/Shanghai", job_defaults=defaults
        )

    # ── who leads ──

    async def start(self) -> None:
        """Begin, as the one who leads or as the one who waits to."""
        logging.getLogger("apscheduler").setLevel(logging.ERROR)
        sys.setswitchinterval(SWITCH_SECONDS)
        self._scheduler.start()
        for one in self._chores:
            if one.is_everyones:
                self._schedule(one, self.do, one)
        await self._look_who_leads()
        self._leading = asyncio.create_task(self._keep_looking())

    async def stop(self) -> None:
        """End; what is being sent has a few seconds, the rest is due again at the next start."""
        if self._leading is not None:
            self._leading.cancel()
            await asyncio.wait([self._leading])
        self._scheduler.shutdown(wait=False)
        for one in self._chores:
            if one.stop is not None:
                one.stop()
        await self._finish_sending()
        if self._leads:
            await self._end()
        with contextlib.suppress(SQLAlchemyError):  # then it runs out
            await asyncio.to_thread(self._leases.release, CLOCK)

    async def _keep_looking(self) -> None:
        while True:
            await asyncio.sleep(self._leases.renewal_seconds)
            self._follow_the_clock()
            await self._look_who_leads()

    async def _look_who_leads(self) -> None:
        """Take the lead or keep it; a process that loses it leaves off."""
        try:
            was_left = not self._leads and await asyncio.to_thread(self._leases.is_unclaimed, CLOCK)
            leads = await asyncio.to_thread(self._leases.take, CLOCK)
            if leads and not self._leads:
                await self._begin(was_left)
        except SQLAlchemyError as error:
            log.error("who leads is not known: %s", type(error).__name__)
            leads = self._leases.holds(CLOCK)
        if self._leads and not leads:
            log.error("another process leads from now on")
            await self._end()
        if not leads:
            self._ticked_at = time.monotonic()  # who waits to lead ticks by looking

    def _follow_the_clock(self) -> None:
        """Where the clock of the day was set back, no job waits until the same hour comes again."""
        now = datetime.now(UTC)
        for job in self._scheduler.get_jobs():
            latest = now + job.trigger.interval
            if job.next_run_time > latest:
                job.modify(next_run_time=latest)

    async def _begin(self, was_left: bool) -> None:
        """Begin the jobs; what an earlier process left in the middle of sending is due again.

        Not where that one may be alive and sending: its claims run out by themselves.
        """
        if was_left and self._senders:
            await asyncio.to_thread(self._release)
        self._leads = True
        for duty in self._duties:
            await duty.start()
        for job, seconds in ((self.deliver, DELIVER_SECONDS), (self.take_up, TAKE_UP_SECONDS)):
            self._scheduler.add_job(
                self._led, "interval", [job], seconds=seconds, jobstore=LED,
                next_run_time=datetime.now(UTC),  # what a process that died left waits for nothing
            )  # fmt: skip
        for one in self._chores:
            if not one.is_everyones:
                self._schedule(one, self._led, self.do, one, jobstore=LED)

    def _schedule(
        self, chore: Chore, job: Callable[..., Awaitable[None]], *given: Any, jobstore: str = "default"
    ) -> None:  # fmt: skip
        wait = chore.every if chore.first_after is None else chore.first_after
        self._scheduler.add_job(
            job, "interval", given, seconds=chore.every.total_seconds(),
            next_run_time=datetime.now(UTC) + wait, jobstore=jobstore,
        )  # fmt: skip

    async def _end(self) -> None:
        self._leads = False
        self._scheduler.remove_all_jobs(LED)
        for duty in self._duties:
            await duty.stop()

    async def _led(self, job: Callable[..., Awaitable[None]], *given: Any) -> None:
        """Do a job, unless this process stood still so long that another leads by now."""
        if self._may_go_on():
            await job(*given)

    def _may_go_on(self) -> bool:
        """Whether this process leads; a job that is called by hand, without a start, may always."""
        return self._leading is None or self._leases.holds(CLOCK)

    # ── the jobs ──

    def seconds_since_tick(self) -> float:
        """How long ago the clock last looked for what is due; without end before its first look."""
        return time.monotonic() - self._ticked_at

    async def deliver(self) -> None:
        """Claim what is due and send it, without waiting for what is on its way already.

        Where more is due than may be in flight, the next goes as soon as one has gone.
        """
        while self._may_go_on() and await self._deliver_what_fits() and self._in_flight:
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
            if one.id in self._in_hand:  # the clock of the day went on, and its claim ran out
                continue
            self._in_hand.add(one.id)
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
                if not self._may_go_on():
                    break
        except SQLAlchemyError as error:  # touched by somebody else at this moment, or no records
            log.error("%s: not looked after: %s", chore.name, type(error).__name__)

    async def _finish_sending(self) -> None:
        if self._in_flight:
            await asyncio.wait(self._in_flight, timeout=STOP_SECONDS)
        for task in self._in_flight:
            task.cancel()

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
        except records_away.AWAY as error:
            log.error("notice %s is not recorded yet: %s", one.id, type(error).__name__)
            self._unrecorded[one.id] = outcome
        except SQLAlchemyError as error:  # its claim runs out, and it is sent again
            log.error("notice %s is not recorded: %s", one.id, type(error).__name__)
        self._in_hand.discard(one.id)

    # ── in threads, with the records ──

    def _release(self) -> None:
        with self._sessions.begin() as session:
            notices.release(session)

    def _claim(self, limit: int) -> list[notices.Outgoing]:
        """Alerts for the officers become notices first: all that goes out goes by the ledger.

        Nothing is claimed before it is written down what became of the notices sent: else one would
        be sent twice whose claim has run out while the records were away.
        """
        for notice_id in list(self._unrecorded):
            self._record(notice_id, self._unrecorded[notice_id])
            del self._unrecorded[notice_id]
        with self._sessions.begin() as session:
            alerts.announce(session, self._officers_chat, datetime.now(UTC))
            return notices.claim(session, list(self._senders), datetime.now(UTC), limit)

    def _record(self, notice_id: int, outcome: notices.Outcome) -> None:
        with self._sessions.begin() as session:
            notices.record(session, notice_id, outcome, datetime.now(UTC))
