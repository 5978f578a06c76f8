"""RECORD, for recalls: a model told later completes a thing that was kept without one. No Rasa."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import notices, people, recall_matching, recall_reach, recalls, things
from bot.casework.recall_index import Index
from bot.casework.recall_matching import fold, key, vocabulary
from bot.casework.recall_push_records import KIND, RecallPush
from bot.casework.records import Notice, Person, Recall, Thing
from bot.casework.things import Wish

LONGEST_SAID = 60  # characters of a message that does nothing but name a model
MOST_PUSHES = 20  # of those a person was sent, the newest, that a model may decide
ASKS_BACK = ("ask_brand", "ask_model")  # answers to which a model is what was asked for
OPEN = ("maybe_thing", "category")  # reasons that a model may settle

_CODE = r"[a-z0-9][a-z0-9 ._/+#-]{1,28}[a-z0-9+]"
_WHOSE = r"(?:对了|哦|噢|嗯|那个|这个|那款|这款|我的|我家的?|家里的?|之前|刚才|说的|登记的|它|的|上面|铭牌|写着?)*"
_NAMES_MODEL = re.compile(
    rf"{_WHOSE}(?:型号(?:应该|好像|就)*[是为叫: ]*{_CODE}"
    rf"|(?:应该|好像)?就?是(?:型号)? ?{_CODE}(?:那|这|那一|这一)?(?:款|个|种|型号|的)的?"
    rf"|{_CODE}[那这]一?款)(?:的|吧|哦|啊|呢)?"
)
_STOPS = re.compile(r"[,。.!?;、~…\"'“”「」\s]+$|[,。!?;、~…\"'“”「」]+")


@dataclass(frozen=True)
class Decided:
    """A notice that reached the person as perhaps theirs; `is_theirs` now that the model is known."""

    push: RecallPush
    notice: Recall
    is_theirs: bool


def asked(session: Session, who: Person, text: str) -> str | None:
    """What Rasa is asked where a folded message only names the model of a thing kept without one.

    None where it says more, where the last reply asked for a model itself, or nothing fits.
    """
    said = _STOPS.sub("", text.casefold())
    if len(said) > LONGEST_SAID or not re.search(r"\d", said) or _was_asked(session, who):
        return None
    own = incomplete(session, who)
    if not own or not _NAMES_MODEL.fullmatch(_without_names(said, own).strip()):
        return None
    return payload("complete") if candidates(session, who, told(session, text)) else None


def payload(choice: str, thing: Thing | None = None, wish: Wish | None = None) -> str:
    """What Rasa hears of a choice about completing a thing, with the brand and model it gets."""
    values = {"choice": choice}
    if thing is not None:
        values["number"] = str(thing.id)
    if wish is not None:
        named = {"brand": wish.brand, "model": wish.model}
        values |= {name: value for name, value in named.items() if value}
    return f"/manage_things{json.dumps(values, ensure_ascii=False, separators=(',', ':'))}"


# ── with a session; the caller commits ───────────────────────────────────────


def told(
    session: Session, text: str, brand: str | None = None, product: str | None = None
) -> Wish | None:
    """What a message names that may complete a thing; only a code that reads like a model counts."""
    folded, index = fold(text), recalls.indexed(session)[0]
    found = things.read(session, text, brand=brand, product=product)
    if found is None or found.model is None:
        return None
    codes = [code for code in recall_matching.codes(folded) if code.key == key(fold(found.model))]
    is_listed = key(fold(found.model)) in index.by_key
    reads_so = any(recall_matching.names_a_product(code, folded) for code in codes)
    return found if is_listed or reads_so else None


def incomplete(session: Session, who: Person) -> list[Thing]:
    """The things of a person of which a brand or type is known and no model, the newest first."""
    return [one for one in things.of_person(session, who) if may_complete(one)]


def candidates(session: Session, who: Person, wish: Wish | None) -> list[Thing]:
    """The things that the brand, product and model of a message may complete, the newest first."""
    if wish is None or wish.model is None:
        return []
    index, _ = recalls.indexed(session)
    return [one for one in incomplete(session, who) if _fits(index, one, wish)]


def complete(
    session: Session, who: Person, thing: Thing, wish: Wish, now: datetime
) -> tuple[Thing, list[Decided]]:
    """Give a thing its model (and its brand, where it had none); what that decides of earlier notices.

    A thing that the person had with this model already stays, and the one without it goes. A notice
    that is decided and not sent yet is told by the caller instead.
    """
    before = list(_reasons(session, who, thing))
    model = wish.model or ""
    words = f"{thing.words[: things.LONGEST - len(model) - 1]} {model}"
    completed = Wish(things.OWNED, words, thing.product, thing.brand or wish.brand, model)
    kept = things.change(session, who, thing, completed)
    decided = []
    for push, notice, reason in before:
        since = recall_reach.Matcher(recalls.indexed(session)[0], notice).of_thing(kept)
        if reason in OPEN and since not in OPEN:
            decided.append(Decided(push, notice, is_theirs=since == "thing"))
    sent = notices.of_subjects(session, who, KIND, [str(one.push.id) for one in decided])
    notices.take_back(session, who, [one.id for one in sent], now)
    return kept, decided


def _reasons(
    session: Session, who: Person, thing: Thing
) -> Iterator[tuple[RecallPush, Recall, str | None]]:
    """The newest notices that this person was sent, and why each concerns the thing as it stands."""
    mine = select(Notice.subject).where(Notice.person_id == who.id, Notice.kind == KIND)
    subjects = session.scalars(mine.order_by(Notice.id.desc()).limit(MOST_PUSHES))
    ids = [int(one) for one in subjects if one.isdecimal()]
    for push in session.scalars(select(RecallPush).where(RecallPush.id.in_(ids))):
        notice = session.get_one(Recall, push.notice_no)
        matcher = recall_reach.Matcher(recalls.indexed(session)[0], notice)
        yield push, notice, matcher.of_thing(thing)


def _was_asked(session: Session, who: Person) -> bool:
    """Whether the last reply asked which brand or model a recall question is about."""
    rows = people.last_replies(session, who)
    return any(row.get("data", {}).get("recall", {}).get("kind") in ASKS_BACK for row in rows)


# ── decisions ────────────────────────────────────────────────────────────────


def may_complete(one: Thing) -> bool:
    """Whether a thing has no model and could get one: it is owned, or only its type is known."""
    is_type = Wish(one.kind, one.words, one.product).is_type
    return one.model is None and (one.kind == things.OWNED or is_type)


def _fits(index: Index, thing: Thing, wish: Wish) -> bool:
    """Whether nothing speaks against a message being about a thing, and something for it."""
    if thing.brand and wish.brand and not _is_same_brand(index, thing.brand, wish.brand):
        return False
    owners = [hit.entry for hit in index.by_key.get(key(fold(wish.model or "")), ())]
    if thing.brand and not wish.brand and owners:
        ours = {entry.number for entry in index.by_brand.get(key(fold(thing.brand)), ())}
        if not any(entry.number in ours for entry in owners):
            return False  # the library knows this model as another brand's
    have, named = (vocabulary().read(fold(one or "")) for one in (thing.product, wish.product))
    return not have or not named or vocabulary().agree(have, named)


def _is_same_brand(index: Index, one: str, other: str) -> bool:
    """Whether two names are one brand's: the same, or printed side by side in a notice."""
    first, second = key(fold(one)), key(fold(other))
    entries = [{entry.number for entry in index.by_brand.get(name, ())} for name in (first, second)]
    return first == second or bool(entries[0] & entries[1])


def _without_names(said: str, own: Sequence[Thing]) -> str:
    """The message without the brands and products of the things it may be about."""
    for one in own:
        for name in filter(None, (one.brand, one.product)):
            said = said.replace(fold(name), "")
    spans = [(start, end) for start, end, _ in vocabulary().spans(said)]
    for start, end in reversed(spans):
        said = said[:start] + said[end:]
    return said
