"""RECORD, for recalls: how much stands between a question and one notice. Knows no database."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from rapidfuzz.distance import OSA

from bot.casework.recall_index import Entry, Hit
from bot.casework.recall_matching import STRONG, fold, is_amount, vocabulary
from bot.casework.recall_question import Question
from bot.casework.records import Recall
from bot.library import load

SHORT_NUMBER = 5  # digits up to which a bare number is no model without brand or product
SHORT_BATCH = 8  # characters up to which a batch alone says nothing
LEAST_NEAR = 4  # characters from which one that differs makes a near model


@dataclass(frozen=True)
class Near:
    """A model of a notice that differs in one character: to be asked, never taken for the same."""

    notice: Recall
    model: str
    asked: str


def is_confirmed(hit: Hit, question: Question) -> bool:
    """Whether an identifier stands together with its brand or maker, and no other product.

    A barcode names its maker by itself. A code is rarer than a product word is exact, so with brand
    and code a different product word leaves a doubt (see `is_sure`), with a mere name it rules out.
    """
    agrees = product_agrees(hit.entry, question)
    if hit.identifier.kind == "barcode":
        return agrees is not False or is_of_brand(hit.entry, question)
    is_ruled_out = agrees is False and hit.identifier.kind not in ("model", "batch")
    return is_of_brand(hit.entry, question) and not is_ruled_out


def is_sure(hit: Hit, question: Question) -> bool:
    """Whether a confirmed hit says "covered" and not "may be": nothing in the question is open.

    A foreign notice covers nothing that is sold here.
    """
    kind, agrees = hit.identifier.kind, product_agrees(hit.entry, question)
    if agrees is False or not hit.entry.is_domestic:
        return False
    if any(code.is_batch for code in question.unlisted):
        return False
    if kind in ("model", "barcode"):
        return True
    if kind == "batch":  # days and week codes are shared: they need the product too
        return bool(agrees) or not hit.identifier.key.startswith("day")
    return bool(agrees) and (kind == "rating" or is_whole_model(hit))


def is_whole_model(hit: Hit) -> bool:
    """Whether a series name is all that the model field prints (双面骑士), not one of a series."""
    noise = load("categories")["model_noise"]
    return hit.identifier.kind == "series" and any(
        hit.identifier.printed.casefold() in fold(model) and not any(n in model for n in noise)
        for model in hit.entry.notice.models
    )


def is_of_brand(entry: Entry, question: Question) -> bool:
    """Whether the question names the brand of a notice, or the maker of its product."""
    return not question.names.isdisjoint(entry.names) or any(
        maker in question.text for maker in entry.makers
    )


def product_agrees(entry: Entry, question: Question) -> bool | None:
    """Whether the product of a notice can be the one asked about; None where none is named."""
    if question.for_adults and entry.row.category == load("categories")["children_category"]:
        return False
    if not question.products:
        return None
    return vocabulary().agree(question.products, entry.products)


def is_candidate(hit: Hit, question: Question) -> bool:
    """Whether an identifier may be meant although its brand is not named."""
    agrees, identifier = product_agrees(hit.entry, question), hit.identifier
    if agrees is False or identifier.kind == "size":
        return False
    if question.other_brand and hit.entry.brands:
        return False
    if identifier.kind == "series":
        return bool(agrees) or (len(identifier.key) >= LEAST_NEAR and not identifier.key.isascii())
    is_day = identifier.key.startswith("day")
    least = SHORT_BATCH if identifier.kind == "batch" else SHORT_NUMBER
    is_bare = identifier.key.isdigit() or identifier.kind == "batch"
    is_short = is_bare and len(identifier.key) <= least
    return bool(agrees) or not (is_short or is_day)


def near(pool: Iterable[Entry], question: Question) -> tuple[Near, ...]:
    """Models of the brand that differ from a code asked in one character, or in lost zeros."""
    asked = [c for c in question.codes if not any(c.glued) and not c.is_batch]
    asked = [c for c in asked if any(char.isdigit() for char in c.key)]
    numbers = {c.key for c in asked if c.typed.isdigit() and not is_amount(c, question.text)}
    found = {
        (e.number, i.key): Near(e.notice, i.printed, c.typed)
        for c in asked for e in pool for i in e.identifiers
        if (_is_near(i.key, c.key) or (c.key in numbers and _lost_zeros(i.key, c.key)))
        and i.kind in STRONG and not i.key.startswith("day")
    }  # fmt: skip
    return tuple(found[at] for at in sorted(found))


def _is_near(printed: str, asked: str) -> bool:
    is_like = len(asked) >= LEAST_NEAR and -1 <= len(printed) - len(asked) <= 1
    return is_like and OSA.distance(printed, asked, score_cutoff=1) == 1


def _lost_zeros(printed: str, asked: str) -> bool:
    """Whether a number is the printed one without its zeros in front: 380 for 0380."""
    return printed != asked and printed.lstrip("0") == asked.lstrip("0")


def is_out_of_spans(entry: Entry, question: Question) -> bool:
    """Whether the time of manufacture, or a batch, lies outside of all that the notice prints.

    A batch that is written in another way than the notice's proves nothing.
    """
    if not question.has_spans:
        return False
    out_of_days = (
        question.made
        and entry.made
        and not any(
            first <= asked[1] and asked[0] <= last
            for first, last in entry.made
            for asked in question.made
        )
    )
    asked = [code.typed for code in question.codes if code.is_batch]
    like = [batch for batch in asked if any(span.is_like(batch) for span in entry.batches)]
    out_of_batches = like and not any(s.holds(batch) for s in entry.batches for batch in like)
    return bool(out_of_days or out_of_batches)


def is_out_of_sizes(entry: Entry, question: Question) -> bool:
    """Whether the question names sizes and none lies in the span of the notice."""
    if not question.sizes or entry.sizes is None:
        return False
    first, last = entry.sizes
    return not any(first <= size <= last for size in question.sizes)


def age(notice: Recall) -> tuple[date, str]:
    """What sorts notices by their day, then by their number; without a day they are the oldest."""
    return notice.published_on or date.min, notice.notice_no


def strength(hit: Hit) -> tuple[bool, int, str]:
    """What sorts hits by how much they say."""
    order = ("product", "size", "part", "series", "rating", "batch", "model", "barcode")
    kind = hit.identifier.kind
    return kind in STRONG, order.index(kind), hit.identifier.printed


def rank(entry: Entry, question: Question) -> tuple[bool, bool, int, date, str]:
    """Domestic first, then the exact product, the words in common, the newer."""
    common = sum(pair in entry.about for pair in question.pairs)
    is_exact = bool(question.products & entry.products)
    return entry.is_domestic, is_exact, common, *entry.order[1:]
