"""compose.yaml and Dockerfile in step with the code: commands, settings, what is published, who gets a key."""

import importlib.util
import re
import shlex
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.settings import ROOT, Settings

COMPOSED: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSED["services"]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
KINDS = {"rasa": ("rasa-1", "rasa-2"), "actions": ("actions-1", "actions-2"), "bot": ("bot-1", "bot-2")}  # fmt: skip
OURS = [name for names in KINDS.values() for name in names]
OTHERS = {"FORWARDED_ALLOW_IPS"}  # read by uvicorn, and by nobody of ours
SECRETS = {"DATA_KEY", "SECRET_KEY", "DATABASE_URL"}


def read_by_rasa() -> set[str]:
    """The names that nlu/serve.py reads from its environment."""
    text = (ROOT / "nlu" / "serve.py").read_text(encoding="utf-8")
    return set(re.findall(r'environ(?:ment)?\.get\("(\w+)"', text))


def supervised(kind: str) -> list[str]:
    """The command of a kind in supervisord.conf, from `python` on."""
    found = RawConfigParser()
    found.read(ROOT / "supervisord.conf", encoding="utf-8")
    words = shlex.split(found[f"program:{kind}"]["command"])
    return words[next(n for n, word in enumerate(words) if word.endswith("/python")) :]


def ports(name: str) -> list[str]:
    return [str(one) for one in SERVICES[name].get("ports", ())]


def test_two_of_each_kind_and_what_they_share() -> None:
    assert set(SERVICES) == {*OURS, "postgres", "redis", "prepare"}


@pytest.mark.parametrize(("kind", "name"), [(k, one) for k, names in KINDS.items() for one in names])  # fmt: skip
def test_each_runs_as_under_the_supervisor(kind: str, name: str) -> None:
    """Word by word, but for where this machine has its folders, its model and its ports."""
    here, there = SERVICES[name]["command"], supervised(kind)
    assert len(here) == len(there)
    for word, other in zip(here, there, strict=True):
        place = re.fullmatch(r"%\(ENV_\w+\)s(/.*)?", other)
        assert word == other if place is None else word.endswith((place[1] or "").lstrip("/"))


@pytest.mark.parametrize("name", [*OURS, "prepare"])
def test_the_module_of_each_command_is_there(name: str) -> None:
    command = SERVICES[name]["command"]
    module = command[command.index("-m") + 1]
    assert importlib.util.find_spec(module) is not None
    if module == "bot":
        text = (ROOT / "bot" / "__main__.py").read_text(encoding="utf-8")
        assert f'"{command[-1]}": {command[-1]}' in text


@pytest.mark.parametrize("name", [*OURS, "prepare"])
def test_what_each_is_told_is_read(name: str) -> None:
    told = set(SERVICES[name]["environment"])
    known = {field.upper() for field in Settings.model_fields} | OTHERS
    assert told <= (read_by_rasa() if name in KINDS["rasa"] else known)


def test_only_the_web_page_is_published_and_only_on_this_machine() -> None:
    for name, service in SERVICES.items():
        assert "network_mode" not in service and "expose" not in service
        if name not in KINDS["bot"]:
            assert not ports(name) and service["networks"] == ["inside"]
            continue
        (one,) = ports(name)
        host, _, inner = one.rsplit(":", 2)
        assert (host, inner) == ("127.0.0.1", SERVICES[name]["environment"]["WEB_PORT"])
    assert len({ports(name)[0] for name in KINDS["bot"]}) == 2
    assert COMPOSED["networks"]["inside"] == {"internal": True}


def test_no_secret_stands_in_the_file_and_none_reaches_rasa_or_redis() -> None:
    """Each is asked of the environment file, and missed with a message."""
    for name, service in SERVICES.items():
        for key, value in service.get("environment", {}).items():
            if re.search(r"KEY|PASSWORD|DATABASE_URL", key):
                assert re.search(r"\$\{\w+:\?[^}]+\}", value), (name, key)
    for name in (*KINDS["rasa"], "redis"):
        assert "env_file" not in SERVICES[name]
        assert not SECRETS & set(SERVICES[name].get("environment", {}))


@pytest.mark.parametrize("name", [*KINDS["actions"], *KINDS["bot"]])
def test_all_are_told_the_same_addresses_and_wait_for_the_migration(name: str) -> None:
    """As many action servers as Rasa, each with its own, in the order that the bots are told."""
    told = SERVICES[name]["environment"]
    assert SERVICES[name]["env_file"] == ".env" and set(told) >= SECRETS
    assert told["RASA_URL"] == ",".join(f"http://{one}:5005" for one in KINDS["rasa"])
    own = [SERVICES[one]["environment"]["ACTIONS_URL"] for one in KINDS["rasa"]]
    assert told["ACTIONS_URL"].split(",") == own == [f"http://{one}:5055" for one in KINDS["actions"]]  # fmt: skip
    assert {told["REDIS_URL"]} == {SERVICES[one]["environment"]["REDIS_URL"] for one in KINDS["rasa"]}  # fmt: skip
    assert SERVICES[name]["depends_on"] == {"prepare": {"condition": "service_completed_successfully"}}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "path", "listens"),
    [("bot", "/healthz", "WEB_HOST"), ("actions", "/health", "ACTIONS_HOST"), ("rasa", "/status", "RASA_HOST")],
)  # fmt: skip
def test_each_is_asked_whether_it_is_well_at_the_port_where_it_listens(
    kind: str, path: str, listens: str
) -> None:
    for name in KINDS[kind]:
        service = SERVICES[name]
        told = service["environment"]
        port = told.get("WEB_PORT") or told.get("ACTIONS_PORT") or service["command"][-1]
        assert f"http://127.0.0.1:{port}{path}" in service["healthcheck"]["test"][-1]
        assert service["environment"][listens] == "0.0.0.0"
        assert service["restart"] == "unless-stopped"


def test_volumes_are_named() -> None:
    used = {one.partition(":")[0] for service in SERVICES.values() for one in service.get("volumes", ())}  # fmt: skip
    assert used == set(COMPOSED["volumes"])


def test_what_the_images_are_made_of_is_there_and_no_secret_is_copied() -> None:
    copied = [word for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.M) for word in line.split()[:-1]]  # fmt: skip
    assert copied and all((ROOT / one).exists() for one in copied) and "." not in copied
    targets = set(re.findall(r"^FROM \S+ AS (\w+)$", DOCKERFILE, re.M))
    assert targets == {one["build"]["target"] for one in SERVICES.values() if "build" in one}
    left_out = Path(ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert {".env*", "var", "**/.venv"} <= set(left_out)


def test_the_image_of_rasa_holds_all_that_its_model_is_made_of() -> None:
    """The stage knows no other file of ours than those that go into the model, and how to serve it."""
    stage = DOCKERFILE.partition(" AS rasa")[2]
    text = (ROOT / "nlu" / "train.py").read_text(encoding="utf-8")
    needed = re.findall(r'"([\w/.*]+)"', text.partition("GOES_IN = (")[2].partition(")")[0])
    copied = re.findall(r"[\w/.]+", " ".join(re.findall(r"^COPY (.+)$", stage, re.M)))
    for one in needed:
        start = one.partition("*")[0].rstrip("/")
        assert any(start == place or start.startswith(f"{place}/") for place in copied), one
