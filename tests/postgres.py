"""A PostgreSQL of its own for the tests: on loopback, in a scratch folder, ended with them."""

import contextlib
import shlex
import shutil
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
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    data, port = str(folder / "data"), free_port()
    try:
        databases.new_postgres(folder)
        listens = shlex.join(databases.listening(folder, port))
        databases.run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", listens, "start")
        try:
            yield databases.address(port)
        finally:
            databases.run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
