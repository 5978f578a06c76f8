"""The table of steps: no way around it, and its clocks right. Whole lives are walked in test_life.py."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot.casework import deadlines, disputes, packet, progress, steps
from bot.casework.disputes import Operator
from bot.casework.records import Dispute, DisputeEvent, Notice, Person
from bot.casework.steps import ENDING_GROUNDS, REFUSAL_GROUNDS, STATES, STEPS
from bot.library import label, load
from bot.settings import ROOT
from tests.casework import by_hand

DETAILS = {
    "missing": "购物小票", "register_number": "1120111002026110200001", "ground": "not_ours",
    "to": "西青区教育局", "citizen_agreed": "11-03 电话", "merchant_agreed": "11-04 电话",
    "at": "11月9日 9:30", "place": "中北镇市场监管所", "mediator": "李同志", "reason": "testing", "amount": "300",
}  # fmt: skip


def detail_of(step: steps.Step) -> dict[str, str]:
    allowed = dict(step.choices)
    return {f: allowed[f][-1] if f in allowed else DETAILS[f] for f in step.needs}


def lodged(session: Session, who: Person, now: datetime, operator: Operator = "bureau") -> Dispute:
    made = disputes.start(session, who, now)
    disputes.lodge(session, made, operator=operator, limit=Decimal(2000), now=now)
    session.flush()
    return made


def test_the_table_names_states_that_there_are_and_leaves_none_aside() -> None:
    assert len({step.name for step in STEPS}) == len(STEPS)
    for step in STEPS:
        assert {*step.before, step.after} <= set(STATES)
    reached = {step.after for step in STEPS} | {"draft", "lodged"}
    assert reached == set(STATES) == {"draft", *steps.RUNNING, *steps.OVER}


def test_every_running_state_has_a_way_out_for_its_citizen_and_for_an_officer() -> None:
    for state in steps.RUNNING:
        for operator in steps.OPERATORS:
            for actor in ("citizen", "officer"):
                ways = steps.possible(state, operator, actor)
                assert any(way.after in steps.OVER for way in ways), (state, operator, actor)


def test_only_an_office_accepts_refuses_and_mediates() -> None:
    for name in (
        "accept",
        "refuse",
        "mediate",
        "entrust",
        "meet",
        "suspend",
        "resume",
        "conclude",
        "end",
    ):
        assert steps.step(name).only == "bureau" and steps.step(name).actors == ("officer",)


def test_each_step_and_state_and_ground_has_its_words() -> None:
    for step in STEPS:
        assert load("wording")[f"progress_{step.name}"]
    for state in set(STATES) - {"draft", "lodged"}:
        assert label("state", state) != state
    for ground in (*REFUSAL_GROUNDS, *ENDING_GROUNDS):
        assert label("ground", ground) != ground
    assert len(REFUSAL_GROUNDS) == 6 and len(set(ENDING_GROUNDS)) == 8


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_a_step_without_its_details_or_with_others_is_refused(
    step: steps.Step, session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    one.state = step.before[0]
    events = session.scalar(select(func.count(DisputeEvent.id)))
    for field in step.needs:
        short = {f: text for f, text in detail_of(step).items() if f != field}
        with pytest.raises(steps.NotPossible, match=field):
            progress.take(session, one, step.name, step.actors[0], now, **short)
    for field, _ in step.choices:
        with pytest.raises(steps.NotPossible, match=field):
            wrong = {**detail_of(step), field: "因为"}
            progress.take(session, one, step.name, step.actors[0], now, **wrong)
    assert one.state == step.before[0]
    assert session.scalar(select(func.count(DisputeEvent.id))) == events


def test_a_refusal_is_told_with_its_ground_and_the_other_doors(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    progress.take(session, one, "refuse", "officer", now, ground="over_three_years", note="见档案")
    (notice,) = session.scalars(select(Notice)).all()
    for word in ("三年", "第39条", "第15、16条", "仲裁", "起诉"):
        assert word in notice.text
    assert "档案" not in notice.text


def test_in_bureau_mode_nothing_is_accepted_without_the_national_number(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    with pytest.raises(steps.NotPossible, match="register_number"):
        progress.take(session, one, "accept", "officer", now)
    progress.take(session, one, "accept", "officer", now, register_number="112011")
    assert (one.register_number, one.accepted_at) == ("112011", now)


def test_the_decision_clock_is_the_citizens_confirmation_and_no_step_moves_it(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    assert one.accept_due == date(2026, 11, 11)
    for name in ("ask_for_more", "complete", "accept"):
        detail = detail_of(steps.step(name))
        progress.take(session, one, name, "officer", now + timedelta(days=3), **detail)
    assert one.accept_due == date(2026, 11, 11)


def test_testing_stands_still_in_the_clock_of_mediation_and_recusal_does_not(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    progress.take(session, one, "accept", "officer", now, register_number="1")
    assert one.mediate_due == date(2027, 1, 2)  # the 60th day is New Year's Day
    progress.take(
        session, one, "mediate", "officer", now, citizen_agreed="是", merchant_agreed="是"
    )
    for reason, day in (("recusal", 3), ("testing", 10)):
        when = now + timedelta(days=day)
        progress.take(session, one, "suspend", "officer", when, reason=reason)
        progress.take(session, one, "resume", "officer", when + timedelta(days=4))
    assert one.mediate_due == date(2027, 1, 6)


def in_mediation(session: Session, who: Person, now: datetime) -> Dispute:
    one = lodged(session, who, now)
    for name in ("accept", "mediate"):
        progress.take(session, one, name, "officer", now, **detail_of(steps.step(name)))
    return one


@pytest.mark.parametrize(("name", "days"), [("resume", 4), ("end", 9), ("withdraw", 2)])
def test_while_something_is_tested_no_last_day_is_shown_and_afterwards_it_is_right(
    name: str, days: int, session: Session, citizen: Person, now: datetime
) -> None:
    one = in_mediation(session, citizen, now)
    before = deadlines.mediate_by(disputes.local_day(now)).on
    progress.take(session, one, "suspend", "officer", now, reason="recusal")
    assert one.mediate_due == before
    progress.take(session, one, "resume", "officer", now)
    progress.take(session, one, "suspend", "officer", now, reason="testing")
    assert one.mediate_due is None
    later = now + timedelta(days=days)
    progress.take(session, one, name, "officer", later, **detail_of(steps.step(name)))
    tested = deadlines.Pause(disputes.local_day(now), disputes.local_day(later))
    assert one.mediate_due == deadlines.mediate_by(disputes.local_day(now), [tested]).on


def test_what_is_taken_up_again_has_no_old_clock_and_old_tests_do_not_lengthen_the_new_one(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = in_mediation(session, citizen, now)
    progress.take(session, one, "suspend", "officer", now, reason="testing")
    progress.take(session, one, "withdraw", "citizen", now)
    again = now + timedelta(days=30)
    progress.take(session, one, "reopen", "citizen", again)
    assert (one.accepted_at, one.mediate_due) == (None, None)
    progress.take(session, one, "accept", "officer", again, register_number="2")
    ended = again + timedelta(days=5)
    progress.take(session, one, "end", "officer", ended, ground="no_agreement")
    assert one.mediate_due == deadlines.mediate_by(disputes.local_day(again)).on


@pytest.mark.parametrize(
    ("before", "name", "is_told"),
    [
        ("accepted", "end", True), ("mediating", "end", True), ("suspended", "end", True),
        ("mediating", "settle", True), ("mediating", "withdraw", True), ("lodged", "settle", False),
        ("in_progress", "withdraw", False), ("mediating", "meet", False),
    ],
)  # fmt: skip
def test_the_end_of_a_mediation_says_by_when_both_sides_are_told(
    before: str, name: str, is_told: bool, session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    one.state = before
    event = progress.take(session, one, name, "officer", now, **detail_of(steps.step(name)))
    # Seven working days after Monday 2026-11-02.
    assert event.detail.get("tell_by") == ("2026-11-11" if is_told else None)


def test_two_officers_cannot_take_the_same_step(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    session.commit()
    with Session(session.get_bind()) as other:
        same = other.get_one(Dispute, one.id)
        assert same.state == "lodged"
        progress.take(session, one, "begin", "officer", now)
        session.commit()
        with pytest.raises(StaleDataError):
            progress.take(other, same, "begin", "officer", now)
        other.rollback()
    kinds = session.scalars(select(DisputeEvent.kind)).all()
    assert kinds.count("begin") == 1 and len(session.scalars(select(Notice)).all()) == 1


def test_which_officer_it_was_is_kept_and_told_to_nobody(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    progress.take(session, one, "begin", "officer", now, by="张同志 0217", note="先打电话")
    assert one.events[-1].detail["by"] == "张同志 0217"
    (notice,) = session.scalars(select(Notice))
    assert "张同志" not in notice.text
    assert "张同志" not in str(packet.timeline(session, one))


@pytest.mark.parametrize("record", steps.RECORDS)
def test_an_agreement_says_how_it_is_put_down_and_when_both_are_told(
    record: str, session: Session, citizen: Person, now: datetime
) -> None:
    one = in_mediation(session, citizen, now)
    with pytest.raises(steps.NotPossible):
        progress.take(session, one, "conclude", "officer", now)
    told = progress.take(session, one, "conclude", "officer", now, record=record, amount="5800")
    assert (one.state, one.agreed_amount) == ("settled", 5800)
    assert date.fromisoformat(told.detail["tell_by"]) == by_hand.working_days(date(2026, 11, 2), 7)
    notice = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert notice is not None and label("record", record) in notice.text
    assert "满意" in (notice.buttons or "")


@pytest.mark.parametrize("operator", steps.OPERATORS)
def test_peoples_mediation_leaves_the_dispute_with_who_heard_of_it_first(
    operator: Operator, session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now, operator)
    due = one.accept_due
    detail = detail_of(steps.step("people_mediate"))
    progress.take(session, one, "people_mediate", "officer", now, **detail)
    assert (one.state, one.accept_due) == ("in_progress", due)
    progress.take(session, one, "settle", "citizen", now)


@pytest.mark.parametrize("detail", [{}, {"amount": "1,299.50"}])
def test_a_settlement_may_have_its_sum(
    detail: dict[str, str], session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    progress.take(session, one, "settle", "officer", now, **detail)
    assert one.agreed_amount == (Decimal("1299.50") if detail else None)


def test_testing_that_a_withdrawal_ended_does_not_lengthen_the_next_mediation(
    session: Session, citizen: Person, now: datetime
) -> None:
    one = lodged(session, citizen, now)
    on = {"accept": 0, "mediate": 1, "suspend": 2, "withdraw": 5, "reopen": 20}
    for name, day in on.items():
        detail = detail_of(steps.step(name))
        progress.take(session, one, name, "officer", now + timedelta(days=day), **detail)
    for name, day in (("accept", 21), ("mediate", 22), ("suspend", 30), ("resume", 33)):
        detail = {
            **detail_of(steps.step(name)),
            **({"reason": "recusal"} if name == "suspend" else {}),
        }
        progress.take(session, one, name, "officer", now + timedelta(days=day), **detail)
    assert one.mediate_due == by_hand.days(date(2026, 11, 23), 60)


def test_the_document_shows_the_table_as_it_is() -> None:
    told = (ROOT / "docs" / "steps.md").read_text(encoding="utf-8")
    rows = [line for line in told.splitlines() if line.startswith("| `") and line.count("|") == 8]
    assert rows == [row_of(step) for step in STEPS], "docs/steps.md: copy the rows from here"


def row_of(step: steps.Step) -> str:
    """A step as `docs/steps.md` shows it."""
    before = "、".join(f"`{state}`" for state in step.before)
    cells = (
        f"`{step.name}`", before, f"`{step.after}`", "、".join(step.actors),
        "、".join(step.needs) or "—", step.only or "—", step.law or "—",
    )  # fmt: skip
    return "| " + " | ".join(cells) + " |"
