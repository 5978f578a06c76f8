"""The whole product under its supervisor, on scratch records and free ports, as `make run` starts it."""

import contextlib
import functools
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session, sessionmaker

from bench import load, memory, serving
from bench.stack import free_port
from bot import database, launch
from bot.settings import Settings

MARKS = {"rasa": "-m nlu.serve", "actions": "-m actions", "bot": "-m bot serve"}
STANDBY = "-standby"  # after the name of a process that is ready and does not serve
PLAIN = ("DATABASE_URL", "DATA_KEY", "SECRET_KEY", "PUBLIC_URL", "TELEGRAM_TOKEN", "OFFICERS_CHAT", "SMTP_URL")  # fmt: skip


@dataclass
class Whole:
    """The supervisor and what it runs; `start_s` is from its start to the first answer on the page."""

    settings: Settings
    supervisor: subprocess.Popen[bytes]
    start_s: float = 0.0

    @property
    def url(self) -> str:
        """Where the chat page is."""
        return f"http://127.0.0.1:{self.settings.web_port}"

    @property
    def names(self) -> tuple[str, ...]:
        """The processes that there should be: who serves, and who stands by for them."""
        return *MARKS, f"actions{STANDBY}", f"bot{STANDBY}"

    @functools.cached_property
    def sessions(self) -> sessionmaker[Session]:
        """Sessions on the product's records."""
        return database.connect(self.settings)

    def pids(self) -> dict[str, int]:
        """The processes that run now, by name; of those that stand by for the same one, one."""
        running = {pid: memory.command(pid) for pid in memory.children(self.supervisor.pid)}
        named = {}
        for name, mark in MARKS.items():
            for pid in (pid for pid, said in running.items() if mark in said):
                serves = name == "rasa" or serving.listens(pid, self._port(name))
                named[name if serves else f"{name}{STANDBY}"] = pid
        return named

    def _port(self, name: str) -> int:
        return int(getattr(self.settings, {"bot": "web_port"}.get(name, f"{name}_port")))

    def kill(self, name: str) -> bool:
        """kill -9 a process with what it has begun; False where it is not running at the moment."""
        pid = self.pids().get(name)
        if pid is None:
            return False
        with contextlib.suppress(ProcessLookupError):  # it died by itself, or has no group yet
            os.killpg(pid, signal.SIGKILL)  # the supervisor gives each a group of its own
            return True
        return False

    def pss_mb(self) -> dict[str, float]:
        """What each process holds, and the supervisor itself."""
        own = memory.pss_mb(self.supervisor.pid)
        held = {name: memory.pss_mb(pid) for name, pid in self.pids().items()}
        return {**held, "supervisor": own - sum(held.values())}


@contextlib.contextmanager
def whole() -> Iterator[Whole]:
    """The product, answering; all of it ends with the block. Raises RuntimeError where it does not start."""
    model = launch.trained_model(Settings(_env_file=None))
    port = str(free_port())
    with tempfile.TemporaryDirectory(prefix="whole-") as name, environment(port):
        settings = Settings(
            _env_file=None, var_dir=Path(name), rasa_port=free_port(), actions_port=free_port()
        )
        launch.prepare(settings)
        started = time.perf_counter()
        product = Whole(settings, launch.start_supervisor(settings, model))
        try:
            if not launch.wait_until_ready(settings, product.supervisor):
                raise RuntimeError("the product is not ready")
            product.start_s = load.seconds_to_first_answer(load.Page(product.url), started)
            yield product
        finally:
            launch.stop(product.supervisor)


@contextlib.contextmanager
def environment(web_port: str) -> Iterator[None]:
    """What the processes inherit: no setting of this machine's `.env`, and the port of the page."""
    before = dict(os.environ)
    os.environ.update(dict.fromkeys(PLAIN, ""), WEB_PORT=web_port, RASA_TELEMETRY_ENABLED="false")
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
