"""Which process listens at a port (Linux): who serves, and who only stands by."""

import contextlib
import os
from pathlib import Path

LISTEN = "0A"  # the state in /proc/net/tcp


def listens(pid: int, port: int) -> bool:
    """Whether a process holds a socket that listens at a TCP port of IPv4."""
    wanted = {f"socket:[{inode}]" for inode in _sockets(port)}
    with contextlib.suppress(FileNotFoundError, PermissionError, ProcessLookupError):
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            with contextlib.suppress(FileNotFoundError):
                if os.readlink(descriptor) in wanted:
                    return True
    return False


def _sockets(port: int) -> list[str]:
    """The inodes of the sockets that listen there."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [row[9] for row in rows if row[3] == LISTEN and int(row[1].split(":")[1], 16) == port]
