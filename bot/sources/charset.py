"""SOURCES: bytes to text by the declared charset, else strict UTF-8, else gb18030. Pure."""

import codecs
import re

from bot.sources.notice import NotRead

# Pages that say gb2312 use characters of GBK and GB18030, which hold it whole.
_WIDER = {"gb2312": "gb18030", "gbk": "gb18030", "gb_2312-80": "gb18030"}
_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([A-Za-z0-9_\-]+)""", re.IGNORECASE)
_HEAD = 4096  # bytes in which a page declares its charset


def decode(data: bytes, declared: str | None = None) -> str:
    """The text; `declared` is what the server said. Raises NotRead where no charset fits."""
    if not data.strip():
        raise NotRead("empty")
    for charset in filter(None, (declared, _in_page(data), "utf-8-sig", "gb18030")):
        try:
            codec = codecs.lookup(_WIDER.get(charset.lower(), charset)).name
            # A page that declares UTF-8 may begin with its mark.
            return data.decode("utf-8-sig" if codec == "utf-8" else codec)
        except (LookupError, UnicodeDecodeError):
            continue
    raise NotRead("charset")


def _in_page(data: bytes) -> str | None:
    found = _DECLARED.search(data[:_HEAD])
    return found[1].decode("ascii") if found else None
