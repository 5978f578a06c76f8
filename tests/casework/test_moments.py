"""Moments: what is said with and without somebody on duty, and what is kept of them."""

from datetime import datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import disputes, moments, people
from bot.casework.records import Alert, HeardMessage, OfferedButton, Person
from bot.library import load

ALL = list(load("moments")["moments"])


@pytest.mark.parametrize("moment_id", ALL)
@pytest.mark.parametrize("is_on_duty", [True, False])
@pytest.mark.parametrize("has_officers", [True, False])
def test_every_reply_is_short_and_names_public_numbers_by_their_grade(
    moment_id: str, is_on_duty: bool, has_officers: bool
) -> None:
    said = moments.reply(moments.get(moment_id), is_on_duty, has_officers)
    assert len(said) <= 180 and "{" not in said
    assert ("12356" in said) == ("12356（以官方公布为准）" in said)


@pytest.mark.parametrize("moment_id", ALL)
def test_a_person_is_said_to_be_told_only_where_officers_have_a_chat(moment_id: str) -> None:
    moment = moments.get(moment_id)
    for is_on_duty in (True, False):
        assert "工作人员" not in moments.reply(moment, is_on_duty, has_officers=False)


def test_despair_says_plainly_that_nobody_is_on_duty() -> None:
    moment = moments.get("self_harm")
    assert "没有人在值班" in moments.reply(moment, is_on_duty=False, has_officers=True)
    assert "没有人在值班" in moments.reply(moment, is_on_duty=True, has_officers=False)
    assert "没有人在值班" not in moments.reply(moment, is_on_duty=True, has_officers=True)
    assert moment.buttons == () and "《" not in moment.reply


def test_a_child_is_neither_scolded_nor_promised_anything() -> None:
    said = moments.reply(moments.get("child"), is_on_duty=True, has_officers=True)
    assert "监护人" in said and "留好" in said
    for word in ("不应该", "不能", "一定", "保证", "退钱", "能退"):
        assert word not in said


@pytest.mark.parametrize("words", ["有没有召回", "我要退款", "给孩子买的玩具坏了", "吃了拉肚子"])
def test_what_can_wait_is_left_to_the_talk(
    session: Session, citizen: Person, now: datetime, words: str
) -> None:
    kept = people.heard(session, citizen, "m-1", words, now)
    answered = moments.answer_at_once(session, citizen, "m-1", words, now, has_officers=True)
    assert answered is None and kept.text == words
    assert session.scalars(select(Alert)).all() == []


@pytest.mark.parametrize(
    ("words", "kind"),
    [("充电宝现在着火了", "acute"), ("我不想活了", "self_harm"), ("我上五年级", "child")],
)
def test_what_cannot_wait_stops_the_questions_and_tells_the_officers(
    session: Session, citizen: Person, now: datetime, words: str, kind: str
) -> None:
    draft = disputes.start(session, citizen, now)
    disputes.ask(draft, "merchant", now)
    people.heard(session, citizen, "m-1", words, now)
    answered = moments.answer_at_once(session, citizen, "m-1", words, now, has_officers=True)
    assert answered is not None and len(answered.rows) == 1
    assert draft.asking is None
    (raised,) = session.scalars(select(Alert))
    assert (raised.kind, raised.dispute_id) == (kind, draft.id)
    assert raised.words == ("" if kind == "child" else words)


@pytest.mark.parametrize("words", ["我今年11岁，家里着火了", "我今年11岁，不想活了", "我今年11岁"])
def test_of_a_child_no_words_are_kept_whatever_else_they_tell(
    session: Session, citizen: Person, now: datetime, words: str
) -> None:
    people.heard(session, citizen, "m-1", words, now)
    answered = moments.answer_at_once(session, citizen, "m-1", words, now, has_officers=True)
    assert answered is not None and answered.words == ""
    assert session.scalars(select(HeardMessage)).one().text == ""
    raised = session.scalars(select(Alert)).all()
    assert "child" in [one.kind for one in raised] and {one.words for one in raised} == {""}


def test_numbers_are_not_kept_in_an_alert(session: Session, citizen: Person, now: datetime) -> None:
    words = "不想活了，我电话13800000000"
    moments.answer_at_once(session, citizen, "m-1", words, now, has_officers=True)
    assert "13800000000" not in session.scalars(select(Alert)).one().words


def test_a_child_that_writes_on_is_one_alert(
    session: Session, citizen: Person, now: datetime
) -> None:
    for number, words in enumerate(("我是小学生", "老板不给我退", "我今年11岁")):
        people.heard(session, citizen, f"m-{number}", words, now)
        assert moments.answer_at_once(
            session, citizen, f"m-{number}", words, now, has_officers=False
        )
    assert len(session.scalars(select(Alert)).all()) == 1


def test_buttons_of_a_moment_are_offered_to_its_person(
    session: Session, citizen: Person, now: datetime
) -> None:
    answered = moments.answer_at_once(
        session, citizen, "m-1", "充电宝现在着火了", now, has_officers=False
    )
    assert answered is not None
    (button,) = session.scalars(select(OfferedButton))
    assert [b["id"] for b in answered.rows[0]["buttons"]] == [button.id]
    assert people.pressed(session, citizen, button.id) is button


def test_find_gives_the_moment_with_its_words() -> None:
    found = moments.find("替我妈投诉")
    assert found is not None and found.id == "for_another" and "第11条" in found.reply
    assert moments.find("我要投诉") is None
