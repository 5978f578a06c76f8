"""SOURCES: a Chinese notice from its labelled fields, by table, by prose or by the officers. Pure."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date

from bot.library import load
from bot.sources import html, prose, values
from bot.sources.notice import Notice, NotRead, Read, hashed, short_key, text

_SPACES = re.compile(r"[\s:：*]+")


def label(printed: str) -> str | None:
    """The field that a heading or the first cell of a pair names; None where it names none."""
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", printed))
    for name, known in load("sources")["labels"].items():
        if plain in known:
            return str(name)
    return None


def table(rows: Iterable[list[str]]) -> dict[str, str]:
    """The fields of a table of labels and values; several pairs may share one row.

    Cells up to the next label belong together, and a row without a label goes on with the last. A
    row of labels alone is the head of columns. What is said several times is parted by ；.
    """
    found: dict[str, list[str]] = {}
    name: str | None = None
    head: list[str] = []
    for cells in rows:
        known = [label(cell) for cell in cells]
        if len(cells) > 1 and all(known):
            head = [one for one in known if one]
        elif head and len(cells) == len(head) and not any(known):
            for column, cell in zip(head, cells, strict=True):
                found.setdefault(column, []).append(cell)
        else:
            head = []
            name = _pairs(found, name, cells)
    return {name: _joined(name, cells) for name, cells in found.items()}


def _pairs(found: dict[str, list[str]], name: str | None, cells: list[str]) -> str | None:
    """Take the pairs of one row into `found`; the label that a next row would go on with."""
    for cell in cells:
        if known := label(cell):
            name = known
            found.setdefault(name, [])
        elif name and cell:
            found[name].append(cell)
    return name


def _joined(name: str, cells: list[str]) -> str:
    once = cells if name == "quantity" else dict.fromkeys(cells)  # two of 10 pieces are 20
    return "；".join(cell for cell in once if cell)


def detail(source: str, data: bytes, url: str, declared: str | None, publisher: str) -> Read:
    """A page of one notice, in a table or in prose. Raises NotRead; nothing is half read."""
    tree = html.page(data, declared)
    url = html.address(tree, url)
    title = _title(tree)
    if not title and any(html.tail(one) for one in tree.xpath("//li//a/@href")):
        raise NotRead("list_page")
    _check_subject(title, url)
    body = _body(tree)
    found = table(html.rows(body))
    if "product_name" not in found:
        found = prose.fields(html.text_of(body))
    if "product_name" not in found or not {"defect", "quantity", "measures"} & found.keys():
        raise NotRead("no_layout")
    found |= {"title": title, "published": _published(tree), "url": url if "://" in url else ""}
    found.setdefault("publisher", publisher)
    return Read((notice(source, found, key=html.tail(url)),))


def notice(source: str, found: Mapping[str, str], key: str | None) -> Notice:
    """A notice from its fields as printed. Raises NotRead where it has no title."""
    title = text(found.get("title"))
    if title is None:
        raise NotRead("no_title")
    said = {name: value for name in found if (value := text(found[name])) is not None}
    named = prose.of_title(title)
    doubts: list[str] = [] if key else ["no_address"]
    published = _day(said, doubts)
    count, unit = _quantity(said, doubts)
    doubts += values.phone_doubts(said.get("contact", ""))
    doubts += ["no_such_day"] if values.has_wrong_day(said.get("made", "")) else []
    brand = said.get("brand") or (named.get("brand") if "brand" not in found else None)
    return Notice(
        source=source, source_key=short_key(key) if key else hashed(f"{title}|{said.get('published', '')}"),
        jurisdiction="CN", title=title, publisher=said.get("publisher"),
        published_on=published[0], date_precision=published[1], category=said.get("category"),
        product_name=said.get("product_name") or named.get("product_name"), brand=brand,
        producer=said.get("producer") or named.get("producer"),
        models=values.models(found.get("models") or ""), batch_raw=said.get("batch"),
        manufacture_or_sale_dates=said.get("made"), quantity=count, quantity_unit=unit,
        hazard="；".join(filter(None, (said.get("defect"), said.get("consequence")))) or None,
        injury_reports=said.get("injuries"), remedy=said.get("measures"),
        contact_phone=said.get("contact"), url=said.get("url"),
        doubts=tuple(dict.fromkeys(doubts)), raw=dict(found),
    )  # fmt: skip


def _check_subject(title: str, url: str) -> None:
    if not title:
        raise NotRead("no_title")
    if prose.is_no_recall(title):
        raise NotRead("not_a_recall")
    if "/qczh/" in url or title.endswith(tuple(load("sources")["vehicles"])):
        raise NotRead("not_consumer_goods")


def _title(tree: html.Element) -> str:
    found = tree.xpath("//*[contains(@class, 'show_tit')]//h1") or tree.xpath("//h1")
    named = tree.xpath("//meta[@name='ArticleTitle']/@content")
    return (text(html.text_of(found[0])) if found else None) or (named[0].strip() if named else "")


def _body(tree: html.Element) -> html.Element:
    for path in ("show_txt", "TRS_Editor", "article", "content"):
        found = tree.xpath(f"//*[contains(@class, '{path}') or contains(@id, '{path}')]")
        if found:
            return found[0]
    return tree


def _published(tree: html.Element) -> str:
    """The day of publication as printed beside the title, or as the site's own marks give it."""
    marks = tree.xpath("//meta[translate(@name, 'PUBDATE', 'pubdate') = 'pubdate']/@content")
    printed = [html.text_of(one) for one in tree.xpath("//*[contains(@class, 'show_tit2')]")]
    for line in html.text_of(tree).split("\n"):
        name, colon, value = line.replace("：", ":").partition(":")
        if colon and label(name) == "published":
            printed.append(value)
    return next((one for one in (*printed, *marks) if one.strip()), "")


def _day(said: Mapping[str, str], doubts: list[str]) -> tuple[date | None, str]:
    printed = said.get("published")
    if printed:
        found, doubt = values.day(printed)
        doubts += [doubt] if doubt else []
        return found, "day" if found else "unknown"
    found = values.day_of_address(said.get("url", ""))
    doubts += ["day_of_address"] if found else []
    return found, "url" if found else "unknown"


def _quantity(said: Mapping[str, str], doubts: list[str]) -> tuple[int | None, str | None]:
    if "quantity" not in said:
        return None, None
    count, unit, found = values.quantity(said["quantity"])
    doubts += found
    return count, unit
