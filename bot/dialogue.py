"""MESSAGE to REPLY: once for each message, in order for each citizen. Knows no channel and no rule."""

import asyncio
import contextlib
import functools
import logging
import re
import uuid
from collections.abc import Coroutine, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from bot import hearing, messages, metrics, replies
from bot.casework import evidence, label_notice, notices, people
from bot.casework.records import HeardMessage, Person
from bot.hearing import Heard
from bot.label_reader import LabelReader, Reading
from bot.library import words
from bot.messages import Message, Reply
from bot.rasa import NoAnswer, Question, Rasa, Row
from bot.tally import Tally
from bot.turns import Turns

log = logging.getLogger(__name__)

NOT_TEXT = re.compile("[\x00\ud800-\udfff]")  # halves of characters, which no record takes
HOPELESS = timedelta(hours=1)  # a message that Rasa has had so long, and says nothing to


class Dialogue:
    """Takes messages of all channels, one at a time for each citizen, in whatever process they arrive.

    Every message waits, in the records, until it is answered: what Rasa could not answer is taken
    up again in order, by the citizen's next message or by `take_up`, and once.
    """

    def __init__(
        self,
        sessions: sessionmaker[Session],
        rasa_urls: str,
        actions_urls: str,
        timeout_seconds: float = 8.0,
        *,
        shares_trackers: bool = False,
        asks_in_chat: bool = True,
        has_officers: bool = False,
        labels: LabelReader | None = None,
        tally: Tally | None = None,
    ) -> None:
        self._sessions = sessions
        self._turns = Turns(sessions)
        self._rasa = Rasa(rasa_urls, actions_urls, timeout_seconds)
        self._is_one_memory = shares_trackers or not self._rasa.are_several
        self._asks_in_chat, self._has_officers = asks_in_chat, has_officers
        self._tally = tally  # None: what was understood is counted nowhere
        self._labels = labels  # None: photos are kept and not looked at
        self._telling: set[asyncio.Task[None]] = set()
        self._answered_at = datetime.min.replace(tzinfo=UTC)  # when Rasa last answered anybody

    # ── what channels call ──

    async def hear(self, message: Message) -> list[Reply]:
        """The replies to a message; a repeated message_id gets the same replies again."""
        with metrics.turn(message.channel):
            return await self._hear(message)

    async def _hear(self, message: Message) -> list[Reply]:
        message = replace(message, text=NOT_TEXT.sub("\ufffd", message.text))
        files = await asyncio.to_thread(hearing.prepared, message.files)
        person_id, place = await asyncio.to_thread(self._stand_in_line, message)
        async with self._turns.of(person_id, place):
            # Who was erased in the meantime begins as a new person.
            heard, person_id, row_id, is_first = await asyncio.to_thread(
                self._receive, message, files
            )
            if is_first and heard.photos and self._labels is not None:
                say = functools.partial(self._say_label, person_id, row_id)
                self._labels.begin(heard.photos, say)
            if heard.ready is not None:
                return self._ready(person_id, heard)
            late = await self._answer_waiting(person_id, row_id, is_first)
            rows = await asyncio.to_thread(self._replies, person_id, row_id, late)
            return [messages.reply(row) for row in rows]

    async def edited(self, message: Message, edit_id: str) -> list[Reply]:
        """The reply to a changed message: what was told first is kept, a correction is a new message."""
        return self._ready(*await asyncio.to_thread(self._edited, message, edit_id))

    async def told(self, person_key: str, what: str) -> None:
        """Go on from what came in beside the talk, such as /give_contact; replies go by the ledger.

        Raises LookupError where nobody has that key.
        """
        person_id = await asyncio.to_thread(self._tell, person_key, what)
        with contextlib.suppress(SQLAlchemyError):  # it is kept, and taken up by the clock then
            await self._take_up(person_id)

    async def news(
        self, channel: str, external_id: str, seen_ids: Sequence[int]
    ) -> list[tuple[int, Reply]]:
        """What waits in the ledger for a citizen whose page fetches it; `seen_ids` are settled."""
        return await asyncio.to_thread(self._news, channel, external_id, seen_ids)

    # ── what the clock calls ──

    async def take_up(self) -> None:
        """Answer what waits, citizen by citizen; the replies go out through the ledger."""
        for person_id in await asyncio.to_thread(self._who_wait):
            await self._take_up(person_id)

    async def close(self) -> None:
        """Let the connections to Rasa go, once it has been told what it is to know."""
        if self._labels is not None:
            await self._labels.close()
        await asyncio.gather(*self._telling)
        await self._rasa.close()

    # ── answering, one citizen at a time ──

    def _ready(self, person_id: int, heard: Heard) -> list[Reply]:
        """What is replied without Rasa, which is told of it behind the reply's back, if at all."""
        if heard.question is not None:
            self._behind(self._tell_rasa(person_id, heard.question))
        if heard.forgets is not None:
            self._behind(self._forget(heard.forgets))
        return [messages.reply(row) for row in heard.ready or ()]

    def _behind(self, work: Coroutine[Any, Any, None]) -> None:
        telling = asyncio.create_task(work)
        self._telling.add(telling)
        telling.add_done_callback(self._telling.discard)

    async def _forget(self, key: str) -> None:
        with contextlib.suppress(NoAnswer):  # a dead one has forgotten all; nobody has this key now
            await self._rasa.forget(key)

    async def _count_intent(self, key: str, tally: Tally) -> None:
        with contextlib.suppress(NoAnswer):
            intent = await self._rasa.intent(key)
            metrics.understood(intent)
            tally.add(intent, datetime.now(UTC))

    async def _tell_rasa(self, person_id: int, question: Question) -> None:
        # It says nothing; a dead one has forgotten all; and the reply does not depend on it.
        with contextlib.suppress(NoAnswer, SQLAlchemyError):
            async with self._turns.alone(person_id):  # before the citizen's next message
                key = await asyncio.to_thread(self._key, person_id)
                await self._ask(key, f"aside:{uuid.uuid4().hex}", question)

    async def _take_up(self, person_id: int) -> None:
        async with self._turns.alone(person_id):
            await self._answer_waiting(person_id)

    async def _answer_waiting(
        self, person_id: int, until: int | None = None, is_first: bool = False
    ) -> list[int]:
        """Answer this person's waiting messages in order; stop at the first that stays unanswered.

        Each answer is recorded, and posted to the ledger, in one transaction; but not that of the
        message `until`, whose sender is there (`is_first`: Rasa has never had it). Returns the ids
        of the notices posted.
        """
        posted: list[int] = []
        for row_id, key, message_id, question, waiting_at in await asyncio.to_thread(
            self._waiting, person_id
        ):
            is_own = row_id == until
            asked_before = None if is_own and is_first else waiting_at
            try:
                if asked_before is None:
                    said = await self._ask(key, message_id, question)
                else:
                    said = await self._ask_again(row_id, key, message_id, question, asked_before)
            except NoAnswer as none:
                said = await asyncio.to_thread(self._wait_on, row_id, none)
                if not said:
                    break
            else:
                self._answered_at = datetime.now(UTC)
                if self._tally is not None and not question.is_press:
                    self._behind(self._count_intent(key, self._tally))
            posted += await asyncio.to_thread(self._settle, row_id, question, said, is_own)
            if is_own:
                break
        return posted

    async def _ask_again(
        self, row_id: int, key: str, message_id: str, question: Question, may_ask_at: datetime
    ) -> list[Row]:
        """The answer that Rasa has given to a message meanwhile, else a new one, where it is time."""
        said = await self._rasa.answered(key, message_id)
        if said:
            return said
        early = may_ask_at - datetime.now(UTC)  # more than that, where the clock was set back since
        if said is None and timedelta(0) < early <= replies.PATIENCE:
            raise NoAnswer(may_be_working=True)
        await asyncio.to_thread(self._may_ask_at, row_id, datetime.now(UTC) + replies.PATIENCE)
        if said is not None:  # half a turn, as where the action server died in it
            await self._rasa.forget(key)
        return await self._ask(key, message_id, question)

    async def _ask(self, key: str, message_id: str, question: Question) -> list[Row]:
        """Ask the talk's Rasa; one that did not have it last begins it anew, from the records."""
        server = await self._rasa.server(key)
        if not self._is_one_memory and await asyncio.to_thread(self._last_rasa, key) != server.name:
            await self._rasa.begin_anew(server, key)
            await asyncio.to_thread(self._has_talk, key, server.name)
        return await self._rasa.ask(server, key, message_id, question)

    # ── in threads, with the records ──

    def _stand_in_line(self, message: Message) -> tuple[int, int]:
        """The person's id and the message's, which are its place among those that other processes took."""
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            who = people.person(session, message.channel, message.external_id, now)
            text, _ = hearing.without_numbers(message.text)
            return who.id, people.heard(session, who, message.message_id, text, now).id

    def _key(self, person_id: int) -> str:
        with self._sessions() as session:
            return session.get_one(Person, person_id).key

    def _last_rasa(self, key: str) -> str | None:
        with self._sessions() as session:
            who = people.by_key(session, key)
            return None if who is None else who.rasa

    def _has_talk(self, key: str, server: str) -> None:
        with self._sessions.begin() as session:
            who = people.by_key(session, key)
            if who is not None:
                who.rasa = server

    def _receive(
        self, message: Message, files: Sequence[evidence.Prepared | str]
    ) -> tuple[Heard, int, int, bool]:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            who = people.person(session, message.channel, message.external_id, now)
            who.unreachable_why = None  # somebody who writes is there
            text, _ = hearing.without_numbers(message.text)
            kept = people.heard(session, who, message.message_id, text, now)
            before = people.replies_of(kept)
            if before is not None:
                ready = replies.not_twice(session, who, kept, before, now)
                return Heard(ready=ready), who.id, kept.id, False
            if kept.asked is not None:  # it waits already
                return Heard(Question.from_json(kept.asked)), who.id, kept.id, False
            person_id, row_id = who.id, kept.id
            heard = hearing.interpret(
                session, who, message, files, asks_in_chat=self._asks_in_chat,
                has_officers=self._has_officers, reads_labels=self._labels is not None, now=now,
            )  # fmt: skip
            if heard.ready is not None and heard.forgets is None:
                people.answered(kept, heard.ready, now)
            elif heard.question is not None:
                heard = replies.in_line(session, who, kept, heard, heard.question, now)
            if heard.photos:
                label_notice.begin(session, who, str(kept.id), now)
            return heard, person_id, row_id, True

    def _waiting(self, person_id: int) -> list[tuple[int, str, str, Question, datetime | None]]:
        with self._sessions() as session:
            who = session.get(Person, person_id)
            if who is None:  # erased in the meantime
                return []
            return [
                (one.id, who.key, one.message_id, Question.from_json(one.asked), one.waiting_at)
                for one in people.waiting(session, who)
                if one.asked is not None
            ]

    def _may_ask_at(self, row_id: int, moment: datetime) -> None:
        with self._sessions.begin() as session:
            session.get_one(HeardMessage, row_id).waiting_at = moment

    def _wait_on(self, row_id: int, none: NoAnswer) -> list[Row]:
        """Let a message wait on; the words with which one is given up that Rasa cannot answer."""
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            kept = session.get_one(HeardMessage, row_id)
            if not none.may_be_working:
                kept.waiting_at = now
            is_alone = (
                self._answered_at > kept.heard_at + 4 * replies.PATIENCE
            )  # others were answered
            if none.is_reached and (is_alone or now - kept.heard_at > HOPELESS):
                log.error("message %s is given up: Rasa says nothing to it", row_id)
                return [{"text": words("fault")}]
        return []

    def _settle(
        self, row_id: int, question: Question, said: Sequence[Row], is_own: bool
    ) -> list[int]:
        """Record the answer; where its sender may not be there, it goes out through the ledger."""
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            kept = session.get_one(HeardMessage, row_id)
            if kept.waiting_at is None:  # by another, while this process stood still
                return []
            who = session.get_one(Person, kept.person_id)
            rows = [hearing.offered(session, who, row, now) for row in (*question.before, *said)]
            people.answered(kept, rows, now)
            if is_own:
                return []
            return [
                notices.post(
                    session, who, "reply", f"{row_id}:{place}", row["text"], now,
                    buttons=row["buttons"],
                ).id
                for place, row in enumerate(rows)
            ]  # fmt: skip

    def _replies(self, person_id: int, row_id: int, late: Sequence[int]) -> list[Row]:
        """What the sender of a message is told: late answers first, then its own, or to wait."""
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            who = session.get_one(Person, person_id)
            kept = session.get_one(HeardMessage, row_id)
            own = people.replies_of(kept)
            taken = notices.take_back(session, who, late, now)
            rows = [replies.row_of(one) for one in taken]
            if own is None:
                return [*rows, *replies.told_to_wait(kept)]
            own = replies.not_twice(session, who, kept, own, now)
            if rows:
                people.answered(kept, [*rows, *own], now)
            return [*rows, *own]

    def _edited(self, message: Message, edit_id: str) -> tuple[int, Heard]:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            who = people.person(session, message.channel, message.external_id, now)
            caption, _ = hearing.without_numbers(message.text)
            kept = people.heard(session, who, edit_id, caption, now)
            edit = replace(message, message_id=edit_id)
            heard = hearing.answered_at_once(
                session, who, edit, (), now, has_officers=self._has_officers
            )
            if heard is None:
                is_caption = evidence.recaption(session, who, message.message_id, caption)
                key = "caption_changed" if is_caption else "edit_not_taken"
                heard = Heard(ready=[{"text": words(key)}])
            people.answered(kept, heard.ready or [], now)
            return who.id, heard

    def _tell(self, person_key: str, what: str) -> int:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            who = people.by_key(session, person_key)
            if who is None:
                raise LookupError("nobody has that key")
            kept = people.heard(session, who, f"told:{uuid.uuid4().hex}", what, now)
            before = hearing.joined(session, who, now)
            people.await_answer(kept, Question(what, before=before).to_json(), now)
            return who.id

    def _say_label(self, person_id: int, row_id: int, readings: Sequence[Reading] | None) -> None:
        """What was read on photos goes out by the ledger, if their sender is still there."""
        with self._sessions.begin() as session:
            who = session.get(Person, person_id)
            if who is not None and session.get(HeardMessage, row_id) is not None:
                label_notice.say(session, who, readings, str(row_id), datetime.now(UTC))

    def _who_wait(self) -> list[int]:
        with self._sessions() as session:
            return [who.id for who in people.who_wait(session)]

    def _news(
        self, channel: str, external_id: str, seen_ids: Sequence[int]
    ) -> list[tuple[int, Reply]]:
        now = datetime.now(UTC)
        with self._sessions.begin() as session:
            who = people.person(session, channel, external_id, now)
            notices.acknowledge(session, who, seen_ids, now)
            return [
                (one.id, messages.reply(replies.row_of(one)))
                for one in notices.waiting_for(session, who, now)
            ]
