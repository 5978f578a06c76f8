"""SOURCES: the recalls of the US CPSC, as its Recall Retrieval Web Services give them in JSON.

https://www.saferproducts.gov/RestWebServices/Recall?format=json (programmers guide v1.4): no key, no
pages, and a misspelt parameter is ignored, so that the answer is everything since 1973.
"""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from bot.sources import values
from bot.sources.charset import decode
from bot.sources.notice import MOST_PIECES, Notice, NotRead, Problem, Read, short_key, text, whole

CODE = "cpsc"
MOST_ROWS = 2000  # rows that a year's answer stays far below; the whole corpus has about 9,900
FIELDS = frozenset({
    "RecallID", "RecallNumber", "RecallDate", "Description", "URL", "Title", "ConsumerContact",
    "LastPublishDate", "Products", "Inconjunctions", "Images", "Injuries", "Manufacturers",
    "Retailers", "Importers", "Distributors", "SoldAtLabel", "ManufacturerCountries",
    "ProductUPCs", "Hazards", "Remedies", "RemedyOptions",
})  # fmt: skip
_PHONE = re.compile(r"(?<!\d)(?:1-)?\(?8\d\d\)?[- ]\d{3}-\d{4}(?!\d)")
_UNITS = re.compile(r"(?<![\d.])(\d[\d,]{0,12}(?:\.\d{1,6})?)(?![\d,])\s*(million)?", re.IGNORECASE)


def read(data: bytes, url: str, declared: str | None = None) -> Read:
    """The rows of an answer. Raises NotRead for one cut short, in XML, or with the whole corpus."""
    printed = decode(data, declared)
    try:
        rows = json.loads(printed)
    except (ValueError, RecursionError):
        raise NotRead("not_json") from None
    if not isinstance(rows, list):
        raise NotRead("not_a_list")
    if len(rows) > MOST_ROWS:
        raise NotRead("too_many_rows")
    notices: list[Notice] = []
    problems: list[Problem] = []
    for line, row in enumerate(rows, start=1):
        try:
            notices.append(_notice(row))
        except NotRead as bad:
            problems.append(Problem(str(line), bad.reason))
    return whole(Read(tuple(notices), tuple(problems)))


def number(printed: str) -> str:
    """A recall number in one form: 26-641 is 26641; letters are small (00090a)."""
    return re.sub(r"[\s-]", "", printed).lower()


def _notice(row: Any) -> Notice:
    if not isinstance(row, dict):
        raise NotRead("not_a_list")
    if not row.get("RecallID") or str(row.get("Title", "")).startswith("Error retrieving"):
        raise NotRead("error_row")
    key, title = number(str(row.get("RecallNumber") or "")), text(row.get("Title"))
    if not key:
        raise NotRead("no_key")
    if title is None:
        raise NotRead("no_title")
    doubts = ["unknown_field"] if row.keys() - FIELDS else []
    published, doubt = values.day(str(row.get("RecallDate") or ""))
    doubts += [doubt] if doubt else []
    count = _quantity(_all(row, "Products", "NumberOfUnits"), doubts)
    contact = _PHONE.search(str(row.get("ConsumerContact") or ""))
    codes = [*_all(row, "Products", "Model"), *_all(row, "ProductUPCs", "UPC")]
    return Notice(
        source=CODE, source_key=short_key(key), jurisdiction="US", title=title, publisher="CPSC",
        published_on=published, date_precision="day" if published else "unknown",
        category=_joined(_all(row, "Products", "Type")),
        product_name=_joined(_all(row, "Products", "Name")),
        producer=_joined(_all(row, "Manufacturers", "Name") or _all(row, "Importers", "Name")),
        models=tuple(dict.fromkeys(codes)), quantity=count, hazard=_joined(_all(row, "Hazards", "Name")),
        injury_reports=_joined(_all(row, "Injuries", "Name")),
        remedy=_joined(_all(row, "Remedies", "Name") or _all(row, "RemedyOptions", "Option")),
        contact_phone=contact[0] if contact else None, url=text(row.get("URL")),
        doubts=tuple(doubts), raw=_raw(row),
    )  # fmt: skip


def _all(row: Mapping[str, Any], group: str, name: str) -> list[str]:
    """What the rows of a group say under a name, without what says nothing."""
    rows = row.get(group)
    rows = rows if isinstance(rows, list) else []
    found = (text(one.get(name)) for one in rows if isinstance(one, dict))
    return [one for one in found if one]


def _joined(said: Iterable[str]) -> str | None:
    return "; ".join(dict.fromkeys(said)) or None


def _quantity(said: list[str], doubts: list[str]) -> int | None:
    """The sum of what is printed (About 12,800; About 5.9 million); free text may not be read."""
    counts = []
    for one in said:
        found = _UNITS.search(one)
        doubts += [] if found and found[0].strip() == one else ["quantity_about"]
        if found is None:
            doubts.append("quantity_not_read")
            return None
        counts.append(round(float(found[1].replace(",", "")) * (1_000_000 if found[2] else 1)))
    doubts[:] = dict.fromkeys(doubts)
    return sum(counts) if counts and sum(counts) <= MOST_PIECES else None


def _raw(row: Mapping[str, Any]) -> dict[str, str]:
    """Every field that says something, as it stands."""
    filled = {name: value for name, value in row.items() if value not in (None, "", [])}
    return {
        name: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for name, value in filled.items()
    }
