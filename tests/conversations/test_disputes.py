"""Talks about disputes through the trained model, a real Rasa and the real action server."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select, update

from bench.stack import Stack, Talk
from bot.casework import people
from bot.casework.records import Dispute, DisputeEvent, HeardMessage, Person
from bot.library import guidance_loader, label
from bot.messages import Button, Reply
from bot.reading import folding

FULL = "上周六在中北镇永旺超市花399元买了个电饭煲，用了三天就不通电，店里只肯修，我要求退款"
OWN = "自己用的，没处理过"
NUMBER = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")


def records(running: Stack, talk: Talk) -> list[Dispute]:
    with running.sessions() as session:
        mine = select(Dispute).join(Person).where(Person.external_id == talk.citizen)
        return list(session.scalars(mine.order_by(Dispute.id)))


def to_the_summary(talk: Talk) -> str:
    """The talk from a full first message to the summary, answering what is asked."""
    said = talk.say(FULL)
    for _ in range(8):
        if "请核对" in said:
            return said
        said = talk.say("不知道") if "手机" not in said else talk.say("王女士 13800000000")
    raise AssertionError(f"no summary: {said}")


def test_every_fact_of_the_first_message_is_taken_and_shown(running: Stack, talk: Talk) -> None:
    said = talk.say(FULL)
    assert "永旺" in said and "399" in said and "退款" in said
    (draft,) = records(running, talk)
    assert (draft.state, draft.amount, draft.street) == ("draft", 399, "中北镇")
    assert draft.occurred_on is not None and draft.number is None


def test_nothing_is_lodged_before_the_confirmation(running: Stack, talk: Talk) -> None:
    said = to_the_summary(talk)
    assert "尚未提交市场监管部门" in said and "电饭煲" in said
    assert [one.state for one in records(running, talk)] == ["draft"]
    said = talk.press("确认")
    (lodged,) = records(running, talk)
    assert (lodged.state, lodged.lane) == ("lodged", "fast")
    assert NUMBER.search(said).group().replace("-", "") == lodged.number
    assert "尚未提交市场监管部门" in said


def test_a_lodged_dispute_can_be_asked_for_by_its_owner_alone(
    talks: Callable[[], Talk],
) -> None:
    mine, other = talks(), talks()
    to_the_summary(mine)
    number = NUMBER.search(mine.say("确认")).group()
    assert number in mine.say("我的投诉到哪一步了")
    assert number in mine.say(number.lower())
    assert "没有查到您名下" in other.say(f"帮我查一下投诉进度 {number}")


@pytest.mark.parametrize(("text", "times"), [("他们态度特别差", 2), ("他们就是不给退款", 3)])
def test_a_question_is_never_put_for_ever(
    running: Stack, talk: Talk, text: str, times: int
) -> None:
    """Put twice to who tells nothing new; the first of three tells the wish."""
    talk.say("我要投诉")
    said = [talk.say(text) for _ in range(times)]
    assert "哪家店" in said[0] and "哪家店" not in said[-1]


def test_a_stale_draft_takes_in_no_new_complaint(running: Stack, talk: Talk) -> None:
    talk.say("我要投诉中北镇的物美超市，买的电风扇第二天就不转了")
    talk.say("算了先不投诉了")
    with running.sessions.begin() as session:
        session.execute(
            update(Dispute)
            .where(Dispute.id == records(running, talk)[0].id)
            .values(updated_at=datetime.now(UTC) - timedelta(days=3))
        )
    assert "哪家店" in talk.say("我要投诉")
    assert [one.merchant for one in records(running, talk)] == ["物美超市", None]


def test_one_of_several_answers_is_chosen_within_the_form(running: Stack, talk: Talk) -> None:
    talk.say("我要投诉中北镇的物美超市，买的电风扇第二天就不转了")
    with running.sessions.begin() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
        entry = guidance_loader.entries()[0].id
        payload = f'/choose_topic{{"topic":"{entry}"}}'
        button = people.offer_button(session, who, "选这个", payload, datetime.now(UTC))
    talk.replies = [Reply("", (Button(button, "选这个"),))]
    said = talk.press("选这个")
    assert "第" in said and "怎么解决" in said


@pytest.mark.parametrize("number", ["13812345678", "１３８１２３４５６７８", "120111199001011234"])
def test_a_number_that_nobody_asked_for_is_kept_nowhere(
    running: Stack, talk: Talk, number: str
) -> None:
    said = talk.say(f"我要投诉，我的号码是{number}")
    assert "没有保存" in said
    with running.sessions() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
        kept = session.scalars(select(HeardMessage).where(HeardMessage.person_id == who.id)).one()
    assert who.phone is None
    assert folding.plain(number) not in folding.plain(kept.text)
    assert folding.plain(number) not in running.tracker(who.key)


def test_a_second_confirmation_records_nothing_more(running: Stack, talk: Talk) -> None:
    to_the_summary(talk)
    before = list(talk.replies)
    talk.press("确认")
    talk.replies = before
    talk.press("确认")
    (lodged,) = records(running, talk)
    with running.sessions() as session:
        kinds = session.scalars(
            select(DisputeEvent.kind).where(DisputeEvent.dispute_id == lodged.id)
        ).all()
    assert kinds.count("lodged") == 1


def test_a_fact_is_corrected_in_words(running: Stack, talk: Talk) -> None:
    to_the_summary(talk)
    said = talk.say("金额不对，是280")
    assert "280" in said and "请核对" in said
    assert records(running, talk)[0].amount == 280


def test_a_shops_name_is_corrected_in_words(running: Stack, talk: Talk) -> None:
    to_the_summary(talk)
    said = talk.say("商家不对，是永旺超市万卉路店")
    assert "永旺超市万卉路店" in said and "请核对" in said
    assert records(running, talk)[0].merchant == "永旺超市万卉路店"


def test_words_that_are_no_day_are_asked_again_once_and_kept(running: Stack, talk: Talk) -> None:
    talk.say("我要投诉中北镇的物美超市，买的电风扇第二天就不转了")
    assert "什么时候" in talk.say("要求退款")
    assert "什么时候" in talk.say("他们态度特别差")
    (draft,) = records(running, talk)
    assert draft.occurred_text is None and "态度特别差" in draft.facts


def test_contact_details_can_be_withheld(running: Stack, talk: Talk) -> None:
    talk.say(FULL)
    talk.say(OWN)
    said = talk.say("不留")
    assert "请核对" in said and "联系方式：未填" in said


def test_continue_without_a_draft_says_so(running: Stack, talk: Talk) -> None:
    assert "没有正在填" in talk.say("继续")
    assert records(running, talk) == []


def test_only_what_is_missing_is_asked(running: Stack, talk: Talk) -> None:
    said = talk.say("我要投诉")
    assert "哪家店" in said
    said = talk.say("杨柳青镇的好又多超市")
    assert "发生了什么" in said
    said = talk.say("买的牛奶打开就是酸的，找他们不承认")
    assert "怎么解决" in said
    said = talk.press("退款")
    assert "什么时候" in said
    said = talk.say("记不清了，大概上个月")
    assert "多少钱" in said
    said = talk.say("六十多块")
    assert "生活消费吗" in said
    said = talk.press(label("standing", "own"))
    assert "手机号" in said
    (draft,) = records(running, talk)
    assert draft.street == "杨柳青镇" and draft.demand == "refund" and "六十多" in draft.amount_text


def test_a_side_question_is_answered_and_the_form_goes_on(running: Stack, talk: Talk) -> None:
    talk.say("我要投诉中北镇的物美超市，买的电风扇第二天就不转了")
    said = talk.say("东西坏了七天内能退吗")
    assert "第" in said and "条" in said
    assert "怎么解决" in said
    assert records(running, talk)[0].merchant == "物美超市"


def test_the_citizen_can_stop_and_come_back(running: Stack, talk: Talk) -> None:
    talk.say("我要投诉中北镇的物美超市，买的电风扇第二天就不转了")
    assert "草稿" in talk.say("算了先不投诉了")
    assert "怎么解决" in talk.say("继续")
    assert len(records(running, talk)) == 1


def test_a_draft_is_deleted_at_the_citizens_word(running: Stack, talk: Talk) -> None:
    talk.say("我要投诉中北镇的物美超市，买的电风扇第二天就不转了")
    talk.say("算了先不投诉了")
    talk.press("删除草稿")
    assert records(running, talk) == []


def test_vague_days_and_sums_are_kept_as_typed(running: Stack, talk: Talk) -> None:
    talk.say("我要投诉大寺镇的张记家具，年前订的沙发到现在没送，花了两万多，我要求退款")
    (draft,) = records(running, talk)
    assert draft.occurred_text == "年前" and draft.occurred_on is None
    assert "两万多" in draft.amount_text


def test_contact_details_never_reach_rasa(running: Stack, talk: Talk) -> None:
    to_the_summary(talk)
    with running.sessions() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
    assert (who.phone, who.name) == ("13800000000", "王女士")
    assert who.told_at is not None and who.told_at <= who.contact_given_at
    assert "13800000000" not in running.tracker(who.key)


@pytest.mark.usefixtures("bureau")
def test_the_bureaus_own_channel_starts_the_legal_clock(running: Stack, talk: Talk) -> None:
    said = to_the_summary(talk)
    assert "尚未提交" not in said and "视为提交" in said
    said = talk.press("确认")
    (lodged,) = records(running, talk)
    assert str(lodged.accept_due) in said and "第15条" in said


def test_two_quick_identical_messages_make_one_draft(running: Stack, talk: Talk) -> None:
    talk.say(FULL)
    talk.say(FULL)
    assert len(records(running, talk)) == 1


def test_the_same_message_again_gets_the_same_reply(running: Stack, talk: Talk) -> None:
    first = talk.say(FULL, message_id="m-1")
    assert talk.say(FULL, message_id="m-1") == first
    with running.sessions() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
        kept = session.scalars(select(HeardMessage).where(HeardMessage.person_id == who.id)).all()
    assert len(kept) == 1


@pytest.mark.parametrize(
    "name", ["<b>老王</b>烧烤", "*老王_烧烤*[总店](http://a.cn)", "{老王}烧烤", "O'Brien 超市"]
)
def test_markup_in_a_shops_name_stays_as_typed(running: Stack, talk: Talk, name: str) -> None:
    talk.say("我要投诉")
    talk.say(name)
    said = talk.say("吃完结账的时候发现多收了三十块钱，不肯退")
    assert "出了点问题" not in said
    assert records(running, talk)[0].merchant == name


@pytest.mark.parametrize(
    "said", ["要求退款", "退钱", "我要退货", "159块", "换一台新的", "花了159元，要求退款"]
)
def test_a_wish_or_a_sum_told_again_is_no_place(running: Stack, talk: Talk, said: str) -> None:
    talk.say("我要投诉物美超市，买的电风扇不转了，花了159元，要求退款")
    assert "店在哪里" in "".join(reply.text for reply in talk.replies)
    talk.say(said)
    with running.sessions() as session:
        query = select(Dispute).join(Person).where(Person.external_id == talk.citizen)
        assert session.scalars(query).one().location is None
