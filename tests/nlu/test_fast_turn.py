"""The adaptations of Rasa: the same verdicts as stock, and only on the version they are for."""

import pytest

from tests.nlu import rasas_runtime

SAME_VERDICTS = """
import copy
from jsonschema import ValidationError
from rasa.core.actions.action import RemoteAction
from nlu import fast_turn
stock = RemoteAction._validate_action_result
action = RemoteAction.__new__(RemoteAction)
good = {"events": [{"event": "slot", "name": "a", "value": 1}], "responses": [{"text": "x"}]}
rows = [good, {}, {"events": [{"name": "no event"}]}, {"responses": [1]}, {"events": 1},
        {"events": [], "responses": "x"}]
def verdict(check, row):
    try:
        return check(action, copy.deepcopy(row))
    except ValidationError:
        return "refused"
for row in rows:
    assert verdict(stock, row) == verdict(fast_turn.validate_action_result, row), row
assert verdict(stock, rows[4]) == "refused"
fast_turn.install()
assert RemoteAction._validate_action_result is fast_turn.validate_action_result
"""

SAME_MESSAGES = """
import itertools
from rasa.engine.training.hooks import TrainingHook
from rasa.shared.nlu.training_data.message import Message
from nlu import fast_training
entity = {"entity": "brand", "start": 0, "end": 2, "value": "小米"}
rows = [
    {"text": "小米手机", "intent": "a", "entities": [entity]}, {"intent": "a", "text": "小米手机", "entities": [entity]},
    {"text": "小米手机", "intent": "b", "entities": [entity]}, {"text": "小米手机", "intent": "a"},
    {"text": "小米手机", "intent": "a", "entities": [dict(entity, end=3)]}, {"text": "小米手机 ", "intent": "a"},
    {"intent": "a", "action_name": None}, {},
]
def alike():
    made = [Message(data=row) for row in rows]
    return [one == other for one, other in itertools.product(made, made)]
stock = alike()
fast_training.install()
assert alike() == stock and len(set(stock)) == 2
message = Message(data=rows[0])
before = message.fingerprint()
message.set("intent", "b")
assert message.fingerprint() != before  # set() forgets what was reckoned
assert TrainingHook.on_before_node(None, node_name="x") == {}
"""

OTHER_VERSION = """
import rasa
rasa.__version__ = "3.6.22"
from nlu import {module}
{module}.install()
"""


def test_it_gives_the_same_verdicts_as_stock() -> None:
    done = rasas_runtime.run(SAME_VERDICTS)
    assert done.returncode == 0, done.stderr[-2000:]


def test_examples_are_told_apart_as_by_stock() -> None:
    done = rasas_runtime.run(SAME_MESSAGES)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("module", ["fast_turn", "fast_training"])
def test_it_fails_loudly_on_another_rasa(module: str) -> None:
    done = rasas_runtime.run(OTHER_VERSION.format(module=module))
    assert done.returncode != 0
    assert "WrongRasa" in done.stderr and "3.6.22" in done.stderr


BOUNDED = """
import asyncio
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker
from nlu.bounded_tracker_store import BoundedTrackerStore
store = BoundedTrackerStore(Domain.empty(), max_talks=3)
async def fill():
    for n in range(5):
        await store.save(DialogueStateTracker.from_events(str(n), []))
    assert list(store.store) == ["2", "3", "4"]
    assert await store.retrieve("0") is None and await store.retrieve("4") is not None
asyncio.run(fill())
"""


def test_the_tracker_store_forgets_the_oldest_talks() -> None:
    done = rasas_runtime.run(BOUNDED)
    assert done.returncode == 0, done.stderr[-2000:]
