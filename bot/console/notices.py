"""Notices of the ledger that need somebody: failed, late, perhaps doubled; tried again, or given up."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.casework import desk, disputes, notice_care, progress, shops
from bot.casework.records import Notice, Person, Shop
from bot.console.items import Do, Item, Row, Shown, Wrong, moment
from bot.console.step_forms import Field
from bot.console.views import Choice, Listing
from bot.library import load


class Notices(Listing):
    """Without a filter those that failed, are late, or may go out a second time; the oldest first."""

    word, listed, kind = "notice", "notices", Notice
    cells = (
        "number",
        "kind",
        "state",
        "channel",
        "who",
        "attempts",
        "double",
        "due",
        "retry",
        "error",
    )

    def where(self, request: Request) -> Sequence[ColumnElement[bool]]:
        """By what is the matter with it."""
        return (notice_care.wanted(self.asked(request).get("state", ""), datetime.now(UTC)),)

    def get_search_query(self, request: Request, term: str) -> Any:
        """By the number of a dispute, or its own: words and people are sealed."""
        if term.isascii() and term.isdecimal() and len(term) < 10:
            return Notice.id == int(term)
        number = disputes.number_in(term)
        return Notice.subject.startswith(f"{number or 'none'}:", autoescape=True)

    def order(self) -> Sequence[ColumnElement[Any]]:
        """The longest waiting first."""
        return (Notice.due_at.asc(), Notice.id.asc())

    def choices(self, request: Request) -> Sequence[Choice]:
        """By what is the matter with it."""
        said = load("desk")["notice"]
        options = [("" if one == "open" else one, said["by"][one]) for one in notice_care.KINDS]
        chosen = self.asked(request).get("state", "")
        return [Choice("state", said["columns"]["state"], options, chosen)]

    def row(self, request: Request, record: Notice) -> dict[str, Any]:
        """One notice, without its words; its person masked."""
        said, is_late = load("desk")["notice"], notice_care.is_late(record, datetime.now(UTC))
        mark = "late" if record.state == "stuck" or is_late else ""
        return {
            "number": str(record.id), "kind": kind_text(record), "channel": channel_text(record.person),
            "state": state_text(record, is_late=is_late), "attempts": str(record.attempts),
            "who": person_text(request.state.session, record.person),
            "double": said["double"] if record.may_be_double else "", "due": moment(record.due_at),
            "retry": retry_text(record), "error": error_text(record),
            "_meta": {"path": f"/notice/{record.id}", "marks": {"state": mark}},
        }  # fmt: skip

    def can_export(self, request: Request) -> bool:
        """Never: whom we could not reach stays at the desk."""
        return False


class NoticePage(Item):
    """One notice: its words for who asks, and whether it is tried again or given up."""

    word, listed = "notice", "notices"
    kind = Notice
    revealed: ClassVar[Sequence[str]] = ("phone", "text")

    def seen(self, record: Notice) -> str:
        """Where it stood: how often it was tried, and when it would be again."""
        return f"{record.state} {record.attempts} {moment(record.retry_at)}"

    def shown(
        self, session: Session, record: Notice, request: Request, now: datetime, reveal: str
    ) -> Shown:
        """What became of it so far; who it is for, and its words, for who asks."""
        said, columns = load("desk")["notice"], load("desk")["notice"]["columns"]
        who, is_late = record.person, notice_care.is_late(record, now)
        phone = who.phone if reveal == "phone" else desk.masked(who)["phone"]
        name = who.name if reveal == "phone" and who.name else person_text(session, who)
        pairs = [
            (columns["kind"], kind_text(record)), (columns["state"], state_text(record, is_late=is_late)),
            (columns["channel"], channel_text(who)), (columns["who"], name), (said["phone"], phone or ""),
            (columns["due"], moment(record.due_at)), (columns["attempts"], str(record.attempts)),
            (said["tried"], moment(record.claimed_at)), (columns["retry"], retry_text(record)),
            (columns["error"], error_text(record)), (said["sent"], moment(record.sent_at)),
            (columns["double"], said["double_hint"] if record.may_be_double else ""),
            (said["text"], record.text if reveal == "text" else ""),
        ]  # fmt: skip
        return Shown(
            f"{said['title']} {record.id}",
            pairs,
            _parts(session, record),
            _does(record, now, reveal),
        )

    def act(
        self, session: Session, record: Notice, name: str, form: Mapping[str, str], request: Request,
        now: datetime,
    ) -> str:  # fmt: skip
        """Try it again, or give it up for a reason."""
        if name == "again":
            notice_care.try_again(session, record, now)
            return "notice_again"
        if name != "drop":
            raise HTTPException(404)
        why = form.get("why", "")
        if why not in notice_care.WHY:
            raise Wrong({"why": "no_choice" if why else "missing"})
        notice_care.give_up(session, record, why, now)
        return f"notice_drop:{why}"


def _parts(session: Session, record: Notice) -> list[tuple[str, Sequence[Row]]]:
    """The dispute that it tells of, where its subject begins with a number."""
    number = disputes.number_in(record.subject.partition(":")[0])
    if number is None or progress.by_number(session, number) is None:
        return []
    return [
        (load("desk")["notice"]["about"], [Row(disputes.number_text(number), f"/case/{number}")])
    ]


def _does(record: Notice, now: datetime, reveal: str) -> list[Do]:
    said, written_down = load("desk")["notice"], load("desk")["record"]["written_down"]
    does = []
    if record.text and reveal != "text":
        does.append(Do("text", said["show_text"], hint=said["written_down"], is_plain=True))
    if record.person.phone and reveal != "phone":
        does.append(Do("phone", said["show_phone"], hint=written_down, is_plain=True))
    if notice_care.may_try(record, now):
        hint = said["again_double" if record.may_be_double else "again_hint"]
        does.append(Do("again", said["again"], hint=hint))
    if notice_care.may_give_up(record, now):
        options = tuple((one, said["why"][one]) for one in notice_care.WHY)
        why = Field(
            "why", said["why_label"], is_needed=True, kind="choice", longest=16, options=options
        )
        does.append(Do("drop", said["drop"], (why,), is_plain=True))
    return does


def kind_text(notice: Notice) -> str:
    """What kind it is of, in the officers' words."""
    return str(load("desk")["notice"]["kinds"].get(notice.kind, notice.kind))


def channel_text(who: Person) -> str:
    """How it goes out."""
    return str(load("desk")["notice"]["channels"].get(who.channel, who.channel))


def person_text(session: Session, who: Person) -> str:
    """A shop by its name; a citizen by the first character, or by nothing."""
    if who.channel == shops.CHANNEL and who.external_id.isdecimal():
        shop = session.get(Shop, int(who.external_id))
        return shop.name if shop else ""
    return desk.masked(who)["name"] or str(load("desk")["notice"]["no_name"])


def state_text(notice: Notice, *, is_late: bool) -> str:
    """Where it stands, and whether it is late."""
    said = load("desk")
    text = str(said["notices"].get(notice.state, notice.state))
    return text + (said["notice"]["late"] if is_late else "")


def retry_text(notice: Notice) -> str:
    """When it is tried again, where it is."""
    return moment(notice.retry_at) if notice.state == "due" else ""


def error_text(notice: Notice) -> str:
    """What the channel said last, or why it was given up."""
    said, (name, _, why) = load("desk")["notice"], (notice.last_error or "").partition(": ")
    if name == notice_care.GIVEN_UP:
        return str(said["why"].get(why, why))
    told = str(said["errors"].get(name, name))
    return f"{told}：{why}" if why else told
