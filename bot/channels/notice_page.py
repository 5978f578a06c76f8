"""REPLY on the page of one recall notice: the danger first, then what to do now. Knows no citizen."""

import asyncio
import re
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy.orm import Session, sessionmaker
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.casework import recall_list, recall_sources, recall_words, recalls
from bot.casework.disputes import local_day
from bot.casework.records import Recall
from bot.channels import recalls_page, web_pages
from bot.library import load
from bot.settings import Settings

_DIALLED = re.compile(r"\d[\d—–－-]{3,}\d")
DIGITS = range(5, 13)  # of a number to call: 95518 to a mobile with its 86
FIELDS = (
    "product_name", "brand", "models", "batch_raw", "manufacture_or_sale_dates", "quantity", "producer",
    "category", "injury_reports",
)  # fmt: skip


def routes(sessions: sessionmaker[Session], settings: Settings) -> list[BaseRoute]:
    """The page of each notice in the library."""
    pages = web_pages.Pages(settings)

    async def show(request: Request) -> Response:
        found = await asyncio.to_thread(_state, sessions, request.path_params["number"])
        if found is None:
            return pages.fault(request, 404, "no_notice", has_search=True)
        said = load("recall_notice")  # what the notices in the chat say too
        return pages.draw(request, "notice.html", recall_words=said, **found)

    return [Route(f"{recalls_page.PATH}/{{number:path}}", show, methods=["GET"])]


def _state(sessions: sessionmaker[Session], number: str) -> dict[str, Any] | None:
    with sessions() as session:
        notice = session.get(Recall, number) if _may_be_number(number) else None
        if notice is None:
            return None
        as_of = recalls.as_of(session)
        return {
            "notice": notice,
            "published": recall_words.published(notice.published_on),
            "fields": _fields(notice),
            "calls": calls(notice.contact_phone or ""),
            "is_foreign": notice.jurisdiction != "CN",
            "source_url": _web_address(notice.url),
            "doubts": [load("sources")["reasons"].get(one, one) for one in notice.doubts or ()],
            "versions": _versions(session, notice),
            "first_seen": local_day(notice.first_seen_at).isoformat(),
            "as_of": as_of.isoformat() if as_of else "",
            "stale": recall_sources.stale_text(session, as_of, datetime.now(UTC)),
            "ask": quote(asked(notice)),
        }


def _may_be_number(text: str) -> bool:
    """Whether a text can be the number of a notice; a database takes no NUL and no half characters."""
    return 0 < len(text) <= 64 and text.isprintable()


def asked(notice: Recall) -> str:
    """What a citizen says in the chat who has the product; of several models they name their own."""
    said = load("pages")["notice"]["ask"]
    brand = next(iter(notice.brand_aliases or ()), notice.brand) or ""
    product = notice.product_type or notice.product_name or ""
    thing = product if brand and brand in product else f"{brand}{product}"
    if len(notice.models) == 1:
        return str(said["one_model"]).format(thing=thing, model=notice.models[0])
    return str(said["models" if notice.models else "no_model"]).format(thing=thing)


def calls(contact: str) -> list[tuple[str, str | None]]:
    """A contact cut into words and numbers: each piece with the number to call, None for words."""
    pieces: list[tuple[str, str | None]] = []
    end = 0
    for found in _DIALLED.finditer(contact):
        digits = re.sub(r"\D", "", found.group())
        if len(digits) in DIGITS:
            pieces += [(contact[end : found.start()], None), (found.group(), digits)]
            end = found.end()
    pieces.append((contact[end:], None))
    return [(text, number) for text, number in pieces if text]


def _fields(notice: Recall) -> list[tuple[str, str]]:
    """The fields that the notice holds, each with its label."""
    labels = load("pages")["notice"]["fields"]
    values = {name: getattr(notice, name) for name in FIELDS}
    values["models"] = "、".join(notice.models)
    if notice.quantity:
        values["quantity"] = f"{notice.quantity} {notice.quantity_unit or ''}".strip()
    return [(labels[name], str(value)) for name, value in values.items() if value]


def _versions(session: Session, notice: Recall) -> list[dict[str, str]]:
    labels = load("pages")["notice"]["fields"]
    return [
        {
            "day": one.day.isoformat(),
            "source": one.source,
            "changed": "、".join(labels[name] for name in one.changed if name in labels),
        }
        for one in recall_list.versions(session, notice)
    ]


def _web_address(url: str | None) -> str | None:
    return url if url and url.startswith(("https://", "http://")) else None
