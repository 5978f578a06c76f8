"""The guidance library to read: each entry, the articles it stands on, and whether a lawyer has reviewed it."""

import functools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session
from starlette.exceptions import HTTPException
from starlette.requests import Request

from bot.casework import guidance
from bot.console.items import Item, Row, Shown
from bot.console.rows import Rows
from bot.console.views import Choice
from bot.library import guidance_loader, load
from bot.library.guidance_loader import Cite, Entry
from bot.reading import folding

REVIEWED, NOT_REVIEWED = "yes", "no"


class Entries(Rows):
    """All entries as they stand in the files: by words, by law, by topic, and those not reviewed."""

    word, listed = "entry", "entries"
    cells = ("title", "id", "topic", "law", "grade", "as_of", "reviewed")

    def found(self, request: Request, text: str) -> Sequence[Entry]:
        """Each word of `text` stands somewhere in an entry, or in what it cites."""
        given, words = self.asked(request), folding.plain(text).lower().split()
        return [
            one
            for one in guidance_loader.entries()
            if given.get("topic", "") in ("", one.topic)
            and given.get("law", "") in ("", *(cite.law for cite in one.sources))
            and given.get("reviewed", "") in ("", REVIEWED if one.reviewed_on else NOT_REVIEWED)
            and (not words or all(word in _searched(one) for word in words))
        ]

    def choices(self, request: Request) -> Sequence[Choice]:
        """By topic, law, and review."""
        said, given = load("desk")["entry"], self.asked(request)
        any_one, known = ("", load("desk")["queue"]["any"]), guidance_loader.entries()
        cited = {cite.law for one in known for cite in one.sources}
        laws = [(key, law.short) for key, law in guidance_loader.laws().items() if key in cited]
        topics = list(dict.fromkeys((one.topic, one.topic) for one in known))
        options = {"law": laws, "topic": topics, "reviewed": list(said["by_review"].items())}
        return [
            Choice(name, said["filters"][name], [any_one, *rows], given.get(name, ""))
            for name, rows in options.items()
        ]

    def row(self, request: Request, record: Entry) -> dict[str, Any]:
        """One entry."""
        return {
            "title": record.title, "id": record.id, "topic": record.topic, "grade": record.grade,
            "law": "；".join(article_text(one) for one in record.cite), "as_of": record.as_of,
            "reviewed": reviewed_text(record),
            "_meta": {
                "path": f"/entry/{record.id}",
                "marks": {"reviewed": "" if record.reviewed_on else "soon"},
            },
        }  # fmt: skip


class EntryPage(Item):
    """One entry whole; it is edited in its file, by lawyers."""

    word, listed = "entry", "entries"
    is_read_only = True

    def find(self, session: Session, number: str) -> Entry:
        """The entry of this id."""
        for one in guidance_loader.entries():
            if one.id == number:
                return one
        raise HTTPException(404)

    def seen(self, record: Entry) -> str:
        """Nothing: no form is drawn."""
        return ""

    def shown(
        self, session: Session, record: Entry, request: Request, now: datetime, reveal: str
    ) -> Shown:
        """What it says, by what articles, what leads to it, and the terms it names."""
        said, columns = load("desk")["entry"], load("desk")["entry"]["columns"]
        pairs = [
            (columns["id"], record.id), (columns["reviewed"], reviewed_text(record)),
            (columns["grade"], said["grades"].get(record.grade, record.grade)),
            (columns["as_of"], record.as_of), (said["file"], said["path"].format(topic=record.topic)),
            (said["action"], said["actions"][record.action]), (said["answer"], record.answer),
            (said["rule"], record.rule), (said["exceptions"], record.exceptions), (said["next"], record.next),
            (said["limits"], record.limits), (said["evidence"], record.evidence),
        ]  # fmt: skip
        laws = [Row(law_text(one)) for one in record.sources]
        terms = [
            Row(said["term"].format(what=one.what, article=article_text(one.rule)))
            for one in record.terms
        ]
        asks = [Row(one) for one in record.asks]
        parts = (
            (said["laws"], laws),
            (said["terms"], terms),
            (said["asks"], asks),
            (said["near"], _rows(record.confused_with)),
            (said["see"], _rows(record.see)),
        )
        return Shown(record.title, pairs, [one for one in parts if one[1]])


def _rows(ids: Sequence[str]) -> list[Row]:
    """Other entries, with the way to each."""
    titles = {one.id: one.title for one in guidance_loader.entries()}
    return [Row(titles[one], f"/entry/{one}") for one in ids]


def reviewed_text(entry: Entry) -> str:
    """When which lawyer reviewed it, or that none did."""
    said = load("desk")["entry"]
    if not entry.reviewed_on:
        return str(said["not_reviewed"])
    return " ".join(filter(None, (entry.reviewed_on, entry.reviewed_by)))


def article_text(cite: Cite) -> str:
    """An article as it is cited in short."""
    law = guidance_loader.laws()[cite.law]
    return str(load("desk")["entry"]["article"]).format(short=law.short, article=cite.article)


def law_text(cite: Cite) -> str:
    """An article with what is known of its law: number, days, grade."""
    law, said = guidance_loader.laws()[cite.law], load("desk")["entry"]
    since = said["since"].format(day=law.since) if law.since else ""
    amended = said["amended"].format(day=law.amended) if law.amended else ""
    grade = said["grades"].get(law.grade, law.grade)
    facts = "；".join(filter(None, (law.number, since, amended, grade)))
    return str(said["law"]).format(article=article_text(cite), facts=facts)


@functools.cache
def _searched(entry: Entry) -> str:
    """All that a search looks through, the articles as they are cited among it."""
    parts = (entry.id, guidance_loader.said(entry), entry.evidence, *entry.asks,
             *guidance.citations(entry), *(law_text(one) for one in entry.sources))  # fmt: skip
    return folding.plain("\n".join(parts)).lower()
