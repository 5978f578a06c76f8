"""What the action server has read before it listens: the first words find nothing left to read."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker

from actions import warming
from bot import database, launch, library
from bot.casework import guidance, recall_matching, recall_question, recalls
from bot.library import guidance_loader
from bot.settings import Settings


@pytest.fixture
def records(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> sessionmaker[Session]:
    settings = Settings(_env_file=None, var_dir=tmp_path)
    launch.prepare(settings)
    made = database.connect(settings)
    monkeypatch.setattr(warming, "sessions", lambda: made)
    return made


def forget() -> None:
    """As in a process that has just begun."""
    for module in (library, guidance_loader, guidance, recall_question, recall_matching):
        for one in vars(module).values():
            getattr(one, "cache_clear", lambda: None)()


def refuse(*_given: Any, **_more: Any) -> Any:
    raise AssertionError("read in a citizen's turn")


@pytest.mark.parametrize(
    "asked",
    [
        lambda session: guidance.choose("网购的鞋能退吗"),
        lambda session: recalls.find(session, "美的电饭煲有没有召回"),
        lambda session: recalls.names_a_product("电饭煲还能用吗"),
        lambda session: [library.load(path.stem) for path in library.FOLDER.glob("*.yml")],
    ],
    ids=["a rule", "a recall", "a product", "any table"],
)
def test_the_first_words_find_nothing_left_to_read(
    records: sessionmaker[Session],
    monkeypatch: pytest.MonkeyPatch,
    asked: Callable[[Session], Any],
) -> None:
    forget()
    warming.warm()
    monkeypatch.setattr(library, "parsed", refuse)
    monkeypatch.setattr(recalls, "_made_anew", refuse)
    with records() as session:
        assert asked(session)


def test_where_the_records_are_away_the_server_starts_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def away() -> Any:
        raise OperationalError("select", {}, Exception("no such host"))

    monkeypatch.setattr(warming, "sessions", lambda: away)
    warming.warm()
