"""UNDERSTANDING: a start without what our model never uses. An adaptation of Rasa 3.6.21 and of no other version.

To serve any model Rasa imports each component that it ships and what draws its charts: TensorFlow, Keras and
matplotlib, 350 MB and most of its start. Ours has none of these; what Rasa asks of them by name while it is
imported is a stand-in, which refuses to be used.
"""

import sys
from types import ModuleType
from typing import Any

from nlu import rasa_version

# The modules of Rasa that import them. `default_components` registers what a configuration may name without
# its module; ours is found by its module.
LEFT_OUT = {
    "rasa.engine.recipes.default_components": {"DEFAULT_COMPONENTS": []},
    "rasa.graph_components.validators.default_recipe_validator": {},  # named in a model, used in training
    "rasa.utils.plotting": {},
    "rasa.utils.tensorflow.callback": {},
    "rasa.utils.tensorflow.data_generator": {},
}  # fmt: skip


class LeftOut(RuntimeError):
    """Something was used that the start has left out."""


class _StandIn(ModuleType):
    """A module whose names can be imported, and not used."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _refused(f"{self.__name__}.{name}")


def _refused(name: str) -> type:
    def refuse(*_args: Any, **_kwargs: Any) -> Any:
        raise LeftOut(f"{name} is left out by nlu/lean_start.py: serve such a model by `rasa run`")

    return type("StandIn", (), {"__new__": refuse})


def install() -> None:
    """Put the stand-ins in place, before Rasa imports the modules. Raises WrongRasa, or LeftOut where it is too late."""
    rasa_version.require("nlu/lean_start.py")
    for name, known in LEFT_OUT.items():
        if name in sys.modules and not isinstance(sys.modules[name], _StandIn):
            raise LeftOut(f"{name} is imported already: nlu/lean_start.py comes before it")
        stand_in = _StandIn(name)
        vars(stand_in).update(known)
        sys.modules[name] = stand_in
