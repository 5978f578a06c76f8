"""When a step is due: working days by the published holiday calendar. Pure; knows no record."""

from dataclasses import dataclass
from datetime import date, timedelta

import chinese_calendar


@dataclass(frozen=True)
class Deadline:
    """A day by which something is due; provisional where the calendar of that year is not out yet."""

    on: date
    is_provisional: bool


def after_working_days(start: date, days: int) -> Deadline:
    """The last of `days` working days after `start`.

    The day of the start does not count (总局令第121号 第45条). Where the calendar does not know the
    year, Monday to Friday count as working days and the deadline is provisional.
    """
    day, left, provisional = start, days, False
    while left:
        day += timedelta(days=1)
        works, known = _is_working_day(day)
        provisional = provisional or not known
        left -= works
    return Deadline(day, provisional)


def is_working_day(day: date) -> bool:
    """Whether a day is worked by the published calendar; Monday to Friday where it is not out yet."""
    return _is_working_day(day)[0]


def _is_working_day(day: date) -> tuple[bool, bool]:
    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:
        return day.weekday() < 5, False
