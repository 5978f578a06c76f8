"""The adaptation of Rasa's turn: the same verdicts as stock, and only on the version it is for."""

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

OTHER_VERSION = """
import rasa
rasa.__version__ = "3.6.22"
from nlu import fast_turn
fast_turn.install()
"""


def test_it_gives_the_same_verdicts_as_stock() -> None:
    done = rasas_runtime.run(SAME_VERDICTS)
    assert done.returncode == 0, done.stderr[-2000:]


def test_it_fails_loudly_on_another_rasa() -> None:
    done = rasas_runtime.run(OTHER_VERSION)
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
