"""UNDERSTANDING: the intent of a message. Knows no entity and no dialogue."""

import re
from typing import Any

import numpy as np
import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from scipy.sparse import csr_matrix, hstack
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.reading import folding

NOT_A_WORD = re.compile(r"[\W_]+")


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class DistrictIntentClassifier(IntentClassifier, GraphComponent):
    """Logistic regression (scikit-learn) on n-grams of characters and on the sentence features.

    The end of a message has n-grams of its own: there a story turns into a question or does not.
    About 1 ms for a sentence, without the sentence features. Rasa's LogisticRegressionClassifier
    sees raw counts, has no regularisation to set and cannot weigh one kind of feature.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Longest n-gram and length of the end, in characters; what the end and the sentence features
        weigh beside the whole; inverse regularisation; the temperature that calibrates the
        confidence (above 1 is less sure); how many intents are ranked."""
        return {
            "longest": 3, "end": 12, "end_weighs": 0.5, "sentence_weighs": 0.6, "C": 10.0,
            "temperature": 1.0, "ranking_length": 10,
        }  # fmt: skip

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, storage, resource
        self._parts: dict[str, Any] = {
            "whole": self._ngrams(),
            "end": self._ngrams(),
            # One against the rest: six times as fast as one softmax over all, and as good.
            "regression": LogisticRegression(C=config["C"], solver="liblinear"),
        }

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
        texts = [bare(example.get(TEXT)) for example in examples]
        self._parts["whole"].fit(texts)
        self._parts["end"].fit([self._end(text) for text in texts])
        self._parts["regression"].fit(self._features(examples), [e.get(INTENT) for e in examples])
        with self._storage.write_to(self._resource) as folder:
            skops.io.dump(self._parts, folder / "intents.skops")
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
        with model_storage.read_from(resource) as folder:
            path = folder / "intents.skops"
            # The model was written by `train` above, into an archive that only we make.
            made._parts = skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))
        return made

    def _ranking(self, message: Message) -> list[dict[str, Any]]:
        regression = self._parts["regression"]
        scores = regression.decision_function(self._features([message]))[0]
        chances = 1 / (1 + np.exp(-scores / self._config["temperature"]))
        rows = zip(regression.classes_, chances / chances.sum(), strict=True)
        ranking = [{"name": str(name), "confidence": float(chance)} for name, chance in rows]
        return sorted(ranking, key=lambda row: -row["confidence"])

    def _features(self, messages: list[Message]) -> csr_matrix:
        texts = [bare(message.get(TEXT)) for message in messages]
        ends = [self._end(text) for text in texts]
        sentences = np.vstack([sentence(message) for message in messages])
        return hstack(
            [
                self._parts["whole"].transform(texts),
                self._config["end_weighs"] * self._parts["end"].transform(ends),
                csr_matrix(self._config["sentence_weighs"] * sentences),
            ],
            format="csr",
        )

    def _end(self, text: str) -> str:
        return text[-self._config["end"] :]

    def _ngrams(self) -> TfidfVectorizer:
        return TfidfVectorizer(
            analyzer="char", ngram_range=(1, self._config["longest"]), min_df=2, sublinear_tf=True
        )


def bare(text: str | None) -> str:
    """Folded, lower-cased, without stops and spaces.

    Whether a citizen puts stops says nothing of what they want: a fifth put none at all. With them
    in, the classifier took every punctuated complaint for a letter to an office.
    """
    return NOT_A_WORD.sub("", folding.plain(text or "").lower()) or "空"


def sentence(message: Message) -> np.ndarray[Any, Any]:
    """The sentence features of a message in one row. Raises ValueError where there are none."""
    _, features = message.get_dense_features(TEXT, [])
    if features is None:
        raise ValueError(
            "没有句子特征：config.yml 里 SentenceFeaturizer 要排在 DistrictIntentClassifier 之前"
        )
    return np.asarray(features.features, dtype=np.float64)
