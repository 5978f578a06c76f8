"""A citizen on the web page who files a dispute while processes die: sends again what got no answer, waits for the late one."""

import asyncio
import contextlib
import itertools
import re
import time
import uuid
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from bench.load import NUMBER
from bot.library import words

OPENING = "上周六在中北镇永旺超市花{amount}元买了个电饭煲，用了三天就不通电，店里只肯修，我要求退款"
ANSWERS = (
    ("请核对", "确认"),
    ("手机", "王女士 138{number:08}"),
    ("生活消费吗", "自己用的，没处理过"),
    ("怎么解决", "要求退款"),
)  # what is asked, and what is answered
OTHERWISE, AFTERWARDS = "不知道", "我的投诉到哪一步了"
FAULT = re.compile(re.escape(words("fault")[:10]))
MOST_TURNS = 20
AGAIN_SECONDS = 1.0
LOOK_SECONDS = 2.0
PATIENCE_SECONDS = 300.0


class Silent(Exception):
    """No answer came within the patience of a citizen."""


@dataclass
class Citizen:
    """One talk, from the first words to the number of the record.

    `doors` are the addresses of the page: of several each request takes the next, as a balancer does.
    """

    doors: Sequence[str]
    number: int
    id: str = ""
    has_confirmed: bool = False
    is_numbered: bool = False
    turns: int = 0
    unanswered: int = 0
    put_off: int = 0  # turns that were answered late
    faults: int = 0
    bubbles: list[dict[str, Any]] = field(default_factory=list)  # of the last answer
    talk: list[str] = field(default_factory=list)  # what was said and heard, in turn
    _seen: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._next_door = itertools.cycle(self.doors)

    async def file(self) -> None:
        """Talk until there is a number, or no answer, or no end in sight."""
        try:
            async with self.talking():
                await self.to_number()
        except Silent:
            self.unanswered += 1

    @contextlib.asynccontextmanager
    async def talking(self) -> AsyncIterator[None]:
        """The page is open, which gives the cookie; without it a first message might be two people's."""
        async with httpx.AsyncClient(timeout=30, verify=False) as self.client:  # http alone
            await self.reached("GET", "/")
            self.id = self.client.cookies["citizen"].partition(".")[0]
            yield

    async def to_number(self) -> None:
        """Answer what is asked until there is a number, or no end in sight. Raises Silent."""
        text = self.opening()
        while not self.is_numbered and self.turns < MOST_TURNS:
            text = self._next(text, await self.say(text))

    def opening(self) -> str:
        """What a dispute begins with; the sum tells whose it is."""
        return OPENING.format(amount=300 + self.number)

    def _next(self, said: str, heard: str) -> str:
        """What the citizen says to an answer; the same again where it says that something went wrong."""
        if FAULT.search(heard):
            self.faults += 1
            return said
        if self.has_confirmed and NUMBER.search(heard):
            self.is_numbered = True
        for asked, answer in ANSWERS:
            if asked in heard:
                self.has_confirmed |= asked == "请核对"
                return answer.format(number=self.number)
        return AFTERWARDS if self.has_confirmed else OTHERWISE

    async def say(self, text: str) -> str:
        """The answer to a message, at once or late. Raises Silent."""
        self.turns += 1
        self.talk.append(f"＞ {text}")
        body = {"text": text, "message_id": uuid.uuid4().hex}
        replies = (await self.reached("POST", "/chat/messages", body)).json()["replies"]
        if not replies or any((one["data"] or {}).get("degraded") for one in replies):
            self.put_off += 1
            self.talk.append("(late)")
            replies = await self._late()
        self.bubbles = replies
        self.talk.append("\n".join(one["text"] for one in replies))
        return self.talk[-1]

    async def _late(self) -> list[dict[str, Any]]:
        """What comes by itself in answer; other notices are only seen. Raises Silent."""
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            body = {"seen": self._seen}
            notices = (await self.reached("POST", "/chat/news", body)).json()["notices"]
            fresh = [one for one in notices if one["id"] not in self._seen]
            self._seen += [one["id"] for one in fresh]
            answers = [one for one in fresh if (one["data"] or {}).get("is_answer")]
            if answers:
                return answers
            await asyncio.sleep(LOOK_SECONDS)
        raise Silent

    async def reached(self, method: str, path: str, body: Any = None) -> httpx.Response:
        """The answer to a request, made again at the next door while nobody is there. Raises Silent."""
        head = {"X-Forwarded-For": f"10.9.{self.number >> 8 & 255}.{self.number & 255}"}
        end = time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < end:
            try:
                answer = await self.client.request(
                    method, f"{next(self._next_door)}{path}", json=body, headers=head
                )
                if answer.status_code == 200:
                    return answer
            except httpx.HTTPError:
                pass
            await asyncio.sleep(AGAIN_SECONDS)
        raise Silent
