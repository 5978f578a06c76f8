"""RECORD, for recalls: what a question names of the notices in memory. No database."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from bot.casework import recall_matching as matching
from bot.casework import recall_spans as spans_of
from bot.casework.recall_index import Entry, Hit, Index
from bot.casework.recall_matching import Code, Identifier, fold, key, vocabulary
from bot.casework.recall_spans import Period
from bot.library import load

LONGEST_QUESTION = 400  # characters that are read of a question
LEAST_PREFIX = 3  # letters of a brand that may be glued to a model (ankerA1647)

_CJK = re.compile(r"[\u4e00-\u9fff]+")
_AFTER_SLASH = re.compile(r"/([a-z0-9][-a-z0-9.]*)")
_BEFORE_SLASH = re.compile(r"([a-z0-9][-a-z0-9.]*)/$")

Gram = tuple[int, int, str]  # start, end, characters


@dataclass(frozen=True)
class Question:
    """What a question names. `named` are the notices of the brand or maker it names (as the index knows
    it: `names`), the newest first.

    `other_brand` is a brand without a notice here; `unlisted` are codes that no notice prints;
    `outside` is the subject (food, drugs …) whose words it uses; `made` when the thing was made.
    """

    text: str
    hits: tuple[Hit, ...] = ()
    brands: tuple[str, ...] = ()
    named: Sequence[Entry] = ()
    other_brand: str | None = None
    products: frozenset[str] = frozenset()
    unlisted: tuple[Code, ...] = ()
    codes: tuple[Code, ...] = ()
    sizes: tuple[int, ...] = ()
    for_adults: bool = False
    outside: str | None = None
    names: frozenset[str] = frozenset()
    made: tuple[Period, ...] = ()

    @functools.cached_property
    def has_spans(self) -> bool:
        """Whether it tells when the thing was made, or a batch."""
        return bool(self.made) or any(code.is_batch for code in self.codes)

    @functools.cached_property
    def pairs(self) -> frozenset[str]:
        """The pairs of neighbouring Chinese characters, for comparing with a notice's words."""
        found = (self.text[i : i + 2] for i in range(len(self.text) - 1))
        return frozenset(pair for pair in found if _CJK.fullmatch(pair))


def read(
    index: Index,
    text: str,
    *,
    brand: str | None = None,
    model: str | None = None,
    product: str | None = None,
) -> Question:
    """What the words name, with what was marked in them elsewhere (brand, model, product)."""
    folded = _with_marked(_unglued(index, fold(text)[:LONGEST_QUESTION]), brand, model, product)
    grams, codes = list(_grams(folded)), matching.codes(folded)
    names = _brand_spans(index, folded, grams, codes)
    rest = _blanked(folded, names)
    codes = [*matching.days(folded), *codes]
    codes = [c for c in codes if not any(s <= c.start and c.end <= e for s, e, _ in names)]
    made = list(spans_of.made_when(folded))
    codes = [c for c in codes if not any(c.start < m.end and m.start < c.end for m in made)]
    hits, found = _hits(index, folded, grams, codes, names)
    named = index.of_brands({name for _, _, name in names})
    batches = _batch_hits(named, codes)
    spans = vocabulary().spans(rest)
    outside = _outside(rest, spans)
    if outside is not None:  # 「医用口罩」 is the outside thing, not the mask that it ends with
        rest = _blanked(rest, [(outside[1], outside[2], "")])
    return Question(
        text=folded,
        hits=(*hits, *batches),
        brands=tuple(dict.fromkeys(folded[s:e] for s, e, _ in names)),
        named=named,
        other_brand=_other_brand(index, folded, spans, brand) if not names else None,
        products=vocabulary().read(rest) | _own_words(index, rest),
        unlisted=tuple(c for c in _unlisted(codes, found, folded) if not (c.is_batch and batches)),
        codes=tuple(codes),
        sizes=tuple(int(n) for n in re.findall(r"(\d{2,3}) ?[码#]", folded)),
        for_adults=any(word in folded for word in load("categories")["adult_words"]),
        outside=outside[0] if outside is not None else None,
        names=frozenset(name for _, _, name in names),
        made=tuple(one.period for one in made),
    )


def _with_marked(text: str, brand: str | None, model: str | None, product: str | None) -> str:
    label = load("categories")["code_words"][0]
    for word, before in ((brand, ""), (product, ""), (model, label)):
        if word and key(word) not in key(text):
            text = f"{text}; {before}{fold(word)}"
    return text


def _unglued(index: Index, text: str) -> str:
    """The text with a brand parted from the code that it is glued to: ankera1647, ikeaflisat."""

    def part(match: re.Match[str]) -> str:
        token = match[0]
        if key(token) in index.by_key or key(token) in index.by_brand:
            return token
        for cut in range(len(token) - 1, LEAST_PREFIX - 1, -1):
            rest = token[cut:]
            if key(token[:cut]) in index.by_brand and (rest[0].isdigit() or _is_code(index, rest)):
                return f"{token[:cut]} {rest}"
        return token

    return re.sub(r"[a-z0-9]{4,}", part, text)


def _is_code(index: Index, text: str) -> bool:
    return key(text) in index.by_key or bool(re.search(r"\d", text))


def _grams(text: str) -> Iterator[Gram]:
    """Every stretch of Chinese characters that a name may be: start, end, characters."""
    for run in _CJK.finditer(text):
        for start in range(run.start(), run.end() - 1):
            for end in range(start + 2, min(start + matching.LONGEST_NAME, run.end()) + 1):
                yield start, end, text[start:end]


def _brand_spans(
    index: Index, text: str, grams: Sequence[Gram], codes: Sequence[Code]
) -> list[tuple[int, int, str]]:
    """Where brands of the library stand as brands: start, end, name as indexed."""
    found = [(s, e, gram) for s, e, gram in grams if gram in index.by_brand]
    found += [
        (c.start, c.end, c.key)
        for c in codes
        if c.key in index.by_brand and not c.glued[0] and not c.key.isdigit()
    ]
    longest = [
        (s, e, name) for s, e, name in found
        if not any((t, f) != (s, e) and t <= s and e <= f for t, f, _ in found)
    ]  # fmt: skip
    return [span for span in longest if not _has_another_life(text, *span)]


def _has_another_life(text: str, start: int, end: int, name: str) -> bool:
    """Whether a name is that of a shop, platform or hotel here, not of a product."""
    lives = load("categories")["other_lives"]
    after = text[end:].lstrip()
    if any(after.startswith(word) for word in lives["after"]):
        return True
    bought = any(after.startswith(word) for word in lives["bought_after"])
    went = any(text[:start].rstrip().endswith(word) for word in lives["bought_before"])
    return name in lives["shops"] and bought and went


def _blanked(text: str, spans: Iterable[tuple[int, int, str]]) -> str:
    for start, end, _ in spans:
        text = text[:start] + "|" * (end - start) + text[end:]
    return text


def _hits(
    index: Index,
    text: str,
    grams: Sequence[Gram],
    codes: list[Code],
    names: list[tuple[int, int, str]],
) -> tuple[list[Hit], list[Code]]:
    """What of the notices stands in the text, and the stretches it was found in."""
    ends = {end + gap for _, end, _ in names for gap in (0, 1, 2)}
    found: list[Code] = []
    for code in codes:  # longest first: a code inside a found one says nothing of its own
        is_inside = any(f.start <= code.start and code.end <= f.end for f in found)
        is_whole = not code.glued[1] and (not code.glued[0] or code.start in ends)
        if is_inside or not is_whole or matching.is_amount(code, text):
            continue
        if code.key in index.by_key:
            found.append(code)
    hits = [hit for code in found for hit in map(_whole(code, text), index.by_key[code.key]) if hit]
    named = dict.fromkeys(gram for _, _, gram in grams if gram in index.by_key)
    return hits + [hit for gram in named for hit in index.by_key[gram]], found


def _whole(code: Code, text: str) -> Callable[[Hit], Hit | None]:
    """How a hit stands where the code goes on behind or before a / with what the notice lacks.

    Half of a model is then another model (LSF-26GW/A5 is not LSF-26GW/A3): no hit, and where the
    notice prints that half alone, a doubt.
    """
    around = [_AFTER_SLASH.match(text, code.end), _BEFORE_SLASH.search(text[: code.start])]
    others = [found[1] for found in around if found and not matching.is_rating(found[1])]

    def read(hit: Hit) -> Hit | None:
        if not others:
            return hit
        known = {identifier.key for identifier in hit.entry.identifiers}
        if all(key(other) in known for other in others):
            return hit
        if hit.identifier.kind != "model":
            return None
        return replace(hit, identifier=replace(hit.identifier, kind="part"))

    return read


def _batch_hits(named: Iterable[Entry], codes: list[Code]) -> list[Hit]:
    asked = [c.typed for c in codes if c.is_batch]
    return [
        Hit(one, Identifier("batch", one.row.batch_raw or "", ""))
        for one in (named if asked else ())
        if any(span.holds(batch) for span in one.batches for batch in asked)
    ]


def _unlisted(codes: list[Code], found: list[Code], text: str) -> Iterator[Code]:
    for code in codes:
        touches = any(f.start < code.end and code.start < f.end for f in found)
        if not touches and matching.names_a_product(code, text):
            yield code


def _own_words(index: Index, text: str) -> frozenset[str]:
    """Product words that only the notices themselves know."""
    types = vocabulary().wider
    return frozenset(g for _, _, g in _grams(text) if g in index.by_product and g not in types)


def _other_brand(
    index: Index, text: str, spans: list[tuple[int, int, frozenset[str]]], brand: str | None
) -> str | None:
    """A brand that is named and has no notice here."""
    words = load("categories")
    if brand and key(brand) not in index.by_brand and not vocabulary().spans(fold(brand)):
        return brand
    starts = {start for start, _, _ in spans} | {m.start() for m in re.finditer("[a-z0-9]+", text)}
    for name in words["known_brands"]:
        folded = matching.printed_word(name)
        edges = ("(?<![a-z])", "(?![a-z])") if name.isascii() else ("", "")
        for match in re.finditer(re.escape(folded).join(edges), text) if folded in text else ():
            end = match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip())
            follows = any(text[end:].startswith(word) for word in words["brand_followed_by"])
            if end in starts or follows:
                return str(name)
    return None


def _outside(
    text: str, spans: list[tuple[int, int, frozenset[str]]]
) -> tuple[str, int, int] | None:
    """The subject outside of this library whose word is the longest in the text, and its place.

    A word inside the name of another thing (药箱, 面包机) is none.
    """
    hiding = [(s, e) for s, e, _ in spans]
    outside, only_like_it = _outside_words()
    for other in (word for word in only_like_it if word in text):
        hiding += [(m.start(), m.end()) for m in re.finditer(re.escape(other), text)]
    best: tuple[str, int, int] | None = None
    begun = {row for char in text for row in outside.get(char, ())}  # of hundreds hardly any
    for _, word, subject in sorted(row for row in begun if row[1] in text):
        if best is not None and len(word) <= best[2] - best[1]:
            continue
        for match in re.finditer(re.escape(word), text):
            if not any(s <= match.start() and match.end() <= e for s, e in hiding):
                best = (subject, *match.span())
                break
    return best


@functools.cache
def _outside_words() -> tuple[dict[str, list[tuple[int, str, str]]], list[str]]:
    """By its first character each folded word: its place in the file, the word, its subject outside of
    the library; and the words that only look so."""
    words = load("categories")
    rows = [(fold(w), name) for name, row in words["outside"].items() for w in row["words"]]
    outside: dict[str, list[tuple[int, str, str]]] = {}
    for place, (word, name) in enumerate(rows):
        outside.setdefault(word[0], []).append((place, word, name))
    return outside, list(map(fold, words["not_outside"]))
