"""what citizens think of how their dispute went"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("disputes", sa.Column("rating", sa.String(8)))


def downgrade() -> None:
    op.drop_column("disputes", "rating")
