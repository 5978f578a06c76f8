"""SOURCES: the weekly reports of the EU Safety Gate (RAPEX) in XML, and their list.

https://ec.europa.eu/safety-gate-alerts/api/download/weeklyReport/… (CC BY 4.0). An alert is not always a
recall: a withdrawal from the market or a removed listing asks nothing of those who own the thing.
"""

from typing import Any

from lxml import etree

from bot.library import load
from bot.sources import values
from bot.sources.notice import Link, Notice, NotRead, Problem, Read, short_key, text, whole

CODE = "safety_gate"
MOST_ROWS = 1000  # alerts of a week; the largest report has about 130
FIELDS = frozenset({
    "order", "caseNumber", "reference", "category", "product", "brand", "name",
    "type_numberOfModel", "batchNumber", "barcode", "riskType", "danger", "measures", "URLrecall",
    "description", "notifyingCountry", "countryOfOrigin", "type", "level", "pictures",
    "onlineTrader", "companyRecallCode", "productionDates",
})  # fmt: skip


def read(data: bytes, url: str, declared: str | None = None) -> Read:
    """The alerts of a report that are recalls; those that are not are told apart. Raises NotRead."""
    root = _tree(data)
    if root.tag != "Safety-Gate":
        raise NotRead("no_layout")
    rows = root.findall("notifications")
    if len(rows) > MOST_ROWS:
        raise NotRead("too_many_rows")
    printed = root.findtext("report_date") or ""
    notices: list[Notice] = []
    problems: list[Problem] = []
    for row in rows:
        try:
            notices.append(_notice(row, printed))
        except NotRead as bad:
            problems.append(Problem(row.findtext("caseNumber") or "?", bad.reason))
    return whole(Read(tuple(notices), tuple(problems)))


def links(data: bytes, url: str, declared: str | None = None) -> tuple[Link, ...]:
    """The weekly reports that the list names, newest first. Raises NotRead where it has none."""
    root = _tree(data)
    found = [
        Link(address, _day(report.findtext("publicationDate") or "")[0])
        for report in root.iter("weeklyReport")
        if (address := text(report.findtext("URL")))
    ]
    if not found:
        raise NotRead("empty_list")
    dated = [one for one in found if one.published_on]
    return tuple(sorted(dated, key=lambda one: str(one.published_on), reverse=True)) or tuple(found)


def is_recall(measures: str | None) -> bool:
    """Whether the measures of an alert ask back what people have at home."""
    return "recall" in (measures or "").lower()


def _tree(data: bytes) -> Any:
    """The tree; no entity is expanded, nothing outside is read, and a DOCTYPE is refused at all."""
    if not data.strip():
        raise NotRead("empty")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data.strip(), parser)
    except (etree.LxmlError, ValueError):
        raise NotRead("xml_doctype" if b"<!DOCTYPE" in data[:4096] else "not_xml") from None
    if root.getroottree().docinfo.internalDTD is not None:
        raise NotRead("xml_doctype")
    return root


def _notice(row: Any, printed: str) -> Notice:
    found = {child.tag: text("".join(child.itertext())) for child in row}
    key = found.get("caseNumber")
    if not key:
        raise NotRead("no_key")
    if found.get("category") in load("sources")["outside_categories"]:
        raise NotRead("not_consumer_goods")
    if not is_recall(found.get("measures")):
        raise NotRead("not_a_recall")
    named = [found.get(name) for name in ("product", "brand", "name")]
    title = " ".join(one for one in named if one) or found.get("description")
    if not title:
        raise NotRead("no_title")
    published, doubt = _day(printed)
    doubts = ["unknown_field"] if found.keys() - FIELDS else []
    models = values.models(found.get("type_numberOfModel") or "")
    barcodes = values.models(found.get("barcode") or "")
    hazard = "; ".join(filter(None, (found.get("riskType"), found.get("danger"))))
    return Notice(
        source=CODE, source_key=short_key(key), jurisdiction="EU", title=title[:200],
        publisher=found.get("notifyingCountry"), published_on=published,
        date_precision="day" if published else "unknown", category=found.get("category"),
        product_name=found.get("product") or found.get("name"), brand=found.get("brand"),
        models=tuple(dict.fromkeys((*models, *barcodes))), batch_raw=found.get("batchNumber"),
        manufacture_or_sale_dates=found.get("productionDates"), hazard=hazard or None,
        remedy=found.get("measures"), url=found.get("URLrecall") or found.get("reference"),
        doubts=tuple(filter(None, (*doubts, doubt))),
        raw={name: value for name, value in found.items() if value},
    )  # fmt: skip


def _day(printed: str) -> tuple[Any, str | None]:
    """The day of DD/MM/YYYY, or of YYYY-MM-DD in the list."""
    parts = printed.strip().split("/")
    return values.day("-".join(reversed(parts)) if len(parts) == 3 else printed)
