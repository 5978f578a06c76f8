"""Photos are read by processes that end: one at a time, within their time, whatever they are given."""

import asyncio
import io
import json
import os
import sys
import time
from typing import Any

import pytest
from PIL import Image, ImageDraw, ImageFont
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot import hearing
from bot.casework import disputes, evidence, people
from bot.casework.evidence import File
from bot.casework.records import Notice, Person
from bot.dialogue import Dialogue
from bot.hearing import Heard
from bot.label_reader import MOST_WAITING, LabelReader
from bot.library import load, words
from bot.messages import Message
from tests import aside
from tests.conftest import NOW

FOUND = {
    "boxes": [{"text": "型号：QH-1000", "left": 0, "top": 0, "right": 9, "bottom": 9}],
    "barcodes": ["6901234567892"],
}


def says(*lines: str) -> tuple[str, ...]:
    return sys.executable, "-c", ";".join(("import sys,time,os", "sys.stdin.buffer.read()", *lines))


def readings(
    reader: LabelReader, photos: int = 1, messages: int = 1, content: bytes = b"photo"
) -> list[Any]:
    """What the caller is told of each message."""
    told: list[Any] = []

    async def scene() -> None:
        for _ in range(messages):
            reader.begin([content] * photos, told.append)
        while len(told) < messages:
            await asyncio.sleep(0.02)
        await reader.close()

    aside.run(scene(), 200)
    return told


def test_what_a_process_found_is_told() -> None:
    ((reading, again),) = readings(LabelReader(says(f"print('''{json.dumps(FOUND)}''')")), photos=2)
    boxes, bars = reading
    assert boxes[0].text == "型号：QH-1000" and bars == ["6901234567892"] and again == reading


@pytest.mark.parametrize(
    "spoiled",
    [("sys.exit(3)",), ("os.abort()",), ("print('no json')",), ("print('[]')",), ("print('{}')",), ("pass",),
     ("""print('{"boxes": [{"text": 1}], "barcodes": []}')""",)],
)  # fmt: skip
def test_a_process_that_fails_is_told_as_such(spoiled: tuple[str, ...]) -> None:
    assert readings(LabelReader(says(*spoiled))) == [None]


def test_a_process_that_hangs_is_ended() -> None:
    began = time.monotonic()
    assert readings(LabelReader(says("time.sleep(60)"), seconds=0.5)) == [None]
    assert time.monotonic() - began < 20


def test_a_process_that_cannot_begin_is_told_as_such() -> None:
    assert readings(LabelReader(("/nowhere/python",))) == [None]


def test_it_gets_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATA_KEY", "secret")
    told = readings(LabelReader(says("sys.exit('DATA_KEY' not in os.environ)")))
    assert told == [None]  # exit 1: the key was not there


def test_who_comes_when_many_wait_is_told_at_once() -> None:
    reader = LabelReader(says(f"print('''{json.dumps(FOUND)}''')"))
    told = readings(reader, messages=MOST_WAITING + 2)
    assert told.count(None) == 2 and told[0] is None  # before the first was read


def test_one_at_a_time(tmp_path: Any) -> None:
    mark = tmp_path / "busy"
    lines = (f"f=os.open({str(mark)!r},os.O_CREAT|os.O_EXCL)", "time.sleep(0.2)", f"os.remove({str(mark)!r})",
             f"print('''{json.dumps(FOUND)}''')")  # fmt: skip
    assert None not in readings(LabelReader(says(*lines)), messages=3)


def picture() -> bytes:
    """A label as a phone takes it, with its place in the EXIF."""
    font = ImageFont.truetype("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 40, index=2)
    made = Image.new("RGB", (900, 320), "white")
    draw = ImageDraw.Draw(made)
    for place, line in enumerate(("品牌：青禾", "型号：QH-1000", "220V 50Hz")):
        draw.text((40, 40 + 80 * place), line, font=font, fill="black")
    exif = Image.Exif()
    exif[0x010E] = "39.14,117.01"
    written = io.BytesIO()
    made.save(written, "JPEG", exif=exif)
    return written.getvalue()


def test_a_real_label_is_read_by_a_real_process() -> None:
    shown = evidence.prepared(File("photo", picture())).shown
    assert shown is not None and b"39.14" not in shown
    ((reading,),) = readings(LabelReader(seconds=180), content=shown)  # other tests run beside it
    assert any("QH-1000" in box.text for box in reading[0])
    assert readings(LabelReader(seconds=180)) == [None]  # what is no picture ends the process


# ── what is looked at, and what is said ──


def heard(session: Session, who: Person, text: str = "", *files: File, looks: bool = True) -> Heard:
    message = Message("web", "c-1", os.urandom(4).hex(), text, files=files)
    return hearing.interpret(
        session, who, message, hearing.prepared(files), asks_in_chat=True, has_officers=False,
        reads_labels=looks, now=NOW,
    )  # fmt: skip


def test_a_photo_outside_of_a_dispute_is_looked_at(session: Session, citizen: Person) -> None:
    found = heard(session, citizen, "", File("photo", picture()))
    assert len(found.photos) == 1 and b"39.14" not in found.photos[0]
    assert found.question is not None
    assert found.question.before[0]["text"] == load("labels")["looks"].format(count=1)
    assert len(evidence.unattached(session, citizen)) == 1  # kept as any other


def test_evidence_of_a_dispute_is_not(session: Session, citizen: Person) -> None:
    disputes.start(session, citizen, NOW)
    found = heard(session, citizen, "", File("photo", picture()))
    assert found.photos == () and found.question is not None
    assert found.question.before[0]["text"] == words("kept_photo", count=1)


def test_words_that_ask_for_it_go_to_rasa_as_well(session: Session, citizen: Person) -> None:
    found = heard(session, citizen, "查召回", File("photo", picture()))
    assert len(found.photos) == 1
    assert found.question is not None and found.question.payload == "/query_recall"


@pytest.mark.parametrize(
    "file",
    [File("photo", b"\xff\xd8\xff forged"), File("document", b"%PDF-1.7\n%%EOF"), File("photo", b""),
     File("photo", b"\0\0\0\x18ftypheic" + b"\0" * 40)],
    ids=["forged", "PDF", "empty", "HEIC"],
)  # fmt: skip
def test_what_is_no_picture_is_never_read(session: Session, citizen: Person, file: File) -> None:
    assert heard(session, citizen, "", file).photos == ()


def test_a_very_large_picture_is_read_in_small(session: Session, citizen: Person) -> None:
    written = io.BytesIO()
    Image.new("L", (8000, 6300), 255).save(written, "PNG")  # 50 megapixels
    (photo,) = heard(session, citizen, "", File("photo", written.getvalue())).photos
    with Image.open(io.BytesIO(photo)) as opened:
        assert max(opened.size) <= 2000


def test_no_more_than_three_of_an_album_and_none_where_it_is_turned_off(
    session: Session, citizen: Person
) -> None:
    files = [File("photo", picture() + bytes([n])) for n in range(5)]
    assert len(heard(session, citizen, "", *files).photos) == 3
    assert heard(session, citizen, "", files[0], looks=False).photos == ()


def test_the_answer_goes_out_by_the_ledger_though_rasa_is_down(
    sessions: sessionmaker[Session],
) -> None:
    dead = "http://127.0.0.1:9"
    reader = LabelReader(says(f"print('''{json.dumps(FOUND)}''')"))

    async def scene() -> None:
        talk = Dialogue(sessions, dead, dead, 1.0, labels=reader)
        replies = await talk.hear(
            Message("web", "c-9", "m-1", "", files=(File("photo", picture()),))
        )
        assert replies[0].text == load("labels")["looks"].format(count=1)
        for _ in range(200):
            await asyncio.sleep(0.05)
            if told := await talk.news("web", "c-9", []):
                break
        assert "QH-1000" in told[0][1].text and len(told[0][1].buttons) == 2
        await talk.close()

    aside.run(scene())
    with sessions() as session:
        who = people.person(session, "web", "c-9", NOW)
        kinds = session.scalars(select(Notice.kind).where(Notice.person_id == who.id)).all()
        assert kinds == ["label"]


def test_a_reading_that_dies_with_its_process_is_answered_by_the_ledger(
    sessions: sessionmaker[Session],
) -> None:
    dead = "http://127.0.0.1:9"

    async def scene() -> None:
        talk = Dialogue(sessions, dead, dead, 1.0, labels=LabelReader(says("time.sleep(60)")))
        await talk.hear(Message("web", "c-10", "m-1", "", files=(File("photo", picture()),)))
        await talk.close()  # and with it what was read

    aside.run(scene())
    with sessions() as session:
        who = people.person(session, "web", "c-10", NOW)
        (left,) = session.scalars(select(Notice).where(Notice.person_id == who.id)).all()
        assert left.state == "due" and left.text == load("labels")["failed"]
