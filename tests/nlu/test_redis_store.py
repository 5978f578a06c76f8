"""Rasa's memory in a real Redis: it is replaced and not merged, forgets, may be emptied, and may be gone."""

import shutil
import subprocess
import time
from collections.abc import Iterator

import pytest

from bench.stack import free_port
from bot import launch
from tests.nlu.conftest import RunsInRasa

STORE = """
import asyncio, time
import redis
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from nlu.redis_tracker_store import ForgettingRedisStore
URL = "redis://127.0.0.1:{port}/0"
def store(**more):
    return ForgettingRedisStore(Domain.empty(), redis_url=URL, **more)
def talk(*texts):
    made = DialogueStateTracker("key-1", [])
    for text in texts:
        made.update(UserUttered(text))
    return made
def save(one, tracker):
    asyncio.run(one.save(tracker))
def heard(one):
    found = asyncio.run(one.retrieve("key-1"))
    return None if found is None else [e.text for e in found.events if isinstance(e, UserUttered)]
red = redis.StrictRedis.from_url(URL)
"""


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[int, "subprocess.Popen[bytes]"]]:
    """A Redis that keeps nothing on disk. Without one the tests fail, not skip."""
    program = shutil.which("redis-server")
    assert program, "no Redis: `make redis` installs it"
    port, folder = free_port(), tmp_path_factory.mktemp("redis")
    command = [
        program,
        "--port",
        str(port),
        "--bind",
        "127.0.0.1",
        "--save",
        "",
        "--dir",
        str(folder),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    while not launch.is_taken(port):
        assert process.poll() is None
        time.sleep(0.05)
    yield port, process
    process.kill()
    process.wait()


def run(rasa_python: RunsInRasa, port: int, code: str) -> None:
    error = rasa_python(STORE.replace("{port}", str(port)) + code)
    assert not error, error


SCENES = {
    "a talk comes back as it was": """
save(store(), talk("一", "二"))
assert heard(store()) == ["一", "二"]  # another process
""",
    "it is replaced, not merged": """
save(store(), talk("一", "二"))
save(store(), talk("三"))
assert heard(store()) == ["三"]
save(store(), talk())
assert not heard(store())
""",
    "only the newest events are kept": """
save(store(), talk(*map(str, range(500))))
assert heard(store(max_events=5)) == ["495", "496", "497", "498", "499"]
""",
    "a talk that rests is forgotten": """
save(store(keep_seconds=1), talk("一"))
assert 0 < red.ttl(store().key_prefix + "key-1") <= 1
time.sleep(1.2)
assert heard(store()) is None
save(store(), talk("一"))
assert 80_000 < red.ttl(store().key_prefix + "key-1") <= 86_400
""",
    "one that was emptied begins anew and goes on": """
save(store(), talk("一"))
red.flushall()
one = store()
assert heard(one) is None
made = asyncio.run(one.get_or_create_tracker("key-1"))
assert not [e for e in made.events if isinstance(e, UserUttered)]
made.update(UserUttered("二"))
save(one, made)
assert heard(store()) == ["二"]
""",
}


@pytest.mark.parametrize("scene", SCENES)
def test_what_rasa_remembers(
    rasa_python: RunsInRasa, server: tuple[int, object], scene: str
) -> None:
    run(rasa_python, server[0], "red.flushall()\n" + SCENES[scene])


def test_a_redis_that_is_gone_or_hangs_is_told_soon(rasa_python: RunsInRasa) -> None:
    """Then Rasa answers nothing, and the dialogue keeps the message and tells its citizen so."""
    code = """
import socket
deaf = socket.socket(); deaf.bind(("127.0.0.1", 0)); deaf.listen()
for url in (URL, f"redis://127.0.0.1:{deaf.getsockname()[1]}/0"):
    one = ForgettingRedisStore(Domain.empty(), redis_url=url, timeout_seconds=0.5)
    began = time.monotonic()
    for work in (lambda: save(one, talk("一")), lambda: heard(one)):
        try:
            work()
        except redis.RedisError:
            continue
        raise AssertionError("no fault")
    assert time.monotonic() - began < 5
"""
    run(rasa_python, free_port(), code)
