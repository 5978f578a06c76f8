"""Rasa's log without a citizen's words. An adaptation of 3.6.21 and of no other version.

Rasa quotes a message that it cannot read, in a warning of Python's too, and an exception with its text and, in
JSON, the values of the variables on its way. `bot/logs.py` is of the other runtime.
"""

import logging
import sys
import traceback
import warnings
from typing import Any

from rasa.utils import log_utils

from nlu import rasa_version

# What Rasa itself names as holding words, and the fields that it has forgotten.
WORDED = {
    "text", "response_text", "user_text", "slot_values", "parse_data_text", "parse_data_entities",
    "prediction_events", "tracker_latest_message", "prefilled_slots", "message", "response", "slot_candidates",
    "rasa_event", "rasa_events", "tracker_states", "current_states", "old_states", "successes", "current_entity",
    "next_entity", "states", "entity", "token_text", "user_message", "json_message", "json_body",
}  # fmt: skip


def without_words(_logger: Any, method: str, line: dict[str, Any]) -> dict[str, Any]:
    """A line of structlog, each worded field a dash and an exception told by its places."""
    for name in WORDED & line.keys():
        line[name] = "—"
    raised = line.get("exc_info", method == "exception")
    if isinstance(raised, BaseException):
        raised = (type(raised), raised, raised.__traceback__)
    if raised:
        line["exception"] = places(raised if isinstance(raised, tuple) else sys.exc_info())
    line["exc_info"] = False  # else it is looked up again
    return line


def places(raised: Any) -> str:
    """The type of an exception and the places it went through, the first cause last."""
    kind, error, trail = raised
    if kind is None:
        return ""
    steps = [f"{one.filename}:{one.lineno} {one.name}" for one in traceback.extract_tb(trail)]
    cause = error.__cause__ or error.__context__
    more = f"\nbecause of {places((type(cause), cause, cause.__traceback__))}" if cause else ""
    return f"{kind.__name__} at {' > '.join(steps)}{more}"


def install() -> None:
    """Put these in place, before Rasa sets its log up. Raises WrongRasa on any other version of Rasa."""
    rasa_version.require("nlu/quiet_log.py")
    log_utils._anonymizer = without_words
    warnings.simplefilter("ignore")
    logging.Formatter.formatException = lambda _self, raised: places(raised)  # type: ignore[method-assign]
