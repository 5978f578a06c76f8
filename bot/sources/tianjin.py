"""SOURCES: the recall pages of 天津市市场监督管理委员会 (scjg.tj.gov.cn), list and notice."""

from bot.library import load
from bot.sources import china, samr
from bot.sources.notice import Link, Read

CODE = "tianjin"


def read(data: bytes, url: str, declared: str | None = None) -> Read:
    """A page of one notice, mostly in prose. Raises NotRead."""
    publisher = load("sources")["sources"][CODE]["name"]
    return china.detail(CODE, data, url, declared, publisher)


def links(data: bytes, url: str, declared: str | None = None) -> tuple[Link, ...]:
    """The notices that the list names: the same system as the national centre's (t…_….html)."""
    return samr.links(data, url, declared)
