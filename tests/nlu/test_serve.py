"""What Rasa is told by its environment: its action server, and where it keeps talks and locks."""

import json
import subprocess
from typing import Any

import pytest

from bot import launch
from bot.settings import ROOT

PROGRAM = """
import json, sys
from nlu import serve
try:
    print(json.dumps(serve.endpoints(json.loads(sys.argv[1]))))
except ValueError as error:
    print(json.dumps({"error": str(error)}))
"""


def endpoints(**environment: str) -> dict[str, Any]:
    done = subprocess.run(
        [str(launch.NLU_PYTHON), "-c", PROGRAM, json.dumps(environment)],
        cwd=ROOT, env=launch.python_path(), capture_output=True, text=True, check=True,
    )  # fmt: skip
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_alone_it_keeps_talks_in_a_bounded_memory_and_asks_loopback() -> None:
    told = endpoints(ACTIONS_PORT="5066")
    assert told["action_endpoint"]["url"] == "http://127.0.0.1:5066/webhook"
    assert told["tracker_store"]["type"].endswith("BoundedTrackerStore")
    assert "lock_store" not in told


def test_with_redis_talks_and_locks_are_shared() -> None:
    told = endpoints(
        REDIS_URL="rediss://me:p%40ss@cache:6380/2", ACTIONS_URL="http://actions-1:5055/"
    )
    assert told["action_endpoint"]["url"] == "http://actions-1:5055/webhook"
    lock = told["lock_store"]
    assert (lock["type"], lock["url"], lock["port"], lock["db"]) == ("redis", "cache", 6380, 2)
    assert (lock["username"], lock["password"], lock["use_ssl"]) == ("me", "p@ss", True)
    assert told["tracker_store"]["redis_url"] == "rediss://me:p%40ss@cache:6380/2"


@pytest.mark.parametrize(
    "wrong", [{"REDIS_URL": "cache:6379"}, {"ACTIONS_URL": "http://a:1,http://b:1"}], ids=str
)
def test_what_cannot_be_is_told_by_name(wrong: dict[str, str]) -> None:
    assert next(iter(wrong)) in endpoints(**wrong)["error"]
