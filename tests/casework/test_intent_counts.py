"""What messages were taken for, by day: the domain's intents alone, added by several processes, read by week."""

from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import intent_counts
from bot.casework.intent_counts import FALLBACK, WeekOfTalk
from bot.casework.intent_records import IntentCount
from bot.casework.periods import Period
from bot.library import load
from bot.settings import ROOT
from tests import records
from tests.postgres import address_of

MONDAY = date(2026, 11, 2)


@pytest.fixture(params=["sqlite", "postgresql"])
def anywhere(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sessionmaker[Session]]:
    with address_of(request.param, tmp_path) as address:
        yield from records.at(address)


def on(days: int, intent: str) -> tuple[date, str]:
    return MONDAY + timedelta(days=days), intent


def test_every_intent_of_the_domain_has_words_and_nothing_else_is_counted() -> None:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    assert set(load("intents")) == {*domain["intents"], FALLBACK}
    said = list(load("intents").values())
    assert len(set(said)) == len(said) and all(isinstance(one, str) for one in said)
    assert max(map(len, load("intents"))) <= IntentCount.intent.type.length  # type: ignore[attr-defined]
    for odd in ("none", "我叫王丽华", "", "/file_complaint", "__class__"):
        assert not intent_counts.is_known(odd)


def test_what_two_processes_add_to_one_day_at_once_is_all_there(
    anywhere: sessionmaker[Session],
) -> None:
    counts = {on(day, intent): 1 for intent in ("inform", "deny", "affirm") for day in (1, 0)}

    def process(turned: bool) -> None:
        for _ in range(20):
            mine = dict(reversed(counts.items())) if turned else counts
            with anywhere.begin() as session:
                intent_counts.add(session, mine)

    with ThreadPoolExecutor(2) as both:
        list(both.map(process, (False, True)))
    with anywhere() as session:
        found = {(one.day, one.intent): one.times for one in session.scalars(select(IntentCount))}
    assert found == dict.fromkeys(counts, 40)


def test_the_numbers_by_week_and_of_a_period(anywhere: sessionmaker[Session]) -> None:
    with anywhere.begin() as session:
        intent_counts.add(
            session,
            {on(-1, "deny"): 5, on(0, "inform"): 3, on(0, FALLBACK): 1, on(6, "ask_rights"): 4,
             on(7, "inform"): 2, on(14, FALLBACK): 2},
        )  # fmt: skip
    weeks = [MONDAY + timedelta(weeks=one) for one in range(4)]
    with anywhere() as session:
        found = intent_counts.by_week(session, weeks)
        assert found == [WeekOfTalk(weeks[0], 8, 1), WeekOfTalk(weeks[1], 2, 0),
                         WeekOfTalk(weeks[2], 2, 2), WeekOfTalk(weeks[3], 0, 0)]  # fmt: skip
        assert [one.rate for one in found] == [0.125, 0, 1, None]
        whole = Period(MONDAY, MONDAY + timedelta(days=6))
        assert intent_counts.of_period(session, whole) == [("ask_rights", 4), ("inform", 3)]
        longer = Period(MONDAY, MONDAY + timedelta(days=14))
        assert Counter(dict(intent_counts.of_period(session, longer))) == {
            "inform": 5,
            "ask_rights": 4,
        }
