"""`make score-recalls SET=f.jsonl`: the notice that the whole pipeline shows for a question."""

import json
import sys
from pathlib import Path
from typing import Any

from bench.stack import Stack, Talk, stack


def main(path: str) -> None:
    """Score the set at `path`; the last line is one line of JSON."""
    rows = [
        json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line
    ]
    with stack() as running:
        said = [ask(running, row["query"]) for row in rows]
    result = score(rows, said)
    for row in result["wrong"]:
        print(f"  wrong: 「{row['query']}」 expected {row['expect']}, got {row['got']}")
    print(f"exact {result['exact']} of {result['n']}")
    print(json.dumps(result, ensure_ascii=False))


def ask(running: Stack, query: str) -> dict[str, Any]:
    """What is shown on the first reply: the top notice, and whether it is stated as covering."""
    talk = Talk(running)
    talk.say(query)
    return dict(talk.data().get("recall") or {"kind": "no_recall_answer", "top": None})


def is_right(expect: str | None, said: dict[str, Any]) -> bool:
    """A positive: the top notice is the wanted one. A negative: none is stated as covering."""
    return bool(said["top"] == expect if expect else said["kind"] != "covered")


def score(rows: list[dict[str, Any]], said: list[dict[str, Any]]) -> dict[str, Any]:
    """All figures of the set."""
    right = [is_right(row["expect"], one) for row, one in zip(rows, said, strict=True)]
    positive = [ok for ok, row in zip(right, rows, strict=True) if row["expect"]]
    negative = [ok for ok, row in zip(right, rows, strict=True) if not row["expect"]]
    wrong = [
        {"query": row["query"], "expect": row["expect"], "got": f"{one['kind']}:{one['top']}"}
        for ok, row, one in zip(right, rows, said, strict=True)
        if not ok
    ]
    return {
        "n": len(rows),
        "exact": sum(right),
        "positives": {"n": len(positive), "right": sum(positive)},
        "negatives": {"n": len(negative), "right": sum(negative)},
        "wrong": wrong,
    }


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make score-recalls SET=rows.jsonl")
    main(sys.argv[1])
