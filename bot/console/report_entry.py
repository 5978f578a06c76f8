"""Reports (举报) told at the counter or on the phone: an officer types one in and gives its number.

Any officer may take one; nobody but those on the matter opens it again (总局令第121号 第37条).
"""

import asyncio
import re
import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin import route

from bot.casework import counter, links, officers, report_form, reports
from bot.console import kept_forms, uploads
from bot.console.door import user
from bot.console.step_forms import Field
from bot.console.uploads import Taken
from bot.console.views import Page
from bot.library import load
from bot.settings import Settings

_FORM = re.compile("[0-9a-f]{32}")  # the name of a form: sent twice it counts once
PARTS = (  # headings of the form, and what is asked under each
    ("told", ("told", "way")),
    ("matter", ("merchant", "location", "platform", "facts", "earlier")),
    ("contact", ("name", "phone")),
    ("true", ("is_true",)),
)
KINDS = {"told": "tick", "way": "one", "facts": "long", "is_true": "tick"}
NEEDED = ("told", "way", "merchant", "facts", "is_true")


class Used(Exception):
    """The form was sent before, with other words: `number` is what became of it."""

    def __init__(self, number: str) -> None:
        super().__init__("used")
        self.number = number


# ── decisions ────────────────────────────────────────────────────────────────


def check(given: Mapping[str, str]) -> report_form.Sent:
    """What was typed, with what is wrong beside its field, as keys of `problems`; the fields of the page first."""
    sent = report_form.check(given, is_bureau=True)
    way = given.get("way", "")
    own = {"told": "1" if given.get("told") else "", "way": way if way in counter.WAYS else ""}
    missing = {name: f"{name}_missing" for name in own if not own[name]}
    return report_form.Sent({**sent.values, **own}, {**missing, **sent.problems})


def parts(sent: report_form.Sent, came: Taken | None) -> list[tuple[str, list[Field]]]:
    """The headings of the page with their fields, filled as they were sent."""
    titles = load("desk")["new_report"]["parts"]
    found = [(titles[key], [_field(name, sent) for name in names]) for key, names in PARTS]
    return [*found, (load("desk")["uploads"]["title"], [uploads.field(came)])]


def _field(name: str, sent: report_form.Sent) -> Field:
    said, public = load("desk")["new_report"], load("reports")
    longest = report_form.LONGEST.get(name, 0)
    words = {**public["problems"], **said["problems"]}
    problem = words[sent.problems[name]] if name in sent.problems else ""
    label = said["fields"].get(name) or public["fields"][name]
    ways = load("desk")["new"]["ways"]
    return Field(
        name, label, name in NEEDED, KINDS.get(name, "line"), longest,
        tuple((way, ways[way]) for way in counter.WAYS) if name == "way" else (),
        sent.values.get(name, ""), str(problem).format(longest=longest), said["hints"].get(name, ""),
        public["either"] if name in ("location", "platform") else "", said["short"].get(name, label),
    )  # fmt: skip


# ── the pages ────────────────────────────────────────────────────────────────


class ReportEntry(Page):
    """The form, and the slip with the number."""

    path = "/new-report"

    def __init__(self, sessions: sessionmaker[Session], settings: Settings) -> None:
        super().__init__(menu_label=load("desk")["new_report"]["title"])
        self._sessions, self._key = sessions, settings.signing_key()
        self._is_bureau = settings.operator == "bureau"

    def is_accessible(self, request: Request) -> bool:
        """Where reports are received at all: who only helps to prepare takes none."""
        return self._is_bureau and super().is_accessible(request)

    @route("", methods=["GET"], name="new-report")
    async def index(self, request: Request) -> Response:
        """The form, told first, then asked; filled where a session ended in it."""
        kept = kept_forms.of(request)
        if kept is None or not _FORM.fullmatch(kept.typed().get("form", "")):
            return self._form(request, report_form.Sent({}, {}), uuid.uuid4().hex)
        sent = check(kept.typed())
        return self._form(request, report_form.Sent(sent.values, {}), kept.typed()["form"])

    @route("", methods=["POST"])
    async def take(self, request: Request) -> Response:
        """Keep the report once, however often the form is sent; what is wrong is said beside it."""
        form = {key: str(value) for key, value in (await request.form()).items()}
        name = form.get("form", "")
        if not _FORM.fullmatch(name):
            raise HTTPException(400)
        sent, came = check(form), await uploads.taken(request)
        if sent.problems or came.problem:
            return self._form(request, sent, name, 422, came=came)
        by = user(request).username
        told = report_form.told(sent.values, came.files, way=sent.values["way"], by=by)
        try:
            problems = await asyncio.to_thread(self._save, name, told)
        except Used as used:
            number = reports.number_text(used.number)
            return self._form(request, sent, uuid.uuid4().hex, 409, came=came, used=(number, ""))
        if problems:
            wrong = report_form.Sent(sent.values, problems)
            return self._form(request, wrong, name, 422, came=came)
        return RedirectResponse(str(request.url_for("desk:report-made", form=name)), 303)

    @route("/{form}", methods=["GET"], name="report-made")
    async def made(self, request: Request) -> Response:
        """The slip for the citizen, for the officer who took the report alone; nothing of what it says."""
        shown = await asyncio.to_thread(
            self._made, request.path_params["form"], user(request).username
        )
        return self.draw(request, "report_made.html", **shown)

    def _save(self, name: str, told: reports.Told) -> dict[str, str]:
        """Keep the report; the problems of fields where it cannot be kept as it is. Raises Used."""
        try:
            with self._sessions.begin() as session:
                now = datetime.now(UTC)
                brought = reports.lodge(
                    session, told, reporter=self._reporter(name, told), form=self._form_of(name),
                    operator="bureau", now=now,
                )  # fmt: skip
                if brought.happened_at != now:  # this form was sent before
                    if reports.tells_more(session, brought.report, told):
                        raise Used(brought.report.number)
                    return {}
                subject = f"report:{brought.report.number}"
                officers.log(session, told.by, "report_entered", now, subject)
        except reports.NoEarlier:
            return {"earlier": "no_earlier"}
        except reports.TooMany:
            return {"merchant": "too_many"}
        except StaleDataError:  # an officer took a step of that report at the same moment
            return {"merchant": "try_again"}
        except IntegrityError:  # the same form twice at once: the other one was quicker
            with self._sessions() as session:
                if reports.by_form(session, self._form_of(name)) is None:
                    raise
        return {}

    def _made(self, name: str, by: str) -> dict[str, Any]:
        with self._sessions() as session:
            brought = reports.by_form(session, self._form_of(name))
            if brought is None or brought.detail.get("by") != by:
                raise HTTPException(404)
            found, said = brought.report, load("reports")["receipt"]
            due = found.check_due.isoformat() if found.check_due else ""
            stands = said["states"][reports.stands(found)].format(
                due=due, to=reports.passed_to(found)
            )
            told = [said[brought.kind]] if brought.kind in said else []
            told += [said["adds_to"]] if "adds_to" in brought.detail else []
            told += [stands, *([said["provisional"]] if found.is_due_provisional else [])]
            return {
                "number": reports.number_text(found.number), "told": told,
                "title": said["title"][brought.kind],
            }  # fmt: skip

    def _form_of(self, name: str) -> str:
        return links.digest(self._key, "form", f"desk:{name}")

    def _reporter(self, name: str, told: reports.Told) -> str:
        """Who it is, to know them again: by the phone that they gave; without one nobody is known again."""
        who = f"phone:{told.phone}" if told.phone else f"desk:{name}"
        return links.digest(self._key, "reporter", who)

    def _form(
        self, request: Request, sent: report_form.Sent, name: str, status: int = 200, *,
        came: Taken | None = None, used: tuple[str, str] | None = None,
    ) -> Response:  # fmt: skip
        said, drawn = load("desk")["new_report"], parts(sent, came)
        return self.draw(
            request, "new.html", status, said=said, action=self.path, parts=drawn,
            hidden={"form": name}, signs=(), used=used, aloud=said["aloud"],
            wrong=[one for _, fields in drawn for one in fields if one.problem],
        )  # fmt: skip
