"""a dispute's number in the national register, its mediation clock, and who changed it last"""

import sqlalchemy as sa
from alembic import op

from bot.casework.sealing import Moment

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("disputes") as disputes:
        disputes.add_column(sa.Column("register_number", sa.String(64)))
        disputes.add_column(sa.Column("accepted_at", Moment()))
        disputes.add_column(sa.Column("mediate_due", sa.Date()))
        disputes.add_column(sa.Column("version", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    with op.batch_alter_table("disputes") as disputes:
        for name in ("version", "mediate_due", "accepted_at", "register_number"):
            disputes.drop_column(name)
