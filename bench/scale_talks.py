"""Talks from end to end on the web pages of two bots: each a scene that raises AssertionError where it goes wrong."""

import asyncio
import re
import uuid
from typing import Any

import httpx
from sqlalchemy import func, select
from sqlalchemy.orm import Session, sessionmaker

from bench.citizen import AFTERWARDS, ANSWERS, Citizen
from bench.load import NUMBER
from bench.several import Several
from bot.casework.records import Dispute, HeardMessage, Person
from bot.casework.report_records import Report

REPORT = "我要举报永旺超市卖过期牛奶"
FORM = {"merchant": "永旺超市", "location": "中北镇万卉路5号", "facts": "牛奶过期三个月还在卖", "is_true": "1"}  # fmt: skip


async def dispute_and_progress(product: Several) -> None:
    """A dispute from the first words to its number, each message at the other bot; then how it stands."""
    one = Citizen(product.doors, 1)
    async with one.talking():
        await one.to_number()
        assert one.is_numbered, "no number"
        found = _disputes(product.sessions, one)
        assert len(found) == 1 and found[0].number, "not one dispute"
        said = await one.say(AFTERWARDS)
        numbers = {number.replace("-", "") for number in NUMBER.findall(said)}
        assert found[0].number in numbers, f"progress without the number: {said}"


async def recall(product: Several) -> None:
    """A recall question is answered with what matched, and the day at which it stands."""
    said = await _asked(product, 2, "罗马仕充电宝PAC20-392是不是召回了")
    assert "PAC20-392" in said and "截至" in said, said


async def rights(product: Several) -> None:
    """A rights question is answered with law, article and date."""
    said = await _asked(product, 3, "网上买的衣服不喜欢，七天之内能退吗")
    assert "《消费者权益保护法》第25条" in said and re.search(r"\d{4}-\d{2}-\d{2}", said), said


async def report(product: Several) -> None:
    """A report's page is opened at one bot and sent at the other; it is kept once."""
    one = Citizen(product.doors, 4)
    async with one.talking():
        await one.say(REPORT)
        paths = [button.get("url") or "" for row in one.bubbles for button in row["buttons"]]
        path = next((path for path in paths if path.startswith("/report/")), "")
        assert path, f"no page for it: {one.bubbles}"
        first, second = product.doors
        shown = await one.client.get(f"{first}{path}")
        assert shown.status_code == 200 and REPORT in shown.text, "the page does not begin with it"
        files = {"files": ("", b"")}
        sent = [await one.client.post(f"{door}{path}", data=FORM, files=files) for door in (second, first)]  # fmt: skip
        assert [answer.status_code for answer in sent] == [303, 303], "the form was not taken"
    with product.sessions() as session:
        assert session.scalar(select(func.count()).select_from(Report)) == 1, "not one report"


async def order(product: Several) -> None:
    """Three messages at both bots, each before the last is answered: heard in order, as one talk."""
    one = Citizen(product.doors, 5)
    asked = dict(ANSWERS)
    texts = [one.opening(), asked["生活消费吗"], asked["手机"].format(number=one.number)]
    async with one.talking():
        saying = []
        for place, text in enumerate(texts):
            saying.append(asyncio.create_task(_at(one, product.doors[place % 2], text)))
            while len(_heard(product.sessions, one)) <= place:
                await asyncio.sleep(0.005)
        said = await asyncio.gather(*saying)
    assert "请核对" in said[-1], f"out of order: {said[-1]}"
    rows = _heard(product.sessions, one)
    moments = [row.answered_at for row in rows if row.answered_at]
    assert len(rows) == len(moments) == len(texts) and moments == sorted(moments), (
        "not one after the other"
    )


async def once(product: Several) -> None:
    """The same message at both bots at the same moment is heard once and answered alike."""
    one = Citizen(product.doors, 6)
    async with one.talking():
        name = uuid.uuid4().hex
        said = await asyncio.gather(*(_at(one, door, "你好", name) for door in product.doors))
    assert said[0] == said[1] and len(_heard(product.sessions, one)) == 1, "heard twice"


SCENES = (dispute_and_progress, recall, rights, report, order, once)


async def _asked(product: Several, number: int, question: str) -> str:
    """What a new citizen is answered to a question."""
    one = Citizen(product.doors, number)
    async with one.talking():
        return await one.say(question)


async def _at(one: Citizen, door: str, text: str, message_id: str = "") -> str:
    """What a citizen is answered at one door."""
    body = {"text": text, "message_id": message_id or uuid.uuid4().hex}
    answer: httpx.Response = await one.client.post(f"{door}/chat/messages", json=body)
    rows: list[dict[str, Any]] = answer.json()["replies"]
    return "\n".join(row["text"] for row in rows)


def _heard(sessions: sessionmaker[Session], one: Citizen) -> list[HeardMessage]:
    query = select(HeardMessage).join(Person).where(Person.external_id == one.id)
    with sessions() as session:
        return list(session.scalars(query.order_by(HeardMessage.id)))


def _disputes(sessions: sessionmaker[Session], one: Citizen) -> list[Dispute]:
    with sessions() as session:
        return list(
            session.scalars(select(Dispute).join(Person).where(Person.external_id == one.id))
        )
