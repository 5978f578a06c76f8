"""`make soak`: MINUTES=60 of steady talks on the web page at half of what the machine can, and the memory each minute.

Growth is from the first tenth of the minutes, which warms up, to the last: Rasa's memory of talks and the
index of recalls fill up to their bounds in it.
"""

import json
import os
import statistics

from bench import load
from bench.load import Driven
from bench.whole import Whole, whole

CHATS = 16
CAPACITY_TURNS = 300  # of the drive that measures what the machine can

Held = dict[str, float]  # MB of each process


def main(minutes: int) -> None:
    """Run it, a line a minute; the last line is JSON."""
    with whole() as product:
        door = load.Page(product.url)
        before = load.talks_for(CAPACITY_TURNS)
        capacity = load.drive(door, before, CHATS).rate
        rate = capacity / 2
        print(f"{capacity:.1f} turns/s at most; {rate:.1f} for {minutes} minutes", flush=True)
        driven, held = steady(product, door, rate, minutes, before)
    result = {
        "minutes": minutes, "turns": sum(len(one.times) for one in driven), "capacity": round(capacity, 1),
        "turns_a_second": round(rate, 1), "p95_ms": round(statistics.median(d.p95_ms for d in driven)),
        "unanswered": sum(one.unanswered for one in driven), **growth(held),
    }  # fmt: skip
    print(json.dumps(result))


def steady(
    product: Whole, door: load.Page, rate: float, minutes: int, first: int
) -> tuple[list[Driven], list[Held]]:
    """So many minutes of talks at a rate, and what each process held after each."""
    driven, held = list[Driven](), list[Held]()
    talks = load.talks_for(max(1, round(rate * 60)))
    for minute in range(minutes):
        driven.append(
            load.drive(door, talks, CHATS, first=first + minute * talks, every=CHATS / rate)
        )
        held.append(product.pss_mb() | {"all": 0.0})
        held[-1]["all"] = sum(held[-1].values())
        row = "  ".join(f"{name} {mb:.0f} MB" for name, mb in sorted(held[-1].items()))
        print(
            f"{minute + 1:>4}  {driven[-1].rate:.1f} turns/s  p95 {driven[-1].p95_ms:.0f} ms  {row}",
            flush=True,
        )
    return driven, held


def growth(held: list[Held]) -> dict[str, object]:
    """Growth in percent of each process and of all, after the first tenth of the minutes."""
    warm, last = held[len(held) // 10], held[-1]
    grown = {
        name: round((last[name] / mb - 1) * 100, 1)
        for name, mb in warm.items()
        if mb and name in last
    }
    return {
        "growth_percent": grown.pop("all"),
        "growth_by_process": grown,
        "end_mb": round(last["all"]),
    }


if __name__ == "__main__":
    main(int(os.environ.get("MINUTES", "60")))
