"""MESSAGE in on a citizen's own page, by signed link: contact details and evidence. Knows no talk."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Protocol
from urllib.parse import parse_qsl, quote

from sqlalchemy.orm import Session, sessionmaker
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.casework import disputes, evidence, links, packet, people, reminders, telling, typed
from bot.casework.records import Dispute, Evidence, Person
from bot.channels import data_page, signed_page, web_guard, web_pages, web_uploads
from bot.reading import folding, phones
from bot.settings import Settings

LONGEST = {"name": 40, "phone": 40, "address": 200}  # characters
A_MINUTE = 60  # requests that change something or make a paper, from one network address
DATA_A_MINUTE = 3  # downloads of all that is kept of a person, which may be hundreds of megabytes
MOST_DISPUTES = 20  # shown on the page
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
SAVED = ("contact", "files", "removed")
CHINA = timezone(timedelta(hours=8))
LINK = signed_page.Link(links.CONTACT, links.CONTACT_SECONDS, "link")


class Told(Protocol):
    """The part of the dialogue that hears of what came in beside the talk."""

    async def told(self, person_key: str, what: str) -> None:
        """Take the talk on from `what`, such as /give_contact; replies go out by themselves."""


@dataclass(frozen=True)
class Typed:
    """What stands in the form of contact details, and what is wrong with it, by field."""

    values: Mapping[str, str] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)


# ── decisions ────────────────────────────────────────────────────────────────


def read_phone(text: str) -> str | None:
    """The one phone number in what was typed, a mobile or a landline with its area code; or None."""
    found = phones.find_phones(folding.plain(text))
    return found[0].number if len(found) == 1 else None


def check(form: Mapping[str, str], who: Person, *, is_bureau: bool) -> Typed:
    """The typed details with the problems of each field, as keys of pages.yml.

    A bureau needs name, phone and address (总局令第121号 第10条); what was given before need not be
    typed again.
    """
    values = {name: typed.line(form.get(name, ""), LONGEST[name]) for name in LONGEST}
    problems = {}
    if read_phone(values["phone"]) is None:
        problems["phone"] = "phone_wrong" if values["phone"] else "phone_missing"
    for name in ("name", "address"):
        if is_bureau and not values[name] and not getattr(who, name):
            problems[name] = f"{name}_missing"
    return Typed(values, problems)


# ── the page ─────────────────────────────────────────────────────────────────


def routes(told: Told, sessions: sessionmaker[Session], settings: Settings) -> list[BaseRoute]:
    """The citizen's own page, the doors for its two forms, their pictures and their papers."""
    page = _Page(told, sessions, settings)
    return [
        Route("/mine/{token}", page.guarded(page.show), methods=["GET"]),
        Route("/mine/{token}/contact", page.guarded(page.take_contact), methods=["POST"]),
        Route("/mine/{token}/files", page.guarded(page.take_files), methods=["POST"]),
        Route("/mine/{token}/files/{id:int}", page.guarded(page.picture), methods=["GET"]),
        Route("/mine/{token}/files/{id:int}/remove", page.guarded(page.remove), methods=["POST"]),
        Route("/mine/{token}/data", page.guarded(page.data), methods=["GET"]),
        Route("/mine/{token}/packet/{number}", page.guarded(page.paper), methods=["GET"]),
    ]


class _Page:
    def __init__(self, told: Told, sessions: sessionmaker[Session], settings: Settings) -> None:
        self._told, self._sessions, self._settings = told, sessions, settings
        self._pages = web_pages.Pages(settings)
        self._reader = web_uploads.Reader()
        self._door = signed_page.Door(settings, LINK, A_MINUTE, self.refused)
        self.guarded = self._door.guarded
        self._data_rate = web_guard.Rate(DATA_A_MINUTE)

    async def show(self, request: Request, key: str) -> Response:
        saved = request.query_params.get("saved")
        return await self._draw(request, key, saved=saved if saved in SAVED else None)

    async def take_contact(self, request: Request, key: str) -> Response:
        form = dict(parse_qsl((await web_guard.body(request)).decode("utf-8", "replace")))
        given = await asyncio.to_thread(self._save_contact, key, form)
        if given.problems:
            return await self._draw(request, key, 422, typed=given)
        await self._told.told(key, "/give_contact")
        return _again(request, "contact")

    def _save_contact(self, key: str, form: Mapping[str, str]) -> Typed:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            who = _person(session, key)
            given = check(form, who, is_bureau=self._settings.operator == "bureau")
            phone = read_phone(given.values["phone"])
            if phone and not given.problems:
                who.told_at = who.told_at or now  # the page says what for, above the form
                name, address = given.values["name"] or None, given.values["address"] or None
                people.give_contact(who, people.Contact(phone, name, address), now)
                reminders.given(session, who)
        return given

    async def take_files(self, request: Request, key: str) -> Response:
        form = await self._reader.form(request)
        if not form.files:
            return await self._draw(request, key, 422, refused=[(0, "none_chosen")])
        kept, refused = await asyncio.to_thread(self._keep, key, form.files)
        if kept:
            await self._told.told(key, "/send_evidence")
        if refused:
            saved = "files" if kept else None
            return await self._draw(request, key, 422, refused=refused, saved=saved)
        return _again(request, "files")

    def _keep(self, key: str, files: Sequence[evidence.File]) -> tuple[int, list[tuple[int, str]]]:
        """How many files were kept, and place and reason of each that was not."""
        kept, refused, message_id = 0, [], f"page-{secrets.token_hex(8)}"
        for place, file in enumerate(files, start=1):
            try:
                ready = evidence.prepared(file)
                with self._sessions.begin() as session:
                    evidence.keep(
                        session, _person(session, key), ready, source=f"page:{ready.sha256}",
                        message_id=message_id, caption=None, now=datetime.now(UTC),
                    )  # fmt: skip
                kept += 1
            except evidence.Refused as refusal:
                refused.append((place, refusal.key))
        return kept, refused

    async def remove(self, request: Request, key: str) -> Response:
        def take_away() -> None:
            with self._sessions.begin() as session:
                evidence.remove(session, _person(session, key), request.path_params["id"])

        await asyncio.to_thread(take_away)
        return _again(request, "removed")

    async def picture(self, request: Request, key: str) -> Response:
        def find() -> bytes | None:
            with self._sessions() as session:
                who = _person(session, key)
                found = evidence.of_person_by_id(session, who, request.path_params["id"])
                return evidence.shown(session, found) if found else None

        shown = await asyncio.to_thread(find)
        if shown is None:
            raise HTTPException(404, "no_picture")
        mime = "image/png" if shown.startswith(b"\x89PNG") else "image/jpeg"
        return Response(shown, media_type=mime, headers={"Content-Disposition": "inline"})

    async def paper(self, request: Request, key: str) -> Response:
        """The paper of one of this person's lodged disputes; there is none of a draft or another's."""
        self._door.rate.check(web_guard.address(request))  # it costs more than a page
        number = disputes.number_in(request.path_params["number"])

        def made() -> tuple[str, bytes] | None:
            with self._sessions() as session:
                found = disputes.by_number(session, _person(session, key), number or "")
                if found is None or found.state == "draft":
                    return None
                return packet.file_name(found), packet.packet(session, found, datetime.now(UTC))

        paper = await asyncio.to_thread(made)
        if paper is None:
            return self._pages.fault(request, 404, "not_found")
        name, content = paper
        kept_as = f"attachment; filename=\"{number}.docx\"; filename*=UTF-8''{quote(name)}"
        return Response(content, media_type=DOCX, headers={"Content-Disposition": kept_as})

    async def data(self, request: Request, key: str) -> Response:
        """All that is kept of this person, as a zip."""
        self._data_rate.check(key)
        return await asyncio.to_thread(data_page.response, self._sessions, key)

    async def refused(self, request: Request, key: str, refusal: HTTPException) -> Response:
        """The page again with what was wrong; without it where a whole page would be too much."""
        if refusal.detail == "no_picture":
            return Response(status_code=404)
        alert = web_pages.refusal_text(refusal)
        return await self._draw(request, key, refusal.status_code, alert=alert)

    async def _draw(
        self, request: Request, key: str, status_code: int = 200, **more: Any
    ) -> Response:
        state = await asyncio.to_thread(self._state, key)
        token = request.path_params["token"]
        chosen = self._settings
        days = {"record": str(chosen.record_days), "draft": str(chosen.draft_days)}
        shown = {"typed": Typed(), "refused": [], "saved": None, "alert": None, **more}
        return self._pages.draw(
            request, "mine.html", status_code, base=f"/mine/{token}", longest=LONGEST,
            most_files=web_uploads.MOST_FILES, days=days, **state, **shown,
        )  # fmt: skip

    def _state(self, key: str) -> dict[str, Any]:
        """What is there already: the phone with its middle hidden, for a link can be passed on."""
        with self._sessions() as session:
            who = _person(session, key)
            has = {name: bool(getattr(who, name)) for name in LONGEST}
            phone = phones.mask(who.phone) if who.phone else None
            files = [_row(session, one) for one in evidence.of_person(session, who)]
            lodged = disputes.lodged(session, who, MOST_DISPUTES)
            papers = [_paper_row(one) for one in lodged if one.number]
        return {
            "has": has, "phone_kept": phone, "files": files, "papers": papers,
            "channel": who.channel,
        }  # fmt: skip


def _row(session: Session, piece: Evidence) -> dict[str, Any]:
    return {
        "id": piece.id,
        "kind": piece.kind,
        "at": piece.received_at.astimezone(CHINA).strftime("%m-%d %H:%M"),
        "size": evidence.size_text(piece.size),
        "is_removable": evidence.is_removable(session, piece),
    }


def _paper_row(dispute: Dispute) -> dict[str, str]:
    """A dispute as it is listed: nothing of its story, for a link can be passed on."""
    return {
        "number": disputes.number_text(dispute.number or ""),
        "day": disputes.local_day(dispute.lodged_at or dispute.created_at).isoformat(),
        "state": telling.state(dispute),
    }


def _person(session: Session, key: str) -> Person:
    who = people.by_key(session, key)
    if who is None:  # a token of another installation with the same key, or a deleted person
        raise links.Invalid
    return who


def _again(request: Request, saved: str) -> Response:
    """The page by GET, so that reloading it sends nothing twice."""
    token = request.path_params["token"]
    return RedirectResponse(f"/mine/{token}?saved={saved}#saved", status_code=303)
