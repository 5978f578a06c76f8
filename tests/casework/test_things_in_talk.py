"""The turns about things, follows and notices, taken without Rasa: what is said and what is kept."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.recall_notices import AnswerNotice
from actions.recalls import FollowRecalls, ValidateRecallForm, say_if_thing_is_recalled
from actions.things import ManageThings
from actions.turn import Turn, TurnAction
from bot.casework import notices, people, recall_push, recalls, things
from bot.casework.records import Dispute, Person, Thing
from tests.casework.test_recall_reach import recalled

Say = Callable[..., dict[str, Any]]


@pytest.fixture
def say(session: Session, citizen: Person, now: datetime) -> Say:
    """Takes one turn; the newest reply, with its text, its titles and its payloads by title."""
    recalls.ship(session, now)
    slots: dict[str, Any] = {}

    def take(action: TurnAction, text: str, who: Person = citizen, **marked: str) -> dict[str, Any]:
        entities = [{"entity": name, "value": value} for name, value in marked.items()]
        message = {"text": text, "entities": entities, "intent": {"name": "", "confidence": 1.0}}
        tracker = Tracker(who.key, slots, message, [], False, None, {}, None)
        dispatcher = CollectingDispatcher()
        for event in action.take(Turn(session, tracker, dispatcher, who, now)):
            slots[event.get("name", "")] = event.get("value")
        texts = [one for one in dispatcher.messages if one["text"]]
        said = texts[-1]
        return {
            "text": said["text"],
            "all": "\n".join(one["text"] for one in texts),
            "press": {one["title"]: one["payload"] for one in said["buttons"]},
        }

    return take


def pressed(say: Say, payload: str, who: Person | None = None) -> dict[str, Any]:
    """Press a button, whose payload Rasa reads as the action server sees it."""
    name, _, values = payload.partition("{")
    marked = json.loads("{" + values) if values else {}
    action = AnswerNotice() if name == "/answer_notice" else ManageThings()
    return say(action, payload, **({"who": who} if who else {}), **marked)


def kept(session: Session) -> list[str]:
    return [things.name(one) for one in session.scalars(select(Thing).order_by(Thing.id))]


def test_a_thing_is_kept_answered_at_once_and_deleted_by_its_button(
    say: Say, session: Session
) -> None:
    said = say(FollowRecalls(), "我家有个罗马仕充电宝PAC20-272，有召回告诉我")
    assert "已记下" in said["text"] and "在召回公告里" in said["text"]
    assert "回到这个页面" in said["text"] and "不能主动推送" not in said["text"]
    assert len(kept(session)) == 1
    listed = pressed(say, said["press"]["我的东西"])
    assert "罗马仕充电宝PAC20-272" in listed["text"]
    assert "已删掉" in pressed(say, said["press"]["删掉这条"])["text"]
    assert kept(session) == []
    assert "不在了" in pressed(say, said["press"]["删掉这条"])["text"]


def test_a_type_alone_is_kept_as_a_category_and_the_model_is_asked_in_a_sentence(
    say: Say, session: Session
) -> None:
    said = say(FollowRecalls(), "我家有个充电宝，有召回告诉我", product="充电宝")
    assert "直接告诉我" in said["text"] and kept(session) == ["移动电源"]
    group = say(FollowRecalls(), "关注儿童用品的召回", product="儿童用品")
    assert "直接告诉我" not in group["text"] and kept(session) == ["移动电源", "儿童用品"]


@pytest.mark.parametrize(
    "text",
    [
        "取消关注电动车",
        "不要再给我发召回消息了",
        "我的物品清单",
        "我想订阅召回提醒",
        "/subscribe_recall",
    ],
)
def test_words_that_follow_nothing_keep_nothing(say: Say, session: Session, text: str) -> None:
    say(FollowRecalls(), text)
    assert kept(session) == []


def test_what_was_asked_about_is_kept_by_a_button(say: Say, session: Session) -> None:
    said = say(ValidateRecallForm(), "罗马仕充电宝PAC20-272召回了吗")
    assert "已记下" in pressed(say, said["press"]["记下，有召回告诉我"])["text"]
    assert kept(session) == ["罗马仕充电宝PAC20-272"]


@pytest.mark.parametrize("text", ["酸奶召回了吗", "罗马仕充电宝召回了吗"])
def test_where_no_notice_can_come_or_the_model_is_open_the_button_is_not_there(
    say: Say, text: str
) -> None:
    assert "记下，有召回告诉我" not in say(ValidateRecallForm(), text)["press"]


def test_all_is_deleted_after_asking_and_only_ones_own(
    say: Say, session: Session, now: datetime
) -> None:
    other = people.person(session, "telegram", "77", now)
    assert "会在这里通知" in say(FollowRecalls(), "关注小米的召回", who=other, brand="小米")["text"]
    for text in ("关注罗马仕的召回", "风扇有召回告诉我"):
        say(FollowRecalls(), text)
    asked = pressed(say, '/manage_things{"choice":"delete_all"}')
    assert "2 件" in asked["text"] and len(kept(session)) == 3
    pressed(say, asked["press"]["确定，全部删掉"])
    assert kept(session) == ["小米"]
    assert "还没有登记" in pressed(say, '/manage_things{"choice":"delete_all"}')["text"]


def test_a_long_list_goes_on_at_the_older_ones(say: Say, session: Session) -> None:
    for number in range(12):
        say(
            FollowRecalls(),
            f"我家有青禾风扇QX-{number:03}，有召回告诉我",
            brand="青禾",
            model=f"QX-{number:03}",
        )
    first = pressed(say, "/manage_things")
    assert "12 件" in first["text"] and "QX-011" in first["text"] and "QX-001" not in first["text"]
    older = pressed(say, first["press"]["更早的"])
    assert "QX-001" in older["text"] and "QX-000" in older["text"] and "QX-011" not in older["text"]
    assert "更早的" not in older["press"]


@pytest.fixture
def told(say: Say, session: Session, citizen: Person, now: datetime) -> dict[str, str]:
    """The buttons of a notice that came for a fan."""
    say(FollowRecalls(), "我家有青禾落地扇QH-1000，有召回告诉我", brand="青禾", model="QH-1000")
    recalled(session, now.replace(minute=30), remedy="免费更换", contact_phone="400-000-0000")
    assert recall_push.propose(session, now, 50) is not None
    planned = recall_push.next_batch(session, (), now)
    assert planned is not None and recall_push.tell(session, planned, now) == 1
    (notice,) = notices.waiting_for(session, citizen, now)
    found = {}
    for one in notices.buttons_of(notice):
        button = people.pressed(session, citizen, one["id"])
        assert button is not None
        found[one["title"]] = button.payload
    return found


def test_who_has_it_hears_the_remedy_and_may_complain(say: Say, told: dict[str, str]) -> None:
    said = pressed(say, told["我有"])
    assert (
        "停止使用" in said["text"] and "免费更换" in said["text"] and "400-000-0000" in said["text"]
    )
    assert said["press"]["去投诉"] == "/file_complaint"
    assert "谢谢" in pressed(say, said["press"]["已处理"])["text"]


def test_who_has_it_not_is_asked_if_the_thing_goes(
    say: Say, session: Session, told: dict[str, str]
) -> None:
    said = pressed(say, told["我没有"])
    assert len(kept(session)) == 1
    pressed(say, said["press"]["删掉这条"])
    assert kept(session) == []
    assert pressed(say, told["我没有"])["press"] == {}


def test_nobody_answers_a_notice_that_they_were_not_sent(
    say: Say, session: Session, now: datetime, told: dict[str, str]
) -> None:
    other = people.person(session, "web", "c-2", now)
    assert "找不到" in pressed(say, told["我有"], who=other)["text"]


class TellRemedy(TurnAction):
    """What the turns about disputes do where the thing of a dispute became known."""

    def name(self) -> str:
        return "tell_remedy"

    def take(self, turn: Turn) -> list[Any]:
        one = Dispute(brand=turn.entity("brand"), model="QH-1000", product="风扇")
        say_if_thing_is_recalled(turn, one)
        turn.tell("。")
        return []


@pytest.mark.parametrize(("brand", "is_told"), [("青禾", True), ("倍思", False)])
def test_a_dispute_about_a_recalled_thing_hears_the_remedy(
    say: Say, session: Session, now: datetime, brand: str, is_told: bool
) -> None:
    recalled(session, now, remedy="免费更换")
    said = say(TellRemedy(), "风扇坏了", brand=brand)
    assert ("免费更换" in said["all"]) == is_told
