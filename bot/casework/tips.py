"""RECORD: a tip of the officers goes to those who follow tips, by the same ledger as recalls. No Rasa.

It waits for an officer's approval, then goes out from 10:00 in Tianjin until the quiet hours, batch by batch.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from bot.casework import notices, people, quiet, recall_push, things, things_asked
from bot.casework.disputes import CHINA
from bot.casework.recall_reach import BATCH
from bot.casework.records import Notice, Person, Thing
from bot.casework.steps import NotPossible
from bot.casework.tip_records import KIND, Tip
from bot.library import guidance_loader, load

DAILY = time(10)  # in Tianjin
FIELDS = ("title", "text", "source")  # of a file, all needed


class BadTip(ValueError):
    """A file that is no tip; the text says what is wrong, as a key of tips.yml or forbidden words."""


# ── decisions ────────────────────────────────────────────────────────────────


def written(row: object) -> str:
    """The text that people read, from the fields of a file. Raises BadTip."""
    said = load("tips")
    if not isinstance(row, Mapping) or set(row) != set(FIELDS):
        raise BadTip(said["wrong"]["fields"])
    values = {field: str(row[field] or "").strip() for field in FIELDS}
    for field, most in said["longest"].items():
        if not values[field] or len(values[field]) > most:
            raise BadTip(said["wrong"]["length"].format(field=field, most=most))
    text = str(said["notice"]).format_map(values)
    for what in guidance_loader.forbidden(text):
        raise BadTip(what)
    return text


# ── with a session; the caller commits ───────────────────────────────────────


def propose(session: Session, text: str, now: datetime) -> Tip:
    """A tip that waits for approval; the same text that waits already is the same."""
    waits = Tip.state == "proposed", Tip.text == text
    found = session.scalar(select(Tip).where(*waits))
    if found is None:
        found = Tip(text=text, state="proposed", posted=0, cursor=0, proposed_at=now)
        session.add(found)
        session.flush()
    return found


def approve(session: Session, number: str, who: str, now: datetime) -> Tip:
    """Let a tip go out at the next 10:00. Raises NotPossible where none of that number waits."""
    found = session.get(Tip, int(number)) if number.isdecimal() else None
    if found is None or found.state != "proposed":
        raise NotPossible(f"tip: {number}")
    found.state, found.decided_by, found.decided_at = "planning", who, now
    found.starts_at = next_daily(now)
    return found


def next_daily(now: datetime) -> datetime:
    """The next 10:00 in Tianjin."""
    local = now.astimezone(CHINA)
    today = datetime.combine(local.date(), DAILY, CHINA)
    return today if local < today else today + timedelta(days=1)


def followers(session: Session) -> int:
    """How many people a tip would reach now."""
    query = select(func.count(Thing.person_id.distinct())).where(Thing.kind == things.TIPS)
    return session.scalars(query).one()


def follow(session: Session, who: Person, now: datetime) -> Thing:
    """Note that a person wants to be sent tips. Raises things.Full."""
    return things.keep(session, who, things.Wish(things.TIPS, load("tips")["name"]), now)


def stop(session: Session, who: Person) -> None:
    """Send this person no tips any more, nor those that wait for them."""
    mine = Notice.person_id == who.id, Notice.kind == KIND, Notice.state == "due"
    session.execute(delete(Notice).where(*mine))
    tips = Thing.person_id == who.id, Thing.kind == things.TIPS
    session.execute(delete(Thing).where(*tips))


def send_batch(session: Session, channels: Sequence[str], now: datetime) -> int:
    """Put the next batch of a tip into the ledger, none while as many mass notices wait; how many.

    The cursor moves in the same transaction: of two that plan the same batch only the first counts.
    """
    due = Tip.state == "planning", Tip.starts_at <= now
    tip = session.scalar(select(Tip).where(*due).order_by(Tip.id).limit(1))
    if tip is None or quiet.quiet_until(now) > now:
        return 0
    if recall_push.waiting(session, channels, now) >= BATCH:
        return 0
    query = select(Thing.person_id).where(Thing.kind == things.TIPS, Thing.person_id > tip.cursor)
    ids = list(session.scalars(query.distinct().order_by(Thing.person_id).limit(BATCH)))
    is_last = len(ids) < BATCH
    moved = session.execute(
        update(Tip)
        .where(Tip.id == tip.id, Tip.state == "planning", Tip.cursor == tip.cursor)
        .values(
            cursor=ids[-1] if ids else tip.cursor, posted=Tip.posted + len(ids),
            state="planned" if is_last else "planning",
        )
    )  # fmt: skip
    if moved.rowcount != 1:  # type: ignore[attr-defined]
        return 0
    for number in ids:
        _post(session, tip, session.get_one(Person, number), now)
    return len(ids)


def _post(session: Session, tip: Tip, who: Person, now: datetime) -> None:
    button: Mapping[str, Any] = {"title": load("tips")["stop"], "payload": things_asked.STOP_TIPS}
    offered = people.offer_buttons(session, who, [button], now)
    notices.post(session, who, KIND, str(tip.id), tip.text, now, buttons=offered)
