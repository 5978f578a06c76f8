"""RECORD, for recalls (召回): which notices concern a product, and how sure. Knows no Rasa."""

import heapq
import itertools
import weakref
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from typing import Any, Literal

from sqlalchemy import Engine, Row, func, select
from sqlalchemy.engine import Connection
from sqlalchemy.orm import Session

from bot.casework import recall_evidence as evidence
from bot.casework import recall_intake, recall_question
from bot.casework.recall_evidence import Near
from bot.casework.recall_index import Entry, Hit, Index
from bot.casework.recall_matching import STRONG, Identifier, fold, vocabulary
from bot.casework.recall_question import Question
from bot.casework.recall_records import RecallVersion
from bot.casework.records import Recall
from bot.library import FOLDER, load, words
from bot.sources import lines

CHINA = timezone(timedelta(hours=8))
SHIPPED = FOLDER / "recalls" / "cn.jsonl"
READ_AT_ONCE = 500  # notices in one query
MOST_SHOWN = 20  # notices that one answer carries of a product
MOST_OTHERS = 10  # further notices of a brand
NO_IDENTIFIER = Identifier("product", "", "")  # a match by brand or product alone
LONGEST_CHECK = 40  # characters of a batch or date field that fit a reply

Kind = Literal[
    "not_in_library", "covered", "may_be_covered", "not_found", "foreign_only",
    "ask_brand", "ask_model",
]  # fmt: skip


@dataclass(frozen=True)
class Match:
    """A notice that concerns the question: what matched (field, value) and what to check.

    `check` is for the reader of a label, None where the notice prints nothing to check.
    """

    notice: Recall
    evidence: tuple[tuple[str, str], ...] = ()
    check: str | None = None
    is_sure: bool = False


@dataclass(frozen=True)
class Door:
    """Where to turn with a subject that is not in this library."""

    code: str
    subject: str
    reply: str
    number: str | None
    url: str | None


@dataclass(frozen=True)
class Answer:
    """What the library says to a question.

    `matches` come best first. `same_model` are notices of other brands with the model asked, and
    `wrong_brand` the brand that was named instead; `brand_notices` are other notices of the brand;
    `out_of_spans` are of the same product, made at another time or of other batches.
    """

    kind: Kind
    matches: tuple[Match, ...] = ()
    near: tuple[Near, ...] = ()
    brand_notices: tuple[Recall, ...] = ()
    same_model: tuple[Match, ...] = ()
    wrong_brand: str | None = None
    door: Door | None = None
    out_of_spans: tuple[Match, ...] = ()
    as_of: date | None = None


# ── decisions ────────────────────────────────────────────────────────────────


def answer(index: Index, question: Question) -> Answer:
    """The answer to a question that was read against the index."""
    confirmed = [hit for hit in question.hits if evidence.is_confirmed(hit, question)]
    within = [hit for hit in confirmed if not evidence.is_out_of_spans(hit.entry, question)]
    if within:
        return _identified(within, question)
    if confirmed:
        return Answer("not_found", out_of_spans=_out_of_spans(confirmed, question))
    if question.outside and not question.products and not question.hits:
        return Answer("not_in_library", door=door(question.outside))
    by_model = [hit for hit in question.hits if evidence.is_candidate(hit, question)]
    if by_model and not question.named:
        return _by_model_alone(by_model, question)
    if question.named:
        return _by_brand(question, by_model)
    if question.other_brand:
        return Answer("not_found", wrong_brand=question.other_brand)
    return _by_product(index, question)


def door(subject: str) -> Door:
    """The right door for a subject of `library/categories.yml`."""
    row = load("categories")["outside"][subject]
    return Door(subject, row["subject"], row["door"], row["number"], row["url"])


def names_a_product(text: str) -> bool:
    """Whether a text names a product that notices in this library can be about."""
    return bool(vocabulary().spans(fold(text)))


def describe(match: Match) -> dict[str, Any]:
    """What a reply needs of a match; None where the notice does not say it."""
    notice = match.notice
    return {
        "title": notice.title,
        "notice_no": notice.notice_no,
        "publisher": notice.publisher,
        "published_on": notice.published_on.isoformat() if notice.published_on else None,
        "is_foreign": notice.jurisdiction != "CN",
        "hazard": notice.hazard,
        "remedy": notice.remedy,
        "phone": notice.contact_phone,
        "url": notice.url,
        "matched": match.evidence,
        "check": match.check,
    }


def _identified(hits: Sequence[Hit], question: Question) -> Answer:
    matches = [_match(hit, question, evidence.is_sure(hit, question)) for hit in _strongest(hits)]
    matches.sort(key=_order, reverse=True)
    others = _others(question, matches)
    if matches[0].notice.jurisdiction != "CN":
        return Answer("foreign_only", tuple(matches), brand_notices=others)
    kind: Kind = "covered" if matches[0].is_sure else "may_be_covered"
    return Answer(kind, tuple(matches), brand_notices=others)


def _out_of_spans(hits: Sequence[Hit], question: Question) -> tuple[Match, ...]:
    return _newest([_match(hit, question) for hit in _strongest(hits)])


def _by_model_alone(hits: Sequence[Hit], question: Question) -> Answer:
    """No brand is named: one brand's model is put to the citizen, of several one is asked."""
    found = _strongest(hits)
    found.sort(key=lambda hit: evidence.rank(hit.entry, question), reverse=True)
    matches = tuple(_match(hit, question) for hit in found)
    makers = {hit.entry.brands or hit.entry.makers for hit in found}
    if all(not hit.entry.is_domestic for hit in found):
        return Answer("foreign_only", matches)
    if len(makers) > 1 or any(hit.identifier.kind == "rating" for hit in found):
        return Answer("ask_brand", matches)
    return Answer("may_be_covered", matches)


def _by_brand(question: Question, by_model: Sequence[Hit]) -> Answer:
    """The brand is known here, the model is not named or not listed."""
    # A brand may have thousands of notices: they are gone through only where the question tells them apart.
    pool = list(question.named)
    if question.products or question.for_adults:
        pool = [e for e in pool if evidence.product_agrees(e, question) is not False]
    if question.sizes:
        pool = [e for e in pool if not evidence.is_out_of_sizes(e, question)]
    out: list[Hit] = []
    if question.has_spans:
        out = [Hit(e, NO_IDENTIFIER) for e in pool if evidence.is_out_of_spans(e, question)]
        pool = [e for e in pool if not evidence.is_out_of_spans(e, question)]
    asked_code = any(not code.is_batch for code in question.unlisted) or any(
        hit.identifier.kind != "size" for hit in by_model
    )
    near = evidence.near(pool, question)
    if asked_code or near:
        # A notice without model numbers cannot be ruled out by one.
        pool = [e for e in pool if not e.has_codes and evidence.product_agrees(e, question)]
    if not pool:
        others = _first(question.named)
        return Answer(
            "not_found", near=near, brand_notices=others, wrong_brand=_wrong(question, by_model),
            same_model=_newest([_match(h, question) for h in by_model]),
            out_of_spans=_out_of_spans(out, question) if question.products else (),
        )  # fmt: skip
    ranked = _ranked(pool, question)
    matches = tuple(_match(Hit(e, NO_IDENTIFIER), question) for e in ranked)
    others = _others(question, matches)
    if not ranked[0].is_domestic:
        return Answer("foreign_only", matches, near, others)
    nothing_to_ask = asked_code or not any(e.has_codes or e.has_names for e in ranked)
    kind: Kind = "may_be_covered" if nothing_to_ask and question.products else "ask_model"
    return Answer(kind, matches, near, others)


def _by_product(index: Index, question: Question) -> Answer:
    found = index.of_products(question.products)
    found = [e for e in found if evidence.product_agrees(e, question)]
    if question.unlisted:
        found = [e for e in found if not e.has_codes]
    if not found and (question.products or question.unlisted):
        return Answer("not_found")
    ranked = _ranked(found, question)
    return Answer("ask_brand", tuple(_match(Hit(e, NO_IDENTIFIER), question) for e in ranked))


def _wrong(question: Question, by_model: Sequence[Hit]) -> str | None:
    is_others = any(hit.entry.brands for hit in by_model)
    return question.brands[0] if is_others and question.brands else None


def _others(question: Question, matches: Sequence[Match]) -> tuple[Recall, ...]:
    shown = {match.notice.notice_no for match in matches}
    return _first(e for e in question.named if e.number not in shown)


def _first(newest: Iterable[Entry]) -> tuple[Recall, ...]:
    return tuple(one.notice for one in itertools.islice(newest, MOST_OTHERS))


def _strongest(hits: Iterable[Hit]) -> list[Hit]:
    """Of each notice the hit that says most."""
    return list({hit.entry.number: hit for hit in sorted(hits, key=evidence.strength)}.values())


def _ranked(entries: Iterable[Entry], question: Question) -> list[Entry]:
    return heapq.nlargest(MOST_SHOWN, entries, lambda e: evidence.rank(e, question))


def _newest(matches: Sequence[Match]) -> tuple[Match, ...]:
    return tuple(sorted(matches, key=_order, reverse=True))


def _order(match: Match) -> tuple[bool, bool, date, str]:
    return match.notice.jurisdiction == "CN", match.is_sure, *evidence.age(match.notice)


def _match(hit: Hit, question: Question, sure: bool = False) -> Match:
    entry, found = hit.entry, hit.identifier
    notice = entry.notice
    shown: list[tuple[str, str]] = []
    is_of = evidence.is_of_brand(entry, question)
    if not question.names.isdisjoint(entry.names) and entry.brands and notice.brand:
        shown.append(("brand", notice.brand))
    elif is_of and notice.producer:
        shown.append(("producer", notice.producer))
    if found.kind != "product":
        shown.append((found.kind if found.kind in STRONG else "model", found.printed))
    if evidence.product_agrees(entry, question):
        shown.append(("product", notice.product_name or notice.product_type or notice.title))
    return Match(notice, tuple(shown), _check(hit, is_of), sure)


def _check(hit: Hit, is_of_brand: bool) -> str | None:
    """What to look for on the label, with the values that the notice prints."""
    notice, found = hit.entry.notice, hit.identifier
    fields: list[tuple[str, str | None]] = []
    if not is_of_brand:
        printed = notice.brand if hit.entry.brands else None
        fields.append(("brand", printed) if printed else ("producer", notice.producer))
    if found.kind not in ("model", "barcode") and hit.entry.has_codes:
        fields.append(("model", words("and").join(notice.models[:3])))
    if found.kind != "batch":
        fields.append(("batch", _fitting(notice.batch_raw, found.printed)))
    fields.append(("dates", _fitting(notice.manufacture_or_sale_dates, found.printed)))
    labels = load("categories")["checks"]
    shown = [words("recall_evidence", field=labels[f], value=v) for f, v in fields if v]
    return words("and").join(shown) or None


def _fitting(value: str | None, model: str) -> str | None:
    """The part of a long field that is about the model; the field's beginning where none is."""
    if value is None or len(value) <= LONGEST_CHECK:
        return value
    about = [part for part in value.replace("(", ";").split(";") if model and model in part]
    short = about[0].strip("; )") if about else value
    return short if len(short) <= 2 * LONGEST_CHECK else f"{short[:LONGEST_CHECK]}…"


# ── records ──────────────────────────────────────────────────────────────────

_indexes: weakref.WeakKeyDictionary[Engine, tuple[int | None, Index, date | None]] = (
    weakref.WeakKeyDictionary()
)
_NEWEST_PRINT = select(func.max(RecallVersion.id))


def ship(session: Session, now: datetime) -> int:
    """Put the shipped notices in, with what a later release corrected; how many were new."""
    found = lines.read(SHIPPED.read_bytes(), "shipped")
    return len(recall_intake.take(session, "shipped", found.notices, now).new)


def find(
    session: Session,
    text: str,
    *,
    brand: str | None = None,
    model: str | None = None,
    product: str | None = None,
) -> Answer:
    """What the library says to a citizen's words, with what was marked in them."""
    index, day = indexed(session)
    question = recall_question.read(index, text, brand=brand, model=model, product=product)
    said = answer(index, question)
    return Answer(**{**said.__dict__, "as_of": day})


def as_of(session: Session) -> date | None:
    """The day the library stands at: its newest domestic publication, never later than it was read.

    The moment of reading alone would promise more: shipped notices are read on the day of set-up.
    """
    newest, seen = session.execute(
        select(func.max(Recall.published_on), func.max(Recall.first_seen_at)).where(
            Recall.jurisdiction == "CN"
        )
    ).one()
    if seen is None:
        return None
    read_on: date = seen.astimezone(CHINA).date()
    return min(newest or read_on, read_on)


def count(session: Session) -> int:
    """How many notices the library holds."""
    return session.scalar(select(func.count()).select_from(Recall)) or 0


def indexed(session: Session) -> tuple[Index, date | None]:
    """The index over the library and the day it stands at.

    Made anew where there is a newer print of a notice than it was made of: every process sees at once
    what was fetched or corrected by another. The number of the newest print is looked up at the end of
    an index of the database, whatever the number of notices; counting them too took 1 ms at 100,000.
    """
    bind = session.get_bind()
    engine = bind.engine if isinstance(bind, Connection) else bind
    newest = session.connection().execute(_NEWEST_PRINT).scalar()
    kept = _indexes.get(engine)
    if kept is None or kept[0] != newest:
        kept = (newest, _made_anew(session, kept[1] if kept else Index()), as_of(session))
        _indexes[engine] = kept
    return kept[1:]


def _made_anew(session: Session, before: Index) -> Index:
    """The index over the library; what is in the one before in the same version is not read again."""
    versions = dict(session.execute(select(Recall.notice_no, Recall.version)).all())
    same = [one for one in before.by_number.values() if versions.get(one.number) == one.row.version]
    fresh = sorted(versions.keys() - {one.number for one in same})
    return Index.of(_rows(session, fresh), same)


def _rows(session: Session, numbers: Sequence[str]) -> Iterator[Row[Any]]:
    query = select(*Recall.__table__.columns)
    for start in range(0, len(numbers), READ_AT_ONCE):
        some = numbers[start : start + READ_AT_ONCE]
        yield from session.execute(query.where(Recall.notice_no.in_(some)))
