"""UNDERSTANDING: the intent of a message from its characters. Knows no entity and no dialogue."""

import re
from typing import Any

import skops.io
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from bot.reading import folding

NOT_A_WORD = re.compile(r"[\W_]+")


def bare(text: str) -> str:
    """Folded, lower-cased, without stops and spaces.

    Whether a citizen puts stops says nothing of what they want: a fifth put none at all. With them
    in, the classifier took every punctuated complaint for a letter to an office.
    """
    return NOT_A_WORD.sub("", folding.plain(text).lower()) or "空"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class CharacterIntentClassifier(IntentClassifier, GraphComponent):
    """Logistic regression on weighted character n-grams (scikit-learn). About 1 ms for a sentence.

    Rasa's own LogisticRegressionClassifier sees raw counts and has no regularisation to set.
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Longest n-gram in characters; inverse regularisation; how many intents are ranked."""
        return {"longest": 3, "C": 10.0, "ranking_length": 10}

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource) -> None:
        self._config = config
        self._storage = storage
        self._resource = resource
        self._model = Pipeline(
            [
                ("ngrams", TfidfVectorizer(
                    analyzer="char", ngram_range=(1, config["longest"]), min_df=2,
                    sublinear_tf=True)),
                ("regression", LogisticRegression(C=config["C"], max_iter=400)),
            ]
        )  # fmt: skip

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "CharacterIntentClassifier":
        return cls(config, model_storage, resource)

    def train(self, training_data: TrainingData) -> Resource:
        """Fit on every example that has text, and keep the fitted model."""
        rows = [e for e in training_data.intent_examples if e.get(TEXT)]
        self._model.fit([bare(e.get(TEXT)) for e in rows], [e.get(INTENT) for e in rows])
        with self._storage.write_to(self._resource) as folder:
            skops.io.dump(self._model, folder / "intents.skops")
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages with their intent and its ranking."""
        for message in messages:
            chances = self._model.predict_proba([bare(message.get(TEXT) or "")])[0]
            ranking = [
                {"name": str(name), "confidence": float(chance)}
                for name, chance in zip(self._model.classes_, chances, strict=True)
            ]
            ranking.sort(key=lambda row: -row["confidence"])
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
    ) -> "CharacterIntentClassifier":
        made = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            path = folder / "intents.skops"
            # The model was written by `train` above, into an archive that only we make.
            made._model = skops.io.load(path, trusted=skops.io.get_untrusted_types(file=path))
        return made
