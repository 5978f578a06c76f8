"""a shop that is closed, and of two officers who change one at once the second is told"""

import sqlalchemy as sa
from alembic import op

from bot.casework.sealing import Moment

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("shops", sa.Column("closed_at", Moment()))
    op.add_column("shops", sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("shops", "version")
    op.drop_column("shops", "closed_at")
