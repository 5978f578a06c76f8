"""The operator's commands about recall notices on their way: what waits, how far it got, yes or no."""

import sys
from datetime import UTC, datetime

from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from bot import database, launch, settings
from bot.casework import disputes, recall_answers, recall_calls, recall_push, recall_reach
from bot.casework.recall_push_records import RecallPush
from bot.casework.records import Recall
from bot.casework.steps import NotPossible
from bot.library import load

DECISIONS = {"approve": recall_push.approve, "dismiss": recall_push.dismiss}


def show() -> None:
    """Print what waits for approval, then what went out, how many answered, which disputes it concerns."""
    with database.connect(settings.get())() as session:
        found = recall_push.listed(session)
        for push, notice in found:
            launch.say(_row(push, notice))
            if push.posted:
                launch.say(_rate(session, notice))
            if numbers := recall_reach.earlier_disputes(session, notice, datetime.now(UTC)):
                launch.say(
                    load("recall_notice")["disputes"].format(
                        numbers=" ".join(map(disputes.number_text, numbers))
                    )
                )
    if not found:
        launch.say(load("recall_notice")["none"])


def list_calls(number: str) -> None:
    """Print whom to call about a grave danger, with the phone, which is shown here and kept nowhere."""
    said = load("recall_notice")
    with database.connect(settings.get())() as session:
        push = _push(session, number)
        found = recall_calls.listed(session, push)
        for one in found:
            seen = said["call_seen" if one.has_seen else "call_not_seen"]
            name = f"{one.name[0]}**" if one.name else said["call_no_name"]
            launch.say(said["call"].format(id=one.id, name=name, phone=one.phone, seen=seen))
    launch.say(said["call_how"].format(id=number) if found else said["calls_none"])


def called(number: str, person: str, who: str) -> None:
    """Note that somebody of the list was called by `who`. Ends with a message where they are not on it."""
    said = load("recall_notice")
    with database.connect(settings.get()).begin() as session:
        try:
            recall_calls.called(session, _push(session, number), person, who, datetime.now(UTC))
        except NotPossible:
            sys.exit(said["no_call"].format(id=person))
    launch.say(said["call_done"].format(id=person, who=who))


def _push(session: Session, number: str) -> RecallPush:
    push = session.get(RecallPush, int(number)) if number.isdecimal() else None
    if push is None:
        sys.exit(load("recall_notice")["no_such"].format(id=number))
    return push


def decide(number: str, decision: str, who: str) -> None:
    """Let a push go out or not; `who` decides is kept. Ends with a message where none such waits."""
    said = load("recall_notice")
    with database.connect(settings.get()).begin() as session:
        push = session.get(RecallPush, int(number)) if number.isdecimal() else None
        try:
            if push is None:
                raise NotPossible(number)
            DECISIONS[decision](push, who, datetime.now(UTC))
            session.flush()
        except (NotPossible, StaleDataError):  # an officer at the desk may decide at this moment
            sys.exit(said["no_such"].format(id=number))
        told = said["decided"].format(id=push.id, state=said["states"][push.state], who=who)
    launch.say(told)


def _row(push: RecallPush, notice: Recall) -> str:
    said = load("recall_notice")
    people = recall_push.people_of(push)
    reasons = "，".join(f"{said['reasons'][one]} {count}" for one, count in push.counts.items())
    return str(said["row"]).format(
        id=push.id, state=said["states"][push.state], title=notice.title, people=f"{people:,}",
        people_en=f"{people:,}", reasons=reasons or "0",
        serious=said["is_serious"] if push.is_serious else "",
    )  # fmt: skip


def _rate(session: Session, notice: Recall) -> str:
    rate = recall_answers.rate(session, notice.notice_no)
    return str(load("recall_notice")["rate"]).format(**rate.__dict__)
