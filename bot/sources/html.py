"""SOURCES: an HTML page as a tree, by lxml; its text, rows and address. Pure."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import lxml.html
from lxml import etree

from bot.sources.charset import decode
from bot.sources.notice import NotRead

Element = Any  # lxml has no types

_XML_HEAD = re.compile(r"^\s*<\?xml[^>]*\?>")
_SAVED_FROM = re.compile(r"saved from url=\(\d+\)(\S+)")
_TAIL = re.compile(r"(t(?:19|20)\d{6}_\d+)(?:\.s?html?)?(?:$|[?#])")
_HOSTS = ("gov.cn", "samrdprc.org.cn")


def page(data: bytes, declared: str | None = None) -> Element:
    """The tree of a page. Raises NotRead for what is no page, and for a page to log in at."""
    text = _XML_HEAD.sub("", decode(data, declared))
    if "<" not in text or text.lstrip().startswith(("{", "[")):
        raise NotRead("not_html")
    try:
        tree = lxml.html.document_fromstring(text, parser=lxml.html.HTMLParser(huge_tree=False))
    except (etree.LxmlError, ValueError):
        raise NotRead("not_html") from None
    if tree.xpath("//input[translate(@type, 'PASWORD', 'pasword') = 'password']"):
        raise NotRead("login_form")
    return tree


def text_of(element: Element) -> str:
    """The text of an element; paragraphs and line breaks become line ends."""
    parts: list[str] = []
    for event, one in etree.iterwalk(element, events=("start", "end")):
        is_text = isinstance(one.tag, str) and one.tag not in ("script", "style")
        if event == "start" and is_text:
            parts.append(one.text or "")
        elif event == "end":
            parts.append("\n" if one.tag in ("p", "div", "br", "li", "tr", "td", "th") else "")
            parts.append((one.tail or "") if one is not element else "")
    lines = (" ".join(line.split()) for line in "".join(parts).split("\n"))
    return "\n".join(line for line in lines if line)


def rows(element: Element) -> Iterator[list[str]]:
    """The cells of each row of the tables in an element, innermost tables only."""
    for row in element.xpath(".//tr[not(.//table)]"):
        yield [text_of(cell) for cell in row.xpath("./td|./th")]


def address(tree: Element, url: str) -> str:
    """Where a page comes from: `url`, or for a saved file what a browser or the site wrote into it.

    Raises NotRead where that is no official site: re-posts elsewhere are often damaged or made up.
    """
    if "://" in url:  # it was fetched, from an official site alone
        return url
    notes = (_SAVED_FROM.search(str(note.text or "")) for note in tree.xpath("//comment()"))
    found = [one[1] for one in notes if one] + tree.xpath("//link[@rel='canonical']/@href")
    for one in found:
        host = urlsplit(one).hostname or ""
        if not any(host == known or host.endswith(f".{known}") for known in _HOSTS):
            raise NotRead("host")
    return str(found[0]) if found else url


def tail(url: str) -> str | None:
    """The end of an address that names the notice for good: t20241119_112396."""
    found = _TAIL.search(url)
    return found[1] if found else None
