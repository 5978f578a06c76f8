"""MESSAGE in on the page of a report, by signed link: told first, then asked. Knows no talk."""

import asyncio
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from bot.casework import links, people, report_form, reports
from bot.casework.records import Person
from bot.casework.report_records import ReportEvent
from bot.channels import signed_page, web_pages, web_uploads
from bot.library import load
from bot.reading import folding, phones
from bot.settings import Settings

A_MINUTE = 30  # requests that change something, from one network address
LINK = signed_page.Link(links.REPORT, links.RECEIPT_SECONDS, "report_link")


# ── the page ─────────────────────────────────────────────────────────────────


def routes(sessions: sessionmaker[Session], settings: Settings) -> list[BaseRoute]:
    """The page of one report, the door of its form, and the door that deletes a prepared text."""
    page = _Page(sessions, settings)
    return [
        Route("/report/{token}", page.guarded(page.show), methods=["GET"]),
        Route("/report/{token}", page.guarded(page.take), methods=["POST"]),
        Route("/report/{token}/remove", page.guarded(page.remove), methods=["POST"]),
    ]


class _Page:
    def __init__(self, sessions: sessionmaker[Session], settings: Settings) -> None:
        self._sessions, self._operator = sessions, settings.operator
        self._key = settings.signing_key()
        self._pages = web_pages.Pages(settings)
        self._reader = web_uploads.Reader()
        self.guarded = signed_page.Door(settings, LINK, A_MINUTE, self.refused).guarded

    async def refused(self, request: Request, named: str, refusal: HTTPException) -> Response:
        """The page again with what was wrong, and with what was typed as far as it was read."""
        alert = web_pages.refusal_text(refusal)
        typed = refusal.typed if isinstance(refusal, web_uploads.NotTaken) else None
        return await self._draw(request, named, refusal.status_code, alert=alert, typed=typed)

    async def show(self, request: Request, named: str) -> Response:
        return await self._draw(request, named, removed="removed" in request.query_params)

    async def take(self, request: Request, named: str) -> Response:
        token = request.path_params["token"]
        await asyncio.to_thread(
            self._state, token, named
        )  # an old link is told before it is filled
        form = await self._reader.form(request)
        is_bureau = self._operator == "bureau"
        sent = report_form.check(form.fields, is_bureau=is_bureau)
        given = form.files if is_bureau else []
        files, refused = await asyncio.to_thread(web_uploads.prepared, given)
        problems = dict(sent.problems)
        if not problems and not refused:
            report = report_form.told(sent.values, files)
            problems = await asyncio.to_thread(self._save, token, named, report)
        if problems or refused:
            return await self._draw(
                request, named, 422, typed=sent.values, problems=problems, refused=refused,
                had_files=bool(files),
            )  # fmt: skip
        return RedirectResponse(f"/report/{token}", status_code=303)

    def _save(self, token: str, named: str, report: reports.Told) -> dict[str, str]:
        """Keep the report; the problems of fields where it cannot be kept as it is."""
        key, _, _ = named.partition(":")
        try:
            with self._sessions.begin() as session:
                reports.lodge(
                    session, report, reporter=links.digest(self._key, "reporter", key),
                    form=self._form(token), operator=self._operator, now=datetime.now(UTC),
                )  # fmt: skip
        except reports.NoEarlier:
            return {"earlier": "earlier_wrong"}
        except reports.TooMany:
            return {"form": "too_many"}
        except StaleDataError:  # an officer took a step at the same moment
            return {"form": "try_again"}
        except IntegrityError:  # the same form twice at once: the other one was quicker
            if not self._is_sent(token):
                raise
        return {}

    def _is_sent(self, token: str) -> bool:
        with self._sessions() as session:
            return reports.by_form(session, self._form(token)) is not None

    async def remove(self, request: Request, _named: str) -> Response:
        token = request.path_params["token"]

        def take_away() -> None:
            with self._sessions.begin() as session:
                found = reports.by_form(session, self._form(token))
                if found is not None and found.report.state == "prepared":
                    reports.remove(session, found.report)

        await asyncio.to_thread(take_away)
        return RedirectResponse(f"/report/{token}?removed=1", status_code=303)

    def _form(self, token: str) -> str:
        """One link is one report: a form that is sent twice counts once.

        The signature is left out, for its last letter has bits that mean nothing.
        """
        return links.digest(self._key, "form", token.rpartition(".")[0])

    async def _draw(
        self, request: Request, named: str, status_code: int = 200, **more: Any
    ) -> Response:
        token = request.path_params["token"]
        state = await asyncio.to_thread(self._state, token, named)
        typed = more.pop("typed", None) or {"facts": state["first_words"]}
        shown = {"problems": {}, "refused": [], "alert": None, "removed": False, **more}
        return self._pages.draw(
            request, "report.html", status_code, page=load("reports"), base=f"/report/{token}",
            longest=report_form.LONGEST, most_files=web_uploads.MOST_FILES, typed=typed, **state, **shown,
        )  # fmt: skip

    def _state(self, token: str, named: str) -> dict[str, Any]:
        """What the link stands for now: its receipt, or the words of the message that it came from.

        Raises links.Expired where it is too old for either.
        """
        key, _, message_id = named.partition(":")
        with self._sessions() as session:
            who = people.by_key(session, key)  # None where the person was deleted since
            brought = reports.by_form(session, self._form(token))
            if brought is None or brought.report.state == "prepared":
                links.read(self._key, links.REPORT, token, links.REPORT_SECONDS)
            return {
                "receipt": None if brought is None else _receipt(brought),
                "first_words": "" if who is None else _words(session, who, message_id),
                "is_web": who is not None and who.channel == "web",
            }


def _words(session: Session, who: Person, message_id: str) -> str:
    """The message without phone and id numbers: the talk said that it does not keep them."""
    heard = people.find_heard(session, who, message_id) if message_id else None
    if heard is None or heard.text.startswith("/"):
        return ""
    redacted, numbers, ids = phones.redact(folding.plain(heard.text))
    return (redacted if numbers or ids else heard.text)[: report_form.LONGEST["facts"]]


def _receipt(brought: ReportEvent) -> dict[str, Any]:
    """What a reporter is told: never the outcome, which is told where a law says so (第36条).

    Nothing of what they wrote either, for a link can be passed on; only a text that was merely
    prepared, which they came for.
    """
    report = brought.report
    is_prepared = report.state == "prepared"
    return {
        "kind": "prepared" if is_prepared else brought.kind,
        "number": reports.number_text(report.number),
        "adds_to": "adds_to" in brought.detail,
        "stands": reports.stands(report),
        "to": reports.passed_to(report),
        "due": report.check_due.isoformat() if report.check_due else "",
        "is_provisional": report.is_due_provisional,
        "text": reports.text(report) if is_prepared else "",
    }
