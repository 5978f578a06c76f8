"""What is kept of where recall notices come from: pages, versions, and how each source is doing."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.casework.records import Record


class RecallPage(Record):
    """A page as a source sent it, compressed: one row for each content that an address had.

    `state` is read, listed (a list of notices, the newest content only) or quarantined with `reason`.
    """

    __tablename__ = "recall_pages"
    __table_args__ = (Index("ix_recall_pages_source_url", "source", "url"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(String(16))
    url: Mapped[str]
    content: Mapped[bytes] = mapped_column(LargeBinary)
    digest: Mapped[str] = mapped_column(String(64))
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    state: Mapped[str] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(String(32))
    fetched_at: Mapped[datetime]


class RecallVersion(Record):
    """A notice as one source printed it at one time; what is printed otherwise is a new row.

    Several sources may print the same notice: their keys lead to one `notice_no`.
    """

    __tablename__ = "recall_versions"
    __table_args__ = (UniqueConstraint("source", "source_key", "version"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    notice_no: Mapped[str] = mapped_column(ForeignKey("recalls.notice_no"), index=True)
    source: Mapped[str] = mapped_column(String(16))
    source_key: Mapped[str] = mapped_column(String(64))
    version: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    fields: Mapped[dict[str, Any]]
    raw: Mapped[dict[str, Any]]
    seen_at: Mapped[datetime]


class SourceState(Record):
    """How it goes with one source; `due_at` is when it is looked into again."""

    __tablename__ = "source_states"

    source: Mapped[str] = mapped_column(String(16), primary_key=True)
    last_attempt_at: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    last_problem: Mapped[str | None] = mapped_column(String(32))
    failures: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None]
