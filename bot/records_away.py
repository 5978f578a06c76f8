"""Records that cannot be reached or written for a while: a full disk, a lock, a restart. Knows no channel."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as NoConnection

log = logging.getLogger(__name__)

AWAY = (OperationalError, InterfaceError, NoConnection)  # what may be well again in a moment
COME_BACK_SECONDS = 10  # when it may be so
WAITS = (1.0, 2.0, 5.0, *[float(COME_BACK_SECONDS)] * 360)  # seconds between attempts: an hour

Result = TypeVar("Result")


async def patiently(
    call: Callable[[], Awaitable[Result]], told: Callable[[], Awaitable[None]] | None = None
) -> Result:
    """What a call comes to, made again as long as the records are away, for an hour at most.

    `told` is called once, when it has to wait. Raises what the last attempt raised.
    """
    for number, wait in enumerate(WAITS):
        try:
            return await call()
        except AWAY as error:
            if number == 0:
                log.warning("it waits for the records: %s", type(error).__name__)
        if number == 0 and told is not None:
            await told()
        await asyncio.sleep(wait)
    return await call()
