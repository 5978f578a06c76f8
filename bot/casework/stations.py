"""Which consumer-rights station (消费维权服务站) a dispute is near, and what its handling means. Pure.

The stations are rows of stations.yml: the district's own level, the streets', and those of others.
"""

import functools
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date
from typing import Any

from bot.casework.records import Dispute
from bot.library import label, load, streets, words
from bot.reading import folding, places

# Who runs a station, and whether they are among those of 总局令第121号 第16条(二).
RUN_BY: Mapping[str, bool] = {
    "street": True, "bureau": True, "association": True,
    "mall": False, "supermarket": False, "market": False, "company": False, "scenic": False,
    "third_party": False,
}  # fmt: skip
_PHONE = re.compile(r"\d[\d-]*\d")


class Broken(ValueError):
    """stations.yml is not as it must be; the message names the row and what to do."""


@dataclass(frozen=True)
class Station:
    """A row of stations.yml; `street` is None at the district's own level."""

    code: str
    name: str
    street: str | None
    run_by: str
    phone: str | None
    hours: str | None
    as_of: date


def station_for(shop_street: str | None, citizen_street: str | None) -> Station:
    """The station of the shop's street, else of the citizen's, else the district's.

    The shop's place goes first, as it does for the office (总局令第121号 第13条).
    """
    own = _first_resorts(stations())
    for street in (shop_street, citizen_street):
        if street is not None and street in own:
            return own[street]
    return own[None]


def of(dispute: Dispute) -> Station:
    """The station that a dispute goes to, by its shop's street and its citizen's address."""
    return station_for(dispute.street, _street_in(dispute.person.address or ""))


def near_shop(dispute: Dispute) -> Station | None:
    """The station kept with a dispute where it is that of the shop's own street, else None."""
    for one in stations():
        if one.code == dispute.station and one.street and one.street == dispute.street:
            return one
    return None


def handling_counts(run_by: str) -> bool:
    """Whether a dispute that such a station has handled is refused for it elsewhere.

    总局令第121号 第16条(二): courts, arbitration bodies, market regulators and other administrative
    organs, and consumer associations count; since 2026-04-15 other mediation organisations do not,
    and neither do malls, markets and companies. A street's station belongs to an administrative organ,
    so it is taken to count: to warn too often costs the citizen less than a refusal.
    Raises KeyError for a code that is not in RUN_BY.
    """
    return RUN_BY[run_by]


@functools.cache
def stations() -> tuple[Station, ...]:
    """All rows of stations.yml, checked. Raises Broken."""
    streets = [row["name"] for row in load("district")["streets"]]
    return checked(load("stations")["stations"], streets)


def checked(rows: Sequence[Mapping[str, Any]], streets: Sequence[str]) -> tuple[Station, ...]:
    """The rows as stations of a district with these streets. Raises Broken at the first fault."""
    for place, row in enumerate(rows, start=1):
        for problem in _row_problems(row, rows, streets):
            raise _broken(f"{place} ({row.get('code')})", problem)
    for street in streets:
        if _street_stations(rows, street) != 1:
            raise _broken(street, "street_station")
    if sum(row["street"] is None for row in rows) != 1:
        raise _broken("street: null", "district_station")
    return tuple(Station(**row) for row in rows)


def _row_problems(
    row: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], streets: Sequence[str]
) -> Iterator[str]:
    """What is wrong with one row, as keys of wording.yml."""
    if set(row) != {field.name for field in fields(Station)}:
        yield "fields"
        return
    if not row["code"] or len(str(row["code"])) > 32 or not row["name"]:
        yield "code"
    if sum(other.get("code") == row["code"] for other in rows) > 1:
        yield "code_twice"
    if row["street"] is not None and row["street"] not in streets:
        yield "street"
    if row["run_by"] not in RUN_BY:
        yield "run_by"
    phone = row["phone"]
    if phone is not None and not (isinstance(phone, str) and _PHONE.fullmatch(phone)):
        yield "phone"


def _street_stations(rows: Sequence[Mapping[str, Any]], street: str) -> int:
    return sum(row["street"] == street and row["run_by"] == "street" for row in rows)


def _broken(row: str, problem: str) -> Broken:
    return Broken(words("station_broken", row=row, what=label("station_problem", problem)))


def _first_resorts(known: Sequence[Station]) -> dict[str | None, Station]:
    """The station of each street, and under None the district's."""
    return {one.street: one for one in known if one.run_by == "street" or one.street is None}


def _street_in(address: str) -> str | None:
    found = places.find(folding.plain(address), streets())
    return next((place.street for place in found if place.street), None)
