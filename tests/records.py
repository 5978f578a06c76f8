"""Empty records for tests that have settings: a file which the server's threads share."""

from collections.abc import Iterator

from sqlalchemy.orm import Session, sessionmaker

from bot import database
from bot.casework.records import Record
from bot.settings import Settings


def empty(settings: Settings) -> Iterator[sessionmaker[Session]]:
    """Sessions on records of the newest shape, closed behind the test."""
    made = database.connect(settings)
    Record.metadata.create_all(made.kw["bind"])
    yield made
    made.kw["bind"].dispose()
