"""What is done to the records by the clock, and how often: one line each. Knows no channel."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from bot.casework import links, negotiations, reminders, reports, retention
from bot.settings import Settings

Work = Callable[[Session, datetime], int]


@dataclass(frozen=True)
class Chore:
    """Work in a transaction of its own; it tells how much it did.

    `name` is for the log. With `is_batched` it is called again until nothing is left. `first_after`
    is from the start of the process, which has enough to do.
    """

    name: str
    every: timedelta
    work: Work
    is_batched: bool = False
    first_after: timedelta | None = None


def chores(settings: Settings) -> list[Chore]:
    """All of them, with the addresses and the terms of these settings."""
    host, key = settings.public_url or "", settings.signing_key()
    url_of = functools.partial(links.shop_url, host, key)

    def page_of(person: str) -> str | None:
        return links.contact_url(host, key, person) if host else None

    terms = retention.Terms(**settings.model_dump(include=set(retention.Terms.__annotations__)))
    minute, hour, day = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
    return [
        Chore("the fast lane", minute, lambda s, now: negotiations.tick(s, now, url_of)),
        Chore("what is missing", minute, lambda s, now: reminders.tick(s, now, page_of)),
        Chore("prepared reports", hour, reports.forget_prepared),
        Chore(
            "old records", day, lambda s, now: retention.expire(s, now, terms),
            is_batched=True, first_after=timedelta(minutes=5),
        ),
    ]  # fmt: skip
