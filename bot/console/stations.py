"""The consumer-rights stations as they stand in stations.yml, to read: whom a dispute goes to by its street."""

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request

from bot.casework import stations
from bot.casework.stations import Station
from bot.console.rows import Rows
from bot.library import load


class Stations(Rows):
    """All stations; an operator edits them in their file."""

    word, listed, pk_attr = "station", "stations", "code"
    cells = ("name", "street", "run_by", "counts", "phone", "hours", "as_of", "code")

    def found(self, request: Request, text: str) -> Sequence[Station]:
        """By name or street."""
        return [one for one in stations.stations() if text in f"{one.name} {one.street or ''}"]

    def row(self, request: Request, record: Station) -> dict[str, Any]:
        """One station; what nobody has confirmed is said to be so."""
        said = load("desk")["station"]
        return {
            "name": record.name, "code": record.code, "street": record.street or said["district"],
            "run_by": said["by"][record.run_by],
            "counts": said["counts" if stations.handling_counts(record.run_by) else "counts_not"],
            "phone": record.phone or said["unconfirmed"], "hours": record.hours or said["unconfirmed"],
            "as_of": record.as_of.isoformat(),
        }  # fmt: skip
