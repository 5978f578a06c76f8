"""Where progress is told, the page of the dispute is offered, without Rasa: the actions alone."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session, sessionmaker

from actions import disputes as asked
from actions import progress, turn
from bot import settings as product
from bot.casework import disputes, links, people
from bot.library import words
from bot.settings import Settings
from tests import aside, records

SITE = "https://weiquan.example"
ACTIONS = {"query_progress": asked.QueryProgress, "not_resolved": progress.FollowUp}
Buttons = list[dict[str, str]]


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[sessionmaker[Session]]:
    yield from records.empty(Settings(_env_file=None, var_dir=tmp_path))


@pytest.fixture
def buttons(
    sessions: sessionmaker[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., tuple[Buttons, str]]:
    """What a person with one dispute is offered where they ask; and key and number of it."""

    def said(intent: str, channel: str, public_url: str | None) -> tuple[Buttons, str]:
        given = Settings(_env_file=None, var_dir=tmp_path, secret_key="k", public_url=public_url)
        monkeypatch.setattr(product, "get", lambda: given)
        monkeypatch.setattr(turn, "sessions", lambda: sessions)
        now = datetime.now(UTC)
        with sessions.begin() as session:
            who = people.person(session, channel, "c-1", now)
            one = disputes.start(session, who, now)
            one.merchant = "永旺"
            disputes.lodge(session, one, operator="independent", limit=Decimal(2000), now=now)
            session.flush()
            key, named = who.key, f"{who.key}:{one.number}"
        message = {"text": "进度", "intent": {"name": intent, "confidence": 0.9}, "entities": [],
                   "metadata": {"message_id": "m:7", "words": "进度"}}  # fmt: skip
        tracker = Tracker(key, {}, message, [], False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        aside.run(ACTIONS[intent]().run(dispatcher, tracker, {}))
        return [one for row in dispatcher.messages for one in row["buttons"]], named

    return said


@pytest.mark.parametrize("intent", ACTIONS)
@pytest.mark.parametrize(
    ("channel", "public_url", "begins"),
    [
        ("web", None, f"{links.HERE}/case/"),
        ("web", SITE, f"{SITE}/case/"),
        ("telegram", SITE, f"{SITE}/case/"),
        ("telegram", None, None),
    ],
)
def test_the_page_is_offered_where_there_is_one(buttons, intent, channel, public_url, begins):
    offered, named = buttons(intent, channel, public_url)
    found = [one["payload"] for one in offered if one["title"] == words("see_case")]
    assert len(found) == (begins is not None)
    for payload in found:
        assert payload.startswith(begins)
        token = payload.removeprefix(begins)
        assert links.read("k", links.CASE, token, links.CASE_SECONDS) == named
