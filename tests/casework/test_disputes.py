"""The life of a dispute by itself: no Rasa, no channel, a given moment."""

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from bot.casework import disputes, people
from bot.casework.records import Dispute, DisputeEvent, Person
from bot.reading.facts import Facts

STORY = Facts(merchant="永旺超市", product="电饭煲", facts="用了三天就不通电", amount=Decimal(399))
LIMIT = Decimal(2000)


def filled(session: Session, citizen: Person, now: datetime, **changes: object) -> Dispute:
    draft = disputes.start(session, citizen, now)
    disputes.take(draft, STORY)
    for field in ("demand", "location", "occurred_on", "standing", "contact"):
        disputes.leave_open(draft, field)
    for field, value in changes.items():
        setattr(draft, field, value)
    return draft


def lodge(session: Session, draft: Dispute, now: datetime, operator: str = "independent") -> bool:
    return disputes.lodge(session, draft, operator=operator, limit=LIMIT, now=now)  # type: ignore[arg-type]


def test_every_fact_of_the_first_message_is_taken(
    session: Session, citizen: Person, now: datetime
) -> None:
    draft = disputes.start(session, citizen, now)
    new = disputes.take(draft, STORY)
    assert set(new) == {"merchant", "product", "facts", "amount"}
    assert disputes.next_question(draft) == "demand"


def test_what_is_left_open_is_not_asked_again(
    session: Session, citizen: Person, now: datetime
) -> None:
    assert disputes.next_question(filled(session, citizen, now)) == "confirmed"


def test_an_online_shop_needs_no_place(session: Session, citizen: Person, now: datetime) -> None:
    draft = disputes.start(session, citizen, now)
    disputes.take(draft, Facts(platform="拼多多"))
    assert disputes.is_settled(draft, "location")


def test_a_fact_is_replaced_only_when_the_citizen_corrects_it(
    session: Session, citizen: Person, now: datetime
) -> None:
    draft = filled(session, citizen, now)
    disputes.take(draft, Facts(amount=Decimal(280)))
    assert draft.amount == 399
    disputes.take(draft, Facts(amount=Decimal(280)), over=True)
    assert draft.amount == 280


def test_several_amounts_are_a_question_until_one_is_told(
    session: Session, citizen: Person, now: datetime
) -> None:
    draft = disputes.start(session, citizen, now)
    disputes.take(draft, Facts(amount_choices=("3700元", "500元")))
    assert not disputes.is_settled(draft, "amount")
    disputes.take(draft, Facts(amount=Decimal(3700), amount_text="3700元"))
    assert disputes.is_settled(draft, "amount") and draft.amount_choices == []


def test_the_story_grows_and_keeps_its_limit(
    session: Session, citizen: Person, now: datetime
) -> None:
    draft = filled(session, citizen, now)
    disputes.take(draft, Facts(facts="店员还骂人"))
    disputes.take(draft, Facts(facts="店员还骂人"))
    assert draft.facts == "用了三天就不通电\n店员还骂人"
    disputes.take(draft, Facts(facts="啊" * 9000))
    assert len(draft.facts) == disputes.LONGEST_FACTS


def test_a_dispute_is_not_lodged_twice(session: Session, citizen: Person, now: datetime) -> None:
    draft = filled(session, citizen, now)
    assert lodge(session, draft, now)
    number = draft.number
    assert not lodge(session, draft, now + timedelta(seconds=1))
    session.flush()
    kinds = [event.kind for event in session.query(DisputeEvent)]
    assert (draft.number, kinds) == (number, ["drafted", "lodged"])


@pytest.mark.parametrize(
    ("amount", "lane"),
    [(Decimal(0), "fast"), (Decimal(2000), "fast"), (Decimal("2000.01"), "queue"), (None, "queue")],
)
def test_a_small_known_amount_takes_the_fast_lane(amount: Decimal | None, lane: str) -> None:
    assert disputes.lane(amount, LIMIT) == lane


def test_the_legal_clock_starts_with_the_bureau_only(
    session: Session, citizen: Person, now: datetime
) -> None:
    independent, bureau = filled(session, citizen, now), filled(session, citizen, now)
    lodge(session, independent, now)
    lodge(session, bureau, now, "bureau")
    assert independent.accept_due is None
    assert bureau.accept_due == date(2026, 11, 11)


def test_a_number_is_found_by_its_owner_alone(
    session: Session, citizen: Person, now: datetime
) -> None:
    draft = filled(session, citizen, now)
    lodge(session, draft, now)
    typed = f"帮我查{draft.number[:4]}-{draft.number[4:]}吧".lower()
    number = disputes.number_in(typed)
    other = people.person(session, "web", "c-2", now)
    assert number is not None and disputes.by_number(session, citizen, number) is draft
    assert disputes.by_number(session, other, number) is None


@pytest.mark.parametrize(
    "text", ["13800000000", "PAC20-272", "我的投诉到哪了", "K7M4-P2Q", "AK7M4-P2QX"]
)
def test_what_is_no_record_number_is_not_taken_for_one(text: str) -> None:
    assert disputes.number_in(text) is None


def test_only_the_newest_draft_is_asked_about(
    session: Session, citizen: Person, now: datetime
) -> None:
    old = filled(session, citizen, now)
    disputes.ask(old, "contact", now)
    disputes.start(session, citizen, now + timedelta(minutes=1))
    assert old.asking is None and disputes.asking(session, citizen) is None


def test_another_shop_is_another_dispute(session: Session, citizen: Person, now: datetime) -> None:
    draft = filled(session, citizen, now)
    assert disputes.is_another(draft, Facts(merchant="物美"))
    assert not disputes.is_another(draft, Facts(merchant="永旺超市"))
    assert not disputes.is_another(draft, Facts(amount=Decimal(5)))


def test_a_draft_can_be_deleted_and_a_lodged_dispute_cannot(
    session: Session, citizen: Person, now: datetime
) -> None:
    draft = filled(session, citizen, now)
    disputes.delete(session, draft)
    session.flush()
    assert disputes.draft(session, citizen) is None
    other = filled(session, citizen, now)
    lodge(session, other, now)
    with pytest.raises(ValueError, match="only a draft"):
        disputes.delete(session, other)


def test_the_story_and_the_phone_are_encrypted_at_rest(
    session: Session, citizen: Person, now: datetime
) -> None:
    filled(session, citizen, now)
    people.give_contact(citizen, people.Contact("13800000000", "张女士"), now)
    session.flush()
    raw = session.execute(text("select facts from disputes")).scalar_one()
    phone, name = session.execute(text("select phone, name from people")).one()
    assert all("张".encode() not in bytes(one) for one in (raw, phone, name))
    assert b"13800000000" not in bytes(phone) and "电".encode() not in bytes(raw)


def test_what_was_learnt_of_a_dispute_is_noted_once(
    session: Session, citizen: Person, now: datetime
) -> None:
    draft = disputes.start(session, citizen, now)
    assert disputes.note(session, draft, "for_another", now)
    assert not disputes.note(session, draft, "for_another", now)
    session.refresh(draft)
    assert [event.kind for event in draft.events] == ["drafted", "for_another"]
