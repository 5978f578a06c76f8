"""RECORD: officers keep the register of shops at their desk: one is entered, changed, closed. Knows no page."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from bot.casework import officers, progress, shops
from bot.casework.records import Dispute, Negotiation, Shop
from bot.casework.steps import NotPossible

CLOSED = "shop_closed"  # why a dispute that was with the shop goes on without it


class Known(ValueError):
    """A shop of this street goes by one of these names already, open or closed."""

    def __init__(self, shop: Shop) -> None:
        super().__init__("known")
        self.shop_id, self.name, self.is_closed = shop.id, shop.name, shop.closed_at is not None


class Changed(Exception):
    """Somebody changed the shop after the page was drawn on which this was decided."""


# ── with a session; the caller commits ───────────────────────────────────────


def add(session: Session, found: Mapping[str, str], by: str, now: datetime) -> Shop:
    """Enter a shop as `by`, an officer, was told of it; `found` has no problems (shops.problems).

    Raises Known where it is there, so that a name means one shop.
    """
    _hold(session)
    made = Shop(created_at=now)
    _refuse_known(session, found, made)
    shops.fill(session, made, found, now, by)
    officers.log(session, by, "shop_added", now, subject(made))
    return made


def change(
    session: Session, shop_id: int, version: int, found: Mapping[str, str], by: str, now: datetime
) -> Shop:
    """Write what is known of a shop anew, as an officer who saw it in `version`.

    Raises Changed, Known; at the end of the transaction perhaps StaleDataError.
    """
    _hold(session)
    shop = session.get_one(Shop, shop_id)
    if shop.version != version:
        raise Changed
    _refuse_known(session, found, shop)
    shops.fill(session, shop, found, now, by)
    officers.log(session, by, "shop_changed", now, subject(shop))
    return shop


def close(session: Session, shop: Shop, by: str, now: datetime) -> int:
    """Ask it no more, as `by` decides; how many disputes go on to the officers, their citizens told.

    Nobody shall wait until the clock finds it silent. What it has agreed to it still owes: those
    disputes stay as they are, and the citizen is asked whether it was kept. Raises NotPossible where
    it is closed.
    """
    if shop.closed_at is not None:
        raise NotPossible("closed before")
    shop.closed_at = shop.updated_at = now
    going_on = [one.dispute for one in talks(session, shop) if one.dispute.state == "negotiating"]
    for dispute in going_on:
        progress.take(session, dispute, "escalate", "officer", now, reason=CLOSED, by=by)
        officers.log(session, by, "step:escalate", now, dispute.number)
    return len(going_on)


def reopen(shop: Shop, now: datetime) -> None:
    """Ask it again from now on, where its address is verified. Raises NotPossible where it is open."""
    if shop.closed_at is None:
        raise NotPossible("open")
    shop.closed_at, shop.updated_at = None, now


def talks(session: Session, shop: Shop) -> Sequence[Negotiation]:
    """The negotiations with it that have not ended, in the order that they began."""
    query = select(Negotiation).join(Dispute).where(
        Negotiation.shop_id == shop.id, Negotiation.ended_at.is_(None)
    )  # fmt: skip
    return session.scalars(query.order_by(Negotiation.id)).all()


def subject(shop: Shop) -> str:
    """What the log calls it."""
    return f"shop:{shop.id}"


def _hold(session: Session) -> None:
    """Whoever enters or changes a shop at the same moment waits until this one is done."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("LOCK TABLE shops IN SHARE ROW EXCLUSIVE MODE"))
    else:  # the first writing takes the file
        session.execute(update(Shop).where(Shop.id == 0).values(name=Shop.name))


def _refuse_known(session: Session, found: Mapping[str, str], shop: Shop) -> None:
    named = (found["name"], *shops.aliases_in(found["aliases"]))
    keys = {shops.key_of(one) for one in named} - {""}
    there = session.scalars(select(Shop).where(Shop.street == (found["street"] or None)))
    for one in there:
        if one.id != shop.id and keys & shops.names_of(one):
            raise Known(one)
