"""The records keep what is in them when their shape changes, and end in the shape of the classes."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from bot import database
from bot.casework import recalls
from bot.casework.records import DisputeEvent, Recall, Record, Thing
from bot.settings import ROOT, Settings
from bot.sources import lines
from tests.postgres import postgres


@pytest.fixture(params=["sqlite", "postgresql"])
def settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Settings]:
    if request.param == "sqlite":
        yield Settings(_env_file=None, var_dir=tmp_path)
    else:
        with postgres() as address:
            yield Settings(_env_file=None, var_dir=tmp_path, database_url=address)


def config(engine: sa.Engine) -> Config:
    made = Config()
    made.set_main_option("script_location", str(ROOT / "bot" / "migrations"))
    made.attributes["engine"] = engine
    return made


def test_the_newest_shape_is_that_of_the_classes(settings: Settings) -> None:
    database.migrate(settings)
    engine = database.engine(settings.database())
    with engine.connect() as connection:
        found = compare_metadata(MigrationContext.configure(connection), Record.metadata)
    engine.dispose()
    assert found == []


def test_details_are_sealed_and_still_read(settings: Settings) -> None:
    sessions = database.connect(settings)
    engine = database.engine(settings.database())
    command.upgrade(config(engine), "0004")
    with engine.begin() as connection:
        for text in (
            "INSERT INTO people (id, key, channel, external_id, created_at)"
            " VALUES (1, 'k', 'web', 'c', '2026-11-02 01:00:00')",
            "INSERT INTO disputes (id, person_id, state, amount_choices, unknown, misses,"
            " is_due_provisional, version, created_at, updated_at) VALUES (1, 1, 'draft', '[]', '[]',"
            " 0, false, 1, '2026-11-02 01:00:00', '2026-11-02 01:00:00')",
        ):
            connection.execute(sa.text(text))
        event = sa.text(
            "INSERT INTO dispute_events (id, dispute_id, kind, actor, detail, happened_at)"
            " VALUES (1, 1, 'refuse', 'officer', :detail, '2026-11-02 01:00:00')"
        )
        connection.execute(event, {"detail": json.dumps({"note": "王女士来过"})})
    database.migrate(settings)
    with sessions() as session:
        assert session.get_one(DisputeEvent, 1).detail == {"note": "王女士来过"}
    with engine.connect() as connection:
        raw = connection.execute(sa.text("SELECT detail FROM dispute_events")).scalar_one()
    assert "王女士".encode() not in bytes(raw) and b"note" not in bytes(raw)
    command.downgrade(config(engine), "0004")
    with engine.connect() as connection:
        raw = connection.execute(sa.text("SELECT detail FROM dispute_events")).scalar_one()
    assert (raw if isinstance(raw, dict) else json.loads(raw)) == {"note": "王女士来过"}
    engine.dispose()


def test_recalls_from_before_versions_stay_and_get_their_first_version(settings: Settings) -> None:
    sessions = database.connect(settings)
    engine = database.engine(settings.database())
    command.upgrade(config(engine), "0006")
    row = lines.read(recalls.SHIPPED.read_bytes(), "shipped").notices[0]
    with engine.begin() as connection:
        old = sa.text(
            "INSERT INTO recalls (notice_no, title, jurisdiction, brand_aliases, models, first_seen_at)"
            " VALUES (:number, 'old', 'CN', '[]', '[]', '2026-11-02 01:00:00')"
        )
        connection.execute(old, {"number": row.source_key})
    database.migrate(settings)
    now = datetime(2026, 11, 3, tzinfo=UTC)
    with sessions.begin() as session:
        assert recalls.ship(session, now) == len(recalls.SHIPPED.read_text().splitlines()) - 1
        kept = session.get_one(Recall, row.source_key)
        assert (kept.title, kept.version, kept.is_news, kept.doubts) == (row.title, 2, False, [])
        assert recalls.find(session, "罗马仕充电宝PAC20-272").kind == "covered"
    command.downgrade(config(engine), "0006")
    with engine.connect() as connection:
        assert connection.execute(sa.text("SELECT count(*) FROM recalls")).scalar_one() > 100
    engine.dispose()


def test_things_that_were_told_are_sealed_and_still_read(settings: Settings) -> None:
    sessions = database.connect(settings)
    engine = database.engine(settings.database())
    command.upgrade(config(engine), "0006")
    with engine.begin() as connection:
        for text in (
            "INSERT INTO people (id, key, channel, external_id, created_at)"
            " VALUES (1, 'k', 'web', 'c', '2026-11-02 01:00:00')",
            "INSERT INTO things (id, person_id, words, brand, created_at)"
            " VALUES (1, 1, '王女士家的风扇', '青禾', '2026-11-02 01:00:00')",
        ):
            connection.execute(sa.text(text))
    database.migrate(settings)
    with sessions() as session:
        thing = session.get_one(Thing, 1)
        assert (thing.kind, thing.words, thing.brand) == ("owned", "王女士家的风扇", "青禾")
    with engine.connect() as connection:
        raw = connection.execute(sa.text("SELECT words FROM things")).scalar_one()
    assert "王女士".encode() not in bytes(raw)
    command.downgrade(config(engine), "0006")
    with engine.connect() as connection:
        assert (
            connection.execute(sa.text("SELECT words FROM things")).scalar_one() == "王女士家的风扇"
        )
    engine.dispose()
