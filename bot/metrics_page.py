"""/metrics for Prometheus: what was counted, and what the records hold when it is asked. Knows no citizen."""

import asyncio
import hmac
import ipaddress
from collections.abc import Iterator
from datetime import UTC, datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot import metrics
from bot.casework import gauges
from bot.casework.gauges import Gauges
from bot.settings import Settings

READ_SECONDS = 5.0  # for the gauges of the records; then the counters go without them
PASSED_ON = ("forwarded", "x-forwarded-for", "x-real-ip", "via")  # what a proxy adds


class MetricsPage:
    """Answers who has METRICS_TOKEN or, where none is set, who asks on this very machine."""

    def __init__(self, sessions: sessionmaker[Session], settings: Settings) -> None:
        self._sessions, self._token = sessions, settings.metrics_token
        self._reading: asyncio.Task[Gauges | None] | None = None

    def routes(self) -> list[BaseRoute]:
        """The page."""
        return [Route("/metrics", self._show, methods=["GET"])]

    async def _show(self, request: Request) -> Response:
        if not self._may_see(request):
            return Response(status_code=403)
        found = CollectorRegistry()
        found.register(_Records(await self._gauges()))
        text = generate_latest(metrics.REGISTRY) + generate_latest(found)
        return Response(text, headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _may_see(self, request: Request) -> bool:
        """A proxy's request comes from this machine too: without a token, one that was passed on is refused."""
        if self._token:
            given = request.headers.get("authorization", "")
            return hmac.compare_digest(given.encode(), f"Bearer {self._token}".encode())
        if any(name in request.headers for name in PASSED_ON):
            return False
        try:
            return ipaddress.ip_address(request.client.host if request.client else "").is_loopback
        except ValueError:
            return False

    async def _gauges(self) -> Gauges | None:
        """What the records hold; None where they do not answer in time. One scrape reads at a time."""
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(asyncio.to_thread(self._read))
        done, _ = await asyncio.wait({self._reading}, timeout=READ_SECONDS)
        return self._reading.result() if done else None

    def _read(self) -> Gauges | None:
        try:
            with self._sessions() as session:
                return gauges.read(session, datetime.now(UTC))
        except SQLAlchemyError:
            return None


class _Records(Collector):
    """The gauges of one scrape."""

    def __init__(self, found: Gauges | None) -> None:
        self._found = found

    def collect(self) -> Iterator[GaugeMetricFamily]:
        found = self._found
        is_read = 0 if found is None else 1
        yield GaugeMetricFamily("records_readable", "Whether the records answered", value=is_read)
        if found is None:
            return
        for name, text, value in (
            ("oldest_due_notice_seconds", "Age of the oldest notice that is due", found.oldest_notice),
            ("oldest_waiting_message_seconds", "Age of the oldest message without an answer", found.oldest_message),
            ("disputes_overdue", "Disputes past the day that is due", found.disputes_overdue),
        ):  # fmt: skip
            yield GaugeMetricFamily(name, text, value=value)
        notices = GaugeMetricFamily("notices", "Notices of the ledger by state", labels=["state"])
        for state, count in found.notices.items():
            notices.add_metric([state], count)
        sources = GaugeMetricFamily(
            "source_age_seconds", "Since a publisher of recalls was last read", labels=["source"]
        )
        for code, age in found.sources.items():
            sources.add_metric([code], age)
        yield from (notices, sources)
