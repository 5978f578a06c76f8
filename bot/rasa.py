"""The way to Rasa and its action server; no other file speaks to Rasa. Knows no record, no channel."""

import hashlib
import json
import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import aiohttp

log = logging.getLogger(__name__)

HEALTH_SECONDS = 2.0  # so long may one of several take to say that it is there
REST_SECONDS = 15.0  # so long one that was not there comes after the others

Row = dict[str, Any]  # a bubble: text, buttons, data


@dataclass(frozen=True)
class Question:
    """What Rasa is asked: a text or a payload, the words as typed, and what is said before."""

    payload: str
    words: str = ""
    before: list[Row] = field(default_factory=list)

    @property
    def is_press(self) -> bool:
        """Whether it is a button's, which carries its meaning."""
        return self.payload.startswith("/")

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


class Server:
    """A Rasa, and the action server that it speaks to; `name` tells it from the others."""

    def __init__(self, url: str, actions_url: str, timeout_seconds: float) -> None:
        self.url, self.actions_url = url, actions_url
        self.name = hashlib.sha256(url.encode()).hexdigest()[:16]
        self.rests_until = 0.0
        self._seconds = timeout_seconds
        self._session: aiohttp.ClientSession | None = None

    async def call(
        self, method: str, address: str, body: object = None, seconds: float | None = None
    ) -> bytes:
        """What the server answers. Raises aiohttp.ClientError, of a status but 200 too, and TimeoutError."""
        patience = seconds or self._seconds
        async with self._kept().request(
            method,
            address,
            json=body,
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(connect=patience, sock_read=patience),
        ) as answer:
            if answer.status != HTTPStatus.OK:
                raise aiohttp.ClientResponseError(
                    answer.request_info, answer.history, status=answer.status
                )
            return await answer.read()

    async def close(self) -> None:
        """Let the connections go."""
        if self._session is not None:
            await self._session.close()

    def _kept(self) -> aiohttp.ClientSession:
        """One session for all calls; made at the first, for it belongs to the loop that runs."""
        if self._session is None:
            self._session = aiohttp.ClientSession(cookie_jar=aiohttp.DummyCookieJar())
        return self._session

    def weight(self, key: str) -> str:
        """A talk goes to the server of the greatest weight: another one's end moves no other talk."""
        return hashlib.sha256(f"{self.name}{key}".encode()).hexdigest()


class Rasa:
    """Asks Rasa, one message at a time for each talk; `key` is the citizen's name there.

    `urls` are one address or several, with commas between; `actions_urls` as many, in the same order.
    Raises ValueError where they are not.
    """

    def __init__(self, urls: str, actions_urls: str, timeout_seconds: float) -> None:
        pairs = zip(addresses(urls), addresses(actions_urls), strict=True)
        self._servers = [Server(*pair, timeout_seconds) for pair in pairs]
        self.are_several = len(self._servers) > 1
        self._health_seconds = min(HEALTH_SECONDS, timeout_seconds)

    async def server(self, key: str) -> Server:
        """The server for a talk: always the same one while it is up. Raises NoAnswer where none is.

        Without its action server Rasa forgets the draft and does not understand: it is not asked.
        """
        if not self.are_several:
            (only,) = self._servers
            await self._call(only, "GET", "/health", at=only.actions_url)
            return only
        for server in self._in_order(key):
            if await self._is_up(server, server.url) and await self._is_up(
                server, f"{server.actions_url}/health"
            ):
                return server
        raise NoAnswer

    async def ask(self, server: Server, key: str, message_id: str, question: Question) -> list[Row]:
        """The bubbles that answer a question. Raises NoAnswer."""
        body = {
            "sender": key,
            "message": question.payload,
            "metadata": {"message_id": message_id, "words": question.words},
        }
        said = _bubbles(await self._call(server, "POST", "/webhooks/rest/webhook", body))
        if not said:  # so it is where the action server died meanwhile
            raise NoAnswer(is_reached=True)
        return said

    async def answered(self, key: str, message_id: str) -> list[Row] | None:
        """What Rasa has said to a message that we sent before; None where it never finished one.

        Raises NoAnswer where it cannot be asked. Of several all are asked that are up: it is not known
        which one had the message.
        """
        for server in await self._all_up(key):
            path = f"/conversations/{key}/tracker?include_events=ALL"
            events = list((await self._call(server, "GET", path)).get("events", ()))
            places = [n for n, event in enumerate(events) if _is_message(event, message_id)]
            if places:
                return _bubbles(map(_said, _until_next(events[places[-1] + 1 :])))
        return None

    async def intent(self, key: str) -> str:
        """What Rasa took the last message of a talk for. Raises NoAnswer."""
        path = f"/conversations/{key}/tracker?include_events=NONE"
        tracker = await self._call(self._in_order(key)[0], "GET", path)
        return str((tracker.get("latest_message") or {}).get("intent", {}).get("name") or "none")

    async def forget(self, key: str) -> None:
        """Begin the talk anew: the records say where it goes on. Raises NoAnswer."""
        for server in await self._all_up(key):
            await self.begin_anew(server, key)

    async def begin_anew(self, server: Server, key: str) -> None:
        """Likewise at one server, which may remember how the talk stood long ago. Raises NoAnswer."""
        await self._call(server, "PUT", f"/conversations/{key}/tracker/events", [])

    async def close(self) -> None:
        """Let the connections go."""
        for server in self._servers:
            await server.close()

    def _in_order(self, key: str) -> list[Server]:
        """This talk's servers, the first choice first, those that were not there of late last."""
        now = time.monotonic()
        by_weight = sorted(self._servers, key=lambda one: one.weight(key), reverse=True)
        return sorted(by_weight, key=lambda one: one.rests_until > now)

    async def _all_up(self, key: str) -> list[Server]:
        """The servers that are there; of one that is alone the call itself will tell."""
        if not self.are_several:
            return self._servers
        found = [one for one in self._in_order(key) if await self._is_up(one, one.url)]
        if not found:
            raise NoAnswer
        return found

    async def _is_up(self, server: Server, address: str) -> bool:
        """Whether a Rasa of several, or its action server, answers at once."""
        try:
            await server.call("GET", address, seconds=self._health_seconds)
        except (aiohttp.ClientError, TimeoutError) as error:
            log.warning("one of several is not there: %s", type(error).__name__)
            server.rests_until = time.monotonic() + REST_SECONDS
            return False
        return True

    async def _call(
        self, server: Server, method: str, path: str, body: object = None, at: str = ""
    ) -> Any:
        """What a Rasa answers at a path, or what is `at` another address. Raises NoAnswer."""
        try:
            return json.loads(await server.call(method, f"{at or server.url}{path}", body))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            log.warning("rasa gave no answer: %s", type(error).__name__)
            server.rests_until = time.monotonic() + REST_SECONDS
            raise NoAnswer(
                may_be_working=isinstance(error, aiohttp.SocketTimeoutError) and method == "POST",
                is_reached=isinstance(error, aiohttp.ClientResponseError) and method == "POST",
            ) from error


def addresses(text: str) -> list[str]:
    """The addresses in a setting, with commas between."""
    return [one.strip().rstrip("/") for one in text.split(",") if one.strip()]


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
