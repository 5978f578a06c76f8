"""SOURCES: what is printed in a Chinese notice (days, quantities, models, phones) as values. Pure."""

import re
from datetime import date
from decimal import Decimal

from bot.library import load
from bot.reading import folding
from bot.sources.notice import MOST_PIECES

_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d) ?[-/.年] ?(\d{1,2}) ?[-/.月] ?(\d{1,2})(?!\d)")
_DAYS_ALONE = re.compile(r"(?<!\d)((?:19|20)\d\d)(\d\d)(\d\d)(?!\d)")
_ADDRESS_DAY = re.compile(r"/?t((?:19|20)\d\d)(\d\d)(\d\d)_\d+")
_NUMBER = r"\d[\d,]*(?:\.\d+)?"
_ABOUT = re.compile(r"约|超|近|余|多")
_TOTAL = re.compile(r"[共总][计数量有]*(?:为|约|:|：)?\s*(" + _NUMBER + r")\s*(万)?")
_PHONE = re.compile(r"(?<![\d-])(?:\(?0\d{2,3}\)?|[48]00|1[3-9]\d)?-?\d[\d -]{4,}\d(?!\d)")
_BREAKS = re.compile(r"[;；、，,\n]+(?![^(（]*[)）])")
_MODEL_LABEL = re.compile(r"^(?:规格)?型号(?:/规格|规格)?\s*(?:为|[:：])?\s*")
_NO_MODEL = re.compile(r"^(?:涉及)?数量|^\d[\d,]*(?:台|件|个|只|辆)$|^生产(?:日期|批)")
_CODE = re.compile(r"(?=.*\d)[A-Za-z0-9][-A-Za-z0-9.+#/_—–]*")


def day(printed: str) -> tuple[date | None, str | None]:
    """The first day in a text, and the doubt where it cannot be taken: 2019-02-29 is none."""
    found = _DAY.search(folding.plain(printed)) or _DAYS_ALONE.search(printed)
    if found is None:
        return None, "day_not_read"
    try:
        return date(int(found[1]), int(found[2]), int(found[3])), None
    except ValueError:
        return None, "no_such_day"


def day_of_address(url: str) -> date | None:
    """The day in an address (t20241119_112396), up to five days after that of publication."""
    found = _ADDRESS_DAY.search(url)
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def has_wrong_day(printed: str) -> bool:
    """Whether a text prints a day that does not exist."""
    for found in _DAY.finditer(folding.plain(printed)):
        try:
            date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return True
    return False


def quantity(printed: str) -> tuple[int | None, str | None, list[str]]:
    """The number, its unit and the doubts: 49,937件; 2.92万台 (about); parts with their total."""
    folded = folding.plain(printed)
    units = "|".join(load("sources")["units"])
    parts = re.findall(rf"({_NUMBER})\s*(万)?[余多]?\s*({units})(?![A-Za-z])", folded)
    if not parts:
        alone = re.fullmatch(rf"[约共超近计]*\s*({_NUMBER})\s*(万)?[余多]?", folded)
        parts = [(alone[1], alone[2] or "", "")] if alone else []
    if not parts:
        return None, None, ["quantity_not_read"]
    doubts = ["quantity_about"] if _ABOUT.search(folded) else []
    counts = [_count(number, ten_thousands) for number, ten_thousands, _ in parts]
    if any("." in number for number, _, _ in parts) and "quantity_about" not in doubts:
        doubts.append("quantity_about")
    unit = parts[-1][2] or None
    if sum(counts) > MOST_PIECES:
        return None, None, ["quantity_not_read"]
    total = _TOTAL.search(folded)
    if total is None or len(counts) == 1:
        return sum(counts), unit, doubts
    whole = _count(total[1], total[2] or "")
    rest = sum(counts) - whole
    return whole, unit, doubts if rest == whole else [*doubts, "quantity_sum"]


def _count(number: str, ten_thousands: str) -> int:
    return int(Decimal(number.replace(",", "")) * (10_000 if ten_thousands else 1))


def models(printed: str) -> tuple[str, ...]:
    """The models in one field, as printed: parted at ; 、 , and at spaces between codes.

    A slash stays: KT19/C1XH are two models and AJ/YXD-Y-600 is one, which the matching weighs.
    """
    nothing = load("sources")["nothing"]
    found: dict[str, None] = {}
    for part in _BREAKS.split(printed):
        plain = _MODEL_LABEL.sub("", part.strip()).strip(" 。.：:")
        words = plain.split()
        is_list = len(words) > 1 and all(_CODE.fullmatch(word) for word in words)
        for one in words if is_list else [plain]:
            if one.casefold() not in nothing and not _NO_MODEL.match(one):
                found[one] = None
    return tuple(found)


def phone_doubts(printed: str) -> list[str]:
    """Whether a number in a contact field has too few or too many digits for its kind."""
    numbers = _PHONE.findall(folding.plain(printed).replace("转", " 转"))
    return ["phone_length"] if any(not _is_whole(re.sub(r"\D", "", n)) for n in numbers) else []


def _is_whole(digits: str) -> bool:
    if digits.startswith(("400", "800")):
        return len(digits) == 10
    if digits.startswith("0"):
        area = digits[:3] if re.match(r"010|02", digits) else digits[:4]
        eight = len(area) == 3 or area in load("sources")["eight_digits"]
        return len(digits) - len(area) in ((8,) if eight else (7, 8))
    return len(digits) == 11 if re.match(r"1[3-9]", digits) else len(digits) in (5, 7, 8)
