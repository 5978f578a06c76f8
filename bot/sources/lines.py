"""SOURCES: notices as JSON lines in the shape of the shipped library, one notice a line. Pure."""

import json
from typing import Any

from bot.sources import safety_gate, values
from bot.sources.charset import decode
from bot.sources.notice import MOST_PIECES, Notice, NotRead, Problem, Read, short_key, text

# How other collections call the fields of the library.
_OTHER_NAMES = {
    "models_raw": "models", "batch": "batch_raw", "production_dates": "manufacture_or_sale_dates",
    "category_source": "product_type",
}  # fmt: skip
_CODES = ("barcode", "upcs")  # codes beside the model
_TEXTS = (
    "publisher", "date_precision", "category", "product_type", "product_name", "brand", "producer",
    "batch_raw", "manufacture_or_sale_dates", "quantity_unit", "hazard", "injury_reports", "remedy",
    "contact_phone", "url",
)  # fmt: skip


def read(data: bytes, source: str) -> Read:
    """The notices of a file; `notice_no` is their key. Raises NotRead for a file in no charset."""
    notices: list[Notice] = []
    problems: list[Problem] = []
    for number, line in enumerate(decode(data).splitlines(), start=1):
        if line.strip():
            try:
                notices.append(_notice(json.loads(line), source))
            except NotRead as bad:
                problems.append(Problem(str(number), bad.reason))
            except (ValueError, RecursionError):
                problems.append(Problem(str(number), "not_json"))
    return Read(tuple(notices), tuple(problems))


def _notice(row: Any, source: str) -> Notice:
    if not isinstance(row, dict):
        raise NotRead("not_json")
    for other, name in _OTHER_NAMES.items():
        if not row.get(name) and row.get(other):
            row = {**row, name: row[other]}
    key, title = text(row.get("notice_no")), text(row.get("title")) or text(row.get("product_name"))
    if key is None or title is None:
        raise NotRead("no_key" if key is None else "no_title")
    if row.get("jurisdiction") == "EU" and not safety_gate.is_recall(row.get("remedy")):
        raise NotRead("not_a_recall")
    printed = text(row.get("published_on"))
    published, doubt = values.day(printed) if printed else (None, None)
    count = row.get("quantity")
    said = {name: text(row.get(name)) for name in _TEXTS}
    said["date_precision"] = (said["date_precision"] or ("day" if published else "unknown"))[:8]
    return Notice(
        source=source, source_key=short_key(key), jurisdiction=str(row.get("jurisdiction") or "CN")[:8],
        title=title, published_on=published, brand_aliases=_aliases(row),
        models=_models(row), quantity=count if isinstance(count, int) and 0 <= count <= MOST_PIECES else None,
        doubts=(doubt,) if doubt else (),
        raw={name: str(value) for name, value in row.items() if value not in (None, "", [])},
        **said,
    )  # fmt: skip


def _aliases(row: dict[str, Any]) -> tuple[str, ...]:
    found = row.get("brand_aliases")
    return tuple(map(str, found)) if isinstance(found, list) else ()


def _models(row: dict[str, Any]) -> tuple[str, ...]:
    found: list[str] = []
    for value in (row.get("models"), *(row.get(name) for name in _CODES)):
        if isinstance(value, str | list):
            found += values.models(value) if isinstance(value, str) else map(str, value)
    return tuple(dict.fromkeys(found))
