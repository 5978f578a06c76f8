"""Which guidance entry answers a question; it knows no dialogue, record or database."""

import functools
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.library import guidance_loader, load
from bot.library.guidance_loader import Door, Entry
from bot.reading import folding

PIECE = 90  # characters of a long message looked at together
PIECES = 40  # more of one message are not looked at
SURE = 0.42  # score at which one entry is offered alone, if no other is near
OPENING = 10  # pieces kept of the beginning where there are too many
NEAR = 0.15  # score below which an entry is not offered at all
MARGIN = 0.07  # what the best must lead by to be sure
ALONE, FAR = 0.33, 0.15  # a lower score is sure too where nothing else comes near
CHOICES = 3  # entries offered as buttons where it is close

_ASK, _WHOLE, _WORDS = 0.55, 0.45, 0.35  # what nearest sample, whole entry and words weigh
_FOREIGN = 0.85  # what is left for each subject of the question that an entry never names
_MISSED = 0.85  # what is left for each subject of an entry that the question does not name
_OWN = 0.7  # share of an entry's samples that name a subject for it to be the entry's own
_BARRED = 0.6  # what is left of an entry's score where its `unless` is met
_FEW = 2  # groups of deciding words that together count fully
_NOT_WORD = re.compile(r"[^\w]+")
_STOP = re.compile(r"[。！？!?；;\n]+")


@dataclass(frozen=True)
class Choice:
    """What was found: one entry where sure, two or three where close, none where nothing is near.

    `scores` go with `entries`, 0 to about 1.5.
    """

    entries: tuple[Entry, ...]
    is_sure: bool
    scores: tuple[float, ...] = ()


@dataclass(frozen=True)
class _Words:
    """An entry's deciding patterns, the one against it, and the subjects it names and owns."""

    groups: tuple[re.Pattern[str], ...]
    unless: re.Pattern[str] | None
    named: frozenset[int]
    own: frozenset[int]


@dataclass(frozen=True)
class _Index:
    """Weighted letters and pairs of each sample question, and of each entry as a whole."""

    rarity: Mapping[str, float]
    asks: Mapping[str, tuple[tuple[int, float], ...]]
    wholes: Mapping[str, tuple[tuple[int, float], ...]]
    words: tuple[_Words, ...]
    owner: tuple[int, ...]
    usual: float


def choose(question: str, product: str | None = None) -> Choice:
    """The entries that answer a question of any length, best first.

    `product` is what the talk is about; it counts where the question does not name it.
    """
    text = _folded(question)
    about = _folded(product) if product else ""
    if about and about not in text:
        text = f"{about} {text}"
    best = _scores(text)
    ranked = sorted(best.items(), key=lambda pair: (-pair[1], pair[0]))[:CHOICES]
    near = [(number, score) for number, score in ranked if score >= NEAR]
    return _choice(near)


def entry(entry_id: str) -> Entry:
    """The entry of that id. Raises KeyError where there is none."""
    return _by_id()[entry_id]


def citations(one: Entry) -> list[str]:
    """An entry's sources as people read them: law, article and since when it is in force."""
    phrases = load("laws")["phrases"]
    return [_citation(phrases, cite.law, cite.article) for cite in one.sources]


def exceptions(one: Entry) -> str:
    """When an entry's rule holds less or not, as a line; empty where the law knows no such case."""
    line = str(load("laws")["phrases"]["exceptions"])
    return line.format(exceptions=one.exceptions) if one.exceptions else ""


def basis(one: Entry) -> str:
    """What stands under 「看依据」: rule, exceptions, sources, next step, limits, caution and as-of date."""
    phrases = load("laws")["phrases"]
    sources = str(phrases["joint"]).join(citations(one))
    parts = [
        ("rule", one.rule),
        ("exceptions", one.exceptions),
        ("sources", sources),
        ("limits", one.limits),
        ("evidence", one.evidence),
        ("next", one.next),
    ]
    places = {"rule": one.rule, "citations": sources, "as_of": one.as_of}
    places |= {
        "exceptions": one.exceptions,
        "limits": one.limits,
        "evidence": one.evidence,
        "next": one.next,
    }
    lines = [str(phrases[key]).format_map(places) for key, value in parts if value]
    lines += [phrases["caution"]] if one.grade == "B" else []
    return "\n".join((*lines, str(phrases["as_of"]).format_map(places)))


def door(text: str) -> Door | None:
    """The first door of doors.yml whose words the text bears, None where it is ours or unknown."""
    plain = folding.plain(text).lower()
    for one in guidance_loader.doors():
        if _bears(plain, one.patterns) and not _bears(plain, one.unless):
            return one
    return None


def _bears(text: str, patterns: Iterable[str]) -> bool:
    return any(re.search(pattern, text) for pattern in patterns)


def _citation(phrases: Mapping[str, str], key: str, article: int) -> str:
    law = guidance_loader.laws()[key]
    name = "citation" if law.since else "citation_undated"
    if law.amended:
        name += "_amended"
    return phrases[name].format(
        short=law.short, article=article, since=law.since, amended=law.amended
    )


def _choice(near: Sequence[tuple[int, float]]) -> Choice:
    if not near:
        return Choice((), False)
    entries = guidance_loader.entries()
    lead = near[0][1] - (near[1][1] if len(near) > 1 else 0.0)
    score = near[0][1]
    if (score >= SURE and lead >= MARGIN) or (score >= ALONE and lead >= FAR):
        near = near[:1]
        is_sure = True
    else:
        near = [pair for pair in near if pair[1] >= near[0][1] * 0.6]
        is_sure = False
    found = tuple(entries[number] for number, _ in near)
    return Choice(found, is_sure, tuple(round(score, 3) for _, score in near))


def _scores(text: str) -> dict[int, float]:
    """Each entry's best score over the pieces of a message."""
    best: dict[int, float] = {}
    for piece in _pieces(text):
        for number, score in _piece_scores(piece).items():
            best[number] = max(score, best.get(number, 0.0))
    return best


def _pieces(text: str) -> list[str]:
    """A short message whole; a long one by its sentences, none twice, PIECES at most.

    Of too many the last are kept, and a few of the first: people ask at the end of a story.
    """
    if len(text) <= PIECE:
        return [text]
    sentences = [part for part in _STOP.split(text) if part.strip()]
    cut = [part[at : at + PIECE] for part in sentences for at in range(0, len(part), PIECE)]
    once = list(dict.fromkeys([text[:PIECE], *cut]))
    return once if len(once) <= PIECES else [*once[:OPENING], *once[OPENING - PIECES :]]


@functools.lru_cache(maxsize=32)  # a turn asks several times about the same words
def _piece_scores(piece: str) -> Mapping[int, float]:
    index = _index()
    weights = _weights(_tokens(piece), index)
    by_ask = _similar(weights, index.asks)
    nearest: dict[int, float] = {}
    for number, score in by_ask.items():
        owner = index.owner[number]
        nearest[owner] = max(score, nearest.get(owner, 0.0))
    whole = _similar(weights, index.wholes)
    bare = _NOT_WORD.sub("", piece)
    subjects = _subjects(bare)
    return {
        number: _fit(bare, subjects, rule)
        * (
            _ASK * nearest.get(number, 0.0)
            + _WHOLE * whole.get(number, 0.0)
            + _WORDS * _decided(bare, rule.groups)
        )
        for number, rule in enumerate(index.words)
    }


def _fit(text: str, subjects: frozenset[int], rule: _Words) -> float:
    """What is left of an entry's score, 1 where nothing speaks against it."""
    barred = rule.unless is not None and rule.unless.search(text) is not None
    foreign, missed = len(subjects - rule.named), len(rule.own - subjects)
    return float(_FOREIGN**foreign * _MISSED**missed * (_BARRED if barred else 1.0))


def _subjects(text: str) -> frozenset[int]:
    found = enumerate(guidance_loader.subjects())
    return frozenset(number for number, subject in found if subject.search(text))


def _decided(text: str, groups: Sequence[re.Pattern[str]]) -> float:
    """How far the groups of deciding words are met: 1 where all are, little where some are."""
    if not groups:
        return 0.0
    met = sum(1 for group in groups if group.search(text))
    if met == len(groups):
        return 1.0 if met >= _FEW else 0.8
    return 0.3 * met / len(groups)


def _similar(
    weights: Mapping[str, float], postings: Mapping[str, tuple[tuple[int, float], ...]]
) -> dict[int, float]:
    """Cosine of the question with each document that shares a token with it."""
    found: dict[int, float] = {}
    for token, weight in weights.items():
        for number, other in postings.get(token, ()):
            found[number] = found.get(number, 0.0) + weight * other
    return found


def _tokens(text: str) -> Counter[str]:
    """Letters and pairs of letters: Chinese needs no cutting for this."""
    runs = [run for run in _NOT_WORD.split(text) if run]
    pairs = [run[at : at + 2] for run in runs for at in range(len(run) - 1)]
    return Counter([letter for run in runs for letter in run] + pairs)


def _weights(tokens: Counter[str], index: _Index) -> dict[str, float]:
    raw = {
        token: (1 + math.log(count)) * index.rarity.get(token, index.usual)
        for token, count in tokens.items()
    }
    return _unit(raw)


def _unit(raw: Mapping[str, float]) -> dict[str, float]:
    size = math.sqrt(sum(weight * weight for weight in raw.values())) or 1.0
    return {token: weight / size for token, weight in raw.items()}


@functools.cache
def _by_id() -> Mapping[str, Entry]:
    return {one.id: one for one in guidance_loader.entries()}


@functools.cache
def _index() -> _Index:
    entries = guidance_loader.entries()
    asks = [(number, ask) for number, one in enumerate(entries) for ask in (one.title, *one.asks)]
    wholes = [_whole(one) for one in entries]
    rarity = _rarity([_tokens(text) for text in wholes])
    usual = math.log(len(entries)) * 0.5
    empty = _Index(rarity, {}, {}, (), (), usual)
    ask_weights = [_weights(_tokens(_folded(text)), empty) for _, text in asks]
    whole_weights = [_weights(_tokens(text), empty) for text in wholes]
    return _Index(
        rarity=rarity,
        asks=_postings(ask_weights),
        wholes=_postings(whole_weights),
        words=tuple(_patterns(one) for one in entries),
        owner=tuple(number for number, _ in asks),
        usual=usual,
    )


def _whole(one: Entry) -> str:
    words = " ".join(_NOT_WORD.sub(" ", group) for group in one.words)
    return _folded(" ".join((one.title, one.title, *one.asks, words, one.answer)))


def _folded(text: str) -> str:
    """Folded text in the library's own words, so that 「咋办」 and 「怎么办」 are the same."""
    folded = folding.plain(text).lower()
    for pattern, word in guidance_loader.same_words():
        folded = pattern.sub(word, folded)
    return folded


def _patterns(one: Entry) -> _Words:
    """An entry's deciding words, as written and in the library's own words, and its subjects."""
    asks = [_subjects(_folded(ask)) for ask in one.asks]
    counts = Counter(subject for found in asks for subject in found)
    return _Words(
        groups=tuple(re.compile(f"{group}|{_folded(group)}") for group in one.words),
        unless=re.compile(one.unless) if one.unless else None,
        named=_subjects(_whole(one)),
        own=frozenset(s for s, count in counts.items() if count >= _OWN * len(asks)),
    )


def _rarity(documents: Sequence[Counter[str]]) -> dict[str, float]:
    """Inverse document frequency over entries; pairs count more than letters."""
    seen = Counter(token for document in documents for token in document)
    total = len(documents)
    return {
        token: math.log(1 + total / count) * (1.0 if len(token) > 1 else 0.4)
        for token, count in seen.items()
    }


def _postings(
    documents: Sequence[Mapping[str, float]],
) -> dict[str, tuple[tuple[int, float], ...]]:
    found: dict[str, list[tuple[int, float]]] = {}
    for number, weights in enumerate(documents):
        for token, weight in weights.items():
            found.setdefault(token, []).append((number, weight))
    return {token: tuple(rows) for token, rows in found.items()}
