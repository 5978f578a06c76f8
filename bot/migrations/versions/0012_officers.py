"""officers, what they do at the desk, and the queue of disputes in order"""

import sqlalchemy as sa
from alembic import op

from bot.casework.sealing import Moment

revision = "0012"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "officers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(64), nullable=False, unique=True),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.String(256), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("locked_until", Moment()),
        sa.Column("stamp", sa.String(32), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
    )
    op.create_table(
        "officer_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("officer", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64)),
        sa.Column("happened_at", Moment(), nullable=False),
    )
    op.create_index("ix_officer_events_subject", "officer_events", ["subject"])
    op.create_index("ix_officer_events_happened_at", "officer_events", ["happened_at"])


def downgrade() -> None:
    op.drop_table("officer_events")
    op.drop_table("officers")
