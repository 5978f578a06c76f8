"""What the page of one dispute shows, as plain values: read in one transaction, drawn after it."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import (
    counter,
    desk,
    disputes,
    evidence,
    negotiations,
    officers,
    packet,
    precheck,
    progress,
    queue,
    recalls,
    telling,
)
from bot.casework.officer_records import OfficerEvent
from bot.casework.records import Dispute, DisputeEvent, Evidence, Notice
from bot.console.disputes import due_text, state_text
from bot.library import label, load

FACTS = (
    "merchant", "location", "platform", "product", "brand", "model", "occurred_on", "amount",
    "demand", "standing",
)  # fmt: skip
SUMS = ("agreed_amount", "paid_first_amount")
LOOKED = ("case_opened", "phone_shown", "talk_shown", "evidence_opened", "packet", "link_given")
MATCHES = ("covered", "may_be_covered")  # answers of the recall library that are shown to officers


def state(session: Session, found: Dispute, now: datetime) -> dict[str, Any]:
    """Everything but forms, and what is shown only to who asks for it."""
    today = disputes.local_day(now)
    due = queue.due(found, today)
    return {
        "number": disputes.number_text(found.number or ""), "path": f"/case/{found.number}",
        "version": found.version, "state": state_text(found.state), "holder": found.officer or "",
        "due": due_text(due, found.is_due_provisional), "due_kind": due.kind,
        "facts": _facts(found), "story": found.facts or "",
        "contact": desk.masked(found.person) if found.contact == "given" else {},
        "unreachable": found.person.unreachable_why is not None,
        "is_walk_in": found.person.channel in counter.WAYS,
        "missing": [label("needed", one) for one in precheck.missing(found, found.person)],
        "findings": _findings(session, found), "clocks": _clocks(session, found),
        "timeline": timeline(session, found), "notices": _notices(session, found),
        "evidence": [_piece(one, found) for one in evidence.of_dispute(session, found)],
        "raised": [_raised(one.kind, one.words, one.raised_at) for one in desk.words_raised(session, found)],
        "recalls": _recalls(session, found), "same": _same(session, found, now),
        "of_shop": [_case(one) for one in desk.of_this_shop(session, found)],
        "with_shop": _with_shop(session, found), "log": _log(session, found),
        "last": _last(session, found),
        "officers": [one.name for one in officers.active(session)],
    }  # fmt: skip


def timeline(session: Session, found: Dispute) -> list[dict[str, str]]:
    """What happened, the newest first, with the notes that officers left for officers."""
    said = load("packet")["timeline"]
    query = select(DisputeEvent).where(DisputeEvent.dispute_id == found.id)
    rows = []
    for event in session.scalars(query.order_by(DisputeEvent.id.desc())):
        at, who, sentence = packet.event_row(said, event)
        by = str(event.detail.get("by", ""))
        note = str(event.detail.get("note", ""))
        rows.append({"at": at, "who": by or who, "what": sentence, "note": note})
    return rows


def _facts(found: Dispute) -> list[tuple[str, str]]:
    values = {column.key: getattr(found, column.key) for column in Dispute.__table__.columns}
    rows = [(label("field", field), telling.value(field, values)) for field in FACTS]
    said = load("desk")["case"]["sums"]
    rows += [(said[one], telling.yuan(values[one])) for one in SUMS if values[one] is not None]
    if found.register_number:
        rows.append((said["register_number"], found.register_number))
    return [(title, text) for title, text in rows if text]


def _findings(session: Session, found: Dispute) -> list[str]:
    """What was noted against it when it was lodged: hints for officers, who decide."""
    said = load("desk")["findings"]
    query = select(DisputeEvent).where(
        DisputeEvent.dispute_id == found.id, DisputeEvent.kind == "lodged"
    )
    lodged = session.scalar(query.limit(1))
    if lodged is None:
        return []
    rows = [said[one] for one in lodged.detail.get("findings", ()) if one in said]
    signs = lodged.detail.get("signs") or {}
    if signs.get("lodged_in_90_days", 0) > 1:
        rows.append(said["signs"].format(**signs))
    return rows


def _clocks(session: Session, found: Dispute) -> list[str]:
    said = load("desk")["clocks"]
    rows = []
    if found.accept_due is not None:
        key = "accept_provisional" if found.is_due_provisional else "accept"
        rows.append(said[key].format(day=found.accept_due))
    if found.mediate_due is not None:
        rows.append(said["mediate"].format(day=found.mediate_due))
    query = select(DisputeEvent).where(
        DisputeEvent.dispute_id == found.id, DisputeEvent.kind.in_(progress.ENDS_MEDIATION)
    )
    ended = session.scalar(query.order_by(DisputeEvent.id.desc()).limit(1))
    if ended is not None and "tell_by" in ended.detail:
        rows.append(said["tell"].format(day=ended.detail["tell_by"]))
    running = negotiations.of_dispute(session, found)
    if running is not None and negotiations.is_open(running):
        ends = telling.moment(negotiations.ends_by(found, running.consented_at))
        rows.append(said["shop"].format(due=telling.moment(running.answer_due), ends=ends))
    return rows


def _notices(session: Session, found: Dispute) -> list[dict[str, str]]:
    """What was told of it to its citizen, and whether it arrived; the newest first."""
    said = load("desk")["notices"]
    query = select(Notice).where(
        Notice.person_id == found.person_id, Notice.kind == "progress",
        Notice.subject.startswith(f"{found.number}:", autoescape=True),
    )  # fmt: skip
    return [
        {"at": telling.moment(one.due_at), "state": said[one.state], "text": one.text}
        for one in session.scalars(query.order_by(Notice.id.desc()))
    ]


def _piece(piece: Evidence, found: Dispute) -> dict[str, Any]:
    said = load("packet")["evidence"]["kinds"]
    return {
        "id": piece.id, "kind": said.get(piece.kind, piece.kind), "is_photo": piece.kind == "photo",
        "size": evidence.size_text(piece.size), "at": telling.moment(piece.received_at),
        "caption": piece.caption or "", "is_shops": piece.person_id != found.person_id,
    }  # fmt: skip


def _raised(kind: str, words: str, at: datetime) -> dict[str, str]:
    said = load("moments")
    return {
        "what": said["kinds"].get(kind, said["other_kind"]),
        "words": words,
        "at": telling.moment(at),
    }


def _recalls(session: Session, found: Dispute) -> list[dict[str, Any]]:
    words = " ".join(filter(None, (found.brand, found.model, found.product)))
    if not words:
        return []
    answer = recalls.find(
        session, words, brand=found.brand, model=found.model, product=found.product
    )
    said = load("desk")["recall_kinds"]
    if answer.kind not in MATCHES:
        return []
    return [{**recalls.describe(one), "kind": said[answer.kind]} for one in answer.matches[:5]]


def _same(session: Session, found: Dispute, now: datetime) -> dict[str, str] | None:
    earlier = precheck.same_before(session, found, now)
    return _case(earlier) if earlier is not None else None


def _case(one: Dispute) -> dict[str, str]:
    day = disputes.local_day(one.lodged_at or one.created_at).isoformat()
    return {
        "path": f"/case/{one.number}", "number": disputes.number_text(one.number or ""), "day": day,
        "state": state_text(one.state), "product": one.product or "",
    }  # fmt: skip


def _with_shop(session: Session, found: Dispute) -> list[dict[str, str]]:
    talk = negotiations.of_dispute(session, found)
    sides = load("privacy")["sides"]
    return [
        {"at": telling.moment(one.said_at), "who": one.said_by or sides[one.side], "text": one.text or "",
         "amount": telling.yuan(one.amount) if one.amount is not None else ""}
        for one in (talk.messages if talk is not None else ())
    ]  # fmt: skip


def _last(session: Session, found: Dispute) -> dict[str, str] | None:
    """Who changed it last, and how: an officer by the log of the desk, else who the timeline names."""
    done = (
        one for one in officers.done_about(session, found.number or "") if one.kind not in LOOKED
    )
    by_officer = next(done, None)
    query = select(DisputeEvent).where(DisputeEvent.dispute_id == found.id)
    event = session.scalar(query.order_by(DisputeEvent.id.desc()).limit(1))
    if by_officer is None or (event is not None and event.happened_at > by_officer.happened_at):
        return next(iter(timeline(session, found)), None)
    return _logged(by_officer)


def _log(session: Session, found: Dispute) -> list[dict[str, str]]:
    return [_logged(one) for one in officers.done_about(session, found.number or "")]


def _logged(one: OfficerEvent) -> dict[str, str]:
    said = load("desk")
    what = said["log"].get(one.kind) or said["log"]["step"].format(
        step=said["steps"].get(one.kind.partition(":")[2], one.kind)
    )
    return {"at": telling.moment(one.happened_at), "who": one.officer, "what": what}
