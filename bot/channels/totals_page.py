"""REPLY on the page of the district's totals, open to everybody: a chart and its table."""

import asyncio
import time
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.casework import totals
from bot.casework.disputes import local_day
from bot.channels import web_pages
from bot.library import load
from bot.settings import Settings

KEPT_SECONDS = 600.0  # the totals are counted anew no more often than that
HEIGHT, STEP, BAR = 160, 48, 16  # of the chart, in its own units
CHARTS = (("filed", "settled"), ("pushed", "answered"))


def routes(
    sessions: sessionmaker[Session], settings: Settings, clock: Callable[[], float] = time.monotonic
) -> list[BaseRoute]:
    """The page of totals."""
    pages, kept = web_pages.Pages(settings), _Kept(sessions, clock)

    async def show(request: Request) -> Response:
        months, day = await asyncio.to_thread(kept.months)
        charts = [chart(months, names) for names in CHARTS]
        rows = [_row(one) for one in reversed(months)]
        platform = load("pages")["totals"]["platform"]
        return pages.draw(
            request, "totals.html", rows=rows, charts=charts, platform=platform,
            day=day.isoformat(), least=totals.LEAST,
        )  # fmt: skip

    return [Route("/totals", show, methods=["GET"])]


class _Kept:
    """The totals, counted at most once in KEPT_SECONDS whoever asks."""

    def __init__(self, sessions: sessionmaker[Session], clock: Callable[[], float]) -> None:
        self._sessions, self._clock = sessions, clock
        self._found: tuple[float, Sequence[totals.Month], date] | None = None

    def months(self) -> tuple[Sequence[totals.Month], date]:
        """The months, and the day they were counted on."""
        moment = self._clock()
        if self._found is None or moment - self._found[0] >= KEPT_SECONDS:
            now = datetime.now(UTC)
            with self._sessions() as session:
                self._found = (moment, totals.by_month(session, now), local_day(now))
        return self._found[1:]


def chart(months: Sequence[totals.Month], names: Sequence[str]) -> dict[str, Any]:
    """What the template draws: for each month its bars, scaled to the largest count that is told.

    A small count has a bar of no height: its number is not to be read from the picture either.
    """
    told = {name: [getattr(month, name).told or 0 for month in months] for name in names}
    most = max(max(values) for values in told.values())
    groups = []
    for place, month in enumerate(months):
        bars = [
            {
                "name": name,
                "x": place * STEP + (STEP - BAR * len(names)) // 2 + BAR * order,
                "height": round(HEIGHT * told[name][place] / most) if most else 0,
            }
            for order, name in enumerate(names)
        ]
        groups.append({"x": place * STEP + STEP // 2, "month": month.first.month, "bars": bars})
    return {
        "names": names, "groups": groups, "most": most, "width": STEP * len(months),
        "height": HEIGHT, "bar": BAR - 2,
    }  # fmt: skip


def _row(month: totals.Month) -> dict[str, Any]:
    """A month in words; None where there is nothing to tell."""
    return {
        "month": month.first.strftime("%Y-%m"),
        **{name: getattr(month, name).told for name in ("filed", "settled", "pushed", "answered")},
        "days": None if month.days is None else f"{month.days:g}",
        "fast": None if month.fast is None else f"{month.fast}%",
    }
