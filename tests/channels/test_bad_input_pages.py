"""Whatever is sent to the page of a shop or of a citizen is kept or refused in Chinese: no 500, no tag."""

import io
import re
import struct
import zipfile
import zlib
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import docx
import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import disputes, evidence, links, negotiations, people, progress
from bot.casework.records import (
    Evidence,
    EvidenceContent,
    Negotiation,
    NegotiationMessage,
    Notice,
    Person,
    Shop,
)
from bot.settings import Settings
from tests import hostile

NO_FILE = [("files", ("", b"", ""))]
KINDS = ("accept", "offer", "refuse", "message")


@pytest.fixture
def asked(sessions: sessionmaker[Session]) -> int:
    """The number of a negotiation that a shop was just asked to answer."""
    now = datetime.now(UTC)
    with sessions.begin() as session:
        who = people.person(session, "web", "c-1", now)
        shop = Shop(
            name="永旺", email="liu@example.cn", verified_at=now, created_at=now, updated_at=now
        )
        session.add(shop)
        one = disputes.start(session, who, now)
        one.merchant, one.product, one.amount = "永旺", "电饭煲", Decimal(399)
        disputes.lodge(session, one, operator="bureau", limit=Decimal(2000), now=now)
        return negotiations.ask(session, one, 16, now, str).id


@pytest.fixture
def path(settings: Settings, asked: int) -> str:
    return f"/shop/{links.token(settings.signing_key(), links.SHOP, str(asked))}"


@pytest.fixture
def mine(settings: Settings, sessions: sessionmaker[Session], asked: int) -> str:
    with sessions() as session:
        key = session.get_one(Negotiation, asked).dispute.person.key
    return f"/mine/{links.token(settings.signing_key(), links.CONTACT, key)}"


@pytest.fixture
def client(build: Any, settings: Settings) -> TestClient:
    app = build(settings)
    return TestClient(
        app, "http://testserver", follow_redirects=False, raise_server_exceptions=False
    )


@pytest.fixture
def kept(sessions: sessionmaker[Session]) -> Callable[[Any], list[Any]]:
    def find(kind: Any) -> list[Any]:
        with sessions() as session:
            return list(session.scalars(select(kind).order_by(*kind.__table__.primary_key)))

    return find


def answer(client: TestClient, path: str, files: Any = NO_FILE, **fields: str) -> Any:
    as_bytes = {name: text.encode("utf-8", "surrogatepass") for name, text in fields.items()}
    return client.post(path, data=as_bytes, files=files)


def check_page(page: Any, words: str = "") -> None:
    """A page of ours, in Chinese, in which nothing that was typed is a tag or was worked out."""
    assert page.status_code < 500 and re.search(r"[\u4e00-\u9fff]{4}", page.text)
    for tag in ("<script>alert", "<img src=x", '<a href="tg:', "<b>粗</b>", "<w:t>"):
        assert tag not in page.text
    if "7*7" in words:
        assert "{{ 7*7 }}" in page.text or "49" not in page.text


def test_what_a_shop_types_is_kept_and_shown_as_it_was_typed(client, path, kept):
    for name, words in hostile.WORDS.items():
        fields = {"said_by": f"刘{words}", "text": words, "amount": "200"}
        assert answer(client, path, kind="offer", **fields).status_code == 303, name
        said = kept(NegotiationMessage)[-1]
        typed = re.sub("[\ud83d\udc00\ufffd]", "", hostile.seen(words))
        found = re.sub("\ufffd", "", hostile.seen(said.text or ""))
        assert found == typed[: negotiations.LONGEST], name
        assert not re.search("[\x00-\x08\u200b\u202e\u2066\ufeff]", f"{said.text}{said.said_by}"), (
            name
        )
        assert (
            said.said_by.startswith("刘") and "\n" not in said.said_by and len(said.said_by) <= 40
        )
        assert (said.text or "没有另外说明") in kept(Notice)[-1].text, name
        check_page(client.get(path), words)
    assert len(kept(NegotiationMessage)) == len(hostile.WORDS)


def test_what_cannot_be_seen_is_not_an_answer(client, path, kept):
    for unseen in ("", " ", "\u200b", "\u3164", "\x00\x01", "\u2060\ufeff", "\u200d", "\u202e"):
        for fields in ({"said_by": unseen, "text": "不行"}, {"said_by": "刘", "text": unseen}):
            reply = answer(client, path, kind="refuse", **fields)
            assert reply.status_code == 422, ascii(unseen)
            check_page(reply)
    assert kept(NegotiationMessage) == []


def test_a_refused_form_shows_what_was_typed_as_it_was_typed(client, path, mine, kept):
    for name, words in hostile.WORDS.items():
        fields = {"said_by": words, "text": words, "amount": f"{words}?"}
        reply = answer(client, path, kind="offer", **fields)
        assert reply.status_code == 422, name
        check_page(reply, words)
        body = urlencode(
            dict.fromkeys(("name", "phone", "address"), words[:2000]), errors="surrogatepass"
        )
        reply = client.post(f"{mine}/contact", content=body)
        assert reply.status_code == 422, name
        check_page(reply, words)
    assert kept(NegotiationMessage) == []


def test_contact_details_are_kept_and_stand_on_paper(client, mine, kept):
    for name, words in hostile.WORDS.items():
        form = {"name": f"王{words}", "phone": "13800000001", "address": f"中北镇{words}"}
        body = urlencode(
            {field: text[:2000] for field, text in form.items()}, errors="surrogatepass"
        )
        assert client.post(f"{mine}/contact", content=body).status_code == 303, name
        who = next(one for one in kept(Person) if one.channel == "web")
        assert who.name.startswith("王") and len(who.name) <= 40 and len(who.address) <= 200
        assert not re.search("[\x00-\x1f\u200b\u202e\ufeff]", who.name + who.address), name
        page = client.get(mine)
        check_page(page)
        paper = client.get(re.search(r'href="([^"]*/packet/[^"]*)"', page.text)[1])
        tables = docx.Document(io.BytesIO(paper.content)).tables
        cells = [cell.text for row in tables[1].rows for cell in row.cells]
        assert re.sub("[\ufffe\uffff]", "", who.name) in cells, name


@pytest.mark.parametrize("half", [0, 1])  # more in a minute are asked to wait
def test_a_sum_that_is_none_is_no_offer(client, path, kept, half):
    for typed in hostile.NOT_PAYABLE[half::2]:
        reply = answer(client, path, kind="offer", said_by="刘", text="退一部分", amount=typed)
        assert reply.status_code == 422 and "金额不对" in reply.text, typed
    assert kept(NegotiationMessage) == []


def test_a_sum_however_it_is_typed_is_offered(client, path, kept):
    for typed, worth in hostile.PAYABLE:
        assert answer(client, path, kind="offer", said_by="刘", amount=typed).status_code == 303, (
            typed
        )
        assert kept(NegotiationMessage)[-1].amount == Decimal(worth)


@pytest.mark.parametrize(
    ("step", "actor", "detail"),
    [
        ("escalate", "officer", {"reason": "shop_silent"}), ("escalate", "clock", {"reason": "shop_silent"}),
        ("withdraw", "citizen", {}), ("withdraw", "officer", {}), ("settle", "officer", {}),
        ("settle", "citizen", {}),
    ],
)  # fmt: skip
@pytest.mark.parametrize("is_agreed", [False, True])
def test_after_the_end_no_answer_is_taken(
    client, path, mine, kept, sessions, asked, step, actor, detail, is_agreed
):
    before = [("accept", "刘")] if is_agreed else []
    for kind, said_by in before:
        answer(client, path, kind=kind, said_by=said_by)
    with sessions.begin() as session:
        one = session.get_one(Negotiation, asked).dispute
        progress.take(session, one, step, actor, datetime.now(UTC), **detail)
    state, notices = kept(disputes.Dispute)[0].state, len(kept(Notice))
    for kind in KINDS:
        late = answer(client, path, kind=kind, said_by="刘", text="退", amount="1")
        assert (
            late.status_code == 409 and "已不在这里处理" in late.text and "电饭煲" not in late.text
        )
    assert len(kept(NegotiationMessage)) == len(before)
    assert (kept(disputes.Dispute)[0].state, len(kept(Notice))) == (state, notices)


@pytest.mark.parametrize("door", ["shop", "mine"])
def test_no_other_token_opens_a_page(client, settings, path, mine, door):
    good = {"shop": path, "mine": mine}[door].rsplit("/", 1)[1]
    other = {"shop": mine, "mine": path}[door].rsplit("/", 1)[1]
    part = good.split(".")
    spoiled = [
        other, good[:-1], good + "A", good.upper(), f"{part[0]}.{part[2]}.{part[1]}", "..." , "x", "%00", "%2e%2e",
        "长", "%ED%A0%BD", "a" * 9000, f"{other.split('.')[0]}.{part[1]}.{part[2]}", "{{7*7}}", "' OR 1=1 --",
        links.token("another key", door, "1"), links.token(settings.signing_key(), "cookie", "1"),
    ]  # fmt: skip
    for token in spoiled:
        for reply in (client.get(f"/{door}/{token}"), client.post(f"/{door}/{token}")):
            assert reply.status_code in (404, 405), token[:30]
            assert "电饭煲" not in reply.text and "Traceback" not in reply.text
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31)):
        reply = client.get(f"/{door}/{good}")
        assert reply.status_code == 410 and "电饭煲" not in reply.text


# ── files ──


def png_of(width: int, height: int, *more: tuple[bytes, bytes]) -> bytes:
    """A small file that says it is a picture of that size, with more chunks."""

    def chunk(name: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        )

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    body = b"".join(chunk(*one) for one in more)
    pixels = chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + head + body + pixels


def zipped(name: str, size: int) -> bytes:
    """An archive of zeros, a thousand times smaller than what is in it."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, bytes(size))
    return written.getvalue()


BOMB = zipped("word/document.xml", 20_000_000)
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!doctype html><script>alert(1)</script>"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
NO_EVIDENCE = {
    "docx bomb": ("a.docx", BOMB, DOCX), "zip as jpg": ("a.jpg", BOMB, "image/jpeg"),
    "zip as pdf": ("a.pdf", BOMB, "application/pdf"), "huge png": ("a.png", png_of(60_000, 60_000), "image/png"),
    "endless words in png": (
        "a.png", png_of(9, 9, (b"zTXt", b"k\0\0" + zlib.compress(bytes(90_000_000)))), "image/png",
    ),
    "cut png": ("a.png", png_of(900, 900), "image/png"), "svg": ("a.svg", SVG, "image/svg+xml"),
    "svg as png": ("a.png", SVG, "image/png"), "svg as file": ("a.svg", SVG, "application/octet-stream"),
    "html as jpg": ("a.jpg", HTML, "image/jpeg"), "html": ("a.html", HTML, "text/html"),
    "html as pdf": ("a.pdf", HTML, "application/pdf"), "empty": ("a.jpg", b"", "image/jpeg"),
    "program": ("a.exe", b"MZ" + bytes(99), "application/x-msdownload"), "nul": ("a.jpg", bytes(99), "image/jpeg"),
    "gif head and script": ("a.gif", b"GIF89a/*" + HTML, "image/gif"), "jpeg head": ("a.jpg", b"\xff\xd8\xff" + HTML, "image/jpeg"),
}  # fmt: skip


def test_what_is_no_evidence_is_refused_on_both_pages(client, path, mine, kept, tmp_path):
    before = {one.name for one in tmp_path.iterdir()}
    for name, file in NO_EVIDENCE.items():
        for reply in (
            answer(client, path, [("files", file)], kind="accept", said_by="刘"),
            client.post(f"{mine}/files", files=[("files", file)]),
        ):
            assert reply.status_code == 422 and "第 1 个" in reply.text, name
            check_page(reply)
        assert kept(Evidence) == [] and kept(NegotiationMessage) == [], name
    assert {one.name for one in tmp_path.iterdir()} == before


@pytest.mark.parametrize("size", [evidence.LARGEST + 1, 21 * 1024 * 1024])
def test_a_file_that_is_too_large_is_refused_on_both_pages(client, path, mine, kept, size):
    big = [("files", ("a.jpg", b"\xff\xd8\xff" + bytes(size), "image/jpeg"))]
    for reply in (
        answer(client, path, big, kind="accept", said_by="刘"),
        client.post(f"{mine}/files", files=big),
    ):
        assert reply.status_code == 413
        check_page(reply)
    assert kept(Evidence) == [] and kept(NegotiationMessage) == []


NAMES = (
    "../../../../etc/passwd", "..\\..\\boot.ini", "/etc/cron.d/x.jpg", "长" * 1000 + ".jpg", "a\r\nX-Evil: 1.jpg",
    "a\x00.jpg", "con.jpg", "<script>alert(1)</script>.jpg", "{number}{{7*7}}.jpg", "\u202egpj.exe", "%00", "a.php",
    "shell.jpg;.exe", "https://evil.example/a.jpg",
)  # fmt: skip


def test_the_name_of_a_file_says_nothing(client, mine, path, kept, photo, tmp_path: Path):
    """Pictures with a program behind them: the bytes are kept sealed, only the pixels are shown."""
    before = {one.name for one in tmp_path.rglob("*")}
    for place, name in enumerate(NAMES):
        content = photo((64, 48)) + HTML + BOMB + bytes(place)
        file = [("files", (name, content, "image/jpeg"))]
        assert client.post(f"{mine}/files", files=file).status_code == 303, name
        said = {"kind": "message", "said_by": "刘", "text": "见照片"}
        assert answer(client, path, file, **said).status_code == 303, name
    assert [one.kind for one in kept(Evidence)] == ["photo", "photo"] * len(NAMES)
    assert not any(
        b"script" in one.shown or b"PK\x03" in one.shown for one in kept(EvidenceContent)
    )
    assert {one.name for one in tmp_path.rglob("*")} == before
    check_page(client.get(mine))
    picture = client.get(f"{mine}/files/{kept(Evidence)[0].id}")
    assert picture.headers["content-type"] == "image/jpeg" and b"script" not in picture.content
