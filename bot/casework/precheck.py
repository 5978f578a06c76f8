"""What may stand against a dispute, told before it is lodged (总局令第121号 第10至17条). Refuses nothing."""

import re
from collections import Counter
from datetime import date, datetime, timedelta

from rapidfuzz import fuzz
from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import recall_matching
from bot.casework.records import Dispute, Person
from bot.library import load, streets
from bot.reading import folding, places

YEARS = 3  # 总局令第121号 第16条(四)
SAME_WITHIN = timedelta(days=365)  # how long ago the same matter is still pointed out
BULK_WITHIN = timedelta(days=90)  # 第17条 says "a short time" and no number
STORIES_ALIKE = 75  # token ratio of two stories from which they tell of one matter, of 100
SHORTEST_NAME = 2  # characters: a shorter name is part of too many others

# What the standing of the citizen means for a dispute.
FOUND_BY_STANDING = {
    "handled": "handled_elsewhere", "business": "not_a_consumer",
    "for_another": "for_another", "shared": "shared",
}  # fmt: skip
# Findings that an officer may refuse for (第16条 (一) to (四)); the others tell what is needed.
GROUNDS = ("not_ours", "over_three_years", "handled_elsewhere", "not_a_consumer")


# ── decisions ────────────────────────────────────────────────────────────────


def findings(dispute: Dispute, today: date) -> list[str]:
    """What may stand against the dispute, or what it needs besides, as codes in a fixed order.

    Only officers refuse; these are told so that the citizen can choose.
    """
    by_standing = FOUND_BY_STANDING.get(dispute.standing or "")
    found = {by_standing} - {None}
    if _is_elsewhere(dispute):
        found.add("not_ours")
    if dispute.occurred_on is not None and is_over_years(dispute.occurred_on, today):
        found.add("over_three_years")
    return [code for code in (*GROUNDS, "for_another", "shared") if code in found]


def missing(dispute: Dispute, who: Person) -> list[str]:
    """What a dispute needs to be accepted and does not have yet (第10条), as codes in its order.

    The place of an online shop is its platform's (第13条). A phone that was given for a call-back
    was given for nothing else.
    """
    held = {"name": who.name, "phone": who.phone, "address": who.address}
    if dispute.contact != "given":
        held = dict.fromkeys(held)
    held["merchant"] = dispute.merchant
    held["location"] = dispute.location or dispute.platform
    held |= {"demand": dispute.demand, "facts": dispute.facts}
    return [code for code, value in held.items() if not value]


def is_over_years(since: date, today: date) -> bool:
    """Whether more than three calendar years have gone by; 29 February ends on the 28th (民法典 第202条)."""
    try:
        last = since.replace(year=since.year + YEARS)
    except ValueError:
        last = date(since.year + YEARS, 2, 28)
    return today > last


def is_same(one: Dispute, other: Dispute) -> bool:
    """Whether two disputes are with the same shop, or else platform, about the same thing or story."""
    shops = one.merchant, other.merchant
    at_one = _alike(*shops) if all(shops) else _alike(one.platform, other.platform)
    if not at_one:
        return False
    if one.product and other.product:
        return _alike(one.product, other.product) or bool(
            kind_of(one.product) & kind_of(other.product)
        )
    return fuzz.token_ratio(one.facts or "", other.facts or "") >= STORIES_ALIKE


def _is_elsewhere(dispute: Dispute) -> bool:
    """Whether the shop's place is surely another district's (第13条); an unknown place is not."""
    if dispute.platform or dispute.street or not dispute.location:
        return False
    district = load("district")
    others = {row["name"]: row["aliases"] for row in district["other_districts"]}
    return places.is_elsewhere(folding.plain(dispute.location), streets(), others)


def _alike(one: str | None, other: str | None) -> bool:
    """Whether two names are one: equal when folded, or one within the other."""
    short, long = sorted((_bare(one), _bare(other)), key=len)
    return short == long != "" or (len(short) >= SHORTEST_NAME and short in long)


def kind_of(product: str) -> frozenset[str]:
    """What a product is, where its last word says so: 充电宝 and 移动电源 are one thing, 手机壳 is no 手机."""
    name = recall_matching.fold(_bare(product))
    ends = [types for _, end, types in recall_matching.vocabulary().spans(name) if end == len(name)]
    return frozenset().union(*ends) - set(load("categories")["of_several_things"])


def _bare(name: str | None) -> str:
    return re.sub(r"\W", "", folding.plain(name or "")).casefold()


# ── with a session; the caller commits ───────────────────────────────────────


def same_before(session: Session, dispute: Dispute, now: datetime) -> Dispute | None:
    """The last dispute of the same person that tells the same matter and was not withdrawn, or None."""
    query = select(Dispute).where(
        Dispute.person_id == dispute.person_id,
        Dispute.id != dispute.id,
        Dispute.state.not_in(("draft", "withdrawn")),
        Dispute.lodged_at >= now - SAME_WITHIN,
    )
    earlier = session.scalars(query.order_by(Dispute.id.desc()))
    return next((one for one in earlier if is_same(one, dispute)), None)


def bulk_signs(session: Session, who: Person, now: datetime) -> dict[str, int]:
    """How many disputes this person lodged of late, and how many of them with one shop (第17条).

    Counts for officers, who weigh them with all else. Nothing is concluded from them, nor said. That
    one phone serves several people cannot be counted, for phones are sealed.
    """
    query = select(Dispute.merchant, Dispute.platform).where(
        Dispute.person_id == who.id,
        Dispute.state != "draft",
        Dispute.lodged_at >= now - BULK_WITHIN,
    )
    shops = [_bare(merchant or platform) for merchant, platform in session.execute(query)]
    of_one = Counter(filter(None, shops)).most_common(1)
    return {"lodged_in_90_days": len(shops), "most_with_one_shop": of_one[0][1] if of_one else 0}
