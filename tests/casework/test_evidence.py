"""Evidence: the original is kept as it came, what is shown holds pixels only, the rest is refused."""

import hashlib
import io
import struct
import threading
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from PIL import Image, PngImagePlugin
from sqlalchemy import text
from sqlalchemy.orm import Session, sessionmaker

from bot import database
from bot.casework import disputes, evidence, people, pictures, sealing
from bot.casework.evidence import File, Refused
from bot.casework.records import Evidence, Person, Record
from bot.library import words

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF"


def picture(
    form: str = "JPEG", mode: str = "RGB", size: tuple[int, int] = (320, 240), **k: Any
) -> bytes:
    made = Image.effect_noise(size, 60).convert(mode)
    written = io.BytesIO()
    made.save(written, form, **k)
    return written.getvalue()


def photo_with_place(orientation: int = 1, size: tuple[int, int] = (320, 240)) -> bytes:
    exif = Image.Exif()
    exif[0x010F], exif[0x0112] = "Maker of phones", orientation
    exif.get_ifd(0x8825).update({1: "N", 2: (39.0, 8.0, 12.5), 3: "E", 4: (117.0, 1.0, 5.0)})
    return picture(size=size, exif=exif, comment=b"taken at home", icc_profile=b"a profile")


def huge_png(width: int, height: int) -> bytes:
    """A small file that says it is a huge picture."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return (
            struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0" * 999))
        + chunk(b"IEND", b"")
    )


def photo(content: bytes) -> File:
    return File("photo", content, "image/jpeg", "IMG_1.jpg")


@pytest.fixture
def keep(session: Session, citizen: Person, now: datetime) -> Callable[..., Evidence]:
    def kept(file: File, source: str = "web:m-1:0", **more: Any) -> Evidence:
        given = {"message_id": "m-1", "caption": None, "now": now, **more}
        return evidence.keep(session, given.pop("who", citizen), file, source=source, **given)

    return kept


def shown(session: Session, row: Evidence) -> Image.Image:
    copy = evidence.shown(session, row)
    assert copy is not None
    return Image.open(io.BytesIO(copy))


# ── what is kept ──


def test_the_original_is_kept_byte_for_byte_with_its_hash(session, keep, now):
    content = photo_with_place()
    row = keep(photo(content), caption="小票")
    assert evidence.original(session, row) == content
    assert row.sha256 == hashlib.sha256(content).hexdigest()
    assert (row.size, row.mime, row.kind) == (len(content), "image/jpeg", "photo")
    assert (row.source, row.message_id, row.caption) == ("web:m-1:0", "m-1", "小票")
    assert row.received_at == now and row.dispute_id is None


def test_nothing_of_a_photo_lies_open_in_the_database(session, keep):
    content = photo_with_place()
    row = keep(photo(content), caption="我家门口")
    session.flush()
    query = "SELECT original, shown FROM evidence_contents WHERE evidence_id = :id"
    stored = session.execute(text(query), {"id": row.id}).one()
    caption = session.execute(text("SELECT caption FROM evidence")).scalar_one()
    for piece in stored:  # of sealed bytes, four letters alone may come up by chance
        assert content[:40] not in piece and b"JFIF\x00" not in piece
    assert "我家".encode() not in caption


def test_the_copy_that_is_shown_has_no_place_maker_comment_or_profile(session, keep):
    content = photo_with_place()
    before = Image.open(io.BytesIO(content))
    assert before.getexif().get_ifd(0x8825) and b"taken at home" in content
    row = keep(photo(content))
    after, copy = shown(session, row), evidence.shown(session, row)
    assert not after.getexif() and not set(after.info) & {"exif", "comment", "icc_profile", "xmp"}
    for trace in (b"Exif", b"Maker of phones", b"taken at home", b"a profile", b"GPS"):
        assert trace not in copy


def test_words_in_a_png_do_not_reach_the_copy(session, keep):
    words = PngImagePlugin.PngInfo()
    words.add_text("Comment", "at home")
    words.add_itxt("XML:com.adobe.xmp", "<x>39.1N</x>")
    see_through = Image.new("RGBA", (50, 50), (200, 30, 30, 90))
    written = io.BytesIO()
    see_through.save(written, "PNG", pnginfo=words, dpi=(72, 72))
    row = keep(File("photo", written.getvalue()))
    copy = evidence.shown(session, row)
    assert copy.startswith(b"\x89PNG") and b"at home" not in copy and b"39.1N" not in copy
    assert shown(session, row).mode == "RGBA"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_copy_stands_upright(session, keep, orientation):
    row = keep(photo(photo_with_place(orientation, (320, 240))))
    assert shown(session, row).size == ((320, 240) if orientation < 5 else (240, 320))


@pytest.mark.parametrize(
    ("size", "expected"),
    [((4000, 3000), (2000, 1500)), ((3000, 4000), (1500, 2000)), ((100, 80), (100, 80)), ((5000, 2), (2000, 1))],
)  # fmt: skip
def test_the_copy_is_at_most_2000_pixels_long(session, keep, size, expected):
    assert shown(session, keep(photo(picture(size=size)))).size == expected


@pytest.mark.parametrize(
    ("form", "mode", "mime"),
    [
        ("JPEG", "RGB", "image/jpeg"), ("JPEG", "CMYK", "image/jpeg"), ("JPEG", "L", "image/jpeg"),
        ("PNG", "RGB", "image/png"), ("PNG", "P", "image/png"), ("PNG", "1", "image/png"),
        ("PNG", "LA", "image/png"), ("WEBP", "RGB", "image/webp"), ("GIF", "P", "image/gif"),
        ("BMP", "RGB", "image/bmp"), ("TIFF", "RGB", "image/tiff"), ("TIFF", "I", "image/tiff"),
    ],
)  # fmt: skip
def test_every_form_of_picture_gets_a_jpeg_to_show(session, keep, form, mode, mime):
    row = keep(photo(picture(form, mode)))
    assert row.mime == mime
    assert shown(session, row).format == "JPEG"


def test_a_photo_of_several_jpegs_is_a_jpeg(session, keep):
    written = io.BytesIO()
    first, second = (Image.new("RGB", (64, 48), colour) for colour in ("teal", "red"))
    first.save(written, "MPO", save_all=True, append_images=[second])
    row = keep(photo(written.getvalue()))
    assert row.mime == "image/jpeg" and shown(session, row).size == (64, 48)


@pytest.mark.parametrize(
    ("kind", "content", "mime", "kept_as"),
    [
        ("document", PDF, "application/pdf", "document"),
        ("voice", b"OggS" + b"\0" * 60, "audio/ogg", "voice"),
        ("voice", b"ID3\x04" + b"\0" * 60, "audio/mpeg", "voice"),
        ("voice", b"\xff\xfb\x90\x64" + b"\0" * 60, "audio/mpeg", "voice"),
        ("voice", b"\xff\xf1\x50\x80" + b"\0" * 60, "audio/mpeg", "voice"),
        ("voice", b"#!AMR\n" + b"\0" * 60, "audio/amr", "voice"),
        ("voice", b"RIFF\x24\0\0\0WAVEfmt ", "audio/wav", "voice"),
        ("voice", b"\0\0\0\x1cftypM4A \0\0\0\0", "audio/mp4", "voice"),
        ("video", b"\0\0\0\x1cftypisom\0\0\0\0", "video/mp4", "video"),
        ("video", b"\x1a\x45\xdf\xa3" + b"\0" * 60, "video/webm", "video"),
        ("document", b"\0\0\0\x1cftypqt  \0\0\0\0", "video/mp4", "video"),
        ("document", b"OggS" + b"\0" * 60, "audio/ogg", "voice"),
    ],
)
def test_papers_and_recordings_are_kept_without_a_copy(session, keep, kind, content, mime, kept_as):
    row = keep(File(kind, content, "whatever/they-say", "name.bin"))
    assert (row.mime, row.kind) == (mime, kept_as)
    assert evidence.original(session, row) == content and evidence.shown(session, row) is None


def test_a_picture_sent_as_a_paper_is_a_picture(session, keep):
    row = keep(File("document", picture("PNG"), "application/octet-stream", "scan"))
    assert row.kind == "photo" and shown(session, row).format == "JPEG"


# ── what is refused ──

HEIC = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + b"\0" * 200


@pytest.mark.parametrize(
    ("file", "key"),
    [
        (photo(b""), "file_empty"),
        (File("document", b"", "application/pdf"), "file_empty"),
        (photo(b"\xff\xd8\xff" + b"\0" * evidence.LARGEST), "file_too_large"),
        (photo(b"this is no picture"), "file_not_picture"),
        (photo(PDF), "file_not_picture"),
        (photo(HEIC), "file_not_picture"),
        (File("document", HEIC, "", "IMG_1.HEIC"), "file_not_picture"),
        (File("document", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml"), "file_not_picture"),
        (File("document", b"<html>", "text/html", "receipt.PNG"), "file_not_picture"),
        (File("document", b"\xff\xd8\xff\xe0 cut", "application/pdf"), "file_not_picture"),
        (File("document", b"PK\x03\x04" + b"\0" * 60, "application/pdf", "a.pdf"), "file_kind"),
        (File("document", b"MZ\x90\0" + b"\0" * 60, "application/pdf", "a.pdf"), "file_kind"),
        (File("document", b"<!doctype html><script>", "application/pdf", "a.pdf"), "file_kind"),
        (File("document", b" %PDF-1.7", "application/pdf"), "file_kind"),
        (File("document", b"\xd0\xcf\x11\xe0" + b"\0" * 60, "application/msword"), "file_kind"),
        (File("voice", PDF, "audio/ogg"), "file_kind"),
        (File("voice", picture(), "audio/ogg"), "file_kind"),
        (File("video", b"RIFF\x24\0\0\0WEBPVP8 ", "video/mp4"), "file_kind"),
        (File("video", HEIC, "video/mp4"), "file_kind"),
        (File("voice", "\ufeff你好".encode("utf-16-le"), "audio/mpeg"), "file_kind"),
        (File("voice", b"x", "audio/mpeg"), "file_kind"),
        (photo(huge_png(10_000, 8_001)), "file_too_many_pixels"),
        (photo(huge_png(60_000, 60_000)), "file_too_many_pixels"),
    ],
)  # fmt: skip
def test_what_is_not_evidence_is_refused_and_nothing_is_kept(session, citizen, keep, file, key):
    with pytest.raises(Refused) as refusal:
        keep(file)
    assert refusal.value.key == key
    assert evidence.unattached(session, citizen) == []


def test_a_file_of_exactly_20_megabytes_is_kept(keep):
    content = PDF + b"\0" * (evidence.LARGEST - len(PDF))
    assert keep(File("document", content)).size == 20 * 1024 * 1024


@pytest.mark.parametrize("form", pictures.FORMATS)
@pytest.mark.parametrize("part", [0.3, 0.9])
def test_a_cut_picture_is_refused(keep, form, part):
    whole = picture(form)
    with pytest.raises(Refused, match="file_not_picture"):
        keep(photo(whole[: int(len(whole) * part)]))


def test_every_reason_for_a_refusal_has_its_sentence():
    for key in ("file_empty", "file_too_large", "file_not_picture", "file_too_many_pixels", "file_kind", "file_too_many"):  # fmt: skip
        assert words(key)


# ── once, and not without end ──


def test_the_same_source_is_kept_once(session, citizen, keep):
    first = keep(photo(picture()))
    assert keep(photo(picture("PNG"))) is first
    assert keep(photo(b"spoiled")) is first  # a repeat is not looked at again
    assert len(evidence.unattached(session, citizen)) == 1


def test_two_people_may_have_the_same_source(session, keep, now):
    other = people.person(session, "web", "c-2", now)
    assert keep(photo(picture())).id != keep(photo(picture()), who=other).id


def test_two_at_the_same_moment_are_kept_once(tmp_path: Path, now: datetime) -> None:
    sealing.unlock([Fernet.generate_key()])
    engine = database.engine(f"sqlite:///{tmp_path / 'records.db'}")
    Record.metadata.create_all(engine)
    sessions = sessionmaker(engine, expire_on_commit=False)
    with sessions.begin() as session:
        people.person(session, "web", "c-1", now)
    ready, kept, barrier = evidence.prepared(photo(picture())), [], threading.Barrier(4)

    def one() -> None:
        barrier.wait()
        with sessions.begin() as session:
            who = people.person(session, "web", "c-1", now)
            kept.append(
                evidence.keep(
                    session, who, ready, source="s", message_id="m", caption=None, now=now
                ).id
            )

    threads = [threading.Thread(target=one) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    engine.dispose()
    assert len(kept) == 4 and len(set(kept)) == 1


def test_thirty_files_in_a_day_and_then_again_the_next_day(keep, now):
    for place in range(30):
        keep(File("document", PDF), source=f"s-{place}")
    with pytest.raises(Refused, match="file_too_many"):
        keep(File("document", PDF), source="s-30")
    keep(File("document", PDF), source="s-0")  # a repeat is no new file
    keep(File("document", PDF), source="s-30", now=now + timedelta(hours=24))


def test_two_hundred_megabytes_in_a_day(keep, monkeypatch):
    monkeypatch.setattr(evidence, "QUOTA_BYTES", 3 * len(PDF))
    for place in range(3):
        keep(File("document", PDF), source=f"s-{place}")
    with pytest.raises(Refused, match="file_too_many"):
        keep(File("document", PDF), source="s-3")


# ── whose it is ──


def test_what_came_in_the_last_day_joins_the_dispute(session, citizen, keep, now):
    other = people.person(session, "web", "c-2", now)
    keep(File("document", PDF), source="old", now=now - timedelta(hours=24))
    fresh = keep(File("document", PDF), source="fresh", now=now - timedelta(hours=23))
    theirs = keep(File("document", PDF), source="theirs", who=other)
    dispute = disputes.start(session, citizen, now)
    assert evidence.attach(session, citizen, dispute, now) == 0, "it joined when the draft began"
    assert evidence.of_dispute(session, dispute) == [fresh]
    assert evidence.count(session, dispute) == 1
    assert [row.source for row in evidence.unattached(session, citizen)] == ["old"]
    assert evidence.unattached(session, other) == [theirs]


def test_evidence_stays_with_the_dispute_it_joined_first(session, citizen, keep, now):
    keep(File("document", PDF))
    first = disputes.start(session, citizen, now)
    second = disputes.start(session, citizen, now)
    assert evidence.attach(session, citizen, second, now) == 0
    assert (evidence.count(session, first), evidence.count(session, second)) == (1, 0)


def test_nobody_gives_evidence_to_anothers_dispute(session, citizen, now):
    other = people.person(session, "web", "c-2", now)
    with pytest.raises(ValueError, match="own"):
        evidence.attach(session, other, disputes.start(session, citizen, now), now)


@pytest.mark.parametrize(
    ("edited", "kept"), [("新的说明", "新的说明"), ("", "旧的说明"), (" \n", "旧的说明")]
)
def test_an_edited_caption_is_taken_and_never_emptied(session, citizen, keep, edited, kept):
    row = keep(File("document", PDF), caption="旧的说明")
    assert evidence.recaption(session, citizen, "m-1", edited)
    assert row.caption == kept


def test_a_caption_of_no_evidence_is_not_taken(session, citizen, keep, now):
    row = keep(File("document", PDF), caption="旧的说明")
    assert not evidence.recaption(session, citizen, "m-2", "x")
    assert not evidence.recaption(session, people.person(session, "web", "c-2", now), "m-1", "x")
    assert row.caption == "旧的说明"


def test_a_giver_may_take_a_piece_back_until_its_dispute_is_lodged(session, citizen, keep, now):
    loose, joined = (keep(File("document", PDF), source=name) for name in ("a", "b"))
    other = people.person(session, "web", "c-2", now)
    assert not evidence.remove(session, other, loose.id)
    assert evidence.remove(session, citizen, loose.id)
    assert not evidence.remove(session, citizen, loose.id)
    dispute = disputes.start(session, citizen, now)
    evidence.attach(session, citizen, dispute, now)
    dispute.state = "lodged"
    assert not evidence.remove(session, citizen, joined.id)
    assert session.execute(text("SELECT count(*) FROM evidence_contents")).scalar_one() == 1


def test_a_draft_that_is_deleted_takes_its_evidence_along(session, citizen, keep, now):
    keep(File("document", PDF))
    dispute = disputes.start(session, citizen, now)
    evidence.attach(session, citizen, dispute, now)
    disputes.delete(session, dispute)
    session.flush()
    assert session.execute(text("SELECT count(*) FROM evidence_contents")).scalar_one() == 0


def test_one_piece_is_found_for_its_giver_alone(session, citizen, keep, now):
    row = keep(File("document", PDF))
    assert evidence.of_person_by_id(session, citizen, row.id) is row
    other = people.person(session, "web", "c-2", now)
    assert evidence.of_person_by_id(session, other, row.id) is None
    assert (
        evidence.of_person(session, citizen) == [row] and evidence.of_person(session, other) == []
    )
