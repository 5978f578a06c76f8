"""The way to Rasa and its action server; no other file speaks to Rasa. Knows no record, no channel."""

import json
import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

log = logging.getLogger(__name__)

Row = dict[str, Any]  # a bubble: text, buttons, data


@dataclass(frozen=True)
class Question:
    """What Rasa is asked: a text or a payload, the words as typed, and what is said before."""

    payload: str
    words: str = ""
    before: list[Row] = field(default_factory=list)

    def to_json(self) -> str:
        """As it is kept until it has been answered."""
        return json.dumps([self.payload, self.words, self.before], ensure_ascii=False)

    @classmethod
    def from_json(cls, kept: str) -> "Question":
        """The question that `to_json` wrote."""
        return cls(*json.loads(kept))


class NoAnswer(Exception):
    """Rasa said nothing. `may_be_working`: it has the message and may still be busy with it."""

    def __init__(self, *, may_be_working: bool = False, is_reached: bool = False) -> None:
        super().__init__()
        self.may_be_working, self.is_reached = may_be_working, is_reached


class Rasa:
    """Asks Rasa, one message at a time for each talk; `key` is the citizen's name there."""

    def __init__(self, url: str, actions_url: str, timeout_seconds: float) -> None:
        self._client = httpx.AsyncClient(base_url=url, timeout=timeout_seconds)
        self._actions_url = actions_url

    async def ask(self, key: str, message_id: str, question: Question) -> list[Row]:
        """The bubbles that answer a question. Raises NoAnswer.

        Without its action server Rasa forgets the draft and does not understand: it is not asked.
        """
        await self._call("GET", f"{self._actions_url}/health")
        body = {
            "sender": key,
            "message": question.payload,
            "metadata": {"message_id": message_id, "words": question.words},
        }
        said = _bubbles(await self._call("POST", "/webhooks/rest/webhook", body))
        if not said:  # so it is where the action server died meanwhile
            raise NoAnswer(is_reached=True)
        return said

    async def answered(self, key: str, message_id: str) -> list[Row] | None:
        """What Rasa has said to a message that we sent before; None where it never finished one.

        Raises NoAnswer where it cannot be asked.
        """
        tracker = await self._call("GET", f"/conversations/{key}/tracker?include_events=ALL")
        events = list(tracker.get("events", ()))
        places = [n for n, event in enumerate(events) if _is_message(event, message_id)]
        return None if not places else _bubbles(map(_said, _until_next(events[places[-1] + 1 :])))

    async def intent(self, key: str) -> str:
        """What Rasa took the last message of a talk for. Raises NoAnswer."""
        tracker = await self._call("GET", f"/conversations/{key}/tracker?include_events=NONE")
        return str((tracker.get("latest_message") or {}).get("intent", {}).get("name") or "none")

    async def forget(self, key: str) -> None:
        """Begin the talk anew: the records say where it goes on. Raises NoAnswer."""
        await self._call("PUT", f"/conversations/{key}/tracker/events", [])

    async def close(self) -> None:
        """Let the connections go."""
        await self._client.aclose()

    async def _call(self, method: str, path: str, body: object = None) -> Any:
        try:
            answer = await self._client.request(method, path, json=body)
            answer.raise_for_status()
            return answer.json()
        except (httpx.HTTPError, json.JSONDecodeError) as error:
            log.warning("rasa gave no answer: %s", type(error).__name__)
            raise NoAnswer(
                may_be_working=isinstance(error, httpx.ReadTimeout) and method == "POST",
                is_reached=isinstance(error, httpx.HTTPStatusError) and method == "POST",
            ) from error


def _is_message(event: Mapping[str, Any], message_id: str) -> bool:
    is_user = event.get("event") == "user"
    return is_user and (event.get("metadata") or {}).get("message_id") == message_id


def _until_next(events: Sequence[Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    """The bot's events up to the next message of the citizen."""
    ends = [n for n, event in enumerate(events) if event.get("event") == "user"]
    return [event for event in events[: min(ends, default=None)] if event.get("event") == "bot"]


def _said(event: Mapping[str, Any]) -> Row:
    """A bot event of the tracker in the form of the REST channel's answer."""
    data = event.get("data") or {}
    said = {"text": event.get("text"), "buttons": data.get("buttons"), "custom": data.get("custom")}
    return {key: value for key, value in said.items() if value}


def _bubbles(said: Iterable[Mapping[str, Any]]) -> list[Row]:
    """Rasa's messages as rows of text, buttons and data; data joins the bubble before it."""
    rows: list[Row] = []
    for one in said:
        if one.get("text"):
            rows.append({"text": one["text"], "buttons": one.get("buttons") or []})
        if one.get("custom") and rows:
            rows[-1]["data"] = {**rows[-1].get("data", {}), **one["custom"]}
    return rows
