"""The queue of disputes: the most urgent first, filtered and searched."""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Select
from sqlalchemy.orm import defer
from starlette.requests import Request

from bot.casework import disputes, queue, telling
from bot.casework.queue import Due, Wanted
from bot.casework.records import Dispute
from bot.casework.steps import OVER, RUNNING
from bot.console.door import user
from bot.console.views import Choice, Listing
from bot.library import load

MINE, NOBODY = "mine", "nobody"


class Queue(Listing):
    """The list of disputes; without a filter, what is open, by the day that is due next."""

    word, listed, kind = "queue", "disputes", Dispute
    cells = ("number", "state", "due", "merchant", "product", "amount", "street", "officer")

    def where(self, request: Request) -> Sequence[ColumnElement[bool]]:
        """By the filters and the search of the page."""
        return queue.conditions(wanted(self.asked(request), user(request).username), _today())

    def order(self) -> Sequence[ColumnElement[Any]]:
        """The most urgent first."""
        return queue.in_order()

    def get_list_query(self, request: Request) -> Select[Any]:
        """Without the story, which is sealed and not listed."""
        return super().get_list_query(request).options(defer(Dispute.facts))

    def get_search_query(self, request: Request, term: str) -> Any:
        """`where` has searched already, with an index for each kind of term."""
        return Dispute.id > 0

    def choices(self, request: Request) -> Sequence[Choice]:
        """State, day, street, and who has it."""
        said, given = load("desk")["queue"], self.asked(request)
        states = [*said["groups"].items(), *((one, state_text(one)) for one in (*RUNNING, *OVER))]
        streets = [(row["name"], row["name"]) for row in load("district")["streets"]]
        any_one = [("", said["any"])]
        options = {
            "state": states,
            "due": [*any_one, *said["by_due"].items()],
            "street": [*any_one, *streets],
            "who": [*any_one, *said["by_officer"].items()],
        }
        return [
            Choice(name, said["filters"][name], known, given.get(name, ""))
            for name, known in options.items()
        ]

    def row(self, request: Request, record: Dispute) -> dict[str, Any]:
        """One dispute in words; nothing of who the citizen is."""
        due = queue.due(record, _today())
        thing = " ".join(filter(None, (record.brand, record.product, record.model)))
        amount = telling.yuan(record.amount) if record.amount is not None else ""
        return {
            "number": disputes.number_text(record.number or ""),
            "state": state_text(record.state),
            "due": due_text(due, record.is_due_provisional),
            "merchant": record.merchant or record.platform or "",
            "product": thing,
            "amount": amount or record.amount_text or "",
            "street": record.street or "",
            "officer": record.officer or "",
            "_meta": {"path": f"/case/{record.number}", "marks": {"due": due.kind}},
        }


def wanted(given: Any, name: str) -> Wanted:
    """What the parameters of an address ask for; `name` is the officer's own."""
    holder = {MINE: name, NOBODY: ""}.get(given.get("who", ""))
    return Wanted(
        state=given.get("state") or queue.OPEN, street=given.get("street") or None,
        due=given.get("due") or None, officer=holder, text=given.get("q") or None,
    )  # fmt: skip


def state_text(state: str) -> str:
    """A state in the officers' words."""
    return str(load("desk")["queue"]["states"][state])


def due_text(due: Due, is_provisional: bool = False) -> str:
    """A day and how far it is, with a sign, as it is read without colours."""
    said = load("desk")["queue"]["due"]
    unit = said["working_days"] if due.in_working_days else said["days"]
    text = str(said[due.kind]).format(day=due.on, days=due.days, unit=unit)
    return text + (said["provisional"] if is_provisional and due.in_working_days else "")


def _today() -> date:
    return disputes.local_day(datetime.now(UTC))
