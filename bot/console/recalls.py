"""Recall notices to read: searched and filtered, each with its versions, its pushes, and earlier complaints."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement, String, cast, or_, select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import route

from bot.casework import disputes, recall_answers, recall_list, recall_push, recall_reach
from bot.casework.recall_push_records import RecallPush
from bot.casework.records import Recall
from bot.console.items import Item, Row, Shown, moment
from bot.console.pushes import rate_text
from bot.console.views import Choice, Listing
from bot.library import load

SEARCHED = (
    Recall.title,
    Recall.product_name,
    Recall.brand,
    Recall.producer,
    Recall.hazard,
    Recall.notice_no,
)
DOMESTIC, FOREIGN = "cn", "foreign"


class Recalls(Listing):
    """All notices of the library, the newest first."""

    word, listed, kind = "recall", "recalls", Recall
    cells = (
        "title",
        "number",
        "published",
        "publisher",
        "brand",
        "models",
        "category",
        "place",
        "version",
    )

    def where(self, request: Request) -> Sequence[ColumnElement[bool]]:
        """By publisher, and whether it is of this country."""
        given = self.asked(request)
        found: list[ColumnElement[bool]] = []
        if given.get("publisher"):
            found.append(Recall.publisher == given["publisher"])
        if given.get("place") in (DOMESTIC, FOREIGN):
            is_cn = Recall.jurisdiction == "CN"
            found.append(is_cn if given["place"] == DOMESTIC else ~is_cn)
        return found

    def get_search_query(self, request: Request, term: str) -> Any:
        """By a word of the notice or a model; case does not matter."""
        models = cast(Recall.models, String).icontains(json.dumps(term)[1:-1], autoescape=True)
        return or_(models, *(one.icontains(term, autoescape=True) for one in SEARCHED))

    def order(self) -> Sequence[ColumnElement[Any]]:
        """The newest first; those without a day come last."""
        return (Recall.published_on.desc().nulls_last(), Recall.notice_no.asc())

    def choices(self, request: Request) -> Sequence[Choice]:
        """Publisher, and this country or others."""
        said, given = load("desk")["recall"], self.asked(request)
        known = select(Recall.publisher).distinct().where(Recall.publisher.is_not(None))
        names = request.state.session.scalars(known.order_by(Recall.publisher)).all()
        any_one = ("", load("desk")["queue"]["any"])
        options = {
            "publisher": [(one, one) for one in names],
            "place": list(said["places"].items()),
        }
        return [
            Choice(name, said["columns"][name], [any_one, *rows], given.get(name, ""))
            for name, rows in options.items()
        ]

    def row(self, request: Request, record: Recall) -> dict[str, Any]:
        """One notice."""
        said = load("desk")["recall"]
        return {
            "title": record.title, "number": record.notice_no, "publisher": record.publisher or "",
            "published": record.published_on.isoformat() if record.published_on else "",
            "brand": record.brand or "", "models": models_text(record), "category": record.category or "",
            "place": place_text(record), "version": said["corrected"] if record.corrected_at else "",
            "_meta": {"path": f"/recall/{quote(record.notice_no)}"},
        }  # fmt: skip


class RecallPage(Item):
    """One notice as it stands in the library; what is pushed is decided on the page of its push."""

    word, listed = "recall", "recalls"
    kind = Recall
    is_read_only = True

    @route("/{number:path}", methods=["GET"])
    async def show(self, request: Request) -> Response:
        """The page; a number of another country may hold slashes."""
        drawn: Response = await super().show(request)
        return drawn

    def find(self, session: Session, number: str) -> Recall:
        """The notice of this number."""
        found = session.get(Recall, number)
        if found is None:
            raise HTTPException(404)
        return found

    def seen(self, record: Recall) -> str:
        """Nothing: no form is drawn."""
        return ""

    def subject(self, record: Recall) -> str:
        """What the log would call it."""
        return f"{self.word}:{record.notice_no}"[:64]

    def shown(
        self, session: Session, record: Recall, request: Request, now: datetime, reveal: str
    ) -> Shown:
        """Its fields; how it came and was corrected; its pushes; the complaints that it explains."""
        said, reasons = load("desk")["recall"], load("sources")["reasons"]
        pairs = [
            (said["columns"]["number"], record.notice_no), (said["columns"]["place"], place_text(record)),
            *((label, field_text(record, name)) for name, label in _labels().items()),
            (said["doubts"], "；".join(reasons.get(one, one) for one in record.doubts or ())),
            (said["first_seen"], moment(record.first_seen_at)),
            (said["corrected_at"], moment(record.corrected_at)),
        ]  # fmt: skip
        numbers = recall_reach.earlier_disputes(session, record, now)
        cases = [Row(disputes.number_text(one), f"/case/{one}") for one in numbers]
        parts = [
            (said["versions"], _versions(session, record)),
            (said["pushes"], _pushes(session, record)), (said["disputes"], cases),
        ]  # fmt: skip
        return Shown(record.title, pairs, parts)


def _versions(session: Session, record: Recall) -> list[Row]:
    said, labels, found = load("desk")["recall"], _labels(), []
    for one in recall_list.versions(session, record):
        names = "、".join(labels[name] for name in one.changed if name in labels)
        text = said["changed"].format(fields=names) if names else said["came"]
        found.append(Row(f"{one.day.isoformat()} · {one.source} · {text}"))
    return found


def _pushes(session: Session, record: Recall) -> list[Row]:
    """Each version that was to go to people: how many, what became of it, what they answered."""
    said, rate = load("desk")["push"], recall_answers.rate(session, record.notice_no)
    query = select(RecallPush).where(RecallPush.notice_no == record.notice_no)
    found = []
    for push in session.scalars(query.order_by(RecallPush.id)):
        facts = (moment(push.proposed_at), said["states"][push.state], push_text(push, rate))
        found.append(Row(" · ".join(facts), f"/push/{push.id}"))
    return found


def push_text(push: RecallPush, rate: recall_answers.Rate) -> str:
    """How many it was to go to, and how many it has gone to."""
    return str(load("desk")["recall"]["told"]).format(
        people=recall_push.people_of(push), posted=push.posted, reached=rate.reached,
        rate=rate_text(rate) or load("desk")["push"]["no_rate"],
    )  # fmt: skip


def models_text(record: Recall, most: int = 3) -> str:
    """The first models, and that there are more."""
    more = load("desk")["recall"]["more"].format(count=len(record.models))
    return "、".join(record.models[:most]) + (more if len(record.models) > most else "")


def place_text(record: Recall) -> str:
    """Of this country, or of which other."""
    if record.jurisdiction == "CN":
        return str(load("desk")["recall"]["places"][DOMESTIC])
    return str(load("pages")["notice"]["places"].get(record.jurisdiction, record.jurisdiction))


def field_text(record: Recall, name: str) -> str:
    """A field as it is read; empty where the notice does not say it."""
    value = getattr(record, name)
    return "、".join(value) if isinstance(value, list) else str(value or "")


def _labels() -> dict[str, str]:
    """The fields of a notice in the words of its page for citizens, in their order."""
    return dict(load("pages")["notice"]["fields"])
