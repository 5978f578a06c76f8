"""RECORD, for recalls: what a notice and a question name (codes, products). Knows no database."""

import functools
import itertools
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.casework import recall_spans
from bot.casework.records import Recall
from bot.library import load
from bot.reading import folding, models

# How much an identifier of a notice says. `model`, `barcode` and `batch` identify with a brand;
# `rating` (48V20Ah) and `series` (a name) less; `part` is half of a printed model; `size` least.
STRONG = ("barcode", "model", "batch")
MOST_WORDS = 6  # tokens that one code may be typed in: PAC 20 - 272
LONGEST_NAME = 12  # characters of a Chinese brand, maker or series name

_TOKEN = re.compile(r"[a-z0-9]+(?:\+(?![a-z0-9]))?")
_TIGHT = re.compile(r" ?[-._*#+×'’&] ?")
_UNIT = r"(?:kw|w|v|hz|ah|mah|wh|a|mm|cm|m|kg|g|l|ml|k|d)"
_NUMBER = r"(?!0\d)\d+(?:\.\d+)?(?:[-~/x×*]\d+(?:\.\d+)?)*"
_RATING = re.compile(rf"(?:(?:ac|dc)?{_NUMBER}{_UNIT}[~/*x×-]?)+")
_SIZE = re.compile(r"\d+(?:[*x×/]\d+)+[a-z]{0,2}|\d{2,3}")
_DAY = re.compile(r"(20\d\d)[-/.年 ]{0,2}(\d{1,2})[-/.月 ]{0,2}(\d{1,2})(?!\d)")
_CJK = re.compile(r"[\u4e00-\u9fff]+")
_NO_CODE = re.compile(r"[^\w+]|_|\+(?=.)|^\+")
_LATIN_WORD = re.compile(r"[a-z0-9][a-z0-9-]{3,}")
_LATIN_BESIDE = re.compile(r"[a-z]{4}[\u4e00-\u9fff]{2}")
_SEPARATORS = str.maketrans("", "", " -./_")
_MISREAD = re.compile("[0-9][oOIl]")  # what models.key may take for two digits
_WORDS = 2**15  # words of notices that are kept as folded: brands and products come again


@dataclass(frozen=True, slots=True)
class Identifier:
    """One thing in a notice that tells its product from others, as printed and as compared."""

    kind: str
    printed: str
    key: str


@dataclass(frozen=True)
class Code:
    """A stretch of a question that may be a code: where it stands, as typed, as compared.

    `glued` tells on which sides it goes on without a space; `is_batch` that it was called a batch.
    """

    start: int
    end: int
    typed: str
    key: str
    glued: tuple[bool, bool] = (False, False)
    is_batch: bool = False


def fold(text: str) -> str:
    """The text in one form for comparing: folded (see bot.reading.folding), without letter case."""
    if text.isascii() and text.isprintable():  # it has no other form, and most codes are such
        return " ".join(text.split()).lower()
    return folding.plain(text).casefold()


def key(text: str) -> str:
    """A code in one form: as models are compared, and without the signs of sizes and names.

    Notices and labels mix letter o and digit 0 in front of a digit too (0507A, HP00): they are one.
    A closing + is part of a model: DX-500B+ is not DX-500B.
    """
    tight = text.translate(_SEPARATORS)
    if tight.isascii() and tight.isalnum() and not _MISREAD.search(tight):
        return tight.lower().replace("o", "0")  # nothing in it to read otherwise: as below, quicker
    return _NO_CODE.sub("", models.key(text)).replace("o", "0")


# Of words of the library only, never of what people write.
printed_word = functools.lru_cache(maxsize=_WORDS)(fold)
printed_key = functools.lru_cache(maxsize=_WORDS)(key)


def day_key(text: str) -> str | None:
    """The key of a batch that is a day, however written (2020/4/12, 2013-02-06, 20220818)."""
    found = _DAY.fullmatch(text.strip())
    if found is None or not (1 <= int(found[2]) <= 12 and 1 <= int(found[3]) <= 31):
        return None
    return f"day{found[1]}{int(found[2]):02}{int(found[3]):02}"


# ── what a notice names ──────────────────────────────────────────────────────


def identifiers(notice: Recall) -> set[Identifier]:
    """All that identifies the product of a notice, read from its noisy model and batch fields."""
    found = {i for entry in notice.models for i in _from_model(entry)}
    known = {i.key for i in found}
    found |= {i for i in _from_batch(notice.batch_raw or "") if i.key not in known}
    known = {i.key for i in found} | {printed_key(name) for name in brands_of(notice)}
    for word in _LATIN_WORD.findall(printed_word(notice.product_name or "")):
        code = printed_key(word)
        if not (word.isdigit() or word == "usb" or code in known or _RATING.fullmatch(word)):
            known.add(code)
            found.add(Identifier("series", word.upper(), code))
    found |= {Identifier("series", name, name) for name in _beside_latin(notice)}
    return {i for i in found if i.key}


def _beside_latin(notice: Recall) -> list[str]:
    """Chinese names that stand beside a Latin one in the product name (KULLEN库伦)."""
    text = printed_word(notice.product_name or "")
    if not _LATIN_BESIDE.search(text):
        return []
    for start, end, _ in vocabulary().spans(text):
        text = text[:start] + "|" * (end - start) + text[end:]
    for word in load("categories")["model_noise"]:
        text = text.replace(word, "|")
    return re.findall(r"[a-z]{4,}([\u4e00-\u9fff]{2,6})(?![\u4e00-\u9fff])", text)


def is_rating(text: str) -> bool:
    """Whether a code is a rating or a measure (220V, 48V20Ah, 15cm), not a name."""
    return bool(_RATING.fullmatch(fold(text)))


def _from_model(entry: str) -> Iterator[Identifier]:
    text = fold(entry)
    if barcode := re.search(r"\d{12,14}", text):
        yield Identifier("barcode", barcode[0], barcode[0])
        return
    span = list(_from_series_range(text))
    yield from span or (() if recall_spans.names_sizes(text) else _from_codes(entry, text))
    yield from _from_names(text)


def _from_series_range(text: str) -> Iterator[Identifier]:
    for letters, first, last in re.findall(r"([a-z]+)(\d+)~\1(\d+)", text):
        for number in range(int(first), min(int(last), int(first) + 200) + 1):
            printed = f"{letters}{number}".upper()
            yield Identifier("series", printed, key(printed))


def _from_codes(entry: str, text: str) -> Iterator[Identifier]:
    bare = _CJK.sub(" ", text).replace("〞", " ")
    if _SIZE.fullmatch(bare.strip().strip("#")):
        yield Identifier("size", entry, key(bare))
        return
    parts = [part for part in _parts(bare) if not _SIZE.fullmatch(part)]
    codes = [part for part in parts if not is_rating(part)]
    if parts and not codes:
        kind = "size" if re.search(r"\d[mc]m", bare) else "rating"
        yield from (Identifier(kind, part.upper(), key(part)) for part in parts)
    is_one = len(codes) > 1 and "(" not in bare and not _are_numbers(codes)
    for part in codes:
        if re.search(r"\d", part) and len(key(part)) >= 3:
            yield Identifier("part" if is_one else "model", part.upper(), key(part))
    if is_one:
        yield Identifier("model", entry, key(bare))
    if not re.search(r"\d", bare) and re.search(r"[a-z]{3}", bare):
        name = bare.strip(" ()").upper()
        yield Identifier("model" if "-" in name else "series", name, key(name))


def _are_numbers(codes: list[str]) -> bool:
    """Whether codes are numbers of one length: those (0380/0381) are two models, not one's halves."""
    return all(code.isdigit() and len(code) == len(codes[0]) for code in codes)


def _parts(text: str) -> list[str]:
    """The codes in a model field; a part of letters alone belongs to the next (AJ/YXD-Y-600)."""
    parts: list[str] = []
    for part in re.split(r"[/;,、\s()]+", text):
        joins = parts and re.fullmatch(r"[a-z]{1,3}", parts[-1])
        if joins:
            parts[-1] += f"/{part}"
        elif part.strip("-#."):
            parts.append(part.strip("-#"))
    return [part for part in parts if len(part) > 1 and re.search(r"\d", part)]


def _from_names(text: str) -> Iterator[Identifier]:
    if text.isascii():
        return
    for run in _CJK.findall(_noise().sub(" ", text)):
        if len(run) >= 2 and not vocabulary().spans(run):
            yield Identifier("series", run, run)


@functools.cache
def _noise() -> re.Pattern[str]:
    words = sorted(load("categories")["model_noise"], key=len, reverse=True)
    return re.compile("|".join(map(re.escape, words)))


def _from_batch(raw: str) -> Iterator[Identifier]:
    before = ""
    for part in re.split(r"[;,、:\s()]+", fold(raw).strip()):
        if day := day_key(part):
            yield Identifier("batch", part, day)
            continue
        for piece in part.split("/"):
            whole = piece if "-" in piece or "-" not in before else _same_stem(before, piece)
            before = whole
            if len(key(whole)) >= 5 and re.search(r"\d", whole) and not _CJK.search(whole):
                yield Identifier("batch", whole.upper(), key(whole))


def _same_stem(before: str, piece: str) -> str:
    """C14-P6/P7 means C14-P6 and C14-P7."""
    return f"{before.rsplit('-', 1)[0]}-{piece}"


# ── who made it ──────────────────────────────────────────────────────────────


def brands_of(notice: Recall) -> set[str]:
    """The folded names of a notice's brand in every script it is printed in; none for `/` or 见附件."""
    printed = filter(None, (notice.brand, *notice.brand_aliases))
    return {name for one in printed for name in _brand_names(one)}


@functools.lru_cache(maxsize=_WORDS)
def _brand_names(printed: str) -> frozenset[str]:
    names: set[str] = set()
    for name in re.split(r"[、,;/]", fold(printed)):
        plain = name.removesuffix("牌").strip()
        if {name.strip(), plain} & set(load("categories")["no_brand"]):
            continue
        plain = plain if len(plain) > 1 else name
        names |= {plain, *_CJK.findall(plain), _CJK.sub("", plain).strip()}
    return frozenset(n for n in names if len(key(n)) >= 2)


def makers_of(notice: Recall) -> set[str]:
    """The maker's own name in a company name, without its place, trade and legal form."""
    return {name for name in (_maker(notice.producer or ""),) if name}


@functools.lru_cache(maxsize=_WORDS)
def _maker(producer: str) -> str | None:
    words = load("categories")["company"]
    name = re.sub(r"\(.*?\)", "", fold(producer).split("、")[0])
    name = re.sub(r"^.*(?:省|市|县|[^社]区|镇)(?=..)", "", name)
    for place in words["places"]:
        name = name.removeprefix(place)
    for kind in ("forms", "trades", "trades"):
        ending = _ending(kind).search(name)  # the leftmost is the longest
        name = name[: ending.start()] if ending and ending.start() >= 2 else name
    return name if 2 <= len(name) <= LONGEST_NAME else None


@functools.cache
def _ending(kind: str) -> re.Pattern[str]:
    """What company names of a kind of word (forms, trades) end with."""
    return re.compile(f"(?:{'|'.join(map(re.escape, load('categories')['company'][kind]))})$")


# ── products ─────────────────────────────────────────────────────────────────


class Vocabulary:
    """The product words of a language of notices and citizens, and the wider types above them."""

    def __init__(self, products: dict[str, dict[str, object]]) -> None:
        self.types: dict[str, set[str]] = {}
        self.wider: dict[str, set[str]] = {}
        for name, row in products.items():
            under = row.get("under", [])
            self.wider[name] = {under} if isinstance(under, str) else set(_strings(under))
            for word in (name, *_strings(row["words"])):
                self.types.setdefault(fold(word), set()).add(name)
        self._above = {name: self._all_above(name) for name in self.wider}
        self._begin = re.compile(f"[{re.escape(''.join({word[0] for word in self.types}))}]")
        self._lengths: dict[str, list[int]] = {}  # of the words that begin so, the longest first
        for word in sorted(self.types, key=len, reverse=True):
            lengths = self._lengths.setdefault(word[0], [])
            if len(word) not in lengths:
                lengths.append(len(word))

    def spans(self, text: str) -> list[tuple[int, int, frozenset[str]]]:
        """The product words of a folded text: start, end, types. The longest word wins."""
        found, at = [], 0
        while begin := self._begin.search(text, at):
            at = begin.start()
            for length in self._lengths[begin[0]]:
                types = self.types.get(text[at : at + length])
                if types and at + length <= len(text):
                    found.append((at, at + length, frozenset(types)))
                    at += length - 1
                    break
            at += 1
        return found

    def read(self, text: str) -> frozenset[str]:
        """The types that a folded text names; a wider one only where no narrower is named."""
        types = {t for _, _, named in self.spans(text) for t in named}
        return frozenset(types - {w for t in types for w in self.above(t)})

    def above(self, name: str) -> frozenset[str]:
        """All wider types of a type."""
        return self._above.get(name, frozenset())

    def _all_above(self, name: str) -> frozenset[str]:
        direct = frozenset(self.wider.get(name, ()))
        return direct.union(*map(self._all_above, direct))

    def agree(self, asked: Iterable[str], noticed: Iterable[str]) -> bool:
        """Whether one of the types asked is one of the notice's, or wider or narrower than it."""
        return any(
            a == n or a in self.above(n) or n in self.above(a) for a in asked for n in noticed
        )


@functools.cache
def vocabulary() -> Vocabulary:
    """The vocabulary of `library/categories.yml`."""
    return Vocabulary(load("categories")["products"])


def products_of(notice: Recall) -> frozenset[str]:
    """The types of a notice's product; its own words for it where the vocabulary has none."""
    return _products(notice.product_name or "", notice.product_type or "")


@functools.lru_cache(maxsize=_WORDS)
def _products(printed_name: str, printed_kind: str) -> frozenset[str]:
    name, kind = fold(printed_name), fold(printed_kind)
    return vocabulary().read(f"{kind} {name}") or frozenset(filter(None, (kind, name)))


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list | tuple) else []


# ── what a question names ────────────────────────────────────────────────────


def codes(text: str) -> list[Code]:
    """Every stretch of a folded question that may be a code, longest first."""
    tokens = list(_TOKEN.finditer(text))
    gaps = [text[a.end() : b.start()] for a, b in itertools.pairwise(tokens)]
    found = [
        Code(
            tokens[i].start(), tokens[j].end(), text[tokens[i].start() : tokens[j].end()],
            key("".join(t[0] for t in tokens[i : j + 1])),
            (i > 0 and _is_tight(gaps[i - 1]), j < len(gaps) and _is_tight(gaps[j])),
            is_batch=_is_after(text, tokens[i].start(), "batch_words"),
        )
        for i in range(len(tokens))
        for j in range(i, min(i + MOST_WORDS, len(tokens)))
        if all(map(_joins, gaps[i:j]))
    ]  # fmt: skip
    return sorted(found, key=lambda code: (code.start - code.end, code.start))


def days(text: str) -> list[Code]:
    """The days in a folded question that may be batches."""
    found = []
    for match in _DAY.finditer(text):
        if day := day_key(match[0]):
            is_batch = _is_after(text, match.start(), "batch_words")
            found.append(Code(match.start(), match.end(), match[0], day, is_batch=is_batch))
    return found


def names_a_product(code: Code, text: str) -> bool:
    """Whether a code reads like a model, batch or barcode: no rating, year, price or phone."""
    typed = code.typed
    if any(code.glued) or " " in typed or is_rating(typed) or not re.search(r"\d", typed):
        return False
    if _is_after(text, code.start, "code_words"):
        return True
    if re.search(r"[a-z]", typed):
        return len(code.key) >= 3
    if is_amount(code, text):
        return False
    is_phone_or_year = re.fullmatch(r"1[3-9]\d{9}|(?:19|20)\d\d|12315|12345|3\.15", typed)
    return len(code.key) >= 4 and not is_phone_or_year


def is_amount(code: Code, text: str) -> bool:
    """Whether a bare number counts something (1009元, 2024年) and is no code."""
    units = load("categories")["number_units"]
    after = text[code.end :].lstrip()
    return code.typed.isdigit() and any(after.startswith(unit) for unit in units)


def _joins(gap: str) -> bool:
    return _is_tight(gap) or gap.strip() == "" or gap.strip() == "/"


def _is_tight(gap: str) -> bool:
    return bool(_TIGHT.fullmatch(gap))


def _is_after(text: str, start: int, words: str) -> bool:
    before = re.sub(r"[\s:是为]+$", "", text[:start])
    return any(before.endswith(word) for word in load("categories")[words])
