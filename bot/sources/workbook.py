"""SOURCES: the rows of an Excel workbook (.xlsx) as text, or why they are not taken. Pure."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import openpyxl
from openpyxl.utils import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from bot.sources.notice import NotRead

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MOST_BYTES = 20_000_000  # of the file as it lies there
MOST_UNPACKED = (
    100_000_000  # bytes of all its parts: what says more is a bomb, or no table of notices
)
MOST_PARTS = 2_000
MOST_ROWS = 20_000
EXACT = 10**15  # Excel keeps 15 digits of a number; the rest of a longer one are zeros
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_MERGED = re.compile(rb"<(?:\w+:)?mergeCell\s[^>]*?ref=\"([A-Z]+\d+:[A-Z]+\d+)\"")
# What openpyxl and the parsers below it raise at a broken file, of which nothing is taken.
_BROKEN = (
    ArithmeticError, AssertionError, AttributeError, EOFError, LookupError, OSError, RuntimeError,
    SyntaxError, TypeError, ValueError, InvalidFileException, struct.error, zipfile.BadZipFile, zlib.error,
)  # fmt: skip
_PADDED = re.compile(r"0{2,}")


@dataclass(frozen=True)
class Cell:
    """What a cell shows; `doubt` is a reason of sources.yml why it is not what was meant."""

    text: str
    doubt: str | None = None


@dataclass(frozen=True)
class Sheet:
    """A sheet that is shown: its name and its rows that hold something, each with its number."""

    name: str
    rows: list[tuple[int, list[Cell]]]


def is_workbook(data: bytes) -> bool:
    """Whether bytes are a file of Excel, old or new, or another packed one."""
    return data.startswith((ZIP, OLE))


def sheets(data: bytes) -> list[Sheet]:
    """The sheets of a workbook that are not hidden, in its order.

    Raises NotRead for .xls, an encrypted file, one with macros, one that is no workbook, and one
    that unpacks to more than a table of notices can be. No formula is computed.
    """
    try:
        merged = _checked(data)
        shown = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
        return [
            Sheet(one.title, list(_rows(one, other, merged.get(one._worksheet_path, []))))
            for one, other in zip(shown.worksheets, formulas.worksheets, strict=True)
            if one.sheet_state == "visible"
        ]
    except NotRead:
        raise
    except _BROKEN:
        raise NotRead("xlsx_broken") from None


def _checked(data: bytes) -> dict[str, list[tuple[int, ...]]]:
    """Look at the package before anybody opens it; the merged cells of each of its sheets."""
    if data.startswith(OLE):
        raise NotRead("encrypted" if _ENCRYPTED in data else "xls")
    if len(data) > MOST_BYTES:
        raise NotRead("too_large")
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        parts = package.infolist()
        if any(part.flag_bits & 1 for part in parts):
            raise NotRead("encrypted")
        # What a part says of its size is binding: zipfile reads no further.
        if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise NotRead("too_large")
        if any("vbaproject" in part.filename.lower() for part in parts):
            raise NotRead("has_macros")
        merged: dict[str, list[tuple[int, ...]]] = {}
        for part in parts:
            if part.filename.lower().endswith((".xml", ".rels")):
                content = package.read(part)
                if b"<!DOCTYPE" in content.replace(b"\0", b""):
                    raise NotRead("xml_doctype")
                found = _MERGED.findall(content)
                merged[part.filename] = [range_boundaries(one.decode()) for one in found]
        return merged


def _rows(
    shown: Any, formulas: Any, merged: list[tuple[int, ...]]
) -> Iterator[tuple[int, list[Cell]]]:
    """The rows of a sheet. Of what a file says of its own size nothing is believed."""
    shown.reset_dimensions()
    formulas.reset_dimensions()
    spread = [one for one in merged if one[3] > one[1]]  # over several rows
    count = 0
    for number, pair in enumerate(zip(shown.rows, formulas.rows, strict=True), start=1):
        cells = [_cell(one, other) for one, other in zip(*pair, strict=True)]
        if not any(cell.text.strip() or cell.doubt for cell in cells):
            continue
        for first, top, last, bottom in spread:
            if top < number <= bottom:  # what stands in the first row is meant for this one too
                cells += [Cell("")] * (last - len(cells))
                cells[first - 1 : last] = [Cell("", "merged_cell")] * (last - first + 1)
        count += 1
        if count > MOST_ROWS:
            raise NotRead("too_many_rows")
        yield number, cells


def _cell(shown: Any, formula: Any) -> Cell:
    value, kind = shown.value, shown.data_type
    if value is None:
        # A formula whose result is "" is kept as text; one that nobody computed has no kind.
        is_open = formula.data_type == "f" and kind != "str"
        return Cell("", "formula_no_value" if is_open else None)
    if kind == "e":
        return Cell(str(value), "error_cell")
    if isinstance(value, datetime | date):
        return Cell(value.isoformat()[:10], "became_date")
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _number(value, shown.number_format or "")
    return Cell(str(value))


def _number(value: float, shape: str) -> Cell:
    """A number as it is shown, with the zeros that its format (00000, 000-000) puts in front."""
    if abs(value) >= EXACT:
        return Cell(f"{value:.0f}", "number_damaged")
    if value != int(value):
        return Cell(f"{value:.15g}")
    plain = re.sub(r'\\(.)|"([^"]*)"', r"\1\2", shape.split(";")[0])
    if not _PADDED.match(re.sub(r"\D", "", plain)) or re.search(r"[^0-]", plain) or value < 0:
        return Cell(str(int(value)))
    digits = iter(str(int(value)).zfill(plain.count("0"))[::-1])
    filled = "".join(next(digits) if sign == "0" else sign for sign in reversed(plain))[::-1]
    return Cell("".join(reversed(list(digits))) + filled)
