"""RECORD, for recalls: what the lines and barcodes of a label name: brand, model, barcode. Pure."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from bot.casework import label_lines
from bot.casework.label_lines import DAY, LONGEST, MODEL, code_in
from bot.casework.recall_index import Index
from bot.casework.recall_matching import STRONG, fold, key, vocabulary
from bot.library import load

_SAFE = re.compile(r"[^\w\-/.+()·&' ]")
_BARCODE = re.compile(r"(?<!\d)\d{13}(?!\d)")


@dataclass(frozen=True)
class Label:
    """What was read of a label; nothing of it counts before the citizen has said yes."""

    brand: str | None = None
    product: str | None = None
    model: str | None = None
    barcode: str | None = None
    batch: str | None = None
    made: str | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was read by which a recall can be looked up."""
        return not (self.model or self.barcode or (self.brand and self.product))


# ── decisions ────────────────────────────────────────────────────────────────


def read(lines: Iterable[str], barcodes: Sequence[str], index: Index | None) -> Label:
    """What the lines of a label and its barcodes name.

    A value behind its word (型号, Model …) goes first; of codes without a word only one counts that
    a recall notice prints, or that is the only one. `index` is the library's, None for no library.
    """
    texts = [label_lines.tidy(line) for line in lines]
    named = label_lines.named(texts)
    model = _first(named.get("model", ()), code_in) or _bare_model(texts, index)
    by_code = [one for one in barcodes if _known(one, index)]
    if model is None and by_code and not by_code[0].isdigit():
        model = by_code[0]
    return Label(
        brand=_brand(named.get("brand", ()), texts, index),
        product=_product(named.get("product", ()), texts),
        model=_as_printed(model, index),
        barcode=_barcode(barcodes, texts),
        batch=_first(named.get("batch", ()), code_in),
        made=_first(named.get("made", ()), _day),
    )


def merged(readings: Iterable[Label]) -> Label:
    """What several photos of one thing say together; the first that names a field counts."""
    found: dict[str, Any] = {}
    for one in readings:
        for name in (field.name for field in fields(Label)):
            found[name] = found.get(name) or getattr(one, name)
    return Label(**found)


def payload(label: Label) -> str:
    """What Rasa hears where the citizen says that this is the thing: a recall question."""
    codes = [one for one in (label.model, label.barcode) if one]
    carried = {"brand": label.brand, "product": label.product, "model": codes}
    told = {name: value for name, value in carried.items() if value}
    return f"/query_recall{json.dumps(told, ensure_ascii=False)}"


NOT_IT = '/query_recall{"model":""}'  # nothing of the photo, and nothing that was asked before


def told(label: Label) -> str:
    """What was read, for the citizen to confirm."""
    said = load("labels")
    parts = [
        said["part"][name].format(value=getattr(label, name))
        for name in said["part"]
        if getattr(label, name)
    ]
    return str(said["is_it"]).format(read=said["joint"].join(parts))


def is_wished(text: str) -> bool:
    """Whether words beside a photo ask to look at its label."""
    return any(word in text for word in load("labels")["wishes"])


def is_ean(code: str) -> bool:
    """Whether 13 digits are an EAN-13: the last is the check digit (GB 12904)."""
    if not re.fullmatch(r"\d{13}", code):
        return False
    total = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(code[:12]))
    return int(code[12]) == -total % 10


# ── lines to fields ──────────────────────────────────────────────────────────


def _bare_model(lines: Sequence[str], index: Index | None) -> str | None:
    """A code without its word: one that a notice prints, or the only one there is."""
    codes = label_lines.bare_codes(lines)
    known = [one for one in codes if _known(one, index)]
    if known:
        return known[0]
    return codes[0] if len(set(codes)) == 1 else None


def _known(code: str, index: Index | None) -> bool:
    return index is not None and any(
        hit.identifier.kind in STRONG for hit in index.by_key.get(key(code), ())
    )


def _as_printed(model: str | None, index: Index | None) -> str | None:
    """The model as a notice prints it, where a reader took O for 0: the keys are equal."""
    if model is None or index is None:
        return model
    printed = [hit.identifier.printed for hit in index.by_key.get(key(model), ())]
    alike = [one for one in printed if key(one) == key(model) and MODEL.fullmatch(one)]
    return min(alike, default=model)


def _brand(values: Sequence[str], lines: Sequence[str], index: Index | None) -> str | None:
    none = load("categories")["no_brand"]
    for value in values:
        plain = _SAFE.sub("", value).strip()[:LONGEST]
        if plain and fold(plain) not in none:
            return plain
    names = list(load("categories")["known_brands"])
    names += [] if index is None else [name for e in index.by_number.values() for name in e.brands]
    text = " ".join(map(fold, lines))
    found = [name for name in dict.fromkeys(names) if _stands(fold(name), text)]
    return max(found, key=len, default=None)


def _stands(name: str, text: str) -> bool:
    if len(name) < 2 or (name.isascii() and len(name) < 4):
        return False
    edge = r"(?<![a-z0-9])" if name.isascii() else ""
    end = r"(?![a-z0-9])" if name.isascii() else ""
    return re.search(f"{edge}{re.escape(name)}{end}", text) is not None


def _product(values: Sequence[str], lines: Sequence[str]) -> str | None:
    """The kind of product, as its name is printed; without the word 品名, a known kind in any line."""
    for value in values:
        plain = _SAFE.sub("", value).strip()[:LONGEST]
        if plain:
            return plain
    for line in lines:
        for start, end, _ in vocabulary().spans(fold(line)):
            if end - start >= 2:
                return fold(line)[start:end]
    return None


def _barcode(barcodes: Sequence[str], lines: Sequence[str]) -> str | None:
    """The article's number: that of the bars, or else 13 printed digits with their check digit."""
    digits = [one for one in barcodes if re.fullmatch(r"\d{8}|\d{12,14}", one)]
    printed = (code[0] for line in lines for code in _BARCODE.finditer(line.replace(" ", "")))
    return next(iter([*digits, *filter(is_ean, printed)]), None)


def _day(value: str) -> str | None:
    found = DAY.search(value)
    if found is None:
        return None
    year, month, day = (found[1] or found[4]), (found[2] or found[5]), (found[3] or found[6])
    parts = [year, f"{int(month):02}", *([f"{int(day):02}"] if day else [])]
    return "-".join(parts) if 1 <= int(month) <= 12 else None


def _first(values: Iterable[str], reader: Any) -> str | None:
    found: Iterator[str | None] = map(reader, values)
    return next((one for one in found if one), None)
