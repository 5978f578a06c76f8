"""One shop of the register as a form: entered, or changed as it stands. Its person is shown there, which is written down."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from unicodedata import normalize

from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.orm.exc import StaleDataError
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette_admin import flash, route

from bot.casework import officers, shop_register, shops, typed
from bot.casework.records import Shop
from bot.console import kept_forms
from bot.console.door import user
from bot.console.items import DECIDERS, by_id, logged
from bot.console.shops import REGISTER
from bot.console.step_forms import Field
from bot.console.views import Page
from bot.library import load

LONGEST = {"name": 80, "aliases": 200, "address": 200, "responsible": 40, "email": 254}
TICKS = ("verified", "fund_member", "guarantee")
PARTS = (  # headings of the form, and what is asked under each
    ("shop", ("name", "aliases", "street", "address")),
    ("contact", ("responsible", "email", "verified")),
    ("joined", ("fund_member", "guarantee")),
)
Words = Mapping[str, str]


# ── decisions ────────────────────────────────────────────────────────────────


def read(given: Words) -> dict[str, str]:
    """What was typed, by field, cut to its limits; an address that was typed in wide letters in plain ones."""
    found = {name: typed.line(given.get(name, ""), most) for name, most in LONGEST.items()}
    found["email"] = normalize("NFKC", found["email"])
    found["street"] = given.get("street", "")
    return found | {name: "1" if given.get(name) else "" for name in TICKS}


def problems(found: Words) -> dict[str, str]:
    """What is wrong with it, by field: keys of `shop_form.problems` in desk.yml."""
    if found["verified"] and not found["email"]:
        return {"email": "nothing_to_verify", **shops.problems(found)}
    return shops.problems(found)


def known(shop: Shop) -> dict[str, str]:
    """The fields of a shop as it stands."""
    ticks = (shop.verified_at is not None, shop.is_fund_member, shop.has_guarantee)
    return {
        "name": shop.name, "aliases": "、".join(shop.aliases), "street": shop.street or "",
        "address": shop.address or "", "responsible": shop.responsible or "", "email": shop.email or "",
        **{name: "1" if is_so else "" for name, is_so in zip(TICKS, ticks, strict=True)},
    }  # fmt: skip


def parts(values: Words, wrong: Words) -> list[tuple[str, list[Field]]]:
    """The headings of the page with their fields, filled."""
    titles = load("desk")["shop_form"]["parts"]
    return [(titles[key], [_field(name, values, wrong) for name in names]) for key, names in PARTS]


def _field(name: str, values: Words, wrong: Words) -> Field:
    said = load("desk")["shop_form"]
    streets = [row["name"] for row in load("district")["streets"]] if name == "street" else []
    kind = "tick" if name in TICKS else "choice" if streets else "line"
    label = said["fields"][name]
    return Field(
        name, label, name == "name", kind, LONGEST.get(name, 0), tuple((one, one) for one in streets),
        values.get(name, ""), said["problems"][wrong[name]] if name in wrong else "",
        said["hints"].get(name, ""), short=label,
    )  # fmt: skip


# ── the pages ────────────────────────────────────────────────────────────────


class ShopForm(Page):
    """The form of a new shop, and that of one that is there, for who decides."""

    path = REGISTER
    add_to_menu = False
    roles = DECIDERS

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        super().__init__(menu_label=load("desk")["shop_form"]["title"])
        self._sessions = sessions

    @route("", methods=["GET"], name="register")
    async def index(self, request: Request) -> Response:
        """An empty form; filled where a session ended in it."""
        kept = kept_forms.of(request)
        return self._form(request, read(kept.typed() if kept else {}))

    @route("", methods=["POST"])
    async def add(self, request: Request) -> Response:
        """Enter a shop that is not there yet."""
        return await self._take(request, await _typed(request), None)

    @route("/{number}", methods=["GET"], name="register-one")
    async def one(self, request: Request) -> Response:
        """The form as the shop stands, with its person: who opened it is written down."""
        values, version, last = await asyncio.to_thread(self._read, request)
        kept = kept_forms.of(request)
        if kept is None:
            return self._form(request, values, version=version)
        given = kept.typed()
        changed = last if given.get("seen") != version else None
        return self._form(request, read(given), version=version, changed=changed)

    @route("/{number}", methods=["POST"])
    async def change(self, request: Request) -> Response:
        """Write the shop anew, where nobody else did meanwhile."""
        form = await _typed(request)
        return await self._take(request, form, form.get("seen", ""))

    async def _take(self, request: Request, form: Words, seen: str | None) -> Response:
        found = read(form)
        wrong = problems(found)
        if wrong:
            return self._form(request, found, 422, version=seen, wrong=wrong)
        try:
            number = await asyncio.to_thread(self._save, request, found, seen)
        except shop_register.Known as there:
            closed = load("desk")["shop_form"]["is_closed"] if there.is_closed else ""
            used = (f"{there.name}{closed}", f"/shop/{there.shop_id}")
            return self._form(request, found, 409, version=seen, used=used)
        except (shop_register.Changed, StaleDataError):
            _, version, last = await asyncio.to_thread(self._read, request, is_shown=False)
            return self._form(request, found, 409, version=version, changed=last)
        flash(request, load("desk")["record"]["done"], "success")
        return RedirectResponse(str(request.url_for("desk", path=f"/shop/{number}")), 303)

    def _save(self, request: Request, found: Words, seen: str | None) -> int:
        """The shop's number. Raises shop_register.Known, Changed; HTTPException 404."""
        now, by = datetime.now(UTC), user(request).username
        version = int(seen) if seen and seen.isascii() and seen.isdecimal() else 0
        with self._sessions.begin() as session:
            if seen is None:
                return shop_register.add(session, found, by, now).id
            number = request.path_params["number"]
            shop = by_id(session, Shop, number)
            return shop_register.change(session, shop.id, version, found, by, now).id

    def _read(
        self, request: Request, *, is_shown: bool = True
    ) -> tuple[dict[str, str], str, dict[str, str]]:
        """Its fields, its version, and who changed it last."""
        with self._sessions.begin() as session:
            shop = by_id(session, Shop, request.path_params["number"])
            subject = shop_register.subject(shop)
            if is_shown:
                by = user(request).username
                officers.log(session, by, "contact_shown", datetime.now(UTC), subject)
            done = (one for one in logged(session, subject) if one["is_done"])
            return known(shop), str(shop.version), next(done, {})

    def _form(
        self, request: Request, values: Words, status: int = 200, *, version: str | None = None,
        wrong: Words | None = None, used: tuple[str, str] | None = None, changed: Words | None = None,
    ) -> Response:  # fmt: skip
        said, number = load("desk")["shop_form"], request.path_params.get("number")
        drawn: list[tuple[str, list[Field]]] = parts(values, wrong or {})
        place: dict[str, Any] = {"action": self.path, "hidden": {}, "said": said}
        if number is not None:
            place = {
                "action": f"{self.path}/{number}", "hidden": {"seen": version or ""},
                "said": {**said, **said["change"]}, "back": f"/shop/{number}",
            }  # fmt: skip
        return self.draw(
            request, "new.html", status, here="shops", parts=drawn, signs=(), used=used,
            changed=changed is not None, last=changed,
            wrong=[one for _, fields in drawn for one in fields if one.problem], **place,
        )  # fmt: skip


async def _typed(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in (await request.form()).items()}
