"""Made-up disputes, each of another citizen, as many as are wanted: for the desk's queue."""

import random
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import insert
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import disputes, sealing, steps
from bot.casework.records import Dispute, Person

AT_ONCE = 10_000
FOURS = 500  # different endings of phones
STREETS = ("中北镇", "大寺镇", "辛口镇")


def fill(sessions: sessionmaker[Session], count: int, officers: tuple[str | None, ...]) -> None:
    """Put them into empty records: three of four over, the others due within weeks, some late."""
    chance, today, then = random.Random(1), date.today(), datetime(2026, 1, 1, tzinfo=UTC)
    states = [*steps.RUNNING, *steps.OVER * 3]
    marks = [sealing.marks(f"{end:04}")[0] for end in range(FOURS)]

    def person(number: int) -> dict[str, object]:
        return {"id": number, "key": f"k{number}", "channel": "web", "external_id": f"e{number}",
                "phone_mark": marks[number % FOURS], "created_at": then}  # fmt: skip

    def dispute(number: int) -> dict[str, object]:
        return {
            "id": number, "number": "".join(chance.choices(disputes.NUMBER_ALPHABET, k=8)),
            "person_id": number, "state": chance.choice(states),
            "merchant": f"商店{chance.randrange(count // 50)}号", "street": chance.choice(STREETS),
            "officer": chance.choice(officers), "version": 1,
            "accept_due": today + timedelta(days=chance.randrange(-20, 20)),
            "mediate_due": today + timedelta(days=chance.randrange(-20, 60)),
            "created_at": then, "updated_at": then, "lodged_at": then,
        }  # fmt: skip

    with sessions.begin() as session:
        for start in range(1, count + 1, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, count + 1))
            session.execute(insert(Person.__table__), [person(one) for one in numbers])
            session.execute(insert(Dispute.__table__), [dispute(one) for one in numbers])
