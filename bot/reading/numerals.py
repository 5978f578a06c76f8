"""READING: the worth of a numeral, Arabic, Chinese or mixed. Knows not what is counted."""

import re
import warnings
from decimal import Decimal, InvalidOperation

import cn2an

DIGIT = "零〇一二两俩三四五六七八九壹贰叁肆伍陆柒捌玖"
UNIT = "十百千万亿拾佰仟"
# 45O and 7I3 are how people type 450 and 713: a letter counts only behind a digit.
ARABIC = (
    r"(?:\d{1,3}(?:,\d{3})+(?!\d)|(?:\d|[Il](?=[\dOo]{2}))(?:\d|[Oo](?![A-NP-Za-np-z])"
    r"|[Il](?=\d))*)"
    r"(?:\.[\dOo]{1,2}(?!\d))?"
)
CHINESE = rf"[{DIGIT}几数]?(?:[{DIGIT}{UNIT}几]+)(?:点[{DIGIT}]+)?"
# 2.6万, 1千8百, 1万2: an Arabic numeral with Chinese units behind it.
MIXED = rf"{ARABIC}(?: ?[百千万亿](?:\d[百千](?:\d(?!\d))?|\d(?!\d)|[{DIGIT}{UNIT}]+)?)?"

_LETTERS = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1"})
_PLAIN = re.compile(r"(\d+(?:\.\d+)?)([百千万亿kKwW]{0,2})")
_POWER = {"百": 100, "千": 1000, "k": 1000, "万": 10_000, "w": 10_000, "亿": 100_000_000}
_SPOKEN_RANGE = re.compile(rf"[{DIGIT[2:]}][{DIGIT[2:]}](?=[{UNIT}]|$)")


def value(text: str) -> Decimal | None:
    """What a numeral is worth, or None where it names no one number (几百, 三四千)."""
    compact = text.replace(",", "").replace(" ", "").replace("俩", "两")
    digits = compact.translate(_LETTERS)
    if plain := _PLAIN.fullmatch(digits):
        worth = Decimal(plain[1])
        for unit in plain[2].lower():
            worth *= _POWER[unit]
        whole = worth.to_integral_value()
        return whole if worth == whole else worth
    if re.search("[几数]", compact) or _is_spoken_range(compact):
        return None
    return _chinese(digits)


def _is_spoken_range(text: str) -> bool:
    """三四百 and 一两千 are ranges; 二零一九 and 两千三 are not."""
    return bool(re.search(f"[{UNIT}]", text) and _SPOKEN_RANGE.search(text))


def _chinese(text: str) -> Decimal | None:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # cn2an warns of what smart mode allows
            return Decimal(str(cn2an.cn2an(text, "smart")))
    except (ValueError, InvalidOperation, KeyError, IndexError):
        return None
