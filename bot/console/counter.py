"""Who comes to the counter or calls: an officer types the dispute in, and gives its number and its link."""

import asyncio
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, cast

from sqlalchemy.orm import Session, sessionmaker
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin import route

from bot.casework import counter, disputes, evidence, links, officers, precheck, progress
from bot.casework.records import Dispute
from bot.console import counter_form, kept_forms, uploads
from bot.console.counter_form import Sent
from bot.console.disputes import state_text
from bot.console.door import user
from bot.console.uploads import Taken
from bot.console.views import Page
from bot.library import load
from bot.settings import Settings

_FORM = re.compile("[0-9a-f]{32}")  # the name of a form: of two that bear it one counts


@dataclass(frozen=True)
class Sign:
    """What an officer should look at first: `code` names it, `path` leads to a dispute."""

    code: str
    text: str
    path: str = ""


class LookFirst(Exception):
    """Something may stand against it that the officer was not shown yet: `signs`."""

    def __init__(self, signs: Sequence[Sign]) -> None:
        super().__init__("look first")
        self.signs = signs


class Used(Exception):
    """The form was sent before, with other words: `number` is what became of it."""

    def __init__(self, number: str) -> None:
        super().__init__("used")
        self.number = number


class Counter(Page):
    """The form, and what was made of it."""

    path = "/new"

    def __init__(self, sessions: sessionmaker[Session], settings: Settings) -> None:
        super().__init__(menu_label=load("desk")["new"]["title"])
        self._sessions, self._settings = sessions, settings
        self._is_bureau = settings.operator == "bureau"

    @route("", methods=["GET"], name="new")
    async def index(self, request: Request) -> Response:
        """The form, told first, then asked (个人信息保护法 第17条); filled where a session ended in it."""
        kept = kept_forms.of(request)
        if kept is None or not _FORM.fullmatch(kept.typed().get("form", "")):
            return self._form(request, Sent({}, {}), uuid.uuid4().hex)
        sent = counter_form.check(
            FormData([*kept.fields]), is_bureau=self._is_bureau, today=_today()
        )
        return self._form(request, Sent(sent.values, {}), kept.typed()["form"])

    @route("", methods=["POST"])
    async def take(self, request: Request) -> Response:
        """Enter the dispute once, however often the form is sent; what is wrong is said beside it."""
        form = await request.form()
        name = str(form.get("form") or "")
        if not _FORM.fullmatch(name):
            raise HTTPException(400)
        sent = counter_form.check(form, is_bureau=self._is_bureau, today=_today())
        came = await uploads.taken(request)
        if sent.problems or came.problem:
            return self._form(request, sent, name, 422, came=came)
        try:
            number = await asyncio.to_thread(self._enter, request, name, form, sent, came)
        except LookFirst as first:
            return self._form(request, sent, name, 409, came=came, signs=first.signs)
        except Used as used:  # whoever goes back and types another matter has a new form of it
            said, path = disputes.number_text(used.number), f"/case/{used.number}"
            return self._form(request, sent, uuid.uuid4().hex, 409, came=came, used=(said, path))
        except evidence.Refused as refusal:
            came = Taken(problem=uploads.why(refusal.key))
            return self._form(request, sent, name, 422, came=came)
        return RedirectResponse(str(request.url_for("desk:new-made", number=number)), 303)

    @route("/{number}", methods=["GET"], name="new-made")
    async def made(self, request: Request) -> Response:
        """The number, and a link for the citizen; that it was made is written down."""
        shown = await asyncio.to_thread(self._made, request)
        return self.draw(request, "new_made.html", **shown)

    def _enter(self, request: Request, name: str, form: FormData, sent: Sent, came: Taken) -> str:
        now, today, by = datetime.now(UTC), _today(), user(request).username
        told, contact = counter_form.told(sent.values, today), counter_form.contact(sent.values)
        with self._sessions.begin() as session:
            before = counter.by_form(session, name)
            if before is not None:
                if (before.facts, before.person.phone) != (told.facts, contact.phone):
                    raise Used(str(before.number))
                counter.add_papers(session, before, came.files, by, now)
                return str(before.number)
            preview = counter.preview(told)
            signs = _signs(session, preview, contact.phone, now)
            if not {one.code for one in signs} <= set(form.getlist("seen")):
                raise LookFirst(signs)
            made = counter.enter(
                session, cast(counter.Way, sent.values["way"]), told, contact, by,
                operator=self._settings.operator, limit=self._settings.fast_lane_limit, now=now,
                form=name, papers=came.files,
            )  # fmt: skip
            return str(made.number)

    def _made(self, request: Request) -> dict[str, Any]:
        now = datetime.now(UTC)
        number = disputes.number_in(request.path_params["number"])
        with self._sessions.begin() as session:
            found = progress.by_number(session, number) if number else None
            if found is None or found.person.channel not in counter.WAYS:
                raise HTTPException(404)
            officers.log(session, user(request).username, "link_given", now, found.number)
            host = self._settings.public_url or f"{request.url.scheme}://{request.url.netloc}"
            key = self._settings.signing_key()
            return {
                "number": disputes.number_text(found.number or ""), "path": f"/case/{found.number}",
                "due": found.accept_due, "is_provisional": found.is_due_provisional,
                "link": links.case_url(host, key, found.person.key, found.number or ""),
                "days": links.CASE_SECONDS // 86400,
            }  # fmt: skip

    def _form(
        self, request: Request, sent: Sent, name: str, status: int = 200, *,
        signs: Sequence[Sign] = (), used: tuple[str, str] | None = None, came: Taken | None = None,
    ) -> Response:  # fmt: skip
        parts = counter_form.parts(sent, is_bureau=self._is_bureau)
        parts.append((load("desk")["uploads"]["title"], [uploads.field(came)]))
        return self.draw(
            request, "new.html", status, said=load("desk")["new"], action=self.path,
            parts=parts, hidden={"form": name},
            signs=signs, used=used, wrong=[one for _, fields in parts for one in fields if one.problem],
            aloud=load("desk")["new"]["aloud"][self._settings.operator],
        )  # fmt: skip


def _signs(session: Session, preview: Dispute, phone: str, now: datetime) -> list[Sign]:
    """What may stand against it (总局令第121号 第16条), and the same matter told before."""
    said = load("desk")
    found = precheck.findings(preview, disputes.local_day(now))
    rows = [Sign(code, said["findings"][code]) for code in found]
    for one in counter.same_before(session, preview, phone, now):
        day = disputes.local_day(one.lodged_at or one.created_at)
        text = said["new"]["same"].format(
            number=disputes.number_text(one.number or ""), day=day, state=state_text(one.state)
        )
        rows.append(Sign(str(one.number), text, f"/case/{one.number}"))
    return rows


def _today() -> date:
    return disputes.local_day(datetime.now(UTC))
