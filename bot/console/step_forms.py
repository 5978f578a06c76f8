"""The forms of a dispute's steps, generated from the table of steps. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.casework import desk, steps
from bot.casework.records import Dispute
from bot.library import label, load

LONG = ("missing", "note")  # fields of several lines
UNSEEN = ("version", "seen", "csrftoken", "call", "what", "form")  # fields that nobody typed


@dataclass(frozen=True)
class Field:
    """One field of a form: `options` (code, words) where it is chosen, `problem` beside it in words.

    `kind` is line, long, choice (a list), one or several (of buttons), tick or files; `mark` stands beside the
    label in place of whether it is needed; `short` is its name in a list of what is wrong.
    """

    name: str
    label: str
    is_needed: bool
    kind: str
    longest: int
    options: tuple[tuple[str, str], ...] = ()
    value: str = ""
    problem: str = ""
    hint: str = ""
    mark: str = ""
    short: str = ""


@dataclass(frozen=True)
class Form:
    """One step as a form; `is_open` where it was sent and refused."""

    step: str
    title: str
    law: str
    fields: tuple[Field, ...]
    is_open: bool = False


def forms(
    dispute: Dispute, sent: str = "", typed: Mapping[str, str] | None = None,
    wrong: Mapping[str, str] | None = None,
) -> list[Form]:  # fmt: skip
    """The steps that are possible now; `typed` and `wrong` belong to the one that was `sent`."""
    found = []
    for one in desk.possible(dispute):
        is_sent = one.name == sent
        fields = tuple(
            _field(one, name, (typed or {}) if is_sent else {}, (wrong or {}) if is_sent else {})
            for name in names(one)
        )
        title = load("desk")["steps"][one.name]
        found.append(Form(one.name, title, one.law, fields, is_sent))
    return found


def names(one: steps.Step) -> tuple[str, ...]:
    """The fields of a step's form, in order: what it needs, what may be, and a note for officers."""
    return (*one.needs, *steps.OPTIONAL.get(one.name, ()), "note")


def in_words(typed: Mapping[str, str]) -> list[str]:
    """What was typed and chosen in a form that is gone meanwhile, to be read and copied."""
    known = {**load("wording")["labels"], "telling": load("desk")["report"]["telling"]}
    return [known.get(name, {}).get(text, text) for name, text in typed.items()
            if name not in UNSEEN and text]  # fmt: skip


def _field(one: steps.Step, name: str, typed: Mapping[str, str], wrong: Mapping[str, str]) -> Field:
    said: Mapping[str, Any] = load("desk")
    codes = dict(one.choices).get(name, ())
    kind = "choice" if codes else "long" if name in LONG else "line"
    problem = said["wrong"][wrong[name]] if name in wrong else ""
    return Field(
        name, said["fields"][name], name in one.needs, kind,
        steps.LONGEST.get(name, steps.LONGEST_DETAIL),
        tuple((code, label(name, code)) for code in codes), typed.get(name, ""), problem,
    )  # fmt: skip
