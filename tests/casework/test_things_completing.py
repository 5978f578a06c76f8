"""A model told later: which words are one, which thing they complete, and what that decides."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from actions.recalls import FollowRecalls, ValidateRecallForm
from bot import hearing
from bot.casework import notices, people, recall_push, recalls, things_completing
from bot.casework.records import Notice, Person, Thing
from bot.messages import Message
from tests.casework.test_recall_reach import keep, recalled
from tests.casework.test_things_in_talk import Say, kept, pressed, say  # noqa: F401

COMPLETE = '/manage_things{"choice":"complete"}'
KEPT = "我家有个罗马仕充电宝"
SAID = """型号是PAC20-272|型号：PAC20-272。|就是PAC20-272那款|是PAC20-272的|型号 pac20 272|我的型号是PAC20-272吧
罗马仕充电宝型号是PAC20-272|那个充电宝是PAC20-272那款|罗马仕的型号是 PAC20-272|ＰＡＣ２０－２７２那款|型号就是PAC20-272"""
NOT_SAID = """型号不知道|就是这款|是2024年的|就是100元那款|是20000mAh的|是220V那款|型号是13812345678|就是12315那个|是3月12号的
商家发来的型号是PAC20-272不是我订的|型号是PAC20-272的充电宝鼓包了要退货|PAC20-272召回了吗|我买的型号是QH-1000|订单号是PAC20-272
型号是PAC20-272，起火了怎么办|小米的型号是PAC20-272那款"""


def table(rows: str) -> list[str]:
    return [row for line in rows.splitlines() for row in line.split("|")]


def heard(session: Session, who: Person, text: str, now: datetime) -> str | None:
    """What Rasa is asked of a message."""
    found = hearing.interpret(
        session, who, Message("web", "c-1", "m", text), [],
        asks_in_chat=True, has_officers=False, now=now,
    )  # fmt: skip
    return found.question.payload if found.question else None


@pytest.mark.parametrize("text", table(SAID))
def test_a_model_is_heard_as_that_of_the_thing(
    session: Session, citizen: Person, now: datetime, text: str
) -> None:
    recalls.ship(session, now)
    keep(session, citizen, now, KEPT)
    assert heard(session, citizen, text, now) == COMPLETE


@pytest.mark.parametrize("text", table(NOT_SAID))
def test_what_is_no_model_or_says_more_goes_to_rasa(
    session: Session, citizen: Person, now: datetime, text: str
) -> None:
    recalls.ship(session, now)
    recalled(session, now)
    keep(session, citizen, now, KEPT)
    assert heard(session, citizen, text, now) != COMPLETE


@pytest.mark.parametrize(
    "own", [[], ["我家有个罗马仕充电宝PAC20-272"], ["关注罗马仕的召回"], ["关注儿童用品的召回"], ["我家有个小米风扇"]]
)  # fmt: skip
def test_without_a_thing_that_lacks_it_a_model_goes_to_rasa(
    session: Session, citizen: Person, now: datetime, own: list[str]
) -> None:
    recalls.ship(session, now)
    for said in own:
        keep(session, citizen, now, said)
    assert heard(session, citizen, "就是PAC20-272那款", now) != COMPLETE


def test_where_the_last_reply_asked_for_a_model_that_question_is_answered(
    session: Session, citizen: Person, now: datetime
) -> None:
    recalls.ship(session, now)
    keep(session, citizen, now, KEPT)
    for number, (kind, is_heard) in enumerate([("ask_model", False), ("covered", True)]):
        message = people.heard(session, citizen, f"m-{number}", "风扇召回了吗", now)
        people.answered(message, [{"text": "?", "data": {"recall": {"kind": kind}}}], now)
        session.flush()
        assert (heard(session, citizen, "型号是PAC20-272", now) == COMPLETE) is is_heard


@pytest.mark.parametrize(
    ("own", "said", "fits"),
    [
        ("我家有个罗马仕充电宝", "ROMOSS充电宝PAC20-272", True),
        ("我家有个罗马仕充电宝", "移动电源PAC20-272", True),
        ("我家有个充电宝", "罗马仕充电宝PAC20-272", True),
        ("我家有个罗马仕充电宝", "小米充电宝PAC20-272", False),
        ("我家有个罗马仕充电宝", "罗马仕充电器 PAC20-272", False),
        ("我家有个罗马仕充电宝", "青禾落地扇QH-1000", False),
        ("我家有个罗马仕充电宝", "型号QH-1000", False),
        ("我家有个充电宝", "青禾落地扇QH-1000", False),
        ("我家有个罗马仕充电宝", "罗马仕充电宝20000mAh", False),
        ("我家有个罗马仕充电宝", "罗马仕充电宝", False),
        ("关注罗马仕的召回", "罗马仕充电宝PAC20-272", False),
    ],
)
def test_only_a_message_about_the_same_thing_completes_it(
    session: Session, citizen: Person, now: datetime, own: str, said: str, fits: bool
) -> None:
    recalls.ship(session, now)
    recalled(session, now)
    keep(session, citizen, now, own)
    wish = things_completing.told(session, said)
    assert bool(things_completing.candidates(session, citizen, wish)) is fits


def models(session: Session) -> list[str | None]:
    return list(session.scalars(select(Thing.model).order_by(Thing.id)))


def test_a_recall_question_asks_first_and_the_button_completes(say: Say, session: Session) -> None:  # noqa: F811
    say(FollowRecalls(), KEPT)
    said = say(ValidateRecallForm(), "罗马仕充电宝PAC20-272召回了吗")
    assert "在召回公告里" in said["text"] and "的型号吗" in said["text"]
    assert models(session) == [None]
    done = pressed(say, said["press"]["补上型号"])
    assert "已补上型号" in done["all"] and "在召回公告里" in done["all"]
    assert models(session) == ["PAC20-272"] and kept(session) == [
        f"{KEPT.removeprefix('我家有个')} PAC20-272"
    ]
    assert "已经补上" in pressed(say, said["press"]["补上型号"])["text"]


def test_not_the_same_changes_nothing_and_can_be_kept(say: Say, session: Session) -> None:  # noqa: F811
    say(FollowRecalls(), KEPT)
    said = say(ValidateRecallForm(), "罗马仕充电宝PAC20-272召回了吗")
    other = pressed(say, said["press"]["不是同一个"])
    assert "没有改" in other["text"] and models(session) == [None]
    pressed(say, other["press"]["记下，有召回告诉我"])
    assert models(session) == [None, "PAC20-272"]


def test_a_second_wish_asks_whether_it_is_the_first(say: Say, session: Session) -> None:  # noqa: F811
    say(FollowRecalls(), KEPT)
    said = say(FollowRecalls(), "我家罗马仕充电宝PAC20-272，有召回告诉我")
    assert models(session) == [None]
    pressed(say, said["press"]["不是同一个"])
    assert models(session) == [None, "PAC20-272"]


def test_of_several_things_the_one_is_chosen(say: Say, session: Session) -> None:  # noqa: F811
    say(FollowRecalls(), KEPT)
    say(FollowRecalls(), "我家有个充电宝，有召回告诉我", product="充电宝")
    said = say(FollowRecalls(), "我家罗马仕充电宝PAC20-272，有召回告诉我")
    assert "哪一件" in said["text"]
    pressed(say, said["press"]["补上型号：移动电源"])
    rows = session.execute(select(Thing.kind, Thing.brand, Thing.model).order_by(Thing.id)).all()
    assert [tuple(row) for row in rows] == [("owned", "罗马仕", None), ("owned", "罗马仕", "PAC20-272")]  # fmt: skip


def test_a_thing_that_is_there_already_stays_one(say: Say, session: Session) -> None:  # noqa: F811
    say(FollowRecalls(), "我家有罗马仕充电宝PAC20-272")
    say(FollowRecalls(), KEPT)
    said = say(ValidateRecallForm(), "罗马仕充电宝PAC20-272召回了吗")
    pressed(say, said["press"]["补上型号"])
    assert models(session) == ["PAC20-272"]


def test_anothers_thing_is_not_completed(say: Say, session: Session, now: datetime) -> None:  # noqa: F811
    say(FollowRecalls(), KEPT)
    said = say(ValidateRecallForm(), "罗马仕充电宝PAC20-272召回了吗")
    other = people.person(session, "telegram", "77", now)
    assert "不在了" in pressed(say, said["press"]["补上型号"], who=other)["text"]
    assert models(session) == [None]


@pytest.mark.parametrize("is_sent", [True, False])
@pytest.mark.parametrize(
    ("model", "told"), [("QH-1000", "现在型号对上了"), ("QH-3000", "没有对上")]
)
def test_a_notice_that_was_perhaps_theirs_is_decided(
    say: Say, session: Session, citizen: Person, now: datetime, model: str, told: str, is_sent: bool  # noqa: F811
) -> None:  # fmt: skip
    keep(session, citizen, now, "我家有青禾落地扇", brand="青禾")
    recalled(session, now.replace(minute=30), remedy="免费更换")
    assert recall_push.propose(session, now, 50) is not None
    planned = recall_push.next_batch(session, (), now)
    assert planned is not None and recall_push.tell(session, planned, now) == 1
    waiting = notices.waiting_for(session, citizen, now)
    assert "可能是这一款" in waiting[0].text
    if is_sent:
        notices.acknowledge(session, citizen, [waiting[0].id], now)
    said = say(ValidateRecallForm(), f"青禾落地扇{model}召回了吗")
    done = pressed(say, said["press"]["补上型号"])
    assert told in done["text"]
    assert ("免费更换" in done["text"]) is ("对上了" in told)
    assert ("我有" in done["press"]) is ("对上了" in told)
    assert notices.waiting_for(session, citizen, now) == []
    assert len(session.scalars(select(Notice)).all()) == 1


def test_a_notice_about_something_else_is_not_told_of(
    say: Say, session: Session, citizen: Person, now: datetime  # noqa: F811
) -> None:  # fmt: skip
    keep(session, citizen, now, "我家有青禾落地扇", brand="青禾")
    keep(session, citizen, now, KEPT)
    recalled(session, now.replace(minute=30))
    recall_push.propose(session, now, 50)
    planned = recall_push.next_batch(session, (), now)
    assert planned is not None and recall_push.tell(session, planned, now) == 1
    said = say(ValidateRecallForm(), "罗马仕充电宝PAC20-272召回了吗")
    done = pressed(say, said["press"]["补上型号"])
    assert "青禾" not in done["all"]
    assert len(notices.waiting_for(session, citizen, now)) == 1
