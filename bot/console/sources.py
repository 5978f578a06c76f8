"""Where recall notices come from: how each source is doing, by what rule it is stale."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from starlette.requests import Request

from bot.casework import recall_health, recall_sources
from bot.casework.recall_health import Health
from bot.console.items import moment
from bot.console.rows import Rows
from bot.console.views import Choice
from bot.library import load

STALE, FRESH, BY_HAND = "stale", "fresh", "by_hand"


class Sources(Rows):
    """Each publisher of sources.yml: last tried, last got, its newest notice, stale or not."""

    word, listed, pk_attr = "source", "sources", "source"
    cells = (
        "name",
        "state",
        "since",
        "tried",
        "got",
        "problem",
        "newest",
        "notices",
        "unread",
        "again",
        "rule",
    )

    def found(self, request: Request, text: str) -> Sequence[Health]:
        """By state and name."""
        wanted = self.asked(request).get("state", "")
        rows = recall_health.of_sources(request.state.session, datetime.now(UTC))
        return [one for one in rows if text in one.name and wanted in ("", state_of(one))]

    def choices(self, request: Request) -> Sequence[Choice]:
        """By state."""
        said = load("desk")["source"]
        options = [("", load("desk")["queue"]["any"]), *said["states"].items()]
        chosen = self.asked(request).get("state", "")
        return [Choice("state", said["columns"]["state"], options, chosen)]

    def row(self, request: Request, record: Health) -> dict[str, Any]:
        """One source in words."""
        said, state = load("desk")["source"], state_of(record)
        never = said["never"] if state == STALE else ""
        rule = said["rule"].format(
            hours=record.hours, late=recall_sources.STALE_AFTER * (record.hours or 0)
        )
        problem = load("sources")["reasons"].get(record.problem, record.problem or "")
        return {
            "name": record.name, "state": said["states"][state], "since": moment(record.stale_from) or never, "tried": moment(record.tried_at),
            "got": moment(record.got_at), "problem": problem,
            "newest": record.newest.isoformat() if record.newest else "",
            "notices": str(record.notices), "unread": str(record.unread or ""),
            "again": moment(record.due_at), "rule": rule if record.hours else said["no_rule"],
            "_meta": {"marks": {"state": "late" if state == STALE else ""}},
        }  # fmt: skip


def state_of(one: Health) -> str:
    """Stale, fresh, or brought by hand."""
    if one.hours is None:
        return BY_HAND
    return STALE if one.is_stale else FRESH
