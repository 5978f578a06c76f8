"""When a step is due, by 总局令第121号 and the published holidays. Pure; knows no record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

import chinese_calendar
import holidays

DECIDE_WORKING_DAYS = 7  # 总局令第121号 第15条: accept or refuse, from receipt
MEDIATE_DAYS = 60  # 第23条第1款(五): calendar days from acceptance
TELL_END_WORKING_DAYS = 7  # 第23条第2款: tell both sides that mediation ended
CHECK_REPORT_WORKING_DAYS = 15  # 行政处罚程序规定 第18条: once more as many where approved

_NO_STATUTORY_DAY = ("休息日", "补假")  # days off that only make up for others


@dataclass(frozen=True)
class Deadline:
    """A day by which something is due; provisional where the calendar of that year is not out yet."""

    on: date
    is_provisional: bool


@dataclass(frozen=True)
class Pause:
    """Days that do not count, the first and the last among them (鉴定、检测: 总局令第121号 第22条)."""

    first: date
    last: date


def after_working_days(start: date, days: int, pauses: Sequence[Pause] = ()) -> Deadline:
    """The last of `days` working days after `start`, the days of `pauses` left out.

    The day of the start does not count (总局令第121号 第45条). Where the calendar does not know the
    year, Monday to Friday count as working days and the deadline is provisional.
    """
    day, left, provisional = start, days, False
    while left:
        day += timedelta(days=1)
        works, known = _is_working_day(day)
        provisional = provisional or not known
        left -= works and not _is_within(day, pauses)
    return Deadline(day, provisional)


def working_days_before(day: date, days: int) -> date:
    """The working day from which `days` working days are left until `day`, that day among them."""
    left = days
    while left:
        day -= timedelta(days=1)
        left -= is_working_day(day)
    return day


def working_days_until(start: date, end: date) -> int:
    """How many working days lie behind `start`, up to `end` with that day among them."""
    days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
    return sum(is_working_day(day) for day in days)


def after_days(start: date, days: int, pauses: Sequence[Pause] = ()) -> Deadline:
    """The last of `days` calendar days after `start`, the days of `pauses` left out.

    The day of the start does not count; a last day on a statutory holiday moves to the first day
    behind it (总局令第121号 第45条). A weekend, and a day off that makes up for a worked Sunday, is
    no statutory holiday: where that is in doubt, the earlier day is the safe one. Never provisional,
    for statutory holidays stand in a regulation (全国年节及纪念日放假办法) and not in a yearly notice.
    """
    day, left = start, days
    while left:
        day += timedelta(days=1)
        left -= not _is_within(day, pauses)
    while is_statutory_holiday(day):
        day += timedelta(days=1)
    return Deadline(day, False)


def after_working_hours(start: datetime, hours: float, opens: time, closes: time) -> datetime:
    """The moment when that many working hours after `start` are over, in `start`'s own time zone.

    Hours run from `opens` to `closes` on working days; a start outside of them counts from the next
    opening.
    """
    moment, left = start, timedelta(hours=hours)
    while True:
        begins = datetime.combine(moment.date(), opens, moment.tzinfo)
        ends = datetime.combine(moment.date(), closes, moment.tzinfo)
        moment = max(moment, begins)
        if is_working_day(moment.date()) and moment < ends:
            if moment + left <= ends:
                return moment + left
            left -= ends - moment
        moment = begins + timedelta(days=1)


def decide_by(received: date) -> Deadline:
    """By when a received dispute is accepted or refused (总局令第121号 第15条)."""
    return after_working_days(received, DECIDE_WORKING_DAYS)


def mediate_by(accepted: date, tests: Sequence[Pause] = ()) -> Deadline:
    """By when a mediation ends, the time of `tests` left out (总局令第121号 第22、23条)."""
    return after_days(accepted, MEDIATE_DAYS, tests)


def tell_end_by(ended: date) -> Deadline:
    """By when both sides are told that mediation ended (总局令第121号 第23条第2款)."""
    return after_working_days(ended, TELL_END_WORKING_DAYS)


def check_report_by(
    received: date, is_extended: bool = False, tests: Sequence[Pause] = ()
) -> Deadline:
    """By when it is decided if a report becomes a case, the time of `tests` left out.

    市场监督管理行政处罚程序规定 第18条: once more as many days where a superior approved.
    """
    return after_working_days(received, CHECK_REPORT_WORKING_DAYS * (1 + is_extended), tests)


def is_statutory_holiday(day: date) -> bool:
    """Whether a day is one of the holidays of 全国年节及纪念日放假办法 itself."""
    return bool(holiday_name(day))


def holiday_name(day: date) -> str:
    """The name of the statutory holiday that a day is; empty where it is none."""
    name = _holidays(day.year).get(day, "")
    return "" if any(word in name for word in _NO_STATUTORY_DAY) else name


def is_published(year: int) -> bool:
    """Whether the yearly notice on days off (国务院办公厅) is in the calendar."""
    return _is_working_day(date(year, 1, 1))[1]


@cache  # the days of a year are worked out once, not for every day that is asked about
def _holidays(year: int) -> Mapping[date, str]:
    return dict(holidays.country_holidays("CN", years=year, language="zh_CN"))


def is_working_day(day: date) -> bool:
    """Whether a day is worked by the published calendar; Monday to Friday where it is not out yet."""
    return _is_working_day(day)[0]


def _is_within(day: date, pauses: Sequence[Pause]) -> bool:
    return any(pause.first <= day <= pause.last for pause in pauses)


def _is_working_day(day: date) -> tuple[bool, bool]:
    try:
        return bool(chinese_calendar.is_workday(day)), True
    except NotImplementedError:
        return day.weekday() < 5, False
