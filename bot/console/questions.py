"""Questions about rights that the library did not answer: the most frequent first, and one dealt with."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement
from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.casework import questions
from bot.casework.guidance_records import UnansweredQuestion
from bot.casework.steps import NotPossible
from bot.console.items import Do, Item, Shown, moment
from bot.console.views import Choice, Listing
from bot.library import load

_row = UnansweredQuestion


class Questions(Listing):
    """The questions; without a filter those that nobody has dealt with since they were last asked."""

    word, listed, kind = "question", "questions", UnansweredQuestion
    cells = ("question", "times", "reason", "entry", "last")

    def where(self, request: Request) -> Sequence[ColumnElement[bool]]:
        """Those that wait, or all."""
        return () if self.asked(request).get("state") == "all" else (questions.waits(),)

    def get_search_query(self, request: Request, term: str) -> Any:
        """By the entry that did not help: questions are sealed."""
        return _row.entry_id == term

    def order(self) -> Sequence[ColumnElement[Any]]:
        """The most frequent first."""
        return (_row.times.desc(), _row.last_asked_at.desc(), _row.id.asc())

    def choices(self, request: Request) -> Sequence[Choice]:
        """Those that wait, or all."""
        said = load("desk")["question"]
        options = [("", said["open"]), ("all", said["all"])]
        return [Choice("state", said["state"], options, self.asked(request).get("state", ""))]

    def row(self, request: Request, record: UnansweredQuestion) -> dict[str, Any]:
        """One question; who asked is not kept."""
        return {
            "question": record.question, "times": str(record.times),
            "reason": load("desk")["question"]["reasons"][record.reason],
            "entry": record.entry_id or "", "last": moment(record.last_asked_at),
            "_meta": {"path": f"/question/{record.id}"},
        }  # fmt: skip

    def can_export(self, request: Request) -> bool:
        """Never: a question is in the words of whoever asked, who may have named somebody."""
        return False


class Question(Item):
    """One question, to be dealt with."""

    word, listed = "question", "questions"
    kind = UnansweredQuestion

    def seen(self, record: UnansweredQuestion) -> str:
        """How often it was asked, and when it was last dealt with."""
        return f"{record.times} {record.dealt_with_at or ''}"

    def shown(
        self, session: Session, record: UnansweredQuestion, request: Request, now: datetime, reveal: str
    ) -> Shown:  # fmt: skip
        """The question, how often it was asked, and what was shown."""
        said, columns = load("desk")["question"], load("desk")["question"]["columns"]
        pairs = [
            (columns["question"], record.question), (columns["times"], str(record.times)),
            (columns["reason"], said["reasons"][record.reason]), (columns["entry"], record.entry_id or ""),
            (said["first"], moment(record.first_asked_at)), (columns["last"], moment(record.last_asked_at)),
            (said["dealt"], moment(record.dealt_with_at)),
        ]  # fmt: skip
        done = record.dealt_with_at
        waits = done is None or done < record.last_asked_at
        does = [Do("done", said["do"], hint=said["again"])] if waits else []
        return Shown(f"{said['title']} {record.id}", pairs, (), does)

    def act(
        self, session: Session, record: UnansweredQuestion, name: str, form: Mapping[str, str],
        request: Request, now: datetime,
    ) -> str:  # fmt: skip
        """Note that it was dealt with."""
        if name != "done":
            raise HTTPException(404)
        if questions.deal_with(session, str(record.id), now) is None:
            raise NotPossible("dealt with")
        return "question_done"
