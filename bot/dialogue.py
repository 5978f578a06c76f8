"""MESSAGE to REPLY: the only file that speaks to Rasa. It knows no channel and no rule of the trade."""

import asyncio
import json
import logging
import re
import weakref
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import httpx
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import callbacks, disputes, evidence, notices, people
from bot.casework.records import Person
from bot.library import words
from bot.reading import answers, folding, phones

log = logging.getLogger(__name__)

NOT_TEXT = re.compile("[\x00\ud800-\udfff]")  # halves of characters, which no record takes
LONGEST = 2000  # characters of one message that are understood; the whole of it is kept


@dataclass(frozen=True)
class Message:
    """What a citizen sent. `message_id` is the channel's: the same id is the same message."""

    channel: str
    external_id: str
    message_id: str
    text: str
    button_id: str | None = None
    files: tuple[evidence.File, ...] = ()
    unread: str | None = None  # what came instead of words and files: sticker, location, …


@dataclass(frozen=True)
class Button:
    """A button under a reply; `id` comes back in `Message.button_id`. With a `url` it is a link."""

    id: str
    title: str
    url: str | None = None


@dataclass(frozen=True)
class Reply:
    """One bubble for the citizen; `data` is for machines (scores, pages), never shown."""

    text: str
    buttons: tuple[Button, ...] = ()
    data: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Heard:
    """What goes to Rasa, or what is replied at once without it."""

    key: str
    payload: str = ""
    words: str = ""
    ready: list[dict[str, Any]] | None = None
    before: list[dict[str, Any]] = field(default_factory=list)


class Dialogue:
    """Takes messages of all channels, one at a time for each citizen."""

    def __init__(
        self, sessions: sessionmaker[Session], rasa_url: str, timeout_seconds: float = 8.0
    ) -> None:
        self._sessions = sessions
        self._client = httpx.AsyncClient(base_url=rasa_url, timeout=timeout_seconds)
        self._locks: weakref.WeakValueDictionary[tuple[str, str], asyncio.Lock] = (
            weakref.WeakValueDictionary()
        )

    async def hear(self, message: Message) -> list[Reply]:
        """The replies to a message; a repeated message_id gets the same replies again."""
        message = replace(message, text=NOT_TEXT.sub("\ufffd", message.text))
        lock = self._locks.setdefault((message.channel, message.external_id), asyncio.Lock())
        async with lock:
            heard = await asyncio.to_thread(self._receive, message)
            if heard.ready is not None:
                return [_reply(row) for row in heard.ready]
            said = await self._ask_rasa(heard, message.message_id)
            if not said:  # Rasa answers nothing when the action server is down
                return [Reply(words("degraded"))]
            return await asyncio.to_thread(self._record, message, heard.before + said)

    async def edited(self, message: Message, edit_id: str) -> list[Reply]:
        """The reply to a changed message: what was told first is kept, a correction is a new message."""
        return await asyncio.to_thread(self._edited, message, edit_id)

    def _edited(self, message: Message, edit_id: str) -> list[Reply]:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            who = people.person(session, message.channel, message.external_id, now)
            caption, _ = _without_numbers(message.text)
            kept = people.heard(session, who, edit_id, caption, now)
            is_caption = evidence.recaption(session, who, message.message_id, caption)
            said = [{"text": words("caption_changed" if is_caption else "edit_not_taken")}]
            people.answered(kept, said, now)
        return [_reply(row) for row in said]

    async def news(
        self, channel: str, external_id: str, seen_ids: Sequence[int]
    ) -> list[tuple[int, Reply]]:
        """What waits in the ledger for a citizen whose page fetches it; `seen_ids` are settled."""
        return await asyncio.to_thread(self._news, channel, external_id, seen_ids)

    def _news(
        self, channel: str, external_id: str, seen_ids: Sequence[int]
    ) -> list[tuple[int, Reply]]:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            who = people.person(session, channel, external_id, now)
            notices.acknowledge(session, who, seen_ids, now)
            return [
                (one.id, _reply({"text": one.text, "buttons": notices.buttons_of(one)}))
                for one in notices.waiting_for(session, who, now)
            ]

    async def close(self) -> None:
        """Let the connections to Rasa go."""
        await self._client.aclose()

    def _receive(self, message: Message) -> Heard:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            who = people.person(session, message.channel, message.external_id, now)
            who.unreachable_why = None  # somebody who writes is there
            text, _ = _without_numbers(message.text)
            kept = people.heard(session, who, message.message_id, text, now)
            before = people.replies_of(kept)
            if before is not None:
                return Heard(who.key, ready=before)
            heard = _interpret(session, who, message, now)
            if heard.ready is not None:
                people.answered(kept, heard.ready, now)
            return heard

    async def _ask_rasa(self, heard: Heard, message_id: str) -> list[dict[str, Any]]:
        body = {
            "sender": heard.key,
            "message": heard.payload,
            "metadata": {"message_id": message_id, "words": heard.words},
        }
        try:
            answer = await self._client.post("/webhooks/rest/webhook", json=body)
            answer.raise_for_status()
            return _bubbles(answer.json())
        except (httpx.HTTPError, json.JSONDecodeError) as error:
            log.warning("rasa gave no answer: %s", type(error).__name__)
            return []

    def _record(self, message: Message, said: Sequence[dict[str, Any]]) -> list[Reply]:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            who = people.person(session, message.channel, message.external_id, now)
            rows = [_with_buttons(session, who, row, now) for row in said]
            text, _ = _without_numbers(message.text)
            kept = people.heard(session, who, message.message_id, text, now)
            people.answered(kept, rows, now)
        return [_reply(row) for row in rows]


def _interpret(session: Session, who: Person, message: Message, now: datetime) -> Heard:
    """Decide what Rasa is asked. Only buttons that we sent may carry an intent."""
    if message.button_id:
        button = people.pressed(session, who, message.button_id)
        if button is None:
            return Heard(who.key, ready=[{"text": words("button_gone")}])
        return Heard(who.key, payload=button.payload, words=button.title)
    text = folding.plain(message.text)
    refused = _refusal(text)
    if refused:
        return Heard(who.key, ready=[{"text": words(refused)}])
    before = [{"text": words("too_long", limit=LONGEST)}] if len(text) > LONGEST else []
    text = text[:LONGEST]
    step = _contact_step(session, who, text, now)
    if step:
        return Heard(who.key, payload=step, words="")
    number = disputes.number_in(text)
    if number and disputes.by_number(session, who, number):  # else it reads like a product's model
        return Heard(who.key, payload="/query_progress", words=text, before=before)
    shown, had_numbers = _without_numbers(message.text)
    if had_numbers:
        before = [*before, {"text": words("number_not_kept")}]
    redacted, _, _ = phones.redact(text)
    return Heard(who.key, payload=redacted, words=" ".join(shown.split())[:LONGEST], before=before)


def _without_numbers(typed: str) -> tuple[str, bool]:
    """A message without phone and id numbers, and whether there were any; else as it was typed."""
    redacted, found_phones, found_ids = phones.redact(folding.plain(typed))
    had_numbers = bool(found_phones or found_ids)
    return (redacted if had_numbers else typed), had_numbers


def _refusal(text: str) -> str | None:
    """The sentence for what Rasa must not see: nothing, a command, no word at all."""
    if not text:
        return "empty"
    if text.startswith("/"):
        return "slash"
    return None if re.search(r"\w", text) else "no_words"


def _contact_step(session: Session, who: Person, text: str, now: datetime) -> str | None:
    """Contact details do not pass through Rasa: they are taken here, and Rasa hears that they were.

    They are taken once the citizen was told what for; a number that comes earlier is dropped.
    """
    hours = callbacks.hours_told(session, who, text)
    if hours:
        return f'/choose_hours{{"hours":"{hours}"}}'
    asked = disputes.asking(session, who)
    if callbacks.waiting_for_phone(session, who):
        asked = "contact"
    if asked == "contact" and (answers.is_unknown(text) or answers.is_no(text)):
        return "/withhold_contact"
    given = phones.contact(text)
    if asked is None or who.told_at is None or not given.phone:
        return None
    contact = people.Contact(phone=given.phone, name=given.name, address=given.address)
    people.give_contact(who, contact, now)
    return "/give_contact"


def _bubbles(said: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rasa's messages as rows of text, buttons and data; data joins the bubble before it."""
    rows: list[dict[str, Any]] = []
    for one in said:
        if "custom" in one and rows:
            rows[-1]["data"] = {**rows[-1].get("data", {}), **one["custom"]}
        elif one.get("text"):
            rows.append({"text": one["text"], "buttons": one.get("buttons") or []})
    return rows


def _with_buttons(
    session: Session, who: Person, row: dict[str, Any], now: datetime
) -> dict[str, Any]:
    buttons = [
        asdict(Button(people.offer_button(session, who, b["title"], b["payload"], now), b["title"]))
        for b in row.get("buttons", ())
    ]
    return {**row, "buttons": buttons}


def _reply(row: dict[str, Any]) -> Reply:
    buttons = tuple(Button(**button) for button in row.get("buttons", ()))
    return Reply(row["text"], buttons, row.get("data"))
