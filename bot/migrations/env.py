"""Alembic's door: runs the migrations on the engine that `database.migrate` hands over."""

from alembic import context

from bot.casework import (  # noqa: F401 - their tables join the metadata
    callback_records,
    guidance_records,
    intent_records,
    lease_records,
    officer_records,
    recall_push_records,
    recall_records,
    report_records,
    risk_records,
    tip_records,
)
from bot.casework.records import Record

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=Record.metadata,
        render_as_batch=connection.dialect.name == "sqlite",
    )
    with context.begin_transaction():
        context.run_migrations()
