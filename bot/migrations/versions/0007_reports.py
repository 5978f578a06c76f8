"""reports (举报), with what happened to them and their files, apart from disputes"""

import sqlalchemy as sa
from alembic import op

from bot.casework.sealing import Moment, Sealed, SealedBytes, SealedJson

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _of_report(*, index: bool) -> sa.Column[int]:
    report = sa.ForeignKey("reports.id")
    return sa.Column("report_id", sa.Integer(), report, nullable=False, index=index)


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.String(16), nullable=False, unique=True),
        sa.Column("reporter", sa.String(64), nullable=False, index=True),
        sa.Column("operator", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("merchant", Sealed(), nullable=False),
        sa.Column("location", Sealed()),
        sa.Column("platform", Sealed()),
        sa.Column("street", sa.Text()),
        sa.Column("facts", Sealed(), nullable=False),
        sa.Column("name", Sealed()),
        sa.Column("phone", Sealed()),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("check_due", sa.Date()),
        sa.Column("is_due_provisional", sa.Boolean(), nullable=False),
        sa.Column("extended_at", Moment()),
        sa.Column("version", sa.Integer(), nullable=False),
    )
    op.create_table(
        "report_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of_report(index=True),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("actor", sa.String(32), nullable=False),
        sa.Column("detail", SealedJson(), nullable=False),
        sa.Column("form", sa.String(64), unique=True),
        sa.Column("happened_at", Moment(), nullable=False),
    )
    op.create_table(
        "report_files",
        sa.Column("id", sa.Integer(), primary_key=True),
        _of_report(index=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("mime", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("original", SealedBytes(), nullable=False),
        sa.Column("shown", SealedBytes()),
        sa.Column("received_at", Moment(), nullable=False),
        sa.UniqueConstraint("report_id", "sha256"),
    )


def downgrade() -> None:
    for table in ("report_files", "report_events", "reports"):
        op.drop_table(table)
