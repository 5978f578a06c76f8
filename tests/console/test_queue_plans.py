"""The queue with many disputes is read by its indices, never as a whole (`make bench-console` times it)."""

import re

import pytest
from sqlalchemy import event
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bench import made_disputes
from tests.console.conftest import NAME

ASKED = [
    {},
    {"due": "late"},
    {"street": "中北镇"},
    {"who": "mine"},
    {"q": "商店7号"},
    {"q": "0123"},
]


@pytest.mark.parametrize("given", ASKED, ids=lambda given: "-".join(given) or "all")
def test_no_page_of_the_queue_reads_all_disputes_or_people(
    desk: TestClient, sessions: sessionmaker[Session], given: dict[str, str]
) -> None:
    made_disputes.fill(sessions, 3000, (None, NAME, "王芳"))
    asked: dict[str, object] = {}
    engine = sessions.kw["bind"]
    event.listen(
        engine, "before_cursor_execute", lambda c, k, sql, row, *_: asked.update({sql: row})
    )
    page = desk.get("/desk/disputes/list", params=given)
    assert page.status_code == 200 and 'scope="row"' in page.text
    plans = []
    with engine.connect() as connection:
        for sql, row in [one for one in asked.items() if "FROM disputes" in one[0]]:
            explained = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {sql}", row)
            plans += [line[3] for line in explained]
    assert plans and not [one for one in plans if re.fullmatch(r"SCAN (disputes|people)", one)]
