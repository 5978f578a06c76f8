"""Keys of one test do not open the records of the next: the running stack's are put back each time."""

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def keys_of_the_stack(request: pytest.FixtureRequest) -> Iterator[None]:
    """`Stack.sessions` unlocks the records once; tests that lock their own would leave it shut."""
    started = request.getfixturevalue("running") if "running" in request.fixturenames else None
    if started is not None:
        started.__dict__.pop("sessions", None)
    yield
    if started is not None:
        started.__dict__.pop("sessions", None)
