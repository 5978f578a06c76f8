"""Keys, tokens and numbers: where they may go, how they are compared, and that they cannot be guessed."""

import ast
import configparser
import hmac
import re
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.testclient import TestClient

from bot.casework import disputes, links
from bot.channels import telegram_webhook, web
from bot.metrics_page import MetricsPage
from bot.settings import ROOT, Settings

# Settings that hold a key or a password; a name that looks like one and is none is named beside.
OF_A_SECRET = re.compile(r"key|token|secret|password|_url$")
# Rasa's own addresses hold none, and the password of its Redis is Rasa's own.
NO_SECRET = {"public_url", "telegram_api_url", "rasa_url", "actions_url", "redis_url"}


@pytest.fixture
def supervised() -> configparser.RawConfigParser:
    found = configparser.RawConfigParser()
    found.read(ROOT / "supervisord.conf")
    return found


def test_rasa_and_its_actions_listen_on_loopback_alone() -> None:
    tree = ast.parse((ROOT / "nlu" / "serve.py").read_text(encoding="utf-8"))
    starts = [
        [ast.unparse(one).strip("'") for one in node.value.elts]
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "sys.argv"
    ]
    assert len(starts) == 1 and starts[0][:3] == ["rasa", "run", "--enable-api"]
    listens = starts[0][starts[0].index("--interface") + 1]
    assert listens == "os.environ.get('RASA_HOST', '127.0.0.1')"
    settings = Settings(_env_file=None)
    assert settings.actions_host == "127.0.0.1"
    for url in (settings.rasa_urls(), settings.actions_urls()):
        assert url.startswith("http://127.0.0.1:")


def test_no_secret_setting_reaches_rasas_environment(supervised: Any) -> None:
    secret = {name for name in Settings.model_fields if OF_A_SECRET.search(name)} - NO_SECRET
    assert secret >= {"data_key", "secret_key", "telegram_token", "smtp_url", "metrics_token"}
    taken_away = set(re.findall(r"-u (\w+)", supervised["program:rasa"]["command"]))
    assert taken_away == {name.upper() for name in secret}


class Compared:
    """Stands for hmac.compare_digest and notes what it was given."""

    def __init__(self, real: Any) -> None:
        self.real, self.given = real, []  # type: ignore[var-annotated]

    def __call__(self, one: Any, other: Any) -> bool:
        self.given.append((one, other))
        return bool(self.real(one, other))


async def _nothing(_row: dict[str, Any]) -> int:
    return 200


def _cookie(settings: Settings) -> Starlette:
    async def page(request: Request) -> Response:
        return Response(web._citizen(request, settings.signing_key()) or "")

    return Starlette(routes=[Route("/", page)])


@pytest.mark.parametrize(
    ("door", "path", "headers"),
    [
        ("webhook", "/telegram/updates", {telegram_webhook.HEADER: "s3crex"}),
        ("metrics", "/metrics", {"authorization": "Bearer s3crex"}),
        ("cookie", "/", {"cookie": "citizen=abc.s3crex"}),
    ],
)
def test_secrets_are_compared_in_constant_time(
    monkeypatch: pytest.MonkeyPatch, door: str, path: str, headers: dict[str, str]
) -> None:
    settings = Settings(_env_file=None, metrics_token="s3cret", secret_key="for tests")
    apps = {
        "webhook": Starlette(routes=[telegram_webhook.route("s3cret", _nothing)]),
        "metrics": Starlette(routes=MetricsPage(None, settings).routes()),  # type: ignore[arg-type]
        "cookie": _cookie(settings),
    }
    compared = Compared(hmac.compare_digest)
    monkeypatch.setattr(hmac, "compare_digest", compared)
    method = "POST" if door == "webhook" else "GET"
    answer = TestClient(apps[door]).request(method, path, headers=headers)
    assert answer.status_code == 403 or not answer.text
    assert any(b"s3crex" in given for given, _ in compared.given)


def test_record_numbers_cannot_be_counted_on(session: Any, citizen: Any, now: Any) -> None:
    numbers = []
    for _ in range(300):
        made = disputes.start(session, citizen, now)
        made.merchant, made.facts = "某店", "坏了"
        disputes.lodge(session, made, operator="bureau", limit=0, now=now)  # type: ignore[arg-type]
        numbers.append(str(made.number))
    assert len(set(numbers)) == 300 and numbers != sorted(numbers)
    for place in range(8):  # each letter comes from the whole alphabet
        assert len({number[place] for number in numbers}) > 25
    assert all(set(number) <= set(disputes.NUMBER_ALPHABET) for number in numbers)
    with pytest.raises(links.Invalid):
        links.read("for tests", links.CASE, numbers[0], links.CASE_SECONDS)
