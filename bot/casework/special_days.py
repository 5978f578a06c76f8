"""The days of a year that are not what their weekday says, as the deadlines count them. Pure."""

from dataclasses import dataclass
from datetime import date, timedelta

from bot.casework import deadlines


@dataclass(frozen=True)
class SpecialDay:
    """A day off within the week, a worked weekend, or a statutory holiday of that name.

    `is_published`: the yearly notice of the State Council for that year is in the calendar.
    """

    day: date
    works: bool
    name: str
    is_published: bool


def of_year(year: int) -> list[SpecialDay]:
    """The special days of a year; where its notice is not out yet the statutory holidays alone."""
    first = date(year, 1, 1)
    days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
    is_published = deadlines.is_published(year)
    return [
        SpecialDay(day, deadlines.is_working_day(day), deadlines.holiday_name(day), is_published)
        for day in days
        if deadlines.is_working_day(day) != (day.weekday() < 5) or deadlines.holiday_name(day)
    ]
