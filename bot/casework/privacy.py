"""RECORD: a citizen's own data: told, given out, deleted at their word. Knows no Rasa and no channel.

个人信息保护法 第45条: whoever is kept may see and copy it. 第47条: and have it deleted, but for what a law
says must be kept. What is kept of a person is the list `PARTS`; a new table with a person is a new part.
"""

import json
import mimetypes
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, delete, exists, false, func, or_, select, true, update
from sqlalchemy.orm import Session

from bot.casework import (
    alerts,
    disputes,
    evidence,
    packet,
    people,
    progress,
    removal,
    telling,
)
from bot.casework.callback_records import CallbackRequest
from bot.casework.recall_push_records import RecallAnswer, RecallCall
from bot.casework.records import (
    Alert,
    Dispute,
    Evidence,
    HeardMessage,
    Negotiation,
    Notice,
    OfferedButton,
    Person,
    Thing,
)
from bot.library import load, words

CHOICES = ("tell", "export", "delete", "delete_sure", "keep")
SAFETY = (
    "acute",
    "self_harm",
    "child",
    "injury",
)  # alerts that officers must see, whoever raised them

Ids = Sequence[int]  # of people: one, and who they were before their chat moved


@dataclass(frozen=True)
class Part:
    """One kind of what is kept of a person; `key` is its name in privacy.yml.

    `told` is a row as it is given out. Of the rows of `record` that belong to the person, `only` are
    meant; `stays` cannot be deleted at their word, the rest goes: by `erase`, which gets the ids, or
    just so.
    """

    key: str
    record: Any
    told: Callable[[Session, Any], Mapping[str, Any]]
    only: ColumnElement[bool] = field(default_factory=true)
    stays: ColumnElement[bool] = field(default_factory=false)
    erase: Callable[[Session, Select[Any]], None] | None = None

    def rows(self, ids: Ids) -> Select[Any]:
        """All that is kept."""
        owner = self.record.id if self.record is Person else self.record.person_id
        key = self.record.__table__.primary_key.columns
        return select(self.record).where(owner.in_(ids), self.only).order_by(*key)

    def going(self, ids: Ids) -> Select[Any]:
        """The ids of what may be deleted."""
        found = self.rows(ids).where(~self.stays).order_by(None)
        return found.with_only_columns(self.record.id)


@dataclass(frozen=True)
class Stays:
    """What a deletion leaves, and what it ends: numbers of the disputes that an office has, of those
    that are withdrawn from their shop, and how many alerts for the safety of people.
    """

    numbers: tuple[str, ...] = ()
    withdrawn: tuple[str, ...] = ()
    alerts: int = 0


# ── decisions ────────────────────────────────────────────────────────────────


def payload(choice: str) -> str:
    """What Rasa hears of a citizen's choice about their data."""
    return f'/manage_data{{"choice":"{choice}"}}'


def stays_text(stays: Stays) -> str:
    """The sentences about what a deletion leaves; empty where it leaves nothing."""
    numbers = words("and").join(map(disputes.number_text, stays.numbers))
    withdrawn = words("and").join(map(disputes.number_text, stays.withdrawn))
    said = (
        stays.numbers and words("data_stays", numbers=numbers),
        stays.withdrawn and words("data_withdrawn", numbers=withdrawn),
        stays.alerts and words("data_alerts_stay"),
    )
    return "\n".join(one for one in said if one)


def _spoken(value: Any) -> Any:
    """A value as people read it; moments in Tianjin's time."""
    match value:
        case datetime():
            return value.astimezone(disputes.CHINA).strftime("%Y-%m-%d %H:%M:%S")
        case date():
            return value.isoformat()
        case Decimal():
            return str(value)
        case _:
            return value


def _headed(key: str, values: Callable[[str], Any]) -> dict[str, Any]:
    """The columns of a part under their headings; what is empty is left out."""
    columns = load("privacy")["parts"][key]["columns"]
    found = {heading: _spoken(values(column)) for column, heading in columns.items()}
    return {heading: value for heading, value in found.items() if value not in (None, "")}


# ── what is kept of a person, part by part ───────────────────────────────────


def _plain(key: str) -> Callable[[Session, Any], Mapping[str, Any]]:
    """Gives out a row by its columns."""
    return lambda _session, row: _headed(key, lambda column: getattr(row, column))


def _message(_session: Session, row: HeardMessage) -> Mapping[str, Any]:
    said = [one.get("text") for one in json.loads(row.replies or "[]")]
    return _headed("messages", lambda name: said if name == "replies" else getattr(row, name))


def _callback(_session: Session, row: CallbackRequest) -> Mapping[str, Any]:
    hours = load("district")["callback_hours"].get(row.hours, {}).get("title", row.hours)
    return _headed("callbacks", lambda name: hours if name == "hours" else getattr(row, name))


def _alert(_session: Session, row: Alert) -> Mapping[str, Any]:
    said = load("moments")
    kind = said["kinds"].get(row.kind, said["other_kind"])
    return _headed("alerts", lambda name: kind if name == "kind" else getattr(row, name))


def _file(_session: Session, row: Evidence) -> Mapping[str, Any]:
    told = {"name": file_name(row), "kind": load("privacy")["kinds"].get(row.kind, row.kind)}
    return _headed("files", lambda name: told.get(name) or getattr(row, name))


def file_name(piece: Evidence) -> str:
    """What a piece of evidence is called in the zip: nothing of its sender's name for it."""
    ending = mimetypes.guess_extension(piece.mime) or ""
    return f"{load('privacy')['folder']}/{piece.id}-{piece.kind}{ending}"


def _dispute(session: Session, row: Dispute) -> Mapping[str, Any]:
    """A dispute with its history as its citizen may see it, and what was said with the shop."""
    said, columns = load("privacy"), {c.key: getattr(row, c.key) for c in Dispute.__table__.columns}
    told = {
        **{field: _spoken(telling.value(field, columns)) for field in said["dispute"]},
        "number": disputes.number_text(row.number) if row.number else None,
        "state": None if row.state == "draft" else telling.state(row),
    }
    found = {head: told[field] for field, head in said["dispute"].items() if told[field]}
    with_shop = _with_shop(session, row)
    if row.state != "draft":
        found[said["history"]] = packet.timeline(session, row)
    return {**found, said["talk_with_shop"]: with_shop} if with_shop else found


def _with_shop(session: Session, row: Dispute) -> list[list[Any]]:
    query = select(Negotiation).where(Negotiation.dispute_id == row.id)
    sides = load("privacy")["sides"]
    return [
        [_spoken(one.said_at), sides[one.side], one.text or "", _spoken(one.amount)]
        for negotiation in session.scalars(query)
        for one in negotiation.messages
    ]


# ── what stays of a part, and how it goes ────────────────────────────────────


def _has_office(*links: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition that an office has a dispute which a row belongs to."""
    return exists().where(*links, removal.submitted())


def _erase_contact(session: Session, which: Select[Any]) -> None:
    session.execute(update(Person).where(Person.id.in_(which)).values(**people.NO_CONTACT))


def _erase_disputes(session: Session, which: Select[Any]) -> None:
    for number in session.scalars(which).all():
        removal.dispute(session, session.get_one(Dispute, number))


def _erase_files(session: Session, which: Select[Any]) -> None:
    evidence.discard(session, session.scalars(which).all())


def _erase_alerts(session: Session, which: Select[Any]) -> None:
    alerts.remove(session, session.scalars(which).all())


_GIVEN = or_(*(one.is_not(None) for one in (Person.name, Person.phone, Person.address)))
_OF_SAFETY = Alert.kind.in_(SAFETY)

# Name, phone and address are part of what an office has (总局令第121号 第10条), and stay with it.
# Records that no office has are the citizen's own, and go as a whole.
PARTS = (
    Part("contact", Person, _plain("contact"), _GIVEN,
         _has_office(Dispute.person_id == Person.id), _erase_contact),
    Part("drafts", Dispute, _dispute, Dispute.state == "draft", erase=_erase_disputes),
    Part("records", Dispute, _dispute, Dispute.state != "draft", removal.submitted(),
         _erase_disputes),
    Part("files", Evidence, _file, stays=_has_office(Dispute.id == Evidence.dispute_id),
         erase=_erase_files),
    Part("messages", HeardMessage, _message),
    Part("buttons", OfferedButton, _plain("buttons")),
    Part("things", Thing, _plain("things")),
    Part("recall_answers", RecallAnswer, _plain("recall_answers")),
    Part("recall_calls", RecallCall, _plain("recall_calls")),
    Part("callbacks", CallbackRequest, _callback),
    Part("notices", Notice, _plain("notices")),
    Part("alerts", Alert, _alert, stays=_OF_SAFETY | _has_office(Dispute.id == Alert.dispute_id),
         erase=_erase_alerts),
)  # fmt: skip


# ── with a session; the caller commits ───────────────────────────────────────


def held(session: Session, who: Person) -> dict[str, int]:
    """How much is kept of a person, by the key of its part; parts that are empty are left out."""
    ids = _ids(session, who)
    return _counts(session, {part.key: part.rows(ids) for part in PARTS})


def erasable(session: Session, who: Person) -> dict[str, int]:
    """How much of it a deletion would take away, likewise."""
    ids = _ids(session, who)
    return _counts(session, {part.key: part.going(ids) for part in PARTS})


def _counts(session: Session, queries: Mapping[str, Select[Any]]) -> dict[str, int]:
    counted = {
        key: session.scalars(select(func.count()).select_from(query.subquery())).one()
        for key, query in queries.items()
    }
    return {key: count for key, count in counted.items() if count}


def export(session: Session, who: Person, now: datetime) -> dict[str, Any]:
    """All that is kept of a person, under Chinese headings, ready for JSON; the bytes lie beside it."""
    said, ids = load("privacy"), _ids(session, who)
    parts: dict[str, Any] = {
        said["parts"][part.key]["title"]: [
            part.told(session, row) for row in session.scalars(part.rows(ids)).all()
        ]
        for part in PARTS
    }
    return {said["about_title"]: said["about"], said["made_at"]: _spoken(now), **parts}


def files(session: Session, who: Person) -> list[tuple[int, str]]:
    """Id and name of each piece of evidence that this person gave."""
    ids = _ids(session, who)
    query = select(Evidence).where(Evidence.person_id.in_(ids)).order_by(Evidence.id)
    return [(one.id, file_name(one)) for one in session.scalars(query)]


def original(session: Session, who: Person, evidence_id: int) -> bytes | None:
    """The bytes of one of these pieces as they came in; None where it has gone meanwhile."""
    found = session.get(Evidence, evidence_id)
    if found is None or found.person_id not in _ids(session, who):
        return None
    return evidence.original(session, found)


def stays(session: Session, who: Person) -> Stays:
    """What a deletion would leave and end."""
    ids = _ids(session, who)
    lodged = session.scalars(
        select(Dispute)
        .where(Dispute.person_id.in_(ids), Dispute.state != "draft")
        .order_by(Dispute.id)
    ).all()
    safety = select(func.count()).where(Alert.person_id.in_(ids), _OF_SAFETY)
    return Stays(
        numbers=tuple(one.number or "" for one in lodged if removal.is_submitted(one)),
        withdrawn=tuple(one.number or "" for one in lodged if _is_with_shop(one)),
        alerts=session.scalars(safety).one(),
    )


def erase(session: Session, who: Person, now: datetime) -> Stays:
    """Delete what may be deleted of a person, at their word; what stays.

    A running negotiation ends first, so that the shop's link closes. The person row stands on
    without a name where something stays; the same chat begins as a new person.
    """
    left, ids = stays(session, who), _ids(session, who)
    for one in session.scalars(select(Dispute).where(Dispute.person_id.in_(ids))).all():
        if _is_with_shop(one):
            progress.take(session, one, "withdraw", "citizen", now)
    session.flush()
    for part in PARTS:
        if part.erase is not None:
            part.erase(session, part.going(ids))
        else:
            gone = delete(part.record).where(part.record.id.in_(part.going(ids)))
            session.execute(gone)
    for person in session.scalars(select(Person).where(Person.id.in_(ids))).all():
        removal.person(session, person)
    return left


def _is_with_shop(dispute: Dispute) -> bool:
    return dispute.state in ("negotiating", "agreed")


def _ids(session: Session, who: Person) -> tuple[int, ...]:
    """The person, and who they were before their chat moved, where that is a row of its own."""
    if who.former_id is None:
        return (who.id,)
    before = select(Person.id).where(
        Person.channel == who.channel, Person.external_id == f"{who.former_id}/moved"
    )
    return (who.id, *session.scalars(before))
