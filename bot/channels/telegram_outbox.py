"""Replies that go out at once or through the ledger, and its notices. Knows no bot."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import notices, people
from bot.casework.records import Notice, Person
from bot.channels import telegram_inbox as inbox
from bot.channels.telegram_text import Piece, of_replies, pieces
from bot.messages import Button, Reply
from bot.records_away import patiently

CHANNEL = "telegram"
MOST_BEGUN = 1000
Deliver = Callable[[int | str, Piece], Awaitable[notices.Outcome]]
Result = TypeVar("Result")


class Outbox:
    """What a chat is told. `deliver` sends one message and says what became of it."""

    def __init__(self, sessions: sessionmaker[Session], deliver: Deliver) -> None:
        self._sessions, self._deliver = sessions, deliver
        self._begun: dict[int, int] = {}  # how many pieces of a notice have arrived

    async def reply(
        self, chat_id: int, message_id: str, replies: Sequence[Reply], update_ids: Sequence[int]
    ) -> None:
        """Reply to what these updates brought; what cannot go now is left to the ledger.

        The updates are handled in the transaction that puts the rest of the reply there. What has
        arrived is not sent again where the records are away meanwhile: they are waited for. Raises
        SQLAlchemyError.
        """
        left = list(enumerate(of_replies(replies)))
        outcome: notices.Outcome | None = None
        may_go = left and not await _in_thread(self._has_waiting_replies, chat_id)
        if may_go:
            while left:
                outcome = await self._deliver(chat_id, left[0][1])
                if not isinstance(outcome, notices.Sent):
                    break
                del left[0]
        await _in_thread(self._settle, chat_id, message_id, left, outcome, update_ids)

    def _has_waiting_replies(self, chat_id: int) -> bool:
        """Whether earlier replies wait in the ledger: a new one must not overtake them."""
        query = select(Notice.id).join(Person, Person.id == Notice.person_id)
        query = query.where(Person.channel == CHANNEL, Person.external_id == str(chat_id))
        query = query.where(Notice.kind == "reply", Notice.state.in_(notices.OPEN)).limit(1)
        with self._sessions() as session:
            return session.scalar(query) is not None

    def _settle(
        self,
        chat_id: int,
        message_id: str,
        left: Sequence[tuple[int, Piece]],
        outcome: notices.Outcome | None,
        update_ids: Sequence[int],
    ) -> None:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            inbox.handled(session, update_ids, now)
            if not left:
                return
            who = people.person(session, CHANNEL, str(chat_id), now)
            if isinstance(outcome, notices.Unreachable):
                notices.lose(session, who, outcome.why)
                return
            posted = [_post(session, who, f"{message_id}:{n}", piece, now) for n, piece in left]
            if outcome is None:
                _hasten(session, who, now)
            else:
                _wait(posted[0], outcome, now)

    async def send(self, outgoing: notices.Outgoing) -> notices.Outcome:
        """Deliver a notice of the ledger; what became of it is data, never an exception.

        A notice of several pieces goes on, at the next attempt, after the last one that arrived.
        """
        buttons = [Button(b["id"] or "", b["title"] or "", b.get("url")) for b in outgoing.buttons]
        parts = pieces(outgoing.text, buttons)
        for number in range(self._begun.pop(outgoing.id, 0), len(parts)):
            outcome = await self._deliver(outgoing.external_id, parts[number])
            if not isinstance(outcome, notices.Sent):
                if number and len(self._begun) < MOST_BEGUN:
                    self._begun[outgoing.id] = number
                return outcome
        return notices.Sent() if parts else notices.Refused("no text")


async def _in_thread(work: Callable[..., Result], *given: Any) -> Result:
    """Do it with the records, however long they are away."""
    return await patiently(lambda: asyncio.to_thread(work, *given))


# ── with a session; the caller commits ───────────────────────────────────────


def _post(session: Session, who: Person, subject: str, piece: Piece, now: datetime) -> Notice:
    buttons = [asdict(button) for button in piece.buttons]
    return notices.post(session, who, "reply", subject, piece.text, now, buttons=buttons)


def _wait(first: Notice, outcome: notices.Outcome, now: datetime) -> None:
    """The attempt made directly counts: the ledger's first one waits as after any other."""
    match outcome:
        case notices.Later(seconds):
            first.retry_at = now + timedelta(seconds=seconds)
        case notices.Failed(why, is_unknown):
            first.retry_at, first.last_error = now + notices.FIRST_WAIT, why
            first.may_be_double = is_unknown


def _hasten(session: Session, who: Person, now: datetime) -> None:
    """Somebody who writes is there: what waits for them after failures is tried at once.

    A 429 is honoured all the same: the limiter does not ask Telegram before its time.
    """
    session.execute(
        update(Notice)
        .where(Notice.person_id == who.id, Notice.state == "due", Notice.due_at <= now)
        .values(retry_at=None)
    )
