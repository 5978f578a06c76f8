"""The project's own held-out sentences: never trained on, scored by the whole pipeline.

Label guide: docs/labels.md. The floors are what was reached less two hundredths; they may only rise.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from rapidfuzz import fuzz, process

from bench.score_understanding import parse, score
from bench.stack import Stack
from bot.reading import folding
from bot.settings import ROOT

HELD_OUT = Path(__file__).parent / "held_out.jsonl"
TOO_ALIKE = 90  # of 100, in characters without stops
SHORT = 8  # characters; below, sentences are alike by nature (退款, 投诉商家)
MARKED = re.compile(r"\[([^\[\]]+)\]\(\w+\)")
# An intent that a sentence has only in the middle of a talk, where the question before decides.
IN_A_TALK = {
    "affirm", "deny", "correct", "inform", "stop", "resume", "settled", "not_resolved",
    "withdraw_dispute", "withdraw_callback", "renew_link",
}  # fmt: skip


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    return [json.loads(line) for line in HELD_OUT.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def result(rows: list[dict[str, Any]], running: Stack) -> dict[str, Any]:
    return score(rows, [parse(running, row["text"]) for row in rows])


@pytest.fixture(scope="module")
def examples() -> list[tuple[str, str]]:
    """Bare text and intent of every training example."""
    return [(bare(MARKED.sub(r"\1", text)), intent) for intent, text in read_examples()]


def read_examples() -> Iterator[tuple[str, str]]:
    for path in sorted((ROOT / "nlu" / "understanding").glob("*/*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in block["examples"].strip().splitlines():
                yield block["intent"], line.strip().removeprefix("- ")


def bare(text: str) -> str:
    return re.sub(r"[\W_]+", "", folding.plain(text).lower())


def test_the_set_is_large_and_its_spans_are_right(rows: list[dict[str, Any]]) -> None:
    assert len(rows) >= 300
    for row in rows:
        for entity in row["entities"]:
            assert row["text"][entity["start"] : entity["end"]] == entity["value"], row["text"]


def test_no_held_out_sentence_is_almost_a_training_one(
    rows: list[dict[str, Any]], examples: list[tuple[str, str]]
) -> None:
    trained = [text for text, _ in examples]
    alike = {}
    for text in (bare(row["text"]) for row in rows):
        if len(text) >= SHORT:
            found = process.extractOne(text, trained, scorer=fuzz.ratio, score_cutoff=TOO_ALIKE)
            alike |= {text: found[0]} if found else {}
    assert not alike


def test_no_sentence_has_two_intents(examples: list[tuple[str, str]]) -> None:
    intents = defaultdict(set)
    for text, intent in examples:
        if text and intent not in IN_A_TALK:
            intents[text].add(intent)
    assert not {text: found for text, found in intents.items() if len(found) > 1}


def test_each_main_intent_has_three_hundred_sentences(examples: list[tuple[str, str]]) -> None:
    texts = defaultdict(set)
    for text, intent in examples:
        texts[intent].add(text)
    for intent in (
        "file_complaint", "ask_rights", "out_of_scope", "report_injury", "report_violation",
        "query_progress", "query_recall", "subscribe_recall",
    ):  # fmt: skip
        assert len(texts[intent]) >= 300, intent


def test_intents_are_understood(result: dict[str, Any]) -> None:
    assert result["accuracy"] >= 0.94
    assert result["macro_f1"] >= 0.945


def test_rights_and_complaints_are_told_apart(result: dict[str, Any]) -> None:
    confused = result["confusion"]
    mixed = confused.get("ask_rights>file_complaint", 0) + confused.get(
        "file_complaint>ask_rights", 0
    )
    assert mixed <= 5


@pytest.mark.parametrize(
    ("kind", "floor"),
    [
        ("amount", 0.905), ("date", 0.9), ("platform", 0.87), ("demand", 0.48), ("product", 0.765),
        ("merchant", 0.885), ("location", 0.9), ("brand", 0.86), ("model", 0.85),
    ],
)  # fmt: skip
def test_values_and_names_are_found(kind: str, floor: float, result: dict[str, Any]) -> None:
    assert result["entities"][kind]["f1"] >= floor
