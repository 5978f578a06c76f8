"""RECORD: an alarm as a defect clue (.docx) for the provincial bureau; no citizen's data. Words: risk.yml."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from bot.casework import risk, risk_alarms
from bot.casework.disputes import local_day
from bot.casework.paper import Paper
from bot.casework.risk import Case
from bot.casework.risk_records import Alarm
from bot.library import load
from bot.library.risk_loader import Rules


def clue(session: Session, alarm: Alarm, rules: Rules, now: datetime) -> bytes:
    """The paper: what gathered, how much of it, what danger, which models, which recall; no story."""
    said = load("risk")["clue"]
    values = _values(risk_alarms.cases_of(session, alarm), alarm, rules)
    paper = Paper(said["title"], said["fonts"], now)
    paper.text(said["basis"].strip())
    for part in ("what", "known"):
        paper.heading(said[part]["title"])
        paper.pairs([(title, values[k] or said["open"]) for k, title in said[part]["rows"].items()])
    paper.heading(said["recall"]["title"])
    for line in _recalls(session, alarm, now):
        paper.text(line)
    paper.heading(said["evidence"]["title"])
    numbers = risk_alarms.numbers_text(alarm)
    paper.text(said["evidence"]["text"].format(numbers=numbers))
    paper.text(said["limits"])
    if alarm.reason and alarm.decided_at:
        day = local_day(alarm.decided_at).isoformat()
        opinion = said["opinion"]
        paper.heading(opinion["title"])
        paper.text(opinion["text"].format(who=alarm.decided_by, day=day, reason=alarm.reason))
    paper.text(said["sign"])
    return paper.content()


def file_name(alarm: Alarm) -> str:
    """What the file is called where it is kept."""
    return str(load("risk")["clue"]["file"]).format(id=alarm.id)


def rule_text(alarm: Alarm) -> str:
    """The rule that was met, as it stood."""
    said = load("risk")
    shape = said["rule"] if alarm.why == "count" else said["rule_of"]
    why = said["why"].get(alarm.why, alarm.why)
    return str(shape).format(days=alarm.days, needed=alarm.needed, why=why)


def _values(cases: Sequence[Case], alarm: Alarm, rules: Rules) -> Mapping[str, str]:
    said = load("risk")
    count, pieces = said["clue"]["people"], said["clue"]["pieces"]
    dangers = {name for one in cases for name in risk.dangers(one.facts, rules)}
    groups = {name for one in cases for name in risk.categories(one, rules)}
    hurt = [one for one in cases if one.is_hurt]
    return {
        "title": alarm.title,
        "products": _several(one.product for one in cases),
        "brands": _several(one.brand for one in cases),
        "models": _several(one.model for one in cases),
        "categories": _several(said["categories"][name]["title"] for name in sorted(groups)),
        "hazards": _several(said["hazards"][name]["title"] for name in sorted(dangers)),
        "people": count.format(count=alarm.count),
        "disputes": pieces.format(count=len(alarm.numbers)),
        "hurt": count.format(count=risk.people(hurt)),
        "first": local_day(alarm.first_at).isoformat(),
        "last": local_day(alarm.last_at).isoformat(),
        "rule": rule_text(alarm),
    }


def _several(values: Iterable[str | None]) -> str:
    return "、".join(dict.fromkeys(filter(None, values)))


def _recalls(session: Session, alarm: Alarm, now: datetime) -> list[str]:
    said = load("risk")["clue"]["recall"]
    found = risk_alarms.covered_by(session, alarm)
    if not found:
        return [said["none"].format(day=local_day(now).isoformat())]
    return [said["found"].format(title=one.title, number=one.notice_no) for one in found]
