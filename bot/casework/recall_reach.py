"""RECORD, for recalls: whom a notice concerns, and why. The same matcher as for questions. No Rasa."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, select, union
from sqlalchemy.orm import Session

from bot.casework import notices, recall_index, recall_question, recalls, things
from bot.casework.recall_index import Index
from bot.casework.recall_matching import fold, key, vocabulary
from bot.casework.recall_push_records import KIND, RecallPush
from bot.casework.records import Dispute, Notice, Person, Recall, Thing
from bot.library import load

# Why a notice comes to somebody, the strongest first: a thing of theirs surely or perhaps, a brand or
# a category that they follow, a thing that they complained about; or they were told of the notice
# before it was corrected, and must hear that it may not be theirs after all.
REASONS = ("thing", "maybe_thing", "brand", "category", "dispute", "told_before")
CONCERNS = ("covered", "may_be_covered", "ask_model")  # answers whose notices are about the thing
LOOKS_BACK = timedelta(days=3 * 365)  # how old a complaint may be
BATCH = 200  # people looked at in one go where nothing is written; notices that may wait to be sent
CHUNK = 10  # people in one transaction that writes: hundredths of a second, for chats write too


@dataclass(frozen=True)
class Reached:
    """A person whom a notice concerns. `named` is what it is about, in their words."""

    person_id: int
    reason: str
    named: str
    thing_id: int | None = None


@dataclass(frozen=True)
class Batch:
    """Those of some people whom a notice concerns; `until` is the last one looked at."""

    reached: tuple[Reached, ...]
    until: int
    is_last: bool


def batch(session: Session, notice: Recall, after: int, now: datetime, limit: int = CHUNK) -> Batch:
    """The next people after the id `after` whom the notice concerns, of those who told of anything.

    It is looked at `limit` people at a time, and no further once half as many are reached: nobody has
    to wait for a long write, and few writes are about nobody.
    """
    reached: list[Reached] = []
    until, looked, is_last = after, 0, False
    while not is_last and looked < BATCH and len(reached) <= limit // 2:
        ids = _next_people(session, notice, until, now, limit)
        reached += _of(session, notice, ids, now)
        until, looked, is_last = ids[-1] if ids else until, looked + limit, len(ids) < limit
    return Batch(tuple(reached), until, is_last)


def _next_people(
    session: Session, notice: Recall, after: int, now: datetime, limit: int
) -> list[int]:
    """Of each kind of what they told only the next few, by index: a town is not read for ten people."""
    told = (
        (Thing.person_id, select(Thing.person_id)),
        (Dispute.person_id, select(Dispute.person_id).where(*_is_recent(now))),
        (Notice.person_id, _told_before(session, notice)),
    )
    next_few = (
        query.where(who > after).distinct().order_by(who).limit(limit).subquery()
        for who, query in told
    )
    query = union(*(select(few.c.person_id) for few in next_few)).subquery()
    return list(session.scalars(select(query).order_by(query.c.person_id).limit(limit)))


def survey(session: Session, notice: Recall, now: datetime) -> dict[str, int]:
    """How many people a notice concerns, by reason."""
    counts: Counter[str] = Counter()
    ids = [0]
    while ids := _next_people(session, notice, ids[-1], now, BATCH):
        counts.update(one.reason for one in _of(session, notice, ids, now))
    return {reason: counts[reason] for reason in REASONS if counts[reason]}


def of_people(session: Session, notice: Recall, ids: Sequence[int], now: datetime) -> list[Reached]:
    """Those of these people whom a notice concerns, and why."""
    return list(_of(session, notice, ids, now))


def of_person(session: Session, notice: Recall, who: Person, now: datetime) -> Reached | None:
    """Why a notice concerns this person; None where it does not."""
    return next(_of(session, notice, [who.id], now), None)


def earlier_disputes(session: Session, notice: Recall, now: datetime) -> list[str]:
    """The numbers of the complaints of the last three years about what a notice recalls."""
    matcher = Matcher(recalls.indexed(session)[0], notice)
    found = session.execute(_disputes(now).add_columns(Dispute.number).order_by(Dispute.id)).all()
    return [row.number for row in found if matcher.words_of(row.brand, row.model, row.product)]


def of_dispute(session: Session, dispute: Dispute) -> recalls.Match | None:
    """The notice that the thing of a complaint is, or may be, recalled by; None where there is none."""
    named = {"brand": dispute.brand, "model": dispute.model, "product": dispute.product}
    words = " ".join(filter(None, named.values()))
    answer = recalls.find(session, words, **named)
    return answer.matches[0] if answer.kind in ("covered", "may_be_covered") else None


class Matcher:
    """Whether what somebody told of is what one notice is about."""

    def __init__(self, index: Index, notice: Recall) -> None:
        self._index, self._notice = index, notice
        self._entry = recall_index.entry(notice)
        self._makers = {key(name) for name in self._entry.brands | self._entry.makers}
        codes = {one.key.rstrip("+") for one in self._entry.identifiers}
        self._names = {name for name in self._makers | codes if name}

    def of_thing(self, thing: Thing) -> str | None:
        """The reason for which a notice concerns the owner or follower of a thing, or None."""
        if thing.kind == things.TIPS:
            return None
        if thing.kind == things.BRAND:
            return "brand" if key(fold(thing.brand or "")) in self._makers else None
        if thing.kind == things.CATEGORY:
            return "category" if self._is_of_category(thing.product or "") else None
        sure = self._concerns(thing.words, thing.brand, thing.model, thing.product)
        return None if sure is None else "thing" if sure else "maybe_thing"

    def words_of(self, *named: str | None) -> str | None:
        """The brand, model and product of a complaint where a notice concerns it, else None."""
        words = " ".join(dict.fromkeys(filter(None, named)))
        return words if self._concerns(words, *named) is not None else None

    def may_touch(self, *told: str | None) -> bool:
        """Whether words name the brand, the maker or a code of the notice.

        What names none of them cannot be about it, and most of what people own does not: only the
        rest is read in full, which costs a hundred times more.
        """
        joined = key(fold(" ".join(filter(None, told))))
        return any(name in joined for name in self._names)

    def _is_of_category(self, product: str) -> bool:
        group = load("categories")["followed"].get(product)
        if group is None:
            return vocabulary().agree([product], self._entry.products)
        is_in = self._notice.category in group["categories"]
        return is_in or vocabulary().agree(group["products"], self._entry.products)

    def _concerns(
        self, words: str, brand: str | None, model: str | None, product: str | None
    ) -> bool | None:
        """Whether a notice surely (True) or perhaps (False) is about the thing; None: it is not."""
        if not self.may_touch(words, brand, model):
            return None
        asked = recall_question.read(self._index, words, brand=brand, model=model, product=product)
        answer = recalls.answer(self._index, asked)
        if answer.kind not in CONCERNS:
            return None
        number = self._notice.notice_no
        matches = (m.is_sure for m in answer.matches if m.notice.notice_no == number)
        return next(matches, None)


def _of(session: Session, notice: Recall, ids: Sequence[int], now: datetime) -> Iterator[Reached]:
    """Those of the people whom the notice concerns, each once, by the strongest reason."""
    matcher = Matcher(recalls.indexed(session)[0], notice)
    found: dict[int, list[Reached]] = defaultdict(list)
    for thing in session.scalars(select(Thing).where(Thing.person_id.in_(ids)).order_by(Thing.id)):
        if reason := matcher.of_thing(thing):
            one = Reached(thing.person_id, reason, things.name(thing), thing.id)
            found[one.person_id].append(one)
    for row in session.execute(_disputes(now).where(Dispute.person_id.in_(ids))):
        if words := matcher.words_of(row.brand, row.model, row.product):
            found[row.person_id].append(Reached(row.person_id, "dispute", words))
    for number in session.scalars(_told_before(session, notice).where(Notice.person_id.in_(ids))):
        found[number].append(Reached(number, "told_before", notice.title))
    for number in ids:
        if number in found:
            yield min(found[number], key=lambda one: REASONS.index(one.reason))


def _disputes(now: datetime) -> Select[int, str | None, str | None, str | None]:
    named = (Dispute.person_id, Dispute.brand, Dispute.model, Dispute.product)
    return select(*named).where(*_is_recent(now))


def _told_before(session: Session, notice: Recall) -> Select[int]:
    """The people whom any version of the notice was sent to, or is being sent to."""
    ids = session.scalars(select(RecallPush.id).where(RecallPush.notice_no == notice.notice_no))
    subjects = [str(one) for one in ids]
    return select(Notice.person_id).where(
        Notice.kind == KIND, Notice.subject.in_(subjects),
        Notice.state.not_in((notices.GATHERED, notices.DROPPED)),
    )  # fmt: skip


def _is_recent(now: datetime) -> tuple[ColumnElement[bool], ...]:
    return Dispute.lodged_at.is_not(None), Dispute.lodged_at > now - LOOKS_BACK
