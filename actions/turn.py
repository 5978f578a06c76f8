"""One session and one error edge for all actions. Knows casework's door, not its rules."""

import abc
import asyncio
import functools
import logging
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, date, datetime
from traceback import extract_tb
from typing import Any

from rasa_sdk import Action, Tracker
from rasa_sdk.events import EventType, SlotSet
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session, sessionmaker

from bot import database, settings
from bot.casework import disputes, people, recalls
from bot.casework.records import Person
from bot.library import streets
from bot.reading import answers, facts

log = logging.getLogger(__name__)


@functools.cache
def sessions() -> sessionmaker[Session]:
    """The sessions of this action server, opened at the first turn."""
    return database.connect(settings.get())


@functools.cache
def _at_the_records() -> ThreadPoolExecutor:
    """The one thread that turns are taken in: more of them wait for each other at Python's lock."""
    return ThreadPoolExecutor(1, "turn")


@dataclass(frozen=True)
class Turn:
    """What an action needs to know of the message it answers."""

    session: Session
    tracker: Tracker
    dispatcher: CollectingDispatcher
    who: Person
    now: datetime

    @property
    def message(self) -> Mapping[str, Any]:
        return self.tracker.latest_message or {}

    @property
    def text(self) -> str:
        """What is understood of the message; where the dialogue gave the intent, the words beside it."""
        text = str(self.message.get("text") or "")
        return self.shown_beside(text) if self.entity("choice") == "words" else text

    @property
    def is_button(self) -> bool:
        """A button carries an intent, not words."""
        return self.text.startswith("/")

    @property
    def shown(self) -> str:
        """The message as the citizen typed it, without phone or id numbers."""
        return self.shown_beside(str(self.message.get("text") or ""))

    def shown_beside(self, text: str) -> str:
        """The words that came beside what Rasa was asked, else that."""
        return str((self.message.get("metadata") or {}).get("words") or text)

    @property
    def intent(self) -> str:
        return str((self.message.get("intent") or {}).get("name") or "")

    @property
    def confidence(self) -> float:
        return float((self.message.get("intent") or {}).get("confidence") or 0.0)

    @property
    def close_intents(self) -> list[str]:
        """The likeliest intents where none was likely enough, those far behind the first left out."""
        ranking = (self.message.get("intent_ranking") or [])[1:4]
        likely = [row for row in ranking if row["confidence"] >= 0.5 * ranking[0]["confidence"]]
        return [str(row["name"]) for row in likely]

    @property
    def entities(self) -> list[dict[str, Any]]:
        return list(self.message.get("entities") or [])

    @property
    def today(self) -> date:
        return disputes.local_day(self.now)

    @property
    def asks_if_safe(self) -> bool:
        """Whether the message asks, outside of a form, if a product of the library may be used."""
        if self.is_button or self.tracker.active_loop_name:
            return False
        return answers.asks_if_safe(self.text) and recalls.names_a_product(self.text)

    def was_answered(self, form: str) -> bool:
        """Whether another action than the form has answered this message already."""
        for event in reversed(self.tracker.events):
            if event["event"] == "user":
                return False
            if event["event"] == "action" and event["name"] != form:
                return True
        return False

    def entity(self, kind: str) -> str | None:
        """The first value Rasa marked as `kind`, or that a button carries."""
        return next((str(e["value"]) for e in self.entities if e["entity"] == kind), None)

    def facts(self) -> facts.Facts:
        """The facts of the message; of a button none."""
        if self.is_button:
            return facts.Facts()
        return facts.read(
            self.text, self.entities, today=self.today, streets=streets(), shown=self.shown
        )

    def tell(
        self, text: str, buttons: Sequence[Mapping[str, str]] = (), data: object = None
    ) -> None:
        """Reply with a text that a library made, as it stands; `data` is for machines."""
        self.dispatcher.utter_message(text=text, buttons=list(buttons), json_message=data)

    def say(self, response: str, **values: Any) -> None:
        """Reply with a response of domain.yml, its {places} filled."""
        self.dispatcher.utter_message(response=response, **values)


class TurnAction(Action, abc.ABC):  # type: ignore[misc]
    """An action with a session: subclasses say their name and take the turn."""

    @abc.abstractmethod
    def name(self) -> str:
        """The action's name in domain.yml."""

    @abc.abstractmethod
    def take(self, turn: Turn) -> list[EventType]:
        """Answer the turn and return Rasa events; what is recorded is committed afterwards."""

    async def run(
        self, dispatcher: CollectingDispatcher, tracker: Tracker, domain: dict[str, Any]
    ) -> list[EventType]:
        try:
            return await asyncio.get_running_loop().run_in_executor(
                _at_the_records(), self._in_session, dispatcher, tracker
            )
        except Exception as error:
            place = " < ".join(
                f"{f.name}:{f.lineno}" for f in extract_tb(error.__traceback__)[:-5:-1]
            )
            log.error(
                "%s failed for %s: %s in %s",
                self.name(), tracker.sender_id, type(error).__name__, place,
            )  # fmt: skip
            log.debug("the failure", exc_info=True)
            dispatcher.messages.clear()
            dispatcher.utter_message(response="utter_fault")
            return [SlotSet("fault", disputes.local_day(datetime.now(UTC)).isoformat())]

    def _in_session(self, dispatcher: CollectingDispatcher, tracker: Tracker) -> list[EventType]:
        now = datetime.now(UTC)
        with sessions().begin() as session:
            who = people.by_key(session, tracker.sender_id)
            if who is None:
                raise LookupError("a talk that dialogue.py did not open")
            return self.take(Turn(session, tracker, dispatcher, who, now))
