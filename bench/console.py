"""`make bench-console DISPUTES=100000`: how long the desk's queue and numbers take, beside a tenth of as many."""

import json
import os
import re
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from starlette.applications import Starlette
from starlette.testclient import TestClient

from bench import made_disputes
from bot import database
from bot.casework import officers
from bot.console import frame
from bot.settings import Settings

NAME, PASSWORD = "李明", "a word for one run only"
TIMES = 40
QUEUE, NUMBERS = "/desk/disputes/list", "/desk/overview"
ASKED: dict[str, tuple[str, dict[str, str]]] = {
    "first page": (QUEUE, {}), "late": (QUEUE, {"due": "late"}),
    "a street": (QUEUE, {"street": "中北镇"}), "mine": (QUEUE, {"who": "mine"}),
    "a shop": (QUEUE, {"q": "商店7号"}), "a phone": (QUEUE, {"q": "0123"}),
    "30 days": (NUMBERS, {"period": "30"}), "90 days": (NUMBERS, {"period": "90"}),
    "a year": (NUMBERS, {"period": "365"}),
}  # fmt: skip


def main(count: int) -> None:
    """Ask both for each page, print the 95th percentiles; the last line is JSON."""
    few, many = measured(count // 10), measured(count)
    print(f"p95 in ms   {count // 10:>9}  {count:>9}")
    for name in ASKED:
        print(f"{name:<11} {few[name]:9.0f}  {many[name]:9.0f}")
    print(json.dumps({"disputes": count, "p95_ms": many, "p95_ms_of_a_tenth": few}))


def measured(count: int) -> dict[str, float]:
    """The 95th percentile of each page, in ms, over `count` disputes on SQLite."""
    with desk(count) as client:
        return {name: percentile(client, *asked) for name, asked in ASKED.items()}


@contextmanager
def desk(count: int) -> Iterator[TestClient]:
    """An officer's browser at a desk with that many disputes."""
    with tempfile.TemporaryDirectory() as folder:
        settings = Settings(_env_file=None, var_dir=Path(folder), database_url="")
        database.migrate(settings)
        sessions = database.connect(settings)
        made_disputes.fill(sessions, count, (None, NAME, "王芳"))
        made_disputes.lived(sessions, datetime.now(UTC))
        with sessions.begin() as session:
            officers.save(session, NAME, "officer", PASSWORD, datetime.now(UTC))
        app = Starlette()
        frame.mount(app, sessions, settings)
        with TestClient(app, base_url="http://desk.test") as client:
            form = {"username": NAME, "password": PASSWORD, "csrftoken": _token(client)}
            assert client.post("/desk/login", data=form).status_code == 200
            yield client


def percentile(client: TestClient, path: str, given: dict[str, str]) -> float:
    """The 95th percentile of one page, asked for TIMES times. Raises where it lists nothing."""
    took = []
    for _ in range(TIMES):
        started = time.perf_counter()
        page = client.get(path, params=given)
        took.append((time.perf_counter() - started) * 1000)
        assert page.status_code == 200 and 'scope="row"' in page.text, given
    return round(statistics.quantiles(took, n=20)[-1], 1)


def _token(client: TestClient) -> str:
    found = re.search(r'name="csrftoken" value="([^"]+)"', client.get("/desk/login").text)
    assert found is not None
    return found[1]


if __name__ == "__main__":
    main(int(os.environ.get("DISPUTES", "100000")))
