"""An action whose records are away: its citizen is asked to say it again, and nothing of it is kept by halves."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy import select

from actions import turn
from actions.turn import Turn, TurnAction
from bot.casework import people
from bot.casework.records import HeardMessage, Person
from tests import aside, away
from tests.test_logs import logged

SECRET = "司马先生"


class Keep(TurnAction):
    """Writes something, and says so."""

    def name(self) -> str:
        return "action_keep"

    def take(self, turn: Turn) -> list[Any]:
        people.heard(turn.session, turn.who, "m-1", SECRET * 2000, turn.now)
        turn.who.name = SECRET
        turn.tell("记下了")
        return []


@pytest.mark.parametrize("kind", away.KINDS)
def test_an_action_without_records_says_so_and_works_again_by_itself(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with away.records(kind, tmp_path) as place, logged("plain") as lines:
        monkeypatch.setattr(turn, "sessions", lambda: place.sessions)
        with place.sessions.begin() as session:
            key = people.person(session, "web", "c-1", datetime.now(UTC)).key

        def answer() -> tuple[list[Any], list[Any]]:
            said = CollectingDispatcher()
            tracker = Tracker(key, {}, {"text": SECRET}, [], False, None, {}, "")
            events = aside.run(Keep().run(said, tracker, {}))
            return [one.get("response") or one["text"] for one in said.messages], events

        place.leave()
        told, (event,) = answer()
        assert told == ["utter_fault"] and event["name"] == "fault"
        place.come_back()
        with place.sessions() as session:
            assert session.scalars(select(HeardMessage)).all() == []
            assert session.scalars(select(Person)).one().name is None
        assert answer() == (["记下了"], [])
        shown = "\n".join(lines())
    assert "action_keep failed" in shown and SECRET not in shown and "Traceback" not in shown
