"""Whether a second Rasa pays: beside the first on all cores, and as a second machine of one core would."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence

from bench import load
from bench.report import Compared
from bench.stack import Commands, Stack, free_port, product, stack
from bot.settings import Settings

BUSY = 16  # chats at once
WARMING = 16  # talks before anything is timed
_LOOP = """
import time
end, rounds = time.perf_counter() + 4, 0
while time.perf_counter() < end:
    for n in range(20_000):
        rounds += n >= 0
print(rounds / 4e6)
"""


def beside(repeats: int, talks: int) -> Compared:
    """Turns a second of two Rasas and of one, with the same action server, on all cores."""
    port = free_port()

    def commands(settings: Settings) -> dict[str, list[str]]:
        both = product(settings)
        return {**both, "second": [*both["rasa"][:-1], str(port)]}

    return _compared(
        "two Rasas beside one, 16 chats, one action server", commands, port, repeats, talks
    )


def apart(repeats: int, talks: int) -> Compared:
    """Turns a second of two pairs of Rasa and action server, each held to a core of its own, and of one.

    So a city adds machines. The records and the citizens are on the same two cores as before.
    """
    rasa_port, actions_port = free_port(), free_port()
    first, second = (["taskset", "-c", str(core)] for core in _two_cores())

    def commands(settings: Settings) -> dict[str, list[str]]:
        one = product(settings)
        another = {
            "second": [*one["rasa"][:-1], str(rasa_port)],
            "second-actions": one["actions"],
        }
        its_own = ["env", f"ACTIONS_PORT={actions_port}"]
        return {
            **{name: [*first, *command] for name, command in one.items()},
            **{name: [*its_own, *second, *command] for name, command in another.items()},
        }

    name = "two Rasas beside one, 16 chats, each with an action server on a core of its own"
    return _compared(name, commands, rasa_port, repeats, talks)


def ceiling(repeats: int) -> Compared:
    """What a second core of this machine can give at most: two plain loops beside one, each on its core."""
    first, second = _two_cores()
    rates: dict[int, list[float]] = {1: [], 2: []}
    for _ in range(repeats):
        for cores in ([first], [first, second]):
            rates[len(cores)].append(sum(_looped(cores)))
    return Compared("two plain loops beside one, each on a core of its own", "Mloops/s", rates[2], rates[1])  # fmt: skip


def _looped(cores: Sequence[int]) -> list[float]:
    """Millions of rounds a second of a loop on each of the cores, all at the same time."""
    command = [sys.executable, "-c", _LOOP]
    running = [
        subprocess.Popen(["taskset", "-c", str(core), *command], stdout=subprocess.PIPE, text=True)
        for core in cores
    ]
    return [float(one.communicate()[0]) for one in running]


def _two_cores() -> tuple[int, int]:
    cores = sorted(os.sched_getaffinity(0))
    return cores[0], cores[-1]


def _compared(name: str, commands: Commands, port: int, repeats: int, talks: int) -> Compared:
    """The first Rasa of a stack alone and together with the one at `port`, in turn, both warm."""
    second = f"http://127.0.0.1:{port}"
    with stack(commands) as running:
        alone = load.Rest(running.sessions, (second,))
        load.seconds_to_first_answer(alone, time.perf_counter())
        _drive(running, WARMING, (second,))
        rates: dict[int, list[float]] = {1: [], 2: []}
        for _ in range(repeats):
            for count, more in ((1, ()), (2, (second,))):
                rates[count].append(_drive(running, talks, more).rate)
    return Compared(name, "turns/s", rates[2], rates[1])


def _drive(running: Stack, talks: int, more: Sequence[str]) -> load.Driven:
    door = load.Rest(running.sessions, (running.settings.rasa_urls(), *more), talks)
    return load.drive(door, talks, BUSY)
