"""DIALOGUE: Rasa's memory of talks in Redis, for several Rasa, as a cache that forgets and may be lost."""

from typing import Any

import redis
from rasa.core.brokers.broker import EventBroker
from rasa.core.tracker_store import RedisTrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.trackers import DialogueStateTracker


class ForgettingRedisStore(RedisTrackerStore):
    """Rasa's Redis store that replaces a talk with what it is now, and forgets it after a day.

    The stock store merges a talk with what was kept before: emptying it (`Rasa.forget`) would do
    nothing, and it would grow without end. Only one process has a talk at a time (bot/turns.py).
    """

    def __init__(
        self,
        domain: Domain,
        event_broker: EventBroker | None = None,
        redis_url: str = "",
        max_events: int = 400,
        keep_seconds: int = 86400,
        timeout_seconds: float = 2.0,
        **kwargs: Any,
    ) -> None:
        kwargs.pop("host", None)  # Rasa's own name for an address, which cannot hold a password
        super().__init__(domain, event_broker=event_broker, record_exp=keep_seconds, **kwargs)
        self.max_event_history = int(max_events)
        self.red = redis.StrictRedis.from_url(
            redis_url, decode_responses=True, socket_timeout=timeout_seconds
        )

    async def save(self, tracker: DialogueStateTracker, timeout: float | None = None) -> None:
        """Keep the talk as it is now, whatever was kept before."""
        await self.stream_events(tracker)
        self.red.set(
            self.key_prefix + tracker.sender_id,
            self.serialise_tracker(tracker),
            ex=int(timeout or self.record_exp),
        )
