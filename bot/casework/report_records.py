"""What is kept of reports (举报): tables of their own, which nothing of a dispute leads to."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from bot.casework.records import Record
from bot.casework.sealing import Sealed, SealedBytes, SealedJson


class Report(Record):
    """A report of a breach of the law; whoever made it asks nothing for themselves.

    `reporter` is a keyed digest (links.digest) and not a person: it tells the same reporter again, and
    nothing joins it to a talk or a dispute (总局令第121号 第37条). `name` and `phone` are those of a
    reporter who chose to give them. `check_due` is the day by which it is decided if a case is filed.
    """

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(String(16), unique=True)
    reporter: Mapped[str] = mapped_column(String(64), index=True)
    operator: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    merchant: Mapped[str] = mapped_column(Sealed)
    location: Mapped[str | None] = mapped_column(Sealed)
    platform: Mapped[str | None] = mapped_column(Sealed)
    street: Mapped[str | None]
    facts: Mapped[str] = mapped_column(Sealed)
    name: Mapped[str | None] = mapped_column(Sealed)
    phone: Mapped[str | None] = mapped_column(Sealed)
    received_at: Mapped[datetime]
    check_due: Mapped[date | None]
    is_due_provisional: Mapped[bool] = mapped_column(default=False)
    extended_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    # Of two who change a report at once the second fails, and nothing of theirs is kept.
    __mapper_args__: Any = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy reads it so

    events: Mapped[list["ReportEvent"]] = relationship(
        order_by="ReportEvent.id", back_populates="report"
    )


class ReportEvent(Record):
    """What happened to a report, by whom, when: written once, never changed.

    `form` is a keyed digest of the link whose form brought it: a form that is sent twice counts once.
    """

    __tablename__ = "report_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    actor: Mapped[str] = mapped_column(String(32))
    detail: Mapped[dict[str, Any]] = mapped_column(SealedJson, default=dict)
    form: Mapped[str | None] = mapped_column(String(64), unique=True)
    happened_at: Mapped[datetime]

    report: Mapped[Report] = relationship(back_populates="events")


class ReportFile(Record):
    """A photo or paper that came with a report: the original, and a copy without EXIF for showing."""

    __tablename__ = "report_files"
    __table_args__ = (UniqueConstraint("report_id", "sha256"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    report_id: Mapped[int] = mapped_column(ForeignKey("reports.id"))
    kind: Mapped[str] = mapped_column(String(16))
    mime: Mapped[str] = mapped_column(String(100))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    original: Mapped[bytes] = mapped_column(SealedBytes)
    shown: Mapped[bytes | None] = mapped_column(SealedBytes)
    received_at: Mapped[datetime]
