"""MESSAGE in, REPLY and NOTICE out, in Telegram; it knows no rule of the trade."""

import asyncio
import contextlib
import itertools
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from starlette.routing import BaseRoute
from telegram import BotCommand, CallbackQuery, LinkPreviewOptions, Update
from telegram import Message as Post
from telegram.constants import ChatAction
from telegram.error import InvalidToken, NetworkError, TelegramError
from telegram.ext import Updater

from bot.casework import notices
from bot.casework.evidence import File, Kind
from bot.channels import telegram_api as api
from bot.channels import telegram_inbox as inbox
from bot.channels import telegram_reading as reading
from bot.channels import telegram_webhook as webhook
from bot.channels.telegram_limits import Room
from bot.channels.telegram_outbox import CHANNEL, Outbox
from bot.channels.telegram_text import Piece, of_replies
from bot.channels.web_guard import Rate
from bot.dialogue import Dialogue
from bot.library import load, words
from bot.messages import Message, Reply
from bot.records_away import patiently
from bot.settings import Settings

log = logging.getLogger(__name__)

KINDS = ("message", "edited_message", "callback_query")  # of updates that we ask for
LARGEST_FILE = 20 * 1024 * 1024  # bytes: https://core.telegram.org/bots/api#getfile
ROOM_FOR_FILES = 128 * 1024 * 1024  # bytes of citizens' files in memory at one time
TYPING_AFTER = 0.7  # seconds; a quicker reply needs no sign of life
TYPING_LASTS = 4.5  # Telegram shows it for five seconds
MOST_TYPING = 12  # so many times: who waits longer is told so
POLL = timedelta(seconds=20)
START_WAITS = (1, 2, 5, 10, 30, 60)  # seconds between attempts to reach Telegram, the last for ever
DOWNLOAD_WAITS = (1, 3, 9)  # seconds between attempts to fetch a file
STOP_SECONDS = 5.0  # for what is being answered; the rest is taken up at the next start
MOST_ALBUMS = 1000
A_MINUTE = 40  # messages and presses of one chat, as many as of a citizen on the web page
MOST_IN_LINE = 40  # of one chat, that wait to be handled
AWAY_SECONDS = 600.0  # so often a chat is told, at most, that the records are away
LOOK_SECONDS = 1.0  # in webhook mode, between looks for what other processes have kept


class Telegram:
    """The channel: every chat has a line and a worker of its own; nothing taken is lost.

    Of several processes one has it begun (a duty of bot/jobs.py): it alone polls, and answers. In
    webhook mode the door of each is open; what the others keep it finds in the records.
    """

    def __init__(
        self, dialogue: Dialogue, settings: Settings, sessions: sessionmaker[Session]
    ) -> None:
        if settings.telegram_mode == "webhook":
            webhook.check(settings)
        self._dialogue, self._settings, self._sessions = dialogue, settings, sessions
        self._bot = api.connect(settings, self._refused)
        self._updater = Updater(self._bot, api.KeptQueue(self._keep))
        self._outbox = Outbox(sessions, self._deliver)
        self._workers = inbox.Workers(self._handle)
        self._room = Room(ROOM_FOR_FILES)
        self._rate, self._refusals = Rate(A_MINUTE), Rate(1)
        self._waits = Rate(1, AWAY_SECONDS)
        self._gate = asyncio.Lock()  # what comes in stands in line in the order it came
        self._is_open = False
        self._opening: asyncio.Task[None] | None = None
        self._looking: asyncio.Task[None] | None = None
        self._look_now = asyncio.Event()  # something has just come in
        self._in_hand: set[int] = set()  # updates that were taken from the records
        self._albums: dict[str, int] = {}  # the message id that an album goes by

    # ── beginning and end ──

    async def start(self) -> None:
        """Begin; Telegram is reached in the background, however long that takes."""
        logging.getLogger("httpx").setLevel(logging.WARNING)  # its lines hold the token
        self._opening = asyncio.create_task(self._open())
        self._opening.add_done_callback(inbox.watch)

    async def stop(self) -> None:
        """End: what is being answered has a few seconds, the rest is taken up at the next start."""
        self._is_open = False
        await inbox.cancel([one for one in (self._opening, self._looking) if one is not None])
        if self._updater.running:
            with contextlib.suppress(TelegramError):
                await self._updater.stop()
        await self._workers.finish(STOP_SECONDS)
        await self._updater.shutdown()
        self._in_hand.clear()

    def routes(self) -> list[BaseRoute]:
        """The door for Telegram's own requests, in webhook mode."""
        if self._settings.telegram_mode != "webhook":
            return []
        return [webhook.route(self._settings.telegram_webhook_secret, self._brought)]

    async def _open(self) -> None:
        try:
            await _persist(self._updater.initialize)
            await _persist(self._take_up)
            await self._offer_commands()
            await _persist(self._listen)
        except InvalidToken:
            self._refused()

    async def _listen(self) -> None:
        if self._settings.telegram_mode == "webhook":
            await self._bot.set_webhook(
                webhook.address(self._settings),
                secret_token=self._settings.telegram_webhook_secret,
                allowed_updates=KINDS,
            )
            self._looking = asyncio.create_task(self._look())
            self._looking.add_done_callback(inbox.watch)
        else:  # deletes a webhook, if one is set
            await self._updater.start_polling(
                timeout=POLL, allowed_updates=KINDS, error_callback=_note
            )

    def _refused(self) -> None:
        log.critical("Telegram refuses TELEGRAM_TOKEN: this channel stays closed, the rest goes on")

    async def _offer_commands(self) -> None:
        try:
            offered = load("commands")["commands"]
        except FileNotFoundError:
            return
        with contextlib.suppress(TelegramError):
            await self._bot.set_my_commands(
                [BotCommand(name, row["title"]) for name, row in offered.items()]
            )

    # ── in ──

    async def _brought(self, row: dict[str, Any]) -> int:
        """Take an update from the webhook: 200 once it is kept, 503 and it comes again."""
        try:
            await self._keep(Update.de_json(api.readable(row), self._bot))
            if self._is_open:
                self._look_now.set()
        except TelegramError:
            return 503
        return 200

    async def _keep(self, update: Update) -> None:
        chat_id = reading.private_chat(update)
        if chat_id is None:
            return
        async with self._gate:
            try:
                is_new = await asyncio.to_thread(self._store, update)
            except SQLAlchemyError as error:
                self._workers.spawn(self._tell_to_wait(chat_id))  # Telegram has it, for a day
                raise NetworkError(f"not kept: {type(error).__name__}") from error
            if is_new and self._is_open and self._settings.telegram_mode == "polling":
                self._hand_over(chat_id, update)

    def _hand_over(self, chat_id: int, update: Update) -> None:
        """Put an update into its chat's line, or tell the chat that it has to wait."""
        seconds = self._rate.wait(str(chat_id))
        if seconds or self._workers.in_line(chat_id) >= MOST_IN_LINE:
            self._workers.spawn(self._refuse(chat_id, update.update_id, seconds))
        else:
            self._in_line(chat_id, update)

    async def _refuse(self, chat_id: int, update_id: int, seconds: int) -> None:
        """Say, once a minute, that no more is taken; the update counts as handled, its words go."""
        said = load("telegram")["too_fast" if seconds else "in_line"]
        is_told = self._refusals.wait(str(chat_id)) > 0
        replies = [] if is_told else [Reply(str(said).format(seconds=seconds))]
        try:
            await self._outbox.reply(chat_id, f"refused:{update_id}", replies, [update_id])
        except SQLAlchemyError as error:  # stays unhandled, and is taken up at the next start
            log.error("update %s is left: %s", update_id, type(error).__name__)

    def _store(self, update: Update) -> bool:
        with self._sessions.begin() as session:
            return inbox.keep(session, update.update_id, update.to_json(), datetime.now(UTC))

    async def _take_up(self) -> None:
        """Put what an earlier process left unhandled into line, before anything new."""
        async with self._gate:
            await asyncio.to_thread(self._forget)
            await self._hand_over_kept(self._in_line)  # nobody is told to wait for what we left
            self._is_open = True

    async def _look(self) -> None:
        """In webhook mode, put what any process has kept into line."""
        while True:
            try:
                async with self._gate:
                    await self._hand_over_kept(self._hand_over)
            except SQLAlchemyError as error:
                log.error("no updates from the records: %s", type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._look_now.wait(), LOOK_SECONDS)
            self._look_now.clear()

    def _in_line(self, chat_id: int, update: Update) -> None:
        self._workers.hand_over(chat_id, update, reading.album(update))

    async def _hand_over_kept(self, hand_over: Callable[[int, Update], None]) -> None:
        kept = [
            Update.de_json(json.loads(body), self._bot)
            for body in await asyncio.to_thread(self._unhandled)
        ]
        self._in_hand &= {update.update_id for update in kept}
        for update in kept:
            chat_id = reading.private_chat(update)
            if chat_id is not None and update.update_id not in self._in_hand:
                self._in_hand.add(update.update_id)
                hand_over(chat_id, update)

    def _forget(self) -> None:
        with self._sessions.begin() as session:
            inbox.forget(session, datetime.now(UTC))

    def _unhandled(self) -> Sequence[str]:
        with self._sessions() as session:
            return inbox.unhandled(session)

    async def _handle(self, chat_id: int, updates: list[Update]) -> None:
        """Hear one update, or an album's together, and reply; a fault is told, and is the last."""
        ids = [update.update_id for update in updates]
        try:
            async with self._typing(chat_id):
                message_id, replies = await self._hear(chat_id, updates)
            await self._outbox.reply(chat_id, message_id, replies, ids)
        except Exception as error:  # the channel's edge: one message, and never the next
            log.error("update %s failed: %s", ids[0], type(error).__name__)
            await self._own_up(chat_id, ids)

    async def _patiently(
        self, chat_id: int, heard: Callable[[], Awaitable[list[Reply]]]
    ) -> list[Reply]:
        """The replies to what was kept; the chat is told where the records are away meanwhile."""
        return await patiently(heard, lambda: self._tell_to_wait(chat_id))

    async def _tell_to_wait(self, chat_id: int) -> None:
        """Say, past the records, that what was sent is not lost and will be answered."""
        if not self._waits.wait(str(chat_id)):
            for piece in of_replies([Reply(words("degraded"))]):
                await self._deliver(chat_id, piece)

    async def _own_up(self, chat_id: int, ids: list[int]) -> None:
        try:
            await self._outbox.reply(chat_id, f"fault:{ids[0]}", [Reply(words("fault"))], ids)
        except SQLAlchemyError as error:  # stays unhandled, and is taken up at the next start
            log.error("update %s is left: %s", ids[0], type(error).__name__)

    async def _hear(self, chat_id: int, updates: list[Update]) -> tuple[str, list[Reply]]:
        """The id that the message goes by, and the replies to it."""
        chat = str(chat_id)
        query, edited = updates[0].callback_query, updates[0].edited_message
        if query is not None:
            self._workers.spawn(self._acknowledge(query))
            name = f"press:{query.id}"
            press = Message(CHANNEL, chat, name, "", button_id=query.data or "")
            return name, await self._patiently(chat_id, lambda: self._dialogue.hear(press))
        if edited is not None:
            when = edited.edit_date or edited.date
            name = f"edit:{edited.message_id}:{int(when.timestamp())}"
            number = self._albums.get(edited.media_group_id or "", edited.message_id)
            edit = Message(CHANNEL, chat, str(number), reading.text([edited]))
            return name, await self._patiently(chat_id, lambda: self._dialogue.edited(edit, name))
        return await self._hear_posts(chat_id, [one.message for one in updates if one.message])

    async def _hear_posts(self, chat_id: int, posts: list[Post]) -> tuple[str, list[Reply]]:
        """One message, or the parts of an album. A file that cannot be fetched costs only itself."""
        name = str(posts[0].message_id)
        self._remember_album(posts[0])
        given = [found for found in map(reading.attached, posts) if found is not None]
        async with self._room.take(sum(one.file_size or LARGEST_FILE for _, one in given)):
            fetched = [await self._fetch(kind, one) for kind, one in given]
            files = tuple(one for one in fetched if isinstance(one, File))
            unread = None if given else reading.unread(posts[0])
            text = reading.text(posts)
            message = Message(CHANNEL, str(chat_id), name, text, files=files, unread=unread)
            missing = [one for one in fetched if isinstance(one, str)]
            told = [_told(key, missing.count(key)) for key in dict.fromkeys(missing)]
            if told and not files and not message.text:
                return name, told
            heard = await self._patiently(chat_id, lambda: self._dialogue.hear(message))
            return name, [*told, *heard]

    def _remember_album(self, post: Post) -> None:
        """Keep the number an album goes by: its caption may be edited at any of its parts."""
        if post.media_group_id:
            self._albums[post.media_group_id] = post.message_id
            if len(self._albums) > MOST_ALBUMS:
                del self._albums[next(iter(self._albums))]

    async def _fetch(self, kind: Kind, given: Any) -> File | str:
        """A file, or the key in telegram.yml that says why there is none."""
        if (given.file_size or 0) > LARGEST_FILE:
            return "too_large"
        for wait in (*DOWNLOAD_WAITS, None):
            try:
                found = await self._bot.get_file(given.file_id)
                if (found.file_size or 0) > LARGEST_FILE:
                    return "too_large"
                content = bytes(await found.download_as_bytearray())
                mime, name = getattr(given, "mime_type", None), getattr(given, "file_name", None)
                return File(kind, content, mime or "", name or "")
            except TelegramError as error:
                if "too big" in error.message.lower():
                    return "too_large"
                log.warning("a file did not come: %s", type(error).__name__)
            if wait is not None:
                await asyncio.sleep(wait)
        return "not_fetched"

    async def _acknowledge(self, query: CallbackQuery) -> None:
        with contextlib.suppress(TelegramError):  # such as: the query is too old
            await self._bot.answer_callback_query(query.id)

    @contextlib.asynccontextmanager
    async def _typing(self, chat_id: int) -> AsyncIterator[None]:
        """Show that somebody writes, where the reply takes its time."""
        showing = asyncio.create_task(self._show_typing(chat_id))
        try:
            yield
        finally:
            showing.cancel()

    async def _show_typing(self, chat_id: int) -> None:
        await asyncio.sleep(TYPING_AFTER)
        for _ in range(MOST_TYPING):
            with contextlib.suppress(TelegramError):
                await self._bot.send_chat_action(chat_id, ChatAction.TYPING)
            await asyncio.sleep(TYPING_LASTS)

    # ── out ──

    async def send(self, outgoing: notices.Outgoing) -> notices.Outcome:
        """Deliver a notice of the ledger; what became of it is data, never an exception."""
        return await self._outbox.send(outgoing)

    async def _deliver(self, chat_id: int | str, piece: Piece) -> notices.Outcome:
        try:
            await self._bot.send_message(
                chat_id,
                piece.text,
                reply_markup=api.keyboard(piece),
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )
        except TelegramError as error:
            return api.outcome_of(error)
        return notices.Sent()


async def _persist(call: Callable[[], Awaitable[Any]]) -> None:
    """Do it until it succeeds, with growing waits. Raises InvalidToken, where waiting is no use."""
    for wait in itertools.chain(START_WAITS, itertools.repeat(START_WAITS[-1])):
        try:
            await call()
            return
        except InvalidToken:
            raise
        except (TelegramError, SQLAlchemyError, AttributeError, TypeError) as error:  # or nonsense
            log.warning("Telegram's channel is not open yet: %s", type(error).__name__)
        await asyncio.sleep(wait)


def _note(error: TelegramError) -> None:
    log.warning("no updates from Telegram: %s", type(error).__name__)


def _told(key: str, count: int) -> Reply:
    return Reply(str(load("telegram")[key]).format(count=count))
