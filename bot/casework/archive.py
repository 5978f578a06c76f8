"""RECORD: files as one zip that is made while it is sent, so that no more than one lies in memory."""

import io
import zipfile
from collections.abc import Iterable, Iterator


class _Pipe(io.RawIOBase):
    """Holds what was written until it is taken; it cannot be sought, so nothing is written twice."""

    def __init__(self) -> None:
        super().__init__()
        self._written = bytearray()

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._written += data
        return len(data)

    def take(self) -> bytes:
        taken = bytes(self._written)
        self._written.clear()
        return taken


def stream(files: Iterable[tuple[str, bytes]]) -> Iterator[bytes]:
    """The bytes of a zip of `files` (name and content), a part after each file."""
    pipe = _Pipe()
    with zipfile.ZipFile(pipe, "w") as archive:
        for name, content in files:
            archive.writestr(name, content)
            yield pipe.take()
    yield pipe.take()
