"""The product as on several machines: PostgreSQL, Redis, two Rasa, two action servers, two bots.

All on loopback and scratch records; each process is told what compose.yaml tells it.
"""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from cryptography.fernet import Fernet
from sqlalchemy.orm import Session, sessionmaker

from bench import databases
from bench.processes import Part, Processes
from bench.stack import free_port
from bench.whole import PLAIN
from bot import database, launch
from bot.settings import Settings

PAIRS = (1, 2)


class Several(Processes):
    """The eight processes; `doors` are the web pages of the two bots."""

    settings: Settings
    doors: list[str]
    sessions: sessionmaker[Session]
    redis_port: int


@contextlib.contextmanager
def several(telegram_api_url: str = "", telegram_token: str = "") -> Iterator[Several]:
    """All eight, answering; all of it ends with the block. Raises RuntimeError where one does not start."""
    model = launch.trained_model(Settings(_env_file=None))
    with tempfile.TemporaryDirectory(prefix="several-") as name, _postgres_folder() as data:
        ports = {part: free_port() for part in ("postgres", "redis", *_names())}
        settings = _settings(Path(name), ports, telegram_api_url, telegram_token)
        parts = {**_databases(Path(name), data, ports), **_ours(settings, model, ports)}
        product = Several(parts, Path(name))
        product.settings, product.redis_port = settings, ports["redis"]
        product.doors = [_loopback(ports[f"bot-{n}"]) for n in PAIRS]
        try:
            for part in ("postgres", "redis"):
                product.start(part)
            product.wait("postgres", "redis")
            launch.prepare(settings)
            product.sessions = database.connect(settings)
            for part in _names():
                product.start(part)
            product.wait()
            yield product
        finally:
            product.stop()


@contextlib.contextmanager
def _postgres_folder() -> Iterator[Path]:
    """A folder of its own at the top, for PostgreSQL's user may not look into ours."""
    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    try:
        databases.new_postgres(folder)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _names() -> list[str]:
    return [f"{kind}-{n}" for kind in ("actions", "rasa", "bot") for n in PAIRS]


def _loopback(port: int) -> str:
    return f"http://127.0.0.1:{port}"


def _settings(folder: Path, ports: dict[str, int], api_url: str, token: str) -> Settings:
    """What both bots and both action servers are told alike; a bureau, so that reports are taken."""
    return Settings(
        _env_file=None, var_dir=folder, operator="bureau", data_key=Fernet.generate_key().decode(),
        secret_key=Fernet.generate_key().decode(), database_url=databases.address(ports["postgres"]),
        rasa_url=",".join(_loopback(ports[f"rasa-{n}"]) for n in PAIRS),
        actions_url=",".join(_loopback(ports[f"actions-{n}"]) for n in PAIRS),
        redis_url=f"redis://127.0.0.1:{ports['redis']}/0",
        telegram_token=token, telegram_api_url=api_url or "https://api.telegram.org",
    )  # fmt: skip


def _databases(folder: Path, data: Path, ports: dict[str, int]) -> dict[str, Part]:
    postgres, redis = ports["postgres"], ports["redis"]
    return {
        "postgres": Part(databases.postgres_command(data, postgres), _inherited(),
                         lambda: databases.is_postgres_there(postgres), databases.USER),
        "redis": Part(databases.redis_command(folder, redis), _inherited(),
                      lambda: databases.redis_says(redis, "PING") == "PONG"),
    }  # fmt: skip


def _ours(settings: Settings, model: Path, ports: dict[str, int]) -> dict[str, Part]:
    """The six processes, each with an environment of its own: Rasa gets no key and no address of records."""
    told = _inherited() | _told(settings)
    parts = {}
    for n in PAIRS:
        rasa, actions, bot = (ports[f"{kind}-{n}"] for kind in ("rasa", "actions", "bot"))
        parts[f"actions-{n}"] = Part(
            [sys.executable, "-m", "actions"],
            told | {"ACTIONS_PORT": str(actions)}, _answers(actions, "/health"),
        )  # fmt: skip
        parts[f"rasa-{n}"] = Part(
            [str(launch.NLU_PYTHON), "-m", "nlu.serve", str(model), str(rasa)],
            _inherited() | {"ACTIONS_URL": _loopback(actions), "REDIS_URL": settings.redis_url},
            _answers(rasa, "/status"),
        )  # fmt: skip
        parts[f"bot-{n}"] = Part(
            [sys.executable, "-m", "bot", "serve"],
            told | {"WEB_PORT": str(bot)},
            _answers(bot, "/healthz"),
        )
    return parts


def _answers(port: int, path: str) -> Callable[[], bool]:
    return lambda: launch.answers(f"{_loopback(port)}{path}")


def _inherited() -> dict[str, str]:
    """This machine's environment without any setting of the product's."""
    names = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in names}
    ours = {key: launch.python_path()[key] for key in ("PYTHONPATH", "PYTHONUNBUFFERED")}
    return kept | ours | {"RASA_TELEMETRY_ENABLED": "false"}


def _told(settings: Settings) -> dict[str, str]:
    """What was chosen, as environment; what a `.env` of this machine might say otherwise is emptied."""
    chosen = settings.model_dump(include=settings.model_fields_set, mode="json")
    return dict.fromkeys(PLAIN, "") | {name.upper(): str(value) for name, value in chosen.items()}
