"""What somebody might type to break something, by what it is meant to break."""

import unicodedata

WORDS = {
    "sql": "'; DROP TABLE disputes;-- \" OR 1=1",
    "html": "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&amp;",
    "jinja": "{{ 7*7 }}{% for x in ().__class__.__mro__ %}{{ config }}{# #}",
    "format": "{number} {0.__class__} {} {{}} %s %(name)s ${HOME}",
    "markdown": '**粗** [链](http://x) `a` <b>粗</b> <a href="tg://user?id=1">x</a> _x_ &lt;',
    "control": "前" + "".join(map(chr, range(1, 32))) + "\x7f\x85后",
    "nul": "前\x00后",
    "halves": "前\ud83d后\udc00尾",
    "direction": "\u202e倒过来\u202c\u2066里面\u2069",
    "zero width": "\u200b看\u200d不\ufeff见\u2060\u00ad",
    "unseen": "\u200b\u2060\ufeff\x00",
    "no characters": "前\ufffe\uffff后\U0010ffff",
    "long": "长" * 10_000,
    "emoji": "😀👨‍👩‍👧 𠮷野家🏴󠁧󠁢󠁥󠁮󠁧󠁿",
    "xml": "]]><!--<w:t>&#0;",
    "formula": "=cmd|'/c calc'!A1",
    "header": "行一\r\nBcc: a@example.cn\r\n行三",
    "path": "../../../etc/passwd\\..\\con",
}
PAYABLE = (  # what is typed, and its worth in yuan
    ("200", "200"), ("1,200", "1200"), ("￥1,200.50元", "1200.50"), ("１２００", "1200"), (" 300 元 ", "300"),
    ("0.01", "0.01"), ("1000000", "1000000"), ("1,000,000.00", "1000000"), ("¥ 5", "5"), ("\u200b88\u200b", "88"),
)  # fmt: skip
NOT_PAYABLE = (
    "0", "0.00", "-5", "－5", "+5", "0.001", "12.345", "1000000.01", "1000001", "1e3", "1E99", "1e-2", "NaN", "nan",
    "sNaN", "inf", "-Infinity", "∞", "1_200", "1,5", "1,99.50", "12,00", ",", "1 200", "0x10", "二百", "٣٠٠", "½",
    "200元以上", "{number}", "9" * 50, "0" * 30 + "5", "1.", ".5", "5;--", "$5", "元", "5元元",
)  # fmt: skip


def seen(text: str) -> str:
    """All of a text that can be seen, without spaces: what must never be lost."""
    kept = (c for c in text if unicodedata.category(c)[0] != "C" or c in "\ufffe\uffff\U0010ffff")
    return "".join("".join(kept).split())
