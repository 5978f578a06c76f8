"""Of the doors that starlette-admin brings along the desk has two: a list, and a list as a table."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
from starlette.routing import Route
from starlette.testclient import TestClient
from starlette_admin.contrib.sqla import Admin

from bot.console import frame
from bot.console.frame import OFFERED, Desk
from bot.console.views import Listed
from bot.library import load
from tests.console import test_items
from tests.console.conftest import token

BROUGHT = [
    one for one in Admin(create_engine("sqlite://"), secret_key="for tests").routes
    if isinstance(one, Route) and one.name not in ("index", *OFFERED)
]  # fmt: skip
ASKED = {"pk": "1", "pks": "1", "field": "state", "name": "delete", "preview": "1"}


@pytest.fixture
def lists(sessions: sessionmaker[Session], settings: Any) -> dict[str, Listed]:
    """The lists of the desk, with a record in most of them."""
    test_items.furnish(sessions)
    made = [view(Desk(sessions, settings, None)) for view in frame.VIEWS]  # type: ignore[arg-type]
    return {str(one.key): one for one in made if isinstance(one, Listed)}


@pytest.mark.parametrize("role", ["officer", "administrator"])
def test_what_the_desk_does_not_offer_is_not_there(
    another: Callable[..., TestClient], lists: dict[str, Listed], role: str
) -> None:
    desk = another("王芳", role)
    csrf = token(desk.get("/desk/account").text)
    doors = [
        (door, key, method)
        for door in BROUGHT
        for key in (*lists, "no-such")
        for method in ("GET", "POST")
    ]
    for door, key, method in doors:
        path = door.path.replace("{key}", key).replace("{storage}", "x").replace("{path:path}", "y")
        data = {"csrftoken": csrf} if method == "POST" else None
        answer = desk.request(
            method, f"/desk{path}", params=ASKED, data=data, follow_redirects=False
        )
        assert answer.status_code == 404, (method, path)
        assert load("desk")["faults"]["404"]["text"] in answer.text


def test_the_table_of_what_is_brought_along_is_not_empty() -> None:
    assert {"inline-edit", "inline-edit-row", "relation-lookup", "import", "row-action", "file",
            "detail", "create", "edit"} <= {one.name for one in BROUGHT}  # fmt: skip


def test_a_list_has_no_action_but_to_be_taken_out(
    another: Callable[..., TestClient], lists: dict[str, Listed]
) -> None:
    desk = another("王芳", "administrator")
    form = {"csrftoken": token(desk.get("/desk/account").text)}
    for asked in ({}, {"name": "delete", "pks": "1"}, {"name": "__init__"}):
        for key in lists:
            answer = desk.post(f"/desk/_api/{key}/action", params=asked, data=form)
            assert answer.status_code == 404, (key, asked)


def test_a_list_is_taken_out_only_where_it_may_be(
    another: Callable[..., TestClient], lists: dict[str, Listed]
) -> None:
    """Where there is no button there is no door either: 403 in our words, for role as for list."""
    desk = another("王芳", "officer")
    form = {"csrftoken": token(desk.get("/desk/account").text), "format": "csv", "scope": "all"}
    refused = set()
    for key, view in lists.items():
        asked = {"name": "export", "all": "1", "_list_query": ""}
        answer = desk.post(f"/desk/_api/{key}/action", params=asked, data=form)
        may = "officer" in view.roles and view.can_export(None)  # type: ignore[arg-type]
        assert answer.status_code == (200 if may else 403), key
        if not may:
            refused.add(key)
            assert load("desk")["faults"]["403"]["text"] in answer.text
    assert refused >= {"callbacks", "questions", "reports", "notices", "log"}


QUERIES = ("page=99999999999999999999", "page=-1", "page_size=7", "filter=who__contains=x", "filter=((",
           "sort=phone__desc", "cols=x", "q=%00", "state=%00")  # fmt: skip


def test_a_list_that_is_asked_for_oddly_is_drawn_or_refused(
    another: Callable[..., TestClient], lists: dict[str, Listed]
) -> None:
    desk = another("王芳", "administrator")
    for query in QUERIES:
        for key in lists:
            answer = desk.get(f"/desk/{key}/list?{query}")
            assert answer.status_code in (200, 400), (key, query)
