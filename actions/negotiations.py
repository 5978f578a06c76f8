"""Turns of the fast lane: what a citizen says to a shop's answer. The rules live in casework."""

import functools

from rasa_sdk.events import EventType

from actions.turn import Turn, TurnAction
from bot import settings
from bot.casework import choices, disputes, links, negotiations, telling
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


class Negotiate(TurnAction):
    """Takes the citizen's choice about a shop's answer, or says that it is too late for it."""

    def name(self) -> str:
        return "action_negotiate"

    def take(self, turn: Turn) -> list[EventType]:
        choice = turn.entity("choice") or ""
        dispute = disputes.by_number(turn.session, turn.who, turn.entity("number") or "")
        if dispute is None or choice not in REPLIES:
            turn.say("utter_progress_unknown")
            return []
        number = disputes.number_text(dispute.number or "")
        try:
            _do(turn, dispute, choice)
        except NotPossible:
            state = telling.state(dispute)
            turn.tell(words("negotiation_over", number=number, state=state))
            return []
        key, after = REPLIES[choice]
        found = negotiations.of_dispute(turn.session, dispute)
        due = telling.moment(found.answer_due) if found else ""
        text = words(key, number=number, due=due)
        buttons = choices if choice == "kept" else negotiations
        turn.tell(text, buttons.buttons(dispute, after))
        return []


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
    turn.tell("\n".join(told), negotiations.buttons(dispute, ("ask", "not_ask")))


def _reachable(turn: Turn, dispute: Dispute) -> Shop | None:
    chosen = settings.get()
    if not chosen.may_ask_shops():
        return None
    return negotiations.possible(turn.session, dispute, chosen.shop_answer_hours, turn.now)


def _do(turn: Turn, dispute: Dispute, choice: str) -> None:
    """Take the choice. Raises NotPossible where it is too late for it, and nothing is changed."""
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


def _open(turn: Turn, dispute: Dispute) -> Negotiation:
    found = negotiations.of_dispute(turn.session, dispute)
    if found is None or not negotiations.is_open(found):
        raise NotPossible("the negotiation is over")
    return found


def _url_of() -> negotiations.UrlOf:
    chosen = settings.get()
    return functools.partial(links.shop_url, chosen.public_url or "", chosen.signing_key())
