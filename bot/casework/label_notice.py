"""RECORD, for recalls: a citizen is told what was read on their photo and asked if it is so. No Rasa."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.casework import (
    disputes,
    label_lines,
    labels,
    negotiations,
    notices,
    own_disputes,
    people,
    recalls,
)
from bot.casework.label_lines import Box
from bot.casework.records import Notice, Person
from bot.library import load

KIND = "label"  # of the notices, whose subject is the message that brought the photos
MOST_PHOTOS = 3  # of one album that are looked at


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


def say(
    session: Session, who: Person, readings: Sequence[tuple[Sequence[Box], Sequence[str]]] | None,
    subject: str, now: datetime,
) -> Notice:  # fmt: skip
    """Put into the ledger what was read, with a yes and a no; None where the reading failed.

    Nothing is looked up here: a reader of pictures errs, and the citizen has the label at hand.
    """
    said = load("labels")
    if readings is None:
        return notices.post(session, who, KIND, subject, said["failed"], now)
    index = recalls.indexed(session)[0]
    label = labels.merged(
        labels.read(label_lines.rows(boxes), bars, index) for boxes, bars in readings
    )
    if label.is_empty:
        return notices.post(session, who, KIND, subject, said["nothing"], now)
    rows = [
        {"title": said["it_is"], "payload": labels.payload(label)},
        {"title": said["it_is_not"], "payload": labels.NOT_IT},
    ]
    buttons = people.offer_buttons(session, who, rows, now)
    return notices.post(session, who, KIND, subject, labels.told(label), now, buttons=buttons)
