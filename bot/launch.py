"""Starts everything on one machine: model, records, supervisor. Knows no rule of the trade."""

import os
import signal
import socket
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import httpx

from bot import database
from bot.casework import recalls, stations
from bot.settings import ROOT, Settings

NLU_PYTHON = ROOT / "nlu" / ".venv" / "bin" / "python"
READY_WITHIN_SECONDS = 240


def say(text: str) -> None:
    """Tell the operator what is going on."""
    print(f"· {text}", flush=True)


def prepare(settings: Settings) -> None:
    """Migrate the records and put the shipped recalls in; both do nothing where it is done.

    Raises stations.Broken where an operator's table of stations is wrong.
    """
    stations.stations()  # said at the start, not at a citizen's lodging
    settings.var_dir.mkdir(parents=True, exist_ok=True)
    database.migrate(settings)
    with database.connect(settings).begin() as session:
        new = recalls.ship(session, datetime.now(UTC))
    say(f"records are ready ({new} recall notices new)")


def trained_model(settings: Settings) -> Path:
    """The path of the model for this tree, trained first where it is not yet (minutes).

    Raises subprocess.CalledProcessError where training fails; Rasa's words are on the screen.
    """
    say("looking for the trained model (a first training takes about four minutes)")
    command = [str(NLU_PYTHON), "-m", "nlu.train", str(settings.var_dir / "models")]
    done = subprocess.run(
        command, cwd=ROOT, env=python_path(), check=True, stdout=subprocess.PIPE, text=True
    )
    return Path(done.stdout.strip().splitlines()[-1])


def python_path() -> dict[str, str]:
    """The environment in which both runtimes find `bot`, `actions` and `nlu`."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}


def run(settings: Settings) -> int:
    """Start all processes, print the address of the chat, wait for Ctrl-C; the exit code."""
    taken = [port for port in ports(settings) if is_taken(port)]
    if taken:
        say(
            f"port {taken[0]} is taken: stop what uses it, or set WEB_PORT, RASA_PORT, ACTIONS_PORT"
        )
        return 1
    model = trained_model(settings)
    prepare(settings)
    # Also where the shell that started us ignores them.
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, signal.default_int_handler)
    supervisor = start_supervisor(settings, model)
    try:
        if not wait_until_ready(settings, supervisor):
            say(f"not ready after {READY_WITHIN_SECONDS} s: see {settings.var_dir / 'log'}")
            return 1
        say(f"ready: http://{settings.web_host}:{settings.web_port}  (Ctrl-C stops everything)")
        return supervisor.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        stop(supervisor)


def ports(settings: Settings) -> tuple[int, ...]:
    """The ports that the processes of one machine listen on."""
    return settings.web_port, settings.rasa_port, settings.actions_port


def is_taken(port: int) -> bool:
    """Whether something listens on a loopback port."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def start_supervisor(settings: Settings, model: Path) -> subprocess.Popen[bytes]:
    """supervisord in the foreground; it starts the processes and restarts what dies."""
    (settings.var_dir / "log").mkdir(parents=True, exist_ok=True)
    say("starting rasa, actions and bot under the supervisor (Rasa takes about half a minute)")
    environment = python_path() | {
        "ROOT": str(ROOT),
        "VAR_DIR": str(settings.var_dir),
        "MODEL": str(model),
        "RASA_PORT": str(settings.rasa_port),
        "ACTIONS_PORT": str(settings.actions_port),
    }
    command = [sys.executable, "-m", "supervisor.supervisord", "-n", "-c", "supervisord.conf"]
    return subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)


def wait_until_ready(settings: Settings, supervisor: subprocess.Popen[bytes]) -> bool:
    """Wait until Rasa holds its model and the chat page answers; False after too long."""
    addresses = (
        f"http://127.0.0.1:{settings.rasa_port}/status",
        f"http://127.0.0.1:{settings.actions_port}/health",
        f"http://{settings.web_host}:{settings.web_port}/health",
    )
    give_up = time.monotonic() + READY_WITHIN_SECONDS
    while time.monotonic() < give_up and supervisor.poll() is None:
        if all(answers(address) for address in addresses):
            return True
        time.sleep(1)
    return False


def answers(address: str) -> bool:
    """Whether an address answers 200 within two seconds."""
    try:
        return httpx.get(address, timeout=2).status_code == 200
    except httpx.HTTPError:
        return False


def stop(supervisor: subprocess.Popen[bytes]) -> None:
    """Stop the supervisor and with it everything that it started."""
    say("stopping")
    if supervisor.poll() is None:
        supervisor.send_signal(signal.SIGTERM)
    try:
        supervisor.wait(timeout=30)
    except subprocess.TimeoutExpired:
        supervisor.kill()
