"""Days counted by hand, for tests: no library and nothing of the code that is tested.

What is off and what is worked in its place stands in the State Council's holiday notices for 2025 and
2026; statutory holidays are those of 全国年节及纪念日放假办法 (2024年修订), Article 2.
"""

from collections.abc import Collection
from datetime import date as D
from datetime import timedelta

DAY = timedelta(days=1)


def span(first: D, last: D) -> list[D]:
    """All days from the first to the last, both among them."""
    return [first + n * DAY for n in range((last - first).days + 1)]


OFF = {
    *span(D(2025, 1, 1), D(2025, 1, 1)), *span(D(2025, 1, 28), D(2025, 2, 4)),
    *span(D(2025, 4, 4), D(2025, 4, 6)), *span(D(2025, 5, 1), D(2025, 5, 5)),
    *span(D(2025, 5, 31), D(2025, 6, 2)), *span(D(2025, 10, 1), D(2025, 10, 8)),
    *span(D(2026, 1, 1), D(2026, 1, 3)), *span(D(2026, 2, 15), D(2026, 2, 23)),
    *span(D(2026, 4, 4), D(2026, 4, 6)), *span(D(2026, 5, 1), D(2026, 5, 5)),
    *span(D(2026, 6, 19), D(2026, 6, 21)), *span(D(2026, 9, 25), D(2026, 9, 27)),
    *span(D(2026, 10, 1), D(2026, 10, 7)),
}  # fmt: skip
WORKED = {
    D(2025, 1, 26), D(2025, 2, 8), D(2025, 4, 27), D(2025, 9, 28), D(2025, 10, 11),
    D(2026, 1, 4), D(2026, 2, 14), D(2026, 2, 28), D(2026, 5, 9), D(2026, 9, 20), D(2026, 10, 10),
}  # fmt: skip
LAST_KNOWN = D(2026, 12, 31)  # no notice has come for the years behind it

STATUTORY = {
    D(2025, 1, 1), *span(D(2025, 1, 28), D(2025, 1, 31)), D(2025, 4, 4), D(2025, 5, 1), D(2025, 5, 2),
    D(2025, 5, 31), D(2025, 10, 1), D(2025, 10, 2), D(2025, 10, 3), D(2025, 10, 6),
    D(2026, 1, 1), *span(D(2026, 2, 16), D(2026, 2, 19)), D(2026, 4, 5), D(2026, 5, 1), D(2026, 5, 2),
    D(2026, 6, 19), D(2026, 9, 25), D(2026, 10, 1), D(2026, 10, 2), D(2026, 10, 3),
    D(2027, 1, 1), *span(D(2027, 2, 5), D(2027, 2, 8)), D(2027, 4, 5), D(2027, 5, 1), D(2027, 5, 2),
    D(2027, 6, 9), D(2027, 9, 15), D(2027, 10, 1), D(2027, 10, 2), D(2027, 10, 3),
    D(2028, 1, 1), *span(D(2028, 1, 25), D(2028, 1, 28)), D(2028, 4, 4), D(2028, 5, 1), D(2028, 5, 2),
    D(2028, 5, 28), D(2028, 10, 1), D(2028, 10, 2), D(2028, 10, 3),
}  # fmt: skip


def works(day: D) -> bool:
    """Whether a day is worked; behind the last notice Monday to Friday are."""
    return day in WORKED or (day.weekday() < 5 and day not in OFF)


def working_days(start: D, count: int) -> D:
    """The last of so many working days, the day of the start not counted."""
    day = start
    for _ in range(count):
        day += DAY
        while not works(day):
            day += DAY
    return day


def days(start: D, count: int, without: Collection[D] = ()) -> D:
    """The last of so many calendar days, moved off statutory holidays."""
    day = start
    for _ in range(count):
        day += DAY
        while day in without:
            day += DAY
    while day in STATUTORY:
        day += DAY
    return day
