"""The table of `make bench`, on the screen and in docs/bench.md, with the machine that it was measured on."""

import os
import platform
import statistics
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bot.settings import ROOT

DOCUMENT = ROOT / "docs" / "bench.md"
HEAD = """# Benchmarks

Written by `make bench` itself; run it again rather than edit this. Ratios are medians of the repetitions, with the
least and the greatest behind them.

"""


@dataclass(frozen=True)
class Compared:
    """A figure of both sides in each repetition, in its unit; ratio is ours divided by the other's."""

    name: str
    unit: str
    ours: Sequence[float]
    other: Sequence[float]

    @property
    def ratios(self) -> list[float]:
        """Of each repetition."""
        return [mine / theirs for mine, theirs in zip(self.ours, self.other, strict=True)]

    @property
    def ratio(self) -> float:
        """The median of the repetitions."""
        return round(statistics.median(self.ratios), 3)

    def row(self) -> list[str]:
        """As a row of the table."""
        mine, theirs = (f"{statistics.median(one):.1f}" for one in (self.ours, self.other))
        spread = f"{min(self.ratios):.2f} to {max(self.ratios):.2f}"
        return [self.name, self.unit, mine, theirs, f"{self.ratio:.2f}", spread]


TITLES = ["", "unit", "ours", "other", "ratio", "spread"]


def table(rows: Sequence[Sequence[str]]) -> str:
    """Rows under their titles, as Markdown."""
    lines = [TITLES, ["---"] * len(TITLES), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def machine() -> str:
    """What it was measured on: processor, cores, memory, Python."""
    cpu = next(_named("/proc/cpuinfo", "model name"), platform.machine())
    kilobytes = next(_named("/proc/meminfo", "MemTotal"), "0").split()[0]
    gigabytes = int(kilobytes) / 1024**2
    return f"{cpu}, {os.cpu_count()} cores, {gigabytes:.0f} GB, Python {platform.python_version()}"


def _named(path: str, name: str) -> Iterator[str]:
    for line in Path(path).read_text(encoding="utf-8").splitlines():
        if line.startswith(name):
            yield line.partition(":")[2].strip()


def write(rows: Sequence[Sequence[str]], notes: Sequence[str], path: Path = DOCUMENT) -> None:
    """Write the document anew."""
    day = datetime.now(UTC).date().isoformat()
    under = "\n".join(f"- {note}" for note in (f"{day}, {machine()}", *notes))
    path.write_text(f"{HEAD}{table(rows)}\n\n{under}\n", encoding="utf-8")
