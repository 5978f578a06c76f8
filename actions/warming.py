"""What the first turn would have to read is read before there is one: rules, recalls, the tables of the records."""

import contextlib
from datetime import UTC, datetime

from sqlalchemy.exc import SQLAlchemyError

from actions.turn import sessions
from bot.casework import disputes, guidance, people, recalls
from bot.library import read_all, streets
from bot.reading import facts


def warm() -> None:
    """Read it all; of the recalls as many as the records hold. Where those are away, the first turn does it."""
    now = datetime.now(UTC)
    read_all()
    guidance.choose("能退吗")
    recalls.names_a_product("能退吗")
    facts.read("能退吗", [], today=disputes.local_day(now), streets=streets(), shown="")
    with contextlib.suppress(SQLAlchemyError), sessions()() as session:
        recalls.find(session, "能退吗", product="手机")
        people.by_key(session, "")
