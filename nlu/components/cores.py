"""UNDERSTANDING: work on all cores while it learns. Knows no message."""

import multiprocessing
from collections.abc import Callable
from typing import Any, TypeVar

CHUNK = 100  # pieces of work handed to a process in one go

# Forked: a child has the interpreter's memory as it is, so that no example has to be copied to it.
fork = multiprocessing.get_context("fork")
_at_work: Callable[[int], Any]
Done = TypeVar("Done")


def each(work: Callable[[int], Done], count: int) -> list[Done]:
    """`work` of each number below `count`, on all cores; what comes back is pickled, `work` is not."""
    global _at_work
    _at_work = work
    with fork.Pool() as pool:
        return pool.map(_do, range(count), CHUNK)


def _do(number: int) -> Any:
    return _at_work(number)
