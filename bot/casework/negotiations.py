"""RECORD: the fast lane (小额消费纠纷快速解决): shop and citizen settle it by themselves. Knows no page.

总局令第121号 第6条 encourages just this. The shop sees the dispute and never who the citizen is; what
they say to each other goes through here. Whatever ends it without a settlement sends the dispute on,
and it ends by itself while officers still have time to decide (`ends_by`).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from decimal import Decimal

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import (
    choices,
    deadlines,
    disputes,
    notices,
    progress,
    quiet,
    shop_letters,
    shops,
    sums,
    telling,
)
from bot.casework.records import Dispute, Negotiation, NegotiationMessage, Person, Shop
from bot.casework.steps import NotPossible
from bot.library import label, load, words
from bot.reading import phones

SHOWN_TO_SHOP = (
    "merchant", "platform", "product", "brand", "model", "occurred_on", "amount", "demand", "facts",
)  # fmt: skip
KEEP_WITHIN = timedelta(days=7)  # after an agreement: then the citizen is asked if it was kept
DECIDING_DAYS = 2  # working days that officers keep for their decision (第15条)
LONGEST_DAYS = 10  # working days that a fast lane may take where no such clock runs
LONGEST = 1000  # characters of what a shop says; a citizen's words are passed on whole

UrlOf = Callable[[int], str]  # the address where the shop answers the negotiation of that number


@dataclass(frozen=True)
class Answer:
    """What a shop answers: `kind` is accept, offer, refuse or message; `said_by` is who answers."""

    kind: str
    said_by: str
    text: str = ""
    amount: Decimal | None = None


# ── decisions ────────────────────────────────────────────────────────────────


def seen_by_shop(dispute: Dispute) -> list[tuple[str, str]]:
    """Label and text of all that the shop will see: nothing that tells who the citizen is."""
    values = {column.key: getattr(dispute, column.key) for column in Dispute.__table__.columns}
    found = [(field, telling.value(field, values)) for field in SHOWN_TO_SHOP]
    return [(label("field", field), _hidden(text)) for field, text in found if text]


def is_open(negotiation: Negotiation) -> bool:
    """Whether shop and citizen still talk."""
    return negotiation.ended_at is None


def last_offer(negotiation: Negotiation) -> NegotiationMessage | None:
    """The offer that waits for the citizen's word, or None."""
    said = [one for one in negotiation.messages if one.kind != "message"]
    return said[-1] if said and said[-1].kind == "offer" else None


def waits_for_citizen(negotiation: Negotiation) -> bool:
    """Whether it is the citizen's turn: an offer lies there, and they have not written back since."""
    return last_offer(negotiation) is not None and negotiation.messages[-1].side == "shop"


def answer_by(now: datetime, hours: float) -> datetime:
    """When that many working hours from now are over, by `duty` of district.yml."""
    return deadlines.after_working_hours(now.astimezone(disputes.CHINA), hours, *_duty())


def ends_by(dispute: Dispute, asked_at: datetime) -> datetime:
    """When the fast lane of a dispute ends by itself, whoever's turn it is: at the end of duty.

    A bureau's clock (总局令第121号 第15条) runs on meanwhile: DECIDING_DAYS are left of it. Where none
    runs, LONGEST_DAYS after the shop was asked.
    """
    if dispute.accept_due is not None:
        day = deadlines.working_days_before(dispute.accept_due, DECIDING_DAYS)
    else:
        day = deadlines.after_working_days(disputes.local_day(asked_at), LONGEST_DAYS).on
    return datetime.combine(day, _duty()[1], disputes.CHINA)


def _duty() -> tuple[time, time]:
    """When officers come and when they go, by district.yml."""
    duty = load("district")["duty"]
    return time.fromisoformat(duty["from"]), time.fromisoformat(duty["to"])


def _hidden(text: str) -> str:
    """A text without the phone and id numbers that somebody wrote into it."""
    return phones.redact(text)[0]


# ── with a session; the caller commits ───────────────────────────────────────


def possible(session: Session, dispute: Dispute, hours: float, now: datetime) -> Shop | None:
    """The shop that may be asked, once the citizen agrees: registered, its contact verified.

    None too where the working `hours` it must have are no longer left.
    """
    if dispute.state != "lodged" or dispute.lane != "fast" or of_dispute(session, dispute):
        return None
    if answer_by(now, hours) > ends_by(dispute, now):
        return None
    shop = shops.of_dispute(session, dispute)
    return shop if shop is not None and shops.is_reachable(shop) else None


def of_dispute(session: Session, dispute: Dispute) -> Negotiation | None:
    """The negotiation of a dispute, open or ended, or None."""
    return session.scalar(select(Negotiation).where(Negotiation.dispute_id == dispute.id))


def ask(
    session: Session, dispute: Dispute, hours: float, now: datetime, url_of: UrlOf
) -> Negotiation:
    """Send the dispute to the shop, at the citizen's separate consent (个人信息保护法 第23条).

    `hours` are working hours the shop has. Raises NotPossible where there is no shop to ask.
    """
    shop = possible(session, dispute, hours, now)
    if shop is None:
        raise NotPossible("ask_shop: no shop with a verified contact, or no time left for it")
    progress.take(session, dispute, "ask_shop", "citizen", now)
    made = Negotiation(
        dispute=dispute, shop=shop, consented_at=now,
        remind_due=answer_by(now, hours / 2), answer_due=answer_by(now, hours),
    )  # fmt: skip
    session.add(made)
    session.flush()
    _tell_shop(session, made, "shop_asked", now, url_of)
    return made


def answer(
    session: Session, negotiation: Negotiation, said: Answer, hours: float, now: datetime
) -> None:
    """Take a shop's answer and tell the citizen, who has as many working `hours` for an offer.

    Raises NotPossible where the negotiation is over, or the answer is none.
    """
    _check(negotiation, said)
    _say(session, negotiation, "shop", said, now)
    dispute = negotiation.dispute
    told = {"said_by": said.said_by, **({"text": said.text} if said.text else {})}
    if said.amount is not None:
        told["amount"] = telling.yuan(said.amount)
    match said.kind:
        case "accept":
            dispute.agreed_amount = dispute.amount
            _agreed(session, negotiation, "shop", now, told)
        case "offer":
            _wait(negotiation, hours, now)
            offered = choices.offered(session, dispute, ("accept", "decline", "write"), now)
            progress.take(session, dispute, "offer", "shop", now, told=told, buttons=offered)
        case "refuse":
            progress.take(
                session, dispute, "escalate", "shop", now, told=told, reason="shop_refused"
            )
        case "message":
            _tell_citizen(session, negotiation, "shop_says", now, ("write",), **told)


def accept(session: Session, negotiation: Negotiation, now: datetime, url_of: UrlOf) -> None:
    """The citizen takes the shop's last offer. Raises NotPossible where there is none."""
    offer = last_offer(negotiation)
    if offer is None or negotiation.dispute.state != "negotiating":
        raise NotPossible("agree: no offer")
    negotiation.dispute.agreed_amount = offer.amount
    _agreed(session, negotiation, "citizen", now, {})
    _tell_shop(session, negotiation, "shop_offer_accepted", now, url_of)


def decline(session: Session, negotiation: Negotiation, now: datetime) -> None:
    """The citizen declines: the dispute goes on to the officers. Raises NotPossible."""
    if last_offer(negotiation) is None or negotiation.dispute.state != "negotiating":
        raise NotPossible("escalate: no offer")
    _escalate(session, negotiation, "citizen", "offer_declined", now)


def write(
    session: Session,
    negotiation: Negotiation,
    text: str,
    hours: float,
    now: datetime,
    url_of: UrlOf,
) -> None:
    """Pass the citizen's words on to the shop, without the numbers in them."""
    negotiation.asking = None
    if not is_open(negotiation):
        raise NotPossible("the negotiation is over")
    said = Answer("message", "", _hidden(text))
    _say(session, negotiation, "citizen", said, now)
    if negotiation.dispute.state == "negotiating":
        _wait(negotiation, hours, now)
    _tell_shop(session, negotiation, "shop_citizen_says", now, url_of)


def kept(session: Session, negotiation: Negotiation, now: datetime) -> None:
    """The citizen says that the money came, or whatever was agreed. Raises NotPossible."""
    progress.take(session, negotiation.dispute, "settle", "citizen", now)
    negotiation.dispute.recovered_at = now


def not_kept(session: Session, negotiation: Negotiation, now: datetime) -> None:
    """What was agreed did not come: the dispute goes on to the officers. Raises NotPossible."""
    _escalate(session, negotiation, "citizen", "not_kept", now)


def writing(session: Session, who: Person) -> Negotiation | None:
    """The negotiation to whose shop this person's next words go, or None."""
    query = select(Negotiation).join(Dispute).where(Dispute.person_id == who.id)
    return session.scalar(query.where(Negotiation.asking.is_not(None)).limit(1))


def stop_writing(session: Session, who: Person) -> None:
    """Whoever turns to something else writes to nobody: nothing goes to a shop unawares."""
    found = writing(session, who)
    if found is not None:
        found.asking = None


def tick(session: Session, now: datetime, url_of: UrlOf) -> int:
    """Remind whose turn it is, and send on what nobody answered or what took too long; how many."""
    query = select(Negotiation).where(Negotiation.ended_at.is_(None))
    due = [one for one in session.scalars(query) if _is_due(one, now)]
    for one in due:
        if one.dispute.state == "agreed":
            one.reminded_at = now
            _tell_citizen(session, one, "was_it_kept", now, ("kept", "not_kept"))
        elif _is_over(one, now):
            _escalate(session, one, "clock", _reason(one), now)
        else:
            _remind(session, one, now, url_of)
    return len(due)


def _is_due(one: Negotiation, now: datetime) -> bool:
    if one.dispute.state == "negotiating" and _is_over(one, now):
        return True
    return one.reminded_at is None and one.remind_due <= now


def _is_over(one: Negotiation, now: datetime) -> bool:
    return min(one.answer_due, ends_by(one.dispute, one.consented_at)) <= now


def _reason(one: Negotiation) -> str:
    """Why one that is over ended: nobody is called silent whose hours were cut short."""
    if one.answer_due >= ends_by(one.dispute, one.consented_at):
        return "time_over"
    return "citizen_silent" if waits_for_citizen(one) else "shop_silent"


def _remind(session: Session, one: Negotiation, now: datetime, url_of: UrlOf) -> None:
    one.reminded_at = now
    if waits_for_citizen(one):
        _tell_citizen(session, one, "offer_waits", now, ("accept", "decline", "write"))
    else:
        _tell_shop(session, one, "shop_reminded", now, url_of)


def _check(negotiation: Negotiation, said: Answer) -> None:
    """Raise NotPossible with what is wrong, a key of `shop.problems` in pages.yml."""
    if not is_open(negotiation):
        raise NotPossible("over")
    if negotiation.dispute.state == "agreed" and said.kind != "message":
        raise NotPossible("agreed_already")
    if not said.said_by:
        raise NotPossible("said_by_missing")
    if said.kind in ("refuse", "message") and not said.text:
        raise NotPossible("text_missing")
    if said.amount is not None and not sums.is_payable(said.amount):
        raise NotPossible("amount_wrong")
    if said.kind == "offer" and not said.text and said.amount is None:
        raise NotPossible("offer_missing")


def _agreed(
    session: Session, negotiation: Negotiation, by: str, now: datetime, told: dict[str, str]
) -> None:
    negotiation.remind_due, negotiation.reminded_at = now + KEEP_WITHIN, None
    dispute = negotiation.dispute
    # A citizen who agreed reads it in the talk, with the same buttons.
    offered = (
        () if by == "citizen" else choices.offered(session, dispute, ("kept", "not_kept"), now)
    )
    progress.take(session, dispute, "agree", by, now, told=told, buttons=offered)


def _escalate(
    session: Session, negotiation: Negotiation, by: str, reason: str, now: datetime
) -> None:
    progress.take(session, negotiation.dispute, "escalate", by, now, reason=reason)


def _wait(negotiation: Negotiation, hours: float, now: datetime) -> None:
    last = ends_by(negotiation.dispute, negotiation.consented_at)
    negotiation.remind_due = min(answer_by(now, hours / 2), last)
    negotiation.answer_due = min(answer_by(now, hours), last)
    negotiation.reminded_at = None


def _say(
    session: Session, negotiation: Negotiation, side: str, said: Answer, now: datetime
) -> None:
    negotiation.messages.append(
        NegotiationMessage(
            side=side, kind=said.kind, text=said.text or None, amount=said.amount,
            said_by=said.said_by or None, said_at=now,
        )
    )  # fmt: skip
    session.flush()


def _tell_shop(
    session: Session, negotiation: Negotiation, key: str, now: datetime, url_of: UrlOf
) -> None:
    due = telling.moment(negotiation.answer_due)
    shop_letters.post(session, negotiation, key, now, url=url_of(negotiation.id), due=due)


def _tell_citizen(
    session: Session, negotiation: Negotiation, key: str, now: datetime, wanted: Sequence[str],
    **told: str,
) -> None:  # fmt: skip
    dispute = negotiation.dispute
    due = telling.moment(negotiation.answer_due)
    text = words(key, number=disputes.number_text(dispute.number or ""), due=due, **told)
    buttons = choices.offered(session, dispute, wanted, now)
    notices.post(
        session, dispute.person, "negotiation", shop_letters.subject(negotiation, key), text, now,
        buttons=buttons, due_at=quiet.due_at(session, dispute.person, now),
    )  # fmt: skip
