"""The life of a dispute (投诉), from the first words to a numbered record. Knows no Rasa and no channel."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import fields, replace
from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Literal

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from bot.casework import deadlines, evidence, precheck, stations, sums
from bot.casework.records import Alert, Dispute, DisputeEvent, Person
from bot.reading.facts import Facts

CHINA = timezone(timedelta(hours=8))

Operator = Literal["independent", "bureau"]

# What a file needs, in the order it is asked (总局令第121号 第10条 and its form of registration).
QUESTIONS = (
    "merchant", "facts", "demand", "location", "occurred_on", "amount", "standing", "contact",
    "confirmed",
)  # fmt: skip
FRESH_FOR = timedelta(hours=24)  # how long an unfinished talk is taken up again by itself
JOINS_LODGED = timedelta(days=7)  # how long evidence still joins a record by itself
LONGEST_FACTS = 4000
BARE_PLACE = 3  # characters of 西青, 西青区, 天津市
MISSES_ALLOWED = 2  # times a question is put before the field is left open
_DRAFT = (  # made once, as in people.py
    select(Dispute)
    .where(Dispute.person_id == bindparam("person_id"), Dispute.state == "draft")
    .order_by(Dispute.updated_at.desc(), Dispute.id.desc())
    .limit(1)
)

NUMBER_ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"  # nothing that is misread or misheard
_QUARTER = f"([{NUMBER_ALPHABET}]{{4}})"
_NUMBER = re.compile(rf"(?<![0-9A-Z]){_QUARTER}[- ]?{_QUARTER}(?![0-9A-Z])")


# ── decisions ────────────────────────────────────────────────────────────────


def next_question(dispute: Dispute) -> str | None:
    """The field to ask next, or None when all is there and confirmed."""
    return next((field for field in QUESTIONS if not is_settled(dispute, field)), None)


def is_settled(dispute: Dispute, field: str) -> bool:
    """Whether a field needs no question: it is known, left open, or does not matter here."""
    if field == "confirmed":
        return dispute.state != "draft"
    if field in dispute.unknown:
        return True
    if field == "location":  # an online shop is placed by its platform (总局令第121号 第13条)
        return dispute.location is not None or dispute.platform is not None
    if field == "occurred_on":
        return dispute.occurred_on is not None or dispute.occurred_text is not None
    if field == "amount":
        return not dispute.amount_choices and (
            dispute.amount is not None or dispute.amount_text is not None
        )
    return getattr(dispute, field) is not None


def lane(amount: Decimal | None, limit: Decimal) -> str:
    """`fast` for a known amount at or under the limit (小额消费纠纷快速解决), else `queue`. In yuan."""
    return "fast" if amount is not None and amount <= limit else "queue"


def number_in(text: str) -> str | None:
    """The record number in a message, as it is kept, or None; case and the dash do not matter."""
    found = _NUMBER.search(text.upper())
    return found.group(1) + found.group(2) if found else None


def number_text(number: str) -> str:
    """A record number as people read it aloud: in two groups of four."""
    return f"{number[:4]}-{number[4:]}"


def is_fresh(dispute: Dispute, now: datetime) -> bool:
    """Whether the talk about a draft goes on by itself after a pause."""
    return now - dispute.updated_at < FRESH_FOR


def is_another(dispute: Dispute, facts: Facts) -> bool:
    """Whether the facts speak of another dispute than the draft: another shop or another thing."""
    return any(
        new is not None and old is not None and new != old
        for new, old in ((facts.merchant, dispute.merchant), (facts.product, dispute.product))
    )


def take(dispute: Dispute, facts: Facts, *, over: bool = False) -> dict[str, Any]:
    """Put facts into the draft and return those that are new; `over` lets them replace old ones.

    The story grows: what is told later is added to what was told first.
    """
    new: dict[str, Any] = {}
    is_nearer = facts.street is not None and dispute.street is None  # than a place told before
    if is_nearer and not over:
        facts = replace(facts, location=_with_place(dispute.location, facts.location))
    for field in (f.name for f in fields(Facts)):
        value = getattr(facts, field)
        if field == "amount" and value is not None:
            value = sums.kept(value)  # where it is none, its words stay
        if value in (None, ()) or field == "facts":
            continue
        is_vague_wish = field == "demand" and dispute.demand == "other"  # words without a code
        counts = over or is_vague_wish or (is_nearer and field == "location")
        if counts or getattr(dispute, field) in (None, []):
            value = list(value) if isinstance(value, tuple) else value
            if getattr(dispute, field) != value:
                setattr(dispute, field, value)
                new[field] = value
    _settle_amount(dispute, new)
    if facts.facts and facts.facts not in (dispute.facts or ""):
        dispute.facts = "\n".join(filter(None, (dispute.facts, facts.facts)))[:LONGEST_FACTS]
        new["facts"] = facts.facts
    dispute.unknown = [field for field in dispute.unknown if field not in new]
    return new


def holds(dispute: Dispute, facts: Facts) -> bool:
    """Whether the draft has one of these facts already: told again, it is nothing new."""
    told = ((f.name, getattr(facts, f.name)) for f in fields(Facts) if f.name != "facts")
    return any(value not in (None, ()) and getattr(dispute, name) == value for name, value in told)


def _with_place(before: str | None, street: str | None) -> str | None:
    """A place with the street that is told after it; the bare name of a district or city goes."""
    if before is None or street is None or before in street or len(before) <= BARE_PLACE:
        return street
    return f"{street}{before}"


def _settle_amount(dispute: Dispute, new: dict[str, Any]) -> None:
    """One amount that is told ends the choice between several."""
    if ("amount" in new or "amount_text" in new) and "amount_choices" not in new:
        dispute.amount_choices = []


# ── with a session; the caller commits ───────────────────────────────────────


def draft(session: Session, who: Person) -> Dispute | None:
    """The draft this person worked on last, or None."""
    return session.scalar(_DRAFT, {"person_id": who.id})


def start(session: Session, who: Person, now: datetime) -> Dispute:
    """A new draft; evidence that came of late and belongs nowhere joins it."""
    before = draft(session, who)
    if before is not None:  # one draft is asked about at a time; the other waits
        before.asking = None
    made = Dispute(
        person_id=who.id, state="draft", unknown=[], amount_choices=[], misses=0,
        created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    evidence.attach(session, who, made, now)  # a photo often comes before the story
    _log(session, made, "drafted", "citizen", now)
    return made


def asking(session: Session, who: Person) -> str | None:
    """The field this person's draft is waiting for, or None."""
    waiting = draft(session, who)
    return waiting.asking if waiting is not None else None


def ask(dispute: Dispute, field: str | None, now: datetime, *, is_miss: bool = True) -> None:
    """Remember which field is asked, so that a restart of any process goes on from there.

    Who told something else meanwhile did not miss the question (no `is_miss`).
    """
    dispute.misses = dispute.misses + is_miss if dispute.asking == field else 0
    dispute.asking = field
    dispute.updated_at = now


def missed(dispute: Dispute, field: str) -> None:
    """The message did not answer the question; after MISSES_ALLOWED the field is left open."""
    if dispute.misses + 1 >= MISSES_ALLOWED:
        leave_open(dispute, field)


def leave_open(dispute: Dispute, field: str) -> None:
    """The citizen cannot or will not say: the field is not asked again."""
    if field not in dispute.unknown:
        dispute.unknown = [*dispute.unknown, field]


def pause(session: Session, dispute: Dispute, now: datetime) -> None:
    """Stop asking; the draft stays and can be taken up again."""
    dispute.asking = None
    dispute.updated_at = now
    _log(session, dispute, "paused", "citizen", now)


def note(session: Session, dispute: Dispute, kind: str, now: datetime) -> bool:
    """Note once in its log what was learnt of a dispute; False where it was noted before."""
    query = select(DisputeEvent.id).where(
        DisputeEvent.dispute_id == dispute.id, DisputeEvent.kind == kind
    )
    if session.scalar(query.limit(1)) is not None:
        return False
    _log(session, dispute, kind, "citizen", now)
    return True


def delete(session: Session, dispute: Dispute) -> None:
    """Delete a draft for good, as its citizen asks. A lodged dispute is not deleted here."""
    if dispute.state != "draft":
        raise ValueError("only a draft can be deleted")
    evidence.remove_of_dispute(session, dispute)
    for event in dispute.events:
        session.delete(event)
    of_it = update(Alert).where(Alert.dispute_id == dispute.id)
    session.execute(of_it.values(dispute_id=None))  # what officers must see stays
    session.delete(dispute)


def lodge(
    session: Session, dispute: Dispute, *, operator: Operator, limit: Decimal, now: datetime
) -> bool:
    """Turn a confirmed draft into a numbered record; False where that was done before.

    Bureau: the confirmation is receipt and the 7 working days of 总局令第121号 第15条 start.
    Independent: nothing is submitted anywhere, so no clock runs. What may stand against it is kept
    with the event as codes and counts, for officers.
    """
    if dispute.state != "draft":
        return False
    dispute.number = _free_number(session)
    dispute.state, dispute.asking = "lodged", None
    dispute.lane, dispute.operator = lane(dispute.amount, limit), operator
    dispute.station = stations.of(dispute).code
    dispute.lodged_at = dispute.updated_at = now
    if operator == "bureau":
        due = deadlines.decide_by(local_day(now))
        dispute.accept_due, dispute.is_due_provisional = due.on, due.is_provisional
    checked = _checked(session, dispute, now)
    _log(
        session, dispute, "lodged", "citizen", now, lane=dispute.lane, operator=operator, **checked
    )
    return True


def _checked(session: Session, dispute: Dispute, now: datetime) -> dict[str, object]:
    before = precheck.same_before(session, dispute, now)
    return {
        "findings": precheck.findings(dispute, local_day(now)),
        "same_before": before.number if before is not None else None,
        "signs": precheck.bulk_signs(session, dispute.person, now),
    }


def lodged(session: Session, who: Person, limit: int = 5) -> Sequence[Dispute]:
    """What this person filed, newest first; another's is never shown."""
    query = select(Dispute).where(Dispute.person_id == who.id, Dispute.state != "draft")
    return session.scalars(query.order_by(Dispute.id.desc()).limit(limit)).all()


def by_number(session: Session, who: Person, number: str) -> Dispute | None:
    """This person's dispute with that number (as `number_in` gives it), or None."""
    query = select(Dispute).where(Dispute.person_id == who.id, Dispute.number == number)
    return session.scalar(query)


def lodged_lately(session: Session, who: Person, now: datetime) -> Dispute | None:
    """What this person filed last, where it was within JOINS_LODGED: a receipt often comes after."""
    last = next(iter(lodged(session, who, 1)), None)
    is_late = last is None or last.lodged_at is None or now - last.lodged_at > JOINS_LODGED
    return None if is_late else last


def local_day(now: datetime) -> date:
    """The calendar day in China (UTC+8 all year) of an aware moment."""
    return now.astimezone(CHINA).date()


def _free_number(session: Session) -> str:
    while True:
        number = "".join(secrets.choice(NUMBER_ALPHABET) for _ in range(8))
        if session.scalar(select(Dispute.id).where(Dispute.number == number)) is None:
            return number


def _log(
    session: Session, dispute: Dispute, kind: str, actor: str, now: datetime, **detail: object
) -> None:
    event = DisputeEvent(
        dispute_id=dispute.id, kind=kind, actor=actor, detail=detail, happened_at=now
    )
    session.add(event)
