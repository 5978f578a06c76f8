"""shops, what shop and citizen say to each other, and what a dispute needs before it is passed on"""

import sqlalchemy as sa
from alembic import op

from bot.casework.sealing import Moment, Sealed

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("disputes") as disputes:
        disputes.add_column(sa.Column("standing", sa.String(16)))
        disputes.add_column(sa.Column("station", sa.String(32)))
        disputes.add_column(sa.Column("agreed_amount", sa.Numeric(14, 2)))
        disputes.add_column(sa.Column("paid_first_amount", sa.Numeric(14, 2)))
        disputes.add_column(sa.Column("recovered_at", Moment()))
    op.create_table(
        "shops",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("aliases", sa.JSON(), nullable=False),
        sa.Column("address", sa.Text()),
        sa.Column("street", sa.Text()),
        sa.Column("responsible", Sealed()),
        sa.Column("email", Sealed()),
        sa.Column("verified_at", Moment()),
        sa.Column("verified_by", sa.String(64)),
        sa.Column("is_fund_member", sa.Boolean(), nullable=False),
        sa.Column("has_guarantee", sa.Boolean(), nullable=False),
        sa.Column("created_at", Moment(), nullable=False),
        sa.Column("updated_at", Moment(), nullable=False),
    )
    op.create_table(
        "negotiations",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "dispute_id", sa.Integer(), sa.ForeignKey("disputes.id"), nullable=False, unique=True
        ),
        sa.Column("shop_id", sa.Integer(), sa.ForeignKey("shops.id"), nullable=False, index=True),
        sa.Column("asking", sa.String(16)),
        sa.Column("consented_at", Moment(), nullable=False),
        sa.Column("remind_due", Moment(), nullable=False),
        sa.Column("answer_due", Moment(), nullable=False),
        sa.Column("reminded_at", Moment()),
        sa.Column("ended_at", Moment()),
    )
    op.create_table(
        "negotiation_messages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column(
            "negotiation_id",
            sa.Integer(),
            sa.ForeignKey("negotiations.id"),
            nullable=False,
            index=True,
        ),
        sa.Column("side", sa.String(16), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("text", Sealed()),
        sa.Column("amount", sa.Numeric(14, 2)),
        sa.Column("said_by", Sealed()),
        sa.Column("said_at", Moment(), nullable=False),
    )


def downgrade() -> None:
    for table in ("negotiation_messages", "negotiations", "shops"):
        op.drop_table(table)
    with op.batch_alter_table("disputes") as disputes:
        for name in ("recovered_at", "paid_first_amount", "agreed_amount", "station", "standing"):
            disputes.drop_column(name)
