"""The whole product served on a port of this machine: pages, channels and clock, as in its process."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

import httpx
import uvicorn
from sqlalchemy import select

from bench.stack import Stack, Talk, free_port
from bot import app
from bot.casework.records import Person
from bot.settings import Settings

PATIENCE_SECONDS = 30.0  # how long a test waits for what happens by itself


@contextlib.contextmanager
def served(settings: Settings) -> Iterator[str]:
    """The product of these settings, begun and ended as uvicorn does it; yields its address."""
    config = uvicorn.Config(app.build(settings), port=0, log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    until(lambda: server.started)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


@contextlib.contextmanager
def without_rasa(running: Stack) -> Iterator[None]:
    """Rasa is dead inside the block, and answers again after it."""
    running.kill("rasa")
    try:
        yield
    finally:
        running.start("rasa")
        running.wait()


@contextlib.contextmanager
def out_of_reach(running: Stack) -> Iterator[None]:
    """Nobody listens where a talk looks for Rasa, which remembers all after the block."""
    before = running.settings
    running.settings = before.model_copy(update={"rasa_port": free_port()})
    try:
        yield
    finally:
        running.settings = before


def forget(running: Stack, talk: Talk) -> None:
    """Rasa forgets a citizen, as in a restart: their tracker is empty."""
    with running.sessions() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
    kept = f"{running.settings.rasa_urls()}/conversations/{who.key}/tracker/events"
    httpx.put(kept, json=[], timeout=30).raise_for_status()


def until(is_so: Callable[[], object], seconds: float = PATIENCE_SECONDS, what: str = "it") -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"{what} did not happen within {seconds:g} s"
        time.sleep(0.05)
