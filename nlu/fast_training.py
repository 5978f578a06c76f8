"""UNDERSTANDING: frees Rasa's training of what serves its cache alone. An adaptation of 3.6.21 only.

Rasa hashes every value of every example again for each reader, merge and component, so that a later
training need not run what is unchanged: some minutes with 22,000 examples. It reads the files three times, once
for each importer, and imports all components that it ships to compare ours with them. `nlu.train` keeps models
by the hash of all that goes into them; and Rasa's cache does not see the modules that our components import, so
an edited pattern would be answered with what was learned before.
"""

import functools
import hashlib
import importlib
import json
import sys
from collections.abc import Iterable
from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.training.hooks import TrainingHook
from rasa.shared.importers import utils
from rasa.shared.importers.importer import TrainingDataImporter
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from nlu import fast_turn

_VALIDATOR = "rasa.graph_components.validators.default_recipe_validator"
_from_paths = utils.training_data_from_paths


def fingerprint(message: Message) -> str:
    """The hash that messages are compared by: of all that is said of them, in one go."""
    if message._cached_fingerprint is None:
        said = json.dumps(message.data, ensure_ascii=False, sort_keys=True, default=str)
        told = f"{said}{len(message.features)}".encode("utf-8", "surrogatepass")
        message._cached_fingerprint = hashlib.md5(told, usedforsecurity=False).hexdigest()
    return message._cached_fingerprint


def copied(message: Message, _memo: dict[int, Any]) -> Message:
    """A copy to which more can be said; what is said already is never changed in place, and is shared.

    Rasa copies the examples, letter by letter, each time that it puts two files of them together.
    """
    made = Message.__new__(Message)
    vars(made).update(vars(message))
    made.data, made.features = dict(message.data), list(message.features)
    made.output_properties = set(message.output_properties)
    return made


@functools.cache
def _read(paths: tuple[str, ...], language: str | None) -> TrainingData:
    return _from_paths(paths, language)


def from_paths(paths: Iterable[str], language: str | None) -> TrainingData:
    """The examples of files, which Rasa reads three times in a training, one importer after the other."""
    return _read(tuple(paths), language)


class DefaultV1RecipeValidator(GraphComponent):
    """Rasa's check of the examples. It also asks of each component that it ships whether ours has it, for
    which it imports them all (see lean_start.py)."""

    @classmethod
    def create(cls, *_args: Any, **_kwargs: Any) -> "DefaultV1RecipeValidator":
        return cls()

    def validate(self, importer: TrainingDataImporter) -> TrainingDataImporter:
        """The importer; warns of what is wrong with its examples."""
        importer.get_nlu_data().validate()
        return importer


# A model names its parts by their modules, and stock Rasa is to serve ours.
DefaultV1RecipeValidator.__module__ = _VALIDATOR


def _nothing_known(*_args: Any, **_kwargs: Any) -> dict[str, Any]:
    return {}


def _keep_nothing(*_args: Any, **_kwargs: Any) -> None:
    pass


def install() -> None:
    """Put these in place. Raises fast_turn.WrongRasa on any other version of Rasa."""
    fast_turn.require("nlu/fast_training.py")
    if _VALIDATOR in sys.modules:  # by lean_start.py
        sys.modules[_VALIDATOR].DefaultV1RecipeValidator = DefaultV1RecipeValidator
        # config.yml names a policy by its class alone, which is known once its module is imported.
        importlib.import_module("rasa.core.policies.rule_policy")
    utils.training_data_from_paths = from_paths
    Message.fingerprint = fingerprint
    Message.__deepcopy__ = copied
    TrainingHook.on_before_node = _nothing_known
    TrainingHook.on_after_node = _keep_nothing
