"""RECORD: the photos and papers that came with a report, sealed. They lie in no dispute's place."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from bot.casework import evidence
from bot.casework.report_records import Report, ReportFile


@dataclass(frozen=True)
class Piece:
    """A photo or paper of a report, without its bytes; `is_shown` where there is a copy to look at."""

    id: int
    kind: str
    size: int
    is_shown: bool


# ── with a session; the caller commits ───────────────────────────────────────


def count(session: Session, report: Report) -> int:
    """How many photos and papers came with a report."""
    query = select(func.count()).select_from(ReportFile).where(ReportFile.report_id == report.id)
    return session.scalars(query).one()


def of_report(session: Session, report: Report) -> list[Piece]:
    """What came with a report, in the order it came."""
    query = select(
        ReportFile.id, ReportFile.kind, ReportFile.size, ReportFile.shown.is_not(None)
    ).where(ReportFile.report_id == report.id)
    return [Piece(*row) for row in session.execute(query.order_by(ReportFile.id))]


def content(
    session: Session, report: Report, file_id: int, *, is_original: bool
) -> tuple[bytes, str] | None:
    """A file of this report with its type: byte for byte, or the copy without a photo's metadata.

    None where it is another's, or there is no such copy.
    """
    bytes_ = ReportFile.original if is_original else ReportFile.shown
    query = select(bytes_, ReportFile.mime).where(
        ReportFile.id == file_id, ReportFile.report_id == report.id
    )
    row = session.execute(query).one_or_none() if 0 < file_id < 2**31 else None
    return (row[0], row[1]) if row is not None and row[0] is not None else None


def new(
    session: Session, report: Report, files: Sequence[evidence.Prepared]
) -> list[evidence.Prepared]:
    """Those of the files that the report does not have, each once."""
    query = select(ReportFile.sha256).where(ReportFile.report_id == report.id)
    known = set(session.scalars(query))
    return list({one.sha256: one for one in files if one.sha256 not in known}.values())


def keep(
    session: Session, report: Report, files: Sequence[evidence.Prepared], now: datetime
) -> None:
    """Keep those that are new."""
    made = [
        ReportFile(
            report_id=report.id, kind=one.kind, mime=one.mime, size=len(one.original),
            sha256=one.sha256, original=one.original, shown=one.shown, received_at=now,
        )
        for one in new(session, report, files)
    ]  # fmt: skip
    session.add_all(made)
    session.flush()
    for one in made:  # the session does not hold on to megabytes
        session.expunge(one)
