"""Photos and papers that a walk-in brings: looked at as citizens' own, none on a disk, what was typed kept."""

import io
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import evidence
from bot.casework.officer_records import OfficerEvent
from bot.casework.records import Dispute, Evidence, EvidenceContent
from bot.channels import web_uploads
from bot.library import load
from tests.casework.test_evidence import PDF, huge_png, photo_with_place, picture
from tests.console.conftest import NAME, log_in, token
from tests.console.test_counter import GIVEN, NEW, form_of

SAID = load("desk")["uploads"]
HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200
File = tuple[str, bytes, str]
PHOTO: File = ("小票.jpg", photo_with_place(), "image/jpeg")
PAPER: File = ("合同.pdf", PDF, "application/pdf")

# A file, and the key of what is said of it.
BAD: dict[str, tuple[File, str]] = {
    "heic": (("IMG_1.HEIC", HEIC, "image/heic"), "file_not_picture"),
    "heic without a type": (("IMG_1.HEIC", HEIC, "application/octet-stream"), "file_not_picture"),
    "heic named jpg": (("IMG_1.jpg", HEIC, "image/jpeg"), "file_not_picture"),
    "zip named jpg": (("a.jpg", b"PK\x03\x04" + b"\0" * 99, "image/jpeg"), "file_not_picture"),
    "page named png": (("a.png", b"<svg onload=alert(1)>", "image/png"), "file_not_picture"),
    "cut": (("a.jpg", picture(size=(640, 480))[:3000], "image/jpeg"), "file_not_picture"),
    "eighty-one megapixels": (("a.png", huge_png(9000, 9001), "image/png"), "file_too_many_pixels"),
    "a bomb": (("a.png", huge_png(60000, 60000), "image/png"), "file_too_many_pixels"),
    "empty": (("a.jpg", b"", "image/jpeg"), "file_empty"),
    "program": (("a.pdf", b"MZ\x90\0" + b"\0" * 99, "application/pdf"), "file_kind"),
    "page": (("a.html", b"<script>alert(1)</script>", "text/html"), "file_kind"),
    "word": (("a.docx", b"PK\x03\x04" + b"\0" * 99, "application/msword"), "file_kind"),
}  # fmt: skip


def send(desk: TestClient, *files: File, hidden: dict[str, str] | None = None, **changed: Any) -> Any:  # fmt: skip
    """Send the form with these files, filled as GIVEN but for what is changed."""
    hidden = hidden or form_of(desk.get(NEW).text)
    given = [("files", one) for one in files]
    return desk.post(NEW, data={**hidden, **GIVEN, **changed}, files=given, follow_redirects=False)


def kept(sessions: sessionmaker[Session], kind: type[Any] = Evidence) -> list[Any]:
    with sessions() as session:
        return list(session.scalars(select(kind).order_by(*kind.__table__.primary_key)))


def kinds(sessions: sessionmaker[Session]) -> list[str]:
    return [one.kind for one in kept(sessions, OfficerEvent)]


def fifty_megapixels() -> bytes:
    """A photo as a telephone of these days makes it: 8660 by 5774 pixels."""
    written = io.BytesIO()
    Image.new("RGB", (8660, 5774), "teal").save(written, "JPEG")
    return written.getvalue()


# ── with the form ──


def test_what_a_walk_in_brings_is_kept_with_the_dispute_and_shown_without_its_place(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    assert send(desk, PHOTO, PAPER).status_code == 303
    (made,) = kept(sessions, Dispute)
    pieces = kept(sessions)
    assert [(one.kind, one.dispute_id, one.person_id) for one in pieces] == [
        ("photo", made.id, made.person_id), ("document", made.id, made.person_id),
    ]  # fmt: skip
    with sessions() as session:
        content = session.get_one(EvidenceContent, pieces[0].id)
        assert content.original == PHOTO[1] and content.shown is not None
        shown = Image.open(io.BytesIO(content.shown))
    assert not shown.getexif() and b"taken at home" not in content.shown
    address = f"/desk/case/{made.number}/evidence/{pieces[0].id}"
    assert address in desk.get(f"/desk/case/{made.number}").text
    assert desk.get(address).content == content.shown
    assert desk.get(f"{address}?original=1").content == PHOTO[1]


def test_a_photo_of_fifty_megapixels_is_taken(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    assert send(desk, ("a.jpg", fifty_megapixels(), "image/jpeg")).status_code == 303
    with sessions() as session:
        shown = session.scalars(select(EvidenceContent.shown)).one()
    assert shown is not None and max(Image.open(io.BytesIO(shown)).size) == 2000


@pytest.mark.parametrize("name", BAD)
def test_a_file_that_is_not_taken_is_named_and_what_was_typed_is_kept(
    desk: TestClient, sessions: sessionmaker[Session], name: str
) -> None:
    file, key = BAD[name]
    answer = send(desk, PHOTO, file)
    said = f"第 2 个：{SAID['refused'][key]}"
    assert answer.status_code == 422 and answer.text.count(said) == 2, "above and beside the field"
    assert f'<a href="#new-files">{SAID["label"]}：{said}</a>' in answer.text
    assert SAID["again"] in answer.text and "第 1 个" not in answer.text
    assert "&lt;b&gt;电饭煲&lt;/b&gt;" in answer.text and 'value="赵丽华"' in answer.text
    assert 'value="repair" checked' in answer.text and 'value="refund" checked' in answer.text
    assert kept(sessions) == kept(sessions, Dispute) == []
    assert send(desk, PHOTO, hidden=form_of(answer.text)).status_code == 303
    assert len(kept(sessions)) == 1


MB = 1024 * 1024
LARGE: dict[str, tuple[list[File], str]] = {
    "a file of twenty megabytes and a byte": (
        [("a.pdf", PDF + b"\0" * (evidence.LARGEST + 1 - len(PDF)), "application/pdf")], "file_too_large"),
    "ten files": ([PAPER] * (web_uploads.MOST_FILES + 1), "too_many_files"),
    "more than sixty megabytes": (
        [(f"{place}.pdf", PDF + b"\0" * (16 * MB), "application/pdf") for place in range(4)],
        "files_too_large"),
}  # fmt: skip


def in_pieces(app: Any) -> Any:
    """The application behind a network, which delivers a body piece by piece."""

    async def behind(scope: Any, receive: Any, send: Any) -> None:
        rest: list[Any] = []

        async def piece() -> Any:
            if not rest:
                event = await receive()
                body = event.get("body", b"")
                cut = range(0, len(body), 64 * 1024) or range(1)
                rest.extend({**event, "body": body[at : at + 64 * 1024], "more_body": True} for at in cut)  # fmt: skip
                rest[-1]["more_body"] = event.get("more_body", False)
            return rest.pop(0)

        await app(scope, piece, send)

    return behind


@pytest.mark.parametrize("name", LARGE)
def test_what_is_over_a_limit_is_said_and_what_was_typed_is_kept(
    app: Any, desk: TestClient, sessions: sessionmaker[Session], name: str
) -> None:
    files, key = LARGE[name]
    with TestClient(in_pieces(app), base_url="http://desk.test", cookies=desk.cookies) as behind:
        answer = send(behind, *files)
    assert answer.status_code == 422 and SAID["not_read"][key] in answer.text
    assert "&lt;b&gt;电饭煲&lt;/b&gt;" in answer.text and 'value="repair" checked' in answer.text
    assert kept(sessions, Dispute) == []


def test_nine_files_are_taken(desk: TestClient, sessions: sessionmaker[Session]) -> None:
    nine = [(f"{place}.pdf", PDF + bytes([place]), "application/pdf") for place in range(9)]
    assert send(desk, *nine).status_code == 303 and len(kept(sessions)) == 9


def test_what_is_wrong_in_a_field_says_that_files_are_to_be_chosen_again(desk: TestClient) -> None:
    assert SAID["again"] in send(desk, PHOTO, phone="12315").text
    assert SAID["again"] not in send(desk, phone="12315").text


def test_no_byte_touches_a_disk(
    desk: TestClient, sessions: sessionmaker[Session], monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = form_of(desk.get(NEW).text)

    def refuse(*_args: Any, **_more: Any) -> None:
        raise AssertionError("a temporary file was made")

    for name in ("SpooledTemporaryFile", "TemporaryFile", "NamedTemporaryFile"):
        monkeypatch.setattr(f"tempfile.{name}", refuse)
    monkeypatch.setattr("starlette.formparsers.MultiPartParser.__init__", refuse)
    large = ("a.pdf", PDF + b"\0" * (3 * MB), "application/pdf")
    assert send(desk, large, hidden=hidden).status_code == 303 and len(kept(sessions)) == 1


def test_a_form_that_is_sent_twice_keeps_a_file_once_and_a_new_one_too(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    hidden = form_of(desk.get(NEW).text)
    for files in ([PHOTO], [PHOTO], [PHOTO, PAPER]):
        assert send(desk, *files, hidden=hidden).status_code == 303
    assert len(kept(sessions, Dispute)) == 1 and len(kept(sessions)) == 2
    assert kinds(sessions).count("papers_added") == 1


# ── who may send so much ──


def large_form(csrf: str) -> dict[str, Any]:
    return {"data": {"csrftoken": csrf}, "files": [("files", ("a.pdf", PDF + b"\0" * MB, "application/pdf"))]}  # fmt: skip


@pytest.mark.parametrize("cookie", ["", "x", "eyJpZCI6MX0.forged"])
def test_files_of_who_has_no_session_are_not_read(
    client: TestClient, officer: str, cookie: str
) -> None:
    csrf = token(client.get("/desk/login").text)
    if cookie:
        client.cookies.set("desk", cookie, path="/desk")
    for path in (NEW, "/desk/login"):
        assert client.post(path, **large_form(csrf)).status_code == 413


def test_files_without_the_forms_token_do_nothing(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    answer = send(desk, PHOTO, hidden={**form_of(desk.get(NEW).text), "csrftoken": "x"})
    assert answer.status_code == 403 and kept(sessions, Dispute) == []


SPOILED = (b"", b"--x", b"no boundary", b"--x\r\n" * 400, b"\xff\xfe" * 40)


@pytest.mark.parametrize("body", SPOILED)
def test_what_is_no_form_is_refused(desk: TestClient, body: bytes) -> None:
    headers = {"content-type": "multipart/form-data; boundary=x"}
    answer = desk.post(NEW, content=body, headers=headers)
    assert answer.status_code in (400, 403) and "Traceback" not in answer.text


def test_many_fields_are_no_form(desk: TestClient) -> None:
    hidden = form_of(desk.get(NEW).text)
    assert send(desk, PHOTO, hidden=hidden, seen=["x"] * 200).status_code == 400


def test_who_comes_when_too_many_send_is_told_to_wait(
    desk: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    hidden = form_of(desk.get(NEW).text)
    monkeypatch.setattr(web_uploads, "MOST_AT_ONCE", 0)
    answer = send(desk, PHOTO, hidden=hidden)
    assert answer.status_code == 503 and answer.text == load("desk")["faults"]["503"]["text"]


@pytest.fixture
def clock() -> Iterator[Any]:
    with time_machine.travel(datetime(2026, 11, 3, 1, tzinfo=UTC), tick=False) as travelled:
        yield travelled


def test_a_form_with_a_photo_that_comes_too_late_brings_back_what_was_typed(
    clock: Any, desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    hidden = form_of(desk.get(NEW).text)
    clock.shift(timedelta(minutes=31))
    late = send(desk, PHOTO, hidden=hidden)
    assert late.status_code == 403 and kept(sessions, Dispute) == []
    sealed = late.text.partition('name="kept" value="')[2].partition('"')[0]
    form = {"username": NAME, "password": "correct horse 7 battery", "csrftoken": token(late.text), "kept": sealed}  # fmt: skip
    page = desk.post("/desk/login", data=form).text
    assert load("desk")["login"]["back"] in page and 'value="赵丽华"' in page
    assert 'value="repair" checked' in page


# ── later ──


@pytest.fixture
def number(desk: TestClient, sessions: sessionmaker[Session]) -> str:
    assert send(desk, PHOTO).status_code == 303
    return str(kept(sessions, Dispute)[0].number)


def add(desk: TestClient, number: str, *files: File) -> Any:
    page = desk.get(f"/desk/case/{number}").text
    version = page.partition('name="version" value="')[2].partition('"')[0]
    given = [("files", one) for one in files]
    form = {"csrftoken": token(page), "version": version}
    return desk.post(
        f"/desk/case/{number}/papers", data=form, files=given or None, follow_redirects=False
    )


def test_papers_that_are_brought_later_join_the_dispute(
    desk: TestClient, sessions: sessionmaker[Session], number: str
) -> None:
    assert add(desk, number, PAPER).status_code == 303
    assert load("desk")["case"]["done"]["papers_added"] in desk.get(f"/desk/case/{number}").text
    assert add(desk, number, PAPER, PHOTO).status_code == 303, "what is there is not kept again"
    assert [one.kind for one in kept(sessions)] == ["photo", "document"]
    assert kinds(sessions).count("papers_added") == 1


@pytest.mark.parametrize("name", [*BAD, "none"])
def test_a_paper_that_is_not_taken_later_is_named(
    desk: TestClient, sessions: sessionmaker[Session], number: str, name: str
) -> None:
    files = [PAPER, BAD[name][0]] if name != "none" else []
    answer = add(desk, number, *files)
    said = SAID["refused"][BAD[name][1]] if files else load("desk")["wrong"]["missing"]
    assert answer.status_code == 422 and said in answer.text and "<details open>" in answer.text
    assert len(kept(sessions)) == 1


def test_more_than_a_days_share_is_not_taken(
    desk: TestClient, sessions: sessionmaker[Session], number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(evidence, "QUOTA_FILES", 1)
    answer = add(desk, number, PAPER)
    assert answer.status_code == 422 and SAID["refused"]["file_too_many"] in answer.text
    assert len(kept(sessions)) == 1


def test_a_number_that_is_nobodys_takes_nothing(
    desk: TestClient, number: str, sessions: sessionmaker[Session]
) -> None:
    csrf = token(desk.get("/desk/account").text)
    answer = desk.post("/desk/case/AAAA2222/papers", data={"csrftoken": csrf}, files=[("files", PAPER)])  # fmt: skip
    assert answer.status_code == 404 and len(kept(sessions)) == 1


def test_who_is_not_logged_in_adds_nothing(
    app: Any, desk: TestClient, number: str, sessions: sessionmaker[Session]
) -> None:
    with TestClient(app, base_url="http://desk.test") as stranger:
        csrf = token(stranger.get("/desk/login").text)
        path = f"/desk/case/{number}/papers"
        small = stranger.post(path, data={"csrftoken": csrf}, files=[("files", PAPER)], follow_redirects=False)  # fmt: skip
        assert small.status_code == 303 and "/desk/login" in small.headers["location"]
    assert len(kept(sessions)) == 1


def test_two_officers_who_add_papers_are_both_taken(
    desk: TestClient, another: Callable[..., TestClient], number: str, sessions: sessionmaker[Session]
) -> None:  # fmt: skip
    other = another("王芳")
    assert add(desk, number, PAPER).status_code == 303
    assert add(other, number, ("b.pdf", PDF + b" ", "application/pdf")).status_code == 303
    assert len(kept(sessions)) == 3 and log_in(other, "王芳").status_code == 303
