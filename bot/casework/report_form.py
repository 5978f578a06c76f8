"""The form of a report (举报), wherever it is filled in: its fields, its checks. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.casework import evidence, reports, typed
from bot.reading import folding, phones

LONGEST = {
    "merchant": 80, "location": 120, "platform": 80, "facts": 4000, "earlier": 20, "name": 40, "phone": 40,
}  # fmt: skip
ONLY_BUREAU = ("earlier", "name", "phone")  # what nobody would use is not asked


@dataclass(frozen=True)
class Sent:
    """A form as it was sent: what was typed, and what is wrong with it, by field."""

    values: Mapping[str, str]
    problems: Mapping[str, str]


def check(given: Mapping[str, str], *, is_bureau: bool) -> Sent:
    """What was typed, cut to its limits, with the problems of each field, as keys of reports.yml.

    A report needs a lead that can be followed (总局令第121号 第28条): whom, where, what.
    """
    asked = [name for name in LONGEST if is_bureau or name not in ONLY_BUREAU]
    values = {
        name: typed.line(given.get(name, ""), LONGEST[name]) for name in asked if name != "facts"
    }
    values["facts"] = typed.plain(given.get("facts", ""))
    values["is_true"] = "1" if given.get("is_true") else ""
    problems = {}  # in the order of the page
    if not values["merchant"]:
        problems["merchant"] = "merchant_missing"
    if not values["location"] and not values["platform"]:
        problems["location"] = "place_missing"
    if not values["facts"] or len(values["facts"]) > LONGEST["facts"]:
        problems["facts"] = "facts_long" if values["facts"] else "facts_missing"
    if values.get("phone") and _phone(values["phone"]) is None:
        problems["phone"] = "phone_wrong"
    if not values["is_true"]:
        problems["is_true"] = "is_true_missing"
    return Sent(values, problems)


def told(
    values: Mapping[str, str], files: Sequence[evidence.Prepared], *, way: str = "", by: str = ""
) -> reports.Told:
    """The report in a form that is in order; `by` is the officer who took it, and `way` how it came."""
    given = {name: values.get(name, "") for name in LONGEST}
    phone = _phone(given["phone"]) or ""
    return reports.Told(**{**given, "phone": phone}, files=tuple(files), way=way, by=by)


def _phone(text: str) -> str | None:
    found = phones.find_phones(folding.plain(text))
    return found[0].number if len(found) == 1 else None
