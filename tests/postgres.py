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
    assert PROGRAMS, "no PostgreSQL: `make postgresql` installs it"
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    port = free_port()
    _own(folder)
    try:
        _run("initdb", "-D", str(folder / "data"), "-U", "desk", "-A", "trust", "-E", "UTF8")
        listens = (
            f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
        )
        _run("pg_ctl", "-D", str(folder / "data"), "-w", "-l", str(folder / "log"),
             "-o", listens, "start")  # fmt: skip
        try:
            yield f"postgresql+psycopg://desk@127.0.0.1:{port}/postgres"
        finally:
            _run("pg_ctl", "-D", str(folder / "data"), "-m", "immediate", "stop")
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
