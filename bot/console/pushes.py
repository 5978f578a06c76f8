"""Recall notices on their way to people: what waits for a decision, what became of the rest, whom to call."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.casework import (
    disputes,
    recall_answers,
    recall_calls,
    recall_digest,
    recall_notice,
    recall_push,
    recall_reach,
)
from bot.casework.recall_push_records import RecallPush
from bot.casework.records import Recall
from bot.console.door import user
from bot.console.items import Do, Item, Row, Shown, may_decide, moment, only_deciders
from bot.console.views import Choice, Listing
from bot.library import load
from bot.reading import phones

DECISIONS = {"approve": recall_push.approve, "dismiss": recall_push.dismiss}
STATES = ("proposed", "planning", "planned", "dismissed")


class Pushes(Listing):
    """All pushes; what waits for a decision stands first."""

    word, listed, kind = "push", "pushes", RecallPush
    cells = ("title", "state", "people", "serious", "reached", "have", "have_not", "done", "rate")

    def where(self, request: Request) -> Sequence[ColumnElement[bool]]:
        """By the state, and the words of the notice's title."""
        given = self.asked(request)
        found: list[ColumnElement[bool]] = []
        if given.get("state") in STATES:
            found.append(RecallPush.state == given["state"])
        if given.get("q"):
            titled = select(Recall.notice_no).where(
                Recall.title.contains(given["q"], autoescape=True)
            )
            found.append(RecallPush.notice_no.in_(titled))
        return found

    def get_search_query(self, request: Request, term: str) -> Any:
        """`where` has searched already."""
        return RecallPush.id > 0

    def order(self) -> Sequence[ColumnElement[Any]]:
        """What waits first, then the newest."""
        return ((RecallPush.state == "proposed").desc(), RecallPush.id.desc())

    def choices(self, request: Request) -> Sequence[Choice]:
        """By state."""
        said = load("desk")["push"]
        options = [("", load("desk")["queue"]["any"]), *said["states"].items()]
        return [
            Choice("state", said["columns"]["state"], options, self.asked(request).get("state", ""))
        ]

    def row(self, request: Request, record: RecallPush) -> dict[str, Any]:
        """One push, and what people answered over all versions of its notice."""
        said, session = load("desk")["push"], request.state.session
        rate = recall_answers.rate(session, record.notice_no)
        return {
            "title": session.get_one(Recall, record.notice_no).title,
            "state": said["states"][record.state], "people": str(recall_push.people_of(record)),
            "serious": said["serious"] if record.is_serious else "",
            "reached": str(rate.reached), "have": str(rate.have), "have_not": str(rate.have_not),
            "done": str(rate.done), "rate": rate_text(rate),
            "_meta": {
                "path": f"/push/{record.id}",
                "marks": {"state": "soon" if record.state == "proposed" else ""},
            },
        }  # fmt: skip


class Push(Item):
    """One push: its text as people will read it, the decision, and the calls."""

    word, listed = "push", "pushes"
    kind = RecallPush
    revealed: ClassVar[Sequence[str]] = ("phones",)

    def shown(
        self, session: Session, record: RecallPush, request: Request, now: datetime, reveal: str
    ) -> Shown:
        """How many it goes to and why, its text, the answers, the calls."""
        said, notice = load("desk")["push"], session.get_one(Recall, record.notice_no)
        waits = record.state == "proposed"
        people = said["will_reach" if waits else "concerned"]
        pairs = [
            (said["columns"]["state"], said["states"][record.state]),
            (said["people"], people.format(count=recall_push.people_of(record))),
            (said["reasons"], _reasons(record)),
            (said["way"], said["at_once" if record.is_serious else "weekly"]),
            (said["decided"], " · ".join(filter(None, (_decider(record), moment(record.decided_at))))),
            (said["posted"], str(record.posted) if record.posted else ""),
        ]  # fmt: skip
        parts = [(said["text"], [Row(one) for one in texts(session, record, notice)])]
        if not waits:
            parts.append((said["answers"], [Row(_answers(session, record))]))
        numbers = recall_reach.earlier_disputes(session, notice, now)
        cases = [Row(disputes.number_text(one), f"/case/{one}") for one in numbers]
        parts.append((said["disputes"], cases))
        does = []
        if waits and may_decide(request):
            does = [Do("approve", people.format(count=recall_push.people_of(record))),
                    Do("dismiss", said["dismiss"], is_plain=True)]  # fmt: skip
        if record.is_serious and not waits:
            calls = _calls(session, record, is_shown=reveal == "phones")
            parts.append((said["calls"], calls))
            if calls and not reveal:
                hint = load("desk")["record"]["written_down"]
                does.append(Do("phones", said["show_phones"], hint=hint, is_plain=True))
        return Shown(notice.title, pairs, parts, does)

    def act(
        self, session: Session, record: RecallPush, name: str, form: Mapping[str, str],
        request: Request, now: datetime,
    ) -> str:  # fmt: skip
        """Approve, dismiss, or note that somebody was called."""
        by = user(request).username
        if name == "called":
            recall_calls.called(session, record, form.get("call", ""), by, now)
            return "push_called"
        if name not in DECISIONS:
            raise HTTPException(404)
        only_deciders(request)
        DECISIONS[name](record, by, now)
        return f"push_{name}"


def rate_text(rate: recall_answers.Rate) -> str:
    """Of those who have the thing, how many have dealt with it; empty where nobody said."""
    owners = rate.have + rate.done
    return f"{rate.done / owners:.0%}" if owners else ""


def texts(session: Session, push: RecallPush, notice: Recall) -> list[str]:
    """The message for each reason for which it goes out, with a stand-in for what a person named."""
    named, is_corrected = load("desk")["push"]["named"], recall_push.is_correction(session, push)
    found = []
    for reason in push.counts or ("brand",):
        text = recall_notice.text(notice, reason, named, is_corrected=is_corrected)
        if not push.is_serious:
            reached = recall_reach.Reached(0, reason, named)
            line = recall_digest.Line(0, push.id, notice, reached, is_corrected)
            digest = recall_digest.Digest(0, datetime.now(UTC), (line,), (), ())
            found.append(recall_digest.text(digest))
        found.append(text)
    return found


def _decider(push: RecallPush) -> str | None:
    by_rule = str(load("desk")["push"]["by_rule"])
    return by_rule if push.decided_by == recall_push.BY_RULE else push.decided_by


def _reasons(push: RecallPush) -> str:
    said = load("recall_notice")["reasons"]
    return "，".join(f"{said[one]} {count}" for one, count in push.counts.items())


def _answers(session: Session, push: RecallPush) -> str:
    rate = recall_answers.rate(session, push.notice_no)
    none = load("desk")["push"]["no_rate"]
    known = {**rate.__dict__, "rate": rate_text(rate) or none}
    return str(load("desk")["push"]["answered"]).format(**known)


def _calls(session: Session, push: RecallPush, *, is_shown: bool) -> list[Row]:
    said = load("desk")["push"]
    found = []
    for one in recall_calls.listed(session, push):
        name = f"{one.name[0]}**" if one.name else said["no_name"]
        phone = one.phone if is_shown else phones.mask(one.phone)
        seen = said["seen" if one.has_seen else "not_seen"]
        done = Do("called", said["called"], given={"call": str(one.id)}, is_plain=True)
        found.append(Row(f"{name} · {phone} · {seen}", does=[done]))
    return found
