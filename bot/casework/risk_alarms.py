"""RECORD: alarms of the risk monitor, raised by the clock and decided by officers. Knows no channel.

A district raises and passes on; whether there is a defect and a recall is for the province
(《消费品召回管理暂行规定》 第5、30条). Reports (举报) are never read here.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from bot.casework import alerts, recall_reach, recalls, risk, shops
from bot.casework.disputes import number_text
from bot.casework.recall_matching import fold, key
from bot.casework.records import Alert, Dispute, Recall, Shop
from bot.casework.risk import Case, Gathering
from bot.casework.risk_records import Alarm
from bot.casework.steps import NotPossible
from bot.library import load
from bot.library.risk_loader import Rules
from bot.reading import folding, moments

NOTICE = "alarm"  # the kind of the notices to the officers' chat
OPEN = ("raised", "confirmed")
OF_INJURY = ("acute", "injury")  # kinds of alerts (moments.py)
NOT_COUNTED = ("draft", "withdrawn")
# What an officer may decide, from which states, and the state it leads to.
DECISIONS = {
    "confirm": (("raised",), "confirmed"),
    "dismiss": (OPEN, "dismissed"),
    "clue": (OPEN, "clue"),
}
LONGEST_REASON = 2000


class NoReason(ValueError):
    """An alarm is dismissed only with a reason."""


# ── looking, by the clock; the caller commits ────────────────────────────────


def look(session: Session, rules: Rules, now: datetime, officers_chat: str = "") -> list[Alarm]:
    """Add new cases to open alarms and raise those that the rules ask for; which are new.

    What an alarm holds whole already is not raised again under another name.
    """
    kept = list(session.scalars(select(Alarm).order_by(Alarm.id)))
    cases = list(_cases(session, _since(kept, rules, now)))
    same_brand, settled = _same_brand(session), _settled(kept)
    _grow([one for one in kept if one.state in OPEN], cases, rules, same_brand, settled)
    held = [set(one.numbers) for one in kept]
    is_open = {(one.kind, one.key) for one in kept if one.state in OPEN}
    new = []
    for found in risk.gathered(cases, rules, now, same_brand, settled):
        is_told = any(found.numbers <= one for one in held)
        if not is_told and (found.mark.kind, found.mark.key) not in is_open:
            new.append(_raised(found, now))
            held.append(set(found.numbers))
    session.add_all(new)
    session.flush()
    _announce(session, [one for one in (*kept, *new) if one.state in OPEN], officers_chat, now)
    return new


def _raised(found: Gathering, now: datetime) -> Alarm:
    made = Alarm(
        kind=found.mark.kind, key=found.mark.key, title=found.mark.title, state="raised",
        why=found.why, needed=found.needed, days=found.days, raised_at=now, numbers=[],
        first_at=now, last_at=now, count=0,
    )  # fmt: skip
    _hold(made, found.cases)
    return made


def _grow(
    alarms: Sequence[Alarm], cases: Sequence[Case], rules: Rules, same_brand: Mapping[str, str],
    settled: Mapping[tuple[str, str], frozenset[str]],
) -> None:  # fmt: skip
    """Bring the evidence of open alarms up to date; what was withdrawn since goes out of it."""
    if not alarms:
        return
    groups, alive = risk.grouped(cases, rules, same_brand), {one.number: one for one in cases}
    for alarm in alarms:
        old = settled.get((alarm.kind, alarm.key), frozenset())
        more = [
            case
            for _, case in groups.get((alarm.kind, alarm.key), ())
            if case.at >= alarm.first_at and case.number not in old
        ]
        held = {number: alive[number] for number in alarm.numbers if number in alive}
        _hold(alarm, [*{**held, **{one.number: one for one in more}}.values()])


def _hold(alarm: Alarm, cases: Sequence[Case]) -> None:
    alarm.numbers = [one.number for one in sorted(cases, key=lambda one: (one.at, one.number))]
    alarm.count = risk.people(cases)
    if cases:
        alarm.first_at = min(one.at for one in cases)
        alarm.last_at = max(one.at for one in cases)


def _announce(session: Session, found: Sequence[Alarm], chat: str, now: datetime) -> None:
    """Tell the officers' chat of an alarm, and again each time as many people more have complained.

    The ledger takes each such step once. Numbers alone: the chat may lie abroad (个人信息保护法 第36条).
    """
    said = load("risk")
    for alarm in found:
        step = alarm.count // alarm.needed
        if chat and step:
            kind = said["rules"].get(alarm.kind, {}).get("title", alarm.kind)
            text = said["notice"].format(id=alarm.id, kind=kind, count=alarm.count)
            alerts.tell_officers(session, chat, NOTICE, f"{alarm.id}:{step}", text, now)


def _since(kept: Sequence[Alarm], rules: Rules, now: datetime) -> datetime:
    first = now - timedelta(days=rules.longest_days)
    return min((first, *(one.first_at for one in kept)))


def _settled(kept: Sequence[Alarm]) -> dict[tuple[str, str], frozenset[str]]:
    found: dict[tuple[str, str], frozenset[str]] = {}
    for one in kept:
        if one.state not in OPEN:
            before = found.get((one.kind, one.key), frozenset())
            found[one.kind, one.key] = before | frozenset(one.numbers)
    return found


def _cases(session: Session, since: datetime) -> Iterator[Case]:
    """The lodged disputes that count, as cases."""
    named: dict[str, list[Shop]] = defaultdict(list)
    for shop in session.scalars(select(Shop)):
        for name in {shops.key_of(one) for one in (shop.name, *shop.aliases)}:
            named[name].append(shop)
    hurt = set(session.scalars(select(Alert.dispute_id).where(Alert.kind.in_(OF_INJURY))))
    query = select(
        Dispute.id, Dispute.number, Dispute.person_id, Dispute.lodged_at, Dispute.brand,
        Dispute.model, Dispute.product, Dispute.merchant, Dispute.street, Dispute.facts,
    ).where(Dispute.state.not_in(NOT_COUNTED), Dispute.lodged_at >= since)  # fmt: skip
    for row in session.execute(query):
        merchant = row.merchant or ""
        shop_meant = shops.meant(named.get(shops.key_of(merchant), ()), merchant, row.street)
        facts = folding.plain(row.facts or "")
        yield Case(
            number=row.number, person=row.person_id, at=row.lodged_at, brand=row.brand,
            model=row.model, product=row.product, merchant=row.merchant, facts=facts,
            shop_id=shop_meant.id if shop_meant else None,
            is_hurt=row.id in hurt or moments.is_injury(facts) or moments.is_acute(facts),
        )  # fmt: skip


def _same_brand(session: Session) -> dict[str, str]:
    """The one name for each name that recall notices print of a brand (罗马仕, ROMOSS)."""
    found: dict[str, str] = {}
    entries = recalls.indexed(session)[0].by_number
    for _, entry in sorted(entries.items()):
        names = sorted({key(fold(name)) for name in entry.brands} - {""})
        one = next((found[name] for name in names if name in found), names[0] if names else "")
        for name in names:
            found.setdefault(name, one)
    return found


# ── deciding and reading ─────────────────────────────────────────────────────


def listed(session: Session, limit: int = 50) -> Sequence[Alarm]:
    """Open alarms first, then the newest of the decided."""
    query = select(Alarm).order_by(Alarm.state.in_(OPEN).desc(), Alarm.id.desc())
    return session.scalars(query.limit(limit)).all()


def decide(alarm: Alarm, decision: str, who: str, now: datetime, reason: str = "") -> None:
    """Confirm, dismiss (with a reason) or pass on as a clue. Raises NotPossible, NoReason."""
    before, after = DECISIONS[decision]
    if alarm.state not in before:
        raise NotPossible(f"{alarm.state} -> {after}")
    if decision == "dismiss" and not reason.strip():
        raise NoReason
    alarm.state, alarm.decided_by, alarm.decided_at = after, who, now
    alarm.reason = reason.strip()[:LONGEST_REASON] or alarm.reason


def disputes_of(session: Session, alarm: Alarm) -> Sequence[Dispute]:
    """The disputes that are its evidence and are still kept, the earliest first."""
    query = select(Dispute).where(Dispute.number.in_(alarm.numbers))
    return session.scalars(query.order_by(Dispute.lodged_at, Dispute.id)).all()


def cases_of(session: Session, alarm: Alarm) -> list[Case]:
    """The same as cases."""
    wanted = set(alarm.numbers)
    return [one for one in _cases(session, alarm.first_at) if one.number in wanted]


def covered_by(session: Session, alarm: Alarm) -> list[Recall]:
    """The notices that recall, or may recall, what the disputes are about; none for a mere shop."""
    if alarm.kind == "shop":
        return []
    found: dict[str, Recall] = {}
    for one in disputes_of(session, alarm):
        match = recall_reach.of_dispute(session, one)
        if match is not None:
            found.setdefault(match.notice.notice_no, match.notice)
    return list(found.values())


def numbers_text(alarm: Alarm) -> str:
    """The numbers of its disputes as people read them."""
    return " ".join(map(number_text, alarm.numbers))
