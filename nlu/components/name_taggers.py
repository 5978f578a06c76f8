"""UNDERSTANDING: two conditional random fields over the same characters: one for things, one for who made,
sold and where. Knows no Rasa.

One for all five kinds of names understands less and takes twice as long to learn: a round costs by the
square of the labels, and a second core has nothing to do.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pycrfsuite

from nlu.components import cores, spans
from nlu.components.spans import Span

GROUPS = (("product", "model"), ("merchant", "location", "brand"))
BETWEEN = "\x1f"  # stands between the features of a character while they are handed on


class NameTaggers:
    """Both fields (python-crfsuite), about 4 ms for a sentence."""

    def __init__(self, models: Sequence[bytes]) -> None:
        self._models = tuple(models)  # kept: a tagger holds no copy
        self._taggers = [pycrfsuite.Tagger() for _ in models]
        for tagger, model in zip(self._taggers, self._models, strict=True):
            tagger.open_inmemory(model)
        self._by_label = {label: one for one in self._taggers for label in one.labels()}

    @classmethod
    def load(cls, folder: Path) -> "NameTaggers":
        """What `train` has put into a folder."""
        return cls([_file(folder, number).read_bytes() for number in range(len(GROUPS))])

    def read(self, features: Sequence[Sequence[str]]) -> list[Span]:
        """The names marked in a text of these features; of two that overlap the likelier as a whole.

        `chance` is then about this text.
        """
        for tagger in self._taggers:
            tagger.set(features)
        found = [span for tagger in self._taggers for span in spans.marked(tagger.tag())]
        kept: list[Span] = []
        for span in sorted(found, key=lambda one: (-self._weight(one), one)):
            if not spans.meets(*span[1:], kept):
                kept.append(span)
        return sorted(kept, key=lambda one: one[1])

    def chance(self, kind: str, at: int) -> float:
        """How likely the character at a place belongs to a name of the kind."""
        known = (label for label in (f"B-{kind}", f"I-{kind}") if label in self._by_label)
        return float(sum(self._by_label[label].marginal(label, at) for label in known))

    def _weight(self, span: Span) -> float:
        kind, start, end = span
        return sum(self.chance(kind, at) for at in range(start, end))


def train(examples: Sequence[tuple[list[str], list[Span]]], folder: Path, **params: Any) -> None:
    """Learn both fields at once, each in a process of its own, into files of the folder.

    An example is its features, a string for a character with BETWEEN between them, and its names.
    `params` are python-crfsuite's. Raises RuntimeError where a process fails.
    """
    processes = [
        cores.fork.Process(target=_train_one, args=(kinds, examples, _file(folder, number), params))
        for number, kinds in enumerate(GROUPS)
    ]
    for one in processes:
        one.start()
    for one in processes:
        one.join()
    if any(one.exitcode for one in processes):
        raise RuntimeError("the names were not learned: see the messages above")


def _train_one(
    kinds: Sequence[str], examples: Sequence[tuple[list[str], list[Span]]], path: Path,
    params: dict[str, Any],
) -> None:  # fmt: skip
    trainer = pycrfsuite.Trainer(verbose=False)
    for features, found in examples:
        labels = spans.labels(len(features), [span for span in found if span[0] in kinds])
        trainer.append([one.split(BETWEEN) for one in features], labels)
    trainer.set_params(params)
    trainer.train(str(path))


def _file(folder: Path, number: int) -> Path:
    return folder / f"{'-'.join(GROUPS[number])}.crfsuite"
