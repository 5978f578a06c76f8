"""How answers on the shipped library read: the day and its staleness once, in one sentence at the end."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
import yaml
from sqlalchemy.orm import Session

from bot.casework import recall_sources, recall_words, recalls

QUESTIONS = yaml.safe_load(
    (Path(__file__).parent / "recall_questions.yml").read_text(encoding="utf-8")
)
BY_KIND = {row["kind"]: row["query"] for row in QUESTIONS}  # one of each kind of answer


@pytest.mark.parametrize("is_read", [False, True])
@pytest.mark.parametrize("kind", sorted(set(BY_KIND) - {"not_in_library"}))
def test_the_day_and_its_staleness_are_said_once_at_the_end(
    session: Session, now: datetime, kind: str, is_read: bool
) -> None:
    recalls.ship(session, now)
    if is_read:
        for source in ("samr", "tianjin"):
            recall_sources.succeeded(session, source, now - timedelta(hours=1))
        session.flush()
    found = recalls.find(session, BY_KIND[kind])
    assert found.kind == kind
    for said in (
        recall_words.answer(session, found, now),
        recall_words.without_detail(session, found, now),
    ):
        assert said.count("截至") == 1 and f"截至 {found.as_of}" in said.splitlines()[-1]
        assert said.count("没有更新") == (0 if is_read else 1)
        assert "{" not in said


def test_an_empty_library_names_no_day(session: Session, now: datetime) -> None:
    found = recalls.find(session, "青禾落地扇 QH-1000")
    assert "截至" not in recall_words.answer(session, found, now)
