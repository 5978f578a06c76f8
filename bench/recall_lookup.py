"""`make bench-recalls NOTICES=100000`: our lookup beside SQLite's full text (FTS5, trigram), same notices.

The baseline is asked as a plain search would be: the question as typed, folded by NFKC, as an OR of its
trigrams over the text of the notices, the best five by bm25; its answer is the first. A positive is right
where the first notice is the expected one, a negative where no notice is stated as covering: the
baseline states whatever it finds.
"""

import json
import os
import random
import sqlite3
import statistics
import tempfile
import time
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, insert
from sqlalchemy.orm import Session

from bench import made_recalls
from bench.made_recalls import Asked, Row
from bot.casework import recalls
from bot.casework.recall_records import RecallVersion
from bot.casework.records import Recall, Record

QUESTIONS = 500
SHOWN = 5
AT_ONCE = 5000  # rows in one statement
_FIELDS = (
    "title", "brand", "brand_aliases", "product_type", "product_name", "models", "batch_raw", "producer",
)  # fmt: skip


@dataclass(frozen=True)
class Said:
    """What a lookup shows first, and whether it says that this covers the thing asked about."""

    top: str | None
    is_stated: bool


Lookup = Callable[[str], Said]


@dataclass(frozen=True)
class Measured:
    """The times of a lookup in ms, which questions it answered rightly, how long its index took in s."""

    p50: float
    p95: float
    right: tuple[bool, ...]
    build_s: float


def main(count: int) -> None:
    """Compare and print; the last line is JSON."""
    print(json.dumps(compared(count)))


def compared(count: int) -> dict[str, Any]:
    """Build both, ask both the same, print what each was right in; all figures of the run."""
    dice = random.Random(1)
    rows = made_recalls.notices(count, dice)
    asked = made_recalls.questions(rows, QUESTIONS, dice)
    print(f"{count} notices, {len(asked)} questions", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        theirs_built = full_text(rows, Path(folder) / "fts.db")
        session = records(rows, Path(folder) / "records.db")
        before = resident_mb()
        ours, theirs = measured(asked, library(session), theirs_built)
        used = resident_mb() - before
        session.close()
    for kind, of in sorted(Counter(one.kind for one in asked).items()):
        print(
            f"  {kind:<16} ours {_right(ours, asked, kind):>3}  FTS5 {_right(theirs, asked, kind):>3}  of {of}"
        )
    return result(count, asked, ours, theirs) | {"index_mb": used}


def result(count: int, asked: Sequence[Asked], ours: Measured, theirs: Measured) -> dict[str, Any]:
    """All figures of the run."""
    figures: dict[str, Any] = {
        "notices": count, "questions": len(asked), "lookup_ratio": round(theirs.p95 / ours.p95, 1),
    }  # fmt: skip
    for name, one in (("ours", ours), ("fts5", theirs)):
        positive = [ok for ok, q in zip(one.right, asked, strict=True) if q.expect]
        figures[name] = {
            "p50_ms": round(one.p50, 2), "p95_ms": round(one.p95, 2), "right": sum(one.right),
            "positives_right": sum(positive), "positives": len(positive),
            "build_s": round(one.build_s, 1),
        }  # fmt: skip
    return figures


def measured(asked: Sequence[Asked], *built: tuple[Lookup, float]) -> list[Measured]:
    """Ask all the questions of each lookup, once each, question by question: what else the machine
    does meanwhile meets all alike."""
    took: list[list[float]] = [[] for _ in built]
    right: list[list[bool]] = [[] for _ in built]
    for lookup, _ in built:
        lookup(asked[0].text)  # warms up
    for one in asked:
        for number, (lookup, _) in enumerate(built):
            started = time.perf_counter()
            said = lookup(one.text)
            took[number].append((time.perf_counter() - started) * 1000)
            is_right = said.top == one.expect if one.expect else not said.is_stated
            right[number].append(is_right)
    return [
        Measured(statistics.median(ms), statistics.quantiles(ms, n=20)[-1], tuple(ok), build_s)
        for ms, ok, (_, build_s) in zip(took, right, built, strict=True)
    ]


def _right(of: Measured, asked: Sequence[Asked], kind: str) -> int:
    return sum(ok for ok, one in zip(of.right, asked, strict=True) if one.kind == kind)


def full_text(rows: Sequence[Row], file: Path) -> tuple[Lookup, float]:
    """The baseline, and how long its index took to build."""
    started = time.perf_counter()
    found = sqlite3.connect(file)
    found.execute("CREATE VIRTUAL TABLE f USING fts5(no UNINDEXED, body, tokenize='trigram')")
    found.executemany("INSERT INTO f VALUES (?, ?)", ((r["notice_no"], _text(r)) for r in rows))
    found.execute("INSERT INTO f(f) VALUES ('optimize')")
    found.commit()
    best = f"SELECT no FROM f WHERE f MATCH ? ORDER BY bm25(f) LIMIT {SHOWN}"

    def lookup(question: str) -> Said:
        text = unicodedata.normalize("NFKC", question)
        grams = dict.fromkeys(text[i : i + 3] for i in range(len(text) - 2))
        quoted = (f'"{gram.replace(chr(34), chr(34) * 2)}"' for gram in grams)
        numbers = [str(no) for (no,) in found.execute(best, (" OR ".join(quoted),))]
        return Said(numbers[0] if numbers else None, bool(numbers))

    return lookup, time.perf_counter() - started


def _text(row: Row) -> str:
    said = (row[name] for name in _FIELDS)
    joined = " ".join(" ".join(one) if isinstance(one, list) else one or "" for one in said)
    return unicodedata.normalize("NFKC", joined)


def records(rows: Sequence[Row], file: Path) -> Session:
    """A session on records with the notices and one print of each, as the intake leaves them."""
    engine = create_engine(f"sqlite:///{file}")
    Record.metadata.create_all(engine)
    with engine.begin() as connection:
        for start in range(0, len(rows), AT_ONCE):
            some = rows[start : start + AT_ONCE]
            connection.execute(insert(Recall), some)
            connection.execute(insert(RecallVersion), [_print(row) for row in some])
    return Session(engine)


def _print(row: Row) -> Row:
    same = {name: row[name] for name in ("notice_no", "version")}
    seen = {
        "seen_at": row["first_seen_at"],
        "digest": "",
        "fields": {"title": row["title"]},
        "raw": {},
    }
    return {"source": "samr", "source_key": row["notice_no"], **same, **seen}


def library(session: Session) -> tuple[Lookup, float]:
    """The product's own lookup, and how long its index took to build."""
    started = time.perf_counter()
    recalls.indexed(session)
    took = time.perf_counter() - started

    def lookup(question: str) -> Said:
        said = recalls.find(session, question)
        top = said.matches[0].notice.notice_no if said.matches else None
        return Said(top, said.kind == "covered")

    return lookup, took


def resident_mb() -> int:
    """The memory that this process holds now (Linux)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") // 2**20


if __name__ == "__main__":
    main(int(os.environ.get("NOTICES", "100000")))
