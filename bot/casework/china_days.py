"""The calendar day in China of a moment, reckoned by the database: a number, so that it can be grouped by."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Integer
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.expression import ColumnElement
from sqlalchemy.sql.functions import FunctionElement

from bot.casework.disputes import CHINA

_FIRST = date(1970, 1, 1)
_AHEAD = int((CHINA.utcoffset(None) or timedelta()).total_seconds())


class ChinaDay(FunctionElement[int]):
    """The day of a column of moments, as days since 1970-01-01; they are kept in UTC (sealing.Moment)."""

    type = Integer()
    inherit_cache = True

    def __init__(self, moment: ColumnElement[Any] | Any) -> None:
        super().__init__(moment)


def day(number: int) -> date:
    """The day of that number."""
    return _FIRST + timedelta(days=number)


@compiles(ChinaDay, "sqlite")
def _sqlite(element: ChinaDay, compiler: Any, **more: Any) -> str:
    whole = f"substr({compiler.process(element.clauses, **more)}, 1, 19)"  # else SQLite rounds up
    seconds = f"CAST(strftime('%s', {whole}) AS INTEGER)"
    return f"(({seconds} + {_AHEAD}) / 86400)"


@compiles(ChinaDay, "postgresql")
def _postgresql(element: ChinaDay, compiler: Any, **more: Any) -> str:
    seconds = f"extract(epoch FROM {compiler.process(element.clauses, **more)})"
    return f"CAST(floor(({seconds} + {_AHEAD}) / 86400) AS INTEGER)"
