"""What processes hold of the machine's memory (Linux)."""

import contextlib
from collections.abc import Iterator
from pathlib import Path


def pss_mb(pid: int) -> float:
    """The proportional set size (smaps_rollup) of a process and all below it, in MB: shared pages are split."""
    return sum(_pss_kb(one) for one in (pid, *below(pid))) / 1024


def below(pid: int) -> Iterator[int]:
    """The children of a process, and theirs."""
    for child in children(pid):
        yield child
        yield from below(child)


def children(pid: int) -> list[int]:
    """The children of a process; none where it has ended."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        found = [path.read_text() for path in Path(f"/proc/{pid}/task").glob("*/children")]
        return [int(one) for line in found for one in line.split()]
    return []


def _pss_kb(pid: int) -> int:
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    return 0


def command(pid: int) -> str:
    """The command line of a process, empty where it has ended."""
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return b" ".join(words).decode(errors="replace").strip()
    return ""
