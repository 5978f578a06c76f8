"""A turn that was cut off when its records were written is taken again, and they stay as they are.

So it is where the bot dies while Rasa is at work: Rasa drops the turn and remembers nothing of it, and the
action server has written already.
"""

import json
import os
import signal
import time
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Any

import httpx
import pytest
from sqlalchemy import select

from bench.load import NUMBER
from bench.stack import Stack, Talk
from bot.casework import people
from bot.casework.callback_records import CallbackRequest
from bot.casework.records import Dispute, Person, Thing
from bot.rasa import Question
from tests.conversations.product import out_of_reach
from tests.conversations.test_restarts import asked, late, take_up, without

OPENING = "我要投诉中北镇的物美超市，前天买的电风扇第二天就不转了，花了159元，要求退款"
FILED = (OPENING, "自己用的，没处理过", "不留", "#确认")
TALKS = {
    "a dispute": FILED,
    "its answers in bits": ("我要投诉", "物美超市", "电风扇第二天就不转了", "退款", "中北镇", "前天买的", "159元"),
    "a contact": (OPENING, "自己用的，没处理过", "王女士 13800000000", "#确认"),
    "a correction of the summary": (*FILED[:3], "金额不对，是169元", "#确认"),
    "a yes in words": (*FILED[:3], "对，没问题"),
    "what nobody knows": ("我要投诉买的电风扇不转了", "不知道", "不清楚"),
    "a draft that is deleted": (OPENING, "删除草稿", "好的"),
    "a pause": (OPENING, "先不填了", "继续填"),
    "taken back": (*FILED, "撤回投诉"),
    "progress": (*FILED, "我的投诉到哪一步了"),
    "a thing": ("美的电饭煲有没有召回", "记到我的东西里", "我的东西", "删掉电饭煲"),
    "a person wanted": ("转人工", "13800000000", "明天上午"),
    "rights": ("网购的衣服不合适能退吗", "拆封了呢", "那我投诉它"),
    "a report": ("我要举报楼下超市卖过期牛奶",),
    "an injury": ("孩子被充电宝炸伤了手", "已经去医院了"),
}  # fmt: skip
KINDS = (Dispute, Thing, CallbackRequest)


@pytest.mark.parametrize("said", TALKS.values(), ids=TALKS)
def test_nothing_is_done_twice_and_the_same_number_is_told(
    running: Stack, talk: Talk, said: tuple[str, ...]
) -> None:
    talk.say("你好")
    for one in said:
        if one.startswith("#"):
            button = next(b for r in talk.replies for b in r.buttons if b.title == one[1:])
            first, written, again = cut(running, talk, button.title, button_id=button.id)
        else:
            first, written, again = cut(running, talk, one)
        assert again and NUMBER.findall(again) == NUMBER.findall(first), one
        assert rows(running, talk) == written, one


def cut(running: Stack, talk: Talk, text: str, **more: str) -> tuple[str, list[Any], str]:
    """Say something; what was said to it first, what was written then, and what is said in the end."""
    with out_of_reach(running):
        talk._send(text, None, **more)
    if not talk.data().get("degraded"):  # answered without Rasa
        ready = "\n".join(one.text for one in talk.replies)
        return ready, rows(running, talk), ready
    seen = [number for number, _ in talk.news()]
    key, message_id, question = kept(running, talk)
    before = json.loads(running.tracker(key))["events"]
    first = ask(running, key, message_id, question)
    url = f"{running.settings.rasa_urls()}/conversations/{key}/tracker/events"
    httpx.put(url, json=before, timeout=30).raise_for_status()
    written = rows(running, talk)
    take_up(talk)
    talk.replies = [reply for number, reply in talk.news() if number not in seen]
    talk.news(*(number for number, _ in talk.news()))
    return "\n".join(first), written, "\n".join(one.text for one in talk.replies)


def kept(running: Stack, talk: Talk) -> tuple[str, str, Question]:
    """Of the message that waits: whose it is, its name, and what Rasa is to be asked."""
    with running.sessions() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
        (waiting,) = people.waiting(session, who)
        return who.key, waiting.message_id, Question.from_json(waiting.asked or "")


def ask(running: Stack, key: str, message_id: str, question: Question) -> list[str]:
    """What Rasa says to it."""
    metadata = {"message_id": message_id, "words": question.words}
    body = {"sender": key, "message": question.payload, "metadata": metadata}
    url = f"{running.settings.rasa_urls()}/webhooks/rest/webhook"
    bubbles = httpx.post(url, json=body, timeout=30).json()
    return [one["text"] for one in bubbles if one.get("text")]


@pytest.mark.parametrize(
    "before", [(), ("我要投诉",), FILED[:3]], ids=["first", "in a form", "at the end"]
)
def test_a_turn_whose_action_server_dies_is_no_turn(
    running: Stack, talk: Talk, before: tuple[str, ...]
) -> None:
    """Rasa says nothing and remembers nothing of it, not that it did not understand."""
    for one in before:
        talk.say(one)
    text = "对，没问题" if len(before) == 3 else OPENING
    with out_of_reach(running):
        talk.say(text)
    key, message_id, question = kept(running, talk)
    with ThreadPoolExecutor(1) as aside:
        os.killpg(running.processes["actions"].pid, signal.SIGSTOP)
        asking = aside.submit(ask, running, key, message_id, question)
        time.sleep(0.5)
        with without(running, "actions"):
            assert asking.result() == []
            if not before:  # nor is a talk begun by looking at it
                url = f"{running.settings.rasa_urls()}/conversations/{key}/tracker"
                assert httpx.get(url, timeout=30).status_code == HTTPStatus.INTERNAL_SERVER_ERROR
        assert asked(running, talk, message_id) == 0
    take_up(talk)
    said = "".join(late(talk))
    assert NUMBER.search(said) if len(before) == 3 else "已记下" in said
    assert len(rows(running, talk)) == 1


def rows(running: Stack, talk: Talk) -> list[Any]:
    """All that stands in the records of this person."""
    with running.sessions() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
        found = (session.scalars(select(kind).where(kind.person_id == who.id)) for kind in KINDS)
        return [held(one) for some in found for one in some]


def held(one: Any) -> dict[str, Any]:
    """What a row says; when it was touched and how often a question was put says nothing."""
    return {
        name: getattr(one, name)
        for name in sorted(one.__mapper__.columns.keys())
        if name not in ("updated_at", "misses", "version")
    }
