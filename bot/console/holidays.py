"""The calendar that deadlines are counted by: days off, worked weekends, statutory holidays. To read."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from bot.casework import disputes, special_days
from bot.casework.special_days import SpecialDay
from bot.console.rows import Rows
from bot.console.views import Choice
from bot.library import load


class Holidays(Rows):
    """The special days of a year, without a filter the present one."""

    word, listed, pk_attr = "holiday", "holidays", "day"
    page_size = 50
    cells = ("date", "weekday", "works", "name", "basis")

    def found(self, request: Request, text: str) -> Sequence[SpecialDay]:
        """By year and name."""
        wanted = self.asked(request).get("year", "")
        years = _years()
        year = int(wanted) if wanted in map(str, years) else years[1]
        return [one for one in special_days.of_year(year) if text in f"{one.day} {one.name}"]

    def choices(self, request: Request) -> Sequence[Choice]:
        """The year before, this one, the next."""
        said, years = load("desk")["holiday"], _years()
        chosen = self.asked(request).get("year") or str(years[1])
        return [Choice("year", said["year"], [(str(one), str(one)) for one in years], chosen)]

    def row(self, request: Request, record: SpecialDay) -> dict[str, Any]:
        """One day."""
        said = load("desk")["holiday"]
        return {
            "date": record.day.isoformat(), "weekday": said["weekdays"][record.day.weekday()],
            "works": said["works" if record.works else "off"],
            "name": record.name and said["statutory"].format(name=record.name),
            "basis": said["published" if record.is_published else "not_published"],
            "_meta": {"marks": {"works": "soon" if record.works else ""}},
        }  # fmt: skip


def _years() -> tuple[int, int, int]:
    this = disputes.local_day(datetime.now(UTC)).year
    return this - 1, this, this + 1
