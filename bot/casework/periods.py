"""A span of days that somebody asks for: the last so many, or from one day to another. Pure."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from bot.casework.disputes import CHINA

LAST = {"30": 30, "90": 90, "365": 365}  # days up to today, which is one of them
OWN = "own"  # from one day to another
EARLIEST = date(2020, 1, 1)
LONGEST_DAYS = 366  # of more the page would take longer than a second, of 100,000 disputes


@dataclass(frozen=True)
class Period:
    """The days from `first` to `last`, both of them counted, in China."""

    first: date
    last: date

    @property
    def since(self) -> datetime:
        """The moment at which it begins."""
        return beginning(self.first)

    @property
    def until(self) -> datetime:
        """The moment at which it is over."""
        return beginning(self.last + timedelta(days=1))


class BadPeriod(ValueError):
    """Days that are no period: what is wrong (no_day, early, future, order or long), in which field."""

    def __init__(self, field: str, key: str) -> None:
        super().__init__(f"{field}: {key}")
        self.field, self.key = field, key


def beginning(day: date) -> datetime:
    """The first moment of a day in China."""
    return datetime.combine(day, time(), CHINA)


def read(kind: str, first: str, last: str, today: date) -> Period:
    """What was asked for; `first` and `last` are read where `kind` is OWN. Raises BadPeriod.

    A kind that there is not is taken for the shortest.
    """
    if kind != OWN:
        days = LAST.get(kind, min(LAST.values()))
        return Period(today - timedelta(days=days - 1), today)
    found = Period(_day("from", first, today), _day("to", last, today))
    if found.first > found.last:
        raise BadPeriod("from", "order")
    if (found.last - found.first).days >= LONGEST_DAYS:
        raise BadPeriod("from", "long")
    return found


def _day(field: str, typed: str, today: date) -> date:
    try:
        day = date.fromisoformat(typed.strip())
    except ValueError:
        raise BadPeriod(field, "no_day") from None
    if day < EARLIEST:
        raise BadPeriod(field, "early")
    if day > today:
        raise BadPeriod(field, "future")
    return day
