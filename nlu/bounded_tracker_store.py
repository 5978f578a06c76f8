"""DIALOGUE: Rasa's memory of talks as a cache of bounded size. What must last is in the records."""

from collections import OrderedDict
from typing import Any

from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import InMemoryTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker


class BoundedTrackerStore(InMemoryTrackerStore):
    """Rasa's in-memory store that forgets the talks that rested longest, and long pasts.

    `max_talks` talks are kept, each with its last `max_events` events (a filled form takes about
    150); the stock store grows without end. A forgotten talk begins a new session, which
    `action_session_start` restores.
    """

    def __init__(
        self,
        domain: Domain,
        event_broker: EventBroker | None = None,
        max_talks: int = 2000,
        max_events: int = 400,
        **kwargs: Any,
    ) -> None:
        super().__init__(domain, event_broker, **kwargs)
        self._max_talks = int(max_talks)
        self.max_event_history = int(max_events)
        self.store: OrderedDict[str, Any] = OrderedDict()

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Keep the talk as the newest; let the oldest go."""
        await super().save(tracker)
        self.store.move_to_end(tracker.sender_id)
        while len(self.store) > self._max_talks:
            self.store.popitem(last=False)
