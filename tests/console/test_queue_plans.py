"""Many disputes are read by their indices, never as a whole (`make bench-console` times the pages)."""

import re
from datetime import UTC, datetime

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bench import made_disputes
from tests.console.conftest import NAME

QUEUE, NUMBERS = "disputes/list", "overview"
ASKED = [
    (QUEUE, {}),
    (QUEUE, {"due": "late"}),
    (QUEUE, {"street": "中北镇"}),
    (QUEUE, {"who": "mine"}),
    (QUEUE, {"q": "商店7号"}),
    (QUEUE, {"q": "0123"}),
    (NUMBERS, {"period": "30"}),
]


@pytest.mark.parametrize(
    ("path", "given"),
    ASKED,
    ids=lambda one: one if isinstance(one, str) else "-".join(one) or "all",
)
def test_no_page_reads_all_disputes_events_or_people(
    desk: TestClient, sessions: sessionmaker[Session], path: str, given: dict[str, str]
) -> None:
    made_disputes.fill(sessions, 3000, (None, NAME, "王芳"))
    made_disputes.lived(sessions, datetime.now(UTC))
    asked: dict[str, object] = {}
    engine = sessions.kw["bind"]
    event.listen(
        engine, "before_cursor_execute", lambda c, k, sql, row, *_: asked.update({sql: row})
    )
    page = desk.get(f"/desk/{path}", params=given)
    assert page.status_code == 200 and 'scope="row"' in page.text
    plans = []
    with engine.connect() as connection:
        for sql, row in [one for one in asked.items() if "FROM dispute" in one[0]]:
            explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", row)
            plans += [line[3] for line in explained]
    assert plans and not [
        one for one in plans if re.fullmatch(r"SCAN (disputes|dispute_events|people)", one)
    ]
