"""`make score-guidance SET=f.jsonl OUT=g.jsonl`: what a rights question is answered with."""

import json
import re
import sys
from pathlib import Path
from typing import Any

import cn2an

from bench.stack import Stack, Talk, stack


def main(path: str, out: str | None = None) -> None:
    """Score the set at `path`, write each full reply to `out`; the last line is one line of JSON."""
    rows = [
        json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line
    ]
    with stack() as running:
        said = [ask(running, row["question"]) for row in rows]
    judged = [judge(row, one) for row, one in zip(rows, said, strict=True)]
    if out:
        lines = [
            json.dumps({**r, **j}, ensure_ascii=False) for r, j in zip(rows, judged, strict=True)
        ]
        Path(out).write_text("\n".join(lines) + "\n", encoding="utf-8")
    show(rows, judged)
    total = len(rows)
    result = {
        "n": total,
        "cited": round(sum(j["cited"] for j in judged) / total, 4),
        "action_right": round(sum(j["action_right"] for j in judged) / total, 4),
        "forbidden": sum(len(j["forbidden"]) for j in judged),
        "unanswered": round(sum(not j["answered"] for j in judged) / total, 4),
    }
    print(json.dumps(result, ensure_ascii=False))


def ask(running: Stack, question: str) -> dict[str, Any]:
    """The first reply with its basis; an answer of two or three buttons counts as none."""
    talk = Talk(running)
    reply = talk.say(question)
    data = talk.data().get("guidance") or {}
    return {"reply": f"{reply}\n{data.get('basis', '')}", "action": data.get("action")}


def judge(row: dict[str, Any], said: dict[str, Any]) -> dict[str, Any]:
    """One row's marks: every citation there, the action right, no forbidden words."""
    plain = squeezed(said["reply"])
    return {
        "reply": said["reply"],
        "answered": said["action"] is not None,
        "cited": all(is_cited(either, plain) for either in row["must_cite"]),
        "action_right": said["action"] == row["action"],
        "forbidden": [words for words in row["must_not_say"] if words in said["reply"]],
    }


def is_cited(either: str, plain_reply: str) -> bool:
    """Whether one of the citations of `A第1条|B第2条` stands in the squeezed reply."""
    return any(squeezed(one) in plain_reply for one in either.split("|"))


def squeezed(text: str) -> str:
    """Text without brackets, 中华人民共和国 and dates, with article numbers in digits."""
    text = re.sub(r"中华人民共和国|[《》〈〉（）()\s]", "", text)
    return re.sub(r"第([零一二三四五六七八九十百]+)条", _digits, text)


def _digits(match: re.Match[str]) -> str:
    return f"第{cn2an.cn2an(match.group(1), 'smart')}条"


def show(rows: list[dict[str, Any]], judged: list[dict[str, Any]]) -> None:
    """The rows that miss something, for people."""
    for row, mark in zip(rows, judged, strict=True):
        if not (mark["cited"] and mark["action_right"]):
            print(f"  {row.get('id', '')} 「{row['question'][:40]}」 want {row['must_cite']} "
                  f"{row['action']}: {mark['reply'][:60]!r}")  # fmt: skip


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: make score-guidance SET=rows.jsonl OUT=replies.jsonl")
    main(*sys.argv[1:3])
