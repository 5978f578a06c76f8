"""REPLY on the page of recalls: a search by words, and the newest notices. Knows no citizen."""

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlencode

from sqlalchemy.orm import Session, sessionmaker
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from bot.casework import recall_list, recall_question, recall_sources, recall_words, recalls, typed
from bot.casework.disputes import local_day
from bot.casework.records import Recall
from bot.channels import web_guard, web_pages
from bot.settings import Settings

PATH = "/recalls"
LONGEST = recall_question.LONGEST_QUESTION  # characters of a search
MOST_FOUND = 5  # notices shown under an answer
MOST_MODELS = 3
LONGEST_PAGE = 6  # digits of the number of a page
A_MINUTE = 60  # searches from one network address


def routes(sessions: sessionmaker[Session], settings: Settings) -> list[BaseRoute]:
    """The page of recalls, open to everybody."""
    pages, rate = web_pages.Pages(settings), web_guard.Rate(A_MINUTE)

    async def show(request: Request) -> Response:
        asked = typed.line(request.query_params.get("q", ""), LONGEST)
        try:
            if asked:
                rate.check(web_guard.address(request))
        except HTTPException as refusal:  # the newest notices, without the answer
            found = await asyncio.to_thread(_state, sessions, "", request.query_params)
            found |= {"asked": asked, "alert": web_pages.refusal_text(refusal)}
            response = pages.draw(request, "recalls.html", refusal.status_code, **found)
            response.headers.update(refusal.headers or {})
            return response
        found = await asyncio.to_thread(_state, sessions, asked, request.query_params)
        return pages.draw(request, "recalls.html", **found)

    return [Route(PATH, show, methods=["GET"])]


def _state(sessions: sessionmaker[Session], asked: str, query: Mapping[str, str]) -> dict[str, Any]:
    now = datetime.now(UTC)
    with sessions() as session:
        known = recall_list.categories(session)
        category = query.get("category")
        category = category if category in known else None
        listed = recall_list.page(session, category, _number(query.get("page", "")))
        day = recalls.as_of(session)
        return {
            "asked": asked,
            "alert": None,
            "answer": _answer(session, asked, now) if asked else None,
            "category": category,
            "categories": [(name, address(category=name)) for name in known],
            "rows": [row(one) for one in listed.notices],
            "page_number": listed.number,
            "page_count": listed.pages,
            "count": listed.count,
            "earlier": _beside(category, listed, 1),
            "later": _beside(category, listed, -1),
            "as_of": day.isoformat() if day else "",
            "stale": recall_sources.stale_text(session, day, now),
            "sources": [_source(one) for one in recall_sources.statuses(session, now)],
        }


def _answer(session: Session, asked: str, now: datetime) -> dict[str, Any]:
    """What the chat would say, and the notices that it is about."""
    found = recalls.find(session, asked)
    meant = [match.notice for match in (*found.matches, *found.out_of_spans, *found.same_model)]
    near = [one.notice for one in found.near]
    shown = {one.notice_no: one for one in (*meant, *near, *found.brand_notices)}
    return {
        "kind": found.kind,
        "text": recall_words.answer(session, found, now),
        "rows": [row(one) for one in list(shown.values())[:MOST_FOUND]],
    }


def row(notice: Recall) -> dict[str, Any]:
    """A notice as it is listed."""
    return {
        "url": f"{PATH}/{quote(notice.notice_no, safe='')}",
        "title": notice.title,
        "day": recall_words.published(notice.published_on),
        "publisher": notice.publisher,
        "hazard": notice.hazard,
        "models": notice.models[:MOST_MODELS],
        "has_more": len(notice.models) > MOST_MODELS,
        "is_foreign": notice.jurisdiction != "CN",
    }


def address(**query: object) -> str:
    """The address of the page with what is given of category and page."""
    given = {name: value for name, value in query.items() if value}
    return f"{PATH}?{urlencode(given)}#list" if given else f"{PATH}#list"


def _beside(category: str | None, listed: recall_list.Page, step: int) -> str | None:
    number = listed.number + step
    if not 1 <= number <= listed.pages:
        return None
    return address(category=category, page=number if number > 1 else None)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) <= LONGEST_PAGE else 1


def _source(one: recall_sources.Status) -> dict[str, Any]:
    read = one.last_success_at
    return {
        "name": one.name,
        "read_on": local_day(read).isoformat() if read else None,
        "is_stale": one.is_stale,
    }
