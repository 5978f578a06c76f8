"""Guidance as frozen records from the YAML of this folder, and its check; it knows no question."""

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, cast

from bot.library import FOLDER, load, parsed

ANSWER_LIMIT = 160  # characters; a citizen reads the answer on a phone
ASKS_AT_LEAST = 4
EXCEPTIONS_LIMIT = 80  # characters
SEE_AT_MOST = 2  # with the four of an answer, six buttons

Action = Literal["answer", "redirect", "decline"]
Counted = Literal["calendar", "working"]

_PHONE = re.compile(
    r"(?<![\d.])(?:0\d{2,3}-\d{7,8}|1[0-2]\d{3}|9[56]\d{3}|400[-\d]{7,9})(?![\d%元条])"
)
_NAMED_LAW = re.compile(r"《((?:[^《》]|〈[^〉]*〉)+)》")
_BARE_ARTICLE = re.compile(r"(?<!》)第\d+条")
_NOT_KEBAB = re.compile(r"[^a-z0-9-]")


@dataclass(frozen=True)
class Law:
    """A law of laws.yml; `since` and `amended` are ISO dates, `articles` the last one if known.

    `is_procedure`: it is applied to what is done now, however old the matter is. `is_local`: it is
    Tianjin's own.
    """

    key: str
    name: str
    short: str
    number: str
    status: str
    grade: str
    since: str | None = None
    until: str | None = None
    amended: str | None = None
    articles: int | None = None
    is_procedure: bool = False
    is_local: bool = False


@dataclass(frozen=True)
class Cite:
    """One article of one law, by the law's key."""

    law: str
    article: int


@dataclass(frozen=True)
class Term:
    """A time that runs from an event of guidance_case.yml; either `days` or `months` is not 0.

    `what` ends with it, `open` is what may still be asked for afterwards; `rule` sets it.
    """

    what: str
    start: str
    rule: Cite
    days: int = 0
    months: int = 0
    counted: Counted = "calendar"
    open: str = ""


@dataclass(frozen=True)
class Penalty:
    """So many times the price and `least` yuan, under a condition of guidance_case.yml alone."""

    times: int
    least: int
    condition: str
    rule: Cite


@dataclass(frozen=True)
class Entry:
    """One kind of question with its answer.

    `words` are patterns: that all are met decides, unless the pattern `unless` is met too.
    `exceptions` is when the rule holds less or not, by `exception_cite` where `cite` has no such article.
    `see` are the entries that somebody with this question needs next.
    """

    id: str
    topic: str
    title: str
    answer: str
    action: Action
    grade: str
    as_of: str
    rule: str = ""
    cite: tuple[Cite, ...] = ()
    next: str = ""
    limits: str = ""
    exceptions: str = ""
    exception_cite: tuple[Cite, ...] = ()
    evidence: str = ""
    asks: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    unless: str = ""
    confused_with: tuple[str, ...] = ()
    see: tuple[str, ...] = ()
    terms: tuple[Term, ...] = ()
    penalty: Penalty | None = None
    reviewed_on: str | None = None
    reviewed_by: str | None = None

    @property
    def sources(self) -> tuple[Cite, ...]:
        """All articles it rests on: those of the rule, then those of its exceptions alone."""
        return self.cite + self.exception_cite


@dataclass(frozen=True)
class Number:
    """A public number of numbers.yml; `phrase` is how a reply of its grade may name it."""

    key: str
    number: str
    office: str
    grade: str
    phrase: str


@dataclass(frozen=True)
class Door:
    """A subject that is not ours: how it is recognised, what is said, which number it leads to."""

    id: str
    reply: str
    numbers: tuple[Number, ...]
    patterns: tuple[str, ...]
    unless: tuple[str, ...] = field(default=())


@functools.cache
def laws() -> Mapping[str, Law]:
    """All laws of laws.yml by key. Raises TypeError where a row lacks a field or has another."""
    return {key: Law(key=key, **_dated(row)) for key, row in load("laws")["laws"].items()}


@functools.cache
def numbers() -> Mapping[str, Number]:
    """All public numbers by key, each with the phrase its grade allows."""
    table = load("numbers")
    phrases = table["phrases"]
    return {
        key: Number(
            key=key,
            number=row["number"],
            office=row["office"],
            grade=row["grade"],
            phrase=phrases[row["grade"]].format(number=row["number"]),
        )
        for key, row in table["numbers"].items()
    }


@functools.cache
def entries() -> tuple[Entry, ...]:
    """All entries of guidance/*.yml, by file name and then in the file's order."""
    return tuple(_entry(row, topic, as_of) for topic, as_of, rows in _files() for row in rows)


@functools.cache
def same_words() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Everyday words as patterns, each with the word the library uses, in the order to apply."""
    return tuple((re.compile(left), right) for left, right in load("guidance_words")["same"])


@functools.cache
def subjects() -> tuple[re.Pattern[str], ...]:
    """The subjects that tell entries apart, as patterns."""
    return tuple(re.compile(one) for one in load("guidance_words")["subjects"])


@functools.cache
def doors() -> tuple[Door, ...]:
    """All doors of doors.yml, in the order in which they are tried."""
    return tuple(
        Door(
            id=row["id"],
            reply=_filled(row["reply"]),
            numbers=tuple(numbers()[key] for key in row.get("numbers", ())),
            patterns=tuple(row["words"]),
            unless=tuple(row.get("unless", ())),
        )
        for row in load("doors")["doors"]
    )


def check() -> list[str]:
    """What is wrong in the library as sentences, empty if nothing is."""
    return [*problems(entries()), *_door_problems()]


def problems(checked: tuple[Entry, ...]) -> list[str]:
    """What is wrong with these entries, one sentence each, beginning with the entry's id."""
    known = {entry.id for entry in checked}
    found = [f"{entry.id}: {what}" for entry in checked for what in _entry_problems(entry, known)]
    ids = [entry.id for entry in checked]
    found += [f"{one}: the id stands twice" for one in sorted(known) if ids.count(one) > 1]
    return found


def said(entry: Entry) -> str:
    """All an entry may say to a citizen, as one text."""
    left = (text for term in entry.terms for text in (term.what, term.open))
    plain = (entry.title, entry.answer, entry.rule, entry.next, entry.limits, entry.exceptions)
    return "\n".join((*plain, *left))


def _entry_problems(entry: Entry, known: set[str]) -> Iterator[str]:
    if not entry.id or _NOT_KEBAB.search(entry.id):
        yield "the id is not kebab-case"
    if entry.action not in ("answer", "redirect", "decline"):
        yield f"unknown action {entry.action}"
    if len(entry.answer) > ANSWER_LIMIT:
        yield f"the answer has {len(entry.answer)} characters, over {ANSWER_LIMIT}"
    if len(entry.asks) < ASKS_AT_LEAST:
        yield f"only {len(entry.asks)} sample questions"
    if entry.action == "answer" and not (entry.cite and entry.rule and entry.next):
        yield "an answer needs a citation, a rule and a next step"
    for other in entry.confused_with:
        if other not in known or other == entry.id:
            yield f"confused_with names {other}, which is no other entry"
    if any(not group or re.search(group, "") for group in entry.words):
        yield "a group of deciding words is met by anything"
    yield from _see_problems(entry, known)
    yield from _exception_problems(entry)
    yield from _cite_problems(entry)
    yield from _case_problems(entry)
    yield from forbidden(said(entry))


def _see_problems(entry: Entry, known: set[str]) -> Iterator[str]:
    if len(set(entry.see)) != len(entry.see) or len(entry.see) > SEE_AT_MOST:
        yield f"see names one twice, or more than {SEE_AT_MOST}"
    for other in entry.see:
        if other not in known or other == entry.id:
            yield f"see names {other}, which is no other entry"
        if other in entry.confused_with:
            yield f"see names {other}, which it is confused with"


def _exception_problems(entry: Entry) -> Iterator[str]:
    """Exceptions are short and rest on an article; a law that any text names is one in force."""
    if len(entry.exceptions) > EXCEPTIONS_LIMIT:
        yield f"the exceptions have {len(entry.exceptions)} characters, over {EXCEPTIONS_LIMIT}"
    if entry.exceptions and not entry.sources:
        yield "exceptions need a citation"
    if entry.exception_cite and not entry.exceptions:
        yield "exception_cite without exceptions"
    if set(entry.exception_cite) & set(entry.cite):
        yield "exception_cite repeats an article of cite"
    if _BARE_ARTICLE.search(entry.exceptions):
        yield "the exceptions name an article without its law"
    in_force = {name for law in laws().values() if law.status == "in_force"
                for name in (law.name, law.short)}  # fmt: skip
    for name in _NAMED_LAW.findall(said(entry)):
        if name not in in_force:
            yield f"{name} is no law in force of laws.yml"


def _cite_problems(entry: Entry) -> Iterator[str]:
    for cite in entry.sources:
        law = laws().get(cite.law)
        if law is None:
            yield f"unknown law {cite.law}"
        elif law.status != "in_force":
            yield f"{law.short} is {law.status}"
        elif cite.article < 1 or cite.article > (law.articles or cite.article):
            yield f"{law.short} has no article {cite.article}"
        elif law.grade == "B" and entry.grade == "A":
            yield f"{law.short} is of grade B, the entry of grade A"
    if entry.grade not in ("A", "B"):
        yield f"grade {entry.grade} may not be shown"
    if entry.grade == "B" and "为准" not in said(entry):
        yield "an entry of grade B does not say what prevails"


def _case_problems(entry: Entry) -> Iterator[str]:
    table = load("guidance_case")
    for term in entry.terms:
        if term.start not in table["starts"]:
            yield f"a term from {term.start}, which is no event of guidance_case.yml"
        if (term.days < 1) == (term.months < 1):
            yield f"the term {term.what} needs days or months"
        if term.counted not in ("calendar", "working") or (
            term.months and term.counted == "working"
        ):
            yield f"the term {term.what} is counted in {term.counted} days"
    if entry.terms and not entry.terms[-1].open:
        yield "nothing is said of what is open after the last term"
    if entry.penalty and entry.penalty.condition not in table["conditions"]:
        yield f"a penalty under {entry.penalty.condition}, which is no condition of guidance_case.yml"
    rules = [term.rule for term in entry.terms] + ([entry.penalty.rule] if entry.penalty else [])
    for rule in rules:
        if rule not in entry.cite:
            yield f"the article {rule.article} of {rule.law} is not among those cited"


def forbidden(text: str) -> Iterator[str]:
    """What no text of ours may say, by `never_say` of laws.yml, and numbers that are not checked."""
    for sentence in re.split(r"[。！？\n]", text):
        for row in load("laws")["never_say"]:
            hit = re.search(row["words"], sentence)
            if hit and not ("unless" in row and re.search(row["unless"], sentence)):
                yield f"forbidden words {hit[0]}"
    allowed = {number.number for number in numbers().values()}
    for phone in _PHONE.findall(text):
        if phone not in allowed:
            yield f"number {phone} is not in numbers.yml"


def _door_problems() -> Iterator[str]:
    for one in doors():
        for what in forbidden(one.reply):
            yield f"door {one.id}: {what}"
        for pattern in (*one.patterns, *one.unless):
            re.compile(pattern)


def _files() -> Iterator[tuple[str, str, list[dict[str, Any]]]]:
    for path in sorted((FOLDER / "guidance").glob("*.yml")):
        content = parsed(path.read_text(encoding="utf-8"))
        yield path.stem, str(content["as_of"]), content["entries"]


def _entry(row: dict[str, Any], topic: str, as_of: str) -> Entry:
    plain = {key: row[key] for key in ("id", "title", "grade")}
    texts = ("answer", "rule", "next", "limits", "exceptions")
    spoken = {key: _filled(row.get(key, "")) for key in texts}
    reviewed = row.get("reviewed_on")
    return Entry(
        **plain,
        **spoken,
        topic=topic,
        as_of=as_of,
        action=cast(Action, row.get("action", "answer")),
        evidence=row.get("evidence", ""),
        cite=tuple(_cite(one) for one in row.get("cite", ())),
        exception_cite=tuple(_cite(one) for one in row.get("exception_cite", ())),
        asks=tuple(row.get("asks", ())),
        words=tuple(str(group).lower() for group in row.get("words", ())),
        unless=str(row.get("unless", "")).lower(),
        confused_with=tuple(row.get("confused_with", ())),
        see=tuple(row.get("see", ())),
        terms=tuple(_term(one) for one in row.get("terms", ())),
        penalty=_penalty(row.get("penalty")),
        reviewed_on=str(reviewed) if reviewed else None,
        reviewed_by=row.get("reviewed_by"),
    )


def _cite(row: Mapping[str, Any]) -> Cite:
    return Cite(row["law"], int(row["article"]))


def _term(row: Mapping[str, Any]) -> Term:
    return Term(
        what=row["what"], start=row["from"], rule=_cite(row["rule"]), days=int(row.get("days", 0)),
        months=int(row.get("months", 0)), counted=cast(Counted, row.get("kind", "calendar")),
        open=row.get("open", ""),
    )  # fmt: skip


def _penalty(row: Mapping[str, Any] | None) -> Penalty | None:
    if row is None:
        return None
    return Penalty(int(row["times"]), int(row["least"]), row["condition"], _cite(row["rule"]))


def _filled(text: str) -> str:
    """The text with {labour} and the like replaced; raises KeyError for an unknown number."""
    return text.strip().format_map({key: one.phrase for key, one in numbers().items()})


def _dated(row: Mapping[str, Any]) -> dict[str, Any]:
    dates = ("since", "until", "amended")
    return {key: str(v) if key in dates and v is not None else v for key, v in row.items()}
