"""The log of the desk: who did, looked at or took out what, and when. For administrators."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_, select
from starlette.requests import Request

from bot.casework import disputes
from bot.casework.officer_records import OfficerEvent
from bot.console.items import kind_text, moment
from bot.console.views import Choice, Listing
from bot.library import load

DAYS = {"today": 1, "week": 7, "month": 30}  # that are looked back on, today among them


class Log(Listing):
    """Everything that officers did, the newest first; it holds numbers and no words of anybody's."""

    roles = ("administrator",)
    word, listed, kind = "event", "log", OfficerEvent
    cells = ("at", "officer", "what", "about")

    def where(self, request: Request) -> Sequence[ColumnElement[bool]]:
        """By officer, kind and day."""
        given, known = self.asked(request), load("desk")["log"]
        found: list[ColumnElement[bool]] = []
        if given.get("officer"):
            found.append(OfficerEvent.officer == given["officer"])
        if given.get("kind") in known:
            name = given["kind"]
            steps = OfficerEvent.kind.startswith(f"{name}:", autoescape=True)
            found.append(or_(OfficerEvent.kind == name, steps))
        if given.get("day") in DAYS:
            today = disputes.local_day(datetime.now(UTC))
            first = today - timedelta(days=DAYS[given["day"]] - 1)
            found.append(OfficerEvent.happened_at >= _begins(first))
        return found

    def get_search_query(self, request: Request, term: str) -> Any:
        """By a day, the number of a dispute, or what else the log calls a record."""
        day = _day(term)
        if day is not None:
            next_day = _begins(day + timedelta(days=1))
            return OfficerEvent.happened_at.between(
                _begins(day), next_day - timedelta(microseconds=1)
            )
        number = disputes.number_in(term)
        return OfficerEvent.subject.in_([one for one in (term, number) if one])

    def order(self) -> Sequence[ColumnElement[Any]]:
        """The newest first."""
        return (OfficerEvent.id.desc(),)

    def choices(self, request: Request) -> Sequence[Choice]:
        """Who, what and when; who has no account any more is still there."""
        said, given = load("desk")["event"], self.asked(request)
        any_one = ("", load("desk")["queue"]["any"])
        names = request.state.session.scalars(select(OfficerEvent.officer).distinct()).all()
        kinds = [(one, said["kinds"].get(one) or kind_text(one)) for one in load("desk")["log"]]
        options = {
            "officer": [any_one, *((one, one) for one in sorted(names))],
            "kind": [any_one, *kinds], "day": [any_one, *said["days"].items()],
        }  # fmt: skip
        return [
            Choice(name, said["filters"][name], known, given.get(name, ""))
            for name, known in options.items()
        ]

    def row(self, request: Request, record: OfficerEvent) -> dict[str, Any]:
        """One thing that was done."""
        about, path = about_text(record)
        return {
            "at": moment(record.happened_at), "officer": record.officer, "what": kind_text(record.kind),
            "about": about, "_meta": {"path": path},
        }  # fmt: skip


def about_text(event: OfficerEvent) -> tuple[str, str]:
    """What it was about in words, and the address of its page within the desk; empty where there is none."""
    said, subject = load("desk"), event.subject or ""
    if event.kind.startswith("export:"):
        return str(said["event"]["rows"]).format(count=subject), ""
    word, _, number = subject.partition(":")
    if number:
        title = said[word]["title"] if word in said else word
        return f"{title} {number}", f"/{word}/{number}"
    if disputes.number_in(subject) == subject and subject:
        return disputes.number_text(subject), f"/case/{subject}"
    return subject, ""


def _day(term: str) -> date | None:
    try:
        return date.fromisoformat(term)
    except ValueError:
        return None


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), disputes.CHINA)
