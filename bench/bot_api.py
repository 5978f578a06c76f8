"""A Bot API server over HTTP, for tests and benches: Telegram's methods, its limits, faults on request."""

import asyncio
import json
import re
import threading
import time
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from bench.bot_api_faults import BLOCKED, Delivered, Fault, Planned, Refusal

TOKEN = "7012345678:AAF-a-token-for-tests-only_0123456789abc"
CITIZEN = 7_654_321_098  # above 2^31, as new accounts are
LARGEST_FILE = 20 * 1024 * 1024
USUAL = ("message", "edited_message", "callback_query", "my_chat_member", "poll")


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


class BotApi:
    """The server and, for the test, the hands of all citizens. Methods may be called by any thread.

    `bursts` lifts the limits of 30 messages a second and of one a second to a chat.
    """

    def __init__(self) -> None:
        self.token = TOKEN
        self.bursts = False
        self.delivered: list[Delivered] = []
        self.calls: list[tuple[str, dict[str, Any], float]] = []
        self.commands: list[dict[str, str]] = []
        self.webhook: dict[str, Any] = {}
        self.blocked: set[str] = set()
        self._updates: list[dict[str, Any]] = []
        self._allowed: tuple[str, ...] = USUAL
        self._faults: list[Planned] = []
        self._files: dict[str, tuple[int, Callable[[], bytes]]] = {}
        self._sends: deque[tuple[float, str]] = deque()
        self._polls = 0
        self._next_update, self._next_message = 4_294_967_300, 2_147_483_700
        self._next_query = 3_287_654_321_098_765_432
        self._lock = threading.RLock()

    # ── for the test: what citizens do ──

    def fail(
        self, fault: Fault, method: str = "sendMessage", chat: int | None = None,
        after: int = 0, times: int = 1,
    ) -> None:  # fmt: skip
        """Answer calls of a method (to a chat) with a fault: `times` calls, after `after` good ones."""
        with self._lock:
            name = None if chat is None else str(chat)
            self._faults.append(Planned(fault, method.lower(), name, after, times))

    def mend(self) -> None:
        """No more faults."""
        with self._lock:
            self._faults.clear()

    def push(self, update: dict[str, Any]) -> int:
        """Hand an update to the bot; returns its id."""
        with self._lock:
            kind = next(key for key in update if key != "update_id")
            number = update.setdefault("update_id", self._next_update)
            self._next_update = max(self._next_update, number + 1)
            if kind in self._allowed:
                self._updates.append(update)
            return int(number)

    def message(self, chat: int, **content: Any) -> dict[str, Any]:
        """A message as Telegram describes it, with a number of its own."""
        with self._lock:
            self._next_message += 1
            number = self._next_message
        return {"message_id": number, "date": int(time.time()), **_from(chat), **content}

    def push_message(self, chat: int, text: str, **content: Any) -> dict[str, Any]:
        made = self.message(chat, text=text, **content)
        self.push({"message": made})
        return made

    def push_kind(self, chat: int, **content: Any) -> dict[str, Any]:
        """A message of any kind: `sticker={…}`, `location={…}` and so on."""
        made = self.message(chat, **content)
        self.push({"message": made})
        return made

    def push_edited(self, original: dict[str, Any], **content: Any) -> dict[str, Any]:
        made = {**original, "edit_date": int(time.time()), **content}
        self.push({"edited_message": made})
        return made

    def push_photo(
        self, chat: int, content: bytes = b"a photo", caption: str | None = None,
        album: str | None = None,
    ) -> dict[str, Any]:  # fmt: skip
        assert units(caption or "") <= 1024, "no client can send such a caption"
        small, large = self.file(b"small"), self.file(content)
        sizes = [{**large, "width": 1280, "height": 960}, {**small, "width": 90, "height": 67}]
        extra: dict[str, Any] = {} if caption is None else {"caption": caption}
        extra |= {} if album is None else {"media_group_id": album}
        return self.push_kind(chat, photo=sizes, **extra)

    def file(
        self, content: bytes = b"", size: int | None = None, shows_size: bool = True
    ) -> dict[str, Any]:
        """A file on Telegram's side, of `size` zeros where no content is given."""
        with self._lock:
            number = f"AgACAgUAAx0C{len(self._files)}"
            length = len(content) if size is None else size
            self._files[number] = (length, lambda: content or bytes(length))
        shown = {"file_size": length} if shows_size else {}
        return {"file_id": number, "file_unique_id": f"u{number}", **shown}

    def press(self, chat: int, button: dict[str, Any] | str, under: int = 0) -> str:
        """Press a button; returns the id of the press."""
        with self._lock:
            self._next_query += 1
            number = str(self._next_query)
        data = button if isinstance(button, str) else button["callback_data"]
        query = {
            "id": number, "from": _from(chat)["from"], "chat_instance": "1", "data": data,
            "message": {"message_id": under or 1, "date": 0, "chat": _from(chat)["chat"]},
        }  # fmt: skip
        self.push({"callback_query": query})
        return number

    def to(self, chat: int) -> list[Delivered]:
        """What has arrived in a chat."""
        with self._lock:
            return [one for one in self.delivered if one.chat == str(chat)]

    def called(self, method: str) -> list[dict[str, Any]]:
        """The parameters of all calls of a method."""
        with self._lock:
            return [asked for name, asked, _ in self.calls if name.lower() == method.lower()]

    def waiting(self) -> list[dict[str, Any]]:
        """The updates that the bot has not acknowledged."""
        with self._lock:
            return list(self._updates)

    async def until(self, is_so: Callable[[], Any], seconds: float = 8.0) -> None:
        """Wait for something to become true."""
        end = time.monotonic() + seconds
        while not is_so():
            assert time.monotonic() < end, "it did not happen"
            await asyncio.sleep(0.01)

    async def arrived(self, chat: int, number: int = 1, seconds: float = 8.0) -> list[Delivered]:
        """What has arrived in a chat, once it is that much."""
        await self.until(lambda: len(self.to(chat)) >= number, seconds)
        return self.to(chat)

    # ── the server ──

    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._download),
            ]
        )

    async def _call(self, request: Request) -> Response:
        method, asked = request.path_params["method"], await _parameters(request)
        with self._lock:
            self.calls.append((method, asked, time.monotonic()))
            fault = self._planned(method, asked)
        if request.path_params["token"] != self.token:
            return _answer(Refusal(401, "Unauthorized"))
        if fault is not None:
            return await self._go_wrong(fault, method, asked)
        try:
            found = getattr(self, f"_do_{method.lower()}", None)
            if found is None:
                raise Refusal(404, "Not Found: method not found")
            result = found(asked)
            if asyncio.iscoroutine(result):
                result = await result
        except Refusal as refusal:
            return _answer(refusal)
        return JSONResponse({"ok": True, "result": result})

    def _planned(self, method: str, asked: dict[str, Any]) -> Fault | None:
        for plan in self._faults:
            if plan.method == method.lower() and plan.chat in (None, str(asked.get("chat_id"))):
                plan.after -= 1
                if plan.after < 0 and plan.times > 0:
                    plan.times -= 1
                    return plan.fault
        return None

    async def _go_wrong(self, fault: Fault, method: str, asked: dict[str, Any]) -> Response:
        if fault.delivers:
            getattr(self, f"_do_{method.lower()}")(asked)
        await asyncio.sleep(fault.seconds)
        if fault.drops:
            return StreamingResponse(_cut_off(), headers={"content-length": "1000"})
        if fault.page is not None:
            return Response(fault.page, fault.code, media_type="text/html")
        return _answer(Refusal(fault.code, fault.description, **fault.parameters))

    async def _download(self, request: Request) -> Response:
        name = request.path_params["path"].removeprefix("documents/")
        with self._lock:
            self.calls.append(("download", {"file_id": name}, time.monotonic()))
            fault = self._planned("download", {})
        if fault is not None:
            return await self._go_wrong(fault, "download", {})
        if request.path_params["token"] != self.token or name not in self._files:
            return _answer(Refusal(404, "Not Found"))
        return Response(self._files[name][1]())

    # ── the methods ──

    def _do_getme(self, _asked: dict[str, Any]) -> dict[str, Any]:
        number = int(self.token.split(":")[0])
        return {"id": number, "is_bot": True, "first_name": "Rights", "username": "RightsBot"}

    async def _do_getupdates(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        if self.webhook.get("url"):
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        with self._lock:
            self._polls += 1
            mine = self._polls
            if "allowed_updates" in asked:
                self._allowed = tuple(json.loads(asked["allowed_updates"])) or USUAL
            offset = int(asked.get("offset", 0))
            self._updates = [one for one in self._updates if one["update_id"] >= offset]
        end = time.monotonic() + float(asked.get("timeout", 0))
        while not self._updates and time.monotonic() < end:
            await asyncio.sleep(0.01)
            if mine != self._polls:
                raise Refusal(409, "Conflict: terminated by other getUpdates request")
        return self.waiting()[: int(asked.get("limit", 100))]

    def _do_setwebhook(self, asked: dict[str, Any]) -> bool:
        if not asked.get("url", "").startswith("https://"):
            raise Refusal(
                400, "Bad Request: bad webhook: an HTTPS URL must be provided for webhook"
            )
        if not re.fullmatch(r"[A-Za-z0-9_-]{0,256}", asked.get("secret_token", "")):
            raise Refusal(400, "Bad Request: secret token contains unallowed characters")
        self.webhook = asked
        return True

    def _do_deletewebhook(self, _asked: dict[str, Any]) -> bool:
        self.webhook = {}
        return True

    def _do_setmycommands(self, asked: dict[str, Any]) -> bool:
        self.commands = json.loads(asked["commands"])
        for one in self.commands:
            if not re.fullmatch(r"[a-z0-9_]{1,32}", one["command"]) or not one["description"]:
                raise Refusal(400, "Bad Request: BOT_COMMAND_INVALID")
        return True

    def _do_sendmessage(self, asked: dict[str, Any]) -> dict[str, Any]:
        text = asked.get("text", "")
        if not text.strip():
            raise Refusal(400, "Bad Request: message text is empty")
        if units(text) > 4096:
            raise Refusal(400, "Bad Request: message is too long")
        buttons = json.loads(asked.get("reply_markup", "{}")).get("inline_keyboard", [])
        for button in (one for row in buttons for one in row):
            _check_button(button)
        return self._deliver(asked, text, buttons)

    def _do_sendcontact(self, asked: dict[str, Any]) -> dict[str, Any]:
        if not asked.get("phone_number") or not asked.get("first_name"):
            raise Refusal(400, "Bad Request: PHONE_NUMBER_INVALID")
        return self._deliver(asked, asked["phone_number"], [])

    def _deliver(
        self, asked: dict[str, Any], text: str, buttons: list[list[dict[str, Any]]]
    ) -> dict[str, Any]:
        chat = str(asked.get("chat_id"))
        if not re.fullmatch(r"-?\d+", chat):
            raise Refusal(400, "Bad Request: chat not found")
        if chat in self.blocked:
            raise Refusal(403, BLOCKED.description)
        with self._lock:
            self._count(chat)
            made = self.message(int(chat), text=text)
            at, number = time.monotonic(), made["message_id"]
            self.delivered.append(Delivered(chat, text, at, buttons, number, asked))
        return made

    def _count(self, chat: str) -> None:
        now = time.monotonic()
        while self._sends and self._sends[0][0] <= now - 1:
            self._sends.popleft()
        is_much = len(self._sends) >= 30 or any(other == chat for _, other in self._sends)
        if is_much and not self.bursts:
            raise Refusal(429, "Too Many Requests: retry after 3", retry_after=3)
        self._sends.append((now, chat))

    def _do_sendchataction(self, _asked: dict[str, Any]) -> bool:
        return True

    def _do_answercallbackquery(self, _asked: dict[str, Any]) -> bool:
        return True

    def _do_getfile(self, asked: dict[str, Any]) -> dict[str, Any]:
        number = asked.get("file_id", "")
        if number not in self._files:
            raise Refusal(400, "Bad Request: wrong file_id or the file is temporarily unavailable")
        size = self._files[number][0]
        if size > LARGEST_FILE:
            raise Refusal(400, "Bad Request: file is too big")
        known = {"file_id": number, "file_unique_id": f"u{number}", "file_size": size}
        return {**known, "file_path": f"documents/{number}"}


def _from(chat: int) -> dict[str, Any]:
    """Who writes, and where: a negative number is a group."""
    sender = {"id": abs(chat), "is_bot": False, "first_name": "王"}
    if chat < 0:
        return {"from": sender, "chat": {"id": chat, "type": "supergroup", "title": "值班群"}}
    return {"from": sender, "chat": {"id": chat, "type": "private", "first_name": "王"}}


def _check_button(button: dict[str, Any]) -> None:
    if not button.get("text"):
        raise Refusal(400, "Bad Request: text buttons are unallowed in the inline keyboard")
    url, data = button.get("url"), button.get("callback_data")
    if (url is None) == (data is None):
        raise Refusal(400, "Bad Request: inline keyboard button must have exactly one kind")
    if data is not None and not 1 <= len(data.encode()) <= 64:
        raise Refusal(400, "Bad Request: BUTTON_DATA_INVALID")
    if url is not None and not re.match(r"(https?://[^/]*\.[^/]|tg://)", url):
        raise Refusal(
            400, f"Bad Request: inline keyboard button URL '{url}' is invalid: Wrong HTTP URL"
        )


async def _parameters(request: Request) -> dict[str, Any]:
    if request.headers.get("content-type", "").startswith("application/json"):
        return dict(await request.json())
    return {**request.query_params, **(await request.form())}


def _answer(refusal: Refusal) -> Response:
    said: dict[str, Any] = {"ok": False, "error_code": refusal.code, "description": str(refusal)}
    if refusal.parameters:
        said["parameters"] = refusal.parameters
    return JSONResponse(said, status_code=refusal.code)


async def _cut_off() -> AsyncIterator[bytes]:
    yield b'{"ok":'  # and no more: uvicorn closes the connection, for more was promised


class Server:
    """The Bot API on a port of this machine, in a thread of its own."""

    def __init__(self, api: BotApi) -> None:
        config = uvicorn.Config(api.app(), port=0, log_level="critical", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)

    def start(self) -> str:
        """Start; returns its address."""
        self._thread.start()
        end = time.monotonic() + 10
        while not self._server.started:
            assert time.monotonic() < end, "the server did not start"
            time.sleep(0.005)
        port = self._server.servers[0].sockets[0].getsockname()[1]
        return f"http://127.0.0.1:{port}"

    def stop(self) -> None:
        self._server.should_exit = self._server.force_exit = True
        self._thread.join(timeout=10)
