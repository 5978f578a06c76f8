"""SOURCES: a table of recalls that officers keep (CSV or .xlsx), its columns by name. Pure."""

import csv
import io
import re
from collections.abc import Sequence

from bot.library import load
from bot.sources import china, html, workbook
from bot.sources.charset import decode
from bot.sources.notice import Notice, NotRead, Problem, Read, text
from bot.sources.workbook import Cell

CODE = "table"
HEAD_ROWS = 10  # among which the headings stand; a title may stand above them
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+")  # what Excel makes of a long number
_CODES = ("key", "models", "batch")

Rows = Sequence[tuple[int, list[Cell]]]  # with the number of each row


def read(data: bytes, url: str, declared: str | None = None) -> Read:
    """The rows of a table. Values stay text, so that leading zeros are kept. Raises NotRead.

    Columns are known by the names in `labels` of sources.yml, whatever their order and width. Of a
    workbook the first sheet that has them is read; another that has them too is a problem.
    """
    if not workbook.is_workbook(data):
        return _read(_of_text(data, declared))
    sheets = workbook.sheets(data)
    tables = [one for one in sheets if _head(one.rows) is not None]
    if not tables:
        raise NotRead("no_column" if any(one.rows for one in sheets) else "empty")
    found = _read(tables[0].rows)
    others = tuple(Problem(one.name, "other_sheet") for one in tables[1:])
    return Read(found.notices, (*found.problems, *others))


def _of_text(data: bytes, declared: str | None) -> Rows:
    lines = decode(data, declared).lstrip("\ufeff")
    mark = "\t" if "\t" in lines.split("\n", 1)[0] else ","
    rows = csv.reader(io.StringIO(lines, newline=""), delimiter=mark)
    return [(line, [Cell(one) for one in cells]) for line, cells in enumerate(rows, start=1)]


def _head(rows: Rows) -> int | None:
    """The place of the row of headings; None where none of the first rows is one."""
    needs = set(load("sources")["table_needs"])
    for place, (_, cells) in enumerate(rows[:HEAD_ROWS]):
        if needs <= {china.label(cell.text) for cell in cells}:
            return place
    return None


def _read(rows: Rows) -> Read:
    place = _head(rows)
    if place is None:
        raise NotRead("no_column")
    head = [china.label(cell.text) for cell in rows[place][1]]
    notices: list[Notice] = []
    problems: list[Problem] = []
    for line, cells in rows[place + 1 :]:
        if any(cell.text.strip() or cell.doubt for cell in cells):
            try:
                notices.append(_notice(head, cells))
            except NotRead as bad:
                problems.append(Problem(str(line), bad.reason))
    return Read(tuple(notices), tuple(problems))


def _notice(head: list[str | None], cells: list[Cell]) -> Notice:
    if any(cell.text.strip() for cell in cells[len(head) :]):
        raise NotRead("ragged_row")
    named = {name: cell for name, cell in zip(head, cells, strict=False) if name}
    for name, cell in named.items():
        # A day is one in any column but those of codes: there Excel made it of 3-12.
        if cell.doubt and (cell.doubt != "became_date" or name in ("key", "models")):
            raise NotRead(cell.doubt)
    found = {name: cell.text.strip() for name, cell in named.items()}
    if any(_SCIENTIFIC.fullmatch(found.get(name, "")) for name in _CODES):
        raise NotRead("number_damaged")
    key = text(found.get("key")) or html.tail(found.get("url", "")) or text(found.get("url"))
    if key is None:
        raise NotRead("no_key")
    return china.notice(CODE, found, key)
