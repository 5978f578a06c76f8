"""RECORD: the register of shops (经营者), and which one a complaint means. Knows no channel."""

import csv
import io
import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from bot.casework import typed
from bot.casework.records import Dispute, Negotiation, Shop
from bot.library import load
from bot.reading import folding

CHANNEL = "shop"  # the channel of a shop's person, whose external id is the shop's
SHOWN = 50  # disputes on the page of a shop
ENCODINGS = ("utf-8-sig", "gb18030")
_NO_NAME = re.compile(r"[\W_]+")
_LONGEST_EMAIL = 254  # characters (RFC 5321, 4.5.3.1.3, without its brackets)
_EMAIL = re.compile(r"[^@\s,;<>()\"]+@[^@\s,;<>()\"]+\.[^@\s,;<>()\".]+")  # one address, no list


class BadRow(ValueError):
    """A row of a table of shops that is not taken: its line, and the column that is wrong."""

    def __init__(self, line: int, column: str) -> None:
        super().__init__(f"{line}: {column}")
        self.line, self.column = line, column


# ── decisions ────────────────────────────────────────────────────────────────


def key_of(name: str) -> str:
    """A name as names are compared: folded, lower case, without signs and without the district."""
    district = load("district")
    plain = _NO_NAME.sub("", folding.plain(name)).lower()
    for before in (district["city"], district["name"], district["short_name"]):
        plain = plain.removeprefix(before)
    return plain


def meant(shops: Iterable[Shop], merchant: str, street: str | None) -> Shop | None:
    """The one shop that goes by this name; of several, the one in the street. Never a guess."""
    key = key_of(merchant)
    named = [one for one in shops if key and key in {key_of(n) for n in (one.name, *one.aliases)}]
    there = [one for one in named if street and one.street == street]
    elsewhere = [one for one in named if street and one.street and one.street != street]
    found = there or [one for one in named if one not in elsewhere]
    return found[0] if len(found) == 1 else None


def names_of(shop: Shop) -> set[str]:
    """The names that it goes by, as names are compared."""
    return {key_of(one) for one in (shop.name, *shop.aliases)} - {""}


def aliases_in(text: str) -> list[str]:
    """The other names in a list that somebody typed."""
    return [one.strip() for one in re.split("[、,，;；]", text) if one.strip()]


def problems(found: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with a shop as it was told, by field: no_name, no_email, no_street."""
    wrong, streets = {}, {one["name"] for one in load("district")["streets"]}
    email = found["email"]
    is_email = _EMAIL.fullmatch(email) and email.isascii() and len(email) <= _LONGEST_EMAIL
    if not key_of(found["name"]):
        wrong["name"] = "no_name"
    if email and not is_email:
        wrong["email"] = "no_email"
    if found["street"] and found["street"] not in streets:
        wrong["street"] = "no_street"
    return wrong


# ── with a session; the caller commits ───────────────────────────────────────


def of_dispute(session: Session, dispute: Dispute) -> Shop | None:
    """The registered shop that a dispute is about, whether it can be written to or not; none that is closed."""
    registered = session.scalars(select(Shop).where(Shop.closed_at.is_(None)))
    return meant(registered, dispute.merchant or "", dispute.street)


def disputes_with(session: Session, shop: Shop, limit: int = SHOWN) -> Sequence[Dispute]:
    """The disputes that name the shop as it is registered, or were sent to it; the newest first."""
    sent = select(Negotiation.dispute_id).where(Negotiation.shop_id == shop.id)
    is_named: ColumnElement[bool] = Dispute.merchant.in_((shop.name, *shop.aliases))
    if shop.street:  # of the same name elsewhere is another
        is_named &= or_(Dispute.street == shop.street, Dispute.street.is_(None))
    query = select(Dispute).where(Dispute.state != "draft", or_(is_named, Dispute.id.in_(sent)))
    return session.scalars(query.order_by(Dispute.id.desc()).limit(limit)).all()


def is_reachable(shop: Shop) -> bool:
    """Whether a message may go out: only to a contact that an officer has verified."""
    return shop.email is not None and shop.verified_at is not None


def read(session: Session, data: bytes, now: datetime, by: str) -> int:
    """Take a table of shops (CSV, its columns in `shop_columns` of wording.yml); how many rows.

    A shop of the same name and street is replaced. Raises BadRow, and nothing is taken then.
    """
    rows = _rows(data)
    for line, row in enumerate(rows, start=2):
        _take(session, _fields(row, line), now, by)
    return len(rows)


def _rows(data: bytes) -> list[dict[str, str | None]]:
    table, name = csv.DictReader(io.StringIO(_text(data), newline="")), _columns()["name"]
    try:
        if name not in (table.fieldnames or ()):
            raise BadRow(1, name)
        return list(table)
    except csv.Error:  # such as a quotation mark that nothing closes
        raise BadRow(max(table.line_num, 1), name) from None


def _text(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadRow(1, _columns()["name"])


def _columns() -> dict[str, str]:
    return dict(load("wording")["shop_columns"])


def _fields(row: dict[str, str | None], line: int) -> dict[str, str]:
    """What a row says, by field; a name must be there, and an e-mail address must be one."""
    found = {field: typed.plain(row.get(column) or "") for field, column in _columns().items()}
    for field in problems(found):
        raise BadRow(line, _columns()[field])
    return found


def _take(session: Session, found: dict[str, str], now: datetime, by: str) -> None:
    street = found["street"] or None
    query = select(Shop).where(Shop.name == found["name"], Shop.street == street)
    fill(session, session.scalar(query) or Shop(created_at=now), found, now, by)


def fill(session: Session, shop: Shop, found: Mapping[str, str], now: datetime, by: str) -> None:
    """Write what was told of a shop, and is in order, into it.

    What `by` says to be verified is so from now on; a verification stands as long as the address does.
    """
    email = found["email"] or None
    is_verified = _is_yes(found["verified"]) and email is not None
    if not is_verified:
        shop.verified_at, shop.verified_by = None, None
    elif shop.verified_at is None or shop.email != email:
        shop.verified_at, shop.verified_by = now, by
    shop.name, shop.street, shop.email = found["name"], found["street"] or None, email
    shop.aliases = aliases_in(found["aliases"])
    shop.address, shop.responsible = found["address"] or None, found["responsible"] or None
    shop.is_fund_member = _is_yes(found["fund_member"])
    shop.has_guarantee = _is_yes(found["guarantee"])
    shop.updated_at = now
    session.add(shop)
    session.flush()


def _is_yes(said: str) -> bool:
    return said.lower() in load("wording")["shop_yes"]
