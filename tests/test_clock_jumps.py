"""A clock of the day that jumps: what waits is not left waiting, and what went out does not go out again."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import notices, people, quiet
from bot.casework.disputes import CHINA
from bot.casework.records import HeardMessage, Notice
from bot.dialogue import Dialogue
from bot.library import words
from bot.messages import Message
from tests import aside
from tests.rasa_by_hand import RasaByHand, rasa_by_hand

NIGHT = datetime(2026, 11, 2, 23, 30, tzinfo=CHINA)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def rasa() -> Iterator[RasaByHand]:
    with rasa_by_hand() as made:
        yield made


@pytest.mark.parametrize("jump", [-DAY, -HOUR, timedelta(0), HOUR, DAY], ids=str)
def test_a_message_that_waits_for_rasa_is_answered_when_it_is_back(
    sessions: sessionmaker[Session], rasa: RasaByHand, jump: timedelta
) -> None:
    """Rasa may have it still, for fifteen seconds: of a steady clock, not of one that was set back."""

    async def scene() -> None:
        dialogue = Dialogue(sessions, rasa.url, rasa.url, 0.5)
        rasa.hangs = True
        (said,) = await dialogue.hear(Message("web", "c-1", "m-1", "在吗"))
        assert said.text == words("degraded")
        rasa.hangs = False
        with time_machine.travel(datetime.now(UTC) + jump):
            await dialogue.take_up()
            waits = jump == timedelta(0)
            assert rasa.heard == ([] if waits else ["m-1"])
        if not waits:
            with time_machine.travel(datetime.now(UTC) + max(jump, timedelta(0))):
                assert [r.text for _, r in await dialogue.news("web", "c-1", ())] == ["听到：在吗"]
        await dialogue.close()

    aside.run(scene())
    with sessions() as session:
        (kept,) = session.scalars(select(HeardMessage))
    assert (kept.answered_at is None) == (jump == timedelta(0))


JUMPS: Sequence[Sequence[timedelta]] = (
    (HOUR, -HOUR, DAY), (DAY, -DAY, DAY), (-HOUR, HOUR, HOUR, -HOUR, DAY), (-DAY, 2 * DAY), (9 * HOUR, -9 * HOUR, DAY),
)  # fmt: skip


@pytest.mark.parametrize("jumps", JUMPS, ids=str)
def test_notices_go_out_once_however_the_clock_jumps(
    sessions: sessionmaker[Session], jumps: Sequence[timedelta]
) -> None:
    """What the quiet of the night holds back does not come before its hour."""
    sent: list[tuple[str, datetime]] = []
    with sessions.begin() as session:
        for name in ("1", "2"):
            who = people.person(session, "telegram", name, NIGHT)
            due = NIGHT if name == "1" else quiet.due_at(session, who, NIGHT)
            notices.post(session, who, "progress", name, name, NIGHT, due_at=due)
    now = NIGHT
    for jump in (timedelta(0), *jumps):
        now += jump
        with sessions.begin() as session:
            for one in notices.claim(session, ["telegram"], now):
                sent.append((one.text, now))
                notices.record(session, one.id, notices.Sent(), now)
    assert sorted(text for text, _ in sent) == ["1", "2"]
    assert dict(sent)["1"] == NIGHT and dict(sent)["2"] >= quiet.quiet_until(NIGHT) > NIGHT
    with sessions() as session:
        assert set(session.scalars(select(Notice.state))) == {"sent"}
