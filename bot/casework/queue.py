"""RECORD: which disputes wait for officers, the most urgent first; filtered and searched by SQL. Knows no page."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, Select, select, union

from bot.casework import deadlines, disputes, sealing, steps, typed
from bot.casework.queue_order import ACCEPTING, MEDIATING
from bot.casework.records import Dispute, Person
from bot.library import load

OPEN, ALL, DONE = "open", "all", "done"  # beside the states themselves
LATE, TODAY, SOON = "late", "today", "soon"
SOON_DAYS = 2  # working days, that is as long as a fast lane leaves for the decision
LONGEST_SEARCH = 40  # characters
_PART = re.compile(rf"[{disputes.NUMBER_ALPHABET}]{{4,7}}")
_DIGITS = re.compile(r"[\d\s+-]{4,20}")


@dataclass(frozen=True)
class Wanted:
    """Which disputes: `state` is open, all, done or a state; `due` late, today or soon; `officer` a
    name, or "" for those that nobody has; `text` is searched for. None: whichever.
    """

    state: str = OPEN
    street: str | None = None
    due: str | None = None
    officer: str | None = None
    text: str | None = None


@dataclass(frozen=True)
class Due:
    """The next day and how far it is: `kind` is late, today, soon, later or none.

    `days` are calendar days where it is late, and where the clock runs by them; else working days.
    """

    on: date | None
    kind: Literal["late", "today", "soon", "later", "none"]
    days: int = 0
    in_working_days: bool = False


# ── decisions ────────────────────────────────────────────────────────────────


def due(dispute: Dispute, today: date) -> Due:
    """When officers must act next, and how long that is from today."""
    if dispute.state in ACCEPTING:
        on, by_working_days = dispute.accept_due, True
    elif dispute.state in MEDIATING:
        on, by_working_days = dispute.mediate_due, False
    else:
        on, by_working_days = None, False
    if on is None:
        return Due(None, "none")
    if on < today:
        return Due(on, "late", (today - on).days)
    if on == today:
        return Due(on, "today")
    kind: Literal["soon", "later"] = "soon" if on <= soon_until(today) else "later"
    left = deadlines.working_days_until(today, on) if by_working_days else (on - today).days
    return Due(on, kind, left, by_working_days)


def soon_until(today: date) -> date:
    """The last day that is SOON_DAYS working days away at most."""
    return deadlines.after_working_days(today, SOON_DAYS).on


def conditions(wanted: Wanted, today: date) -> list[ColumnElement[bool]]:
    """What is wanted as conditions on disputes; drafts are nobody's but their citizens'."""
    found: list[ColumnElement[bool]] = [Dispute.state.in_(_states(wanted.state))]
    if wanted.street:
        found.append(Dispute.street == wanted.street)
    if wanted.officer is not None:
        found.append(
            Dispute.officer == wanted.officer if wanted.officer else Dispute.officer.is_(None)
        )
    before = {
        LATE: today - timedelta(days=1), TODAY: today, SOON: soon_until(today),
    }.get(wanted.due or "")  # fmt: skip
    if before is not None:
        found.append(Dispute.queue_on <= before)
    if text := typed.line(wanted.text or "", LONGEST_SEARCH):
        found.append(Dispute.id.in_(_matching(text)))
    return found


def in_order() -> tuple[ColumnElement[date | None], ColumnElement[int]]:
    """The most urgent first, then the longest waiting."""
    return Dispute.queue_on.asc(), Dispute.id.asc()


def _states(name: str) -> Sequence[str]:
    groups = {OPEN: steps.RUNNING, DONE: steps.OVER, ALL: (*steps.RUNNING, *steps.OVER)}
    if name in groups:
        return groups[name]
    return (name,) if name in groups[ALL] else groups[OPEN]


def _matching(text: str) -> Select[Any]:
    """The ids of disputes whose number, shop, street or last four digits of the phone are meant.

    A query of its own for each, so that each has its index. Phones are sealed: what is compared is a
    keyed mark of their last four digits (sealing.py).
    """
    number = disputes.number_in(text)
    if number is not None:
        return select(Dispute.id).where(Dispute.number == number)
    parts = [select(Dispute.id).where(Dispute.merchant.contains(text, autoescape=True))]
    if _PART.fullmatch(text.upper()):
        begins = text.upper()
        parts.append(
            select(Dispute.id).where(Dispute.number >= begins, Dispute.number < begins + "~")
        )
    if _DIGITS.fullmatch(text):
        who = select(Person.id).where(Person.phone_mark.in_(sealing.marks(text)))
        parts.append(select(Dispute.id).where(Dispute.person_id.in_(who)))
    if streets := _streets(text):
        parts.append(select(Dispute.id).where(Dispute.street.in_(streets)))
    return select(union(*parts).subquery().c.id)


def _streets(text: str) -> list[str]:
    rows = load("district")["streets"]
    return [row["name"] for row in rows if text in (row["name"], *row["aliases"])]
