"""what officers write with a step lies sealed, as all else that can name a person"""

import sqlalchemy as sa
from alembic import op

from bot.casework.sealing import SealedJson

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_open = sa.table("dispute_events", sa.column("id"), sa.column("detail", sa.JSON()))
_sealed = sa.table("dispute_events", sa.column("id"), sa.column("sealed", SealedJson()))


def upgrade() -> None:
    with op.batch_alter_table("dispute_events") as events:
        events.add_column(sa.Column("sealed", SealedJson()))
    connection = op.get_bind()
    for row in connection.execute(sa.select(_open.c.id, _open.c.detail)).all():
        values = _sealed.update().where(_sealed.c.id == row.id).values(sealed=row.detail)
        connection.execute(values)
    with op.batch_alter_table("dispute_events") as events:
        events.drop_column("detail")
        events.alter_column("sealed", new_column_name="detail", nullable=False)


def downgrade() -> None:
    connection = op.get_bind()
    sealed = sa.table("dispute_events", sa.column("id"), sa.column("detail", SealedJson()))
    rows = connection.execute(sa.select(sealed.c.id, sealed.c.detail)).all()
    with op.batch_alter_table("dispute_events") as events:
        events.drop_column("detail")
        events.add_column(sa.Column("detail", sa.JSON(), nullable=False, server_default="{}"))
    for row in rows:
        values = _open.update().where(_open.c.id == row.id).values(detail=row.detail)
        connection.execute(values)
