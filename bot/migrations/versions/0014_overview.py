"""indices for the numbers of a period: by the day of filing, and by when a step was taken"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_disputes_lodged_at", "disputes", ["lodged_at"])
    columns = ["happened_at", "kind", "dispute_id"]
    op.create_index("ix_dispute_events_happened", "dispute_events", columns)


def downgrade() -> None:
    op.drop_index("ix_dispute_events_happened", "dispute_events")
    op.drop_index("ix_disputes_lodged_at", "disputes")
