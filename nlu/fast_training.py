"""UNDERSTANDING: frees Rasa's training of what serves its cache alone. An adaptation of 3.6.21 only.

Rasa hashes every value of every example again for each reader, merge and component, so that a later
training need not run what is unchanged: some minutes with 22,000 examples. `nlu.train` keeps models by
the hash of all that goes into them; and Rasa's cache does not see the modules that our components
import, so an edited pattern would be answered with what was learned before.
"""

import hashlib
import json
from typing import Any

from rasa.engine.training.hooks import TrainingHook
from rasa.shared.nlu.training_data.message import Message

from nlu import fast_turn


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


def _nothing_known(*_args: Any, **_kwargs: Any) -> dict[str, Any]:
    return {}


def _keep_nothing(*_args: Any, **_kwargs: Any) -> None:
    pass


def install() -> None:
    """Put these in place. Raises fast_turn.WrongRasa on any other version of Rasa."""
    fast_turn.require("nlu/fast_training.py")
    Message.fingerprint = fingerprint
    Message.__deepcopy__ = copied
    TrainingHook.on_before_node = _nothing_known
    TrainingHook.on_after_node = _keep_nothing
