"""Officers' tables, JSON lines, and any bytes at all: read whole, or refused by a reason that has words."""

import json
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from bot.library import load
from bot.settings import ROOT
from bot.sources import lines, registry, table
from bot.sources.notice import LONGEST_KEY, NotRead
from tests.sources.test_chinese_pages import ROWS, page
from tests.sources.test_chinese_pages import table as html_table
from tests.sources.test_foreign import alert, answered, report, row

HEAD = "公告编号,标题,发布日期,产品名称,品牌,型号,召回数量,联系电话"
LINE = "XQ-1,青禾公司召回部分青禾牌电热水壶,2026-01-02,电热水壶,青禾,00123,120台,022-12345678"


def taken(text: str, encoding: str = "utf-8") -> Any:
    return table.read(text.encode(encoding), "t.csv")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030"])
@pytest.mark.parametrize(
    "head", [HEAD, HEAD.replace("型号", " 型号／规格 "), HEAD.replace("召回数量", "涉及数量：")]
)
def test_a_table_is_read_in_any_charset_and_width(encoding: str, head: str) -> None:
    (found,) = taken(f"{head}\r\n{LINE}\r\n\r\n", encoding).notices
    assert (found.source_key, found.models, found.quantity) == ("XQ-1", ("00123",), 120)
    assert (found.published_on, found.brand) == (date(2026, 1, 2), "青禾")
    assert found.contact_phone == "022-12345678" and not found.doubts


def test_a_table_parted_by_tabs_is_read() -> None:
    (found,) = taken(f"{HEAD}\n{LINE}".replace(",", "\t")).notices
    assert found.product_name == "电热水壶"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (LINE.replace("XQ-1", "/"), "no_key"),
        (LINE.replace("青禾公司召回部分青禾牌电热水壶", ""), "no_title"),
        (LINE + ",多出来的", "ragged_row"),
        (LINE.replace("00123", "6.90123E+12"), "number_damaged"),
    ],
)
def test_a_row_that_is_not_whole_is_named_by_its_line(line: str, reason: str) -> None:
    found = taken(f"{HEAD}\n{LINE}\n{line}\n")
    assert len(found.notices) == 1
    assert [(p.where, p.reason) for p in found.problems] == [("3", reason)]


@pytest.mark.parametrize(
    ("data", "reason"),
    [("编号,品牌\n1,青禾".encode(), "no_column"), (b"", "empty")],
)
def test_what_is_no_table_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(NotRead, match=reason):
        table.read(data, "t.csv")


def test_an_address_is_a_key_where_there_is_no_number() -> None:
    url = "https://scjg.tj.gov.cn/a/t20260102_12.html"
    (found,) = taken(f"标题,网址\n青禾公司召回部分风扇,{url}").notices
    assert (found.source_key, found.date_precision) == ("t20260102_12", "url")


def test_lines_are_read_and_bad_ones_named() -> None:
    good = {
        "notice_no": "CN-1",
        "title": "青禾召回",
        "published_on": "2026-01-02",
        "models": ["A1"],
    }
    other = {"notice_no": "U1", "title": "t", "models_raw": "A1; A2", "upcs": ["6901234567892"],
             "jurisdiction": "US", "quantity": "many", "brand_aliases": "x"}  # fmt: skip
    withdrawn = {"notice_no": "SR/1", "title": "t", "jurisdiction": "EU", "remedy": "Withdrawal"}
    bad = ['{"notice_no": "CN-2"', "[]", '{"title": "t"}', '{"notice_no": "CN-3"}', "[" * 90_000]
    text = "\n".join([*(json.dumps(one) for one in (good, other, withdrawn)), *bad, ""])
    found = lines.read(text.encode(), "shipped")
    assert [one.models for one in found.notices] == [("A1",), ("A1", "A2", "6901234567892")]
    assert [one.reason for one in found.problems] == [
        "not_a_recall", "not_json", "not_json", "no_key", "no_title", "not_json",
    ]  # fmt: skip


def test_the_shipped_lines_keep_their_numbers_and_have_no_problem() -> None:
    found = lines.read((ROOT / "bot/library/recalls/cn.jsonl").read_bytes(), "shipped")
    assert len(found.notices) > 100 and not found.problems
    assert all(one.source_key.startswith(f"{one.jurisdiction}-") and len(one.source_key) <= LONGEST_KEY
               for one in found.notices)  # fmt: skip


# ── any bytes at all ──


SEEDS = {
    "samr": page(html_table(*ROWS)),
    "tianjin": page(html_table(*ROWS)),
    "cpsc": answered(row()),
    "safety_gate": report(alert()),
    "table": f"{HEAD}\n{LINE}".encode(),
    "shipped": json.dumps({"notice_no": "CN-1", "title": "t"}).encode(),
}


@pytest.mark.parametrize("code", registry.SOURCES)
@given(at=st.integers(0, 2000), gone=st.integers(0, 400), put=st.binary(max_size=12))
@example(at=0, gone=0, put=b"")
@settings(max_examples=60, deadline=None)
def test_damaged_bytes_are_read_or_refused_by_name(
    code: str, at: int, gone: int, put: bytes
) -> None:
    seed = SEEDS[code]
    data = seed[:at] + put + seed[at + gone :]
    source = registry.SOURCES[code]
    try:
        found = source.read(data, "t20240308_1001.html", None)
    except NotRead as bad:
        reasons = {bad.reason}
    else:
        assert all(one.title and one.source_key for one in found.notices)
        reasons = {one.reason for one in found.problems}
        reasons |= {doubt for one in found.notices for doubt in one.doubts}
    assert reasons <= load("sources")["reasons"].keys()


def test_every_reason_in_the_code_has_words() -> None:
    found: set[str] = set()
    for path in Path(ROOT / "bot/sources").glob("*.py"):
        text = path.read_text(encoding="utf-8")
        found |= set(re.findall(r'(?:NotRead|NotFetched|Problem\(\w+\(\w+\),) ?\(?"(\w+)"', text))
    assert len(found) > 20 and found <= load("sources")["reasons"].keys()


def test_a_shape_that_nobody_foresaw_is_refused_by_name() -> None:
    def broken(data: bytes, url: str, declared: str | None) -> Any:
        raise AttributeError

    with pytest.raises(NotRead, match="unforeseen"):
        registry.read(registry.Source("samr", broken), b"", "")
