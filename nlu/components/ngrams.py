"""UNDERSTANDING: n-grams of a text's characters as numbers. Knows no intent."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]
Numbers = NDArray[np.float32]
LONGEST = 3
_BITS = np.uint64(21)  # of a character in Unicode: three of them are one number of 64 bits


class Ngrams:
    """TF-IDF of the n-grams of up to three characters, as scikit-learn's TfidfVectorizer(analyzer="char",
    sublinear_tf=True) has it.

    scikit-learn keeps each n-gram as an object of Python's: 268,000 of them made a model of 445 MB, of which
    a start read for most of its time. Here they are one sorted array of numbers: 0.15 ms for a sentence, 8
    bytes for an n-gram.
    """

    def __init__(self, grams: Codes, rarities: Numbers) -> None:
        self.grams, self.rarities = grams, rarities  # sorted; the idf of each

    @classmethod
    def fit(cls, texts: Sequence[str], seen_at_least: int = 2) -> "Ngrams":
        """Those that so many of the texts have."""
        of_each = [np.unique(codes(text)) for text in texts]
        grams, seen = np.unique(np.concatenate(of_each), return_counts=True)
        grams, seen = grams[seen >= seen_at_least], seen[seen >= seen_at_least]
        rarities = np.log((1 + len(texts)) / (1 + seen)) + 1
        return cls(grams, rarities.astype(np.float32))

    def __len__(self) -> int:
        return len(self.grams)

    def features(self, text: str) -> tuple[NDArray[np.intp], Numbers]:
        """The columns of a text's n-grams and their weights, which have length 1; of unknown ones nothing."""
        found, counts = np.unique(codes(text), return_counts=True)
        columns = np.searchsorted(self.grams, found)
        columns[columns == len(self.grams)] = 0
        is_known = self.grams[columns] == found if len(self.grams) else np.zeros(len(found), bool)
        columns, counts = columns[is_known], counts[is_known]
        weights = (1 + np.log(counts)) * self.rarities[columns]
        length = np.sqrt(np.square(weights).sum())
        return columns, (weights / length if length else weights).astype(np.float32)


def codes(text: str) -> Codes:
    """Each n-gram of a text as one number: 21 bits for each of its characters."""
    ones = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    grams = [ones]
    for _ in range(LONGEST - 1):
        grams.append((grams[-1][:-1] << _BITS) | ones[len(grams) :])
    return np.concatenate(grams)
