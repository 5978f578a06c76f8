"""RECORD, for recalls: a citizen is told what was read on their photo and asked if it is so. No Rasa."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from bot.casework import (
    disputes,
    label_lines,
    labels,
    negotiations,
    notices,
    own_disputes,
    people,
    quiet,
    recalls,
)
from bot.casework.label_lines import Box
from bot.casework.records import Notice, Person
from bot.library import load

KIND = "label"  # of the notices, whose subject is the message that brought the photos
MOST_PHOTOS = 3  # of one album that are looked at
PATIENCE = timedelta(minutes=6)  # more than the longest line before the reader takes


def is_looked_at(session: Session, who: Person, text: str, now: datetime) -> bool:
    """Whether photos that come with these words are looked at for a recall.

    Where they are evidence of a dispute, or go to a shop, only words that ask for it say so.
    """
    if text:
        return labels.is_wished(text)
    has_dispute = (
        own_disputes.adding(session, who)
        or negotiations.writing(session, who)
        or disputes.draft(session, who)
        or disputes.lodged_lately(session, who, now)
    )
    return not has_dispute


def begin(session: Session, who: Person, subject: str, now: datetime) -> Notice:
    """Put into the ledger, for later, that the photos could not be read: nobody waits in vain.

    What was read takes its place; it goes out where the process that read has died.
    """
    at = quiet.quiet_until(now) + PATIENCE  # a page shows what the quiet hours alone hold back
    return notices.post(session, who, KIND, subject, load("labels")["failed"], now, due_at=at)


def say(
    session: Session, who: Person, readings: Sequence[tuple[Sequence[Box], Sequence[str]]] | None,
    subject: str, now: datetime,
) -> Notice:  # fmt: skip
    """Put into the ledger what was read, with a yes and a no; None where the reading failed.

    Nothing is looked up here: a reader of pictures errs, and the citizen has the label at hand.
    """
    text, rows = _told(session, readings)
    buttons = people.offer_buttons(session, who, rows, now)
    notice = begin(session, who, subject, now)
    notices.retell(notice, text, now, buttons=buttons)
    return notice


def _told(
    session: Session, readings: Sequence[tuple[Sequence[Box], Sequence[str]]] | None
) -> tuple[str, list[Mapping[str, Any]]]:
    said = load("labels")
    if readings is None:
        return said["failed"], []
    index = recalls.indexed(session)[0]
    label = labels.merged(
        labels.read(label_lines.rows(boxes), bars, index) for boxes, bars in readings
    )
    if label.is_empty:
        return said["nothing"], []
    return labels.told(label), [
        {"title": said["it_is"], "payload": labels.payload(label)},
        {"title": said["it_is_not"], "payload": labels.NOT_IT},
    ]
