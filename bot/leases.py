"""Who alone may do some work: a lease in the records, kept by renewing it. Knows no rule, no channel.

No clock of the day is believed, for they jump and differ. Others count a lease as run out once they
have seen its beat stand still for a term; its holder, a term after the last renewal began, which is
earlier.
"""

import asyncio
import contextlib
import itertools
import logging
import os
import time
import uuid
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot.casework.lease_records import Lease

log = logging.getLogger(__name__)

TERM_SECONDS = 10.0  # after which the work of a process that died or is cut off is another's
RENEWALS = 4  # in a term
POLL_SECONDS = 0.1  # between looks of somebody who waits for a lease


class Leases:
    """The leases of one process; its methods may be called by any thread."""

    def __init__(
        self,
        sessions: sessionmaker[Session],
        term_seconds: float = TERM_SECONDS,
        steady: Callable[[], float] | None = None,
    ) -> None:
        self._sessions, self._term, self._steady = sessions, term_seconds, steady or _steady
        self.renewal_seconds = term_seconds / RENEWALS
        self.owner = f"{_process()}/{uuid.uuid4().hex[:8]}"
        self._beats = itertools.count()  # never the same twice: one that comes back is a new one
        self._until: dict[str, float] = {}
        self._seen: dict[str, tuple[tuple[str, int], float]] = {}

    def holds(self, name: str) -> bool:
        """Whether this process may go on with the work at this moment."""
        return self._steady() < self._until.get(name, float("-inf"))

    def take(self, name: str) -> bool:
        """Take the lease, or renew it, unless another holds it. Raises SQLAlchemyError."""
        began = self._steady()
        try:
            with self._sessions.begin() as session:
                is_mine = self._take(session, name)
        except IntegrityError:  # two at once took what nobody had: the other was quicker
            is_mine = False
        self._note(name, began, is_mine)
        return is_mine

    def renew(self, name: str) -> bool:
        """Keep the lease; False where another has it, or nobody. Raises SQLAlchemyError."""
        began = self._steady()
        with self._sessions.begin() as session:
            mine = update(Lease).where(Lease.name == name, Lease.owner == self.owner)
            done = session.execute(mine.values(beat=next(self._beats)))
            is_mine = bool(done.rowcount == 1)  # type: ignore[attr-defined]
        self._note(name, began, is_mine)
        return is_mine

    def release(self, name: str) -> None:
        """Let the next one have it at once. Raises SQLAlchemyError."""
        self._until.pop(name, None)
        with self._sessions.begin() as session:
            mine = delete(Lease).where(Lease.name == name, Lease.owner == self.owner)
            session.execute(mine)

    def is_unclaimed(self, name: str) -> bool:
        """Whether nobody has it who may be alive: none at all, or a process of this machine that died."""
        with self._sessions() as session:
            found = session.get(Lease, name)
        return found is None or is_dead(found.owner)

    def sweep(self) -> int:
        """Delete what processes that died have left behind; how many."""
        with self._sessions.begin() as session:
            left = [one for one in session.scalars(select(Lease)) if self._is_over(one)]
            for one in left:
                session.execute(delete(Lease).where(*_as_seen(one)))
        return len(left)

    @contextlib.asynccontextmanager
    async def held(self, name: str) -> AsyncIterator[None]:
        """Wait for the lease and keep it for the block. Raises SQLAlchemyError."""
        while not await asyncio.to_thread(self.take, name):
            await asyncio.sleep(POLL_SECONDS)
        keeping = asyncio.create_task(self._keep(name))
        try:
            yield
        finally:
            keeping.cancel()
            with contextlib.suppress(SQLAlchemyError):  # then it runs out
                await asyncio.to_thread(self.release, name)

    async def _keep(self, name: str) -> None:
        while True:
            await asyncio.sleep(self.renewal_seconds)
            try:
                await asyncio.to_thread(self.renew, name)
            except SQLAlchemyError as error:
                log.warning("a lease is not renewed: %s", type(error).__name__)

    def _take(self, session: Session, name: str) -> bool:
        found = session.get(Lease, name)
        if found is None:
            session.add(Lease(name=name, owner=self.owner, beat=next(self._beats)))
            session.flush()
            return True
        if found.owner != self.owner and not self._is_over(found):
            return False
        new = update(Lease).where(*_as_seen(found))
        done = session.execute(new.values(owner=self.owner, beat=next(self._beats)))
        return bool(done.rowcount == 1)  # type: ignore[attr-defined]

    def _is_over(self, found: Lease) -> bool:
        """Whether its beat has stood still for a term, since this process saw it first."""
        mark, now = (found.owner, found.beat), self._steady()
        before = self._seen.get(found.name)
        if before is None or before[0] != mark:
            before = self._seen[found.name] = (mark, now)
        return now - before[1] >= self._term or is_dead(found.owner)

    def _note(self, name: str, began: float, is_mine: bool) -> None:
        if is_mine:
            self._until[name] = began + self._term
            self._seen.pop(name, None)
        else:
            self._until.pop(name, None)


def _as_seen(lease: Lease) -> tuple[ColumnElement[bool], ...]:
    """That nobody has touched the row since it was read."""
    return Lease.name == lease.name, Lease.owner == lease.owner, Lease.beat == lease.beat


def _steady() -> float:
    """Seconds of a clock that nobody sets, and that goes on while the machine sleeps."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


# ── a process by name: which machine and boot, which number, begun when ──


def is_dead(owner: str) -> bool:
    """Whether an owner was a process of this machine and is no more; False where it cannot be told."""
    place, number, began, _ = owner.split("/")
    if place != _place() or not number:
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # somebody else's, and there
        return False
    return _begun(number) not in ("", began)  # another process has that number by now


def _process() -> str:
    place = _place()
    return f"{place}/{os.getpid()}/{_begun('self')}" if place else "//"


def _place() -> str:
    """This boot of this machine, and whose process numbers these are; empty where Linux does not tell."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        return f"{boot}.{Path('/proc/self/ns/pid').stat().st_ino}"
    except OSError:
        return ""


def _begun(number: str) -> str:
    """When a process began, in ticks since the boot; empty where it cannot be read."""
    try:
        return Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()[19]
    except OSError:
        return ""
