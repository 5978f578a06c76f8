"""A thing that is only named: looked up, kept with the others, or asked what it is for."""

import pytest

from bench.stack import Stack, Talk
from bot.casework import things
from bot.casework.records import Dispute, Thing
from bot.library import words
from tests.conversations import records

RECALL = "查一下小米充电宝有没有召回"


def last(talk: Talk) -> str:
    """The last reply, its bubbles in one."""
    return "\n".join(reply.text for reply in talk.replies)


def titles(talk: Talk) -> list[str]:
    return [button.title for reply in talk.replies for button in reply.buttons]


def names(running: Stack, talk: Talk) -> set[str]:
    return {things.name(one) for one in records.mine(running, talk, Thing)}


@pytest.mark.parametrize(
    "said",
    ["空调", "我买了个空调", "还有飞利浦吹风机", "吹风机 飞利浦的", "我家有台美的空调", "冰箱呢"],
)
def test_a_thing_with_nothing_said_of_it_is_asked_what_for(
    running: Stack, talk: Talk, said: str
) -> None:
    talk.say(said)
    assert last(talk) == words("thing_alone") and len(titles(talk)) == 3
    assert not records.mine(running, talk, Dispute)


@pytest.mark.parametrize(
    "said", ["空调坏了", "空调不制冷怎么办", "退空调", "坏的空调", "空调什么时候能修好", "空调太吵"]
)
def test_a_thing_with_something_said_of_it_is_not(talk: Talk, said: str) -> None:
    talk.say(said)
    assert words("thing_alone") not in last(talk)


def test_each_choice_leads_where_it_says(running: Stack, talk: Talk) -> None:
    talk.say("美的空调")
    talk.press("查召回")
    assert "召回" in last(talk)
    talk.say("你好")
    talk.say("吹风机")
    talk.press("提出投诉")
    (dispute,) = records.mine(running, talk, Dispute)
    assert dispute.product == "吹风机"


@pytest.mark.parametrize(
    "said", ["查下美的空调", "帮我查一下美的空调", "查查小天鹅洗衣机", "再查一下美的空调"]
)
def test_a_thing_that_is_to_be_looked_up_is(talk: Talk, said: str) -> None:
    talk.say(said)
    assert words("keep_it") in titles(talk)


@pytest.mark.parametrize(
    "said", ["罗马仕充电宝 PAC20-272", "飞利浦吹风机HP4931", "长城牌橡皮E1130"]
)
def test_a_thing_with_its_model_is_looked_up(talk: Talk, said: str) -> None:
    talk.say(said)
    assert words("thing_alone") not in last(talk) and "召回" in last(talk)


@pytest.mark.parametrize("said", ["查询我的投诉", "查询进度", "查一下规定"])
def test_what_is_no_thing_is_not_looked_up_as_one(talk: Talk, said: str) -> None:
    talk.say(said)
    assert "召回" not in last(talk)


def test_another_thing_after_an_answer_is_a_question_of_its_own(talk: Talk) -> None:
    talk.say(RECALL)
    talk.say("还有飞利浦吹风机")
    assert "电吹风" in last(talk) and "充电宝" not in last(talk)


def test_what_was_asked_about_is_kept_by_words(running: Stack, talk: Talk) -> None:
    talk.say(RECALL)
    talk.say("记到我的东西里")
    talk.say("还有一台小天鹅洗衣机")
    talk.say("飞利浦吹风机")
    talk.say("还有个美的电饭煲也记上")
    kept = {"小米充电宝", "小天鹅洗衣机", "飞利浦吹风机", "美的电饭煲"}
    assert names(running, talk) == kept


def test_the_name_of_a_thing_is_not_the_sentence(running: Stack, talk: Talk) -> None:
    talk.say("把我的戴森吸尘器记到我的东西里")
    assert names(running, talk) == {"戴森吸尘器"}


def test_a_bare_name_under_a_question_answers_it(running: Stack, talk: Talk) -> None:
    talk.say("查召回")
    talk.say("美的空调")
    assert words("thing_alone") not in last(talk)
    talk.say("转人工")
    talk.say("商家不给退钱，我要投诉")
    talk.say("空调")
    assert words("thing_alone") not in last(talk)


@pytest.mark.parametrize("said", ["有新的会告诉我吗", "怎么收到通知", "到时候会提醒我吗"])
def test_how_one_will_be_told_is_told(running: Stack, talk: Talk, said: str) -> None:
    talk.say("我家买了九号电动车 帮我盯着召回")
    assert names(running, talk) == {"九号电动车"}
    talk.say(said)
    assert last(talk) == words("follow_will_tell_page")
