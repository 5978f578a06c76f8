"""A clock of the day that jumps and is put right again: officers come in, and lose nothing that they typed."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from starlette.testclient import TestClient

from bot.casework import officers, sealing
from tests.console.conftest import NAME, PASSWORD, log_in, token
from tests.console.test_door import INSIDE, is_in

START = datetime(2026, 11, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("jump", "stays"),
    [
        (timedelta(seconds=-2), True), (timedelta(minutes=-20), True), (timedelta(minutes=20), True),
        (timedelta(hours=-1), False), (timedelta(days=-1), False), (timedelta(days=1), False),
    ],
)  # fmt: skip
def test_a_session_outlives_a_small_jump_and_no_large_one(
    client: TestClient, officer: str, jump: timedelta, stays: bool
) -> None:
    """However the clock goes, nobody is logged in longer than for a day's work."""
    with time_machine.travel(START, tick=False) as clock:
        log_in(client)
        clock.shift(jump)
        assert is_in(client) is stays
        if not stays:
            assert log_in(client).status_code == 303 and is_in(client)


@pytest.mark.parametrize("hours", [-1, 0, 24])
def test_an_account_that_was_locked_in_a_wrong_hour_is_open_in_the_right_one(
    client: TestClient, officer: str, hours: int
) -> None:
    with time_machine.travel(START + timedelta(days=1), tick=False) as clock:
        for _ in range(officers.MOST_FAILURES):
            log_in(client, NAME, "wrong password 1")
        assert log_in(client).status_code == 400
        clock.move_to(START + timedelta(hours=hours))
        is_same_hour = hours == 24
        assert (log_in(client, NAME, PASSWORD).status_code == 303) is not is_same_hour


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(days=-1), timedelta(minutes=20)])
def test_a_form_that_came_too_late_is_opened_after_the_clock_was_put_right(jump: timedelta) -> None:
    with time_machine.travel(START, tick=False) as clock:
        sealing.unlock([b"A" * 43 + b"="])
        sealed = sealing.seal("电话里说过".encode())
        clock.shift(jump)
        assert sealing.unseal(sealed, 1800).decode() == "电话里说过"
        clock.move_to(START + timedelta(seconds=1801))
        with pytest.raises(sealing.Unreadable):
            sealing.unseal(sealed, 1800)


def test_a_form_is_taken_across_a_jump(client: TestClient, officer: str) -> None:
    with time_machine.travel(START, tick=False) as clock:
        log_in(client)
        given = {
            "csrftoken": token(client.get(INSIDE).text),
            "old": PASSWORD,
            "new": "",
            "again": "",
        }
        for minutes in (-20, 45, -20):
            clock.shift(timedelta(minutes=minutes))
            assert client.post(INSIDE, data=given).status_code == 422  # read, and asked again
