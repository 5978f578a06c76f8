"""A whole product on scratch records and free ports, for scores, talks and tests."""

import asyncio
import contextlib
import functools
import itertools
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
from sqlalchemy.orm import Session, sessionmaker

from bot import database, launch
from bot.dialogue import Dialogue
from bot.messages import Message, Reply
from bot.settings import ROOT, Settings

READY_WITHIN_SECONDS = 300
Result = TypeVar("Result")
Commands = Callable[
    [Settings], dict[str, list[str]]
]  # of each process, in the order of their start

ACTION_SERVER = {"actions": [sys.executable, "-m", "actions"]}


def product(settings: Settings) -> dict[str, list[str]]:
    """The action server and Rasa as the product starts them."""
    return {
        **ACTION_SERVER,
        "rasa": [str(launch.NLU_PYTHON), "-m", "nlu.serve", str(_model()), str(settings.rasa_port)],
    }


@functools.cache
def _model() -> Path:
    return launch.trained_model(Settings(_env_file=None))


@dataclass
class Stack:
    """A running Rasa and action server, and the settings that reach them."""

    settings: Settings
    processes: dict[str, subprocess.Popen[bytes]]
    folder: Path
    commands: Commands = product

    @functools.cached_property
    def sessions(self) -> sessionmaker[Session]:
        """Sessions on the stack's records."""
        return database.connect(self.settings)

    def parse(self, text: str) -> dict[str, Any]:
        """What Rasa understands of a folded text, without a turn."""
        url = f"{self.settings.rasa_urls()}/model/parse"
        answer = httpx.post(url, json={"text": text}, timeout=30, verify=False)  # http alone
        answer.raise_for_status()
        return dict(answer.json())

    def tracker(self, key: str) -> str:
        """What Rasa remembers of a citizen, as its own JSON text."""
        url = f"{self.settings.rasa_urls()}/conversations/{key}/tracker"
        answer = httpx.get(url, timeout=30, verify=False)  # http alone
        return answer.text

    def restart_actions(self, **chosen: Any) -> None:
        """The action server anew with other settings, such as operator="bureau"."""
        self.kill("actions")
        self.settings = self.settings.model_copy(update=chosen)
        self.start("actions")
        self.wait()

    def start(self, name: str) -> None:
        """Start the process `name` (`rasa` or `actions`), as after a crash."""
        command = self.commands(self.settings)[name]
        self.processes[name] = _start(name, command, self.settings, self.folder)

    @contextlib.contextmanager
    def suspended(self, name: str) -> Iterator[None]:
        """The process `name` stands still, as under a heavy load, and goes on afterwards."""
        group = self.processes[name].pid
        os.killpg(group, signal.SIGSTOP)
        try:
            yield
        finally:
            os.killpg(group, signal.SIGCONT)

    def kill(self, name: str) -> None:
        """Kill the process `name` at once."""
        _kill(self.processes[name])

    def wait(self) -> None:
        """Wait until both answer. Raises RuntimeError with the log's end where one does not."""
        give_up = time.monotonic() + READY_WITHIN_SECONDS
        while not all(launch.answers(address) for address in self._addresses()):
            dead = [name for name, process in self.processes.items() if process.poll() is not None]
            if dead or time.monotonic() > give_up:
                raise RuntimeError(f"not ready ({dead}): {self._logs()}")
            time.sleep(0.5)

    def _addresses(self) -> tuple[str, str]:
        return (
            f"{self.settings.rasa_urls()}/status",
            f"{self.settings.actions_urls()}/health",
        )

    def _logs(self) -> str:
        return "\n".join(path.read_text()[-2000:] for path in self.folder.glob("*.log"))


class Talk:
    """One citizen's talk with the stack, kept in order; `patience` is how long Rasa may take."""

    def __init__(
        self,
        stack: Stack,
        citizen: str | None = None,
        *,
        channel: str = "talk",
        patience: float = 30.0,
        **chosen: Any,
    ) -> None:
        self.citizen = citizen or uuid.uuid4().hex
        self.channel = channel
        self.replies: list[Reply] = []
        self._stack, self._patience, self._chosen = stack, patience, chosen

    def say(self, text: str, message_id: str | None = None, **more: Any) -> str:
        """Send a text (`more` of a message: files, unread); all bubbles of the reply in one string."""
        return self._send(text, message_id, **more)

    def press(self, title: str) -> str:
        """Press the button of that title in the last reply. Raises StopIteration without one."""
        buttons = [button for reply in self.replies for button in reply.buttons]
        return self.press_id(next(b.id for b in buttons if b.title == title), title)

    def press_id(self, button_id: str, title: str = "") -> str:
        """Press a button that may have been sent long ago."""
        return self._send(title, None, button_id=button_id)

    def data(self) -> dict[str, Any]:
        """What the last reply holds for machines."""
        return {key: value for reply in self.replies for key, value in (reply.data or {}).items()}

    def news(self, *seen: int) -> list[tuple[int, Reply]]:
        """What waits in the ledger for this citizen; `seen` are settled."""
        return self.run(lambda dialogue: dialogue.news(self.channel, self.citizen, seen))

    def run(self, scene: Callable[[Dialogue], Coroutine[Any, Any, Result]]) -> Result:
        """Do something with a dialogue of its own, as a new process has one."""
        with ThreadPoolExecutor(1) as aside:  # the caller's thread may run a loop of its own
            return aside.submit(asyncio.run, self._play(scene)).result()

    def _send(self, text: str, message_id: str | None, **more: Any) -> str:
        message = Message(self.channel, self.citizen, message_id or uuid.uuid4().hex, text, **more)
        self.replies = self.run(lambda dialogue: dialogue.hear(message))
        return "\n".join(reply.text for reply in self.replies)

    async def _play(self, scene: Callable[[Dialogue], Coroutine[Any, Any, Result]]) -> Result:
        stack, chosen = self._stack, self._stack.settings
        more = {"has_officers": bool(chosen.officers_chat), **self._chosen}
        dialogue = Dialogue(
            stack.sessions, chosen.rasa_urls(), chosen.actions_urls(), self._patience, **more
        )
        try:
            return await scene(dialogue)
        finally:
            await dialogue.close()


@contextlib.contextmanager
def stack(commands: Commands = product, **chosen: Any) -> Iterator[Stack]:
    """A stack with a scratch database; `chosen` are settings. All of it ends with the block.

    `commands` are the product's, or others for a comparison.
    """
    with tempfile.TemporaryDirectory(prefix="stack-") as name:
        folder = Path(name)
        settings = Settings(
            _env_file=None,
            var_dir=folder,
            rasa_port=free_port(),
            actions_port=free_port(),
            **chosen,
        )
        launch.prepare(settings)
        running = Stack(settings, {}, folder, commands)
        try:
            for process in commands(settings):
                running.start(process)
            running.wait()
            yield running
        finally:
            for started in running.processes.values():
                _kill(started)


_from = itertools.count(int(os.environ.get("FIRST_PORT", "0")))


def free_port() -> int:
    """A loopback port that nothing listens on: the next one from FIRST_PORT on, where that is set."""
    if "FIRST_PORT" in os.environ:
        return next(port for port in _from if not launch.is_taken(port))
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a process with its children: the action server has a worker that holds the port."""
    with contextlib.suppress(ProcessLookupError):  # it died by itself
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def _start(
    name: str, command: list[str], settings: Settings, folder: Path
) -> subprocess.Popen[bytes]:
    environment = launch.python_path() | {
        "VAR_DIR": str(folder),
        "OPERATOR": settings.operator,
        "OFFICERS_CHAT": settings.officers_chat,
        "ACTIONS_PORT": str(settings.actions_port),
        "RASA_TELEMETRY_ENABLED": "false",
        "DATABASE_URL": settings.database_url,
        "PUBLIC_URL": settings.public_url or "",
        "SMTP_URL": settings.smtp_url,
        "MAIL_FROM": settings.mail_from,
        "PERSONAL_DATA_IN_CHAT": str(settings.personal_data_in_chat),
    }
    with (folder / f"{name}.log").open("ab") as log:
        return subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=log, stderr=log, preexec_fn=os.setpgrp,
        )  # fmt: skip
