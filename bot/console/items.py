"""A page of one record that is no dispute: what is known of it, and what can be done, each as one form."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin import flash, route

from bot.casework import disputes, officers, steps
from bot.console import kept_forms
from bot.console.door import user
from bot.console.step_forms import Field, in_words
from bot.console.views import Page
from bot.library import load

LARGEST_ID = 2**31
LOOKED = ("_opened", "_shown", "_paper")  # ends of kinds of the log that change nothing
DECIDERS = ("reviewer", "administrator")


class Wrong(ValueError):
    """A form cannot be taken as it is: what is wrong (`wrong` in desk.yml), by field."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__("wrong")
        self.problems = problems


@dataclass(frozen=True)
class Do:
    """A form: `name` is the end of its address and, where nothing else is said, what the log holds.

    `given` are fields that are sent along unseen.
    """

    name: str
    title: str
    fields: Sequence[Field] = ()
    hint: str = ""
    is_plain: bool = False
    given: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """A line under a heading, where it leads to within the desk, and what can be done about it."""

    text: str
    path: str = ""
    does: Sequence[Do] = ()


@dataclass(frozen=True)
class Shown:
    """What a page shows: pairs of a word and a value, headings with rows, forms."""

    title: str
    pairs: Sequence[tuple[str, str]]
    parts: Sequence[tuple[str, Sequence[Row]]] = ()
    does: Sequence[Do] = ()


class Item(Page):
    """One record by its number. A page of one's own says `kind`, `shown` and `act`.

    `word` is its section of desk.yml and the beginning of its subject in the log; `listed` the key of
    its list. With `opening` it is written down that the page was opened; `revealed` are things that
    are shown to who asks for them, which is written down too. A page to read alone has no room for
    forms and their log.
    """

    add_to_menu = False
    word = ""
    listed = ""
    opening = ""
    is_read_only = False
    kind: type[Any]
    revealed: ClassVar[Sequence[str]] = ()

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self.path = f"/{self.word}"
        super().__init__(menu_label=load("desk")[self.word]["title"])
        self._sessions = sessions

    def find(self, session: Session, number: str) -> Any:
        """The record of the address, held against others until the end. Raises HTTPException 404."""
        return by_id(session, self.kind, number)

    def seen(self, record: Any) -> str:
        """What a form is drawn for: where this differs when it is sent, its officer is told."""
        return str(record.state)

    def shown(
        self, session: Session, record: Any, request: Request, now: datetime, reveal: str
    ) -> Shown:
        """What the page shows."""
        raise NotImplementedError

    def act(
        self, session: Session, record: Any, name: str, form: Mapping[str, str], request: Request,
        now: datetime,
    ) -> str:  # fmt: skip
        """Do what the form `name` says; what the log is to hold.

        Raises steps.NotPossible, Wrong, HTTPException 404 for a form that there is not.
        """
        raise HTTPException(404)

    def subject(self, record: Any) -> str:
        """What the log calls the record."""
        return f"{self.word}:{record.id}"

    async def index(self, request: Request) -> Response:
        """There is no page without a number."""
        raise HTTPException(404)

    @route("/{number}", methods=["GET"])
    async def show(self, request: Request) -> Response:
        """The page; filled where a session ended in one of its forms."""
        kept = kept_forms.of(request)
        if kept is None:
            return await self._draw(request, log=self.opening)
        return await self._draw(request, log=self.opening, sent=(kept.ends()[-1], kept.typed(), {}))

    @route("/{number}/{do}", methods=["POST"])
    async def do(self, request: Request) -> Response:
        """Take a form: do what it says in one transaction, or say why not and keep what was typed."""
        name = request.path_params["do"]
        if name in self.revealed:
            return await self._draw(request, log=f"{name}_shown", reveal=name)
        form = {key: str(value) for key, value in (await request.form()).items()}
        try:
            await asyncio.to_thread(self._act, request, name, form)
        except Wrong as refusal:
            sent = (name, form, refusal.problems)
            return await self._draw(request, 422, refused="fields", sent=sent)
        except (steps.NotPossible, StaleDataError):
            return await self._draw(request, 409, refused="changed", sent=(name, form, {}))
        flash(request, load("desk")["record"]["done"], "success")
        place = f"{self.path}/{request.path_params['number']}"
        return RedirectResponse(str(request.url_for("desk", path=place)), 303)

    def _act(self, request: Request, name: str, form: Mapping[str, str]) -> None:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            record = self.find(session, request.path_params["number"])
            if form.get("seen") != self.seen(record):
                raise steps.NotPossible("changed")
            kind = self.act(session, record, name, form, request, now)
            session.flush()
            officers.log(session, user(request).username, kind, now, self.subject(record))

    async def _draw(
        self, request: Request, status: int = 200, *, log: str = "", reveal: str = "", refused: str = "",
        sent: tuple[str, Mapping[str, str], Mapping[str, str]] = ("", {}, {}),
    ) -> Response:  # fmt: skip
        shown, seen, logged = await asyncio.to_thread(self._read, request, log, reveal)
        name, typed, wrong = sent
        if not refused and typed.get("seen", seen) != seen:
            refused = "changed"  # while its officer was logged out
        offered = {one.name for one in shown.does} | {
            one.name for _, rows in shown.parts for row in rows for one in row.does
        }
        return self.draw(
            request, "item.html", status, here=self.listed, item=shown, seen=seen, logged=logged,
            word=self.word, place=f"{self.path}/{request.path_params['number']}", refused=refused,
            sent=name, typed=typed, wrong=wrong, is_read_only=self.is_read_only,
            lost=[] if name in offered else in_words(typed),
            last=next((one for one in logged if one["is_done"]), None),
        )  # fmt: skip

    def _read(
        self, request: Request, log: str, reveal: str
    ) -> tuple[Shown, str, Sequence[dict[str, str]]]:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            record = self.find(session, request.path_params["number"])
            shown, seen = self.shown(session, record, request, now, reveal), self.seen(record)
            if log:
                officers.log(session, user(request).username, log, now, self.subject(record))
                session.flush()
            return shown, seen, logged(session, self.subject(record))


def by_id(session: Session, kind: type[Any], number: str) -> Any:
    """The record with this id, held until the end of the transaction. Raises HTTPException 404."""
    is_number = number.isascii() and number.isdecimal() and len(number) <= 10
    wanted = int(number) if is_number else 0
    found = session.get(kind, wanted, with_for_update=True) if wanted < LARGEST_ID else None
    if found is None:
        raise HTTPException(404)
    return found


def logged(session: Session, subject: str) -> list[dict[str, str]]:
    """What officers did about it, as it is read."""
    return [
        {
            "at": moment(one.happened_at),
            "who": one.officer,
            "what": kind_text(one.kind),
            "is_done": "" if one.kind.endswith(LOOKED) else "1",
        }
        for one in officers.done_about(session, subject)
    ]


def kind_text(kind: str) -> str:
    """A kind of the log in the officers' words."""
    said = load("desk")
    name, _, rest = kind.partition(":")
    text = said["log"].get(name, kind)
    tables = {
        f"overview_{one}": about["title"] for one, about in said["overview"]["tables"].items()
    }
    others = {
        "report_step": said["report"]["steps"], "notice_drop": said["notice"]["why"],
        "page_checked": said["page"]["findings"], "export": {**said["event"]["lists"], **tables},
    }  # fmt: skip
    known = others.get(name) or {**said["steps"], **said["roles"]}
    return str(text).format(step=known.get(rest, rest))


def moment(at: datetime | None) -> str:
    """A moment as it is read in Tianjin; empty where there is none."""
    return at.astimezone(disputes.CHINA).strftime("%Y-%m-%d %H:%M") if at else ""


def may_decide(request: Request) -> bool:
    """Whether the officer decides for the bureau."""
    return user(request).role in DECIDERS


def only_deciders(request: Request) -> None:
    """Raises HTTPException 403 for who does not decide."""
    if not may_decide(request):
        raise HTTPException(403)


def reason(label: str) -> Field:
    """A field for why it is decided so."""
    return Field("reason", label, is_needed=True, kind="long", longest=1000)
