"""The list of threats in step with the tests: every test that it names is there, and every threat names one."""

import ast
import re
from pathlib import Path

import pytest

from bot.settings import ROOT

TEXT = (ROOT / "docs" / "threats.md").read_text(encoding="utf-8")
NAMED = sorted(set(re.findall(r"`([\w/]+\.py)::(\w+)`", TEXT)))


def threats() -> list[list[str]]:
    """The rows of the tables that end with tests: threat, what stands against it, tests."""
    rows, is_threats = [], False
    for line in TEXT.splitlines():
        cells = [cell.strip() for cell in line.strip("|").split(" | ")] if line[:1] == "|" else []
        if cells[:1] == ["threat"]:
            is_threats = True
        elif not cells:
            is_threats = False
        elif is_threats and not cells[0].startswith("---"):
            rows.append(cells)
    return rows


def named_in(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    found = (one for one in tree.body if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef))
    return {one.name for one in found if one.name.startswith("test_")}


@pytest.mark.parametrize("file", sorted({file for file, _ in NAMED}))
def test_every_test_that_is_named_is_there(file: str) -> None:
    path = ROOT / "tests" / file
    assert path.exists()
    assert {name for one, name in NAMED if one == file} <= named_in(path)


def test_every_threat_has_its_defence_and_its_test() -> None:
    rows = threats()
    assert len(rows) >= 30
    for row in rows:
        assert len(row) == 3 and all(row), row
        assert re.fullmatch(r"`[\w/]+\.py::test_\w+`(, `[\w/]+\.py::test_\w+`)*", row[2]), row[0]


def test_nothing_else_looks_like_a_test_and_is_none() -> None:
    assert TEXT.count("::test_") == len(re.findall(r"`[\w/]+\.py::test_\w+`", TEXT))
