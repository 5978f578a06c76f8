"""The pre-check in talks through the trained model and a real Rasa: told in the summary, never refused."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from bench.stack import Stack, Talk
from bot.casework import disputes
from bot.casework.records import Dispute, DisputeEvent
from bot.library import label, labels
from tests.conversations.records import mine, payloads

FULL = "上周六在中北镇永旺超市花399元买了个电饭煲，用了三天就不通电，店里只肯修，我要求退款"
FAR = "上周六在河西区的永旺超市花399元买了个电饭煲，用了三天就不通电，店里只肯修，我要求退款"
OLD = "2021年3月5日在中北镇永旺超市花399元买的电饭煲，用了三天就不通电，店里只肯修，我要求退款"
NUMBER = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")
ASKED, OWN = "生活消费吗", "自己用的，没处理过"
ANYWAY = "仍要提交"


def to_the_summary(talk: Talk, first: str = FULL, standing: str = OWN) -> str:
    """The talk to the summary, with an answer to the question how one stands to the matter."""
    said = talk.say(first)
    for _ in range(8):
        if "请核对" in said:
            return said
        here = "手机号" in said
        said = talk.say("不留" if here else standing if ASKED in said else "不知道")
    raise AssertionError(f"no summary: {said}")


def lodging(running: Stack, talk: Talk) -> dict[str, Any]:
    """What officers see of the last lodging."""
    last = mine(running, talk, Dispute)[-1]
    with running.sessions() as session:
        query = select(DisputeEvent).where(
            DisputeEvent.dispute_id == last.id, DisputeEvent.kind == "lodged"
        )
        return session.scalars(query).one().detail


def titles(talk: Talk) -> list[str]:
    return [button.title for reply in talk.replies for button in reply.buttons]


def test_the_question_comes_before_personal_data_with_its_buttons(
    running: Stack, talk: Talk
) -> None:
    said = talk.say(FULL)
    assert ASKED in said and "手机号" not in said
    offered = labels("standing").values()
    assert [title for title in titles(talk) if title != "看依据"] == list(offered)
    assert "手机号" in talk.press(label("standing", "own"))
    (draft,) = mine(running, talk, Dispute)
    assert draft.standing == "own" and "自己或家人" not in draft.facts


@pytest.mark.parametrize("standing", labels("standing"))
def test_each_button_is_taken_and_the_filing_goes_on_to_its_number(
    running: Stack, talk: Talk, standing: str
) -> None:
    talk.say(FULL)
    talk.press(label("standing", standing))
    said = talk.say("不留")
    is_against = standing in ("handled", "business")
    assert label("standing", standing) in said
    assert ("可能不予受理" in said) is is_against
    assert ("消费者权益保护法 第39条" in said) is is_against
    assert ("第11条" in said) is (standing == "for_another")
    assert ("第12条" in said) is (standing == "shared")
    assert NUMBER.search(talk.press(ANYWAY if is_against else "确认"))
    (filed,) = mine(running, talk, Dispute)
    assert (filed.state, filed.standing) == ("lodged", standing)


@pytest.mark.parametrize(
    ("typed", "standing"),
    [
        ("是我自己买的", "own"), ("没处理过", "own"), ("帮我妈投诉", "own"), ("没有", "own"),
        ("消协已经调解过了", "handled"), ("12315处理过了", "handled"), ("替同事问的", "for_another"),
        ("我是替别人反映的", "for_another"), ("我们十几个人都这样", "shared"), ("给店里进的货", "business"),
    ],
)  # fmt: skip
def test_a_typed_answer_is_understood_and_no_turn_to_something_else(
    running: Stack, talk: Talk, typed: str, standing: str
) -> None:
    talk.say(FULL)
    assert "手机号" in talk.say(typed)
    (draft,) = mine(running, talk, Dispute)
    assert (draft.standing, draft.merchant) == (standing, "永旺超市")


def test_who_does_not_know_is_asked_no_more(running: Stack, talk: Talk) -> None:
    talk.say(FULL)
    assert "手机号" in talk.say("不知道")
    said = talk.say("不留")
    assert "可能不予受理" not in said and "确认" in titles(talk)


def test_what_the_story_says_itself_is_not_asked(running: Stack, talk: Talk) -> None:
    talk.say(f"{FULL}，消协已经调解过了没谈成")
    (draft,) = mine(running, talk, Dispute)
    assert (draft.standing, draft.asking) == ("handled", "contact")


@pytest.mark.parametrize(
    ("first", "marks", "found"),
    [
        (FAR, ("不在西青区", "第13条", "第16条（一）", "12315"), ["not_ours"]),
        (OLD, ("三年", "第16条（四）", "可能"), ["over_three_years"]),
    ],
)
def test_what_may_stand_against_it_is_told_and_it_is_lodged_all_the_same(
    running: Stack, talk: Talk, first: str, marks: tuple[str, ...], found: list[str]
) -> None:
    said = to_the_summary(talk, first)
    assert all(mark in said for mark in marks), said
    assert "由市场监管部门决定" in said and "起诉" in said and "2026-04-15" in said
    assert payloads(running, talk)[ANYWAY] == "/affirm" and "确认" not in titles(talk)
    number = NUMBER.search(talk.press(ANYWAY))
    (filed,) = mine(running, talk, Dispute)
    assert number and number.group() == disputes.number_text(filed.number)
    detail = lodging(running, talk)
    assert (filed.state, detail["findings"]) == ("lodged", found)


def test_the_title_can_be_typed_as_well(running: Stack, talk: Talk) -> None:
    to_the_summary(talk, FAR)
    assert NUMBER.search(talk.say(ANYWAY))


def test_a_finding_goes_when_the_fact_is_put_right(running: Stack, talk: Talk) -> None:
    to_the_summary(talk, FAR)
    said = talk.say("地点不对，是中北镇")
    assert "可能不予受理" not in said and "确认" in titles(talk)


def test_the_standing_is_put_right_in_words(running: Stack, talk: Talk) -> None:
    assert "第16条（二）" in to_the_summary(talk, standing="消协处理过了")
    said = talk.say("消费情况不对，是自己用的")
    assert "可能不予受理" not in said and label("standing", "own") in said
    assert "第16条（二）" in talk.say("消协已经调解过了")


def test_the_same_matter_again_is_pointed_out_and_never_dropped(running: Stack, talk: Talk) -> None:
    numbers = []
    for time in range(3):
        said = to_the_summary(talk)
        assert ("好像提过同一件事" in said) is (time > 0)
        assert all(word not in said for word in ("职业", "打假", "恶意", "频繁"))
        if numbers:
            assert numbers[-1] in said and "小额快速解决" in said
        numbers += NUMBER.findall(talk.press(ANYWAY if time else "确认"))
    filed = mine(running, talk, Dispute)
    assert [one.state for one in filed] == ["lodged"] * 3
    detail = lodging(running, talk)
    assert detail["same_before"] == filed[1].number
    assert detail["signs"] == {"lodged_in_90_days": 3, "most_with_one_shop": 3}


def test_the_earlier_one_can_be_added_to_instead(running: Stack, talk: Talk) -> None:
    to_the_summary(talk)
    (number,) = NUMBER.findall(talk.press("确认"))
    to_the_summary(talk)
    talk.press("先不投诉")
    assert number in talk.say("没解决，店里电话也打不通了")
    first, draft = mine(running, talk, Dispute)
    assert (first.state, draft.state) == ("lodged", "draft")


def test_another_citizen_is_told_nothing_of_it(talks: Any) -> None:
    one, other = talks(), talks()
    to_the_summary(one)
    one.press("确认")
    assert "提过同一件事" not in to_the_summary(other)


@pytest.mark.usefixtures("bureau")
def test_the_bureau_names_what_it_still_needs(talk: Talk) -> None:
    said = to_the_summary(talk)
    assert "正式受理还需要：真实姓名、电话、通讯地址" in said and "第10条" in said
    assert NUMBER.search(talk.press("确认"))


def test_who_is_no_bureau_needs_nothing_for_acceptance(talk: Talk) -> None:
    assert "正式受理还需要" not in to_the_summary(talk)


def test_a_day_that_has_not_come_is_pointed_out_and_can_be_put_right(
    running: Stack, talk: Talk
) -> None:
    said = to_the_summary(talk, FULL.replace("上周六", "2035年1月6日"))
    assert "还没有到" in said and "2035-01-06" in said
    said = talk.say("时间是上周六")
    assert "请核对" in said and "还没有到" not in said
