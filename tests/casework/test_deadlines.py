"""Working days by the published calendar of holidays."""

from datetime import date

import pytest

from bot.casework.deadlines import after_working_days


@pytest.mark.parametrize(
    ("start", "days", "due", "provisional"),
    [
        (date(2026, 11, 2), 7, date(2026, 11, 11), False),
        (date(2026, 11, 6), 1, date(2026, 11, 9), False),  # a weekend between
        (date(2026, 9, 30), 1, date(2026, 10, 8), False),  # the National Day week
        (date(2026, 2, 13), 1, date(2026, 2, 14), False),  # a Saturday worked for Spring Festival
        (date(2026, 12, 30), 7, date(2027, 1, 8), True),  # the calendar of 2027 is not out
    ],
)
def test_the_first_day_does_not_count_and_holidays_do_not(
    start: date, days: int, due: date, provisional: bool
) -> None:
    deadline = after_working_days(start, days)
    assert (deadline.on, deadline.is_provisional) == (due, provisional)
