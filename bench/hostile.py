"""`make hostile COUNT=10000`: hostile messages to the running product over the web page's door, in parallel chats.

Each talk is another citizen, who begins with none to all of the steps of a dispute's form and goes on with
hostile words, hostile presses and files of hostile names. Every message must be answered in Chinese, at once
or late, and nobody may see or log an error that was not foreseen. MINUTES ends it before its time; CHATS is
how many talks at a time.
"""

import asyncio
import itertools
import json
import os
import re
import statistics
import sys
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx

from bench import crash
from bench.hostile_words import messages
from bench.whole import whole
from bot.library import words

# Said before the hostile words: more of the form from talk to talk.
FORM = (
    "我要投诉", "津门电器修理部", "空调移机之后不制热，师傅不接电话", "要求维修", "张家窝镇", "上个月20号",
    "450元", "自己用的，没处理过", "不留",
)  # fmt: skip
A_TALK = (
    24  # hostile messages of one citizen: with the form's fewer than a citizen may send in a minute
)
PRESSES, FILES = 17, 41  # every so many messages is a press, or comes with a file, of hostile name
PATIENCE_SECONDS = 60.0
CHINESE = re.compile(r"[\u4e00-\u9fff]{2}")
TRACE = re.compile(r"Traceback|utter_[a-z]|action_[a-z]|sqlalchemy|rasa_sdk|Exception\b")
LOGGED = re.compile(
    r"Traceback \(most recent call last\)|Exception in ASGI|\w failed for |is given up|never retrieved|CRITICAL|13800000000"
)
FAULT = words("fault")


@dataclass
class Tally:
    """What became of the messages; `problems` are the first of those that went wrong, as ASCII."""

    counts: Counter[str] = field(default_factory=Counter)
    times: list[float] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def add(self, what: str, text: str, said: str = "") -> None:
        """Count one, and keep what it was where it is none of the expected."""
        self.counts[what] += 1
        if what not in ("answered", "refused", "late") and len(self.problems) < 50:
            self.problems.append(f"{what}: {ascii(text)[:300]} -> {ascii(said)[:200]}")

    def result(self) -> dict[str, Any]:
        """The counts and the slowest answer, in seconds."""
        names = ("answered", "refused", "late", "silent", "mute", "fault", "error", "trace")
        p95 = statistics.quantiles(self.times, n=20)[-1] if len(self.times) > 1 else 0.0
        return {
            "sent": len(self.times), **{name: self.counts[name] for name in names},
            "p95_s": round(p95, 2), "slowest_s": round(max(self.times, default=0.0), 2),
        }  # fmt: skip


@dataclass
class Talk:
    """One citizen's talk; `number` makes a network address and tells how much of the form comes first."""

    client: httpx.AsyncClient
    number: int
    tally: Tally
    typed: str = ""
    cookie: str = ""

    async def go(self, texts: Sequence[tuple[int, str]]) -> None:
        """Fill in some of the form, then send the hostile messages."""
        for text in FORM[: self.number % (len(FORM) + 1)]:
            await self._say(text, _body(text))
        for place, text in texts:
            if place % FILES == 0:
                await self._say(text, {}, _form(text))
            else:
                await self._say(text, _body(text, is_press=place % PRESSES == 0))

    async def _say(self, text: str, body: dict[str, str], form: Any = None) -> None:
        self.typed += text
        started = time.perf_counter()
        try:
            answer = await self._sent(body, form)
        except httpx.HTTPError as error:
            self.tally.add("silent", text, type(error).__name__)
            return
        finally:
            self.tally.times.append(time.perf_counter() - started)
        self.tally.add(*self._judged(answer, text))

    async def _sent(self, body: dict[str, str], form: Any) -> httpx.Response:
        """The answer to a message; who is asked to wait waits, and sends it again."""
        self.client.cookies.clear()
        head = {"X-Forwarded-For": f"10.{self.number >> 8 & 255}.{self.number & 255}.7"}
        head |= {"Cookie": f"citizen={self.cookie}"} if self.cookie else {}
        while True:
            if form is None:
                head["Content-Type"] = "application/json"
                given: dict[str, Any] = {"content": json.dumps(body).encode()}
            else:
                given = form
            answer = await self.client.post("/chat/messages", headers=head, **given)
            if answer.status_code != 429:
                self.cookie = self.cookie or self.client.cookies.get("citizen") or ""
                return answer
            await asyncio.sleep(float(answer.headers["Retry-After"]))

    def _judged(self, answer: httpx.Response, text: str) -> tuple[str, str, str]:
        """What became of a message, the message, and what was said to it."""
        if answer.status_code >= 500:
            return "error", text, answer.text
        told = answer.json()
        if answer.status_code != 200:
            is_said = CHINESE.search(told.get("error", ""))
            return ("refused" if is_said else "mute"), text, answer.text
        said = "\n".join(one["text"] for one in told["replies"])
        trace = TRACE.search(said)
        if FAULT in said:
            what = "fault"
        elif trace and trace.group() not in self.typed:
            what = "trace"
        elif not CHINESE.search(said):
            what = "mute"
        else:
            what = "late" if any(_is_late(one) for one in told["replies"]) else "answered"
        return what, text, said


def _is_late(reply: dict[str, Any]) -> bool:
    return bool((reply["data"] or {}).get("degraded"))


def _body(text: str, *, is_press: bool = False) -> dict[str, str]:
    body = {"text": text, "message_id": uuid.uuid4().hex}
    return body | {"button_id": text} if is_press else body


def _form(text: str) -> dict[str, Any]:
    """A message with a file that is no picture, under a name that none should have."""
    name = text.encode("utf-8", "replace").decode()[:200] or "x"
    data = {"message_id": uuid.uuid4().hex, "text": name}
    return {"data": data, "files": {"files": (name, b"\xff\xd8\xff" + name.encode(), "image/jpeg")}}


async def attack(url: str, texts: Sequence[str], chats: int, seconds: float = 1e9) -> Tally:
    """Send the messages, so many talks at a time; after `seconds` no further talk begins."""
    tally, end = Tally(), time.monotonic() + seconds
    talks = enumerate(_split(enumerate(texts)))

    async def chat() -> None:
        async with httpx.AsyncClient(base_url=url, timeout=PATIENCE_SECONDS) as client:
            for number, one in talks:
                if time.monotonic() > end:
                    return
                await Talk(client, number, tally).go(one)

    await asyncio.gather(*(chat() for _ in range(chats)))
    return tally


def _split(texts: Iterator[tuple[int, str]]) -> Iterator[list[tuple[int, str]]]:
    while part := list(itertools.islice(texts, A_TALK)):
        yield part


def logged(folder: Path) -> list[str]:
    """The lines of the processes' logs that tell of an error nobody foresaw, or a number that was typed."""
    found = []
    for path in sorted(folder.glob("*.log*")):
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            if LOGGED.search(line):
                found.append(f"{path.name}: {line[:300]}")
    return found


def main(count: int, chats: int, minutes: float) -> None:
    """Run it and print the counts; the last line is JSON. Ends with 1 where anything was not answered."""
    texts = messages(count)
    with whole() as product:
        started = time.monotonic()
        tally = asyncio.run(attack(product.url, texts, chats, minutes * 60 or 1e9))
        seconds = time.monotonic() - started
        unanswered = crash.settled(product.sessions) + tally.counts["silent"] + tally.counts["mute"]
        lines = logged(product.settings.var_dir / "log")
    unhandled = sum(tally.counts[one] for one in ("error", "fault", "trace")) + len(lines)
    result = tally.result() | {
        "seconds": round(seconds), "unanswered": unanswered, "logged": len(lines), "unhandled": unhandled,
    }  # fmt: skip
    for line in (*tally.problems, *lines[:50]):
        print(line)
    for name, value in result.items():
        print(f"{name:<12} {value}")
    print(json.dumps(result))
    sys.exit(bool(unanswered or unhandled))


if __name__ == "__main__":
    main(
        *(
            int(os.environ.get(*one))
            for one in (("COUNT", "10000"), ("CHATS", "6"), ("MINUTES", "0"))
        )
    )
