"""The way to the records: one engine a process; it knows no rule of the trade."""

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.orm import Session, sessionmaker

from bot import one_writer
from bot.casework import (  # noqa: F401 - all tables are known here
    callback_records,
    guidance_records,
    intent_records,
    lease_records,
    officer_records,
    recall_push_records,
    recall_records,
    report_records,
    risk_records,
    sealing,
    tip_records,
)
from bot.settings import ROOT, Settings


def connect(settings: Settings) -> sessionmaker[Session]:
    """A maker of sessions on the settings' database, with the keys for personal data in place."""
    sealing.unlock(settings.data_keys())
    return sessionmaker(engine(settings.database()), expire_on_commit=False)


def engine(address: str) -> Engine:
    """An engine for `address`; SQLite in WAL, waiting up to five seconds for another writer."""
    url = make_url(address)
    if url.get_backend_name() != "sqlite":
        return create_engine(url, pool_pre_ping=True, hide_parameters=True)
    if url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    made = create_engine(url, hide_parameters=True)  # they would reach the logs
    event.listen(made, "connect", _prepare_sqlite)
    one_writer.take_turns(made)
    return made


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    for pragma in (
        "journal_mode=WAL",
        "busy_timeout=5000",
        "foreign_keys=ON",
        "synchronous=NORMAL",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def migrate(settings: Settings) -> None:
    """Bring the database to the newest shape (Alembic, `bot/migrations`), which needs the keys too."""
    from alembic import command  # here: half a second that those who only serve need not spend
    from alembic.config import Config

    sealing.unlock(settings.data_keys())
    config = Config()
    config.set_main_option("script_location", str(ROOT / "bot" / "migrations"))
    config.attributes["engine"] = engine(settings.database())
    command.upgrade(config, "head")
