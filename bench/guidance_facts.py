"""Which facts of a table of law facts the guidance library uses: `python -m bench.guidance_facts FACTS.md`.

The table has rows of id, fact, source, since and grade (a letter behind a tick). A fact counts as used
where an entry cites its law and article; whether the entry says the same, only a reader can tell.
"""

import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bot.library import guidance_loader

_ROW = re.compile(r"\| (F\d\d-\d\d) \| (.*?) \| (.*?) \| (.*?) \| (.*?) \|")
_LAW = re.compile(r"《((?:[^《》]|〈[^〉]*〉)+)》")
_ARTICLES = re.compile(r"第([\d、,，\-－]+)条")
# Why a fact is not used, by what stands in its id, source or grade; the first that fits.
_REASONS = (
    ("C 级", r"C$"),
    ("已废止", r"^F08|已废止"),
    ("非本区", r"^F28-(?:0[5-9]|10)"),
    ("机关或企业的程序", r"^F(?:02|03|06|19|20)-\d\d .*第\d+条|^F21-04|^F22-(?:09|10)|^F26-07"),
    ("实务", r"程序/实践|文书式样|行动方案|目录描述|附件目录"),
)
_HEAD = """# 维权指引用了哪些法律事实

本表由 `python -m bench.guidance_facts` 按「法规＋条号」对出来：条目引了这一条，就算用到；条目说的和事实表是不是一回事，要人读。
各条目的等级、核对日期、是否经律师复核，看 `python -m bot guidance`。
"""


@dataclass(frozen=True)
class Fact:
    """A fact by its id, with its source, its grade, and the entries that cite its law and article."""

    id: str
    source: str
    grade: str
    entries: tuple[str, ...]


def read(table: str) -> list[Fact]:
    """The facts of a table in Markdown, in its order."""
    cited = defaultdict(list)
    for entry in guidance_loader.entries():
        for cite in entry.sources:
            cited[cite.law, cite.article].append(entry.id)
    names = {
        name: key for key, law in guidance_loader.laws().items() for name in (law.name, law.short)
    }
    found = []
    for number, _, source, _, grade in _ROW.findall(table):
        law = _LAW.search(source)
        key = (names.get(law[1]) or names.get(f"中华人民共和国{law[1]}")) if law else None
        ids = [one for article in _articles(source) for one in cited.get((key or "", article), ())]
        found.append(Fact(number, source, grade, tuple(dict.fromkeys(ids))))
    return found


def page(facts: list[Fact]) -> str:
    """The page about them: those used with their entries, the others with the reason in a word."""
    used = [fact for fact in facts if fact.entries]
    rest = [fact for fact in facts if not fact.entries]
    lines = [
        _HEAD,
        f"## 用到的（{len(used)} 条）\n",
        "| 事实 | 依据 | 条目 |",
        "| --- | --- | --- |",
    ]
    for fact in used:
        lines.append(
            f"| {fact.id} | {fact.source} | {'、'.join(f'`{one}`' for one in fact.entries)} |"
        )
    lines += [f"\n## 没用到的（{len(rest)} 条）\n", "| 事实 | 依据 | 原因 |", "| --- | --- | --- |"]
    lines += [f"| {fact.id} | {fact.source} | {reason(fact)} |" for fact in rest]
    return "\n".join(lines) + "\n"


def reason(fact: Fact) -> str:
    """Why a fact is not used, in a word: 未写 where an entry could still be written."""
    grade = re.sub(r"[^ABC]", "", fact.grade)
    named = f"{fact.id} {fact.source} {grade}"
    return next((word for word, pattern in _REASONS if re.search(pattern, named)), "未写")


def _articles(source: str) -> Iterator[int]:
    for listed in _ARTICLES.findall(source):
        for part in re.split("[、,，]", listed):
            ends = [int(one) for one in re.findall(r"\d+", part)]
            yield from range(ends[0], ends[-1] + 1) if ends else ()


if __name__ == "__main__":
    sys.stdout.write(page(read(Path(sys.argv[1]).read_text(encoding="utf-8"))))
