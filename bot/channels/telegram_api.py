"""The way to Telegram and back: pace, errors, keyboards. It knows no dialogue and no record."""

import asyncio
import json
import logging
import math
from collections.abc import Awaitable, Callable, Coroutine
from datetime import timedelta
from typing import Any, cast

import httpx
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Message, TelegramObject, Update
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Forbidden,
    NetworkError,
    RetryAfter,
    TelegramError,
)
from telegram.ext import BaseRateLimiter, ExtBot
from telegram.request import HTTPXRequest

from bot.casework import notices
from bot.channels.telegram_limits import Pace
from bot.channels.telegram_text import MOST_BYTES, Piece, rows
from bot.settings import Settings

log = logging.getLogger(__name__)

READ_SECONDS = 10.0  # how long Telegram may take to answer
GONE = ("chat not found", "user is deactivated", "user not found", "peer_id_invalid")
PLAIN = ("message_id", "date", "chat", "from", "text", "caption")  # as simple as ever
PLAIN_PRESS = ("id", "from", "data")
ANY_MESSAGE = {"message_id": 0, "date": 0, "chat": {"id": 0, "type": "private"}}
Answer = bool | dict[str, Any] | list[dict[str, Any]]


def connect(settings: Settings, rejected: Callable[[], None]) -> ExtBot[Any]:
    """A bot of python-telegram-bot; `rejected` is called where polling finds the token refused."""
    url = settings.telegram_api_url.rstrip("/")
    polls = Polls(read_timeout=READ_SECONDS)
    polls.rejected = rejected
    return ExtBot(
        settings.telegram_token,
        base_url=f"{url}/bot",
        base_file_url=f"{url}/file/bot",
        request=Requests(64, read_timeout=READ_SECONDS, pool_timeout=READ_SECONDS),
        get_updates_request=polls,
        rate_limiter=Limiter(),
    )


class Limiter(BaseRateLimiter[Any]):
    """Our pace of sending: 30 messages in a second over all chats, one a second to each.

    A 429 is raised at once and waited for by nobody here: the ledger tries later. Until then that
    chat, and it alone, gets the same answer without Telegram being asked.
    """

    def __init__(self) -> None:
        self._pace = Pace()
        self._held: dict[str, float] = {}

    async def initialize(self) -> None:
        """Nothing to prepare."""

    async def shutdown(self) -> None:
        """Nothing to let go."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Answer]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: Any,
    ) -> Answer:
        """See BaseRateLimiter; only what puts a message into a chat waits for its turn."""
        is_sending = endpoint.startswith(("send", "copyMessage", "forwardMessage"))
        if "chat_id" not in data or not is_sending or endpoint == "sendChatAction":
            return await callback(*args, **kwargs)
        chat = str(data["chat_id"])
        async with self._pace.turn(chat):
            left = self._held.get(chat, 0) - asyncio.get_running_loop().time()
            if left > 0:
                raise RetryAfter(math.ceil(left))
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                self._hold(chat, seconds_of(error))
                raise

    def _hold(self, chat: str, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        until = self._held[chat] = loop.time() + seconds
        loop.call_at(until, lambda: self._held.get(chat) == until and self._held.pop(chat))


class Requests(HTTPXRequest):
    """HTTP to Telegram that can tell Telegram from a proxy, and puts nobody's words into the log."""

    rejected: Callable[[], None] | None = None  # called where Telegram refuses the token

    async def do_request(self, *args: Any, **kwargs: Any) -> tuple[int, bytes]:
        """See BaseRequest. A page of somebody in between is a fault of the network, whatever its
        code: else a proxy's 403 would read as a citizen's "blocked", its 404 as a wrong token."""
        code, payload = await super().do_request(*args, **kwargs)
        if code >= 400 or "/file/bot" not in str(kwargs.get("url")):  # a file holds anything
            code, payload = self._sound(code, payload)
        if code in (401, 404) and self.rejected is not None:
            self.rejected()
        return code, payload

    def _sound(self, code: int, payload: bytes) -> tuple[int, bytes]:
        """An answer in Telegram's form as it came; any other is no answer (502)."""
        try:
            said = json.loads(payload.decode("utf-8", "replace"))
        except (ValueError, RecursionError):
            said = None
        if not isinstance(said, dict) or said.get("ok") is not (code < 400):
            return 502, b"{}"
        if code < 400:
            return (code, payload) if self._is_result(said.get("result")) else (502, b"{}")
        if not isinstance(said.get("description"), str):
            return 502, b"{}"
        parameters = said.get("parameters")
        numbers = parameters.items() if isinstance(parameters, dict) else ()
        sound = {
            "description": said["description"],
            "parameters": {name: number for name, number in numbers if type(number) is int},
        }
        return code, json.dumps(sound).encode()

    def _is_result(self, result: Any) -> bool:
        """Whether it can be what was asked for: something that was done, or is described."""
        return result is True or (isinstance(result, dict) and bool(result))

    @staticmethod
    def parse_json_payload(payload: bytes) -> dict[str, Any]:
        """See BaseRequest, which logs what it cannot read, and reads all updates or none."""
        try:
            answer = json.loads(payload.decode("utf-8", "replace"))
        except ValueError:
            answer = None
        if not isinstance(answer, dict):
            raise NetworkError("Invalid server response")
        result = answer.get("result")
        if isinstance(result, list):
            answer["result"] = [readable(row) for row in result if _is_numbered(row)]
        elif isinstance(result, dict):
            answer["result"] = _readable_result(result)
        return answer


class Polls(Requests):
    """Requests for updates: whatever is no list of them is no answer, and asked for again."""

    def _is_result(self, result: Any) -> bool:
        return isinstance(result, list) and (not result or any(map(_is_numbered, result)))


def _is_numbered(row: Any) -> bool:
    """Whether a row of a list is an update; we ask for no other lists."""
    return isinstance(row, dict) and type(row.get("update_id")) is int


def readable(row: Any) -> Any:
    """An update, or what python-telegram-bot can read of it: the plain words, or the bare number.

    A shape that it does not know would else be fetched again without end, with all behind it.
    """
    if not isinstance(row, dict) or "update_id" not in row or _is_readable(Update, row):
        return row
    bare = {"update_id": row["update_id"]}
    log.error("update %s holds what this version cannot read", row["update_id"])
    plain, post, press = dict(bare), row.get("message"), row.get("callback_query")
    if isinstance(post, dict):
        plain["message"] = {k: post[k] for k in PLAIN if k in post}
    elif isinstance(press, dict):
        plain["callback_query"] = {k: press[k] for k in PLAIN_PRESS if k in press}
        plain["callback_query"]["chat_instance"] = ""
    return plain if _is_readable(Update, plain) else bare


def _readable_result(result: dict[str, Any]) -> dict[str, Any]:
    """What was asked for has been done, whatever shape says so: nobody looks at it further.

    A message that was taken must not count as failed, nor a bot as missing, for its description.
    """
    if "message_id" in result and not _is_readable(Message, result):
        return ANY_MESSAGE
    return {"is_bot": True, **result} if "first_name" in result else result


def _is_readable(kind: type[TelegramObject], row: dict[str, Any]) -> bool:
    try:
        kind.de_json(row, None)
    except (AttributeError, KeyError, TypeError, ValueError):
        return False
    return True


class KeptQueue(asyncio.Queue[object]):
    """The updater's queue: it moves its offset after `put` only, and `put` keeps the update."""

    def __init__(self, keep: Callable[[Update], Awaitable[None]]) -> None:
        super().__init__()
        self._keep = keep

    async def put(self, item: object) -> None:
        """Keep the update. Raises TelegramError where that fails: then it comes again."""
        await self._keep(cast(Update, item))


def keyboard(piece: Piece) -> InlineKeyboardMarkup | None:
    """The buttons under a message. Raises AssertionError for an id that Telegram would refuse."""
    if not piece.buttons:
        return None
    for button in piece.buttons:
        assert button.url or 1 <= len(button.id.encode()) <= MOST_BYTES, "not an id of ours"
    return InlineKeyboardMarkup(
        [
            [
                InlineKeyboardButton(one.title, url=one.url)
                if one.url
                else InlineKeyboardButton(one.title, callback_data=one.id)
                for one in row
            ]
            for row in rows(piece.buttons)
        ]
    )


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram asks to wait: a number now, a timedelta in later versions of the library."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)


def outcome_of(error: TelegramError) -> notices.Outcome:
    """What an attempt came to (https://core.telegram.org/bots/api#making-requests)."""
    why = f"{type(error).__name__}: {error.message[:100]}"
    match error:
        case RetryAfter():
            return notices.Later(seconds_of(error))
        case ChatMigrated(new_chat_id=new):
            return notices.Moved(str(new))
        case Forbidden():
            return notices.Unreachable(error.message.removeprefix("Forbidden: ")[:64])
        case BadRequest() if any(sign in error.message.lower() for sign in GONE):
            return notices.Unreachable(error.message[:64])
        case BadRequest():
            return notices.Refused(why)
    cause = error.__cause__
    was_sent = not isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
    return notices.Failed(why, is_unknown=was_sent and isinstance(cause, httpx.TransportError))
