"""One process of `test_parallel.py`: lodges shared disputes and disputes of its own, and says which.

It says that it is ready and waits for a line, so that all begin at the same moment.
"""

import json
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
    """Lodge the `shared` disputes that are there already, then `count`, each of a citizen of its own.

    Prints what was kept: the ids of the shared ones that it lodged, and the numbers of its own.
    """
    sealing.unlock([key.encode()])
    sessions = sessionmaker(database.engine(address), expire_on_commit=False)
    print("ready", flush=True)
    sys.stdin.readline()
    won = [number for number in range(1, shared + 1) if _has_lodged(sessions, number)]
    own = [_lodge_own(sessions, f"{process}-{number}") for number in range(count)]
    print(json.dumps({"shared": won, "own": own}))


def _lodge_own(sessions: sessionmaker[Session], name: str) -> str | None:
    with sessions.begin() as session:
        who = people.person(session, "web", name, datetime.now(UTC))
        made = disputes.start(session, who, datetime.now(UTC))
        made.merchant, made.amount = f"店{name}", Decimal(399)
        _lodge(session, made)
        progress.take(session, made, "begin", "officer", datetime.now(UTC))
    return made.number


def _has_lodged(sessions: sessionmaker[Session], number: int) -> bool:
    """Whether it was this process that lodged a shared dispute; another may have been quicker."""
    try:
        with sessions.begin() as session:
            return _lodge(session, session.get_one(Dispute, number))
    except StaleDataError:
        return False
    except OperationalError as error:  # how SQLite says that it was read before another's change
        if "locked" not in str(error):
            raise
        return False


def _lodge(session: Session, dispute: Dispute) -> bool:
    now = datetime.now(UTC)
    return disputes.lodge(session, dispute, operator="bureau", limit=Decimal(2000), now=now)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
