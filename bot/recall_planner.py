"""Has recall notices proposed and planned by a process that ends (bot/recall_planning.py)."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Sequence

from bot.settings import ROOT, Settings

log = logging.getLogger(__name__)


class RecallPlanner:
    """One process at a time, begun by the clock; `command` is what it is started with."""

    def __init__(
        self, settings: Settings, channels: Sequence[str], command: Sequence[str] = ()
    ) -> None:
        self._settings, self._channels = settings, list(channels)
        self._command = tuple(command) or (sys.executable, "-m", "bot.recall_planning")
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def run(self) -> None:
        """Begin a process and wait for its end; nothing where one runs already or `stop` was called.

        A process that fails leaves the rest to the next one: what it wrote, it wrote whole.
        """
        if self._is_stopped or not self._turn.acquire(blocking=False):
            return
        try:
            self._process = process = subprocess.Popen(
                self._command, cwd=ROOT, stdin=subprocess.PIPE
            )
            if self._is_stopped:  # while it was begun
                process.kill()
            process.communicate(self._told())
            if process.returncode and not self._is_stopped:
                log.error("recall notices are not planned: code %s", process.returncode)
        except OSError as error:
            log.error("recall notices are not planned: %s", type(error).__name__)
        finally:
            self._process = None
            self._turn.release()

    def stop(self) -> None:
        """End the process that runs, and begin none."""
        self._is_stopped = True
        process = self._process
        if process is not None:
            process.kill()

    def _told(self) -> bytes:
        settings = self._settings.model_dump(mode="json")
        return json.dumps({"settings": settings, "channels": self._channels}).encode()
