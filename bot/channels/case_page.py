"""REPLY on the page of one dispute, by signed link: where it stands and what comes next. Takes nothing."""

import asyncio
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session, sessionmaker
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.casework import (
    choices,
    disputes,
    evidence,
    links,
    negotiations,
    next_steps,
    packet,
    people,
    precheck,
    stations,
    steps,
    telling,
)
from bot.casework.records import Dispute
from bot.channels import signed_page, web_pages
from bot.library import label, load, words
from bot.reading import folding, phones
from bot.settings import Settings

LINK = signed_page.Link(links.CASE, links.CASE_SECONDS, "case_link")
A_MINUTE = 60
SHOWN = ("merchant", "platform", "product", "brand", "model", "occurred_on", "amount", "demand")
UNDECIDED = ("lodged", "negotiating", "agreed", "in_progress", "incomplete")


def routes(sessions: sessionmaker[Session], settings: Settings) -> list[BaseRoute]:
    """The page of one dispute of a citizen's own."""
    pages = web_pages.Pages(settings)

    async def show(request: Request, named: str) -> Response:
        state = await asyncio.to_thread(_state, sessions, named)
        return pages.draw(request, "case.html", days=links.CASE_SECONDS // 86400, **state)

    async def refused(request: Request, _named: str, refusal: HTTPException) -> Response:
        return pages.fault(request, refusal.status_code, "broken")

    door = signed_page.Door(settings, LINK, A_MINUTE, refused)
    return [Route("/case/{token}", door.guarded(show), methods=["GET"])]


def _state(sessions: sessionmaker[Session], named: str) -> dict[str, Any]:
    key, _, number = named.partition(":")
    with sessions() as session:
        who = people.by_key(session, key)
        found = disputes.by_number(session, who, number) if who is not None else None
        if found is None or found.state == "draft":  # deleted since, or of another installation
            raise links.Invalid
        return {
            "number": disputes.number_text(found.number or ""),
            "stands": telling.state(found),
            "plainly": _by_operator("states", found.state, found),
            "updated": disputes.local_day(found.updated_at).isoformat(),
            "coming": coming(session, found),
            "missing": _missing(found),
            "facts": _facts(found),
            "contact": _contact(found),
            "timeline": [[at, by, masked(what)] for at, by, what in _timeline(session, found)],
            "evidence": _evidence(session, found),
            "choices": _choices(session, found),
            "is_web": found.person.channel == people.WEB,
            "station": stations.near_shop(found),
        }


# ── decisions ────────────────────────────────────────────────────────────────


def coming(session: Session, dispute: Dispute) -> str:
    """What comes next and by when, with the article it rests on."""
    said = load("pages")["case"]
    told = next_steps.told(session, dispute)
    if told is None and dispute.state in UNDECIDED and dispute.accept_due is not None:
        key = "next_decided_provisional" if dispute.is_due_provisional else "next_decided"
        told = words(key, due=dispute.accept_due)  # work has begun, and the same clock runs
    if told is None:
        over = dispute.state in steps.OVER
        return str(said["no_next"]["over" if over else dispute.operator or "independent"])
    law = said["laws"].get(dispute.state)
    basis = str(said["basis"]).format(law=law) if law and "121" not in told else ""
    return masked(told) + basis


def possible(session: Session, dispute: Dispute) -> list[str]:
    """What its citizen can do now, as codes of pages.yml, in the order of the page."""
    found: list[str] = []
    talk = negotiations.of_dispute(session, dispute)
    if talk is not None and negotiations.is_open(talk) and negotiations.waits_for_citizen(talk):
        found.append("shop")
    ways = choices.possible(dispute)
    found += [one for one in ("add", "reopen") if one in ways]
    found += ["rate"] if set(choices.RATINGS) & set(ways) else []
    if dispute.state in steps.RUNNING:
        found += ["settled", "withdraw"]
    return [*found, "human"]


def masked(text: str) -> str:
    """The text with the middle of every phone hidden, and without other numbers of a person."""
    plain = folding.plain(text)
    shown, mobiles, others = phones.redact(plain)
    if not mobiles and not others:
        return text
    for number in mobiles:
        shown = shown.replace(phones.PHONE_TOKEN, phones.mask(number), 1)
    return shown


# ── what is shown ────────────────────────────────────────────────────────────


def _by_operator(group: str, key: str, dispute: Dispute) -> str:
    text = load("pages")["case"][group][key]
    return str(text[dispute.operator or "independent"] if isinstance(text, dict) else text)


def _missing(dispute: Dispute) -> str:
    """What it needs to be accepted and lacks, in a sentence with its article; empty where nothing."""
    codes = precheck.missing(dispute, dispute.person) if dispute.state in UNDECIDED else []
    named = words("and").join(label("needed", code) for code in codes)
    return words("needed", list=named) if named else ""


def _facts(dispute: Dispute) -> list[tuple[str, str]]:
    values = {column.key: getattr(dispute, column.key) for column in Dispute.__table__.columns}
    found = [(field, telling.value(field, values)) for field in SHOWN]
    shown = [(label("field", field), masked(text)) for field, text in found if text]
    if dispute.register_number:
        shown.append((load("pages")["case"]["register"], dispute.register_number))
    return shown


def _contact(dispute: Dispute) -> str:
    """The phone with its middle hidden; name and address are not shown at all."""
    said, phone = load("pages")["case"], dispute.person.phone
    if dispute.contact != "given" or not phone:
        return str(said["no_contact"])
    return str(said["phone"]).format(phone=phones.mask(phone))


def _timeline(session: Session, dispute: Dispute) -> Sequence[Sequence[str]]:
    return packet.timeline(session, dispute, shows_words=False)


def _evidence(session: Session, dispute: Dispute) -> list[str]:
    """A line for each piece that the citizen gave; a shop's proofs are the shop's."""
    said, kinds = load("pages")["case"]["evidence_row"], load("pages")["mine"]["kinds"]
    pieces = evidence.of_dispute(session, dispute)
    own = [one for one in pieces if one.person_id == dispute.person_id]
    return [
        str(said).format(
            kind=kinds[one.kind], place=place, at=telling.moment(one.received_at), size=evidence.size_text(one.size)
        )
        for place, one in enumerate(own, start=1)
    ]  # fmt: skip


def _choices(session: Session, dispute: Dispute) -> list[dict[str, str]]:
    said, number = load("pages")["case"], disputes.number_text(dispute.number or "")
    found = []
    for code in possible(session, dispute):
        text = str(said["say"][code]).format(number=number)
        found.append({"title": said["labels"][code], "say": text, "ask": quote(text)})
    return found
