"""DIALOGUE: frees Rasa's turn of what wastes it. An adaptation of 3.6.21 and of no other version."""

import copy
import functools
from collections.abc import Iterator
from typing import Any

import rasa
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import validator_for
from rasa.core.actions.action import RemoteAction
from rasa.shared.core.events import Event, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker, EventVerbosity

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


def action_call(
    action: RemoteAction, tracker: DialogueStateTracker, _domain: Any
) -> dict[str, Any]:
    """What an action is asked with: of the talk what happened since its last message, and no domain.

    Stock sends both whole each time, up to 400 events and all responses; no action of ours reads them.
    The key `domain` stays, for the action server refuses to be asked without.
    """
    told = tracker.current_state(EventVerbosity.NONE)
    told["events"] = [event.as_dict() for event in _latest(tracker)]
    return {
        "next_action": action.name(), "sender_id": tracker.sender_id, "tracker": told,
        "domain": {}, "version": rasa.__version__,
    }  # fmt: skip


def _latest(tracker: DialogueStateTracker) -> list[Event]:
    """The events from the last message on; all where there was none."""
    back = list(reversed(tracker.events))
    place = next((n for n, event in enumerate(back) if isinstance(event, UserUttered)), len(back))
    return back[: place + 1][::-1]


def install() -> None:
    """Put these in place. Raises WrongRasa on any other version of Rasa."""
    require("nlu/fast_turn.py")
    RemoteAction._validate_action_result = validate_action_result
    RemoteAction._action_call_format = action_call


__all__ = ["ValidationError", "WrongRasa", "install", "require", "validate_action_result"]
