"""Alarms of the risk monitor: what gathered, whether a recall covers it, and what becomes of it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette_admin import route

from bot.casework import disputes, officers, risk_alarms, risk_clue
from bot.casework.risk_records import Alarm
from bot.console.case import DOCX
from bot.console.door import user
from bot.console.items import (
    Do,
    Item,
    Row,
    Shown,
    Wrong,
    may_decide,
    moment,
    only_deciders,
    reason,
)
from bot.console.views import Choice, Listing
from bot.library import load, risk_loader


class Alarms(Listing):
    """All alarms; the open ones stand first."""

    word, listed, kind = "alarm", "alarms", Alarm
    cells = ("title", "state", "kind", "people", "first", "last", "decided")

    def where(self, request: Request) -> Sequence[ColumnElement[bool]]:
        """By state."""
        state = self.asked(request).get("state")
        return (Alarm.state == state,) if state in load("risk")["states"] else ()

    def get_search_query(self, request: Request, term: str) -> Any:
        """By what it is about."""
        return Alarm.title.contains(term, autoescape=True)

    def order(self) -> Sequence[ColumnElement[Any]]:
        """The open ones first, then the newest."""
        return (Alarm.state.in_(risk_alarms.OPEN).desc(), Alarm.id.desc())

    def choices(self, request: Request) -> Sequence[Choice]:
        """By state."""
        label = load("desk")["alarm"]["columns"]["state"]
        options = [("", load("desk")["queue"]["any"]), *load("risk")["states"].items()]
        return [Choice("state", label, options, self.asked(request).get("state", ""))]

    def row(self, request: Request, record: Alarm) -> dict[str, Any]:
        """One alarm; nothing of a citizen."""
        return {
            "title": record.title, "state": load("risk")["states"][record.state],
            "kind": kind_of(record), "people": str(record.count),
            "first": disputes.local_day(record.first_at).isoformat(),
            "last": disputes.local_day(record.last_at).isoformat(),
            "decided": record.decided_by or "",
            "_meta": {
                "path": f"/alarm/{record.id}",
                "marks": {"state": "soon" if record.state == "raised" else ""},
            },
        }  # fmt: skip


class AlarmPage(Item):
    """One alarm with its evidence, the decisions that are possible, and the clue as a paper."""

    word, listed = "alarm", "alarms"
    kind = Alarm

    def shown(
        self, session: Session, record: Alarm, request: Request, now: datetime, reveal: str
    ) -> Shown:
        """What gathered, the disputes, the recalls."""
        said, columns = load("desk")["alarm"], load("desk")["alarm"]["columns"]
        pairs = [
            (columns["state"], load("risk")["states"][record.state]), (columns["kind"], kind_of(record)),
            (columns["people"], str(record.count)), (said["rule"], risk_clue.rule_text(record)),
            (columns["first"], moment(record.first_at)), (columns["last"], moment(record.last_at)),
            (columns["decided"], " · ".join(filter(None, (record.decided_by, moment(record.decided_at))))),
            (said["reason"], record.reason or ""),
        ]  # fmt: skip
        cases = [
            Row(f"{disputes.number_text(one.number or '')} {one.product or ''}", f"/case/{one.number}")
            for one in risk_alarms.disputes_of(session, record)
        ]  # fmt: skip
        covered = [
            Row(said["recall"].format(title=one.title, number=one.notice_no))
            for one in risk_alarms.covered_by(session, record)
        ]
        if record.state == "clue":
            cases.insert(0, Row(said["paper"], f"/alarm/{record.id}/paper"))
        parts = [(said["evidence"], cases), (said["recalls"], covered)]
        possible = [
            name
            for name, (before, _) in risk_alarms.DECISIONS.items()
            if record.state in before and may_decide(request)
        ]
        does = [
            Do(name, said["decisions"][name], hint=said["hints"].get(name, ""),
               fields=(reason(said["reason"]),) if name == "dismiss" else (), is_plain=name == "dismiss")
            for name in possible
        ]  # fmt: skip
        return Shown(record.title, pairs, parts, does)

    def act(
        self, session: Session, record: Alarm, name: str, form: Mapping[str, str], request: Request,
        now: datetime,
    ) -> str:  # fmt: skip
        """Confirm, dismiss, or pass on as a clue."""
        if name not in risk_alarms.DECISIONS:
            raise HTTPException(404)
        only_deciders(request)
        try:
            why = form.get("reason", "")
            risk_alarms.decide(record, name, user(request).username, now, why)
        except risk_alarms.NoReason:
            raise Wrong({"reason": "missing"}) from None
        return f"alarm_{name}"

    @route("/{number}/paper", methods=["GET"])
    async def paper(self, request: Request) -> Response:
        """The clue as a Word file, once it was decided to pass it on."""
        content, name = await asyncio.to_thread(self._paper, request)
        place = f"attachment; filename*=UTF-8''{quote(name)}"
        return Response(content, media_type=DOCX, headers={"Content-Disposition": place})

    def _paper(self, request: Request) -> tuple[bytes, str]:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            record = self.find(session, request.path_params["number"])
            if record.state != "clue":
                raise HTTPException(404)
            content = risk_clue.clue(session, record, risk_loader.rules(), now)
            officers.log(session, user(request).username, "alarm_paper", now, self.subject(record))
            return content, risk_clue.file_name(record)


def kind_of(alarm: Alarm) -> str:
    """Which rule it was, in words."""
    return str(load("risk")["rules"].get(alarm.kind, {}).get("title", alarm.kind))
