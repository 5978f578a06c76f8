"""A PostgreSQL of its own for the tests: on loopback, in a scratch folder, ended with them."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench.stack import free_port

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))


@contextlib.contextmanager
def address_of(kind: str, folder: Path) -> Iterator[str]:
    """The SQLAlchemy address of an empty database: a file in the folder for `sqlite`, else a PostgreSQL."""
    if kind == "sqlite":
        yield f"sqlite:///{folder / 'records.db'}"
    else:
        with postgres() as address:
            yield address


@contextlib.contextmanager
def postgres() -> Iterator[str]:
    """The SQLAlchemy address of an empty database."""
    with server() as one:
        yield one.address


class Server:
    """A PostgreSQL that can be stopped and started again; what was committed is still there then."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._port = folder, free_port()
        self.address = f"postgresql+psycopg://desk@127.0.0.1:{self._port}/postgres"
        _run("initdb", "-D", str(folder / "data"), "-U", "desk", "-A", "trust", "-E", "UTF8")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        listens = f"-c listen_addresses=127.0.0.1 -c port={self._port} -c unix_socket_directories={self._folder}"
        _run("pg_ctl", "-D", str(self._folder / "data"), "-w", "-l", str(self._folder / "log"),
             "-o", listens, "start")  # fmt: skip

    def stop(self) -> None:
        """Stop it at once, as a power cut does."""
        _run("pg_ctl", "-D", str(self._folder / "data"), "-m", "immediate", "stop")


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """A PostgreSQL that runs, with an empty database."""
    assert PROGRAMS, "no PostgreSQL: `make postgresql` installs it"
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    _own(folder)
    try:
        made = Server(folder)
        made.start()
        try:
            yield made
        finally:
            with contextlib.suppress(subprocess.CalledProcessError):  # a test has stopped it
                made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; it refuses to work for root, so as its own user then."""
    user = {"user": "postgres"} if os.geteuid() == 0 else {}
    subprocess.run(
        [str(PROGRAMS[-1] / program), *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, **user,  # type: ignore[call-overload]
    )  # fmt: skip


def _own(folder: Path) -> None:
    if os.geteuid() == 0:
        os.chown(folder, pwd.getpwnam("postgres").pw_uid, -1)
