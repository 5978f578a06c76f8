"""officers, what they do at the desk, and the queue of disputes in order"""

import sqlalchemy as sa
from alembic import op

from bot.casework.sealing import Moment

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_QUEUE = (  # bot/casework/queue_order.py, as it was then
    "CASE WHEN state IN ('lodged', 'negotiating', 'agreed', 'in_progress', 'incomplete') "
    "THEN COALESCE(accept_due, '9999-12-30') "
    "WHEN state IN ('accepted', 'mediating', 'suspended') THEN COALESCE(mediate_due, '9999-12-30') "
    "ELSE '9999-12-31' END"
)
_INDICES = {
    "ix_disputes_queue": ["queue_on", "id"],
    "ix_disputes_state_queue": ["state", "queue_on"],
    "ix_disputes_street_queue": ["street", "queue_on", "state"],
    "ix_disputes_officer_queue": ["officer", "queue_on", "state"],
}


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
    op.add_column("people", sa.Column("phone_mark", sa.String(32)))
    op.create_index("ix_people_phone_mark", "people", ["phone_mark"])
    op.add_column("disputes", sa.Column("officer", sa.String(64)))
    # SQLite adds no stored column to a table that is there, PostgreSQL indexes no other.
    is_stored = True if op.get_bind().dialect.name == "postgresql" else None
    op.add_column(
        "disputes", sa.Column("queue_on", sa.Date(), sa.Computed(_QUEUE, persisted=is_stored))
    )
    for name, columns in _INDICES.items():
        op.create_index(name, "disputes", columns)
    op.create_index("ix_disputes_merchant", "disputes", ["merchant"], postgresql_using="hash")


def downgrade() -> None:
    op.drop_index("ix_disputes_merchant", "disputes")
    for name in _INDICES:
        op.drop_index(name, "disputes")
    op.drop_column("disputes", "queue_on")
    op.drop_column("disputes", "officer")
    op.drop_index("ix_people_phone_mark", "people")
    op.drop_column("people", "phone_mark")
    op.drop_table("officer_events")
    op.drop_table("officers")
