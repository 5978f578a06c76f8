"""recall notices that reach a person together; whom officers call about a grave danger"""

import sqlalchemy as sa
from alembic import op

from bot.casework.sealing import Moment

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("digest_id", sa.Integer()))
    op.add_column("people", sa.Column("calls_asked_at", Moment()))
    op.add_column("people", sa.Column("calls_agreed_at", Moment()))
    op.create_table(
        "recall_calls",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column(
            "push_id", sa.Integer(), sa.ForeignKey("recall_pushes.id"), nullable=False, index=True
        ),
        sa.Column("called_by", sa.String(64), nullable=False),
        sa.Column("called_at", Moment(), nullable=False),
        sa.UniqueConstraint("person_id", "push_id"),
    )


def downgrade() -> None:
    op.drop_table("recall_calls")
    op.drop_column("people", "calls_agreed_at")
    op.drop_column("people", "calls_asked_at")
    op.drop_column("notices", "digest_id")
