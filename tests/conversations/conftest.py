"""Action servers with other settings. Tests that need one come last (tests/conftest.py): each starts once."""

import pytest

from bench.stack import Stack


@pytest.fixture(scope="session")
def page_of_our_own(running: Stack) -> None:
    """Contact details are asked on a page of our own, not in the chat."""
    running.restart_actions(public_url="https://tousu.example.cn", operator="independent")


@pytest.fixture(scope="session")
def bureau(running: Stack) -> None:
    """The bureau runs the channel."""
    running.restart_actions(public_url=None, operator="bureau")
