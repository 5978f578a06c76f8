"""An officers' table as an Excel workbook: read as it is shown, or refused by a reason that has words."""

import io
import zipfile
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from bot.library import load
from bot.sources import table, workbook
from bot.sources.notice import NotRead

HEAD = ["公告编号", " 标题", "发布日期", "产品名称", "品牌", "型号／规格", "召回数量：", "联系电话"]
ROW = ["XQ-1", "青禾公司召回部分青禾牌电热水壶", "2026-01-02", "电热水壶", "青禾", "00123", 120, "022-12345678"]  # fmt: skip
MODEL = "F2"  # of the first row below the headings


def saved(*rows: list[Any], change: Callable[[Worksheet], object] = lambda sheet: None) -> bytes:
    """A workbook of these rows, changed before it is saved."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    for row in rows:
        sheet.append(row)
    change(sheet)
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def packed(data: bytes, **changes: Callable[[bytes], bytes]) -> bytes:
    """The workbook with parts rewritten, by a piece of their name; what is not there is added."""
    file, left = io.BytesIO(), dict(changes)
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:  # fmt: skip
        for name in old.namelist():
            content = old.read(name)
            for piece in [one for one in left if one in name]:
                content = left.pop(piece)(content)
            new.writestr(name, content)
        for name, make in left.items():
            new.writestr(name, make(b""))
    return file.getvalue()


def test_a_workbook_is_read_like_a_table() -> None:
    (found,) = table.read(saved(HEAD, ROW), "t.xlsx").notices
    assert (found.source_key, found.models, found.quantity) == ("XQ-1", ("00123",), 120)
    assert (found.published_on, found.brand) == (date(2026, 1, 2), "青禾")
    assert found.contact_phone == "022-12345678" and not found.doubts


@pytest.mark.parametrize(
    ("value", "shape", "model"),
    [
        (123, "00000", "00123"), (123, "General", "123"), (123.0, "00000", "00123"), (12345678, "00000", "12345678"),
        (1234567, "000-0000", "123-4567"), (12, '"QH"0000', "12"), (7, "0000;-0000", "0007"),
        (1234, "#,##0.00", "1234"), (5, "0", "5"), (6901234567892, "General", "6901234567892"),
        (1.5, "00000", "1.5"), ("00123", "General", "00123"), ("=1", "@", None),
    ],
)  # fmt: skip
def test_a_model_keeps_its_zeros(value: Any, shape: str, model: str | None) -> None:
    def change(sheet: Worksheet) -> None:
        sheet[MODEL], sheet[MODEL].number_format = value, shape

    found = table.read(saved(HEAD, ROW, change=change), "t.xlsx")
    assert [one.models for one in found.notices] == ([(model,)] if model else [])


@pytest.mark.parametrize(
    ("cell", "value", "reason"),
    [
        ("F2", datetime(2026, 3, 12), "became_date"),
        ("A2", date(2026, 3, 12), "became_date"),
        ("F2", 10**15, "number_damaged"),
        ("F2", "6.90123E+12", "number_damaged"),
        ("F2", "=CONCATENATE(1,2)", "formula_no_value"),
        ("E2", "=Z9", "formula_no_value"),
        ("E2", "#N/A", "error_cell"),
        ("I2", "多出来的", "ragged_row"),
        ("B2", " ", "no_title"),
    ],
)
def test_a_cell_that_is_not_what_was_meant_names_its_row(
    cell: str, value: Any, reason: str
) -> None:
    rows = [HEAD, ROW, ["XQ-2", *ROW[1:]]]
    found = table.read(saved(*rows, change=lambda sheet: sheet.__setitem__(cell, value)), "t.xlsx")
    assert [one.source_key for one in found.notices] == ["XQ-2"]
    assert [(one.where, one.reason) for one in found.problems] == [("2", reason)]


@pytest.mark.parametrize("value", [datetime(2026, 1, 2, 9, 30), date(2026, 1, 2), "2026年1月2日"])
def test_days_are_days_however_typed(value: Any) -> None:
    (found,) = table.read(saved(HEAD, [*ROW[:2], value, *ROW[3:]]), "t.xlsx").notices
    assert (found.published_on, found.date_precision) == (date(2026, 1, 2), "day")


def test_a_computed_formula_is_its_value_and_an_empty_one_is_empty() -> None:
    def cached(xml: bytes) -> bytes:
        xml = xml.replace(b"<f>LOW</f><v></v>", b"<f>LOW</f><v>00123</v>")
        return xml.replace(b"><f>", b' t="str"><f>')

    row = [*ROW[:4], "=NONE", "=LOW", *ROW[6:]]
    (found,) = table.read(packed(saved(HEAD, row), sheet1=cached), "t.xlsx").notices
    # 青禾 is read from the title, where the column is empty
    assert found.models == ("00123",) and found.raw["brand"] == ""


def test_a_title_above_the_headings_and_empty_rows_are_passed_over() -> None:
    rows = [["2026年召回公告一览"], [], HEAD, [], ROW, [None] * 8, [" "], ["XQ-2", *ROW[1:]], []]
    data = saved(*rows, change=lambda sheet: sheet.merge_cells("A1:H2"))
    found = table.read(data, "t.xlsx")
    assert [one.source_key for one in found.notices] == ["XQ-1", "XQ-2"] and not found.problems


def test_a_row_that_leans_on_the_one_above_is_not_half_read() -> None:
    rows = [HEAD, ROW, ["XQ-2", *ROW[1:]], ["XQ-3", *ROW[1:]]]
    data = saved(*rows, change=lambda sheet: sheet.merge_cells("E2:E3"))
    found = table.read(data, "t.xlsx")
    assert [one.source_key for one in found.notices] == ["XQ-1", "XQ-3"]
    assert [(one.where, one.reason) for one in found.problems] == [("3", "merged_cell")]


def test_the_first_sheet_with_the_headings_is_read_and_another_is_named() -> None:
    def change(sheet: Worksheet) -> None:
        book = sheet.parent
        for title, rows in {"说明": [["怎么填"]], "旧": [HEAD, ROW], "又": [HEAD, ROW]}.items():
            added = book.create_sheet(title, 0 if title == "说明" else None)
            for row in rows:
                added.append(row)
        book["旧"].sheet_state = "hidden"

    found = table.read(saved(HEAD, ROW, change=change), "t.xlsx")
    assert len(found.notices) == 1
    assert [(one.where, one.reason) for one in found.problems] == [("又", "other_sheet")]


def test_a_size_that_the_file_says_of_itself_is_not_believed() -> None:
    def lie(xml: bytes) -> bytes:
        return xml.replace(b"A1:H2", b"A1:B1")

    assert len(table.read(packed(saved(HEAD, ROW), sheet1=lie), "t.xlsx").notices) == 1


def _macros(data: bytes) -> bytes:
    return b"MZ"


BOOK = saved(HEAD, ROW)
LOCKED = packed(BOOK).replace(
    b"PK\x01\x02\x14\x03\x14\x00\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01\x00"
)
REFUSED = {
    "no_column": saved(HEAD[:1], ROW),
    "empty": saved(),
    "xls": workbook.OLE + b"\0" * 600,
    "encrypted": workbook.OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"),
    "has_macros": packed(BOOK, **{"xl/vbaProject.bin": _macros}),
    "xlsx_broken": BOOK[: len(BOOK) // 2],
    "xml_doctype": packed(BOOK, sheet1=lambda xml: b"<!DOCTYPE a [<!ENTITY b 'c'>]>" + xml),
    "too_large": packed(BOOK, theme=lambda xml: b" " * (workbook.MOST_UNPACKED + 1)),
}  # fmt: skip


@pytest.mark.parametrize("reason", REFUSED)
def test_what_is_no_workbook_of_notices_is_refused(reason: str) -> None:
    with pytest.raises(NotRead, match=f"^{reason}$"):
        table.read(REFUSED[reason], "t.xlsx")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (LOCKED, "encrypted"),
        (packed(BOOK, sheet1=lambda xml: xml[: len(xml) // 2]), "xlsx_broken"),
        (packed(BOOK, **{f"x{number}": _macros for number in range(2001)}), "too_large"),
        (b"PK\x03\x04rest", "xlsx_broken"),
    ],
    ids=("locked", "half a sheet", "too many parts", "no zip"),  # a workbook holds the moment
)
def test_more_that_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(NotRead, match=f"^{reason}$"):
        table.read(data, "t.xlsx")


def test_a_part_that_unpacks_to_more_than_it_says_is_not_read_on() -> None:
    bomb = packed(BOOK, theme=lambda xml: b" " * 5_000_000)
    lying = bomb.replace((5_000_000).to_bytes(4, "little"), (500).to_bytes(4, "little"))
    assert lying != bomb
    with pytest.raises(NotRead, match="xlsx_broken"):
        table.read(lying, "t.xlsx")


def test_more_rows_than_a_table_has_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbook, "MOST_ROWS", 2)
    assert len(table.read(saved(HEAD, ROW), "t.xlsx").notices) == 1
    with pytest.raises(NotRead, match="too_many_rows"):
        table.read(saved(HEAD, ROW, ROW), "t.xlsx")


@given(at=st.integers(0, len(BOOK)), gone=st.integers(0, 400), put=st.binary(max_size=12))
@example(at=0, gone=0, put=b"")
@settings(max_examples=60, deadline=None)
def test_damaged_workbooks_are_read_or_refused_by_name(at: int, gone: int, put: bytes) -> None:
    try:
        found = table.read(BOOK[:at] + put + BOOK[at + gone :], "t.xlsx")
    except NotRead as bad:
        reasons = {bad.reason}
    else:
        reasons = {one.reason for one in found.problems}
    assert reasons <= load("sources")["reasons"].keys()
