"""Turns of the fast lane: what a citizen says to a shop's answer. The rules live in casework."""

import functools
from collections.abc import Mapping

from actions.dispute_choices import DisputeChoice
from actions.turn import Turn
from bot import settings
from bot.casework import choices, links, negotiations, telling
from bot.casework.records import Dispute, Negotiation, Shop
from bot.casework.steps import NotPossible
from bot.library import words

# What a citizen chooses, with the sentence that follows and the buttons under it. `words` and
# `no_words` come from hearing.py: what is written after 「回复商家」.
REPLIES: dict[str, tuple[str, tuple[str, ...]]] = {
    "ask": ("shop_was_asked", ()),
    "not_ask": ("shop_not_asked", ()),
    "accept": ("offer_taken", ("kept", "not_kept")),
    "decline": ("offer_not_taken", ()),
    "write": ("write_to_shop", ()),
    "words": ("passed_on", ()),
    "no_words": ("write_stopped", ()),
    "kept": ("kept_noted", choices.RATINGS),
    "not_kept": ("not_kept_noted", ()),
}


class Negotiate(DisputeChoice):
    """The citizen's choice about a shop's answer."""

    replies = REPLIES

    def name(self) -> str:
        return "action_negotiate"

    def places(self, turn: Turn, dispute: Dispute) -> Mapping[str, str]:
        """By when the other side answers."""
        found = negotiations.of_dispute(turn.session, dispute)
        return {"due": telling.moment(found.answer_due) if found else ""}

    def do(self, turn: Turn, dispute: Dispute, choice: str) -> None:
        """Ask the shop, answer its offer, write to it, or say whether its word was kept."""
        session, now, hours = turn.session, turn.now, settings.get().shop_answer_hours
        if choice == "not_ask":
            return
        if choice == "ask":
            if _reachable(turn, dispute) is None:
                raise NotPossible("ask_shop: no shop can be reached")
            negotiations.ask(session, dispute, hours, now, _url_of())
            return
        found = _open(turn, dispute)
        match choice:
            case "write":
                found.asking = "words"
            case "no_words":
                found.asking = None
            case "words":
                negotiations.write(session, found, turn.shown, hours, now, _url_of())
            case "accept":
                negotiations.accept(session, found, now, _url_of())
            case "decline":
                negotiations.decline(session, found, now)
            case "kept":
                negotiations.kept(session, found, now)
            case "not_kept":
                negotiations.not_kept(session, found, now)


def offer_shop(turn: Turn, dispute: Dispute) -> None:
    """Ask whether a lodged dispute may go to its shop, with all that the shop will see."""
    shop = _reachable(turn, dispute)
    if shop is None:
        return
    seen = "\n".join(
        words("fact", field=field, value=text) for field, text in negotiations.seen_by_shop(dispute)
    )
    hours = f"{settings.get().shop_answer_hours:g}"
    told = [words("ask_shop", hours=hours, shop=shop.name, seen=seen)]
    told += [words("fund_member")] if shop.is_fund_member else []
    told += [words("guarantee")] if shop.has_guarantee else []
    turn.tell("\n".join(told), choices.buttons(dispute, ("ask", "not_ask")))


def _reachable(turn: Turn, dispute: Dispute) -> Shop | None:
    chosen = settings.get()
    if not chosen.may_ask_shops():
        return None
    return negotiations.possible(turn.session, dispute, chosen.shop_answer_hours, turn.now)


def _open(turn: Turn, dispute: Dispute) -> Negotiation:
    found = negotiations.of_dispute(turn.session, dispute)
    if found is None or not negotiations.is_open(found):
        raise NotPossible("the negotiation is over")
    return found


def _url_of() -> negotiations.UrlOf:
    chosen = settings.get()
    return functools.partial(links.shop_url, chosen.public_url or "", chosen.signing_key())
