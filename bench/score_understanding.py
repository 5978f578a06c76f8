"""`make score-understanding SET=f.jsonl`: intents and entities of the whole pipeline."""

import json
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from pathlib import Path
from typing import Any

from bench.stack import Stack, stack
from bot.reading import amounts, dates, demands, folding

ELSEWHERE = {"chitchat", "out_of_scope", "ask_human"}  # one class for scoring
ELSEWHERE_TOO = {"nlu_fallback"}  # what is not understood is told so, as out of scope is
KINDS = (
    "amount",
    "date",
    "platform",
    "demand",
    "product",
    "merchant",
    "location",
    "brand",
    "model",
)


def main(path: str) -> None:
    """Score the set at `path`; the last line is one line of JSON."""
    rows = [
        json.loads(line) for line in Path(path).read_text(encoding="utf-8").splitlines() if line
    ]
    with stack() as running:
        parsed = [parse(running, row["text"]) for row in rows]
    result = {**score(rows, parsed), **certainty(rows, parsed)}
    show(result, rows, parsed)
    print(json.dumps(result, ensure_ascii=False))


def parse(running: Stack, text: str) -> dict[str, Any]:
    """Intent and spans as dialogue.py would have them understood, spans in the text as typed."""
    folded = folding.fold(text)
    said = running.parse(folded.text)
    return {
        "intent": said["intent"]["name"],
        "confidence": said["intent"]["confidence"],
        "entities": typed_spans(folded, said["entities"]),
    }


def typed_spans(folded: folding.Folded, entities: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entities of a folded text at their places in the text as typed."""
    return [
        {
            "type": entity["entity"],
            "value": entity["value"],
            "start": folded.offsets[entity["start"]],
            "end": folded.offsets[entity["end"] - 1] + 1,
        }
        for entity in entities
    ]


def merged(intent: str) -> str:
    """The class an intent counts as."""
    return "elsewhere" if intent in ELSEWHERE | ELSEWHERE_TOO else intent


def score(rows: list[dict[str, Any]], parsed: list[dict[str, Any]]) -> dict[str, Any]:
    """All figures of the set."""
    gold = [merged(row["intent"]) for row in rows]
    said = [merged(one["intent"]) for one in parsed]
    also = [{merged(one) for one in also_right(row)} for row in rows]
    said = [g if s in a else s for g, s, a in zip(gold, said, also, strict=True)]
    by_intent = {name: rates(gold, said, name) for name in sorted(set(gold))}
    large = [v["f1"] for v in by_intent.values() if v["n"] >= 10]
    return {
        "n": len(rows),
        "accuracy": round(sum(g == s for g, s in zip(gold, said, strict=True)) / len(rows), 4),
        "macro_f1": round(sum(large) / len(large), 4) if large else None,
        "by_intent": by_intent,
        "confusion": confusion(gold, said),
        "entities": {kind: entity_rates(rows, parsed, kind) for kind in KINDS},
    }


def certainty(rows: list[dict[str, Any]], parsed: list[dict[str, Any]]) -> dict[str, Any]:
    """How many rows are answered by a question back, and how often each confidence is right.

    `calibration` has for each span of confidence the rows, their mean confidence and the share of
    them that is right: the last two are near each other where the confidence means what it says.
    """
    spans: defaultdict[float, list[tuple[float, bool]]] = defaultdict(list)
    for row, one in zip(rows, parsed, strict=True):
        wanted = {merged(intent) for intent in (row["intent"], *also_right(row))}
        if one["intent"] not in ELSEWHERE_TOO:
            low = max(edge for edge in (0.0, 0.4, 0.6, 0.8, 0.9) if edge <= one["confidence"])
            spans[low].append((one["confidence"], merged(one["intent"]) in wanted))
    return {
        "unsure": sum(one["intent"] in ELSEWHERE_TOO for one in parsed),
        "calibration": {
            low: {
                "n": len(pairs),
                "confidence": round(sum(c for c, _ in pairs) / len(pairs), 3),
                "right": round(sum(right for _, right in pairs) / len(pairs), 3),
            }
            for low, pairs in sorted(spans.items())
        },
    }


def also_right(row: dict[str, Any]) -> list[str]:
    """Other intents that are right too, because two readers disagreed."""
    also = row.get("also") or []
    return [also] if isinstance(also, str) else list(also)


def rates(gold: list[str], said: list[str], name: str) -> dict[str, Any]:
    """Precision, recall and F1 of one class."""
    hits = sum(g == s == name for g, s in zip(gold, said, strict=True))
    return {"n": gold.count(name), **prf(hits, said.count(name), hits, gold.count(name))}


def prf(right: int, found: int, recalled: int, wanted: int) -> dict[str, float]:
    """Precision = right of found, recall = recalled of wanted."""
    precision = right / found if found else 0.0
    recall = recalled / wanted if wanted else 0.0
    f1 = 2 * precision * recall / (precision + recall) if precision + recall else 0.0
    return {"precision": round(precision, 4), "recall": round(recall, 4), "f1": round(f1, 4)}


def confusion(gold: list[str], said: list[str]) -> dict[str, int]:
    """How often one class was taken for another, the commonest first."""
    pairs = Counter(f"{g}>{s}" for g, s in zip(gold, said, strict=True) if g != s)
    return dict(pairs.most_common(12))


def entity_rates(
    rows: list[dict[str, Any]], parsed: list[dict[str, Any]], kind: str
) -> dict[str, float]:
    """F1 of one kind: demands as a set of wants, products as found-one, the rest by span or value."""
    right = found = recalled = wanted = 0
    for row, one in zip(rows, parsed, strict=True):
        gold = [e for e in row["entities"] if e["type"] == kind]
        said = [e for e in one["entities"] if e["type"] == kind]
        if kind == "demand":
            gold, said = wants(row["text"], gold), wants(row["text"], said)
        hit = [g for g in gold if any(same(kind, g, s) for s in said)]
        true = [s for s in said if any(same(kind, g, s) for g in gold)]
        if kind == "product" and gold:  # one of the products is enough
            gold, hit = gold[:1], hit[:1]
        right, found = right + len(true), found + len(said)
        recalled, wanted = recalled + len(hit), wanted + len(gold)
    return prf(right, found, recalled, wanted)


def wants(text: str, spans: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The wants that demand spans express, one each: what is read where the span stands.

    A span alone is not enough: 退 is a refund in 「能退吗」 and a return in 「退换」.
    """
    folded = folding.fold(text)
    read = [
        (folded.offsets[wish.start], folded.offsets[wish.end - 1] + 1, wish.code)
        for wish in demands.find(folded.text)
    ]
    codes: dict[str, dict[str, Any]] = {}
    for span in spans:
        here = {code for start, end, code in read if start < span["end"] and span["start"] < end}
        for code in here or demands.read("要求" + span["value"]) or {"other"}:
            codes.setdefault(code, {"type": "demand", "value": code, "start": 0, "end": 0})
    return list(codes.values())


def same(kind: str, gold: dict[str, Any], said: dict[str, Any]) -> bool:
    """Whether a found span counts for a wanted one."""
    if gold["value"] == said["value"]:
        return True
    overlap = gold["start"] < said["end"] and said["start"] < gold["end"]
    if kind in ("product", "merchant", "location"):
        return bool(overlap)
    if kind in ("amount", "date"):
        return bool(overlap) and value_of(kind, gold["value"]) == value_of(kind, said["value"])
    return bool(overlap) and gold["value"].casefold() == said["value"].casefold()


def value_of(kind: str, text: str) -> Any:
    """The value that a span of an amount or date has."""
    plain = folding.plain(text)
    if kind == "amount":
        return amounts.read(plain) or plain
    found = dates.find(plain, date.today())
    return (found[0].on or found[0].text) if found else plain


def show(result: dict[str, Any], rows: list[dict[str, Any]], parsed: list[dict[str, Any]]) -> None:
    """The table for people, and the mistakes."""
    print(f"rows {result['n']}  accuracy {result['accuracy']}  macro F1 {result['macro_f1']}")
    for name, rate in {**result["by_intent"], **result["entities"]}.items():
        print(f"  {name:18} P {rate['precision']:.3f}  R {rate['recall']:.3f}  F1 {rate['f1']:.3f}")
    print(f"unsure, asked back: {result['unsure']}")
    for low, span in result["calibration"].items():
        print(
            f"  confidence from {low}: n {span['n']}, mean {span['confidence']}, right {span['right']}"
        )
    by_pair: defaultdict[str, list[str]] = defaultdict(list)
    for row, one in zip(rows, parsed, strict=True):
        g, s = merged(row["intent"]), merged(one["intent"])
        if g != s and s not in {merged(a) for a in also_right(row)}:
            by_pair[f"{g} > {s}"].append(row["text"][:60])
    for pair, texts in sorted(by_pair.items(), key=lambda item: -len(item[1])):
        print(f"{pair}: {len(texts)}, such as 「{texts[0]}」")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: make score-understanding SET=rows.jsonl")
    main(sys.argv[1])
