"""People and what they said: one row a person and channel, one row a message. Knows no Rasa."""

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, bindparam, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.casework.records import HeardMessage, OfferedButton, Person

WEB = "web"
OUR_OWN = (WEB, "talk")  # channels

# Made once: making a statement costs as much as running it, and this one is run for each action.
_BY_KEY = select(Person).where(Person.key == bindparam("key"))

# What is taken away with contact details: themselves, and what was told and agreed about them.
NO_CONTACT: dict[str, None] = dict.fromkeys(
    (
        "name",
        "phone",
        "phone_mark",
        "address",
        "told_at",
        "contact_given_at",
        "calls_asked_at",
        "calls_agreed_at",
    )
)


@dataclass(frozen=True)
class Contact:
    """How an officer or a shop's mediator reaches the citizen (总局令第121号 第10条 asks for all three)."""

    phone: str
    name: str | None = None
    address: str | None = None


def person(session: Session, channel: str, external_id: str, now: datetime) -> Person:
    """The person a channel knows by `external_id`, or knew before the chat moved; else a new one."""
    query = select(Person).where(
        Person.channel == channel,
        or_(Person.external_id == external_id, Person.former_id == external_id),
    )
    found = session.scalar(query)
    if found is not None:
        return found
    made = Person(channel=channel, external_id=external_id, created_at=now)
    try:
        with session.begin_nested():
            session.add(made)
    except IntegrityError:  # two first messages at once: the other one was quicker
        return session.scalars(query).one()
    return made


def by_key(session: Session, key: str) -> Person | None:
    """The person whom Rasa knows by `key`."""
    return session.scalar(_BY_KEY, {"key": key})


def is_on_our_own(who: Person) -> bool:
    """Whether the person talks on our own page or terminal, whose data stay on our machines."""
    return who.channel in OUR_OWN


def find_heard(session: Session, who: Person, message_id: str) -> HeardMessage | None:
    """The message that came by that id before, or None."""
    return session.scalar(_heard(who, message_id))


def _heard(who: Person, message_id: str) -> Select[HeardMessage]:
    return select(HeardMessage).where(
        HeardMessage.person_id == who.id, HeardMessage.message_id == message_id
    )


def heard(session: Session, who: Person, message_id: str, text: str, now: datetime) -> HeardMessage:
    """The message as kept; one that came before is found again, with its replies if it had any."""
    found = find_heard(session, who, message_id)
    if found is not None:
        return found
    made = HeardMessage(person_id=who.id, message_id=message_id, text=text, heard_at=now)
    try:
        with session.begin_nested():
            session.add(made)
    except (
        IntegrityError
    ):  # the same message twice at once, and the other one was quicker; or a fault
        found = find_heard(session, who, message_id)
        if found is None:
            raise
        return found
    return made


def is_before(session: Session, person_id: int, row_id: int, since: datetime) -> bool:
    """Whether a message that came before another, after `since`, has been kept and not looked at yet."""
    query = select(HeardMessage.id).where(
        HeardMessage.person_id == person_id,
        HeardMessage.id < row_id,
        HeardMessage.heard_at > since,
        HeardMessage.asked.is_(None),
        HeardMessage.answered_at.is_(None),
    )
    return session.scalar(query.limit(1)) is not None


def answered(message: HeardMessage, replies: Sequence[dict[str, Any]], now: datetime) -> None:
    """Keep what was replied, so that a repeat of the message gets the same."""
    message.replies = json.dumps(list(replies), ensure_ascii=False)
    message.answered_at = now
    message.asked = message.waiting_at = None


def await_answer(message: HeardMessage, asked: str, may_ask_again_at: datetime) -> None:
    """Keep what Rasa is asked (JSON text) until the message is answered."""
    message.asked, message.waiting_at = asked, may_ask_again_at


def waiting(session: Session, who: Person) -> Sequence[HeardMessage]:
    """This person's messages that were not answered yet, in the order they came."""
    query = select(HeardMessage).where(
        HeardMessage.person_id == who.id, HeardMessage.waiting_at.is_not(None)
    )
    return session.scalars(query.order_by(HeardMessage.id)).all()


def who_wait(session: Session) -> Sequence[Person]:
    """Who has messages that were not answered yet, the longest waiting first."""
    query = (
        select(Person)
        .join(HeardMessage, HeardMessage.person_id == Person.id)
        .where(HeardMessage.waiting_at.is_not(None))
        .group_by(Person.id)
        .order_by(func.min(HeardMessage.id))
    )
    return session.scalars(query).all()


def replies_of(message: HeardMessage) -> list[dict[str, Any]] | None:
    """What was replied to the message, or None where it was not answered yet."""
    return None if message.replies is None else list(json.loads(message.replies))


def last_replies(session: Session, who: Person) -> list[dict[str, Any]]:
    """What was replied to this person's last answered message; none where none was."""
    found = last_answered(session, who)
    return (replies_of(found) if found is not None else None) or []


def last_answered(session: Session, who: Person) -> HeardMessage | None:
    """This person's last message that was answered, or None."""
    query = select(HeardMessage).where(
        HeardMessage.person_id == who.id, HeardMessage.replies.is_not(None)
    )
    return session.scalar(query.order_by(HeardMessage.id.desc()).limit(1))


def offer_button(session: Session, who: Person, title: str, payload: str, now: datetime) -> str:
    """Keep a button that is about to be sent; its id is 11 characters, safe in any channel."""
    button = made_button(who, title, payload, now)
    session.add(button)
    return button.id


def made_button(who: Person, title: str, payload: str, now: datetime) -> OfferedButton:
    """A button for this person that is not kept yet."""
    return OfferedButton(
        id=secrets.token_urlsafe(8), person_id=who.id, title=title, payload=payload, offered_at=now
    )


def offer_buttons(
    session: Session, who: Person, rows: Iterable[Mapping[str, str]], now: datetime
) -> list[dict[str, str | None]]:
    """Buttons of `title` and `payload` as a notice carries them, each kept."""
    made = [made_button(who, row["title"], row["payload"], now) for row in rows]
    session.add_all(made)
    return carried(made)


def carried(buttons: Iterable[OfferedButton]) -> list[dict[str, str | None]]:
    """Buttons as a notice carries them."""
    return [{"id": one.id, "title": one.title, "url": None} for one in buttons]


def pressed(session: Session, who: Person, button_id: str) -> OfferedButton | None:
    """The button this person was sent, or None: nobody can press another's."""
    button = session.get(OfferedButton, button_id)
    return button if button is not None and button.person_id == who.id else None


def is_offered_again(session: Session, button: OfferedButton) -> bool:
    """Whether a newer button says the same: then this one stands under words that changed since."""
    query = select(OfferedButton.id).where(
        OfferedButton.person_id == button.person_id,
        OfferedButton.payload == button.payload,
        OfferedButton.offered_at > button.offered_at,
    )
    return session.scalar(query.limit(1)) is not None


def give_contact(who: Person, contact: Contact, now: datetime) -> None:
    """Keep contact details, given after the citizen was told what for (个人信息保护法 第17条)."""
    who.phone = contact.phone
    who.name = contact.name or who.name
    who.address = contact.address or who.address
    who.contact_given_at = now
