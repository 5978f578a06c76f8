"""How the log is written: a line each, for people or as JSON, and nothing in it that anybody typed.

An exception is told by its type and the places it went through, never by its text: that of the database
or of a parser quotes what it was given.
"""

import json
import logging
import traceback
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from bot.metrics import ErrorCounter
from bot.settings import ROOT

LONGEST = 500  # characters of a message


def set_up(shape: Literal["plain", "json"]) -> None:
    """Write the whole process's log to standard error in this shape, from warnings on; count them too."""
    handler = logging.StreamHandler()
    handler.setFormatter(Json() if shape == "json" else Plain())
    logging.raiseExceptions = False  # it would print what does not fit its places
    logging.basicConfig(level=logging.WARNING, handlers=[handler, ErrorCounter()], force=True)


class Plain(logging.Formatter):
    """A line for people."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        error = _error(record)
        told = f"{_time(record)} {record.levelname} {record.name}: {_message(record)}"
        return told if error is None else f"{told} [{error[0]} {' < '.join(error[1])}]"


class Json(logging.Formatter):
    """A line of JSON for machines: time, level, logger, message, and of a fault type and places."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as a line."""
        line: dict[str, object] = {
            "time": _time(record), "level": record.levelname, "logger": record.name,
            "message": _message(record),
        }  # fmt: skip
        if (error := _error(record)) is not None:
            line["exception"], line["places"] = error
        return json.dumps(line, ensure_ascii=False)


def _time(record: logging.LogRecord) -> str:
    return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")


def _message(record: logging.LogRecord) -> str:
    """The first line of what is said: asyncio puts the texts of exceptions into the lines below it."""
    lines = record.getMessage().splitlines() or [""]
    return lines[0][:LONGEST]


def _error(record: logging.LogRecord) -> tuple[str, list[str]] | None:
    """Type and places of a record's exception, the place where it was raised first."""
    if not record.exc_info or record.exc_info[1] is None:
        return None
    error = record.exc_info[1]
    frames = traceback.extract_tb(error.__traceback__)
    places = [f"{_short(one.filename)}:{one.lineno}" for one in reversed(frames)]
    return type(error).__name__, places


def _short(file: str) -> str:
    path = Path(file)
    return str(path.relative_to(ROOT)) if path.is_relative_to(ROOT) else "/".join(path.parts[-2:])
