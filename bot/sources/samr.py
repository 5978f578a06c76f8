"""SOURCES: the pages of 国家市场监督管理总局缺陷产品召回技术中心 (samrdprc.org.cn), list and notice."""

from urllib.parse import urljoin

from bot.library import load
from bot.sources import china, html, values
from bot.sources.notice import Link, NotRead, Read

CODE = "samr"


def read(data: bytes, url: str, declared: str | None = None) -> Read:
    """A page of one notice; the end of `url` is its key. Raises NotRead."""
    publisher = load("sources")["sources"][CODE]["name"]
    return china.detail(CODE, data, url, declared, publisher)


def links(data: bytes, url: str, declared: str | None = None) -> tuple[Link, ...]:
    """The notices that a page of the list names, in its order. Raises NotRead where it has none."""
    tree = html.page(data, declared)
    found: dict[str, Link] = {}
    for item in tree.xpath("//li[.//a[@href]]"):
        address = urljoin(url, item.xpath(".//a/@href")[0])
        if html.tail(address) and "/qczh" not in address:
            # Piece by piece from the end: a title may hold a day, or end with digits.
            days = (values.day(piece)[0] for piece in reversed(list(item.itertext())))
            found[address] = Link(address, next(filter(None, days), None))
    if not found:
        raise NotRead("empty_list")
    return tuple(found.values())
