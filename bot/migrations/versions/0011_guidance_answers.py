"""what was said to an answer about rights, the questions without one, and tips to those who follow them"""

import sqlalchemy as sa
from alembic import op

from bot.casework.sealing import Moment, Sealed

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "guidance_answers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("entry_id", sa.String(64), nullable=False),
        sa.Column("said", sa.String(16), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
    )
    op.create_table(
        "unanswered_questions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("digest", sa.String(64), nullable=False, unique=True),
        sa.Column("question", Sealed(), nullable=False),
        sa.Column("intent", sa.String(32), nullable=False),
        sa.Column("reason", sa.String(16), nullable=False),
        sa.Column("entry_id", sa.String(64)),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column("first_asked_at", Moment(), nullable=False),
        sa.Column("last_asked_at", Moment(), nullable=False),
        sa.Column("dealt_with_at", Moment()),
    )
    op.create_table(
        "tips",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("posted", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("starts_at", Moment()),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", Moment()),
    )


def downgrade() -> None:
    op.drop_table("tips")
    op.drop_table("unanswered_questions")
    op.drop_table("guidance_answers")
