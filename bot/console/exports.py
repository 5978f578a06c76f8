"""A list as a table for a spreadsheet: CSV and Excel, in which no cell is a formula."""

import io
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from starlette_admin.export import BaseExporter, CsvExporter
from starlette_admin.fields import BaseField

BOM = b"\xef\xbb\xbf"  # without it spreadsheet programs take Chinese for another encoding
_BEGINS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: Any) -> Any:
    """A cell that a spreadsheet program shows and does not carry out (CWE-1236)."""
    if not isinstance(value, str):
        return value
    text = ILLEGAL_CHARACTERS_RE.sub("", value)
    return f"'{text}" if text.lstrip(" \u3000").startswith(_BEGINS) else text


def _cells(fields: list[BaseField], rows: list[dict[str, Any]]) -> list[list[Any]]:
    return [[harmless(row.get(field.name, "")) for field in fields] for row in rows]


class Csv(CsvExporter):
    """CSV that spreadsheet programs open as it is meant."""

    async def generate(self, fields: list[BaseField], rows: list[dict[str, Any]]) -> bytes:
        """The table as bytes."""
        clean = [
            dict(zip((f.name for f in fields), one, strict=True)) for one in _cells(fields, rows)
        ]
        return BOM + await super().generate(fields, clean)


class Excel(BaseExporter):
    """An Excel file, by openpyxl."""

    content_type = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    extension = "xlsx"

    async def generate(self, fields: list[BaseField], rows: list[dict[str, Any]]) -> bytes:
        """The table as bytes."""
        book = Workbook(write_only=True)
        sheet = book.create_sheet()
        sheet.append([field.label or field.name for field in fields])
        for one in _cells(fields, rows):
            sheet.append(one)
        written = io.BytesIO()
        book.save(written)
        return written.getvalue()
