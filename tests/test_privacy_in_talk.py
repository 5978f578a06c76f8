"""What a citizen says of their own data, up to the deletion, which needs no Rasa; and the action's words."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from actions import contact, turn
from actions.privacy import ManageData
from bot import database, hearing
from bot.casework import choices, disputes, negotiations, people, privacy
from bot.casework.records import HeardMessage, OfferedButton, Person, Record
from bot.dialogue import Dialogue
from bot.hearing import Heard
from bot.library import words
from bot.messages import Message
from bot.settings import Settings
from tests import aside
from tests.rasa_world import rasa_world

SURE = privacy.payload("delete_sure")


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    chosen = Settings(_env_file=None, var_dir=tmp_path, database_url="", public_url=None)
    monkeypatch.setattr("bot.settings.get", lambda: chosen)
    return chosen


@pytest.fixture
def sessions(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> sessionmaker[Session]:
    made = database.connect(settings)
    Record.metadata.create_all(made.kw["bind"])
    monkeypatch.setattr(turn, "sessions", lambda: made)
    return made


@pytest.fixture
def hear(session: Session, citizen: Person, now: datetime) -> Callable[..., Heard]:
    """What becomes of a message of the citizen's, an hour later or so."""

    def heard(text: str, button_id: str | None = None, later: timedelta = timedelta()) -> Heard:
        message = Message("web", "c-1", "m-9", text, button_id)
        return hearing.interpret(
            session, citizen, message, (), asks_in_chat=True, has_officers=False, now=now + later
        )

    return heard


# ── what is heard ──


@pytest.mark.parametrize(
    ("text", "choice"),
    [("删除我的个人信息", "delete"), ("导出我的数据", "export"), ("你们存了我哪些信息？", "tell"),
     ("删除我的個人信息", "delete")],
)  # fmt: skip
@pytest.mark.parametrize("asking", [None, "demand", "contact"])
def test_it_is_heard_whatever_is_asked(hear, session, citizen, now, text, choice, asking) -> None:
    if asking:
        disputes.ask(disputes.start(session, citizen, now), asking, now)
    question = hear(text).question
    assert question is not None and question.payload == privacy.payload(choice)


def test_the_command_tells(hear) -> None:
    assert hear("/privacy").question.payload == "/manage_data"


def test_what_is_written_to_a_shop_goes_to_the_shop(hear, session, citizen, now, monkeypatch):
    draft = disputes.start(session, citizen, now)
    found = type("Found", (), {"dispute": draft, "asking": "words"})()
    monkeypatch.setattr(negotiations, "writing", lambda *_: found)
    assert hear("删除我的个人信息").question.payload == choices.payload(draft, "words")


def offer(session: Session, who: Person, at: datetime) -> str:
    return people.offer_button(session, who, "确认删除", SURE, at)


def test_the_button_deletes_only_under_the_newest_list_and_while_it_is_fresh(
    hear, session, citizen, now
) -> None:
    older, newer = offer(session, citizen, now), offer(session, citizen, now + timedelta(minutes=1))
    for button, later in ((older, timedelta()), (newer, timedelta(hours=2))):
        assert hear("", button, later).question.payload == privacy.payload("delete")
    heard = hear("", newer, timedelta(minutes=30))
    assert heard.question is None and words("data_erased") in heard.ready[0]["text"]


def test_nobody_presses_anothers_button(hear, session, now) -> None:
    button = offer(session, people.person(session, "web", "c-2", now), now)
    assert hear("", button).ready == [{"text": words("button_gone")}]


# ── from the press to the reply ──


@pytest.mark.parametrize("is_rasa_there", [True, False])
def test_a_deletion_is_answered_and_leaves_nothing_not_even_its_own_message(
    sessions, is_rasa_there: bool
) -> None:
    key, button = begin(sessions)

    async def scene() -> list[str]:
        dialogue = Dialogue(
            sessions, world.addresses("rasa")[0], world.addresses("actions")[0], 1.0
        )
        said = await dialogue.hear(Message("web", "c-1", "m-2", "确认删除", button))
        again = await dialogue.hear(Message("web", "c-1", "m-2", "确认删除", button))
        await dialogue.take_up()
        await dialogue.close()
        return [one.text for one in (*said, *again)]

    with rasa_world() as world:
        world.faults = {} if is_rasa_there else {"rasa-1": 503}
        said = aside.run(scene())
    assert said[0].startswith(words("data_erased")) and said[1:] == [words("button_gone")]
    assert world.anew
    with sessions() as session:
        kept = session.scalars(select(HeardMessage)).all()
        assert [one.text for one in kept] == ["确认删除"]  # the repeat, by who is new now
        assert session.scalars(select(OfferedButton)).all() == []
        assert people.by_key(session, key) is None


def begin(sessions: sessionmaker[Session]) -> tuple[str, str]:
    """Key and button of a citizen who told a story and is asked whether to delete."""
    now = datetime.now(UTC)
    with sessions.begin() as session:
        who = people.person(session, "web", "c-1", now)
        people.answered(people.heard(session, who, "m-1", "键盘坏了", now), [{"text": "嗯"}], now)
        disputes.start(session, who, now).facts = "键盘坏了"
        session.flush()
        return who.key, offer(session, who, now)


# ── what the action says ──


def say(sessions: sessionmaker[Session], key: str, choice: str | None) -> list[dict[str, Any]]:
    entities = [{"entity": "choice", "value": choice}] if choice else []
    message = {"text": "/manage_data", "intent": {"name": "manage_data"}, "entities": entities}
    tracker = Tracker(key, {}, message, [], False, None, {}, "action_listen")
    dispatcher = CollectingDispatcher()
    aside.run(ManageData().run(dispatcher, tracker, {}))
    return dispatcher.messages


@pytest.mark.parametrize("choice", ["tell", None, "nonsense"])
def test_what_is_kept_is_told_with_its_terms_and_the_ways_on(sessions, choice) -> None:
    key, _ = begin(sessions)
    (said,) = say(sessions, key, choice)
    for word in ("没填完的投诉：1 项", "对话：1 项", "对话 90 天", "第45条、第47条"):
        assert word in said["text"]
    assert [one["title"] for one in said["buttons"]] == ["导出一份", "删除", "不用了"]
    assert "键盘" not in said["text"]


def test_before_a_deletion_it_is_said_what_goes_and_nothing_is_gone(sessions) -> None:
    key, _ = begin(sessions)
    (said,) = say(sessions, key, "delete")
    assert "不能恢复" in said["text"] and "没填完的投诉：1 项" in said["text"]
    assert said["buttons"][0] == {"title": "确认删除", "payload": SURE}
    assert [one["title"] for one in said["buttons"]] == ["确认删除", "先不删", "导出一份"]
    with sessions() as session:
        assert privacy.held(session, people.by_key(session, key))["drafts"] == 1
    assert say(sessions, key, "keep")[0]["text"] == words("data_kept")


def test_a_copy_is_on_the_own_page_or_comes_from_a_person(sessions, settings, monkeypatch) -> None:
    key, _ = begin(sessions)
    (button,) = say(sessions, key, "export")[0]["buttons"]
    assert button["payload"].startswith("page:/mine/")  # the page beside our chat page
    with sessions.begin() as session:
        people.by_key(session, key).channel = "talk"
    assert say(sessions, key, "export")[0]["text"] == words("data_export_none")
    public = settings.model_copy(update={"public_url": "https://example.com"})
    monkeypatch.setattr(contact.settings, "get", lambda: public)
    (button,) = say(sessions, key, "export")[0]["buttons"]
    assert button["payload"].startswith("https://example.com/mine/")
