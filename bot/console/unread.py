"""Pages of the sources that could not be read whole: why, their text as it came, and who looked at them."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import route

from bot.casework import officers, recall_health, recall_sources
from bot.casework.recall_records import RecallPage
from bot.console.door import user
from bot.console.items import Do, Item, Row, Shown, Wrong, may_decide, moment, only_deciders
from bot.console.step_forms import Field
from bot.console.views import Choice, Listing
from bot.library import load

MOST_SHOWN = 4000  # characters of a page; the file has all


class UnreadPages(Listing):
    """What was quarantined and not read since, the newest first."""

    word, listed, kind = "page", "pages", RecallPage
    cells = ("number", "source", "reason", "fetched", "size", "url", "checked")

    def where(self, request: Request) -> Sequence[ColumnElement[bool]]:
        """By source."""
        source = self.asked(request).get("source")
        known = source in load("sources")["sources"]
        return (recall_health.unread(), *((RecallPage.source == source,) if known else ()))

    def get_search_query(self, request: Request, term: str) -> Any:
        """By a part of the address."""
        return RecallPage.url.contains(term, autoescape=True)

    def order(self) -> Sequence[ColumnElement[Any]]:
        """The newest first."""
        return (RecallPage.fetched_at.desc(), RecallPage.id.desc())

    def choices(self, request: Request) -> Sequence[Choice]:
        """By source."""
        said, rows = load("desk"), load("sources")["sources"]
        options = [("", said["queue"]["any"]), *((code, row["name"]) for code, row in rows.items())]
        chosen = self.asked(request).get("source", "")
        return [Choice("source", said["page"]["columns"]["source"], options, chosen)]

    def row(self, request: Request, record: RecallPage) -> dict[str, Any]:
        """One page, and who looked at it last."""
        last = next(iter(recall_health.checks(request.state.session, record)), None)
        return {
            "number": str(record.id), "source": source_text(record), "reason": reason_text(record),
            "fetched": moment(record.fetched_at), "size": size_text(record), "url": record.url,
            "checked": f"{last.officer} {moment(last.happened_at)}" if last else "",
            "_meta": {"path": f"/page/{record.id}"},
        }  # fmt: skip


class UnreadPage(Item):
    """One page: its text is shown and given out as text alone, and never drawn as a page."""

    word, listed = "page", "pages"
    kind = RecallPage

    def find(self, session: Session, number: str) -> RecallPage:
        """The page, as long as it is not read."""
        found = super().find(session, number)
        if found.state != "quarantined":
            raise HTTPException(404)
        return found  # type: ignore[no-any-return]

    def seen(self, record: RecallPage) -> str:
        """What it held: the next time it may hold something else."""
        return record.digest

    def shown(
        self, session: Session, record: RecallPage, request: Request, now: datetime, reveal: str
    ) -> Shown:
        """Why it was not read, and its beginning."""
        said, columns = load("desk")["page"], load("desk")["page"]["columns"]
        whole = recall_health.text(record)
        pairs = [
            (columns["source"], source_text(record)), (columns["reason"], reason_text(record)),
            (columns["fetched"], moment(record.fetched_at)), (columns["url"], record.url),
            (columns["size"], size_text(record)),
        ]  # fmt: skip
        rows = [Row(said["raw"], f"/page/{record.id}/raw")] if whole else []
        if whole.strip():
            rows.append(Row(whole[:MOST_SHOWN]))
        does = []
        if may_decide(request):
            options = tuple((one, said["findings"][one]) for one in recall_health.FINDINGS)
            found = Field(
                "finding",
                said["finding"],
                is_needed=True,
                kind="choice",
                longest=16,
                options=options,
            )
            does = [Do("checked", said["check"], (found,), hint=said["hint"])]
        heading = said["text"].format(shown=min(len(whole), MOST_SHOWN), all=len(whole))
        return Shown(f"{said['title']} {record.id}", pairs, [(heading, rows)], does)

    def act(
        self, session: Session, record: RecallPage, name: str, form: Mapping[str, str], request: Request,
        now: datetime,
    ) -> str:  # fmt: skip
        """Note that somebody looked at it, and what they found."""
        if name != "checked":
            raise HTTPException(404)
        only_deciders(request)
        finding = form.get("finding", "")
        if finding not in recall_health.FINDINGS:
            raise Wrong({"finding": "no_choice" if finding else "missing"})
        return f"{recall_health.CHECKED}:{finding}"

    @route("/{number}/raw", methods=["GET"])
    async def raw(self, request: Request) -> Response:
        """The text of the page as a file to keep."""
        text, name = await asyncio.to_thread(self._raw, request)
        headers = {"Content-Disposition": f'attachment; filename="{name}"'}
        return Response(text, media_type="text/plain", headers=headers)

    def _raw(self, request: Request) -> tuple[str, str]:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            record = self.find(session, request.path_params["number"])
            officers.log(session, user(request).username, "page_raw", now, self.subject(record))
            return recall_health.text(record), f"{record.source}-{record.id}.txt"


def source_text(page: RecallPage) -> str:
    """The source's name."""
    row = load("sources")["sources"].get(page.source)
    return str(row["name"] if row else page.source)


def reason_text(page: RecallPage) -> str:
    """Why it was not read, in words."""
    return str(load("sources")["reasons"].get(page.reason, page.reason or ""))


def size_text(page: RecallPage) -> str:
    """How large it is."""
    size = len(recall_sources.content(page))
    return str(load("desk")["page"]["kilobytes"]).format(size=f"{size / 1024:.1f}")
