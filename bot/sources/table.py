"""SOURCES: a table of recalls that officers keep (CSV from Excel or WPS), its columns by name. Pure."""

import csv
import io
import re

from bot.library import load
from bot.sources import china, html
from bot.sources.charset import decode
from bot.sources.notice import Notice, NotRead, Problem, Read, text

CODE = "table"
_SCIENTIFIC = re.compile(r"\d(?:\.\d+)?E\+\d+")  # what Excel makes of a long number
_ZIP = b"PK\x03\x04"


def read(data: bytes, url: str, declared: str | None = None) -> Read:
    """The rows of a table. Values stay text, so that leading zeros are kept. Raises NotRead.

    Columns are known by the names in `labels` of sources.yml, whatever their order and width.
    """
    if data.startswith(_ZIP):
        raise NotRead("xlsx")
    lines = decode(data, declared).lstrip("\ufeff")
    mark = "\t" if "\t" in lines.split("\n", 1)[0] else ","
    rows = list(csv.reader(io.StringIO(lines, newline=""), delimiter=mark))
    head = [china.label(cell) for cell in rows[0]]
    if not set(load("sources")["table_needs"]) <= set(head):
        raise NotRead("no_column")
    notices: list[Notice] = []
    problems: list[Problem] = []
    for line, cells in enumerate(rows[1:], start=2):
        if any(cell.strip() for cell in cells):
            try:
                notices.append(_notice(head, cells))
            except NotRead as bad:
                problems.append(Problem(str(line), bad.reason))
    return Read(tuple(notices), tuple(problems))


def _notice(head: list[str | None], cells: list[str]) -> Notice:
    if any(cell.strip() for cell in cells[len(head) :]):
        raise NotRead("ragged_row")
    found = {name: cell.strip() for name, cell in zip(head, cells, strict=False) if name}
    if any(_SCIENTIFIC.fullmatch(found.get(name, "")) for name in ("key", "models", "batch")):
        raise NotRead("number_damaged")
    key = text(found.get("key")) or html.tail(found.get("url", "")) or text(found.get("url"))
    if key is None:
        raise NotRead("no_key")
    return china.notice(CODE, found, key)
