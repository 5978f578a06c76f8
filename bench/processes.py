"""Several processes that are started again when they die, as a supervisor on each machine does it."""

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from bot.settings import ROOT

LOOK_SECONDS = 1.0  # between looks at who has died
READY_WITHIN_SECONDS = 900


@dataclass(frozen=True)
class Part:
    """A process: its command, its environment, whether it answers, and as which user it runs."""

    command: list[str]
    environment: Mapping[str, str]
    is_there: Callable[[], bool]
    user: str | None = None


@dataclass
class Processes:
    """Parts that run until `stop`; what dies by itself or by `kill` comes back within two looks.

    Each is a group of its own, whose output goes to a file in `folder`.
    """

    parts: Mapping[str, Part]
    folder: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    starts: int = 0
    _away: set[str] = field(default_factory=set)
    _is_over: threading.Event = field(default_factory=threading.Event)
    _watching: threading.Thread | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """The parts by name."""
        return tuple(self.parts)

    def start(self, name: str) -> None:
        """Start a part, and have it watched from now on."""
        part = self.parts[name]
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                part.command, cwd=ROOT if part.user is None else "/", env=dict(part.environment),
                stdout=log, stderr=log, start_new_session=True, user=part.user,
            )  # fmt: skip
        self.starts += 1
        if self._watching is None:
            self._watching = threading.Thread(target=self._watch, daemon=True)
            self._watching.start()

    def kill(self, name: str) -> bool:
        """kill -9 a part with what it has begun; False where it is not running at the moment."""
        process = self.running[name]
        if process.poll() is not None:
            return False
        with contextlib.suppress(ProcessLookupError):  # it died at this very moment
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return True

    @contextlib.contextmanager
    def away(self, name: str) -> Iterator[None]:
        """A part is killed, and stays away for the block."""
        self._away.add(name)
        self.kill(name)
        try:
            yield
        finally:
            self._away.discard(name)

    @contextlib.contextmanager
    def still(self, name: str) -> Iterator[None]:
        """A part stands still for the block: it takes connections, and answers nothing."""
        group = self.running[name].pid
        os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(group, signal.SIGCONT)

    def wait(self, *names: str) -> None:
        """Wait until all parts answer, or those that are named. Raises RuntimeError with the logs' ends."""
        give_up = time.monotonic() + READY_WITHIN_SECONDS
        waited = names or self.names
        while not all(self.parts[name].is_there() for name in waited):
            if time.monotonic() > give_up:
                raise RuntimeError(f"not ready: {self._logs(waited)}")
            time.sleep(0.5)

    def stop(self) -> None:
        """End all of it."""
        self._is_over.set()
        if self._watching is not None:
            self._watching.join()
        for name in reversed(list(self.running)):  # the databases last
            self.kill(name)

    def _watch(self) -> None:
        while not self._is_over.wait(LOOK_SECONDS):
            for name, process in list(self.running.items()):
                if process.poll() is not None and name not in self._away:
                    self.start(name)

    def _logs(self, names: tuple[str, ...]) -> str:
        paths = [self.folder / f"{name}.log" for name in names]
        return "\n".join(f"{path.name}: {path.read_text()[-1500:]}" for path in paths)
