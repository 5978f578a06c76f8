"""`make bench`: Rasa as its documents start it beside ours, on one machine in one run.

Both get the same lines at Rasa's REST webhook, with the same domain, rules and action server; they differ in
the pipeline and in what nlu/serve.py adapts. One side runs at a time, warm; the sides alternate. Ours also answers
the same lines on the web page, as a whole under its supervisor. REPEATS, TURNS (of a drive; each side makes
two), NOTICES and PEOPLE shorten or lengthen it; STOCK_SHARE and STOCK_EPOCHS are of bench/stock.py.
"""

import json
import os
import random
import statistics
import sys
import time
from dataclasses import dataclass
from typing import Any

from bench import load, memory, push, recall_lookup, report, stock, two_rasas
from bench.load import Driven
from bench.report import Compared
from bench.stack import Commands, Stack, product, stack
from bench.whole import whole
from bot import launch

BUSY, CALM = 16, 8  # chats at once
WARMING = 8  # talks before anything is timed: what the action server reads once is not the turn's
REST_SECONDS = 5  # before the memory is read


@dataclass
class Visit:
    """What one side came to in one repetition; memory in MB, the start in seconds."""

    start_s: float
    busy: Driven
    calm: Driven
    memory_mb: float

    @property
    def unanswered(self) -> int:
        """Turns without an answer."""
        return self.busy.unanswered + self.calm.unanswered


def main(repeats: int, turns: int, notices: int, people: int) -> None:
    """All of it; a table, docs/bench.md, and one line of JSON as the last."""
    talks = load.talks_for(turns)
    visits: dict[str, list[Visit]] = {"ours": [], "stock": [], "whole": []}
    for number in range(repeats):
        for name in ("ours", "stock") if number % 2 == 0 else ("stock", "ours"):
            visits[name].append(at_rasa(product if name == "ours" else stock.commands, talks))
            say(name, visits[name][-1])
        visits["whole"].append(at_the_page(talks))
        say("whole", visits["whole"][-1])
    figures = compared(visits)
    figures["two_rasa_ratio"] = two_rasas.beside(repeats, talks)
    figures["two_machines_ratio"] = two_rasas.apart(repeats, talks)
    figures["two_cores_ratio"] = two_rasas.ceiling(repeats)
    beside = {
        "lookup_ratio": recall_lookup.compared(notices)["lookup_ratio"],
        "push_share": round(pushed(people) / push.PERMITTED, 3),
    }
    finish(figures, beside, visits, {"turns": turns, "notices": notices, "people": people})


def at_rasa(commands: Commands, talks: int) -> Visit:
    """One side at Rasa's REST webhook: a warm start, a busy and a calm drive, the memory at rest."""
    with stack(commands) as running:
        running.kill("rasa")  # it was started once: what it reads is in the machine's memory
        door, started = rest(running), time.perf_counter()
        running.start("rasa")
        start = load.seconds_to_first_answer(door, started)
        load.drive(rest(running, WARMING), WARMING, CALM)
        busy = load.drive(rest(running, talks), talks, BUSY)
        calm = load.drive(rest(running, talks), talks, CALM)
        time.sleep(REST_SECONDS)
        return Visit(start, busy, calm, memory.pss_mb(running.processes["rasa"].pid))


def rest(running: Stack, talks: int = 1) -> load.Rest:
    """A door to the stack's Rasa, with a citizen for each talk."""
    return load.Rest(running.sessions, (running.settings.rasa_urls(),), talks)


def at_the_page(talks: int) -> Visit:
    """The whole product at its page: the same, and the memory of all its processes."""
    with whole() as running:
        load.drive(load.Page(running.url), WARMING, CALM, first=talks)
        busy = load.drive(load.Page(running.url), talks, BUSY)
        calm = load.drive(load.Page(running.url), talks, CALM)
        time.sleep(REST_SECONDS)
        return Visit(running.start_s, busy, calm, sum(running.pss_mb().values()))


def pushed(people: int) -> float:
    """Messages a second of a recall notice to so many people."""
    return push.play("clean", people, 0, 0, random.Random(2026)).rate


def compared(visits: dict[str, list[Visit]]) -> dict[str, Compared]:
    """The figures of our sides beside stock Rasa's, by the name of their ratio."""
    ours, theirs, all_of_it = visits["ours"], visits["stock"], visits["whole"]

    def both(name: str, unit: str, mine: list[float], other: list[float]) -> Compared:
        return Compared(name, unit, mine, other)

    rates, p95 = ([v.busy.rate for v in theirs], [v.calm.p95_ms for v in theirs])
    held, starts = [v.memory_mb for v in theirs], [v.start_s for v in theirs]
    return {
        "turns_ratio": both("16 chats at Rasa", "turns/s", [v.busy.rate for v in ours], rates),
        "p95_ratio": both("8 chats at Rasa, p95 of a turn", "ms", [v.calm.p95_ms for v in ours], p95),
        "memory_ratio": both("memory at rest (PSS): all our processes, stock Rasa alone", "MB",
                             [v.memory_mb for v in all_of_it], held),
        "start_ratio": both("warm start of Rasa to its first answer", "s", [v.start_s for v in ours], starts),
        "page_turns_ratio": both("16 chats at our page, stock at Rasa", "turns/s",
                                 [v.busy.rate for v in all_of_it], rates),
        "page_p95_ratio": both("8 chats at our page, stock at Rasa, p95", "ms",
                               [v.calm.p95_ms for v in all_of_it], p95),
        "page_start_ratio": both("start of all of ours, stock Rasa alone", "s",
                                 [v.start_s for v in all_of_it], starts),
        "rasa_memory_ratio": both("memory at rest: our Rasa, stock Rasa", "MB", [v.memory_mb for v in ours], held),
    }  # fmt: skip


def same_replies(ours: Visit, theirs: Visit) -> float:
    """The share of turns that both answered with the same words: whether they did the same work."""
    mine, other = ours.busy.replies, theirs.busy.replies
    return round(statistics.mean(mine[turn] == other[turn] for turn in mine), 3)


def finish(
    figures: dict[str, Compared], beside: dict[str, float], visits: dict[str, list[Visit]],
    of: dict[str, int],
) -> None:  # fmt: skip
    """Print the table and write it down; the last line is JSON."""
    same = same_replies(visits["ours"][0], visits["stock"][0])
    lost = {name: sum(one.unanswered for one in some) for name, some in visits.items()}
    rows = [one.row() for one in figures.values()]
    lookup, share = beside["lookup_ratio"], beside["push_share"]
    rows += [
        [f"recall lookup, p95 of SQLite's full text / ours, {of['notices']} notices", "", "", "", f"{lookup}", ""],
        [f"recall notice to {of['people']} people, share of the permitted rate", "", "", "", f"{share}", ""],
    ]  # fmt: skip
    notes = [
        f"{len(visits['ours'])} repetitions of two drives of {of['turns']} turns; turns without an answer: {lost}",
        f"stock: DIET, of our examples every {stock.SHARE}th, {stock.EPOCHS} epochs (speed does not come from accuracy)",
        f"first bubbles the same on both sides: {same:.0%} of the turns",
    ]  # fmt: skip
    print(report.table(rows))
    print("\n".join(f"- {note}" for note in (report.machine(), *notes)))
    report.write(rows, notes)
    spreads = {name: [round(x, 3) for x in one.ratios] for name, one in figures.items()}
    result: dict[str, Any] = {name: one.ratio for name, one in figures.items()} | beside
    print(
        json.dumps({**result, "same_replies": same, "unanswered": lost, "spreads": spreads, **of})
    )


def say(name: str, visit: Visit) -> None:
    """What a visit came to, while the next one runs."""
    launch.say(
        f"{name}: start {visit.start_s:.1f} s, {visit.busy.rate:.1f} turns/s, p95 {visit.calm.p95_ms:.0f} ms,"
        f" {visit.memory_mb:.0f} MB, {visit.unanswered} unanswered"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    usual = (("REPEATS", "3"), ("TURNS", "500"), ("NOTICES", "100000"), ("PEOPLE", "500"))
    main(*(int(os.environ.get(*one)) for one in usual))
