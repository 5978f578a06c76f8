"""The whole product served on a port of this machine: pages, channels and clock, as in its process."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator

import uvicorn

from bench.stack import Stack
from bot import app
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


def until(is_so: Callable[[], object], seconds: float = PATIENCE_SECONDS, what: str = "it") -> None:
    """Wait for something to become true."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, f"{what} did not happen within {seconds:g} s"
        time.sleep(0.05)
