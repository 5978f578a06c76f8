"""RECORD: photos, voice messages and papers that citizens give, kept sealed. Knows no channel."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import CursorResult, delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from bot.casework import pictures
from bot.casework.records import Dispute, Evidence, EvidenceContent, Person

Kind = Literal["photo", "voice", "video", "document"]

LARGEST = 20 * 1024 * 1024  # bytes of one file
QUOTA_FILES = 30  # of one person in QUOTA_TIME
QUOTA_BYTES = 200 * 1024 * 1024
QUOTA_TIME = timedelta(hours=24)
JOINS_FOR = timedelta(hours=24)  # how long evidence waits for the dispute it belongs to
_PICTURE_NAMES = (
    ".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp", ".tif", ".tiff", ".heic", ".heif",
)  # fmt: skip


@dataclass(frozen=True)
class File:
    """A file as it came in. `mime` and `name` are what the sender says; they are not trusted."""

    kind: Kind
    content: bytes
    mime: str = ""
    name: str = ""


@dataclass(frozen=True)
class Prepared:
    """A file that was looked at and may be kept; `shown` is its copy for showing, if it has one."""

    kind: Kind
    mime: str
    original: bytes
    sha256: str
    shown: bytes | None


class Refused(Exception):
    """A file that is not kept; `key` is the sentence of wording.yml that says why."""

    def __init__(self, key: str) -> None:
        super().__init__(key)
        self.key = key


# ── decisions ────────────────────────────────────────────────────────────────


def prepared(file: File) -> Prepared:
    """Look at a file and make the copy that is shown: up to a second of work for a large photo.

    Call it before a transaction begins, so that nobody waits for the records meanwhile.
    Raises Refused file_empty, file_too_large, file_not_picture, file_too_many_pixels, file_kind.
    """
    content = file.content
    if not content:
        raise Refused("file_empty")
    if len(content) > LARGEST:
        raise Refused("file_too_large")
    sha256 = hashlib.sha256(content).hexdigest()
    if _is_said_to_be_picture(file) or (file.kind == "document" and pictures.is_known(content)):
        mime, shown = _copied(content)
        return Prepared("photo", mime, content, sha256, shown)
    found = mime_of(content)
    if found is None or (file.kind != "document" and found == "application/pdf"):
        raise Refused("file_kind")
    return Prepared(_kind(file, found), found, content, sha256, None)


def _is_said_to_be_picture(file: File) -> bool:
    if file.kind != "document":
        return file.kind == "photo"
    is_named = file.name.lower().endswith(_PICTURE_NAMES)
    return file.mime.lower().startswith("image/") or is_named


def _copied(content: bytes) -> tuple[str, bytes]:
    try:
        return pictures.copy(content)
    except pictures.TooManyPixels:
        raise Refused("file_too_many_pixels") from None
    except pictures.NoPicture:
        raise Refused("file_not_picture") from None


def mime_of(content: bytes) -> str | None:
    """What a paper or a recording is by its first bytes; None where it is neither."""
    head = content[:16]
    for start, mime in _STARTS:
        if head.startswith(start):
            return mime
    if head[:4] == b"RIFF":
        return {b"WAVE": "audio/wav", b"AVI ": "video/x-msvideo"}.get(head[8:12])
    if head[4:8] == b"ftyp" and head[8:12] not in pictures.HEIF_BRANDS:
        return {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4"}.get(head[8:12], "video/mp4")
    return "audio/mpeg" if _is_mpeg_audio(head) else None


_STARTS = (
    (b"%PDF-", "application/pdf"),
    (b"OggS", "audio/ogg"),
    (b"ID3", "audio/mpeg"),
    (b"#!AMR", "audio/amr"),
    (b"fLaC", "audio/flac"),
    (b"caff", "audio/x-caf"),
    (b"\x1a\x45\xdf\xa3", "video/webm"),
    (b"\x00\x00\x01\xba", "video/mpeg"),
)


def _is_mpeg_audio(head: bytes) -> bool:
    """Whether a frame of MP3 or AAC begins here: eleven set bits, and a bit rate that exists."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE0 != 0xE0:
        return False
    if head[1] & 0xF6 == 0xF0:  # AAC with ADTS frames
        return True
    layer, rate, sampling = head[1] >> 1 & 3, head[2] >> 4, head[2] >> 2 & 3
    # Layer I is left out: nobody records it, and a UTF-16 text begins like it.
    return layer in (1, 2) and rate not in (0, 15) and sampling != 3


def _kind(file: File, mime: str) -> Kind:
    if mime == "application/pdf":
        return "document"
    if file.kind in ("voice", "video"):
        return file.kind
    return "voice" if mime.startswith("audio/") else "video"


def size_text(size: int) -> str:
    """A size for people, in KB or MB of 1024."""
    kilobytes = max(1, round(size / 1024))
    return f"{kilobytes} KB" if kilobytes < 1000 else f"{size / 1024 / 1024:.1f} MB"


# ── with a session; the caller commits ───────────────────────────────────────


def keep(
    session: Session, who: Person, file: File | Prepared, *, source: str, message_id: str,
    caption: str | None, now: datetime,
) -> Evidence:  # fmt: skip
    """Keep a file, sealed, with its SHA-256; the same source is kept once. Raises Refused.

    Beyond what `prepared` refuses: file_too_many, where a person gave more than QUOTA_FILES or
    QUOTA_BYTES within QUOTA_TIME.
    """
    query = select(Evidence).where(Evidence.person_id == who.id, Evidence.source == source)
    found = session.scalar(query)
    if found is not None:
        return found
    ready = prepared(file) if isinstance(file, File) else file
    _refuse_too_many(session, who, len(ready.original), now)
    made = Evidence(
        person_id=who.id, kind=ready.kind, mime=ready.mime, size=len(ready.original),
        sha256=ready.sha256, caption=caption or None, source=source, message_id=message_id,
        received_at=now,
    )  # fmt: skip
    try:
        with session.begin_nested():
            session.add(made)
            session.flush()
            bytes_ = EvidenceContent(
                evidence_id=made.id, original=ready.original, shown=ready.shown
            )
            session.add(bytes_)
    except IntegrityError:  # the same file twice at once: the other one was quicker
        return session.scalars(query).one()
    session.expire(bytes_)  # the session does not hold on to megabytes
    return made


def _refuse_too_many(session: Session, who: Person, size: int, now: datetime) -> None:
    query = select(func.count(), func.coalesce(func.sum(Evidence.size), 0)).where(
        Evidence.person_id == who.id, Evidence.received_at > now - QUOTA_TIME
    )
    files, total = session.execute(query).one()
    if files >= QUOTA_FILES or total + size > QUOTA_BYTES:
        raise Refused("file_too_many")


def attach(session: Session, who: Person, dispute: Dispute, now: datetime) -> int:
    """Let what this person gave within JOINS_FOR, and belongs nowhere yet, join their dispute.

    Returns how many pieces joined. Raises ValueError where the dispute is another's.
    """
    if dispute.person_id != who.id:
        raise ValueError("evidence joins its giver's own disputes only")
    joined = session.execute(
        update(Evidence)
        .where(
            Evidence.person_id == who.id,
            Evidence.dispute_id.is_(None),
            Evidence.received_at > now - JOINS_FOR,
        )
        .values(dispute_id=dispute.id)
    )
    return _rows(joined)


def of_dispute(session: Session, dispute: Dispute) -> Sequence[Evidence]:
    """The evidence of a dispute, in the order it came."""
    query = select(Evidence).where(Evidence.dispute_id == dispute.id)
    return session.scalars(query.order_by(Evidence.received_at, Evidence.id)).all()


def unattached(session: Session, who: Person) -> Sequence[Evidence]:
    """What this person gave and no dispute has, in the order it came."""
    query = select(Evidence).where(Evidence.person_id == who.id, Evidence.dispute_id.is_(None))
    return session.scalars(query.order_by(Evidence.received_at, Evidence.id)).all()


def of_person(session: Session, who: Person, limit: int = 100) -> Sequence[Evidence]:
    """What this person gave last, at most `limit` pieces, in the order they came."""
    query = select(Evidence).where(Evidence.person_id == who.id)
    newest = session.scalars(query.order_by(Evidence.id.desc()).limit(limit)).all()
    return newest[::-1]


def of_person_by_id(session: Session, who: Person, evidence_id: int) -> Evidence | None:
    """One piece of this person's evidence, or None: nobody sees another's."""
    if not 0 < evidence_id < 2**31:  # an address may hold any number, PostgreSQL's integer not
        return None
    query = select(Evidence).where(Evidence.id == evidence_id, Evidence.person_id == who.id)
    return session.scalar(query)


def count(session: Session, dispute: Dispute) -> int:
    """How many pieces of evidence a dispute has."""
    query = select(func.count()).select_from(Evidence).where(Evidence.dispute_id == dispute.id)
    return session.scalars(query).one()


def shown(session: Session, evidence: Evidence) -> bytes | None:
    """The copy that may be shown, JPEG or PNG without metadata; None where there is none."""
    query = select(EvidenceContent.shown).where(EvidenceContent.evidence_id == evidence.id)
    return session.scalar(query)


def original(session: Session, evidence: Evidence) -> bytes:
    """The file as it came in, byte for byte. Raises NoResultFound where it was deleted."""
    query = select(EvidenceContent.original).where(EvidenceContent.evidence_id == evidence.id)
    return session.scalars(query).one()


def recaption(session: Session, who: Person, message_id: str, caption: str) -> bool:
    """Take an edited caption; an empty one keeps the old. False where no evidence came with it."""
    query = select(Evidence).where(Evidence.person_id == who.id, Evidence.message_id == message_id)
    rows = session.scalars(query).all()
    if caption.strip():
        for row in rows:
            row.caption = caption
    return bool(rows)


def remove(session: Session, who: Person, evidence_id: int) -> bool:
    """Delete a piece for good, as its giver asks (个人信息保护法 第47条).

    False where it is not theirs, or belongs to a dispute that was lodged: that is a record.
    """
    found = of_person_by_id(session, who, evidence_id)
    if found is None or not is_removable(session, found):
        return False
    discard(session, [found.id])
    return True


def is_removable(session: Session, evidence: Evidence) -> bool:
    """Whether its giver may still take a piece back: no lodged dispute has it."""
    if evidence.dispute_id is None:
        return True
    return session.get_one(Dispute, evidence.dispute_id).state == "draft"


def remove_of_dispute(session: Session, dispute: Dispute) -> int:
    """Delete all evidence of a draft that is being deleted; returns how many pieces it had."""
    if dispute.state != "draft":
        raise ValueError("only a draft's evidence can be deleted")
    ids = session.scalars(select(Evidence.id).where(Evidence.dispute_id == dispute.id)).all()
    return discard(session, ids)


def discard(session: Session, ids: Sequence[int]) -> int:
    """Delete these pieces with their bytes; how many there were. The caller knows that they may go."""
    session.execute(delete(EvidenceContent).where(EvidenceContent.evidence_id.in_(ids)))
    return _rows(session.execute(delete(Evidence).where(Evidence.id.in_(ids))))


def _rows(result: object) -> int:
    return result.rowcount if isinstance(result, CursorResult) else 0
