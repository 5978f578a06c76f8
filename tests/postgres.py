"""A PostgreSQL of its own for the tests: on loopback, in a scratch folder, ended with them."""

import contextlib
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

from bench import databases
from bench.stack import free_port


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
        self.address = databases.address(self._port)
        databases.new_postgres(folder)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        listens = shlex.join(databases.listening(self._folder, self._port))
        self._control("-w", "-l", str(self._folder / "log"), "-o", listens, "start")

    def stop(self) -> None:
        """Stop it at once, as a power cut does."""
        self._control("-m", "immediate", "stop")

    def _control(self, *arguments: str) -> None:
        databases.run("pg_ctl", "-D", str(self._folder / "data"), *arguments)


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """A PostgreSQL that runs, with an empty database."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
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
