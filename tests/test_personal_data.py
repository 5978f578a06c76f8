"""The table of personal data in docs/personal-data.md is that of the records and the settings."""

import re

from bot.casework import resealing, retention
from bot.casework.records import Record
from bot.settings import ROOT

TEXT = (ROOT / "docs" / "personal-data.md").read_text(encoding="utf-8")
ROWS = [line for line in TEXT.splitlines() if line.startswith("| ")]


def test_every_table_has_its_row() -> None:
    named = {name for row in ROWS for name in re.findall(r"`(\w+)`", row.split("|")[1])}
    tables = set(Record.metadata.tables)
    assert tables <= named and named <= tables


def test_every_sealed_column_is_marked_and_no_other() -> None:
    marked = set(re.findall(r"🔒`(\w+\.\w+)`", "\n".join(ROWS)))
    assert marked == {
        f"{table.name}.{name}"
        for table, names in resealing.sealed_columns(Record.metadata).items()
        for name in names
    }


def test_every_term_is_told_with_its_days() -> None:
    told = dict(re.findall(r"`([A-Z]+_DAYS)`（(\d+) 天）", TEXT))
    terms = retention.Terms()
    assert told == {name.upper(): str(days) for name, days in vars(terms).items()}
