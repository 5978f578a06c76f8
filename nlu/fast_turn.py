"""DIALOGUE: frees Rasa's turn of what wastes it. An adaptation of 3.6.21 and of no other version."""

import copy
import functools
from collections.abc import Iterator
from typing import Any

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction

from nlu.rasa_version import WrongRasa, require


@functools.cache
def _frame() -> Any:
    """What an answer must be, each of its events looked at as an object alone."""
    schema = copy.deepcopy(RemoteAction.action_response_format_spec())
    del schema["properties"]["events"]["items"]["oneOf"]
    return _validator(schema)


@functools.cache
def _kinds() -> dict[str, Any]:
    """What an event of each kind must be: each alternative of stock's schema names its kind."""
    alternatives = RemoteAction.action_response_format_spec()["properties"]["events"]["items"][
        "oneOf"
    ]
    return {one["properties"]["event"]["const"]: _validator(one) for one in alternatives}


def _validator(schema: dict[str, Any]) -> Any:
    return validator_for(schema, default=Draft202012Validator)(schema)


def validate_action_result(_action: RemoteAction, result: dict[str, Any]) -> bool:
    """Check an action's answer as Rasa does, each event by the schema of its own kind.

    Stock 3.6.21 calls `jsonschema.validate`, which re-checks its own schema on every call, 79 % of
    a turn, and tries all 23 kinds on each event. Raises jsonschema.ValidationError as stock does.
    """
    error = next(_errors(result), None)
    if error is not None:
        error.message += ". The action server's answer has not the form of Rasa's custom actions."
        raise error
    return True


def _errors(result: dict[str, Any]) -> Iterator[ValidationError]:
    yield from _frame().iter_errors(result)
    for event in result.get("events", ()):
        kind = _kinds().get(event["event"])
        if kind is None:
            yield ValidationError(f"{event['event']!r} is no kind of event")
        else:
            yield from kind.iter_errors(event)


_stock_call = RemoteAction._action_call_format


def action_call(action: RemoteAction, tracker: Any, domain: Any) -> dict[str, Any]:
    """What an action is asked with: an empty domain where stock leaves it out.

    No action of ours reads the domain; the action server of a later version refuses to be asked without any.
    """
    return {"domain": {}, **_stock_call(action, tracker, domain)}


def install() -> None:
    """Put these in place. Raises WrongRasa on any other version of Rasa."""
    require("nlu/fast_turn.py")
    RemoteAction._validate_action_result = validate_action_result
    RemoteAction._action_call_format = action_call


__all__ = ["ValidationError", "WrongRasa", "install", "require", "validate_action_result"]
