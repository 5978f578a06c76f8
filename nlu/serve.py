"""Starts Rasa with our adaptations, on loopback unless told otherwise: `python -m nlu.serve MODEL PORT`.

From the environment: ACTIONS_PORT, or ACTIONS_URL where the action server is on another machine;
RASA_HOST, the address to listen at; REDIS_URL (redis:// or rediss://), where several Rasa share their
memory of talks and its locks.
"""

import json
import os
import sys
import tarfile
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote, urlsplit

# For so many seconds is a talk locked by a Rasa that died in it; a turn takes less. Rasa reads it once.
os.environ.setdefault("TICKET_LOCK_LIFETIME", "15")
# One sentence is too little to share: the threads of the linear algebra spent as much as the whole turn.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")

from nlu import lean_start, rasa_version

REDIS_SECONDS = 2.0  # so long may Redis take to answer: Rasa does nothing else meanwhile


class UnusableModel(RuntimeError):
    """The model cannot be served; names the file and the mend."""


def main(model: str, port: str) -> None:
    """Serve `model` on `port`, as the environment says."""
    try:
        check(model)
        told = endpoints(os.environ)
    except (UnusableModel, ValueError) as unusable:
        sys.exit(str(unusable))
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    adapt()
    from rasa.__main__ import main as rasa

    # In memory, for it may hold the password of Redis; JSON is YAML.
    held = os.memfd_create("endpoints.yml")
    os.write(held, json.dumps(told).encode())
    sys.argv = ["rasa", "run", "--enable-api", "--port", port, "--model", model,
                "--interface", os.environ.get("RASA_HOST", "127.0.0.1"),
                "--endpoints", f"/proc/self/fd/{held}",
                "--credentials", "nlu/credentials.yml"]  # fmt: skip
    rasa()


def adapt() -> None:
    """Put our adaptations of Rasa in place. Raises WrongRasa."""
    lean_start.install()  # before the others, which import what it leaves out
    from nlu import fast_calls, fast_graph, fast_rules, fast_turn, quiet_log, whole_turn

    for adaptation in (quiet_log, fast_turn, fast_calls, fast_graph, fast_rules, whole_turn):
        adaptation.install()


def endpoints(environment: Mapping[str, str]) -> dict[str, Any]:
    """Rasa's endpoints: its action server, and where it keeps talks and locks. Raises ValueError."""
    actions = environment.get("ACTIONS_URL") or (
        f"http://127.0.0.1:{environment.get('ACTIONS_PORT') or '5055'}"
    )
    if "," in actions:
        raise ValueError("ACTIONS_URL: a Rasa has one action server; the list is for the bot")
    found: dict[str, Any] = {"action_endpoint": {"url": f"{actions.rstrip('/')}/webhook"}}
    redis_url = environment.get("REDIS_URL", "")
    if not redis_url:
        memory = "nlu.bounded_tracker_store.BoundedTrackerStore"
        return {**found, "tracker_store": {"type": memory, "max_talks": 2000}}
    found["tracker_store"] = {
        "type": "nlu.redis_tracker_store.ForgettingRedisStore",
        "redis_url": redis_url,
        "timeout_seconds": REDIS_SECONDS,
    }
    return {**found, "lock_store": {"type": "redis", **_lock_store(redis_url)}}


def _lock_store(redis_url: str) -> dict[str, Any]:
    """The parts of the address, as Rasa's own store of locks takes them."""
    parts = urlsplit(redis_url)
    if parts.scheme not in ("redis", "rediss") or not parts.hostname:
        raise ValueError("REDIS_URL must be redis://… or rediss://…")
    return {
        "url": parts.hostname,
        "port": parts.port or 6379,
        "db": int(parts.path.strip("/") or 0),
        "username": unquote(parts.username) if parts.username else None,
        "password": unquote(parts.password) if parts.password else None,
        "use_ssl": parts.scheme == "rediss",
        "socket_timeout": REDIS_SECONDS,
    }


def check(model: str) -> None:
    """Raise UnusableModel where `model` is missing, broken, or trained by another Rasa."""
    mend = "请删除它（如果有），再运行 make train"
    try:
        with tarfile.open(model) as archive:
            told = archive.extractfile("metadata.json")
            trained_by = json.load(told)["rasa_open_source_version"] if told else None
    except FileNotFoundError as missing:
        raise UnusableModel(f"没有训练好的模型 {model}：{mend}") from missing
    except (OSError, tarfile.TarError, KeyError, ValueError, EOFError) as broken:
        raise UnusableModel(f"模型文件 {model} 已损坏：{mend}") from broken
    if trained_by != rasa_version.WRITTEN_FOR:
        raise UnusableModel(
            f"模型 {model} 由 Rasa {trained_by} 训练，本程序用 {rasa_version.WRITTEN_FOR}：{mend}"
        )


if __name__ == "__main__":
    main(*sys.argv[1:3])
