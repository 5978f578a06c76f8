"""What a talk leaves behind: no phone, id number, name or address in any log, with or without a fault."""

import contextlib
import io
import logging
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select, text
from sqlalchemy.orm import Session, sessionmaker

from actions import dispute_form, dispute_questions, turn
from actions import disputes as dispute_actions
from bench.stack import Stack, Talk
from bot import database
from bot.casework import disputes, people, sealing
from bot.casework.records import HeardMessage, Person
from bot.dialogue import Dialogue
from bot.messages import Message
from bot.reading.facts import Facts
from bot.settings import Settings
from tests import aside

WHOLE = "我要投诉大寺镇的金街超市，昨天花80买的键盘好几个键失灵，我要求退款"
NAME, PHONE, ADDRESS, ID = "司马先生", "13655551234", "雅馨里7号楼", "120111198805056621"
CONTACT = f"{NAME} {PHONE} 天津市西青区大寺镇{ADDRESS}"


def logs(running: Stack) -> str:
    written = [path.read_text(errors="replace") for path in running.folder.rglob("*.log*")]
    assert len(written) >= 2
    return "\n".join(written)


def person_of(running: Stack, talk: Talk) -> Person:
    with running.sessions() as session:
        return session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()


# ── a talk without a fault ──


@pytest.fixture
def talked(running: Stack, talk: Talk) -> Talk:
    """A citizen who filed with name, phone and address, and typed an id number besides."""
    for words in (WHOLE, "自己用的，没处理过", CONTACT, f"我的身份证号{ID}", "确认"):
        talk.say(words)
    return talk


@pytest.mark.parametrize("secret", [NAME, PHONE, ADDRESS, ID, "键盘好几个键失灵"])
def test_a_filed_dispute_leaves_nothing_in_the_logs(
    running: Stack, talked: Talk, secret: str
) -> None:
    assert person_of(running, talked).phone == PHONE
    assert secret not in logs(running)


@pytest.mark.parametrize("secret", [NAME, PHONE, ADDRESS, ID])
def test_rasa_never_sees_contact_details(running: Stack, talked: Talk, secret: str) -> None:
    assert secret not in running.tracker(person_of(running, talked).key)


@pytest.mark.parametrize("secret", [NAME, PHONE, ADDRESS, ID, "键盘"])
def test_the_file_of_the_records_shows_no_personal_data(
    running: Stack, talked: Talk, secret: str
) -> None:
    with running.sessions() as session:
        who = person_of(running, talked)
        stored = session.execute(
            text("select name, phone, address from people where id = :id"), {"id": who.id}
        ).one()
        heard = session.execute(
            text("select text from heard_messages where person_id = :id"), {"id": who.id}
        ).scalars()
        raw = b"".join(bytes(one) for one in [*stored, *heard])
    assert secret.encode() not in raw


@pytest.mark.parametrize(
    "number",
    ["13655551234", "136 5555 1234", "１３６５５５５１２３４", "+86-136-5555-1234", "一三六五五五五一二三四",
     "120111198805056621", "12011119880505662x"],
)  # fmt: skip
def test_a_number_in_the_story_is_taken_out_however_it_is_written(
    running: Stack, talk: Talk, number: str
) -> None:
    talk.say(f"我要投诉修表的，他们一直不回电话，我的号码是{number}，表到现在没修好")
    who = person_of(running, talk)
    with running.sessions() as session:
        kept = session.scalars(select(HeardMessage).where(HeardMessage.person_id == who.id)).one()
    assert number not in kept.text and number not in running.tracker(who.key)


@pytest.mark.parametrize(
    ("words", "secret"),
    [("银行卡6222021234567890123被多扣了会员费，店里不认", "6222021234567890123"),
     ("我护照E12345678，酒店登记后泄露了", "E12345678"),
     ("我邮箱sima@example.com，一直收到他家广告", "sima@example.com")],
)  # fmt: skip
def test_other_numbers_of_a_person_do_not_reach_rasa(
    running: Stack, talk: Talk, words: str, secret: str
) -> None:
    talk.say(words)
    assert secret not in running.tracker(person_of(running, talk).key)


# ── a talk with a fault ──


@pytest.fixture
def scratch(tmp_path: Path) -> sessionmaker[Session]:
    """Records with one citizen who is asked for contact details."""
    settings = Settings(_env_file=None, var_dir=tmp_path)
    database.migrate(settings)
    sessions = database.connect(settings)
    now = datetime.now(UTC)
    with sessions.begin() as session:
        who = people.person(session, "web", "c-1", now)
        draft = disputes.start(session, who, now)
        disputes.take(draft, Facts(merchant="老宋修表"))
        disputes.ask(draft, "contact", now)
        who.told_at = now
    return sessions


@contextlib.contextmanager
def heard_logs() -> Iterator[io.StringIO]:
    """All that any logger writes, at DEBUG."""
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    try:
        yield written
    finally:
        root.removeHandler(handler)
        root.setLevel(before)


def refuse(sessions: sessionmaker[Session], event: str) -> None:
    """Let the database refuse that kind of writing."""
    with sessions.begin() as session:
        session.execute(
            text(f"create trigger refused before {event} begin select raise(abort, 'boom'); end")
        )


BROKEN = ["update on people", "insert on heard_messages", "update on heard_messages"]


@pytest.mark.parametrize("event", BROKEN)
def test_a_fault_of_the_records_tells_no_contact_details(
    scratch: sessionmaker[Session], event: str
) -> None:
    refuse(scratch, event)
    told = fault_of_hearing(scratch)
    assert "boom" in told or event.startswith("update on heard")
    assert not [secret for secret in (NAME, PHONE, ADDRESS) if secret in told]


def test_records_that_are_locked_tell_no_contact_details(
    scratch: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sealing, "_keys", [])
    told = fault_of_hearing(scratch)
    assert "locked" in told
    assert not [secret for secret in (NAME, PHONE, ADDRESS) if secret in told]


def fault_of_hearing(sessions: sessionmaker[Session]) -> str:
    """What the error and the logs say when a contact line meets broken records."""
    dialogue = Dialogue(sessions, "http://127.0.0.1:9", "http://127.0.0.1:9", 1.0)
    with heard_logs() as written:
        try:
            aside.run(dialogue.hear(Message("web", "c-1", "m-1", CONTACT)))
        except Exception as error:
            return "".join(traceback.format_exception_only(error)) + written.getvalue()
    return written.getvalue()


VALIDATE = dispute_form.ValidateDisputeForm


@pytest.mark.parametrize(
    ("action", "level"),
    [(VALIDATE, logging.INFO), (dispute_actions.LodgeDispute, logging.INFO),
     (dispute_actions.LodgeDispute, logging.DEBUG), (dispute_questions.AskContact, logging.DEBUG),
     (dispute_actions.QueryProgress, logging.DEBUG), (VALIDATE, logging.DEBUG)],
)  # fmt: skip
def test_a_fault_in_an_action_tells_no_words_of_the_citizen(
    scratch: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch, action: Any, level: int
) -> None:
    refuse(scratch, "update on disputes")
    refuse_all = "insert on disputes"
    with scratch.begin() as session:
        session.execute(
            text(f"create trigger more before {refuse_all} begin select raise(abort, 'boom'); end")
        )
        key = session.scalars(select(Person.key)).one()
    monkeypatch.setattr(turn, "sessions", lambda: scratch)
    story = f"{NAME}住{ADDRESS}，表修了三个月，花了915元"
    message = {"text": story, "intent": {"name": "inform", "confidence": 0.9}, "entities": [],
               "metadata": {"words": story}}  # fmt: skip
    tracker = Tracker(key, {"requested_slot": "facts", "confirmed": True}, message, [], False,
                      None, {}, "action_listen")  # fmt: skip
    dispatcher = CollectingDispatcher()
    with heard_logs() as written:
        logging.getLogger("actions").setLevel(level)
        aside.run(action().run(dispatcher, tracker, {}))
        logging.getLogger("actions").setLevel(logging.NOTSET)
    said = written.getvalue()
    assert not [word for word in (NAME, ADDRESS, "915", "修了三个月") if word in said]


# ── at the citizen's word ──


@pytest.mark.parametrize(
    "words",
    ["删除我的个人信息", "把我留的手机号删掉", "我不想让你们存我的资料，清掉吧", "注销我的信息",
     "你们存了我哪些信息"],
)  # fmt: skip
def test_who_asks_for_deletion_is_told_what_happens(
    running: Stack, talked: Talk, words: str
) -> None:
    said = talked.say(words)
    assert any(word in said for word in ("删除", "已删", "保存", "个人信息"))
    assert "已记下「" not in said and "看懂" not in said and "办不了" not in said
