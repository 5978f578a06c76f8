"""What a test of talks looks at beside the replies: a citizen's records, and where buttons lead."""

from typing import Any

from sqlalchemy import select

from bench.stack import Stack, Talk
from bot.casework.records import OfferedButton, Person


def mine(running: Stack, talk: Talk, kind: Any) -> list[Any]:
    with running.sessions() as session:
        query = select(kind).join(Person, Person.id == kind.person_id)
        return list(
            session.scalars(query.where(Person.external_id == talk.citizen).order_by(kind.id))
        )


def payloads(running: Stack, talk: Talk) -> dict[str, str]:
    """The buttons of the last reply: title and where they lead."""
    buttons = [button for reply in talk.replies for button in reply.buttons]
    with running.sessions() as session:
        return {b.title: b.url or session.get_one(OfferedButton, b.id).payload for b in buttons}
