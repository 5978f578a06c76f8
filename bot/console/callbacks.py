"""Who asked to be called back: the list, and one of them with the phone for who asks for it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.casework import callbacks, desk
from bot.casework.callback_records import CallbackRequest
from bot.casework.records import Person
from bot.casework.steps import NotPossible
from bot.console.items import Do, Item, Shown, moment
from bot.console.views import Choice, Listing
from bot.library import load


class Callbacks(Listing):
    """Requests; without a filter those that wait for a call, the longest waiting first."""

    word, listed, kind = "callback", "callbacks", CallbackRequest
    cells = ("number", "state", "hours", "who", "phone", "asked", "done")

    def where(self, request: Request) -> Sequence[ColumnElement[bool]]:
        """Those that wait for a call, those that are over, or all."""
        state = self.asked(request).get("state", "")
        if state == "done":
            return (CallbackRequest.state != "open",)
        waits = (CallbackRequest.state == "open", CallbackRequest.asking.is_(None))
        return () if state == "all" else waits

    def get_search_query(self, request: Request, term: str) -> Any:
        """By the number of the request alone: phones are sealed."""
        return CallbackRequest.id == (int(term) if term.isascii() and term.isdecimal() else 0)

    def order(self) -> Sequence[ColumnElement[Any]]:
        """The longest waiting first."""
        return (CallbackRequest.asked_at.asc(), CallbackRequest.id.asc())

    def choices(self, request: Request) -> Sequence[Choice]:
        """By state."""
        said = load("desk")["callback"]
        options = [("", said["open"]), ("done", said["over"]), ("all", said["all"])]
        chosen = self.asked(request).get("state", "")
        return [Choice("state", said["columns"]["state"], options, chosen)]

    def row(self, request: Request, record: CallbackRequest) -> dict[str, Any]:
        """One request, name and phone masked."""
        masked = desk.masked(request.state.session.get_one(Person, record.person_id))
        return {
            "number": str(record.id), "state": state_text(record), "hours": hours_text(record),
            "who": masked["name"], "phone": masked["phone"], "asked": moment(record.asked_at),
            "done": moment(record.done_at), "_meta": {"path": f"/callback/{record.id}"},
        }  # fmt: skip

    def can_export(self, request: Request) -> bool:
        """Never: a list of people to call stays at the desk."""
        return False


class Callback(Item):
    """One request: when to call, and that it was done."""

    word, listed, opening = "callback", "callbacks", "callback_opened"
    kind = CallbackRequest
    revealed: ClassVar[Sequence[str]] = ("phone",)

    def shown(
        self,
        session: Session,
        record: CallbackRequest,
        request: Request,
        now: datetime,
        reveal: str,
    ) -> Shown:
        """Who and when; the phone for who asks for it."""
        said, who = load("desk")["callback"], session.get_one(Person, record.person_id)
        masked = desk.masked(who)
        name, phone = (who.name, who.phone) if reveal else (masked["name"], masked["phone"])
        columns = said["columns"]
        pairs = [
            (columns["state"], state_text(record)), (columns["hours"], hours_text(record)),
            (columns["who"], name or ""), (columns["phone"], phone or ""),
            (columns["asked"], moment(record.asked_at)), (columns["done"], moment(record.done_at)),
        ]  # fmt: skip
        does = [Do("done", said["called"])] if is_waiting(record) else []
        if who.phone and is_waiting(record) and not reveal:
            hint = load("desk")["record"]["written_down"]
            does.insert(0, Do("phone", said["show_phone"], hint=hint, is_plain=True))
        return Shown(f"{said['title']} {record.id}", pairs, (), does)

    def act(
        self, session: Session, record: CallbackRequest, name: str, form: Mapping[str, str],
        request: Request, now: datetime,
    ) -> str:  # fmt: skip
        """Note that the citizen was called."""
        if name != "done":
            raise HTTPException(404)
        if not is_waiting(record):
            raise NotPossible(record.state)
        callbacks.done(record, now)
        return "callback_done"


def is_waiting(record: CallbackRequest) -> bool:
    """Whether somebody is to be called now."""
    return record.state == "open" and record.asking is None


def state_text(record: CallbackRequest) -> str:
    """A state in the officers' words."""
    is_unfinished = record.state == "open" and record.asking is not None
    return str(load("desk")["callback"]["states"]["unfinished" if is_unfinished else record.state])


def hours_text(record: CallbackRequest) -> str:
    """When to call."""
    return str(load("district")["callback_hours"][record.hours]["title"])
