"""RECORD: brings all that is sealed under the newest key, so that an old one can be dropped.

The sealed columns are found by their type, so that none is forgotten. Raw bytes are read and written:
no version counts up, and what is "written once" keeps its words.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from cryptography.fernet import InvalidToken
from sqlalchemy import LargeBinary, MetaData, Table, TableClause, column, select, table, update
from sqlalchemy.orm import Session

from bot.casework import sealing
from bot.casework.records import Person, Record

SEALED = (sealing.Sealed, sealing.SealedJson, sealing.SealedBytes)
BATCH = 100  # rows in one transaction; of files, which may be large, one


@dataclass
class Done:
    """What became of some rows of a table: how many values were sealed anew, and which could not be
    opened with any key (row and column).
    """

    table: str
    resealed: int = 0
    unreadable: list[tuple[Any, str]] = field(default_factory=list)


# ── decisions ────────────────────────────────────────────────────────────────


def sealed_columns(metadata: MetaData) -> dict[Table, list[str]]:
    """The names of the sealed columns, table by table."""
    found = {
        one: [column.name for column in one.columns if isinstance(column.type, SEALED)]
        for one in metadata.sorted_tables
    }
    return {one: names for one, names in found.items() if names}


# ── with a session; the caller commits ───────────────────────────────────────


def reseal(session: Session, batch: int = BATCH) -> Iterator[Done]:
    """Seal everything anew; commit after each part that comes. Begun again it goes on where it ended.

    Start the service with the new key first: what it writes meanwhile is under that one then.
    """
    for one, names in sealed_columns(Record.metadata).items():
        (key,) = one.primary_key.columns
        holds_files = any(isinstance(one.columns[name].type, sealing.SealedBytes) for name in names)
        raw = table(one.name, column(key.name), *(column(name, LargeBinary) for name in names))
        keys = session.scalars(select(raw.c[key.name]).order_by(raw.c[key.name])).all()
        size = 1 if holds_files else batch
        for start in range(0, len(keys), size):
            done = Done(one.name)
            for row in keys[start : start + size]:
                _row(session, raw, key.name, row, names, done)
                if one is Person.__table__:
                    _mark(session, row)
            yield done


def _mark(session: Session, number: int) -> None:
    """Find a phone by its last four digits under the newest key; one that cannot be read stays as it is."""
    try:
        phone = session.scalar(select(Person.phone).where(Person.id == number))
    except InvalidToken:
        return
    mark = next(iter(sealing.marks(phone or "")), None)
    session.execute(update(Person).where(Person.id == number).values(phone_mark=mark))


def _row(
    session: Session, raw: TableClause, key: str, row: Any, names: list[str], done: Done
) -> None:
    is_row = raw.c[key] == row
    found = session.execute(select(*(raw.c[name] for name in names)).where(is_row)).one_or_none()
    for name, value in zip(names, found or (), strict=False):
        if value is None:
            continue
        try:
            renewed = sealing.renewed(bytes(value))
        except sealing.Unreadable:
            done.unreadable.append((row, name))
            continue
        if renewed is not None:
            # Where the service wrote another value meanwhile, that one is under the newest key.
            is_same = raw.c[name] == value
            session.execute(update(raw).where(is_row, is_same).values({name: renewed}))
            done.resealed += 1
