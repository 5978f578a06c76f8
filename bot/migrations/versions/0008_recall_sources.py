"""where recall notices come from: pages, versions, how each source is doing"""

import sqlalchemy as sa
from alembic import op

from bot.casework.sealing import Moment

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for column in (
        sa.Column("version", sa.Integer(), nullable=False, server_default="1"),
        sa.Column("corrected_at", Moment()),
        sa.Column("is_news", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("doubts", sa.JSON(), nullable=False, server_default="[]"),
    ):
        op.add_column("recalls", column)
    op.create_table(
        "recall_pages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("etag", sa.Text()),
        sa.Column("last_modified", sa.Text()),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String(32)),
        sa.Column("fetched_at", Moment(), nullable=False),
    )
    op.create_index("ix_recall_pages_source_url", "recall_pages", ["source", "url"])
    op.create_table(
        "recall_versions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "notice_no",
            sa.String(64),
            sa.ForeignKey("recalls.notice_no"),
            nullable=False,
            index=True,
        ),
        sa.Column("source", sa.String(16), nullable=False),
        sa.Column("source_key", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("raw", sa.JSON(), nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.UniqueConstraint("source", "source_key", "version"),
    )
    op.create_table(
        "source_states",
        sa.Column("source", sa.String(16), primary_key=True),
        sa.Column("last_attempt_at", Moment()),
        sa.Column("last_success_at", Moment()),
        sa.Column("last_problem", sa.String(32)),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("due_at", Moment()),
    )


def downgrade() -> None:
    for table in ("source_states", "recall_versions", "recall_pages"):
        op.drop_table(table)
    with op.batch_alter_table("recalls") as recalls:
        for name in ("doubts", "is_news", "corrected_at", "version"):
            recalls.drop_column(name)
