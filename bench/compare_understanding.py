"""`make compare-understanding SET=f.jsonl SHARE=4`: the pipelines of bench/pipelines beside ours.

All learn from the same examples: with SHARE=4 from every fourth, without it from all. Each is trained
and parses in a process of its own, one after the other; run nothing else beside it.
"""

import json
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.score_understanding import score, typed_spans
from bot.launch import NLU_PYTHON, python_path
from bot.reading import folding
from bot.settings import ROOT

SHOWN = (
    "product",
    "merchant",
    "location",
    "brand",
    "model",
    "amount",
    "date",
    "platform",
    "demand",
)


def main(path: str, share: str = "1", *chosen: str) -> None:
    """A row a pipeline, of the `chosen` ones or of all; the last line is one line of JSON."""
    lines = Path(path).read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line) for line in lines if line]
    found = {}
    print("pipeline  accuracy  macro_f1  p50_ms  train_s  " + "  ".join(SHOWN), flush=True)
    for name, config in pipelines():
        if not chosen or name in chosen:
            found[name] = measure(config, rows, share)
            print(row_of(name, found[name]), flush=True)
    print(json.dumps(found, ensure_ascii=False))


def pipelines() -> Iterator[tuple[str, Path]]:
    """Name and configuration of each pipeline, ours first."""
    yield "ours", ROOT / "config.yml"
    for path in sorted((ROOT / "bench" / "pipelines").glob("*.yml")):
        yield path.stem, path


def measure(config: Path, rows: list[dict[str, Any]], share: str) -> dict[str, Any]:
    """Scores, examples and seconds of training, and the median of a parse in ms."""
    folded = [folding.fold(row["text"]) for row in rows]
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(
            [str(NLU_PYTHON), "-W", "ignore", "-m", "nlu.trial", str(config), folder, share],
            input="".join(json.dumps(form.text) + "\n" for form in folded),
            cwd=ROOT, env=python_path(), capture_output=True, text=True,
        )  # fmt: skip
    if done.returncode:
        raise SystemExit(f"{config.name}: {done.stderr[-2000:]}")
    trained, *said = [json.loads(line) for line in done.stdout.splitlines() if line[:1] == "{"]
    parsed = [
        {"intent": one["intent"]["name"], "entities": typed_spans(form, one["entities"])}
        for form, one in zip(folded, said, strict=True)
    ]
    median = statistics.median(one["ms"] for one in said)
    took = {"p50_ms": round(median, 1), "train_s": trained["seconds"], "of": trained["examples"]}
    return {**score(rows, parsed), **took}


def row_of(name: str, result: dict[str, Any]) -> str:
    """One line of the table for people."""
    f1 = "  ".join(f"{result['entities'][kind]['f1']:.2f}" for kind in SHOWN)
    head = f"{result['accuracy']:.3f}  {result['macro_f1']:.3f}  {result['p50_ms']}"
    return f"{name}  {head}  {result['train_s']:.0f}  {f1}"


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("usage: make compare-understanding SET=rows.jsonl [SHARE=n]")
    main(*sys.argv[1:])
