"""RECORD: a lodged dispute as a paper that its citizen can take to 12315. Knows no channel.

It has the columns of the national form of registration (市场监管投诉举报处理文书式样, 投诉登记表) and
what 总局令第121号 第10条 asks. Its words are in packet.yml.
"""

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import disputes, evidence, progress, stations, telling
from bot.casework.paper import Paper
from bot.casework.records import Dispute, DisputeEvent, Evidence
from bot.library import load

_LINK = re.compile(r"https?://[!-~]+")
_HASH_SHOWN = 16  # of 64 characters: enough to tell files apart by eye
_EVIDENCE_WIDTHS = (1.3, 1.4, 3.7, 1.8, 4.0, 3.3)  # centimetres
_TIMELINE_WIDTHS = (3.7, 2.5, 9.3)


class _Open(dict[str, str]):
    """Values for the places of a sentence; one that is not known reads as `open`."""

    def __missing__(self, key: str) -> str:
        return str(load("packet")["open"])


def packet(session: Session, dispute: Dispute, now: datetime) -> bytes:
    """The paper of a lodged dispute as a Word file (.docx). Raises ValueError for a draft."""
    if dispute.state == "draft":
        raise ValueError("only a lodged dispute has its paper")
    words, values = load("packet"), _values(dispute, now)
    paper = Paper(words["title"], words["fonts"], now)
    _begin(paper, dispute, values)
    for part in ("complainant", "respondent", "matter"):
        paper.heading(words[part]["title"])
        paper.pairs(_rows(words[part]["rows"], values))
    for part in ("facts", "demand"):
        paper.heading(words[part]["title"])
        paper.text(values.get(part) or words["open"])
    _say_elsewhere(paper, dispute)
    own = [
        one for one in evidence.of_dispute(session, dispute) if one.person_id == dispute.person_id
    ]
    _list_evidence(paper, own)  # a shop's proofs are the shop's
    _tell_events(paper, session, dispute)
    _close(paper, dispute)
    return paper.content()


def timeline(session: Session, dispute: Dispute, *, shows_words: bool = True) -> list[list[str]]:
    """When, who and what happened, in plain words; the notes of officers stay with officers.

    Without `shows_words` it leaves out what the citizen wrote later: a page can be looked at.
    """
    words = load("packet")["timeline"]
    query = select(DisputeEvent).where(DisputeEvent.dispute_id == dispute.id)
    events = session.scalars(query.order_by(DisputeEvent.id)).all()
    hidden = {} if shows_words else {"text": words["not_shown"]}
    return [event_row(words, one, hidden) for one in events if one.kind not in words["hidden"]]


def file_name(dispute: Dispute) -> str:
    """What the file is called where it is kept."""
    number = disputes.number_text(dispute.number or "")
    return str(load("packet")["file"]).format(number=number)


def _values(dispute: Dispute, now: datetime) -> dict[str, str | None]:
    """Everything the tables show, by the keys of packet.yml."""
    columns = {column.key: getattr(dispute, column.key) for column in Dispute.__table__.columns}
    told = ("merchant", "location", "platform", "product", "brand", "model", "amount",
            "occurred_on", "demand", "facts", "register_number")  # fmt: skip
    return {
        **load("packet")["given"],
        **{field: telling.value(field, columns) for field in told},
        **{field: getattr(dispute.person, field) for field in ("name", "phone", "address")},
        "link": "\n".join(dict.fromkeys(_LINK.findall(dispute.facts or ""))),
        "number": disputes.number_text(dispute.number or ""),
        "lodged": _moment(dispute.lodged_at or dispute.created_at),
        "state": telling.state(dispute),
        "made": _moment(now),
    }


def _rows(titles: Mapping[str, str], values: Mapping[str, str | None]) -> list[tuple[str, str]]:
    """The rows of a table; what is not known is to be filled in, or left out where it may be."""
    words = load("packet")
    return [
        (title, values.get(key) or words["open"])
        for key, title in titles.items()
        if values.get(key) or key not in words["left_out"]
    ]


def _begin(paper: Paper, dispute: Dispute, values: Mapping[str, str | None]) -> None:
    """Which dispute it is, and whether it has been submitted: above all else, and on each page."""
    words = load("packet")
    where = "passed_on" if dispute.state == "passed_on" else dispute.operator
    submitted = words["submitted"][where or "independent"]
    day = disputes.local_day(dispute.lodged_at or dispute.created_at)
    paper.text(submitted["long"].format(day=day.isoformat()), is_bold=True)
    paper.pairs(_rows(words["head"], values))
    paper.footer(f"{values['number']}　{submitted['short']}")


def _say_elsewhere(paper: Paper, dispute: Dispute) -> None:
    """Whether the dispute was handled elsewhere, which is a ground of refusal (第16条(二))."""
    words = load("packet")["elsewhere"]
    paper.heading(words["title"])
    paper.text(words["standing"].get(dispute.standing) or words["unknown"])
    paper.text(words["note"])


def _list_evidence(paper: Paper, pieces: Sequence[Evidence]) -> None:
    words = load("packet")["evidence"]
    paper.heading(words["title"])
    if not pieces:
        paper.text(words["none"])
        return
    rows = [_evidence_row(place, piece) for place, piece in enumerate(pieces, start=1)]
    paper.table(words["head"], rows, _EVIDENCE_WIDTHS)
    paper.text(words["note"])


def _evidence_row(place: int, piece: Evidence) -> list[str]:
    kind = load("packet")["evidence"]["kinds"].get(piece.kind, piece.kind)
    size, short = evidence.size_text(piece.size), piece.sha256[:_HASH_SHOWN]
    return [str(place), kind, _moment(piece.received_at), size, short, piece.caption or ""]


def _tell_events(paper: Paper, session: Session, dispute: Dispute) -> None:
    words = load("packet")["timeline"]
    paper.heading(words["title"])
    paper.table(words["head"], timeline(session, dispute), _TIMELINE_WIDTHS)


def event_row(
    words: Mapping[str, Any], event: DisputeEvent, hidden: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """When, who and what, of one event; `words` are those of the timeline in packet.yml.

    `hidden` are details that are not shown, each with what stands in its place.
    """
    told = {key: progress.spoken(key, str(value)) for key, value in event.detail.items()}
    told |= {key: text for key, text in hidden.items() if key in told}
    sentence = words["events"].get(event.kind, words["other"]).format_map(_Open(told))
    who = words["who"].get(event.actor, words["who"]["other"])
    return [_moment(event.happened_at), who, sentence]


def _close(paper: Paper, dispute: Dispute) -> None:
    """What the citizen signs (第10条: they answer for its truth), and where it is submitted (第8条)."""
    words, district = load("packet"), load("district")
    paper.heading(words["truth"]["title"])
    paper.text(words["truth"]["text"])
    paper.text(words["truth"]["sign"])
    paper.heading(words["where"]["title"])
    paper.text(words["where"]["text"].strip().format(district=district["city"] + district["name"]))
    near = stations.near_shop(dispute)
    if near is not None:
        paper.text(words["where"]["station"].format(name=near.name))


def _moment(moment: datetime) -> str:
    return moment.astimezone(disputes.CHINA).strftime("%Y-%m-%d %H:%M")
