"""Made-up disputes, each of another citizen, as many as are wanted: for the desk's queue."""

import random
from datetime import UTC, date, datetime, timedelta
from typing import cast

from sqlalchemy import Table, bindparam, insert, select, update
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import disputes, sealing, steps
from bot.casework.records import Dispute, DisputeEvent, Person

AT_ONCE = 10_000
FOURS = 500  # different endings of phones
STREETS = ("中北镇", "大寺镇", "辛口镇")
GOODS = ("电饭煲", "充电宝", "手机充电器", "健身卡", "电动车", "过期牛奶", None)
YEARS = 3  # over which `lived` spreads them
ENDS = {"settled": ("settle",), "ended": ("end",), "refused": ("refuse",), "passed_on": ("pass_on",),
        "closed": ("settle", "close"), "withdrawn": ("withdraw",)}  # fmt: skip


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
            session.execute(insert(cast(Table, Person.__table__)), [person(one) for one in numbers])
            session.execute(
                insert(cast(Table, Dispute.__table__)), [dispute(one) for one in numbers]
            )


def lived(sessions: sessionmaker[Session], now: datetime) -> None:
    """Give disputes that `fill` made their goods, a day of filing within YEARS, and the steps of their ends."""
    chance = random.Random(2)
    with sessions.begin() as session:
        events, rows = [], []
        for number, state in session.execute(select(Dispute.id, Dispute.state)).all():
            at = now - timedelta(minutes=chance.randrange(YEARS * 365 * 24 * 60))
            rows.append({"number_": number, "lodged_at": at, "product": chance.choice(GOODS),
                         "agreed_amount": chance.randrange(1, 3000)})  # fmt: skip
            for place, kind in enumerate(("lodged", *ENDS.get(state, ()))):
                ended_at = min(now, at + timedelta(days=place * chance.randrange(30)))
                events.append({"dispute_id": number, "kind": kind, "actor": "officer", "detail": {},
                               "happened_at": ended_at})  # fmt: skip
        table = cast(Table, Dispute.__table__)
        session.execute(update(table).where(table.c.id == bindparam("number_")), rows)
        for start in range(0, len(events), AT_ONCE):
            session.execute(
                insert(cast(Table, DisputeEvent.__table__)), events[start : start + AT_ONCE]
            )
