"""RECORD: moments that stop any form, from recognition to reply and alert. Knows no Rasa, no channel."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import alerts, disputes, people
from bot.casework.records import HeardMessage, Person
from bot.library import guidance_loader, load
from bot.reading import folding, phones
from bot.reading import moments as reading
from bot.reading.facts import Facts

# Answered before anything else and without Rasa; the others wait for their place in the talk.
AT_ONCE = ("acute", "self_harm", "child", "scam")
KEPT = ("acute", "scam")  # what was told belongs to a dispute too, and is kept for it


@dataclass(frozen=True)
class Moment:
    """A row of moments.yml. `buttons` are title and payload; `tells_officers` raises an alert.

    One of `on_duty`, `off_duty`, `unattended` follows the reply: whether a person is told.
    """

    id: str
    reply: str
    tells_officers: bool
    buttons: tuple[tuple[str, str], ...] = ()
    on_duty: str = ""
    off_duty: str = ""
    unattended: str = ""


@dataclass(frozen=True)
class Answered:
    """A moment that was answered: the replies as rows, and what may be told to Rasa of it."""

    rows: list[dict[str, Any]]
    words: str
    is_child: bool = False


def get(moment_id: str) -> Moment:
    """The moment of that id, its numbers filled in. Raises KeyError where there is none."""
    row = load("moments")["moments"][moment_id]
    return Moment(
        id=moment_id,
        reply=_with_numbers(row["reply"]),
        tells_officers=row["tells_officers"],
        buttons=tuple((b["title"], b["payload"]) for b in row.get("buttons", ())),
        on_duty=row.get("on_duty", ""),
        off_duty=row.get("off_duty", ""),
        unattended=row.get("unattended", ""),
    )


def find(text: str) -> Moment | None:
    """The moment that a folded message is, the most urgent first, or None."""
    found = reading.find(text)
    return get(found) if found is not None else None


def reply(moment: Moment, is_on_duty: bool, has_officers: bool = False) -> str:
    """What is said: the help first, then whether a person is told, which is never said if not so."""
    told = moment.on_duty if is_on_duty else moment.off_duty
    return "\n".join(filter(None, (moment.reply, told if has_officers else moment.unattended)))


def answer_at_once(
    session: Session,
    who: Person,
    message_id: str,
    text: str,
    now: datetime,
    *,
    has_officers: bool,
) -> Answered | None:
    """Answer a message as it was typed that cannot wait for Rasa, or None where it can.

    The draft's questions stop and officers get an alert in the same transaction. Of a child nothing
    is kept: neither the words nor what follows them, until a guardian writes.
    """
    text, _, _ = phones.redact(folding.plain(text))
    moment = _at_once(session, who, text, now)
    is_child = reading.is_child(text) or (moment is not None and moment.id == "child")
    if is_child:
        _forget(session, who, message_id)
    if moment is None:
        return None
    draft = disputes.draft(session, who)
    if draft is not None and draft.asking is not None:
        disputes.pause(session, draft, now)
        if moment.id in KEPT and not is_child:
            disputes.take(draft, Facts(facts=text))
    if is_child and not alerts.has_child_alone(session, who, now):
        alerts.alert(session, who, "child", "", now, draft)
    if moment.id != "child":
        alerts.alert(session, who, moment.id, "" if is_child else text, now, draft)
    row = {
        "text": reply(moment, alerts.is_on_duty(now), has_officers),
        "buttons": [_button(session, who, *button, now) for button in moment.buttons],
    }
    return Answered([row], text if moment.id in KEPT and not is_child else "", is_child)


def _at_once(session: Session, who: Person, text: str, now: datetime) -> Moment | None:
    found = reading.find(text)
    is_asked = found == "scam" and disputes.asking(session, who) is not None
    was_said = is_asked and alerts.is_fresh(session, who, "scam", now)  # now told for the record
    if found in AT_ONCE and not was_said:
        return get(found)
    is_alone = alerts.has_child_alone(session, who, now) and not reading.is_guardian(text)
    return get("child") if is_alone else None


def _forget(session: Session, who: Person, message_id: str) -> None:
    query = select(HeardMessage).where(
        HeardMessage.person_id == who.id, HeardMessage.message_id == message_id
    )
    for kept in session.scalars(query):
        kept.text = ""


def _button(
    session: Session, who: Person, title: str, payload: str, now: datetime
) -> dict[str, Any]:
    return {"id": people.offer_button(session, who, title, payload, now), "title": title}


def _with_numbers(text: str) -> str:
    named = {key: one.phrase for key, one in guidance_loader.numbers().items()}
    return text.strip().format_map(named)
