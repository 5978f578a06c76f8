"""SOURCES: the list of publishers, how each is read, and where it is fetched. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.library import load
from bot.sources import cpsc, lines, safety_gate, samr, table, tianjin
from bot.sources.notice import Link, NotRead, Read

QUERY_DAYS = 60  # how far back a source that is asked for a span of days is asked

ReadPage = Callable[[bytes, str, str | None], Read]
ReadList = Callable[[bytes, str, str | None], tuple[Link, ...]]


@dataclass(frozen=True)
class Source:
    """A publisher. `links` reads its lists; where it is None, the address itself holds notices.

    `types` are the content types that its server may send; `is_paged` where a list goes on at
    index_1.html, index_2.html …
    """

    code: str
    read: ReadPage
    links: ReadList | None = None
    types: tuple[str, ...] = ("text/html",)
    is_paged: bool = False

    @property
    def name(self) -> str:
        """What people call it."""
        return str(load("sources")["sources"][self.code]["name"])

    def addresses(self, today: date) -> tuple[str, ...]:
        """Where it is fetched; none for a source that comes by hand."""
        start, end = today - timedelta(days=QUERY_DAYS), today + timedelta(days=1)
        found = load("sources")["sources"][self.code].get("addresses", ())
        return tuple(one.format(start=start, end=end) for one in found)


def _shipped(data: bytes, url: str, declared: str | None = None) -> Read:
    return lines.read(data, "shipped")


_HTML = ("text/html", "application/xhtml+xml")
_XML = ("application/xml", "text/xml")
SOURCES = {
    one.code: one
    for one in (
        Source(samr.CODE, samr.read, samr.links, _HTML, is_paged=True),
        Source(tianjin.CODE, tianjin.read, tianjin.links, _HTML, is_paged=True),
        Source(cpsc.CODE, cpsc.read, types=("application/json", "text/json")),
        Source(safety_gate.CODE, safety_gate.read, safety_gate.links, _XML),
        Source(table.CODE, table.read),
        Source("shipped", _shipped),
    )
}


def read(source: Source, data: bytes, url: str, declared: str | None = None) -> Read:
    """A page or file of a source. Raises NotRead, also where its shape is none that anybody foresaw."""
    try:
        return source.read(data, url, declared)
    except NotRead:
        raise
    except (ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        raise NotRead("unforeseen") from None


def read_saved(code: str, data: bytes, name: str) -> Read:
    """A saved file of a source; JSON lines (.jsonl) are read for any. Raises NotRead.

    `name` is the file's: a page that was saved under the end of its address keeps its key so.
    """
    if name.endswith(".jsonl"):
        return lines.read(data, code)
    if code == safety_gate.CODE and b"<weeklyReport>" in data[:4096]:
        raise NotRead("list_page")
    return read(SOURCES[code], data, name)
