"""UNDERSTANDING: spans of a text and labels of its characters, one turned into the other. Pure."""

import datetime
import re
from collections.abc import Sequence
from typing import Any

from bot.reading import amounts, dates, folding, models, platforms

NAMES = ("merchant", "product", "brand", "model", "location")
NAMELESS = ("out_of_scope", "chitchat", "ask_human")  # intents of which nothing goes into a file
Span = tuple[str, int, int]  # kind, start, end

_BRACKETS = {"{": "}", "[": "]", "(": ")", "【": "】", "《": "》", "「": "」"}
_SENTENCE_ENDS = re.compile(r"[。!！?？;；\n]")
_CLAUSE_ENDS = r"(?=[\s,。，!?！？;；]|$)"
_TAGS_BEFORE = re.compile(r"(?:<[^<>]{1,10}>)+$")
_TAGS_AFTER = re.compile(rf"(?:</?[^<>]{{1,10}}>)+(?:[\u4e00-\u9fff]{{1,6}}{_CLAUSE_ENDS})?")
_KIND_OF_SHOP = "店|馆|行|城|部|厅|院|坊|社|铺|超市|中心|公司|学校|驾校"
_REST_OF_SHOP = re.compile(
    rf"超市|商场|百货|[\u4e00-\u9fff]{{0,5}}?(?:{_KIND_OF_SHOP}){_CLAUSE_ENDS}"
)
_AFTER_PLACE = re.compile(rf"的?(?P<shop>[\u4e00-\u9fff]{{1,8}}?(?:{_KIND_OF_SHOP})){_CLAUSE_ENDS}")


def read(text: str) -> list[str]:
    """For each character the kind of value that a pattern reads there, with B- or I-, or O."""
    found = [
        *(("model", m.start, m.end) for m in models.find(text) if not m.is_spec),
        *(("platform", p.start, p.end) for p in platforms.find(text)),
        *(("amount", a.start, a.end) for a in amounts.find(text)),
        *(("date", d.start, d.end) for d in dates.find(text, datetime.date.today())),
    ]
    return labels(len(text), found)


def labels(length: int, found: Sequence[Span]) -> list[str]:
    """One label a character: B- or I- with the kind, or O."""
    row = ["O"] * length
    for kind, start, end in found:
        row[start:end] = [f"B-{kind}"] + [f"I-{kind}"] * (end - start - 1)
    return row


def marked(row: Sequence[str]) -> list[Span]:
    """The spans that a row of labels marks; an I- without its B- begins one too."""
    found: list[Span] = []
    for at, label in enumerate(row):
        begin, _, kind = label.partition("-")
        if begin == "I" and found and found[-1][0] == kind and found[-1][2] == at:
            found[-1] = (kind, found[-1][1], at + 1)
        elif kind:
            found.append((kind, at, at + 1))
    return found


def plausible(text: str, found: Sequence[Span], values: Sequence[str]) -> list[Span]:
    """The spans cut where a sentence ends in them, without those that are a date or a sum.

    `values` is the row of labels that `read` gives. No name goes on behind a full stop.
    """
    kept = []
    for kind, start, end in found:
        stop = _SENTENCE_ENDS.search(text, start + 1, end)
        end = stop.start() if stop else end
        marks = {label.partition("-")[2] for label in values[start:end]}
        if not marks <= {"date", "amount"}:
            kept.append((kind, start, end))
    return kept


def repeated(text: str, found: list[Span]) -> list[Span]:
    """The names, and the further mentions of a product: by hand only its first one is marked."""
    more = []
    for kind, start, end in found:
        word = text[start:end]
        at = text.find(word, end) if kind == "product" else -1
        while at >= 0:
            if not meets(at, at + len(word), found + more):
                more.append((kind, at, at + len(word)))
            at = text.find(word, at + len(word))
    return found + more


def whole_shop(text: str, span: Span) -> Span:
    """The span, drawn out to where a shop's name ends: 悦童母婴|用品店, 永旺|超市, {|老王}烧烤."""
    kind, start, end = span
    if kind != "merchant":
        return span
    opened = _BRACKETS.get(text[start - 1 : start])  # 「{老王}烧烤」: a bracket that closes inside
    if opened and opened in text[start:end]:
        start -= 1
    before, after = _TAGS_BEFORE.search(text[:start]), _TAGS_AFTER.match(text, end)
    if before and after:
        start, end = before.start(), after.end()
    rest = _REST_OF_SHOP.match(text, end)
    return kind, start, rest.end() if rest else end


def placed_shop(text: str, found: Sequence[Span]) -> list[Span]:
    """What follows a place and ends, with its clause, in a kind of shop: 西营门街的|口福面馆|."""
    for kind, _, end in found:
        shop = _AFTER_PLACE.match(text, end) if kind == "location" else None
        if shop:
            return [("merchant", *shop.span("shop"))]
    return []


def meets(start: int, end: int, found: Sequence[Span]) -> bool:
    """Whether the text from `start` to `end` shares a character with one of the spans."""
    return any(start < until and since < end for _, since, until in found)


def apart(found: Sequence[Span]) -> list[Span]:
    """The spans in order, without those that begin inside the one before."""
    kept: list[Span] = []
    for span in sorted(found, key=lambda one: one[1]):
        if not kept or span[1] >= kept[-1][2]:
            kept.append(span)
    return kept


def folded(text: str | None, entities: list[dict[str, Any]]) -> tuple[str, list[Span]]:
    """An example's text in folded form, and its names at their places there."""
    form = folding.fold(text or "")
    found = []
    for entity in entities:
        inside = [
            at for at, typed in enumerate(form.offsets) if entity["start"] <= typed < entity["end"]
        ]
        if entity["entity"] in NAMES and inside:
            found.append((entity["entity"], inside[0], inside[-1] + 1))
    return form.text, found
