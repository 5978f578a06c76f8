"""MESSAGE in on a shop's page, by signed link: its answer to one dispute. Knows no citizen."""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import ceil
from typing import Any

from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.casework import (
    disputes,
    evidence,
    links,
    negotiations,
    people,
    shops,
    steps,
    sums,
    telling,
    typed,
)
from bot.casework.records import Negotiation, NegotiationMessage
from bot.channels import signed_page, web_pages, web_uploads
from bot.channels.web_pages import Handler
from bot.library import load
from bot.settings import Settings

KINDS = ("accept", "offer", "refuse", "message")
LONGEST_NAME = 40  # characters
A_MINUTE = 30  # requests that change something, from one network address
LINK = signed_page.Link(links.SHOP, links.SHOP_SECONDS, "shop_link")


# ── decisions ────────────────────────────────────────────────────────────────


def read_answer(form: Mapping[str, str]) -> negotiations.Answer:
    """The answer in what a shop typed, as it is seen and cut to its limits. Raises sums.NoSum."""
    text = typed.plain(form.get("text", ""))[: negotiations.LONGEST]
    said_by = typed.line(form.get("said_by", ""), LONGEST_NAME)
    kind = form.get("kind", "")
    amount = sums.read(form.get("amount", "")) if kind == "offer" else None
    return negotiations.Answer(kind, said_by, text, amount)


# ── the page ─────────────────────────────────────────────────────────────────


def routes(sessions: sessionmaker[Session], settings: Settings) -> list[BaseRoute]:
    """The page of one dispute for its shop, and the door of its form."""
    page = _Page(sessions, settings)
    return [
        Route("/shop/{token}", page.guarded(page.show), methods=["GET"]),
        Route("/shop/{token}", page.guarded(page.take), methods=["POST"]),
    ]


class _Page:
    def __init__(self, sessions: sessionmaker[Session], settings: Settings) -> None:
        self._sessions, self._settings = sessions, settings
        self._pages = web_pages.Pages(settings)
        self._reader = web_uploads.Reader()
        self._door = signed_page.Door(settings, LINK, A_MINUTE, self.refused)

    async def refused(self, request: Request, number: str, refusal: HTTPException) -> Response:
        """The page again, with what was wrong."""
        alert = web_pages.refusal_text(refusal)
        return await self._draw(request, number, refusal.status_code, alert=alert)

    def guarded(self, answer: signed_page.Answer) -> Handler:
        """A handler that is called with the number of the negotiation whom the token names, or not at all."""

        async def checked(request: Request, number: str) -> Response:
            await asyncio.to_thread(self._refuse_older, request.path_params["token"], number)
            return await answer(request, number)

        return self._door.guarded(checked)

    def _refuse_older(self, token: str, number: str) -> None:
        """Raise Expired for a link that is older than its negotiation: it was for a deleted one.

        SQLite may give the number of a deleted row again.
        """
        with self._sessions() as session:
            age = datetime.now(UTC) - _negotiation(session, number).consented_at
        links.read(self._settings.signing_key(), links.SHOP, token, ceil(age.total_seconds()) + 1)

    async def show(self, request: Request, number: str) -> Response:
        return await self._draw(request, number, saved="saved" in request.query_params)

    async def take(self, request: Request, number: str) -> Response:
        form = await self._reader.form(request)
        files, refused = await asyncio.to_thread(web_uploads.prepared, form.files)
        problem = ""
        if not refused:
            problem, refused = await asyncio.to_thread(self._save, number, form.fields, files)
        if problem or refused:
            status = 409 if problem in ("over", "agreed_already") else 422
            return await self._draw(
                request, number, status, problem=problem, typed=form.fields, refused=refused
            )
        token = request.path_params["token"]
        return RedirectResponse(f"/shop/{token}?saved=1#saved", status_code=303)

    def _save(
        self, number: str, form: Mapping[str, str], files: Sequence[evidence.Prepared]
    ) -> tuple[str, list[tuple[int, str]]]:
        """What is wrong with the answer, a key of `shop.problems`, and the files not taken.

        Nothing is kept unless all is well: a shop that corrects its form sends its files again.
        """
        now = datetime.now(UTC)
        try:
            with self._sessions.begin() as session:
                found = _negotiation(session, number)
                said = read_answer(form)
                if said.kind not in KINDS:
                    return "kind_missing", []
                refused = _keep(session, found, files, now)
                if refused:
                    raise _NotKept(refused)
                negotiations.answer(session, found, said, self._settings.shop_answer_hours, now)
        except sums.NoSum:
            return "amount_wrong", []
        except steps.NotPossible as problem:
            known = load("pages")["shop"]["problems"]
            return str(problem) if str(problem) in known else "over", []
        except StaleDataError:  # answered from another phone at the same moment
            return "over", []
        except _NotKept as not_kept:
            return "", not_kept.refused
        return "", []

    async def _draw(
        self, request: Request, number: str, status_code: int = 200, **more: Any
    ) -> Response:
        state = await asyncio.to_thread(self._state, number)
        base = f"/shop/{request.path_params['token']}"
        shown = {"typed": {}, "problem": "", "refused": [], "saved": False, "alert": None, **more}
        return self._pages.draw(
            request, "shop.html", status_code, base=base, kinds=KINDS, longest=negotiations.LONGEST,
            longest_name=LONGEST_NAME, **state, **shown,
        )  # fmt: skip

    def _state(self, number: str) -> dict[str, Any]:
        with self._sessions() as session:
            found = _negotiation(session, number)
            is_open = negotiations.is_open(found)
            return {
                "number": disputes.number_text(found.dispute.number or ""),
                "shop": found.shop.name,
                "state": found.dispute.state if is_open else "over",
                "due": telling.moment(found.answer_due),
                # After the end the story is no business of the shop's any more.
                "facts": negotiations.seen_by_shop(found.dispute) if is_open else [],
                "messages": [_row(one) for one in found.messages] if is_open else [],
            }


class _NotKept(Exception):
    def __init__(self, refused: list[tuple[int, str]]) -> None:
        self.refused = refused


def _keep(
    session: Session, found: Negotiation, files: Sequence[evidence.Prepared], now: datetime
) -> list[tuple[int, str]]:
    """Keep the shop's proofs with the dispute; place and reason of each that cannot be kept."""
    who = people.person(session, shops.CHANNEL, str(found.shop_id), now)
    refused, message_id = [], f"shop-{secrets.token_hex(8)}"
    for place, file in enumerate(files, start=1):
        try:
            kept = evidence.keep(
                session, who, file, source=f"{message_id}:{place}", message_id=message_id,
                caption=None, now=now,
            )  # fmt: skip
            kept.dispute_id = found.dispute_id
        except evidence.Refused as refusal:
            refused.append((place, refusal.key))
    return refused


def _negotiation(session: Session, number: str) -> Negotiation:
    found = session.get(Negotiation, int(number))
    if found is None:  # a token of another installation with the same key
        raise links.Invalid
    return found


def _row(said: NegotiationMessage) -> dict[str, str]:
    return {
        "side": said.side, "kind": said.kind, "text": said.text or "", "at": telling.moment(said.said_at),
        "said_by": said.said_by or "",
        "amount": telling.yuan(said.amount) if said.amount is not None else "",
    }  # fmt: skip
