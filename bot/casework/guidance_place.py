"""Whose matter a question about rights is, and what an entry says outside of Tianjin. Pure."""

import dataclasses
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from bot.casework import guidance
from bot.library import guidance_loader, load
from bot.library.guidance_loader import Cite, Entry
from bot.reading import folding, places

Reach = Literal["city", "district"]

_CLAUSE = re.compile(r"[^。；]+[。；]?")


def is_trader(text: str) -> bool:
    """Whether a folded message is a trader's, about their own business."""
    return any(re.search(pattern, text) for pattern in load("guidance_reach")["trader"])


def beyond(text: str, streets: Mapping[str, Sequence[str]]) -> Reach | None:
    """Whether the matter of a folded text lies in another city, or another district of ours; else None.

    A place counts where the words say that somebody lives, buys or has a shop there.
    """
    found = places.find(text, streets)
    if any(place.is_ours for place in found):
        return None
    away = [place for place in found if place.is_ours is False and _is_tied(text, place)]
    if not away:
        return None
    return "city" if any(place.district is None for place in away) else "district"


def fitting(entry: Entry, reach: Reach | None) -> Entry:
    """The entry for a matter there: for another city without what is Tianjin's own rule."""
    if reach != "city":
        return entry
    other = load("guidance_reach")["instead"].get(entry.id)
    entry = guidance.entry(other) if other else entry
    return dataclasses.replace(
        entry,
        cite=tuple(cite for cite in entry.cite if not _is_local(cite)),
        exception_cite=tuple(cite for cite in entry.exception_cite if not _is_local(cite)),
        terms=tuple(
            dataclasses.replace(term, open=_general(term.open))
            for term in entry.terms
            if not _is_local(term.rule)
        ),
        answer=_general(entry.answer),
        rule=_general(entry.rule),
        next=_general(entry.next),
        limits=_general(entry.limits),
        exceptions=_general(entry.exceptions),
    )


def lines(entry: Entry, text: str, reach: Reach | None) -> list[str]:
    """Who handles the matter where this district does not, in at most two sentences."""
    table = load("guidance_reach")
    told = []
    if reach is not None and entry.action == "answer" and entry.id not in table["says_where"]:
        told.append(who_handles(reach))
    if is_trader(folding.plain(text)) and entry.id not in table["says_trader"]:
        told.append(str(table["lines"]["trader"]))
    return told


def who_handles(reach: Reach) -> str:
    """Who handles a matter that this district does not, in a sentence."""
    return str(load("guidance_reach")["lines"][reach])


def _is_tied(text: str, place: places.Place) -> bool:
    where = load("guidance_reach")["where"]
    before, behind = text[: place.start], text[place.end :]
    return bool(re.search(where["before"], before) or re.search(where["behind"], behind))


def _is_local(cite: Cite) -> bool:
    return guidance_loader.laws()[cite.law].is_local


def _general(text: str) -> str:
    """The text without its clauses about Tianjin."""
    kept = "".join(part for part in _CLAUSE.findall(text) if "天津" not in part)
    return f"{kept[:-1]}。" if kept.endswith("；") else kept
