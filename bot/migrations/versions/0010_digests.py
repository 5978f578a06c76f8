"""recall notices that reach a person together"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("digest_id", sa.Integer()))


def downgrade() -> None:
    op.drop_column("notices", "digest_id")
