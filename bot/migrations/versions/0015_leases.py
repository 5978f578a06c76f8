"""which process has the clock and which a talk, and which of several Rasa had that talk last"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "leases",
        sa.Column("name", sa.String(64), primary_key=True),
        sa.Column("owner", sa.String(96), nullable=False),
        sa.Column("beat", sa.Integer(), nullable=False),
    )
    op.add_column("people", sa.Column("rasa", sa.String(16)))


def downgrade() -> None:
    op.drop_column("people", "rasa")
    op.drop_table("leases")
