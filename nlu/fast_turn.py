"""DIALOGUE: frees Rasa's turn of what wastes it. An adaptation of 3.6.21 and of no other version."""

import functools
from typing import Any

import rasa
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction

WRITTEN_FOR = "3.6.21"


class WrongRasa(RuntimeError):
    """Rasa is not the version that the adaptation was written for."""


@functools.cache
def _validator() -> Any:
    schema = RemoteAction.action_response_format_spec()
    return validator_for(schema, default=Draft202012Validator)(schema)


def validate_action_result(_action: RemoteAction, result: dict[str, Any]) -> bool:
    """Check an action's answer as Rasa does, without checking the schema itself again each time.

    Stock 3.6.21 calls `jsonschema.validate`, which re-checks its own schema on every call: 79 % of
    a turn. Raises jsonschema.ValidationError as stock does.
    """
    error = next(_validator().iter_errors(result), None)
    if error is not None:
        error.message += ". The action server's answer has not the form of Rasa's custom actions."
        raise error
    return True


def require(file: str) -> None:
    """Raise WrongRasa where Rasa is not the version that the adaptation in `file` was written for."""
    if rasa.__version__ != WRITTEN_FOR:
        raise WrongRasa(f"{file} was written for Rasa {WRITTEN_FOR}, not {rasa.__version__}")


def install() -> None:
    """Put the prepared validator in place. Raises WrongRasa on any other version of Rasa."""
    require("nlu/fast_turn.py")
    RemoteAction._validate_action_result = validate_action_result


__all__ = ["ValidationError", "WrongRasa", "install", "require", "validate_action_result"]
