"""What the talk says of rights, without Rasa: the actions alone, on records in a file."""

import json
import re
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from actions import guidance, guidance_answers, turn
from bot import settings as product
from bot.casework import disputes, people, questions
from bot.casework.guidance_records import GuidanceAnswer
from bot.casework.records import Notice
from bot.library import guidance_loader
from bot.settings import Settings
from tests import aside, records

Said = list[dict[str, Any]]
Say = Callable[..., Said]
ACTIONS = {
    "ask_rights": guidance.AnswerRights, "choose_topic": guidance.AnswerRights,
    "answer_guidance": guidance_answers.AnswerGuidance, "show_basis": guidance.ShowBasis,
}  # fmt: skip


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[sessionmaker[Session]]:
    yield from records.empty(Settings(_env_file=None, var_dir=tmp_path))


@pytest.fixture
def slots() -> dict[str, Any]:
    return {}


@pytest.fixture
def say(
    sessions: sessionmaker[Session],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    slots: dict[str, Any],
) -> Say:
    """Says words or a button's payload to the action and returns its replies; `told` is kept between."""
    given = Settings(_env_file=None, var_dir=tmp_path, secret_key="k")
    monkeypatch.setattr(product, "get", lambda: given)
    monkeypatch.setattr(turn, "sessions", lambda: sessions)

    def said(text: str, channel: str = "web") -> Said:
        with sessions.begin() as session:
            key = people.person(session, channel, "c-1", datetime.now(UTC)).key
        intent, carried = "ask_rights", {}
        if button := re.fullmatch(r"/(\w+)(\{.*\})", text):
            intent, carried = button[1], json.loads(button[2])
        entities = [{"entity": kind, "value": value} for kind, value in carried.items()]
        message = {"text": text, "intent": {"name": intent, "confidence": 0.9},
                   "entities": entities, "metadata": {"message_id": "m:7"}}  # fmt: skip
        tracker = Tracker(key, dict(slots), message, [], False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        for event in aside.run(ACTIONS[intent]().run(dispatcher, tracker, {})):
            slots[event["name"]] = event["value"]
        return list(dispatcher.messages)

    return said


def titles(reply: dict[str, Any]) -> list[str]:
    return [button["title"] for button in reply["buttons"]]


def payload(reply: dict[str, Any], title: str) -> str:
    return next(str(b["payload"]) for b in reply["buttons"] if b["title"] == title)


def spoken(day: date) -> str:
    return f"{day.month}月{day.day}日"


def ago(days: int) -> date:
    return disputes.local_day(datetime.now(UTC)) - timedelta(days=days)


def test_an_answer_has_six_buttons_its_exceptions_and_its_sources(say: Say) -> None:
    [reply] = say("网购七天无理由怎么退货")
    assert titles(reply) == [
        "看依据", "去投诉", "有用", "没用", "相关：退货运费谁出", "相关：退货寄回了不退款",
    ]  # fmt: skip
    answer, exceptions, *_ = reply["text"].splitlines()
    assert "定作" in exceptions and exceptions.startswith("例外：") and "例外" not in answer
    assert "《网络购买商品七日无理由退货暂行办法》" in reply["text"]


def test_the_told_day_is_counted_and_may_be_reminded_of(
    say: Say, sessions: sessionmaker[Session]
) -> None:
    [reply] = say(f"网购的衣服{spoken(ago(1))}签收，七天无理由怎么退货")
    assert f"按您说的{spoken(ago(1))}签收" in reply["text"]
    assert titles(reply)[:4] == ["看依据", "去投诉", "到期前提醒我", "没用"]
    [done] = say(payload(reply, "到期前提醒我"))
    assert spoken(ago(-4)) in done["text"] and "页面" in done["text"]
    with sessions() as session:
        [notice] = session.scalars(select(Notice)).all()
        assert disputes.local_day(notice.due_at) == ago(-4)
    [gone] = say(payload(done, "取消提醒"))
    assert "已取消" in gone["text"]
    with sessions() as session:
        assert not session.scalars(select(Notice)).all()
    [again] = say(payload(done, "取消提醒"))
    assert "没有这个" in again["text"]


@pytest.mark.parametrize("days", [6, 7, 40])
def test_a_term_that_is_near_its_end_or_over_is_not_offered_for_a_reminder(
    say: Say, days: int
) -> None:
    [reply] = say(f"网购的衣服{spoken(ago(days))}签收，七天无理由怎么退货")
    assert titles(reply)[:4] == ["看依据", "去投诉", "有用", "没用"]


def test_every_related_question_leads_to_its_answer(say: Say) -> None:
    for entry in guidance_loader.entries():
        [reply] = say(f'/choose_topic{{"topic":"{entry.id}"}}')
        related = [b for b in reply["buttons"] if b["title"].startswith("相关：")]
        assert len(reply["buttons"]) <= 6 and len(related) == len(entry.see)
        for button, other in zip(related, map(guidance.guidance.entry, entry.see), strict=True):
            assert button["title"] == f"相关：{other.title}"
            [next_one] = say(button["payload"])
            assert next_one["text"].startswith(other.answer)


def test_a_related_question_is_answered_for_the_case_that_was_told(say: Say) -> None:
    [reply] = say(f"新手机{spoken(ago(1))}买的，用了一天就坏了，店家说只能修不退")
    [basis] = say(payload(reply, "相关：商家说是人为损坏"))
    assert basis["text"].startswith(guidance.guidance.entry("user-damage").answer)


def test_a_reminder_pressed_too_late_says_so(say: Say, sessions: sessionmaker[Session]) -> None:
    entry = guidance.guidance.entry("seven-days")
    [reply] = say(guidance_answers.button(entry, "remind", 0, ago(-1))["payload"])
    assert "来不及" in reply["text"]


def test_a_chosen_topic_is_answered_for_the_case_that_was_told(say: Say) -> None:
    say(f"{spoken(ago(1))}签收的东西想问问")
    [reply] = say('/choose_topic{"topic":"seven-days"}')
    assert f"按您说的{spoken(ago(1))}签收" in reply["text"]


def test_what_was_told_yesterday_is_read_as_of_yesterday(say: Say, slots: dict[str, Any]) -> None:
    say("昨天签收的东西想问问")
    slots["told"]["day"] = ago(1).isoformat()
    [reply] = say('/choose_topic{"topic":"seven-days"}')
    assert f"按您说的{spoken(ago(2))}签收" in reply["text"]


def test_the_open_draft_s_sum_and_day_are_known(say: Say, sessions: sessionmaker[Session]) -> None:
    now = datetime.now(UTC)
    with sessions.begin() as session:
        who = people.person(session, "web", "c-1", now)
        draft = disputes.start(session, who, now)
        draft.amount, draft.occurred_on = 2999, ago(1)  # type: ignore[assignment]
        draft.facts = f"{spoken(ago(1))}签收的"
    [reply] = say('/choose_topic{"topic":"fraud-triple"}')
    assert "按您说的2999元，如经认定构成欺诈，三倍是8997元" in reply["text"]
    [reply] = say('/choose_topic{"topic":"seven-days"}')
    assert f"按您说的{spoken(ago(1))}签收" in reply["text"]
    [reply] = say('/choose_topic{"topic":"phone-seven-days"}')
    assert "从购买的次日起算" in reply["text"]  # the story says nothing of a purchase


def test_what_helped_and_what_did_not_is_noted_without_a_person(
    say: Say, sessions: sessionmaker[Session]
) -> None:
    [reply] = say("网购七天无理由怎么退货")
    say(payload(reply, "有用"))
    [sorry] = say(payload(reply, "没用"))
    assert "12315" in sorry["text"]
    with sessions() as session:
        kept = session.scalars(select(GuidanceAnswer).order_by(GuidanceAnswer.id)).all()
        assert [(one.entry_id, one.said) for one in kept] == [
            ("seven-days", "helped"), ("seven-days", "not_helped"),
        ]  # fmt: skip
        [question] = questions.open_questions(session)
        assert (question.reason, question.entry_id) == ("unhelpful", "seven-days")
        assert question.question == "网购七天无理由怎么退货"


@pytest.mark.parametrize(
    ("text", "reason"), [("哈哈哈哈哈", "none"), ("能退", "unsure"), ("退吗", "unsure")]
)
def test_a_question_without_a_sure_answer_is_noted(
    say: Say, sessions: sessionmaker[Session], text: str, reason: str
) -> None:
    say(text)
    with sessions() as session:
        [question] = questions.open_questions(session)
        assert (question.question, question.reason, question.intent) == (text, reason, "ask_rights")


@pytest.mark.parametrize("choice", ["helped", "not_helped", "remind", "forget", "else"])
def test_an_entry_that_is_no_more_in_the_library_is_no_fault(say: Say, choice: str) -> None:
    [reply] = say(f'/answer_guidance{{"topic":"gone","choice":"{choice}"}}')
    assert reply["response"] == "utter_rights_which"


def test_two_questions_get_two_answers_with_few_buttons(say: Say) -> None:
    first, second = say("网购的鞋七天无理由能退吗？运费谁出？")
    assert first["text"].startswith("1. ") and second["text"].startswith("2. ")
    assert titles(first) == titles(second) == ["看依据", "去投诉"]


def test_of_four_questions_three_are_answered_and_the_rest_may_be_asked_again(say: Say) -> None:
    replies = say(
        "定金能退吗？押金不退怎么办？最终解释权归商家有效吗？车在4S店修了半个月有代步车吗？"
    )
    assert len(replies) == 4
    assert "再问一次" in replies[3]["text"]


def test_one_question_among_a_story_is_one_answer(say: Say) -> None:
    assert len(say("我在健身房办了张年卡。去了两次。现在店关门了。电话打不通。钱还能退吗？")) == 1


def test_a_matter_of_another_city_is_answered_by_national_rules_with_its_door(say: Say) -> None:
    [reply] = say("我在北京买的按摩椅修了两次还是坏，能换吗")
    assert "天津规定" not in reply["text"] and "当地 12315" in reply["text"]
    [basis] = say(payload(reply, "看依据"))
    assert "天津市消费者权益保护条例" not in basis["text"]


@pytest.mark.parametrize(
    ("text", "door"),
    [
        ("我在石家庄买的衣服掉色，找你们管吗", "当地 12315"),
        ("在上海的专柜买的包开线了", "当地 12315"),
        ("在和平区的商场买的鞋开胶了", "由那个区的市场监管部门"),
    ],
)
def test_who_handles_a_matter_elsewhere_is_said_where_the_answer_is_not_sure(
    say: Say, text: str, door: str
) -> None:
    first, *more = say(text)
    assert door in first["text"]
    assert all(door not in (reply["text"] or "") for reply in more)


def test_one_near_question_is_asked_for_as_one(say: Say) -> None:
    replies = [reply for reply in say("我在石家庄买的衣服掉色，找你们管吗") if reply["buttons"]]
    assert [len(reply["buttons"]) for reply in replies] == [1]
    assert "更接近哪一个" not in replies[0]["text"] and "12315" in replies[0]["text"]


def test_a_trader_s_question_without_an_answer_has_its_door(say: Say) -> None:
    [reply] = say("我是商家，被顾客投诉了怎么办")
    assert "主要帮消费者" in reply["text"]
    [reply] = say("我是开店的，网购七天无理由怎么退货")
    assert "您作为经营者" in reply["text"]


@pytest.mark.parametrize("text", ["退吗", "赔吗", "能换", "投诉", "能退"])
def test_two_letters_are_asked_back_with_buttons(say: Say, text: str) -> None:
    reply, _ = say(text)
    assert reply["response"] == "utter_rights_close"
    assert 2 <= len(reply["buttons"]) <= 3


def test_two_thousand_letters_are_answered_from_their_end(say: Say) -> None:
    story = "那天天气不错，我和邻居一起出门逛街，走了很多路，也看了很多东西。" * 60
    [reply] = say(f"{story}后来商家说要停业，停业公告要提前多少天？"[-2000:])
    assert "提前30日" in reply["text"]
