"""The page of facts names entries and laws that are there, and its maker matches by law and article."""

import re
import runpy
import sys

import pytest

from bench import guidance_facts
from bot import settings
from bot.casework import guidance
from bot.library import guidance_loader

PAGE = (settings.ROOT / "docs" / "guidance.md").read_text(encoding="utf-8")
USED, _, UNUSED = PAGE.partition("## 没用到的")
TABLE = """
| id | 事实 | 依据 | 施行 | 核 |
|---|---|---|---|---|
| F10-06 | 七日 | 《网络购买商品七日无理由退货暂行办法》 第10条 | 2017 | ✔A |
| F11-16 | 电脑 | 《微型计算机商品修理更换退货责任规定》 第11-13条 | 2002 | ✔A |
| F18-02 | 缺陷 | 《中华人民共和国民法典》 第9、1203条 | 2021 | ✔A·推 |
| F13-04 | 撤销 | 《中华人民共和国民法典》 第147条 | 2021 | ✔A |
| F15-17 | 限额 | （程序/实践信息） 单用途卡限额 | — | ✘C |
| F27-02 | 入口 | （程序/实践信息） 平台入口 | — | ✔B |
| F08-01 | 旧 | 《市场监督管理投诉举报处理暂行办法》（总局令第20号，已废止） 第21条 | 2020 | ✔A |
"""


def test_the_page_names_entries_that_are_there() -> None:
    named = set(re.findall(r"`([a-z0-9-]+)`", USED))
    assert len(named) > 150
    assert named <= {entry.id for entry in guidance_loader.entries()}


def test_the_page_names_laws_that_are_there() -> None:
    laws = guidance_loader.laws().values()
    known = {name for law in laws for name in (law.name, law.short)}
    for row in USED.splitlines():
        if row.startswith("| F"):
            name = re.search(r"《((?:[^《》]|〈[^〉]*〉)+)》", row)
            assert name is not None and {name[1], f"中华人民共和国{name[1]}"} & known, row


def test_every_fact_stands_once_and_an_unused_one_with_its_reason() -> None:
    ids = re.findall(r"^\| (F\d\d-\d\d) ", PAGE, re.MULTILINE)
    assert len(ids) == len(set(ids)) == 317
    for row in UNUSED.splitlines():
        if row.startswith("| F"):
            assert row.rsplit("| ", 1)[1] in {"C 级 |", "已废止 |", "非本区 |", "实务 |",
                                             "机关或企业的程序 |", "未写 |"}  # fmt: skip


def test_facts_are_matched_by_law_and_article() -> None:
    found = {fact.id: fact for fact in guidance_facts.read(TABLE)}
    assert "seven-days" in found["F10-06"].entries
    assert found["F11-16"].entries == ("computer",)
    assert found["F18-02"].entries
    unused = {
        number: guidance_facts.reason(fact) for number, fact in found.items() if not fact.entries
    }
    assert unused == {"F13-04": "未写", "F15-17": "C 级", "F27-02": "实务", "F08-01": "已废止"}


def test_the_library_is_listed_with_what_no_lawyer_has_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["bot", "guidance"])
    runpy.run_path(str(settings.ROOT / "bot" / "__main__.py"), run_name="__main__")
    said = capsys.readouterr().out
    rows = {entry.id: row for entry in guidance_loader.entries() for row in said.splitlines()
            if f" {entry.id}：" in row}  # fmt: skip
    assert len(rows) == len(guidance_loader.entries())
    for entry in guidance_loader.entries():
        row = rows[entry.id]
        assert ("未经律师复核" in row) == (entry.reviewed_on is None)
        assert entry.as_of in row
        assert all(f"第{cite.article}条" in row for cite in entry.sources)
        assert guidance.exceptions(entry) in said
    unread = sum(entry.reviewed_on is None for entry in guidance_loader.entries())
    assert f"未经律师复核 {unread} 条" in said.splitlines()[-1]
