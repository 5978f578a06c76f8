"""What an update of Telegram's holds: whose it is, words, files. It knows no bot and no dialogue."""

from collections.abc import Sequence
from typing import Any

from telegram import Message, PhotoSize, Update
from telegram.constants import ChatType
from telegram.ext import filters

from bot.casework.evidence import Kind

FILES: tuple[tuple[str, Kind], ...] = (
    ("photo", "photo"),
    ("voice", "voice"),
    ("audio", "voice"),
    ("video", "video"),
    ("video_note", "video"),
    ("document", "document"),
)
# A venue has a location too: the more special one first.
UNREAD = (
    *("sticker", "venue", "location", "contact", "poll", "dice", "game", "story", "invoice"),
    *("paid_media", "passport_data", "checklist"),
)


def private_chat(update: Update) -> int | None:
    """The chat of a citizen who says something; None for groups and for what needs no reply."""
    query, post = update.callback_query, update.message or update.edited_message
    if query is not None:
        chat = query.message.chat if query.message else None
        return query.from_user.id if chat is None or chat.type == ChatType.PRIVATE else None
    if post is None or post.chat.type != ChatType.PRIVATE:
        return None
    if filters.StatusUpdate.ALL.check_update(update):  # somebody pinned, joined, changed a setting
        return None
    if update.edited_message and unread(post):  # a live location moves every few seconds
        return None
    return post.chat.id


def album(update: Update) -> str | None:
    """What the parts of one album share."""
    return update.message.media_group_id if update.message else None


def attached(post: Message) -> tuple[Kind, Any] | None:
    """The file of a message, of a photo its largest size."""
    for name, kind in FILES:
        found = getattr(post, name)
        if found:
            return kind, _largest(found) if name == "photo" else found
    return None


def _largest(sizes: Sequence[PhotoSize]) -> PhotoSize:
    return max(sizes, key=lambda size: size.width * size.height)


def unread(post: Message) -> str | None:
    """What came instead of words and files, by Telegram's name for it."""
    if post.text or post.caption or attached(post):
        return None
    return next((name for name in UNREAD if getattr(post, name, None)), "other")


def text(posts: Sequence[Message]) -> str:
    """The words of a message, or an album's captions: mostly there is one, at any of its parts."""
    return "\n".join(dict.fromkeys(text for one in posts if (text := one.text or one.caption)))
