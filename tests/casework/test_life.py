"""Any life of a dispute against a simple model of it: two operators, all actors, a clock that moves.

The model is written apart from the code: its own table of steps, its own counting of days (by_hand.py).
After every step the records are read anew and compared with it.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Engine, func, select, text
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot import database
from bot.casework import disputes, negotiations, people, progress, sealing, steps
from bot.casework.records import Dispute, Negotiation, Notice, Record, Shop
from tests.casework import by_hand

ACTORS = {"c": "citizen", "o": "officer", "p": "operator", "s": "shop", "k": "clock"}
# step: who takes it (by the letters above), from where, to where, in an office alone
LIFE: dict[str, tuple[str, str, str, bool]] = {
    "ask_shop": ("c", "lodged", "negotiating", False),
    "offer": ("s", "negotiating", "negotiating", False),
    "agree": ("sc", "negotiating", "agreed", False),
    "escalate": ("sckop", "negotiating agreed", "lodged", False),
    "pay_first": ("o", "lodged agreed in_progress accepted mediating", "settled", False),
    "begin": ("op", "lodged", "in_progress", False),
    "ask_for_more": ("o", "lodged in_progress", "incomplete", False),
    "complete": ("co", "incomplete", "in_progress", False),
    "accept": ("o", "lodged in_progress", "accepted", True),
    "refuse": ("o", "lodged in_progress incomplete", "refused", True),
    "pass_on": ("o", "lodged in_progress incomplete", "passed_on", False),
    "mediate": ("o", "accepted", "mediating", True),
    "people_mediate": ("op", "lodged in_progress", "in_progress", False),
    "entrust": ("o", "accepted mediating", "mediating", True),
    "conclude": ("o", "mediating", "settled", True),
    "meet": ("o", "mediating", "mediating", True),
    "suspend": ("o", "mediating", "suspended", True),
    "resume": ("o", "suspended", "mediating", True),
    "settle": (
        "cop", "lodged negotiating agreed in_progress incomplete accepted mediating", "settled", False,
    ),
    "end": ("o", "accepted mediating suspended", "ended", True),
    "withdraw": (
        "cop",
        "lodged negotiating agreed in_progress incomplete accepted mediating suspended",
        "withdrawn", False,
    ),
    "close": ("op", "lodged in_progress settled ended refused passed_on", "closed", False),
    "reopen": ("cop", "settled closed withdrawn ended", "lodged", False),
}  # fmt: skip
NEEDS: dict[str, dict[str, str]] = {
    "escalate": {"reason": "shop_refused"}, "pay_first": {"amount": "300"}, "ask_for_more": {"missing": "小票"},
    "accept": {"register_number": "1120111002026110200001"}, "refuse": {"ground": "not_ours"},
    "pass_on": {"to": "西青区教育局"}, "mediate": {"citizen_agreed": "电话", "merchant_agreed": "电话"},
    "meet": {"at": "11月9日 9:30", "place": "中北镇市场监管所", "mediator": "李同志"},
    "people_mediate": {"to": "中北镇人民调解委员会", "citizen_agreed": "电话", "merchant_agreed": "电话"},
    "entrust": {"to": "西青区消费者协会", "citizen_agreed": "电话", "merchant_agreed": "电话"},
    "conclude": {"record": "agreement_made"}, "suspend": {"reason": "testing"}, "end": {"ground": "no_agreement"},
}  # fmt: skip
ANY = sorted((name, letter) for name in LIFE for letter in ACTORS)
later = st.sampled_from([0, 0, 1, 3, 7, 20])  # days
reasons = st.sampled_from(["testing", "recusal"])


@dataclass
class Model:
    """What must be true of the dispute."""

    is_bureau: bool
    accept_due: date | None
    state: str = "lodged"
    kinds: list[str] = field(default_factory=lambda: ["drafted", "lodged"])
    told: int = 0
    was_asked: bool = False  # a shop is asked once
    was_reopened: bool = False  # then it is in the queue
    accepted_on: date | None = None
    register_number: str | None = None
    testing_since: date | None = None
    tested: set[date] = field(default_factory=set)
    mediate_due: date | None = None

    def allows(self, name: str, letter: str) -> bool:
        who, before, _, in_office_alone = LIFE[name]
        return letter in who and self.state in before.split() and self.is_bureau >= in_office_alone

    def moves(self) -> list[tuple[str, str]]:
        return [(name, who) for name, who in ANY if name != "ask_shop" and self.allows(name, who)]

    def take(self, name: str, letter: str, detail: dict[str, str], on: date) -> None:
        self.kinds.append(name)
        self.told += letter != "c"
        if self.state == "suspended" and self.testing_since is not None:
            self.tested |= set(by_hand.span(self.testing_since, on))
            self.testing_since = None
        self.state = LIFE[name][2]
        if name == "suspend" and detail["reason"] == "testing":
            self.testing_since = on
        if name == "accept":
            self.accepted_on, self.register_number = on, detail["register_number"]
        if name == "reopen":
            self.accepted_on, self.was_reopened = None, True
        is_still = self.accepted_on is None or self.testing_since is not None
        self.mediate_due = None if is_still else by_hand.days(self.accepted_on, 60, self.tested)


class Life(RuleBasedStateMachine):
    """One dispute of one citizen, in records on a disk."""

    def __init__(self, engine: Engine) -> None:
        super().__init__()
        self.engine = engine
        self.rows: list[tuple[Any, ...]] = []

    @initialize(is_bureau=st.booleans(), day=st.integers(0, 640))
    def lodge(self, is_bureau: bool, day: int) -> None:
        self.now = datetime.fromisoformat("2025-01-01T01:00:00+00:00") + timedelta(days=day)
        received, self.lodged_at = disputes.local_day(self.now), self.now
        due = (
            by_hand.working_days(received, 7) if is_bureau else None
        )  # an office alone has to decide
        self.model = Model(is_bureau, due)
        with Session(self.engine) as session, session.begin():
            count = session.scalar(select(func.count(Dispute.id)))
            who = people.person(session, "web", f"c-{count}", self.now)
            made = disputes.start(session, who, self.now)
            made.merchant, made.amount, made.contact = "永旺", Decimal(399), "given"
            operator: disputes.Operator = "bureau" if is_bureau else "independent"
            disputes.lodge(session, made, operator=operator, limit=Decimal(2000), now=self.now)
            session.flush()
            self.id, self.who = made.id, who.id

    def pass_time(self, days: int) -> datetime:
        self.now += timedelta(days=days, seconds=1)
        return self.now

    def try_step(self, name: str, letter: str, detail: dict[str, str], is_possible: bool) -> None:
        with Session(self.engine) as session:
            one = session.get_one(Dispute, self.id)
            try:
                progress.take(session, one, name, ACTORS[letter], self.now, **detail)
            except steps.NotPossible:
                assert not is_possible, (self.model, name, letter)
                return
            assert is_possible, (self.model, name, letter)
            session.commit()
        self.model.take(name, letter, detail, disputes.local_day(self.now))

    @rule(move=st.data(), days=later, reason=reasons)
    def a_step(self, move: st.DataObject, days: int, reason: str) -> None:
        self.pass_time(days)
        moves = self.model.moves()
        if moves:
            name, letter = move.draw(st.sampled_from(moves))
            detail = {"reason": reason} if name == "suspend" else NEEDS.get(name, {})
            self.try_step(name, letter, detail, True)

    @rule(step=st.sampled_from(ANY), days=later)
    def whatever_step(self, step: tuple[str, str], days: int) -> None:
        self.pass_time(days)
        if step[0] != "ask_shop":
            self.try_step(*step, NEEDS.get(step[0], {}), self.model.allows(*step))

    @rule(step=st.sampled_from([one for one in ANY if one[0] in NEEDS]), gap=st.integers(0, 2))
    def a_step_without_a_detail(self, step: tuple[str, str], gap: int) -> None:
        needed = NEEDS[step[0]]
        left_out = list(needed)[gap % len(needed)]
        short = {field: text for field, text in needed.items() if field != left_out}
        self.try_step(*step, short, False)

    @precondition(lambda self: self.model.is_bureau)
    @rule(
        days=later, more=later, reason=reasons, after=st.sampled_from(["resume", "end", "withdraw"])
    )
    def a_mediation_that_stands_still(self, days: int, more: int, reason: str, after: str) -> None:
        if self.model.allows("reopen", "o"):
            self.try_step("reopen", "o", {}, True)
        if not self.model.allows("accept", "o"):
            return
        detail = {**NEEDS, "suspend": {"reason": reason}}
        for name, passed in (("accept", days), ("mediate", more), ("suspend", days), (after, more)):
            self.pass_time(passed)
            self.try_step(name, "o", detail.get(name, {}), True)

    @rule(days=later)
    def ask_the_shop(self, days: int) -> None:
        now, model = self.pass_time(days), self.model
        with Session(self.engine) as session:
            one = session.get_one(Dispute, self.id)
            try:
                negotiations.ask(session, one, 16, now, str)
            except steps.NotPossible:
                # An office needs its last days to decide: how many is said in test_fast_lane_end.py.
                is_late = model.is_bureau and now - self.lodged_at > timedelta(days=1)
                is_queued = model.was_asked or model.was_reopened
                assert model.state != "lodged" or is_queued or is_late
                return
            session.commit()
        assert model.state == "lodged" and not model.was_asked
        model.was_asked = True
        model.take("ask_shop", "c", {}, disputes.local_day(now))

    @rule(moves=st.data(), days=later)
    def two_at_once(self, moves: st.DataObject, days: int) -> None:
        """Both have seen the same dispute; only the first one's step is kept, whatever the second's."""
        now, found = self.pass_time(days), self.model.moves()
        if not found:
            return
        first, second = (moves.draw(st.sampled_from(found)) for _ in range(2))
        with Session(self.engine) as one, Session(self.engine) as other:
            mine, theirs = (session.get_one(Dispute, self.id) for session in (one, other))
            other.commit()  # SQLite lets nobody read on from before another's change and then write
            assert theirs.version == mine.version
            detail = NEEDS.get(first[0], {})
            progress.take(one, mine, first[0], ACTORS[first[1]], now, **detail)
            one.commit()
            with pytest.raises(StaleDataError):
                progress.take(
                    other, theirs, second[0], ACTORS[second[1]], now, **NEEDS.get(second[0], {})
                )
                other.commit()
        self.model.take(*first, detail, disputes.local_day(now))

    @invariant()
    def the_records_are_as_the_model(self) -> None:
        model = self.model
        with Session(self.engine) as session:
            one = session.get_one(Dispute, self.id)
            assert one.state == model.state
            assert one.accept_due == model.accept_due
            assert one.mediate_due == model.mediate_due
            assert one.register_number == model.register_number
            assert (one.accepted_at is None) == (model.accepted_on is None)
            told = select(func.count(Notice.id)).where(
                Notice.person_id == self.who, Notice.kind == "progress"
            )
            assert session.scalar(told) == model.told
            talk = session.scalar(select(Negotiation).where(Negotiation.dispute_id == self.id))
            assert (talk is not None) == model.was_asked
            if talk is not None:
                assert (talk.ended_at is None) == (model.state in ("negotiating", "agreed"))

    @invariant()
    def no_event_is_lost_or_changed(self) -> None:
        query = text("SELECT * FROM dispute_events WHERE dispute_id = :id ORDER BY id")
        with self.engine.connect() as connection:
            rows = [tuple(row) for row in connection.execute(query, {"id": self.id})]
        assert rows[: len(self.rows)] == self.rows  # byte by byte, sealed details among them
        assert [row[2] for row in rows] == self.model.kinds
        self.rows = rows


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    """Records in a file, so that two sessions are two, with a shop that may be asked."""
    sealing.unlock([Fernet.generate_key()])
    made = database.engine(f"sqlite:///{tmp_path / 'records.db'}")
    Record.metadata.create_all(made)
    now = datetime.fromisoformat("2025-01-01T01:00:00+00:00")
    with Session(made) as session, session.begin():
        session.add(
            Shop(
                name="永旺", email="liu@example.cn", verified_at=now, created_at=now, updated_at=now
            )
        )
    yield made
    made.dispose()


def test_every_life_of_a_dispute_is_as_the_model_says(engine: Engine) -> None:
    run_state_machine_as_test(
        lambda: Life(engine),
        settings=settings(
            max_examples=30, stateful_step_count=20, derandomize=True, deadline=None,
            phases=[Phase.generate],  # to make a failure smaller takes minutes
            suppress_health_check=list(HealthCheck),
        ),
    )  # fmt: skip
