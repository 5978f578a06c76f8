"""Files over HTTP: what reaches the dialogue, what is refused early, and never on a disk."""

import asyncio
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.testclient import TestClient

from bot.casework import evidence
from bot.channels import web_guard, web_uploads
from bot.library import load
from bot.settings import Settings

PDF = b"%PDF-1.7\n%%EOF"
MB = 1024 * 1024


@pytest.fixture
def client(build: Any, settings: Settings) -> TestClient:
    return TestClient(build(settings), base_url="http://testserver")


def send(client: TestClient, *files: tuple[str, bytes, str], **fields: str) -> Any:
    data = {"message_id": "m1", "text": "小票在这里", **fields}
    return client.post("/chat/messages", data=data, files=[("files", one) for one in files])


def error(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_photos_and_words_are_one_message(client, dialogue, photo):
    first, second = photo(colour="teal"), photo(colour="red")
    answer = send(client, ("a.jpg", first, "image/jpeg"), ("小票.jpg", second, "image/jpeg"))
    assert answer.json()["replies"][0]["text"] == "听到：小票在这里"
    (heard,) = dialogue.heard
    assert (heard.message_id, heard.text, heard.button_id) == ("m1", "小票在这里", None)
    assert [file.content for file in heard.files] == [first, second]
    assert [file.name for file in heard.files] == ["a.jpg", "小票.jpg"]


@pytest.mark.parametrize(
    ("mime", "kind"),
    [
        ("image/png", "photo"), ("IMAGE/JPEG", "photo"), ("application/pdf", "document"),
        ("audio/mpeg", "voice"), ("video/mp4", "video"), ("text/html; charset=x", "document"),
        ("application/octet-stream", "document"),
    ],
)  # fmt: skip
def test_a_file_is_of_the_kind_it_is_said_to_be(client, dialogue, mime, kind):
    assert send(client, ("name", PDF, mime)).status_code == 200
    assert dialogue.heard[0].files[0].kind == kind


def test_photos_need_no_words_and_no_files_are_fine_too(client, dialogue, photo):
    assert send(client, ("a.jpg", photo(), "image/jpeg"), text="").status_code == 200
    assert send(client, ("", b"", "application/octet-stream"), message_id="m2").status_code == 200
    assert [(one.text, len(one.files)) for one in dialogue.heard] == [("", 1), ("小票在这里", 0)]


def test_a_repeat_is_the_same_message(client, dialogue, photo):
    client.get("/")
    one = ("a.jpg", photo(), "image/jpeg")
    assert send(client, one).json() == send(client, one).json()
    assert dialogue.heard[0] == dialogue.heard[1]


def test_nine_files_are_taken_and_ten_are_not(client, dialogue):
    files = [(f"{place}.pdf", PDF, "application/pdf") for place in range(10)]
    assert send(client, *files[:9]).status_code == 200
    assert error(send(client, *files)) == (413, "一次最多发 9 个文件，请分几次发。")
    assert len(dialogue.heard) == 1


def test_twenty_megabytes_are_taken_and_a_byte_more_is_not(client, dialogue):
    largest = PDF + b"\0" * (evidence.LARGEST - len(PDF))
    assert send(client, ("a.pdf", largest, "application/pdf")).status_code == 200
    status, words = error(send(client, ("a.pdf", largest + b"\0", "application/pdf")))
    assert status == 413 and "20 MB" in words
    assert len(dialogue.heard) == 1


def test_sixty_megabytes_are_the_most_of_a_request(client, dialogue):
    files = [(f"{place}.pdf", b"\0" * (16 * MB), "application/pdf") for place in range(4)]
    status, words = error(send(client, *files))
    assert status == 413 and "60 MB" in words
    assert not dialogue.heard


def test_a_body_that_says_it_is_huge_is_not_read(client, dialogue):
    read = []

    def body() -> Any:
        read.append(1)
        yield b"--x\r\n"

    headers = {"content-type": "multipart/form-data; boundary=x", "content-length": str(10**12)}
    answer = client.post("/chat/messages", content=body(), headers=headers)
    assert error(answer)[0] == 413 and not dialogue.heard


def test_what_is_typed_has_its_limit_beside_files(client, dialogue, photo):
    status, words = error(send(client, ("a.jpg", photo(), "image/jpeg"), text="长" * 22_000))
    assert (status, words) == (413, "这段话太长了，请分成几段发送。")
    assert not dialogue.heard


HEAD = b'--x\r\nContent-Disposition: form-data; name="message_id"\r\n\r\nm1\r\n'


@pytest.mark.parametrize(
    "body",
    [
        b"", b"--x--", b"--x--\r\n", HEAD, HEAD + b"--x", b"no boundary at all", b"\xff\xfe" * 40,
        b"--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a\"\r\n\r\nabc",
        b"--x\r\n: \r\n\r\n\r\n--x--", b"--x\r\nA\x00B: c\r\n\r\n\r\n--x--",
        HEAD.replace(b"m1", b"m 1") + b"--x--\r\n", HEAD.replace(b"message_id", b"id") + b"--x--\r\n",
        b"--x\r\n" + b"A: b\r\n" * 50 + b"\r\n\r\n--x--", HEAD * 60 + b"--x--\r\n",
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused_in_chinese(client, dialogue, body):
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = client.post("/chat/messages", content=body, headers=headers)
    assert error(answer) == (400, "没有看懂这次请求，请刷新页面后再试。")
    assert not dialogue.heard


@pytest.mark.parametrize("kind", ["multipart/form-data", "multipart/form-data; boundary=", "multipart/mixed; boundary=x"])  # fmt: skip
def test_a_form_without_its_boundary_is_refused(client, dialogue, kind):
    answer = client.post("/chat/messages", content=HEAD + b"--x--", headers={"content-type": kind})
    assert answer.status_code == 400 and not dialogue.heard


def test_a_well_formed_form_by_hand_is_heard(client, dialogue):
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = client.post("/chat/messages", content=HEAD + b"--x--\r\n", headers=headers)
    assert answer.status_code == 200 and dialogue.heard[0].message_id == "m1"


def test_a_form_from_another_site_is_refused_before_it_is_read(client, dialogue, photo):
    client.headers["sec-fetch-site"] = "cross-site"
    assert send(client, ("a.jpg", photo(), "image/jpeg")).status_code == 403
    assert not dialogue.heard


def test_no_byte_of_a_file_touches_a_disk(client, dialogue, monkeypatch):
    def refuse(*_args: Any, **_more: Any) -> None:
        raise AssertionError("a temporary file was made")

    monkeypatch.setattr("tempfile.SpooledTemporaryFile", refuse)
    monkeypatch.setattr("tempfile.TemporaryFile", refuse)
    monkeypatch.setattr("tempfile.NamedTemporaryFile", refuse)
    monkeypatch.setattr("starlette.formparsers.MultiPartParser.__init__", refuse)
    assert send(client, ("a.pdf", PDF + b"\0" * (3 * MB), "application/pdf")).status_code == 200


def test_too_many_forms_at_once_are_asked_to_come_back(client, dialogue, monkeypatch):
    monkeypatch.setattr(web_uploads, "MOST_AT_ONCE", 0)
    answer = send(client, ("a.pdf", PDF, "application/pdf"))
    assert error(answer) == (503, "现在上传的人较多，请过 10 秒再试。")
    assert answer.headers["retry-after"] == "10" and not dialogue.heard


@pytest.mark.parametrize("limit", ["STILL_SECONDS", "LONGEST_SECONDS"])
def test_a_body_that_stands_still_is_given_up(monkeypatch, limit: str) -> None:
    monkeypatch.setattr(web_guard, limit, 0.05)

    async def receive() -> dict[str, Any]:
        await asyncio.sleep(0.02 if limit == "LONGEST_SECONDS" else 1)
        return {"type": "http.request", "body": b"x", "more_body": True}

    async def read() -> None:
        async for _ in web_guard.chunks(Request({"type": "http", "headers": []}, receive), 999):
            pass

    # In a thread of its own: the browser of other tests has a loop in this one.
    with ThreadPoolExecutor() as pool, pytest.raises(HTTPException) as refusal:
        pool.submit(asyncio.run, read()).result()
    assert refusal.value.status_code == 408


def test_every_refusal_of_a_request_has_its_sentence() -> None:
    code = "".join(p.read_text() for p in Path(web_guard.__file__).parent.glob("web*.py"))
    keys = set(re.findall(r'HTTPException\(\d+, "(\w+)"', code))
    assert keys and keys <= set(load("pages")["errors"])
