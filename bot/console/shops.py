"""The register of shops: who answers first for a shop, the disputes with it, and whether it is asked at all."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, String, cast, or_
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.casework import disputes, shop_register, shops
from bot.casework.records import Shop
from bot.console.disputes import state_text
from bot.console.door import user
from bot.console.items import Do, Item, Row, Shown, Wrong, may_decide, moment, only_deciders
from bot.console.step_forms import Field
from bot.console.views import Choice, Listing
from bot.library import load

REGISTER = "/register"  # where shops are entered and changed (shop_form.py)


class Shops(Listing):
    """The registered shops by name; without a filter those that are not closed."""

    word, listed, kind = "shop", "shops", Shop
    cells = ("name", "street", "reachable", "fund", "guarantee", "updated")

    def where(self, request: Request) -> Sequence[ColumnElement[bool]]:
        """By street, and whether they are closed."""
        asked = self.asked(request)
        street, state = asked.get("street"), asked.get("state", "")
        is_there = {"": Shop.closed_at.is_(None), "closed": Shop.closed_at.is_not(None)}.get(state)
        wanted = (Shop.street == street if street else None, is_there)
        return tuple(one for one in wanted if one is not None)

    def get_search_query(self, request: Request, term: str) -> Any:
        """By name, other names and address; who answers for a shop is sealed."""
        others = cast(Shop.aliases, String).icontains(json.dumps(term)[1:-1], autoescape=True)
        return or_(
            others, *(one.icontains(term, autoescape=True) for one in (Shop.name, Shop.address))
        )

    def order(self) -> Sequence[ColumnElement[Any]]:
        """By name."""
        return (Shop.name.asc(), Shop.id.asc())

    def choices(self, request: Request) -> Sequence[Choice]:
        """By street, and whether they are closed."""
        streets = [(row["name"], row["name"]) for row in load("district")["streets"]]
        options = [("", load("desk")["queue"]["any"]), *streets]
        said, asked = load("desk")["shop"], self.asked(request)
        return [
            Choice("street", said["columns"]["street"], options, asked.get("street", "")),
            Choice("state", said["state"], tuple(said["by_state"].items()), asked.get("state", "")),
        ]

    def entry(self, request: Request) -> tuple[str, str] | None:
        """Where one more is entered, for who may."""
        return (load("desk")["shop_form"]["title"], REGISTER) if may_decide(request) else None

    def row(self, request: Request, record: Shop) -> dict[str, Any]:
        """One shop, without who answers for it."""
        said = load("desk")["shop"]
        return {
            "name": record.name, "street": record.street or "", "reachable": reachable_text(record),
            "fund": said["yes"] if record.is_fund_member else "",
            "guarantee": said["yes"] if record.has_guarantee else "", "updated": moment(record.updated_at),
            "_meta": {"path": f"/shop/{record.id}"},
        }  # fmt: skip


class ShopPage(Item):
    """One shop; its person and address for letters are shown to who asks for them."""

    word, listed = "shop", "shops"
    kind = Shop
    revealed: ClassVar[Sequence[str]] = ("contact",)

    def seen(self, record: Shop) -> str:
        """The version: of two who change it the second is told."""
        return str(record.version)

    def shown(
        self, session: Session, record: Shop, request: Request, now: datetime, reveal: str
    ) -> Shown:
        """What is registered of it, and the disputes with it."""
        said, columns = load("desk")["shop"], load("desk")["shop"]["columns"]
        name, email = record.responsible or "", record.email or ""
        if not reveal:
            name, email = name[:1] + "＊" * (len(name) - 1), "＊" * 6 if email else ""
        pairs = [
            (said["aliases"], "、".join(record.aliases)), (columns["street"], record.street or ""),
            (said["address"], record.address or ""), (said["responsible"], name), (said["email"], email),
            (columns["reachable"], reachable_text(record)),
            (said["verified"], " · ".join(filter(None, (record.verified_by, moment(record.verified_at))))),
            (columns["fund"], said["yes"] if record.is_fund_member else said["no"]),
            (columns["guarantee"], said["yes"] if record.has_guarantee else said["no"]),
            (columns["updated"], moment(record.updated_at)),
        ]  # fmt: skip
        cases = [
            Row(f"{disputes.number_text(one.number or '')} · {state_text(one.state)}", f"/case/{one.number}")
            for one in shops.disputes_with(session, record)
        ]  # fmt: skip
        does = _decisions(session, record) if may_decide(request) else []
        if (record.responsible or record.email) and not reveal:
            does = [Do("contact", said["show"], hint=said["written_down"], is_plain=True), *does]
        edit = [Row(said["edit"], f"{REGISTER}/{record.id}")] if may_decide(request) else []
        parts = [*([(said["register"], edit)] if edit else []), (said["disputes"], cases)]
        return Shown(record.name, pairs, parts, does)

    def act(
        self, session: Session, record: Shop, name: str, form: Mapping[str, str], request: Request,
        now: datetime,
    ) -> str:  # fmt: skip
        """Close it, or take it up again."""
        only_deciders(request)
        if name == "close":
            if not form.get("sure"):
                raise Wrong({"sure": "missing"})
            shop_register.close(session, record, user(request).username, now)
        elif name == "reopen":
            shop_register.reopen(record, now)
        else:
            raise HTTPException(404)
        return {"close": "shop_closed", "reopen": "shop_reopened"}[name]


def _decisions(session: Session, shop: Shop) -> list[Do]:
    """What who decides may do with it now; what becomes of its negotiations is told before."""
    said = load("desk")["shop"]
    if shop.closed_at is not None:
        return [Do("reopen", said["reopen"], hint=said["reopen_hint"])]
    states = [one.dispute.state for one in shop_register.talks(session, shop)]
    hint = said["close_hint"].format(
        running=states.count("negotiating"), agreed=states.count("agreed")
    )
    sure = Field("sure", said["sure"], is_needed=True, kind="tick", longest=0)
    return [Do("close", said["close"], (sure,), hint=hint)]


def reachable_text(shop: Shop) -> str:
    """Whether letters go to it, and if not why."""
    said = load("desk")["shop"]["reach"]
    if shop.closed_at is not None:
        return str(said["closed"]).format(day=disputes.local_day(shop.closed_at))
    if shops.is_reachable(shop):
        return str(said["yes"])
    return str(said["not_verified" if shop.email else "no_email"])
