"""things of several kinds, their words sealed; recall notices on their way, and what people say to them"""

import sqlalchemy as sa
from alembic import op

from bot.casework.sealing import Moment, Sealed

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_open = sa.table("things", sa.column("id"), sa.column("words", sa.Text()))
_sealed = sa.table("things", sa.column("id"), sa.column("sealed", Sealed()))


def upgrade() -> None:
    _seal_words()
    op.create_table(
        "recall_pushes",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("notice_no", sa.String(64), sa.ForeignKey("recalls.notice_no"), nullable=False),
        sa.Column("version", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False, index=True),
        sa.Column("is_serious", sa.Boolean(), nullable=False),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("posted", sa.Integer(), nullable=False),
        sa.Column("cursor", sa.Integer(), nullable=False),
        sa.Column("starts_at", Moment()),
        sa.Column("proposed_at", Moment(), nullable=False),
        sa.Column("decided_by", sa.String(64)),
        sa.Column("decided_at", Moment()),
        sa.UniqueConstraint("notice_no", "version"),
    )
    op.create_table(
        "recall_answers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("person_id", sa.Integer(), sa.ForeignKey("people.id"), nullable=False),
        sa.Column(
            "push_id", sa.Integer(), sa.ForeignKey("recall_pushes.id"), nullable=False, index=True
        ),
        sa.Column("answer", sa.String(16), nullable=False),
        sa.Column("answered_at", Moment(), nullable=False),
        sa.UniqueConstraint("person_id", "push_id"),
    )


def _seal_words() -> None:
    with op.batch_alter_table("things") as things:
        things.add_column(sa.Column("kind", sa.String(16), nullable=False, server_default="owned"))
        things.add_column(sa.Column("sealed", Sealed()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_open.c.id, _open.c.words)).all():
        connection.execute(_sealed.update().where(_sealed.c.id == row.id).values(sealed=row.words))
    with op.batch_alter_table("things") as things:
        things.drop_column("words")
        things.alter_column("sealed", new_column_name="words", nullable=False)
        things.alter_column("kind", server_default=None)


def downgrade() -> None:
    op.drop_table("recall_answers")
    op.drop_table("recall_pushes")
    connection = op.get_bind()
    sealed = sa.table("things", sa.column("id"), sa.column("words", Sealed()))
    rows = connection.execute(sa.select(sealed.c.id, sealed.c.words)).all()
    with op.batch_alter_table("things") as things:
        things.drop_column("words")
        things.add_column(sa.Column("words", sa.Text(), nullable=False, server_default=""))
        things.drop_column("kind")
    for row in rows:
        connection.execute(_open.update().where(_open.c.id == row.id).values(words=row.words))
