"""A new key on both databases: everything is read with it alone, and what no key opens is named."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from cryptography.fernet import Fernet
from sqlalchemy.orm import Session

from bot import __main__ as commands
from bot import database, settings
from bot.casework import resealing, sealing
from bot.casework.records import Record
from tests.postgres import address_of

OLD, NEW, LOST = (Fernet.generate_key() for _ in range(3))
WORDS = "司马先生，键盘坏了"
PARENTS = {"person_id": 1, "dispute_id": 1, "shop_id": 1, "negotiation_id": 1, "evidence_id": 1}


@pytest.fixture(params=["sqlite", "postgresql"])
def chosen(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[settings.Settings]:
    """Settings of a service whose new key stands first; the records are under the old one."""

    def made(address: str) -> settings.Settings:
        found = settings.Settings(
            _env_file=None, var_dir=tmp_path, database_url=address,
            data_key=f"{NEW.decode()},{OLD.decode()}",
        )  # fmt: skip
        monkeypatch.setattr(settings, "get", lambda: found)
        fill(found)
        return found

    with address_of(request.param, tmp_path) as address:
        yield made(address)


def fill(chosen: settings.Settings) -> None:
    """One row in every table, with words in every sealed column, under the old key."""
    sealing.unlock([OLD])
    engine = database.engine(chosen.database())
    Record.metadata.create_all(engine)
    with engine.begin() as connection:
        for table in Record.metadata.sorted_tables:
            connection.execute(
                table.insert().values(
                    {c.name: _value(c) for c in table.columns if c.computed is None}
                )
            )
    engine.dispose()


def _value(column: Any) -> Any:
    match column.type:
        case sealing.SealedBytes():
            return WORDS.encode() * 1000
        case sealing.SealedJson():
            return {"note": WORDS}
        case sealing.Sealed():
            return WORDS
        case sa.Integer() | sa.Numeric():
            return PARENTS.get(column.name, 1)
        case sa.Boolean():
            return False
        case sa.JSON():
            return []
        case sa.LargeBinary():
            return b"x"
        case sa.String() | sealing.Plain():
            return None if column.nullable else "x"
        case _:
            return None if column.nullable else datetime(2026, 11, 2, tzinfo=UTC)


def raw(chosen: settings.Settings) -> dict[tuple[str, str], bytes]:
    """Every sealed value as it lies there."""
    engine = database.engine(chosen.database())
    with engine.connect() as connection:
        found = {
            (table.name, name): bytes(
                connection.execute(sa.text(f"select {name} from {table.name}")).scalar_one()
            )
            for table, names in resealing.sealed_columns(Record.metadata).items()
            for name in names
        }
    engine.dispose()
    return found


def test_everything_is_read_with_the_new_key_alone(chosen, capsys) -> None:
    before = raw(chosen)
    versions = other_columns(chosen)
    assert len(before) > 15 and all(Fernet(OLD).decrypt(one) for one in before.values())
    commands.reseal()
    after = raw(chosen)
    for place, value in after.items():
        assert Fernet(NEW).decrypt(value) == Fernet(OLD).decrypt(before[place])
        assert Fernet(NEW).extract_timestamp(value) == Fernet(OLD).extract_timestamp(before[place])
    assert other_columns(chosen) == versions
    assert "people：3 项" in capsys.readouterr().out
    alone = chosen.model_copy(update={"data_key": NEW.decode()})
    with database.connect(alone)() as session:
        for table in Record.metadata.sorted_tables:
            assert len(session.execute(sa.select(table)).all()) == 1


def other_columns(chosen: settings.Settings) -> str:
    """Version of the dispute and kind of its event, which no new key changes."""
    engine = database.engine(chosen.database())
    with engine.connect() as connection:
        query = "select d.version, d.updated_at, e.kind, e.happened_at from disputes d, dispute_events e"
        found = json.dumps([str(one) for one in connection.execute(sa.text(query)).one()])
    engine.dispose()
    return found


def test_a_second_run_changes_nothing(chosen, capsys) -> None:
    commands.reseal()
    done = raw(chosen)
    capsys.readouterr()
    commands.reseal()
    assert raw(chosen) == done
    assert "people：0 项" in capsys.readouterr().out


def test_one_that_was_broken_off_goes_on(chosen) -> None:
    with database.connect(chosen)() as session:
        next(resealing.reseal(session))
        session.commit()
    half = raw(chosen)
    commands.reseal()
    whole = raw(chosen)
    unchanged = {place[0] for place, value in whole.items() if value == half[place]}
    assert len(unchanged) == 1  # the first table was done before
    assert all(Fernet(NEW).decrypt(one) for one in whole.values())


def test_what_no_key_opens_is_named_and_the_rest_goes_on(chosen, capsys) -> None:
    spoil(chosen, "evidence", "caption")
    with pytest.raises(SystemExit) as ended:
        commands.reseal()
    said = capsys.readouterr().out
    assert "evidence 编号 / row 1，caption" in said and WORDS not in said
    assert ended.value.code not in (None, 0)
    others = {place: one for place, one in raw(chosen).items() if place != ("evidence", "caption")}
    assert all(Fernet(NEW).decrypt(one) for one in others.values())
    assert Fernet(LOST).decrypt(raw(chosen)[("evidence", "caption")])


def spoil(chosen: settings.Settings, table: str, column: str) -> None:
    engine = database.engine(chosen.database())
    with engine.begin() as connection:
        lost = sa.text(f"update {table} set {column} = :value")
        connection.execute(lost, {"value": Fernet(LOST).encrypt(WORDS.encode())})
    engine.dispose()


def test_what_the_service_wrote_meanwhile_is_not_overwritten(chosen, monkeypatch) -> None:
    """The row was read, then the service wrote another value: that one stays."""
    renewed, fresh = sealing.renewed, Fernet(NEW).encrypt("新的称呼".encode())

    def meanwhile(value: bytes) -> bytes | None:
        engine = database.engine(chosen.database())
        with engine.begin() as connection:
            connection.execute(sa.text("update people set name = :value"), {"value": fresh})
        engine.dispose()
        return renewed(value)

    with database.connect(chosen)() as session:
        monkeypatch.setattr(sealing, "renewed", meanwhile)
        people = resealing.sealed_columns(Record.metadata)[Record.metadata.tables["people"]]
        assert "name" in people
        done = resealing.Done("people")
        raw_table = sa.table("people", sa.column("id"), sa.column("name", sa.LargeBinary))
        resealing._row(session, raw_table, "id", 1, ["name"], done)
        session.commit()
    assert raw(chosen)[("people", "name")] == fresh


def test_every_sealed_type_is_known(session: Session) -> None:
    """A new way of sealing must be named in SEALED, or its columns would be forgotten."""
    ways = {
        one for one in vars(sealing).values()
        if isinstance(one, type) and issubclass(one, sa.types.TypeDecorator)
    }  # fmt: skip
    named = {one for one in ways if one.__name__.startswith("Sealed")}
    assert named == set(resealing.SEALED)
