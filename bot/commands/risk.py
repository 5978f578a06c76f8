"""The officer's commands about the risk monitor: what gathered, and what becomes of an alarm."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot import database, launch, settings
from bot.casework import risk_alarms, risk_clue
from bot.casework.disputes import local_day
from bot.casework.risk_records import Alarm
from bot.casework.steps import NotPossible
from bot.library import load, risk_loader


def show() -> None:
    """Print each alarm with its evidence and whether a recall covers it; nothing of a citizen."""
    with database.connect(settings.get())() as session:
        lines = [line for one in risk_alarms.listed(session) for line in _lines(session, one)]
    for line in lines or [load("risk")["none"]]:
        launch.say(line)


def decide(number: str, decision: str, who: str, reason: str) -> None:
    """Confirm, dismiss or pass on an alarm; `who` decides is kept. A clue is written as a paper.

    Asked again for a clue, the paper is written anew. Ends with a message where nothing such waits.
    """
    said, now, chosen = load("risk"), datetime.now(UTC), settings.get()
    with database.connect(chosen).begin() as session:
        alarm = session.get(Alarm, int(number)) if number.isdecimal() else None
        is_again = alarm is not None and (decision, alarm.state) == ("clue", "clue")
        try:
            if alarm is None:
                raise NotPossible(number)
            if not is_again:
                risk_alarms.decide(alarm, decision, who, now, reason)
                session.flush()
        except (NotPossible, StaleDataError):  # an officer at the desk may decide at this moment
            sys.exit(said["no_such"].format(id=number))
        except risk_alarms.NoReason:
            sys.exit(said["no_reason"])
        told = [said["done"].format(id=alarm.id, state=said["states"][alarm.state], who=who)]
        if decision == "clue":
            path = chosen.var_dir / "clues" / risk_clue.file_name(alarm)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(risk_clue.clue(session, alarm, risk_loader.rules(), now))
            told.append(said["paper_at"].format(path=path))
    for line in told:
        launch.say(line)


def _lines(session: Session, alarm: Alarm) -> Iterator[str]:
    said = load("risk")
    yield said["row"].format(
        id=alarm.id, state=said["states"][alarm.state], title=alarm.title, count=alarm.count,
        kind=said["rules"].get(alarm.kind, {}).get("title", alarm.kind),
        first=local_day(alarm.first_at), last=local_day(alarm.last_at),
        rule=risk_clue.rule_text(alarm),
    )  # fmt: skip
    yield said["numbers"].format(numbers=risk_alarms.numbers_text(alarm))
    if alarm.decided_at:
        day = local_day(alarm.decided_at)
        yield said["decided"].format(who=alarm.decided_by, day=day, reason=alarm.reason or "-")
    if alarm.kind != "shop":
        covered = risk_alarms.covered_by(session, alarm)
        for one in covered:
            yield said["recall"].format(title=one.title, number=one.notice_no)
        if not covered:
            yield said["no_recall"]
