"""The form of a dispute that is told at the counter or on the phone: its fields, its checks. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.datastructures import FormData

from bot.casework import counter, people, reports, typed
from bot.casework.disputes import LONGEST_FACTS
from bot.console.step_forms import Field
from bot.library import labels, load
from bot.reading import facts, folding, phones, platforms
from bot.reading.facts import Facts

LONGEST = {
    "merchant": 80, "location": 120, "platform": 80, "product": 80, "brand": 60, "model": 60,
    "occurred_on": 40, "amount": 40, "name": 40, "phone": 40, "address": 200,
}  # fmt: skip
PARTS = (  # headings of the form, and what is asked under each
    ("told", ("told", "way")),
    ("matter", ("merchant", "location", "platform", "product", "brand", "model", "facts", "demand",
                "occurred_on", "amount", "standing")),
    ("contact", ("name", "phone", "address")),
)  # fmt: skip
ALWAYS = ("told", "way", "merchant", "facts", "phone")
BUREAU = ("demand", "name", "address")  # what acceptance needs besides (总局令第121号 第10条)
KINDS = {"told": "tick", "way": "one", "facts": "long", "demand": "several", "standing": "one"}
READ = {"amount": "no_sum", "occurred_on": "no_day"}  # what is wrong where no sum, no day shows


@dataclass(frozen=True)
class Sent:
    """A form as it was sent: what was typed, and what is wrong with it (`new.problems`), by field."""

    values: Mapping[str, str]
    problems: Mapping[str, str]


def check(form: FormData, *, is_bureau: bool, today: date) -> Sent:
    """What was typed, with the problems of each field in the order of the page."""
    values = {name: typed.line(_text(form, name), most) for name, most in LONGEST.items()}
    values["facts"] = typed.plain(_text(form, "facts"))
    values["told"] = "1" if form.get("told") else ""
    for name in ("way", "standing"):
        values[name] = _text(form, name) if _text(form, name) in _options(name) else ""
    chosen = form.getlist("demand")
    values["demand"] = ",".join(code for code in _options("demand") if code in chosen)
    problems = {
        name: _problem(name, values, today, is_needed=is_needed(name, is_bureau=is_bureau))
        for _, names in PARTS
        for name in names
    }
    return Sent(values, {name: problem for name, problem in problems.items() if problem})


def is_needed(name: str, *, is_bureau: bool) -> bool:
    """Whether nothing is entered without it."""
    return name in ALWAYS or (is_bureau and name in BUREAU)


def told(values: Mapping[str, str], today: date) -> Facts:
    """The facts of a form that is in order, read as the talk reads a bare answer."""
    plain: dict[str, Any] = {
        name: values[name] or None for name in ("merchant", "product", "brand", "model")
    }
    named = platforms.find(folding.plain(values["platform"]))
    read = {"amount": facts.answer("amount", folding.plain(values["amount"]), today),
            "day": facts.answer("occurred_on", folding.plain(values["occurred_on"]), today)}  # fmt: skip
    return Facts(
        **plain, facts=values["facts"], demand=values["demand"] or None,
        standing=values["standing"] or None, location=values["location"] or None,
        street=reports.street_in(values["location"]),
        platform=(named[0].name if named else values["platform"]) or None,
        occurred_on=read["day"].occurred_on, occurred_text=values["occurred_on"] or None,
        amount=read["amount"].amount, amount_text=values["amount"] or None,
    )  # fmt: skip


def contact(values: Mapping[str, str]) -> people.Contact:
    """The contact details of a form that is in order."""
    return people.Contact(
        _phone(values["phone"]) or "", values["name"] or None, values["address"] or None
    )


def parts(sent: Sent, *, is_bureau: bool) -> list[tuple[str, list[Field]]]:
    """The headings of the page with their fields, filled as they were sent."""
    titles = load("desk")["new"]["parts"]
    return [
        (titles[key], [_field(name, sent, is_bureau=is_bureau) for name in names])
        for key, names in PARTS
    ]


def _problem(name: str, values: Mapping[str, str], today: date, *, is_needed: bool) -> str:
    text = values[name]
    if name == "location" and not text and not values["platform"]:
        return "no_place"
    if is_needed and not text:
        return "not_told" if name == "told" else "missing"
    if name == "facts" and len(text) > LONGEST_FACTS:
        return "too_long"
    if name == "phone" and text and _phone(text) is None:
        return "no_phone"
    if name in READ and text and not facts.is_readable(name, folding.plain(text), today):
        return READ[name]
    on = facts.answer("occurred_on", folding.plain(text), today).occurred_on
    return "in_future" if name == "occurred_on" and on is not None and on > today else ""


def _phone(text: str) -> str | None:
    found = phones.find_phones(folding.plain(text))
    return found[0].number if len(found) == 1 else None


def _text(form: FormData, name: str) -> str:
    return str(form.get(name) or "")


def _options(name: str) -> Mapping[str, str]:
    if name == "way":
        said: Mapping[str, str] = load("desk")["new"]["ways"]
        return {way: said[way] for way in counter.WAYS}
    return labels(name) if name in ("demand", "standing") else {}


def _field(name: str, sent: Sent, *, is_bureau: bool) -> Field:
    said: Mapping[str, Any] = load("desk")["new"]
    options: Sequence[tuple[str, str]] = tuple(_options(name).items())
    problem = said["problems"][sent.problems[name]] if name in sent.problems else ""
    return Field(
        name, said["fields"][name], is_needed(name, is_bureau=is_bureau), KINDS.get(name, "line"),
        LONGEST.get(name, LONGEST_FACTS), tuple(options), sent.values.get(name, ""), problem,
        said["hints"].get(name, ""), said["either"] if name in ("location", "platform") else "",
        said["short"].get(name, said["fields"][name]),
    )  # fmt: skip
