"""Telegram over HTTP, through the real dialogue, Rasa, the action server, the clock and the records."""

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select, text

from bench.bot_api import CITIZEN, LARGEST_FILE, TOKEN, BotApi, Server
from bench.bot_api_faults import Delivered
from bench.stack import Stack, free_port
from bot.casework import disputes, evidence, notices
from bot.casework.records import Dispute, Notice, Person, Record
from bot.library import words
from tests.conversations.product import PATIENCE_SECONDS, served, until, without_rasa

NUMBER = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")
OPENING = "我要投诉中北镇的物美超市，159元买的电风扇第二天就不转了"
OWN = "自己用的，没处理过"
QUESTION = "什么时候"  # what stands after OPENING and a demand
FARTHEST = 2**52 - 1  # https://core.telegram.org/bots/api#chat: ids have at most 52 bits


class Chat:
    """One citizen's chat: what stands in it, in order, and where the test has read to."""

    def __init__(self, api: BotApi, number: int) -> None:
        self.api, self.number = api, number
        self.lines: list[str] = []
        self.last: list[Delivered] = []
        self._read = 0

    def send(self, said: str) -> None:
        self.lines.append(f"市民：{said}")
        self.api.push_message(self.number, said)

    def say(self, said: str) -> str:
        self.send(said)
        return self.answer()

    def press(self, title: str, under: Delivered | None = None) -> str:
        """Press a button, of the last message where no other is given."""
        self.lines.append(f"市民按：【{title}】")
        shown = under or self.last[-1]
        button = next(one for row in shown.buttons for one in row if one["text"] == title)
        self.api.press(self.number, button, shown.message_id)
        return self.answer()

    def answer(self, seconds: float = PATIENCE_SECONDS) -> str:
        """The next message that arrives, or has arrived and was not read yet."""
        until(lambda: len(self.api.to(self.number)) > self._read, seconds, "an answer")
        self.last.append(self.api.to(self.number)[self._read])
        self._read += 1
        buttons = "".join(f"【{title}】" for title in self.last[-1].titles())
        self.lines.append(f"助手：{self.last[-1].text}{buttons and chr(10)}{buttons}")
        return self.last[-1].text

    def is_read(self) -> bool:
        """Whether nothing more has arrived."""
        return len(self.api.to(self.number)) == self._read


@pytest.fixture(scope="module")
def api(running: Stack) -> Iterator[BotApi]:
    """The Bot API that the whole product is connected to; its page is open to the public."""
    given = BotApi()
    server = Server(given)
    chosen = {
        "telegram_token": TOKEN,
        "telegram_api_url": server.start(),
        "public_url": "https://rights.example.cn",
        "personal_data_in_chat": False,
        "web_port": free_port(),
    }
    with served(running.settings.model_copy(update=chosen)):
        yield given
    server.stop()


@pytest.fixture
def chats(api: BotApi) -> Callable[..., Chat]:
    """As many new citizens as a test wants; a number may be given."""
    return lambda number=None: Chat(api, number or next(FRESH))


FRESH = iter(range(CITIZEN + 1, CITIZEN + 1000))


@pytest.fixture
def chat(chats: Callable[..., Chat]) -> Chat:
    """A new citizen."""
    return chats()


def person(running: Stack, chat: Chat) -> Person:
    with running.sessions() as session:
        mine = select(Person).where(
            Person.channel == "telegram", Person.external_id == str(chat.number)
        )
        return session.scalars(mine).one()


def records(running: Stack, chat: Chat) -> list[Dispute]:
    with running.sessions() as session:
        mine = select(Dispute).where(Dispute.person_id == person(running, chat).id)
        return list(session.scalars(mine.order_by(Dispute.id)))


def picture(colour: str) -> bytes:
    kept = BytesIO()
    Image.new("RGB", (320, 240), colour).save(kept, "JPEG")
    return kept.getvalue()


# ── one talk, from the first word to the number ──


def test_a_dispute_is_filed_although_rasa_dies_in_the_middle(running: Stack, chat: Chat) -> None:
    assert "您好" in chat.say("/start")
    assert "哪家店" in chat.press("我要投诉")
    assert "发生了什么" in chat.say("中北镇的物美超市")
    chat.lines.append("—— Rasa 被杀 ——")
    with without_rasa(running):
        assert chat.say("前天买的电风扇第二天就不转了，花了159元") == words("degraded")
        assert chat.say("要求退款") == words("degraded")
        assert chat.is_read()
    chat.lines.append("—— Rasa 回来 ——")
    late = [chat.answer() for _ in range(4)]
    for said, mark in zip(late, ("159", "怎么解决", "退款", "生活消费吗"), strict=True):
        assert mark in said
    assert "手机号" in chat.say(OWN)
    assert "请核对" in chat.say("不留")
    said = chat.press("确认")
    assert "中北镇消费维权服务站" in said
    (lodged,) = records(running, chat)
    assert NUMBER.search(said).group() == disputes.number_text(lodged.number)
    assert (lodged.state, lodged.merchant, lodged.demand) == ("lodged", "物美超市", "refund")
    time.sleep(2)  # two turns of the clock
    assert chat.is_read()


# ── whatever comes, in the middle of a form ──


def push_album(api: BotApi, chat: int) -> None:
    for colour in ("red", "blue"):
        api.push_photo(chat, picture(colour), album=f"album-{chat}")


def push_twice(api: BotApi, chat: int) -> None:
    made = api.message(chat, text="他们态度特别差")
    number = api.push({"message": made})
    time.sleep(0.5)
    api.push({"message": made, "update_id": number})


def push_edited(api: BotApi, chat: int) -> None:
    told = api.message(chat, text=OPENING)
    api.push_edited(told, text=OPENING.replace("159", "280"))


ODD: dict[str, tuple[Callable[[BotApi, int], Any], str]] = {
    "album": (push_album, "收到 2 张照片"),
    "voice": (
        lambda api, chat: api.push_kind(
            chat, voice={**api.file(b"OggS" + bytes(60)), "duration": 3, "mime_type": "audio/ogg"}
        ),
        "收到 1 段语音",
    ),
    "sticker": (
        lambda api, chat: api.push_kind(
            chat,
            sticker={
                **api.file(b"s"), "type": "regular", "width": 512, "height": 512,
                "is_animated": False, "is_video": False, "emoji": "😡",
            },
        ),
        "表情我看不懂",
    ),
    "location": (
        lambda api, chat: api.push_kind(chat, location={"latitude": 39.1, "longitude": 117.0}),
        "定位没有保存",
    ),
    "edited": (push_edited, "看到您改了"),
    "long": (lambda api, chat: api.push_message(chat, "店里一直推。" * 683 + "完了"), "内容较长"),
    "emoji": (
        lambda api, chat: api.push_photo(chat, picture("green"), caption="😡" * 512),
        "收到 1 张照片",
    ),
    "no picture": (lambda api, chat: api.push_photo(chat, b"no picture"), "打不开，没有收下"),
    "too large": (
        lambda api, chat: api.push_kind(chat, document=api.file(size=LARGEST_FILE + 1)),
        "超过 20 MB",
    ),
    "twice": (push_twice, QUESTION),
}  # fmt: skip


def test_whatever_comes_is_answered_once_and_the_form_goes_on(
    running: Stack, api: BotApi, chats: Callable[..., Chat]
) -> None:
    talks = {name: chats() for name in ODD} | {"far": chats(FARTHEST)}
    odd = {**ODD, "far": (lambda api, chat: api.push_message(chat, "🙂"), "没有看到文字")}
    for chat in talks.values():
        chat.send(f"{OPENING}，要求退款")
    for name, chat in talks.items():
        assert QUESTION in chat.answer(), name
    for name, (push, _) in odd.items():
        push(api, talks[name].number)
        talks[name].lines.append(f"市民发来：{name}")
    for name, (_, expected) in odd.items():
        assert expected in talks[name].answer(), name
    time.sleep(1.5)
    for name, chat in talks.items():
        assert chat.is_read(), name
        chat.send("上周六")
    for name, chat in talks.items():
        assert "生活消费吗" in chat.answer(), name
        (draft,) = records(running, chat)
        told = (draft.merchant, draft.amount, draft.demand, draft.occurred_text)
        assert told == ("物美超市", 159, "refund", "上周六"), name


def test_an_album_is_kept_sealed_and_belongs_to_the_dispute(running: Stack, chat: Chat) -> None:
    chat.say(f"{OPENING}，要求退款")
    photos = [picture("red"), picture("blue")]
    for photo in photos:
        chat.api.push_photo(chat.number, photo, "小票和实物", album="receipts")
    said = chat.answer()
    assert "收到 2 张照片" in said and QUESTION in said
    chat.say("上周六")
    chat.say(OWN)
    chat.say("不留")
    chat.press("确认")
    (lodged,) = records(running, chat)
    with running.sessions() as session:
        kept = evidence.of_dispute(session, session.get_one(Dispute, lodged.id))
        assert [one.sha256 for one in kept] == [hashlib.sha256(one).hexdigest() for one in photos]
        assert [evidence.original(session, one) for one in kept] == photos
        sealed = session.execute(text("SELECT original FROM evidence_contents")).scalars().all()
    assert lodged.state == "lodged"
    assert sealed and not any(photo[:20] in one for one in sealed for photo in photos)


def test_a_button_counts_once_and_an_older_summarys_not_at_all(running: Stack, chat: Chat) -> None:
    chat.say(f"上周六{OPENING}")
    (question,) = chat.last
    first = chat.press("退款")
    assert chat.press("退款", question) == first
    chat.say(OWN)
    assert "请核对" in chat.say("不留")
    old = chat.last[-1]
    assert "280" in chat.say("金额不对，是280")
    new = chat.last[-1]
    assert chat.press("确认", old) == words("button_old")
    assert [one.state for one in records(running, chat)] == ["draft"]
    assert NUMBER.search(chat.press("确认", new))
    assert [(one.state, one.amount) for one in records(running, chat)] == [("lodged", 280)]


# ── personal data, notices ──


def test_a_phone_number_typed_in_telegram_is_kept_nowhere(running: Stack, chat: Chat) -> None:
    number = "13900001234"
    assert "没有保存" in chat.say(f"上周六{OPENING}，我电话{number}")
    chat.press("退款")
    chat.say(OWN)
    assert "没有保存" in chat.say(f"李先生 {number}")
    who = person(running, chat)
    assert who.phone is None and number not in running.tracker(who.key)
    with running.sessions() as session:
        for table in Record.metadata.sorted_tables:
            assert not any(number in str(row) for row in session.execute(select(table))), table.name
    files = [path for path in running.folder.rglob("*") if path.is_file()]
    assert not [path.name for path in files if number.encode() in path.read_bytes()]


def post(running: Stack, chat: Chat, told: str) -> int:
    with running.sessions.begin() as session:
        who = session.get_one(Person, person(running, chat).id)
        return notices.post(session, who, "progress", told, told, datetime.now(UTC)).id


def state(running: Stack, notice: int) -> str:
    with running.sessions() as session:
        return session.get_one(Notice, notice).state


def test_a_notice_arrives_by_itself_once_and_again_after_a_block(
    running: Stack, api: BotApi, chat: Chat
) -> None:
    chat.say("/start")
    sent = post(running, chat, "记录有新进展：商家已经回复。")
    assert chat.answer(seconds=6) == "记录有新进展：商家已经回复。"
    api.blocked.add(str(chat.number))
    lost = post(running, chat, "记录有新进展：已安排沟通。")
    until(lambda: state(running, lost) == "unreachable", 10)
    also_lost = post(running, chat, "记录有新进展：请补充小票。")
    assert state(running, also_lost) == "unreachable"
    api.blocked.discard(str(chat.number))
    chat.say("在吗")
    post(running, chat, "记录有新进展：已经办完。")
    assert chat.answer(seconds=6) == "记录有新进展：已经办完。"
    time.sleep(1.5)
    assert chat.is_read() and state(running, sent) == "sent"
