"""Who comes second stands by, and takes the place of the first as soon as that one is gone."""

import contextlib
import logging
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path

import pytest

from bench import serving
from bench.stack import free_port
from bot import launch, standby
from bot.settings import ROOT, Settings

HOLDER = "import sys, time\nfrom bot import standby\ns = standby.listening(sys.argv[1], int(sys.argv[2]))\nprint('there', flush=True)\ntime.sleep(60)"  # fmt: skip
READY_SECONDS = 60
PATHS = {"actions": "/health", "bot": "/healthz"}


@contextlib.contextmanager
def holder(host: str, port: int) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that listens there."""
    command = [sys.executable, "-c", HOLDER, host, str(port)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE) as other:
        try:
            assert other.stdout is not None and other.stdout.readline() == b"there\n"
            yield other
        finally:
            other.kill()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGTERM])
def test_the_place_is_free_with_the_process_that_held_it(
    host: str, sign: signal.Signals, caplog: pytest.LogCaptureFixture
) -> None:
    port, got = free_port(), []
    with holder(host, port) as other, caplog.at_level(logging.WARNING, "bot.standby"):
        waiting = threading.Thread(target=lambda: got.append(standby.listening(host, port)))
        waiting.start()
        waiting.join(6 * standby.LOOK_SECONDS)
        assert waiting.is_alive() and not got
        other.send_signal(sign)
        waiting.join(2)
    assert [one.getMessage() for one in caplog.records] == [
        f"port {port} is taken: standing by until it is free"
    ]
    with got[0] as mine, socket.create_connection((host, port), 2) as asking:
        answering, _ = mine.accept()
        with answering:
            answering.sendall(b"here")
        assert asking.recv(4) == b"here"


def test_connections_of_the_one_who_died_do_not_keep_the_place() -> None:
    port = free_port()
    with holder("127.0.0.1", port) as other, socket.create_connection(("127.0.0.1", port)):
        other.kill()
        other.wait()
        standby.listening("127.0.0.1", port).close()


@pytest.mark.parametrize("host", ["203.0.113.7", "no-such-host.invalid"])
def test_where_nobody_could_listen_nobody_waits(host: str) -> None:
    with pytest.raises(OSError):
        standby.listening(host, free_port())


def test_one_who_listens_is_told_from_one_who_does_not() -> None:
    port = free_port()
    assert not serving.listens(os.getpid(), port)
    with standby.listening("127.0.0.1", port):
        assert serving.listens(os.getpid(), port) and not serving.listens(os.getppid(), port)
        assert not serving.listens(2**22 + 1, port)  # no process has such a number


@pytest.mark.parametrize("kind", PATHS)
def test_of_two_one_serves_and_the_other_goes_on_after_a_kill(kind: str, tmp_path: Path) -> None:
    """The commands of supervisord.conf, which starts two of each."""
    supervised = RawConfigParser()
    supervised.read(ROOT / "supervisord.conf", encoding="utf-8")
    program = supervised[f"program:{kind}"]
    assert program["numprocs"] == "2" and "%(process_num)d" in program["process_name"]
    assert "%(process_num)d" in program["stdout_logfile"]
    words = program["command"].split()[1:]
    port = free_port()
    launch.prepare(Settings(_env_file=None, var_dir=tmp_path))
    with two(words, port, tmp_path) as running:
        first = next(one for one in running if serving.listens(one.pid, port))
        (second,) = (one for one in running if one is not first)
        assert not serving.listens(second.pid, port)
        first.kill()
        first.wait()
        wait_for(f"http://127.0.0.1:{port}{PATHS[kind]}", 5)
        assert second.poll() is None and serving.listens(second.pid, port)


@contextlib.contextmanager
def two(words: list[str], port: int, folder: Path) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Two of them, the one ready and the other standing by."""
    told = {"ACTIONS_PORT": str(port), "WEB_PORT": str(port), "VAR_DIR": str(folder)}
    told |= {"TELEGRAM_TOKEN": "", "DATABASE_URL": "", "DATA_KEY": "", "SECRET_KEY": ""}
    with (folder / "two.log").open("ab") as log:
        running = [
            subprocess.Popen([sys.executable, *words], cwd=ROOT, env=launch.python_path() | told, stderr=log)
            for _ in range(2)
        ]  # fmt: skip
    try:
        give_up = time.monotonic() + READY_SECONDS
        while "standing by" not in (folder / "two.log").read_text():
            assert time.monotonic() < give_up and not any(one.poll() for one in running)
            time.sleep(0.1)
        path = PATHS["actions" if "actions" in words else "bot"]
        wait_for(f"http://127.0.0.1:{port}{path}", READY_SECONDS)
        yield running
    finally:
        for one in running:
            one.kill()
            one.wait()


def wait_for(address: str, seconds: float) -> None:
    """Until it answers. Fails after so long."""
    give_up = time.monotonic() + seconds
    while not launch.answers(address):
        assert time.monotonic() < give_up, address
        time.sleep(0.05)
