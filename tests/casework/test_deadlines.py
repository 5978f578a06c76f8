"""The clocks of the law, over the Spring Festivals, worked weekends and the year nobody knows yet.

The days were counted apart from the code, from the State Council's holiday notices for 2025 and 2026
and from 全国年节及纪念日放假办法 (2024年修订).
"""

from datetime import date as D
from datetime import datetime, time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.casework import deadlines
from bot.casework.deadlines import Pause
from tests.casework import by_hand

# received, accepted or refused by (7 working days), whether a calendar is missing
DECISIONS = (
    (D(2025, 1, 2), D(2025, 1, 13), False),
    (D(2025, 1, 17), D(2025, 1, 27), False),
    (D(2025, 1, 24), D(2025, 2, 10), False),
    (D(2025, 1, 26), D(2025, 2, 11), False),
    (D(2025, 1, 28), D(2025, 2, 12), False),
    (D(2025, 2, 4), D(2025, 2, 12), False),
    (D(2025, 3, 31), D(2025, 4, 10), False),
    (D(2025, 4, 25), D(2025, 5, 8), False),
    (D(2025, 4, 30), D(2025, 5, 14), False),
    (D(2025, 5, 1), D(2025, 5, 14), False),
    (D(2025, 5, 28), D(2025, 6, 9), False),
    (D(2025, 6, 3), D(2025, 6, 12), False),
    (D(2025, 7, 18), D(2025, 7, 29), False),
    (D(2025, 9, 22), D(2025, 9, 30), False),
    (D(2025, 9, 26), D(2025, 10, 13), False),
    (D(2025, 9, 30), D(2025, 10, 16), False),
    (D(2025, 10, 4), D(2025, 10, 16), False),
    (D(2025, 10, 10), D(2025, 10, 20), False),
    (D(2025, 12, 19), D(2025, 12, 30), False),
    (D(2025, 12, 24), D(2026, 1, 5), False),
    (D(2025, 12, 31), D(2026, 1, 12), False),
    (D(2026, 2, 5), D(2026, 2, 14), False),
    (D(2026, 2, 6), D(2026, 2, 24), False),
    (D(2026, 2, 13), D(2026, 3, 2), False),
    (D(2026, 2, 14), D(2026, 3, 3), False),
    (D(2026, 2, 20), D(2026, 3, 3), False),
    (D(2026, 3, 30), D(2026, 4, 9), False),
    (D(2026, 4, 24), D(2026, 5, 8), False),
    (D(2026, 4, 30), D(2026, 5, 13), False),
    (D(2026, 5, 8), D(2026, 5, 18), False),
    (D(2026, 6, 12), D(2026, 6, 24), False),
    (D(2026, 6, 18), D(2026, 6, 30), False),
    (D(2026, 8, 1), D(2026, 8, 11), False),
    (D(2026, 9, 18), D(2026, 9, 29), False),
    (D(2026, 9, 24), D(2026, 10, 12), False),
    (D(2026, 9, 30), D(2026, 10, 15), False),
    (D(2026, 10, 3), D(2026, 10, 15), False),
    (D(2026, 10, 9), D(2026, 10, 19), False),
    (D(2026, 11, 26), D(2026, 12, 7), False),
    (D(2026, 12, 18), D(2026, 12, 29), False),
    (D(2026, 12, 22), D(2026, 12, 31), False),
    (D(2026, 12, 24), D(2027, 1, 4), True),
    (D(2026, 12, 31), D(2027, 1, 11), True),
    (D(2027, 1, 4), D(2027, 1, 13), True),
    (D(2027, 2, 5), D(2027, 2, 16), True),
    (D(2027, 4, 30), D(2027, 5, 11), True),
    (D(2027, 9, 30), D(2027, 10, 11), True),
    (D(2027, 12, 31), D(2028, 1, 11), True),
)
# received, checked by (15 working days), with the extension (30 working days)
REPORTS = (
    (D(2025, 1, 13), D(2025, 2, 8), False, D(2025, 2, 28), False),
    (D(2025, 9, 19), D(2025, 10, 16), False, D(2025, 11, 6), False),
    (D(2026, 2, 2), D(2026, 2, 28), False, D(2026, 3, 20), False),
    (D(2026, 9, 16), D(2026, 10, 13), False, D(2026, 11, 3), False),
    (D(2026, 12, 1), D(2026, 12, 22), False, D(2027, 1, 12), True),
    (D(2026, 12, 14), D(2027, 1, 4), True, D(2027, 1, 25), True),
)
# accepted, spans of testing, mediation over by (60 days)
MEDIATIONS = (
    (D(2026, 11, 2), (), D(2027, 1, 2)),
    (D(2024, 12, 31), (), D(2025, 3, 1)),
    (D(2024, 11, 29), (), D(2025, 2, 1)),  # 除夕
    (D(2025, 2, 3), (), D(2025, 4, 5)),  # 清明
    (D(2025, 3, 2), (), D(2025, 5, 3)),
    (D(2025, 4, 1), (), D(2025, 6, 1)),  # 端午
    (D(2025, 8, 2), (), D(2025, 10, 4)),
    (D(2025, 8, 3), (), D(2025, 10, 4)),
    (D(2025, 8, 4), (), D(2025, 10, 4)),
    (D(2025, 8, 5), (), D(2025, 10, 4)),
    (D(2025, 8, 7), (), D(2025, 10, 7)),
    (D(2025, 11, 29), (), D(2026, 1, 28)),
    (D(2025, 12, 18), (), D(2026, 2, 20)),
    (D(2025, 12, 21), (), D(2026, 2, 20)),
    (D(2026, 2, 4), (), D(2026, 4, 6)),
    (D(2026, 3, 2), (), D(2026, 5, 3)),
    (D(2026, 3, 3), (), D(2026, 5, 3)),
    (D(2026, 4, 20), (), D(2026, 6, 20)),
    (D(2026, 7, 27), (), D(2026, 9, 26)),
    (D(2026, 8, 2), (), D(2026, 10, 4)),
    (D(2026, 8, 4), (), D(2026, 10, 4)),
    (D(2026, 8, 6), (), D(2026, 10, 5)),
    (D(2026, 12, 7), (), D(2027, 2, 9)),
    (D(2026, 12, 10), (), D(2027, 2, 9)),
    (D(2027, 2, 4), (), D(2027, 4, 6)),
    (D(2027, 3, 2), (), D(2027, 5, 3)),
    (D(2027, 4, 10), (), D(2027, 6, 10)),
    (D(2027, 7, 17), (), D(2027, 9, 16)),
    (D(2027, 8, 2), (), D(2027, 10, 4)),
    (D(2026, 5, 6), ((D(2026, 5, 11), D(2026, 5, 20)),), D(2026, 7, 15)),
    (
        D(2026, 5, 6),
        (
            (D(2026, 5, 11), D(2026, 5, 20)),
            (D(2026, 6, 1), D(2026, 6, 1)),
        ),
        D(2026, 7, 16),
    ),
    (D(2026, 7, 20), ((D(2026, 8, 1), D(2026, 8, 12)),), D(2026, 9, 30)),
    (D(2026, 5, 6), ((D(2026, 4, 1), D(2026, 5, 6)),), D(2026, 7, 5)),
    (
        D(2026, 5, 6),
        (
            (D(2026, 5, 6), D(2026, 5, 8)),
            (D(2026, 5, 8), D(2026, 5, 9)),
        ),
        D(2026, 7, 8),
    ),
)


@pytest.mark.parametrize(("received", "due", "provisional"), DECISIONS)
def test_a_decision_is_due_after_seven_working_days(received: D, due: D, provisional: bool) -> None:
    assert deadlines.decide_by(received) == deadlines.Deadline(due, provisional)
    assert deadlines.tell_end_by(received) == deadlines.Deadline(due, provisional)


@pytest.mark.parametrize(("received", "due", "open_year", "extended", "open_later"), REPORTS)
def test_a_report_is_checked_after_fifteen_working_days_and_as_many_more(
    received: D, due: D, open_year: bool, extended: D, open_later: bool
) -> None:
    assert deadlines.check_report_by(received) == deadlines.Deadline(due, open_year)
    later = deadlines.check_report_by(received, is_extended=True)
    assert later == deadlines.Deadline(extended, open_later)


@pytest.mark.parametrize(("accepted", "tests", "due"), MEDIATIONS)
def test_a_mediation_ends_after_sixty_days_without_the_time_of_tests(
    accepted: D, tests: tuple[tuple[D, D], ...], due: D
) -> None:
    pauses = [Pause(first, last) for first, last in tests]
    assert deadlines.mediate_by(accepted, pauses) == deadlines.Deadline(due, False)


def test_each_day_of_three_years_is_counted_as_by_hand() -> None:
    for start in by_hand.span(D(2025, 1, 1), D(2027, 12, 15)):
        due = by_hand.working_days(start, 7)
        is_open = due > by_hand.LAST_KNOWN
        assert deadlines.decide_by(start) == deadlines.Deadline(due, is_open), start
        assert deadlines.is_statutory_holiday(start) == (start in by_hand.STATUTORY), start
        assert deadlines.mediate_by(start).on == by_hand.days(start, 60), start


days = st.dates(D(2025, 1, 1), D(2027, 6, 30))


@given(days, st.integers(1, 40))
def test_a_deadline_of_working_days_is_a_working_day_behind_the_start(start: D, n: int) -> None:
    due = deadlines.after_working_days(start, n)
    assert due.on > start and deadlines.is_working_day(due.on)
    assert due.is_provisional == (due.on.year > 2026)


@given(days, st.integers(1, 90), st.lists(st.tuples(days, days), max_size=3))
def test_pauses_move_a_deadline_only_later(start: D, n: int, spans: list[tuple[D, D]]) -> None:
    pauses = [Pause(min(span), max(span)) for span in spans if abs(span[0] - span[1]).days < 60]
    due = deadlines.after_days(start, n, pauses).on
    assert due >= deadlines.after_days(start, n).on > start
    assert not deadlines.is_statutory_holiday(due)


T = datetime.fromisoformat
AFTER_WORKING_HOURS = (  # start, hours, end: 9:00 to 17:00 on working days
    ("2026-11-02T09:00", 8, "2026-11-02T17:00"),
    ("2026-11-02T10:00", 8, "2026-11-03T10:00"),
    ("2026-11-02T10:00", 16, "2026-11-04T10:00"),
    ("2026-11-02T07:00", 1, "2026-11-02T10:00"),
    ("2026-11-02T20:00", 1, "2026-11-03T10:00"),
    ("2026-11-02T17:00", 1, "2026-11-03T10:00"),
    ("2026-11-06T16:00", 2, "2026-11-09T10:00"),  # over a weekend
    ("2026-11-07T12:00", 1, "2026-11-09T10:00"),
    ("2026-09-30T16:00", 2, "2026-10-08T10:00"),  # over the National Day
    ("2026-10-10T10:00", 1, "2026-10-10T11:00"),  # a Saturday that is worked
    ("2026-02-13T16:30", 1, "2026-02-14T09:30"),  # so is this one, before Spring Festival
    ("2026-02-14T16:30", 1, "2026-02-24T09:30"),
    ("2026-12-31T16:00", 2, "2027-01-01T10:00"),  # the year the calendar does not know
    ("2026-11-02T10:00", 0.5, "2026-11-02T10:30"),
)


@pytest.mark.parametrize(("start", "hours", "end"), AFTER_WORKING_HOURS)
def test_working_hours_run_while_the_office_is_open(start: str, hours: float, end: str) -> None:
    found = deadlines.after_working_hours(T(start), hours, time(9), time(17))
    assert found == T(end)
