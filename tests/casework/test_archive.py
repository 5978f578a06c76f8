"""The zip of a citizen's files: whole, and made file by file."""

import io
import zipfile
from collections.abc import Iterator

from bot.casework import archive

FILES = {"我的信息.json": b"{}", "凭证/1-photo.jpg": b"\xff" * 300_000, "凭证/2-voice.ogg": b""}


def test_what_went_in_comes_out() -> None:
    made = zipfile.ZipFile(io.BytesIO(b"".join(archive.stream(FILES.items()))))
    assert made.testzip() is None
    assert {name: made.read(name) for name in made.namelist()} == FILES


def test_a_file_is_asked_for_when_the_one_before_has_been_sent() -> None:
    asked: list[str] = []

    def files() -> Iterator[tuple[str, bytes]]:
        for name, content in FILES.items():
            asked.append(name)
            yield name, content

    sent = archive.stream(files())
    for count, (name, content) in enumerate(FILES.items(), start=1):
        part = next(sent)
        assert len(asked) == count and name.encode() in part and content in part
