"""PostgreSQL and Redis from the system's packages, on loopback and in scratch folders, for tests and benches."""

import os
import pwd
import subprocess
from pathlib import Path

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
REDIS = Path("/usr/bin/redis-server")
# PostgreSQL refuses to work for root, so it works as its own user then.
USER = "postgres" if os.geteuid() == 0 else None


def new_postgres(folder: Path) -> None:
    """Make an empty database in `folder`, which becomes its user's."""
    assert PROGRAMS, "no PostgreSQL: `make postgresql` installs it"
    if USER is not None:
        os.chown(folder, pwd.getpwnam(USER).pw_uid, -1)
    run("initdb", "-D", str(folder / "data"), "-U", "desk", "-A", "trust", "-E", "UTF8")


def listening(folder: Path, port: int) -> list[str]:
    """What the server of `folder` is told: loopback and a port, no socket outside of the folder."""
    chosen = ("listen_addresses=127.0.0.1", f"port={port}", f"unix_socket_directories={folder}")
    return [part for one in chosen for part in ("-c", one)]


def address(port: int) -> str:
    """The SQLAlchemy address."""
    return f"postgresql+psycopg://desk@127.0.0.1:{port}/postgres"


def postgres_command(folder: Path, port: int) -> list[str]:
    """The server itself, in the foreground."""
    return [str(PROGRAMS[-1] / "postgres"), "-D", str(folder / "data"), *listening(folder, port)]


def is_postgres_there(port: int) -> bool:
    """Whether it takes connections: not while it is still starting."""
    at = ("-h", "127.0.0.1", "-p", str(port), "-U", "desk", "-d", "postgres")
    asked = [str(PROGRAMS[-1] / "pg_isready"), "-q", *at]
    return subprocess.run(asked, check=False).returncode == 0


def run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs to its end. Raises CalledProcessError."""
    subprocess.run(
        [str(PROGRAMS[-1] / program), *arguments], check=True, cwd="/", stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, user=USER,
    )  # fmt: skip


def redis_command(folder: Path, port: int) -> list[str]:
    """A Redis that keeps nothing on disk, as a cache may."""
    assert REDIS.exists(), "no Redis: `make redis` installs it"
    return [str(REDIS), "--bind", "127.0.0.1", "--port", str(port), "--dir", str(folder),
            "--save", "", "--appendonly", "no"]  # fmt: skip


def redis_says(port: int, command: str) -> str:
    """What Redis answers to a command; empty where it is not there."""
    asked = ["redis-cli", "-h", "127.0.0.1", "-p", str(port), command]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
