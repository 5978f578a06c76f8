"""The fast lane: who hears what, whose turn it is, and that nothing is left lying."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import disputes, negotiations, people, progress, shops, steps
from bot.casework.negotiations import Answer
from bot.casework.records import Dispute, Negotiation, Notice, Person, Shop

HOURS = 16


def url_of(number: int) -> str:
    return f"https://example.cn/shop/{number}"


@pytest.fixture
def shop(session: Session, now: datetime) -> Shop:
    made = Shop(
        name="永旺超市", aliases=["永旺"], street="中北镇", email="liu@example.cn",
        verified_at=now, verified_by="张三", created_at=now, updated_at=now,
    )  # fmt: skip
    session.add(made)
    session.flush()
    return made


def lodged(session: Session, who: Person, now: datetime, amount: int = 399) -> Dispute:
    made = disputes.start(session, who, now)
    made.merchant, made.street, made.product = "永旺", "中北镇", "电饭煲"
    made.amount, made.demand = Decimal(amount), "refund"
    made.facts = "用了三天就不通电，我电话13800000001"
    disputes.lodge(session, made, operator="bureau", limit=Decimal(2000), now=now)
    session.flush()
    return made


@pytest.fixture
def asked(session: Session, citizen: Person, shop: Shop, now: datetime) -> Negotiation:
    citizen.name, citizen.phone = "王女士", "13800000001"
    return negotiations.ask(session, lodged(session, citizen, now), HOURS, now, url_of)


def told(session: Session, channel: str) -> list[str]:
    query = select(Notice).join(Person).where(Person.channel == channel).order_by(Notice.id)
    return [one.text for one in session.scalars(query)]


def offer(session: Session, asked: Negotiation, now: datetime, amount: int = 200) -> None:
    said = Answer("offer", "刘经理", "先退一部分", Decimal(amount))
    negotiations.answer(session, asked, said, HOURS, now)


def test_what_the_shop_sees_names_the_matter_and_not_the_citizen(asked: Negotiation) -> None:
    seen = "\n".join(f"{label}{text}" for label, text in negotiations.seen_by_shop(asked.dispute))
    assert "电饭煲" in seen and "399" in seen and "退款" in seen and "三天" in seen
    assert "13800000001" not in seen and "王女士" not in seen


def test_the_shops_letter_holds_the_number_and_the_link_alone(
    session: Session, asked: Negotiation
) -> None:
    (letter,) = told(session, shops.CHANNEL)
    assert url_of(asked.id) in letter and disputes.number_text(asked.dispute.number or "") in letter
    assert not any(word in letter for word in ("电饭煲", "三天", "王女士", "1380", "永旺"))


@pytest.mark.parametrize(
    "change",
    [
        {"verified_at": None}, {"email": None}, {"name": "别的店", "aliases": []},
        {"street": "大寺镇"},
    ],
)  # fmt: skip
def test_no_shop_is_asked_without_a_verified_contact_of_its_own(
    change: dict[str, object], session: Session, citizen: Person, shop: Shop, now: datetime
) -> None:
    for field, value in change.items():
        setattr(shop, field, value)
    one = lodged(session, citizen, now)
    assert negotiations.possible(session, one, HOURS, now) is None
    with pytest.raises(steps.NotPossible):
        negotiations.ask(session, one, HOURS, now, url_of)
    assert one.state == "lodged"


def test_a_large_dispute_does_not_take_the_fast_lane(
    session: Session, citizen: Person, shop: Shop, now: datetime
) -> None:
    assert negotiations.possible(session, lodged(session, citizen, now, 2001), HOURS, now) is None


def test_a_dispute_is_sent_to_a_shop_once(
    session: Session, asked: Negotiation, now: datetime
) -> None:
    with pytest.raises(steps.NotPossible):
        negotiations.ask(session, asked.dispute, HOURS, now, url_of)


def test_a_shop_that_accepts_then_money_that_came(
    session: Session, asked: Negotiation, now: datetime
) -> None:
    negotiations.answer(session, asked, Answer("accept", "刘经理", "今天退"), HOURS, now)
    assert (asked.dispute.state, asked.dispute.agreed_amount) == ("agreed", 399)
    assert asked.dispute.recovered_at is None  # only the citizen says that the money came
    text = told(session, "web")[-1]
    assert "刘经理" in text and "今天退" in text
    negotiations.kept(session, asked, now)
    assert (asked.dispute.state, asked.dispute.recovered_at) == ("settled", now)
    session.refresh(asked)
    assert asked.ended_at == now and "确认解决" in told(session, shops.CHANNEL)[-1]


def test_an_offer_is_told_with_its_sum_and_accepted(
    session: Session, asked: Negotiation, now: datetime
) -> None:
    offer(session, asked, now)
    notice = session.scalars(select(Notice).order_by(Notice.id.desc())).first()
    assert notice is not None and "200 元" in notice.text and "先退一部分" in notice.text
    assert all(word in str(notice.buttons) for word in ("接受", "不接受", "回复商家"))
    negotiations.accept(session, asked, now, url_of)
    assert (asked.dispute.state, asked.dispute.agreed_amount) == ("agreed", 200)
    assert "接受了" in told(session, shops.CHANNEL)[-1]


def test_a_declined_offer_a_refusal_and_a_broken_word_go_on_by_themselves(
    session: Session, citizen: Person, shop: Shop, now: datetime
) -> None:
    def fresh() -> Negotiation:
        return negotiations.ask(session, lodged(session, citizen, now), HOURS, now, url_of)

    declined, refused, broken = fresh(), fresh(), fresh()
    offer(session, declined, now)
    negotiations.decline(session, declined, now)
    negotiations.answer(session, refused, Answer("refuse", "刘经理", "人为损坏"), HOURS, now)
    assert "人为损坏" in told(session, "web")[-1] and "商家不同意" in told(session, "web")[-1]
    negotiations.answer(session, broken, Answer("accept", "刘经理"), HOURS, now)
    negotiations.not_kept(session, broken, now)
    for one in (declined, refused, broken):
        session.refresh(one)
        assert (one.dispute.state, one.dispute.lane) == ("lodged", "queue")
        assert one.ended_at == now and one.dispute.accept_due is not None


def test_words_pass_both_ways_without_the_numbers_in_them(
    session: Session, asked: Negotiation, now: datetime
) -> None:
    asked.asking = "words"
    negotiations.write(session, asked, "打我13800000001，最少退300", HOURS, now, url_of)
    (said,) = asked.messages
    assert "13800000001" not in str(said.text) and "最少退300" in str(said.text)
    assert asked.asking is None and "有回复" in told(session, shops.CHANNEL)[-1]
    negotiations.answer(session, asked, Answer("message", "刘经理", "请提供小票"), HOURS, now)
    assert "请提供小票" in told(session, "web")[-1]
    assert asked.dispute.state == "negotiating"


def test_a_reminder_comes_at_half_time_once_and_silence_sends_the_dispute_on(
    session: Session, asked: Negotiation
) -> None:
    assert negotiations.tick(session, asked.remind_due - timedelta(minutes=1), url_of) == 0
    assert negotiations.tick(session, asked.remind_due, url_of) == 1
    assert "提醒" in told(session, shops.CHANNEL)[-1]
    assert negotiations.tick(session, asked.remind_due + timedelta(minutes=1), url_of) == 0
    assert negotiations.tick(session, asked.answer_due, url_of) == 1
    assert (asked.dispute.state, asked.dispute.lane) == ("lodged", "queue")
    assert "没有在时限内答复" in told(session, "web")[-1]
    assert negotiations.tick(session, asked.answer_due + timedelta(days=9), url_of) == 0


def test_an_offer_without_an_answer_reminds_the_citizen_and_goes_on(
    session: Session, asked: Negotiation, now: datetime
) -> None:
    offer(session, asked, now + timedelta(hours=1))
    negotiations.tick(session, asked.remind_due, url_of)
    assert "在等您的答复" in told(session, "web")[-1]
    negotiations.tick(session, asked.answer_due, url_of)
    assert asked.dispute.state == "lodged" and "没有等到您的答复" in told(session, "web")[-1]


def test_after_an_agreement_the_citizen_is_asked_once_if_it_was_kept(
    session: Session, asked: Negotiation, now: datetime
) -> None:
    negotiations.answer(session, asked, Answer("accept", "刘经理"), HOURS, now)
    week = now + negotiations.KEEP_WITHIN
    assert negotiations.tick(session, week - timedelta(seconds=1), url_of) == 0
    assert negotiations.tick(session, week, url_of) == 1
    assert "收到了吗" in told(session, "web")[-1]
    assert negotiations.tick(session, week + timedelta(days=3), url_of) == 0
    assert asked.dispute.state == "agreed"


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        (Answer("accept", ""), "said_by_missing"),
        (Answer("refuse", "刘经理"), "text_missing"),
        (Answer("message", "刘经理"), "text_missing"),
        (Answer("offer", "刘经理"), "offer_missing"),
        (Answer("offer", "刘经理", "退", Decimal(-1)), "amount_wrong"),
        (Answer("offer", "刘经理", "退", Decimal(0)), "amount_wrong"),
        (Answer("offer", "刘经理", "退", Decimal("1e9")), "amount_wrong"),
    ],
)
def test_an_answer_that_is_none_changes_nothing(
    said: Answer, problem: str, session: Session, asked: Negotiation, now: datetime
) -> None:
    with pytest.raises(steps.NotPossible, match=problem):
        negotiations.answer(session, asked, said, HOURS, now)
    assert asked.dispute.state == "negotiating" and asked.messages == []


def test_a_shop_cannot_answer_after_the_end_nor_agree_twice(
    session: Session, asked: Negotiation, now: datetime
) -> None:
    negotiations.answer(session, asked, Answer("accept", "刘经理"), HOURS, now)
    with pytest.raises(steps.NotPossible, match="agreed_already"):
        negotiations.answer(session, asked, Answer("refuse", "刘经理", "不行"), HOURS, now)
    progress.take(session, asked.dispute, "withdraw", "citizen", now)
    session.refresh(asked)
    with pytest.raises(steps.NotPossible, match="over"):
        negotiations.answer(session, asked, Answer("message", "刘经理", "在吗"), HOURS, now)


def test_only_the_citizens_own_words_go_to_the_shop(
    session: Session, asked: Negotiation, citizen: Person, now: datetime
) -> None:
    other = people.person(session, "web", "c-2", now)
    asked.asking = "words"
    assert negotiations.writing(session, citizen) is asked
    assert negotiations.writing(session, other) is None


def test_who_wrote_back_after_an_offer_is_not_called_silent(
    session: Session, asked: Negotiation, now: datetime
) -> None:
    offer(session, asked, now)
    long = "最少退300。" * 300
    negotiations.write(session, asked, long, HOURS, now, url_of)
    assert asked.messages[-1].text == long
    negotiations.tick(session, asked.remind_due, url_of)
    assert "提醒" in told(session, shops.CHANNEL)[-1]
    negotiations.tick(session, asked.answer_due, url_of)
    assert "商家没有在时限内答复" in told(session, "web")[-1]


def test_an_offer_that_was_accepted_cannot_be_declined_by_its_old_button(
    session: Session, asked: Negotiation, now: datetime
) -> None:
    offer(session, asked, now)
    negotiations.accept(session, asked, now, url_of)
    with pytest.raises(steps.NotPossible):
        negotiations.decline(session, asked, now)
    assert asked.dispute.state == "agreed"
