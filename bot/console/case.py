"""The page of one dispute: what is known of it, the steps that are possible now, and who has it."""

import asyncio
import mimetypes
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin import flash, route

from bot.casework import (
    counter,
    desk,
    disputes,
    evidence,
    officers,
    packet,
    people,
    pictures,
    progress,
    steps,
)
from bot.casework.records import Dispute, Evidence
from bot.casework.typed import plain
from bot.console import case_facts, kept_forms, step_forms, uploads
from bot.console.door import user
from bot.console.uploads import Taken
from bot.console.views import Page
from bot.library import load

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SHOWN = ("phone", "talk")  # what is shown to who asks for it, and that is written down
PICTURES = {b"\xff\xd8": "image/jpeg", b"\x89P": "image/png"}  # all that a copy for showing is


class Refused(Exception):
    """What was sent cannot be done: `key` of `refused` in desk.yml, or fields that are wrong."""

    def __init__(self, key: str, wrong: Mapping[str, str] | None = None) -> None:
        super().__init__(key)
        self.key, self.wrong = key, wrong or {}


class Case(Page):
    """One dispute by its number, and the doors of its forms."""

    path = "/case"
    add_to_menu = False

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        super().__init__(menu_label=load("desk")["case"]["title"])
        self._sessions = sessions

    async def index(self, request: Request) -> Response:
        """There is no page without a number."""
        raise HTTPException(404)

    @route("/{number}", methods=["GET"], name="case")
    async def show(self, request: Request) -> Response:
        """The page; that it was opened is written down. Filled where a session ended in one of its forms."""
        kept = kept_forms.of(request)
        if kept is None:
            return await self._draw(request, log="case_opened")
        does = kept.ends()
        sent = does[-1] if does[0] in ("step", "reply") else ""
        return await self._draw(request, log="case_opened", sent=sent, typed=kept.typed())

    @route("/{number}/show", methods=["POST"], name="case-show")
    async def reveal(self, request: Request) -> Response:
        """The page with the contact details, or what the citizen wrote: who asked is written down."""
        what = str((await request.form()).get("what"))
        if what not in SHOWN:
            raise HTTPException(400)
        return await self._draw(request, log=f"{what}_shown", reveal=what)

    @route("/{number}/step/{step}", methods=["POST"], name="case-step")
    async def step(self, request: Request) -> Response:
        """Take a step of the table."""
        name, form = request.path_params["step"], await _fields(request)
        try:
            one = steps.step(name)
        except steps.NotPossible:
            raise HTTPException(404) from None
        detail = {field: plain(form.get(field, "")) for field in step_forms.names(one)}
        detail = {field: text for field, text in detail.items() if text}

        def work(session: Session, found: Dispute, version: int, by: str, now: datetime) -> None:
            if not steps.is_possible(one, found.state, found.operator or "", "officer"):
                raise Refused("not_now")
            wrong = steps.problems(one, detail)
            if wrong:
                raise Refused("fields", wrong)
            desk.take(session, found, version, name, by, detail, now)

        return await self._done(request, form, work, "step_done", sent=name)

    @route("/{number}/hold", methods=["POST"], name="case-hold")
    async def hold(self, request: Request) -> Response:
        """Take the dispute over, or hand it over."""
        form = await _fields(request)

        def work(session: Session, found: Dispute, version: int, by: str, now: datetime) -> None:
            desk.hold(session, found, version, by, form.get("officer", ""), now)

        return await self._done(request, form, work, "held")

    @route("/{number}/reply", methods=["POST"], name="case-reply")
    async def reply(self, request: Request) -> Response:
        """Tell the citizen something, in one's own words or those of a template."""
        form = await _fields(request)
        templates = load("desk")["replies"]
        text = form.get("text", "").strip() or templates.get(form.get("template", ""), "")

        def work(session: Session, found: Dispute, version: int, by: str, now: datetime) -> None:
            try:
                desk.reply(session, found, version, by, text, now)
            except steps.NotPossible as problem:
                raise Refused("fields", {"text": str(problem)}) from None

        return await self._done(request, form, work, "replied", sent="reply")

    @route("/{number}/papers", methods=["POST"], name="case-papers")
    async def papers(self, request: Request) -> Response:
        """Keep photos and papers that the citizen brought later: all of them, or none."""
        form, came = await _fields(request), await uploads.taken(request)

        def work(session: Session, found: Dispute, version: int, by: str, now: datetime) -> None:
            if came.problem or not came.files:
                raise Refused("fields", {"files": came.problem or load("desk")["wrong"]["missing"]})
            try:
                counter.add_papers(session, found, came.files, by, now)
            except evidence.Refused as refusal:
                raise Refused("fields", {"files": uploads.why(refusal.key)}) from None

        return await self._done(request, form, work, "papers_added", sent="papers")

    @route("/{number}/evidence/{piece:int}", methods=["GET"], name="case-evidence")
    async def piece(self, request: Request) -> Response:
        """A piece of evidence: the copy of a picture to look at, anything else as a file to keep.

        Nothing of it is carried out: a copy is made of pixels alone, and a file is never opened here.
        """
        is_original = "original" in request.query_params
        content, mime, name = await asyncio.to_thread(self._piece, request, is_original)
        place = "attachment" if is_original else "inline"
        headers = {"Content-Disposition": f'{place}; filename="{name}"'}
        return Response(content, media_type=mime, headers=headers)

    @route("/{number}/packet", methods=["GET"], name="case-packet")
    async def paper(self, request: Request) -> Response:
        """The dispute as a Word file."""
        content = await asyncio.to_thread(self._paper, request)
        name = f'attachment; filename="{request.path_params["number"]}.docx"'
        return Response(content, media_type=DOCX, headers={"Content-Disposition": name})

    def _piece(self, request: Request, is_original: bool) -> tuple[bytes, str, str]:
        number = request.path_params["piece"]
        with self._sessions.begin() as session:
            found = _found(session, request)
            query = select(Evidence).where(Evidence.id == number, Evidence.dispute_id == found.id)
            one = session.scalar(query) if number < 2**31 else None
            if one is None:
                raise HTTPException(404)
            is_small = "small" in request.query_params and not is_original
            if not is_small:  # of the page of small ones it is written down that it was opened
                _log(session, request, "evidence_opened", found)
            ending = mimetypes.guess_extension(one.mime) or ""
            if is_original:
                return evidence.original(session, one), one.mime, f"{one.id}{ending}"
            shown = evidence.shown(session, one)
            if shown is None:
                raise HTTPException(404)
            shown = pictures.thumbnail(shown) if is_small else shown
            return shown, PICTURES.get(shown[:2], "application/octet-stream"), str(one.id)

    def _paper(self, request: Request) -> bytes:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            found = _found(session, request)
            _log(session, request, "packet", found)
            return packet.packet(session, found, now)

    async def _done(
        self, request: Request, form: dict[str, str],
        work: Callable[[Session, Dispute, int, str, datetime], None], said: str, sent: str = "",
    ) -> Response:  # fmt: skip
        """Do the work in one transaction; where it is refused, the page again with all that was typed."""
        try:
            await asyncio.to_thread(self._work, request, form, work)
        except Refused as refusal:
            status = 422 if refusal.key == "fields" else 409
            return await self._draw(
                request, status, refused=refusal.key, sent=sent, typed=form, wrong=refusal.wrong
            )
        flash(request, load("desk")["case"]["done"][said], "success")
        number = request.path_params["number"]
        return RedirectResponse(str(request.url_for("desk:case", number=number)), 303)

    def _work(
        self, request: Request, form: dict[str, str],
        work: Callable[[Session, Dispute, int, str, datetime], None],
    ) -> None:  # fmt: skip
        version = form.get("version", "")
        seen = int(version) if version.isascii() and version.isdecimal() else 0
        try:
            with self._sessions.begin() as session:
                found = _found(session, request)
                work(session, found, seen, user(request).username, datetime.now(UTC))
        except (desk.Changed, StaleDataError):
            raise Refused("changed") from None
        except steps.NotPossible:
            raise Refused("not_now") from None

    async def _draw(
        self, request: Request, status: int = 200, *, log: str = "", reveal: str = "", refused: str = "",
        sent: str = "", typed: dict[str, str] | None = None, wrong: Mapping[str, str] | None = None,
    ) -> Response:  # fmt: skip
        given = (sent, typed or {}, wrong or {})
        shown = await asyncio.to_thread(self._state, request, log, reveal, given)
        if log and given[1].get("version", "") not in ("", str(shown["case"]["version"])):
            refused = "changed"  # while its officer was logged out
        return self.draw(
            request, "case.html", status, here="disputes", refused=refused, sent=sent,
            typed=typed or {}, wrong=wrong or {}, **shown,
        )  # fmt: skip

    def _state(
        self, request: Request, log: str, reveal: str, given: tuple[str, dict[str, str], Mapping[str, str]]
    ) -> dict[str, Any]:  # fmt: skip
        with self._sessions.begin() as session:
            found = _found(session, request)
            shown = case_facts.state(session, found, datetime.now(UTC))
            if log:  # behind what takes its time, for it holds the records
                _log(session, request, log, found)
            sent, typed, wrong = given
            forms = step_forms.forms(found, sent, typed, wrong)
            possible = {"", "reply", "papers", *(one.step for one in forms)}
            # What was typed for a step that is gone meanwhile is still shown, to be copied.
            lost = step_forms.in_words(typed)
            who = found.person
            return {
                "case": shown, "forms": forms,
                "papers": uploads.field(Taken(problem=wrong.get("files", ""))), "lost": lost if sent not in possible else [],
                "contact": {"name": who.name, "phone": who.phone, "address": who.address}
                if reveal == "phone" and found.contact == "given" else None,
                "talk": _talk(session, found) if reveal == "talk" else None,
            }  # fmt: skip


async def _fields(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}


def _talk(session: Session, found: Dispute) -> list[dict[str, Any]]:
    return [
        {"text": one.text, "replies": [row.get("text") for row in people.replies_of(one) or []]}
        for one in desk.talk(session, found)
    ]


def _found(session: Session, request: Request) -> Dispute:
    """The lodged dispute of the address. Raises HTTPException 404."""
    number = disputes.number_in(request.path_params["number"])
    found = progress.by_number(session, number) if number else None
    if found is None:
        raise HTTPException(404)
    return found


def _log(session: Session, request: Request, kind: str, found: Dispute) -> None:
    officers.log(session, user(request).username, kind, datetime.now(UTC), found.number)
