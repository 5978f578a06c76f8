"""Words and tables that lawyers and officers edit, as YAML; this is their loader and knows no rule."""

import functools
from pathlib import Path
from typing import IO, Any

import yaml

FOLDER = Path(__file__).resolve().parent


@functools.cache
def load(name: str) -> Any:
    """The content of `bot/library/NAME.yml`.

    Raises FileNotFoundError or yaml.YAMLError, both naming the file.
    """
    with (FOLDER / f"{name}.yml").open(encoding="utf-8") as file:
        return parsed(file)


def parsed(text: str | IO[str]) -> Any:
    """The content of a YAML text, read in C: a tenth of the time at each start. Raises yaml.YAMLError."""
    return yaml.load(text, Loader=yaml.CSafeLoader)  # as safe as safe_load


def read_all() -> None:
    """Read every table now, so that nobody who writes waits for it. Raises as `load`."""
    for path in FOLDER.glob("*.yml"):
        load(path.stem)


@functools.cache
def streets() -> dict[str, list[str]]:
    """The district's streets and towns with their other names."""
    return {row["name"]: row.get("aliases", []) for row in load("district")["streets"]}


def words(key: str, **values: object) -> str:
    """The sentence `key` of wording.yml with its {places} filled.

    Raises KeyError where the sentence or a value is missing.
    """
    return str(load("wording")[key]).format_map(values).strip()


def labels(group: str) -> dict[str, str]:
    """All words of a group of codes, by code."""
    return dict(load("wording")["labels"][group])


def label(group: str, key: str) -> str:
    """The word people read for a code, such as label("demand", "refund"); the code if none."""
    return str(load("wording")["labels"][group].get(key, key))
