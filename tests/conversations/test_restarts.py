"""Whatever dies, stands still or says nothing: the citizen is told, and answered later, in order, once."""

import asyncio
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from bench.stack import Stack, Talk
from bot.casework import people
from bot.casework.records import Dispute, HeardMessage, Person
from bot.dialogue import Dialogue
from bot.library import words
from bot.messages import Message
from bot.rasa import Question
from tests.conversations.product import forget, out_of_reach

OPENING = "我要投诉中北镇的物美超市，前天买的电风扇第二天就不转了，花了159元"
OWN = "自己用的，没处理过"
NEXT = "生活消费吗"  # what is asked after OPENING and a demand


@contextmanager
def without(running: Stack, name: str) -> Iterator[None]:
    """The process is dead inside the block, and back afterwards."""
    running.kill(name)
    try:
        yield
    finally:
        running.start(name)
        running.wait()


def take_up(talk: Talk) -> None:
    talk.run(lambda dialogue: dialogue.take_up())


def late(talk: Talk) -> list[str]:
    return [reply.text for _, reply in talk.news()]


def asked(running: Stack, talk: Talk, message_id: str) -> int:
    """How many times Rasa has had a message."""
    with running.sessions() as session:
        key = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one().key
    events = json.loads(running.tracker(key))["events"]
    return sum((e.get("metadata") or {}).get("message_id") == message_id for e in events)


def demands(running: Stack, talk: Talk) -> list[tuple[str | None, str | None]]:
    with running.sessions() as session:
        query = select(Dispute).join(Person).where(Person.external_id == talk.citizen)
        return [(one.merchant, one.demand) for one in session.scalars(query)]


@pytest.mark.parametrize("process", ["rasa", "actions"])
def test_what_was_said_meanwhile_is_answered_by_the_clock_once(
    running: Stack, talk: Talk, process: str
) -> None:
    talk.say(OPENING)
    with without(running, process):
        assert talk.say("我要求退款") == words("degraded")
        assert talk.data()["degraded"]
        take_up(talk)
        assert late(talk) == []
    take_up(talk)
    assert NEXT in late(talk)[-1]
    before = late(talk)
    take_up(talk)
    assert late(talk) == before
    assert demands(running, talk) == [("物美超市", "refund")]


def test_several_messages_are_answered_in_order_before_the_next_one(
    running: Stack, talk: Talk
) -> None:
    talk.say("我要投诉")
    with out_of_reach(running):
        for text in ("中北镇的物美超市", "电风扇第二天就不转了", "要求退款"):
            assert talk.say(text) == words("degraded")
    talk.say("前天买的，159元")
    said = [reply.text for reply in talk.replies]
    assert "物美超市" in said[0] and NEXT in said[-1]
    places = [
        next(n for n, text in enumerate(said) if mark in text) for mark in ("物美", "退款", "159")
    ]
    assert places == sorted(places)
    assert late(talk) == [] and demands(running, talk) == [("物美超市", "refund")]


def test_a_repeated_message_is_answered_where_it_could_not_be_before(
    running: Stack, talk: Talk
) -> None:
    talk.say(OPENING)
    with out_of_reach(running):
        assert talk.say("我要求退款", message_id="during") == words("degraded")
        assert talk.say("我要求退款", message_id="during") == words("degraded")
    said = talk.say("我要求退款", message_id="during")
    assert NEXT in said
    assert talk.say("我要求退款", message_id="during") == said
    assert late(talk) == [] and asked(running, talk, "during") == 1


def answered_by_the_clock(talk: Talk, seconds: float = 40) -> list[str]:
    """What the clock brings, once it does."""
    end = time.monotonic() + seconds
    while not late(talk):
        assert time.monotonic() < end, "nothing came"
        take_up(talk)
        time.sleep(0.5)
    return late(talk)


def lose_the_answer(running: Stack, talk: Talk, message_id: str) -> None:
    """The records as after a kill between Rasa's answer and ours."""
    with running.sessions.begin() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
        kept = people.find_heard(session, who, message_id)
        assert kept is not None
        kept.replies = None
        people.await_answer(kept, Question("/affirm").to_json(), kept.heard_at)


def test_an_answer_that_rasa_has_given_is_not_asked_for_again(running: Stack, talk: Talk) -> None:
    talk.say(OPENING)
    said = talk.say("我要求退款", message_id="lost")
    lose_the_answer(running, talk, "lost")
    take_up(talk)
    assert "\n".join(late(talk)) == said and asked(running, talk, "lost") == 1


def test_a_number_that_was_lost_on_its_way_is_told(running: Stack, talk: Talk) -> None:
    talk.say(OPENING)
    talk.say("我要求退款")
    talk.say(OWN)
    talk.say("不留")
    said = talk.press("确认")
    with running.sessions() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
        message_id = session.scalars(
            select(HeardMessage.message_id)
            .where(HeardMessage.person_id == who.id)
            .order_by(HeardMessage.id.desc())
        ).first()
    lose_the_answer(running, talk, str(message_id))
    take_up(talk)
    assert "\n".join(late(talk)) == said


def test_a_rasa_that_is_slow_is_waited_for_and_heard_once(running: Stack) -> None:
    talk = Talk(running, patience=1.5)
    talk.say(OPENING)
    with running.suspended("rasa"):
        assert talk.say("我要求退款") == words("degraded")
    assert NEXT in answered_by_the_clock(talk)[-1]
    take_up(talk)
    assert len([one for one in late(talk) if NEXT in one]) == 1
    assert demands(running, talk) == [("物美超市", "refund")]


def test_a_bot_that_was_killed_while_rasa_was_at_work_answers_at_the_next_start(
    running: Stack, talk: Talk
) -> None:
    talk.say(OPENING)

    async def break_off(dialogue: Dialogue) -> None:
        hearing = asyncio.create_task(
            dialogue.hear(Message("talk", talk.citizen, "broken", "我要求退款"))
        )
        await asyncio.sleep(1)
        hearing.cancel()
        await asyncio.wait([hearing])

    with running.suspended("rasa"):
        talk.run(break_off)
    shown = answered_by_the_clock(talk)
    assert NEXT in shown[-1]
    assert talk.say("我要求退款", message_id="broken") == "\n".join(shown)  # on a page: once more
    assert late(talk) == []


def test_what_came_in_beside_the_talk_is_answered_when_rasa_is_back(
    running: Stack, talk: Talk
) -> None:
    talk.say(OPENING)
    assert NEXT in talk.say("我要求退款")
    assert "手机号" in talk.say(OWN)
    with running.sessions.begin() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
        people.give_contact(who, people.Contact("13800000000", "王女士"), who.created_at)
        key = who.key
    with out_of_reach(running):
        talk.run(lambda dialogue: dialogue.told(key, "/give_contact"))
        assert late(talk) == []
    take_up(talk)
    assert "请核对" in late(talk)[-1]
    with pytest.raises(LookupError):
        talk.run(lambda dialogue: dialogue.told("nobody", "/give_contact"))


def test_a_draft_survives_an_empty_tracker(running: Stack, talks: Callable[[], Talk]) -> None:
    talk = talks()
    talk.say(OPENING)
    forget(running, talk)
    assert NEXT in talk.say("我要求退款")
    assert demands(running, talk) == [("物美超市", "refund")]
