"""How the work stands: numbers of a period by week, street, goods and shop, of recall notices and of the talk."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy.orm import Session, sessionmaker
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import route
from starlette_admin.fields import StringField

from bot.casework import intent_counts, officers, overview, overview_more, periods
from bot.casework.disputes import local_day
from bot.casework.overview import Group, Overview, Week
from bot.casework.periods import BadPeriod, Period
from bot.console.door import user
from bot.console.exports import Csv
from bot.console.pushes import rate_text
from bot.console.views import Page
from bot.library import load

Row = Mapping[str, str]
TOP = 10  # rows of a table on the page; all of them are in what is taken out
FEWER = {"intents": 5}
BY_WEEK = ("weeks", "understood")
ASKED = ("period", "from", "to")
GROUPED = ("filed", "ended", "settled", "rate", "days", "recovered")
COLUMNS = {
    "weeks": ("week", "filed", "ended", "settled"),
    "streets": ("name", *GROUPED),
    "goods": ("name", *GROUPED),
    "shops": ("name", *GROUPED),
    "recalls": ("name", "reached", "answered", "have", "have_not", "done", "share"),
    "talk": ("name", "count"),
    "understood": ("week", "turns", "missed", "missed_rate"),
    "intents": ("name", "count", "part"),
}
DRAWN = {  # the columns that are drawn; those of weeks as lines
    "weeks": ("filed", "ended", "settled"), "streets": ("filed", "settled"),
    "goods": ("filed", "settled"), "shops": ("filed", "settled"),
    "recalls": ("reached", "answered", "done"), "talk": ("count",),
    "understood": ("missed_rate",), "intents": ("count",),
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """One table in words: the section `name` of `tables` in desk.yml, and its rows by column."""

    name: str
    rows: Sequence[Row]

    @property
    def columns(self) -> Sequence[str]:
        return COLUMNS[self.name]

    @property
    def drawn(self) -> Sequence[str]:
        return DRAWN[self.name]

    @property
    def shown(self) -> Sequence[Row]:
        """The rows that stand on the page."""
        is_whole = self.is_by_week or self.name == "streets"
        return self.rows if is_whole else self.rows[: FEWER.get(self.name, TOP)]

    @property
    def is_by_week(self) -> bool:
        """Whether it is drawn as lines over the last weeks."""
        return self.name in BY_WEEK


class OverviewPage(Page):
    """The page of numbers, and each of its tables as CSV."""

    path = "/overview"

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        super().__init__(menu_label=load("desk")["overview"]["title"])
        self._sessions = sessions

    @route("", methods=["GET"], name="overview")
    async def index(self, request: Request) -> Response:
        """The numbers of the period that was asked for; what is wrong with it stands beside the field."""
        asked, now = _asked(request.query_params), datetime.now(UTC)
        try:
            period = _period(asked, now)
        except BadPeriod as bad:
            return self.draw(request, "overview.html", 422, asked=asked, bad=bad, found=None)
        found, tables = await asyncio.to_thread(self._read, period, now)
        return self.draw(
            request, "overview.html", asked=asked, bad=None, period=period, found=found,
            total=_group(found.total, ""), tables=tables,
        )  # fmt: skip

    @route("/take-out/{name}", methods=["POST"], name="overview-table")
    async def take_out(self, request: Request) -> Response:
        """One table as CSV; who took it out, and how many rows, is written down."""
        name, now = request.path_params["name"], datetime.now(UTC)
        if name not in COLUMNS:
            raise HTTPException(404)
        try:
            period = _period(_asked(await request.form()), now)
        except BadPeriod:
            raise HTTPException(400) from None
        _, tables = await asyncio.to_thread(self._read, period, now)
        rows = next(one.rows for one in tables if one.name == name)
        await asyncio.to_thread(self._log, user(request).username, name, len(rows), now)
        labels = load("desk")["overview"]["columns"]
        fields = [StringField(one, label=labels[one]) for one in COLUMNS[name]]
        content = await Csv().generate(list(fields), [dict(row) for row in rows])
        file = f"overview-{name}-{period.first}-{period.last}.csv"
        headers = {"Content-Disposition": f'attachment; filename="{file}"'}
        return Response(content, media_type="text/csv; charset=utf-8", headers=headers)

    def _read(self, period: Period, now: datetime) -> tuple[Overview, list[Table]]:
        with self._sessions() as session:
            found = overview.overview(session, period, now)
            return found, _tables(session, found, period)

    def _log(self, by: str, name: str, rows: int, now: datetime) -> None:
        with self._sessions.begin() as session:
            officers.log(session, by, f"export:overview_{name}", now, str(rows))


def _asked(given: Mapping[str, Any]) -> dict[str, str]:
    """What was asked for, as it was typed."""
    return {name: str(given.get(name) or "")[:10] for name in ASKED}


def _period(asked: Mapping[str, str], now: datetime) -> Period:
    return periods.read(asked["period"], asked["from"], asked["to"], local_day(now))


def _tables(session: Session, found: Overview, period: Period) -> list[Table]:
    nameless = load("desk")["overview"]["nameless"]
    groups = {"streets": found.streets, "goods": found.goods, "shops": found.shops}
    return [
        Table("weeks", [_week(one) for one in found.weeks]),
        *(Table(name, [_group(one, nameless[name]) for one in of]) for name, of in groups.items()),
        Table("recalls", _recalls(session, period)),
        Table("talk", _talk(session, period)),
        Table("understood", _understood(session, [one.first for one in found.weeks])),
        Table("intents", _intents(session, period)),
    ]


def _week(one: Week) -> Row:
    counts = {name: str(getattr(one, name)) for name in DRAWN["weeks"]}
    return {"week": one.first.isoformat(), **counts}


def _group(one: Group, nameless: str) -> Row:
    """A group in words; empty where there is nothing to tell."""
    return {
        "name": one.name or nameless,
        "filed": str(one.filed), "ended": str(one.ended), "settled": str(one.settled),
        "rate": "" if one.rate is None else f"{one.rate:.0%}",
        "days": "" if one.days is None else f"{one.days:g}",
        "recovered": f"{one.recovered:.2f}" if one.with_sum else "",
    }  # fmt: skip


def _recalls(session: Session, period: Period) -> list[Row]:
    counts = ("reached", "answered", "have", "have_not", "done")
    return [
        {"name": notice.title, **{name: str(getattr(rate, name)) for name in counts},
         "share": rate_text(rate)}
        for notice, rate in overview_more.recalls(session, period)
    ]  # fmt: skip


def _talk(session: Session, period: Period) -> list[Row]:
    said, found = load("desk")["overview"]["talk"], overview_more.talk(session, period)
    reasons = load("desk")["question"]["reasons"]
    counts = {
        said["helped"]: found.helped, said["not_helped"]: found.not_helped,
        **{said["unanswered"].format(reason=text): found.unanswered.get(reason, 0)
           for reason, text in reasons.items()},
        said["callbacks"]: found.callbacks,
    }  # fmt: skip
    return [{"name": name, "count": str(count)} for name, count in counts.items()]


def _understood(session: Session, mondays: Sequence[date]) -> list[Row]:
    """The weeks; none at all where nothing was counted yet."""
    weeks = intent_counts.by_week(session, mondays)
    if not any(one.turns for one in weeks):
        return []
    return [
        {"week": one.first.isoformat(), "turns": str(one.turns), "missed": str(one.missed),
         "missed_rate": "" if one.rate is None else f"{100 * one.rate:.1f}"}
        for one in weeks
    ]  # fmt: skip


def _intents(session: Session, period: Period) -> list[Row]:
    said, found = load("intents"), intent_counts.of_period(session, period)
    whole = sum(count for _, count in found)
    return [
        {
            "name": said.get(intent, intent),
            "count": str(count),
            "part": f"{100 * count / whole:.1f}",
        }
        for intent, count in found
    ]
