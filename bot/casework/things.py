"""RECORD, for recalls: what a person owns or follows, so that notices of it reach them. No Rasa."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete as sql_delete
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import recall_question, recalls, things_asked
from bot.casework.recall_matching import fold, key, vocabulary
from bot.casework.recall_question import Question
from bot.casework.records import Person, Thing
from bot.library import load

OWNED, BRAND, CATEGORY, TIPS = "owned", "brand", "category", "tips"  # the kinds of a thing
MOST = 50  # things of one person
LONGEST = 200  # characters of the words that are kept
LONGEST_NAME = 40  # characters of the words that are shown


class Full(Exception):
    """This person has as many things as may be kept."""


@dataclass(frozen=True)
class Wish:
    """What a person asks to be told of.

    `owned` is a thing with a brand or a code, `brand` all of a brand, `category` a group of
    `followed` in categories.yml (its code is the product), or a type of product, `tips` what officers
    advise (tips.py).
    """

    kind: str
    words: str
    product: str | None = None
    brand: str | None = None
    model: str | None = None

    @property
    def is_type(self) -> bool:
        """Whether only a type of product is known: a brand or model would make it exact."""
        return self.kind == CATEGORY and self.product not in load("categories")["followed"]


# ── with a session; the caller commits ───────────────────────────────────────


def read(
    session: Session,
    text: str,
    *,
    brand: str | None = None,
    model: str | None = None,
    product: str | None = None,
    words: str | None = None,
) -> Wish | None:
    """What a citizen's words ask to be told of, with what was marked in them; None where nothing.

    `words` are the words as typed, which are kept instead of the folded text.
    """
    index, _ = recalls.indexed(session)
    asked = recall_question.read(index, text, brand=brand, model=model, product=product)
    named = brand or next(iter(asked.brands), None) or asked.other_brand
    code = model or _code(asked)
    kept = (words or text)[:LONGEST]
    if named is None and code is None:
        group = _group(fold(text), asked.products)
        kind = group or _type(product, asked)
        return Wish(CATEGORY, kept, product=kind) if kind else None
    if code is None and product is None and not asked.products:
        return Wish(BRAND, kept, brand=named)
    return Wish(OWNED, kept, product=product or _type(None, asked), brand=named, model=code)


def keep(session: Session, who: Person, wish: Wish, now: datetime) -> Thing:
    """Keep what a person asks to be told of; the same told twice is one, in its newest words.

    Raises Full.
    """
    own = of_person(session, who)
    thing = next((one for one in own if _identity(one) == _identity(wish)), None)
    if thing is None:
        if len(own) >= MOST:
            raise Full
        thing = Thing(person_id=who.id, created_at=now)
        session.add(thing)
    return _write(session, thing, wish)


def change(session: Session, who: Person, thing: Thing, wish: Wish) -> Thing:
    """Make a thing what `wish` says; where the person has that already, that one stays instead."""
    others = [one for one in of_person(session, who) if one.id != thing.id]
    twin = next((one for one in others if _identity(one) == _identity(wish)), None)
    if twin is None:
        return _write(session, thing, wish)
    session.delete(thing)
    session.flush()
    return twin


def _write(session: Session, thing: Thing, wish: Wish) -> Thing:
    thing.kind, thing.words = wish.kind, wish.words
    thing.product, thing.brand, thing.model = wish.product, wish.brand, wish.model
    session.flush()
    return thing


def of_person(session: Session, who: Person) -> Sequence[Thing]:
    """All that a person owns or follows, the newest first."""
    query = select(Thing).where(Thing.person_id == who.id)
    return session.scalars(query.order_by(Thing.id.desc())).all()


def find(session: Session, who: Person, number: str) -> Thing | None:
    """The thing of that id, if it is this person's."""
    query = select(Thing).where(Thing.person_id == who.id)
    return session.scalar(query.where(Thing.id == int(number))) if number.isdecimal() else None


def delete(session: Session, who: Person, number: str) -> Thing | None:
    """Delete the thing of that id for good and return it; None where this person has none such."""
    found = find(session, who, number)
    if found is not None:
        session.delete(found)
        session.flush()
    return found


def delete_all(session: Session, who: Person) -> int:
    """Delete all that a person owns or follows for good; how many they were."""
    done = session.execute(sql_delete(Thing).where(Thing.person_id == who.id))
    return int(done.rowcount)  # type: ignore[attr-defined]


# ── decisions ────────────────────────────────────────────────────────────────


def named(session: Session, who: Person, name: str) -> list[Thing]:
    """The person's things that these words name: their brand, product or model, or part of their own words."""
    wanted = fold(name)
    return [
        one
        for one in of_person(session, who)
        if wanted in fold(f"{one.brand or ''}{one.product or ''} {one.model or ''} {one.words}")
    ]


def name(thing: Thing | Wish) -> str:
    """How a thing is called towards its owner: in their words, a follow by what it follows.

    Of a sentence about it what leads up to it and what is wished are left out.
    """
    if thing.kind == BRAND:
        return thing.brand or thing.words
    if thing.kind == CATEGORY:
        group = load("categories")["followed"].get(thing.product)
        return str(group["title"]) if group else thing.product or thing.words
    called = things_asked.called(thing.words)
    short = called[:LONGEST_NAME]
    return short if short == called else f"{short}…"


def _identity(one: Thing | Wish) -> tuple[str, ...]:
    """What makes two things one: brand, model and product however typed; with a model, no product."""
    brand, model = (key(fold(text or "")) for text in (one.brand, one.model))
    if model:
        return one.kind, brand, model
    product = fold(one.product or "")
    return one.kind, brand, *sorted(vocabulary().read(product) or {key(product)})


def _code(asked: Question) -> str | None:
    """The model, batch or barcode that the words name, as the notice prints it or as it was typed."""
    listed = [hit.identifier for hit in asked.hits if hit.identifier.kind in ("model", "barcode")]
    if listed:
        return max(listed, key=lambda one: len(one.key)).printed
    return next((code.typed for code in asked.unlisted), None)


def _group(text: str, products: frozenset[str]) -> str | None:
    """The group of `followed` that the words name, or None."""
    for code, row in load("categories")["followed"].items():
        if any(word in text for word in row["words"]) or products & set(row["types"]):
            return str(code)
    return None


def _type(product: str | None, asked: Question) -> str | None:
    """The type of product that is named: the one marked, else the first that the words name."""
    types = vocabulary().read(fold(product)) if product else asked.products
    return min(types, default=product)
