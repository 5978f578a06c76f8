"""the notice ledger, evidence, call-backs, alerts, and messages that wait"""

import sqlalchemy as sa
from alembic import op

from bot.casework.sealing import Moment, Sealed, SealedBytes

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("people") as people:
        people.add_column(sa.Column("former_id", sa.String(64)))
        people.add_column(sa.Column("unreachable_why", sa.String(64)))
    with op.batch_alter_table("heard_messages") as heard:
        heard.add_column(sa.Column("asked", Sealed()))
        heard.add_column(sa.Column("waiting_at", Moment()))
        heard.create_index("ix_heard_messages_waiting", ["waiting_at"])
    with op.batch_alter_table("offered_buttons") as buttons:
        buttons.add_column(sa.Column("pressed_by", sa.String(64)))
    _ledger()
    _evidence()
    _for_officers()


def _ledger() -> None:
    op.drop_table("notices")  # nothing was ever delivered from it
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("subject", sa.String(64), nullable=False),
        sa.Column("text", Sealed(), nullable=False),
        sa.Column("buttons", Sealed()),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("last_error", sa.Text()),
        sa.Column("may_be_double", sa.Boolean(), nullable=False),
        sa.Column("due_at", Moment(), nullable=False),
        sa.Column("retry_at", Moment()),
        sa.Column("claimed_at", Moment()),
        sa.Column("sent_at", Moment()),
        sa.UniqueConstraint("person_id", "kind", "subject"),
    )
    op.create_index("ix_notices_state_due", "notices", ["state", "due_at"])
    op.create_table(
        "incoming_updates",
        sa.Column("id", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("body", Sealed(), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.Column("handled_at", Moment()),
    )


def _evidence() -> None:
    op.create_table(
        "evidence",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("dispute_id", sa.Integer(), sa.ForeignKey("disputes.id")),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("mime", sa.String(100), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("caption", Sealed()),
        sa.Column("source", sa.String(128), nullable=False),
        sa.Column("message_id", sa.String(64), nullable=False),
        sa.Column("received_at", Moment(), nullable=False),
        sa.UniqueConstraint("person_id", "source"),
    )
    op.create_index("ix_evidence_dispute_id", "evidence", ["dispute_id"])
    op.create_table(
        "evidence_contents",
        sa.Column("evidence_id", sa.Integer(), sa.ForeignKey("evidence.id"), primary_key=True),
        sa.Column("original", SealedBytes(), nullable=False),
        sa.Column("shown", SealedBytes()),
    )


def _for_officers() -> None:
    op.create_table(
        "callback_requests",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("hours", sa.String(16), nullable=False),
        sa.Column("asking", sa.String(16)),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("done_at", Moment()),
    )
    op.create_index("ix_callback_requests_person_id", "callback_requests", ["person_id"])
    op.create_table(
        "alerts",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column("dispute_id", sa.Integer(), sa.ForeignKey("disputes.id")),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("words", Sealed(), nullable=False),
        sa.Column("raised_at", Moment(), nullable=False),
        sa.Column("seen_at", Moment()),
    )
