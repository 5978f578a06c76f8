"""Has photos read by processes that end, one at a time, and calls back with what was read. Knows no talk."""

import asyncio
import contextlib
import json
import logging
import os
import sys
from collections.abc import Callable, Sequence

from bot.casework.label_lines import Box
from bot.records_away import patiently
from bot.settings import ROOT

log = logging.getLogger(__name__)

SECONDS = 20.0  # for one photo
MOST_WAITING = 4  # messages with photos in line; who comes later is told at once to type
PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
)  # the reader of strangers' files gets no keys

Reading = tuple[list[Box], list[str]]
Done = Callable[[list[Reading] | None], None]


class LabelReader:
    """Reads photos for the talk; `command` is what a process is started with, the photo is its input."""

    def __init__(self, command: Sequence[str] = (), seconds: float = SECONDS) -> None:
        own = (sys.executable, "-m", "bot.label_reading", "/dev/stdin")
        self._command, self._seconds = tuple(command) or own, seconds
        self._turn = asyncio.Lock()
        self._tasks: set[asyncio.Task[None]] = set()

    def begin(self, photos: Sequence[bytes], done: Done) -> None:
        """Read the photos behind the caller's back; `done`, in a thread, gets what was read.

        It gets None where a process failed, took too long, or too many wait already.
        """
        is_full = len(self._tasks) >= MOST_WAITING
        task = asyncio.create_task(self._work(() if is_full else photos, done))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def close(self) -> None:
        """End, and what runs with it."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _work(self, photos: Sequence[bytes], done: Done) -> None:
        found: list[Reading] = []
        if photos:
            async with self._turn:
                for photo in photos:
                    one = await self._read(photo)
                    if one is None:  # another photo may have said enough
                        break
                    found.append(one)
        await patiently(lambda: asyncio.to_thread(done, found or None))  # somebody waits for it

    async def _read(self, photo: bytes) -> Reading | None:
        try:
            return await self._process(photo)
        except (OSError, TimeoutError, ValueError, KeyError, TypeError) as error:
            log.error("a photo is not read: %s", type(error).__name__)
            return None

    async def _process(self, photo: bytes) -> Reading | None:
        passed = {name: os.environ[name] for name in PASSED_ON if name in os.environ}
        process = await asyncio.create_subprocess_exec(
            *self._command, cwd=ROOT, env=passed, stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        try:
            out, _ = await asyncio.wait_for(process.communicate(photo), self._seconds)
            return _understood(out) if process.returncode == 0 else None
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


def _understood(out: bytes) -> Reading:
    told = json.loads(out)
    return [Box(**one) for one in told["boxes"]], [str(one) for one in told["barcodes"]]
