"""What is counted while the process runs, for Prometheus. Knows no record, no channel, and no person.

Labels are names from code and from domain.yml alone: nothing that anybody typed.
"""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

from prometheus_client import CollectorRegistry, Counter, Histogram

REGISTRY = CollectorRegistry()
SECONDS = (0.05, 0.1, 0.25, 0.5, 1, 2, 4, 8, 16)  # the last but one is RASA_TIMEOUT_SECONDS

turns = Counter("turns", "Messages that were answered", ["channel"], registry=REGISTRY)
turn_seconds = Histogram(
    "turn_seconds", "From a message to its reply", buckets=SECONDS, registry=REGISTRY
)
intents = Counter("intents", "What Rasa understood", ["intent"], registry=REGISTRY)
fallbacks = Counter("fallbacks", "Messages that Rasa did not understand", registry=REGISTRY)
degraded = Counter("degraded_replies", "Messages that were told to wait", registry=REGISTRY)
attempts = Counter(
    "notice_attempts", "Notices by what became of them", ["channel", "outcome"], registry=REGISTRY
)
errors = Counter("errors", "Lines of the log by who wrote them", ["logger", "level"], registry=REGISTRY)  # fmt: skip

FALLBACK = "nlu_fallback"


@contextmanager
def turn(channel: str) -> Iterator[None]:
    """Count and time one turn, from its message to its reply; one that ends in a fault counts too."""
    began = time.perf_counter()
    try:
        yield
    finally:
        turns.labels(channel).inc()
        turn_seconds.observe(time.perf_counter() - began)


def understood(intent: str) -> None:
    """Count what Rasa took a message for."""
    if intent == FALLBACK:
        fallbacks.inc()
    intents.labels(intent).inc()


def attempted(channel: str, outcome: object) -> None:
    """Count what became of an attempt to send a notice; `outcome` is one of notices.Outcome."""
    attempts.labels(channel, type(outcome).__name__.lower()).inc()


class ErrorCounter(logging.Handler):
    """Counts warnings and worse by the module that logs them, so that none has to count its own."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)

    def emit(self, record: logging.LogRecord) -> None:
        """Count a line."""
        errors.labels(record.name, record.levelname.lower()).inc()
