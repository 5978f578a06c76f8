"""The register of shops, to read: who answers first for a shop, and the disputes with it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, String, cast, or_
from sqlalchemy.orm import Session
from starlette.requests import Request

from bot.casework import disputes, shops
from bot.casework.records import Shop
from bot.console.disputes import state_text
from bot.console.items import Do, Item, Row, Shown, moment
from bot.console.views import Choice, Listing
from bot.library import load


class Shops(Listing):
    """All registered shops by name."""

    word, listed, kind = "shop", "shops", Shop
    cells = ("name", "street", "reachable", "fund", "guarantee", "updated")

    def where(self, request: Request) -> Sequence[ColumnElement[bool]]:
        """By street."""
        street = self.asked(request).get("street")
        return (Shop.street == street,) if street else ()

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
        """By street."""
        streets = [(row["name"], row["name"]) for row in load("district")["streets"]]
        options = [("", load("desk")["queue"]["any"]), *streets]
        label = load("desk")["shop"]["columns"]["street"]
        return [Choice("street", label, options, self.asked(request).get("street", ""))]

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
        """The moment of its last change."""
        return moment(record.updated_at)

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
        does = []
        if (record.responsible or record.email) and not reveal:
            does = [Do("contact", said["show"], hint=said["written_down"], is_plain=True)]
        return Shown(record.name, pairs, [(said["disputes"], cases)], does)


def reachable_text(shop: Shop) -> str:
    """Whether letters go to it, and if not why."""
    said = load("desk")["shop"]["reach"]
    if shops.is_reachable(shop):
        return str(said["yes"])
    return str(said["not_verified" if shop.email else "no_email"])
