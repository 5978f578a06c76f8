"""RECORD: what an office needs of a dispute and lacks (总局令第121号 第10条) is asked for, by the clock."""

import re
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bot.casework import callbacks, deadlines, disputes, notices, people, precheck, quiet, steps
from bot.casework.records import Dispute, DisputeEvent, Notice, Person
from bot.library import label, load, words
from bot.reading import phones

KIND = "missing"  # of the notices, whose subject is number, event and count
UNDECIDED = ("lodged", "in_progress", "incomplete")  # nobody has accepted or refused it yet
BEGINS = ("lodged", "escalate")  # what a round of asking begins with
FIRST_AFTER = timedelta(hours=1)  # who has just lodged read it in the summary, and may be giving it
AGAIN_AFTER = (2, 5)  # working days
LOOKS_BACK = timedelta(days=30)  # longer than any round, over the longest holidays
CONTACT = ("name", "phone", "address")  # what is given on the citizen's own page, or in one line
LONGEST_LINE = 60  # characters of a line that is nothing but contact details

PageOf = Callable[
    [str], str | None
]  # the address of a person's own page by their key, if there is one


# ── decisions ────────────────────────────────────────────────────────────────


def times_due(kind: str, since: datetime, now: datetime) -> int:
    """How many times it was time to ask, since the event `kind` of BEGINS that began the round."""
    if now < since + (FIRST_AFTER if kind == "lodged" else timedelta()):
        return 0
    day, today = disputes.local_day(since), disputes.local_day(now)
    return 1 + sum(today >= deadlines.after_working_days(day, one).on for one in AGAIN_AFTER)


def is_contact_line(text: str) -> bool:
    """Whether a folded message is one person's name, phone and address, and nothing else.

    A shop's phone in a story is none: it begins with the name or the number, and is short.
    """
    given = phones.contact(text)
    if not (given.name and given.phone and given.address) or len(text) > LONGEST_LINE:
        return False
    return (
        re.match(rf"(?:我叫|我是|姓名[:是为]?|本人)? ?{re.escape(given.name)}|\d", text) is not None
    )


# ── with a session; the caller commits ───────────────────────────────────────


def tick(session: Session, now: datetime, page_of: PageOf) -> int:
    """Ask for what is missing: when the dispute lies with officers, then twice more; how many asked.

    Nothing is posted in the quiet hours: by the morning it may have been given.
    """
    asked = 0
    recent = Notice.kind == KIND, Notice.due_at > now - LOOKS_BACK
    done = set(session.scalars(select(Notice.subject).where(*recent)))
    for begun in _rounds(session, now):
        count = times_due(begun.kind, begun.happened_at, now)
        subject = f"{begun.number}:{begun.id}:{count}"
        if not count or subject in done:
            continue
        dispute = session.get_one(Dispute, begun.dispute_id)
        missing = _still_missing(session, dispute, begun.id)
        if missing and _may_be_asked(session, dispute.person, now):
            _post(session, dispute, missing, count, subject, now, page_of)
            asked += 1
    return asked


def _may_be_asked(session: Session, who: Person, now: datetime) -> bool:
    return who.unreachable_why is None and quiet.due_at(session, who, now) <= now


def given(session: Session, who: Person) -> None:
    """Contact details were given for this person's disputes; those for a call-back are for nothing else."""
    if callbacks.waiting_for_phone(session, who):
        return
    # Not by the mapped objects: it must not make an officer's step at the same moment fail.
    running = Dispute.person_id == who.id, Dispute.state.in_(steps.RUNNING)
    session.execute(update(Dispute).where(*running).values(contact="given"))


def is_answered_by(session: Session, who: Person, text: str) -> bool:
    """Whether a folded message gives the contact details that this person was asked for in the talk."""
    if who.told_at is None or not is_contact_line(text):
        return False
    told = select(Notice.id).where(Notice.person_id == who.id, Notice.kind == KIND).limit(1)
    if session.scalar(told) is None:
        return False
    query = select(Dispute).where(Dispute.person_id == who.id, Dispute.state.in_(UNDECIDED))
    undecided = session.scalars(query)
    return any(code in CONTACT for one in undecided for code in precheck.missing(one, who))


def _rounds(session: Session, now: datetime) -> list[Any]:
    """Of each undecided dispute the event that began its newest round, with the dispute's number.

    Columns alone: what is sealed in them is opened only where something is due.
    """
    event = DisputeEvent
    query = (
        select(event.id, event.dispute_id, event.kind, event.happened_at, Dispute.number)
        .join(Dispute, Dispute.id == event.dispute_id)
        .where(
            Dispute.state.in_(UNDECIDED),
            DisputeEvent.kind.in_(BEGINS),
            DisputeEvent.happened_at > now - LOOKS_BACK,
        )
        .order_by(DisputeEvent.id)
    )
    return list({row.dispute_id: row for row in session.execute(query)}.values())


def _still_missing(session: Session, dispute: Dispute, since_event: int) -> list[str]:
    """What is missing; nothing where officers alone can enter it, and the citizen has told them since."""
    missing = precheck.missing(dispute, dispute.person)
    if any(code in CONTACT for code in missing):
        return missing
    came_back = select(DisputeEvent.id).where(
        DisputeEvent.dispute_id == dispute.id,
        DisputeEvent.actor == "citizen",
        DisputeEvent.id > since_event,
    )
    return missing if session.scalar(came_back.limit(1)) is None else []


def _post(
    session: Session, dispute: Dispute, missing: Sequence[str], count: int, subject: str,
    now: datetime, page_of: PageOf,
) -> None:  # fmt: skip
    who, operator = dispute.person, dispute.operator
    number = disputes.number_text(dispute.number or "")
    named = words("and").join(label("needed", code) for code in missing)
    turn = load("wording")["missing_turn"][count - 1]
    told = [words(f"missing_{operator}", turn=turn, number=number, list=named)]
    buttons: list[dict[str, Any]] = []
    if any(code in CONTACT for code in missing):
        url = None if people.is_on_our_own(who) else page_of(who.key)
        told.append(words("missing_on_page" if url else f"missing_in_talk_{operator}"))
        if url:
            buttons = [{"id": "", "title": words("give_on_page"), "url": url}]
        else:
            who.told_at = now  # what for is said in the notice
    if any(code not in CONTACT for code in missing):
        told.append(words(f"missing_rest_{operator}"))
    notices.post(session, who, KIND, subject, "\n".join(told), now, buttons=buttons)
