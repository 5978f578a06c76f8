"""UNDERSTANDING: the intent of a message. Knows no entity and no dialogue."""

import re
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix
from sklearn.linear_model import LogisticRegression

from bot.reading import folding
from nlu.components import cores
from nlu.components.ngrams import Ngrams

NOT_A_WORD = re.compile(r"[\W_]+")
_CLAUSE = re.compile(r"[^,。，!！?？;；\s~…]+")
_ASKS = re.compile(
    "吗|么|呢|怎|咋|如何|是否|能不能|可不可以|是不是|多少|什么|哪|谁|几|该不该|有没有|可以|能否|应该"
)
FILE = "intents.npz"
_EDGE = 12  # characters at either end of a message: how it opens, and what it comes to
_QUESTION = 14  # characters at the end of a clause that asks


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class DistrictIntentClassifier(IntentClassifier, GraphComponent):
    """Logistic regression (scikit-learn) on n-grams of characters and on the sentence features.

    The start, the end and the clauses that ask have n-grams of their own: in a long story they would
    be lost among the rest, and they tell what the story is told for. About 1 ms for a sentence,
    without the sentence features. Rasa's LogisticRegressionClassifier sees raw counts, has no
    regularisation to set and cannot weigh one kind of feature.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """What each part of a message weighs beside the whole (0 leaves it out); inverse regularisation;
        the temperature that calibrates the confidence (above 1 is less sure); how many intents are ranked."""
        return {
            "start_weighs": 0.3, "end_weighs": 0.5, "question_weighs": 0.4,
            "sentence_weighs": 0.6, "C": 10.0, "temperature": 1.0, "ranking_length": 10,
        }  # fmt: skip

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._ngrams: dict[str, Ngrams] = {}
        self._intents: list[str] = []
        self._weights = np.empty((0, 0), np.float32)  # features, intents
        self._offsets = np.empty(0, np.float32)  # intents

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "DistrictIntentClassifier":
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example that has text, and keep what was fitted."""
        examples = [e for e in training_data.intent_examples if e.get(TEXT)]
        for part, cut in PARTS.items():
            self._ngrams[part] = Ngrams.fit([cut(example.get(TEXT)) for example in examples])
        self._fit(self._features(examples), np.array([e.get(INTENT) for e in examples]))
        with self._storage.write_to(self._resource) as folder:
            np.savez(folder / FILE, **self._fitted())
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages with their intent and its ranking."""
        for message in messages:
            ranking = self._ranking(message)
            message.set(INTENT, ranking[0], add_to_output=True)
            message.set(
                "intent_ranking", ranking[: self._config["ranking_length"]], add_to_output=True
            )
        return messages

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> "DistrictIntentClassifier":
        made = cls(config, model_storage, resource)
        with (
            model_storage.read_from(resource) as folder,
            np.load(folder / FILE, allow_pickle=False) as fitted,
        ):
            made._take(fitted)
        return made

    def _fit(self, features: csr_matrix, intents: np.ndarray[Any, Any]) -> None:
        """One against the rest: six times as fast as one softmax over all, and as good; and the dual, which
        goes from example to example, three times as fast as the primal, which goes over all at once."""
        self._intents = sorted(set(intents))
        features = features.astype(np.float64)  # once: each regression would do it for itself

        def against_the_rest(name: str) -> LogisticRegression:
            regression = LogisticRegression(
                C=self._config["C"], solver="liblinear", dual=True, tol=0.1, random_state=1
            )
            return regression.fit(features, intents == name)

        with ThreadPoolExecutor() as pool:  # liblinear leaves the interpreter free meanwhile
            fitted = list(pool.map(against_the_rest, self._intents))
        self._weights = np.column_stack([one.coef_[0] for one in fitted]).astype(np.float32)
        self._offsets = np.array([one.intercept_[0] for one in fitted], np.float32)

    def _fitted(self) -> dict[str, np.ndarray[Any, Any]]:
        grams = {f"{part}_grams": one.grams for part, one in self._ngrams.items()}
        rarities = {f"{part}_rarities": one.rarities for part, one in self._ngrams.items()}
        return {
            **grams, **rarities, "intents": np.array(self._intents),
            "weights": self._weights, "offsets": self._offsets,
        }  # fmt: skip

    def _take(self, fitted: Mapping[str, np.ndarray[Any, Any]]) -> None:
        self._ngrams = {
            part: Ngrams(fitted[f"{part}_grams"], fitted[f"{part}_rarities"]) for part in PARTS
        }
        self._intents = [str(one) for one in fitted["intents"]]
        self._weights, self._offsets = fitted["weights"], fitted["offsets"]

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        columns, values = self._row(message)
        scores = values @ self._weights[columns] + self._offsets
        chances = 1 / (1 + np.exp(-scores / self._config["temperature"]))
        rows = zip(self._intents, chances / chances.sum(), strict=True)
        ranking = [{"name": name, "confidence": float(chance)} for name, chance in rows]
        return sorted(ranking, key=lambda row: -row["confidence"])

    def _features(self, messages: list[Message]) -> csr_matrix:
        rows = cores.each(lambda number: self._row(messages[number]), len(messages))
        columns, values = zip(*rows, strict=True)
        ends = np.cumsum([0, *(len(one) for one in columns)])
        width = sum(map(len, self._ngrams.values())) + sentence(messages[0]).shape[1]
        return csr_matrix(
            (np.concatenate(values), np.concatenate(columns), ends), (len(messages), width)
        )

    def _row(self, message: Message) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
        """The columns in which a message has anything, and what it has there: of each part, and its sentence."""
        columns, values, before = [], [], 0
        for part, ngrams in self._ngrams.items():
            found, weights = ngrams.features(PARTS[part](message.get(TEXT)))
            columns.append(found + before)
            values.append(weights * np.float32(self._config.get(f"{part}_weighs", 1.0)))
            before += len(ngrams)
        numbers = sentence(message)[0]
        columns.append(np.arange(before, before + len(numbers)))
        values.append(numbers * np.float32(self._config["sentence_weighs"]))
        return np.concatenate(columns), np.concatenate(values)


def bare(text: str | None) -> str:
    """Folded, lower-cased, without stops and spaces.

    Whether a citizen puts stops says nothing of what they want: a fifth put none at all. With them
    in, the classifier took every punctuated complaint for a letter to an office.
    """
    return NOT_A_WORD.sub("", folding.plain(text or "").lower()) or "空"


def start(text: str | None) -> str:
    """The first characters of a message."""
    return bare(text)[:_EDGE]


def end(text: str | None) -> str:
    """The last characters of a message."""
    return bare(text)[-_EDGE:]


def questions(text: str | None) -> str:
    """The ends of the clauses that hold a word of asking, one after the other."""
    clauses = _CLAUSE.findall(folding.plain(text or "").lower())
    return bare(" ".join(c[-_QUESTION:] for c in clauses if _ASKS.search(c)))


PARTS: Mapping[str, Callable[[str | None], str]] = {
    "whole": bare, "start": start, "end": end, "question": questions,
}  # fmt: skip


def sentence(message: Message) -> np.ndarray[Any, Any]:
    """The sentence features of a message in one row. Raises ValueError where there are none."""
    _, features = message.get_dense_features(TEXT, [])
    if features is None:
        raise ValueError(
            "没有句子特征：config.yml 里 SentenceFeaturizer 要排在 DistrictIntentClassifier 之前"
        )
    return np.asarray(features.features, dtype=np.float32)
