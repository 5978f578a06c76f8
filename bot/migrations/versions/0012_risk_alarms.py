"""alarms of the risk monitor"""

import sqlalchemy as sa
from alembic import op

from bot.casework.sealing import Moment, Sealed

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("why", sa.String(16), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("numbers", sa.JSON(), nullable=False),
        sa.Column("first_at", Moment(), nullable=False),
        sa.Column("last_at", Moment(), nullable=False),
        sa.Column("raised_at", Moment(), nullable=False),
        sa.Column("reason", Sealed()),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", Moment()),
    )


def downgrade() -> None:
    op.drop_table("alarms")
