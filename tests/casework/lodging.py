"""One process of `test_parallel.py`: lodges disputes of its own, and tries to lodge shared ones."""

import sys
from datetime import UTC, datetime
from decimal import Decimal

from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError

from bot import database
from bot.casework import disputes, people, progress, sealing
from bot.casework.records import Dispute


def main(address: str, key: str, process: int, count: int, shared: int) -> None:
    """Lodge `count` disputes, each of a citizen of its own, and the `shared` that are there already."""
    sealing.unlock([key.encode()])
    sessions = sessionmaker(database.engine(address), expire_on_commit=False)
    for number in range(count):
        with sessions.begin() as session:
            who = people.person(session, "web", f"{process}-{number}", datetime.now(UTC))
            made = disputes.start(session, who, datetime.now(UTC))
            made.merchant, made.amount = f"店{number}", Decimal(number)
            _lodge(session, made)
            progress.take(session, made, "begin", "officer", datetime.now(UTC))
    for number in range(1, shared + 1):
        _lodge_shared(sessions, number)


def _lodge_shared(sessions: sessionmaker[Session], number: int) -> None:
    try:
        with sessions.begin() as session:
            _lodge(session, session.get_one(Dispute, number))
    except (StaleDataError, OperationalError):  # another process was quicker
        pass


def _lodge(session: Session, dispute: Dispute) -> None:
    now = datetime.now(UTC)
    disputes.lodge(session, dispute, operator="bureau", limit=Decimal(2000), now=now)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
