"""The commands of the officer for questions that were not answered, on a scratch folder."""

import runpy
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot import database, launch, settings
from bot.casework import questions


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chosen = settings.Settings(_env_file=None, var_dir=tmp_path, database_url="")
    monkeypatch.setattr(settings, "get", lambda: chosen)
    launch.prepare(chosen)


def command(monkeypatch: pytest.MonkeyPatch, *words: str) -> None:
    monkeypatch.setattr(sys, "argv", ["bot", *words])
    runpy.run_path(str(settings.ROOT / "bot" / "__main__.py"), run_name="__main__")


def test_the_list_is_by_frequency_and_one_dealt_with_leaves_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    with database.connect(settings.get()).begin() as session:
        questions.note(session, "甲问题", "ask_rights", "none", now)
        for _ in range(2):
            questions.note(session, "乙问题", "ask_rights", "unhelpful", now, shown="seven-days")
    capsys.readouterr()
    command(monkeypatch, "questions")
    first, second = capsys.readouterr().out.splitlines()
    assert "乙问题" in first and "2 次" in first and "seven-days" in first
    assert "甲问题" in second and "没有相近的" in second
    command(monkeypatch, "questions", "done", first.strip("· ").partition("：")[0])
    command(monkeypatch, "questions")
    assert "乙问题" not in capsys.readouterr().out.partition("\n")[2]


@pytest.mark.parametrize("number", ["99", "x"])
def test_a_number_that_is_not_there_ends_with_a_message(
    number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(SystemExit, match=number):
        command(monkeypatch, "questions", "done", number)


def test_an_empty_list_says_so(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    capsys.readouterr()
    command(monkeypatch, "questions")
    assert "没有待看的问题" in capsys.readouterr().out
