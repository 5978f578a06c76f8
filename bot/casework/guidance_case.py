"""What an answer adds for the case in hand: the end of a term, a sum, a rule younger than the matter. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from bot.casework import deadlines
from bot.library import guidance_loader, load
from bot.library.guidance_loader import Entry, Law, Term
from bot.reading import amounts, dates, folding

BEHIND, BEFORE = 12, 8  # characters beside a day in which it is said what happened on it
OFFICE = ("lodged", "reported", "accepted")  # events of a proceeding; all others are of the matter

_STOP = re.compile(r"[。！？!?；;，,\n]")
_ABOUT = re.compile(r" ?(?:之?前(?!台)|以前|前后|左右|之后|以后|后(?!来))")
_DENIED = re.compile(r"(?:没有?|未|不)[^,。;!?]{0,3}$")


@dataclass(frozen=True)
class Told:
    """A day that was told, or the span of a month or year; what happened on it, where that is said."""

    first: date
    last: date
    event: str | None = None


@dataclass(frozen=True)
class Case:
    """What is known of the case in hand: its days, and the sum in yuan."""

    days: tuple[Told, ...] = ()
    amount: Decimal | None = None

    def __or__(self, other: "Case") -> "Case":
        """This case, with what only the other knows: its days where this has none, its sum."""
        return Case(
            self.days or other.days, self.amount if self.amount is not None else other.amount
        )


@dataclass(frozen=True)
class End:
    """When a term of the case ends. `latest` is later where a last day may move over days off."""

    term: Term
    told: Told
    on: date
    latest: date
    is_provisional: bool


def read(text: str, today: date) -> Case:
    """The case in a folded text that was written on `today`. A vague sum (三百多) is none."""
    return Case(tuple(_told(text, today)), _price(text))


def of_record(occurred_on: date | None, story: str | None, amount: Decimal | None) -> Case:
    """The case in the columns of a dispute; what happened on its day stands in the story, if anywhere."""
    if occurred_on is None:
        return Case((), amount)
    text = folding.plain(story or "")  # read as of that day, so that no other day is taken for it
    told = [one for one in _told(text, occurred_on) if one.first == occurred_on]
    return Case(tuple(told) or (Told(occurred_on, occurred_on),), amount)


def lines(entry: Entry, case: Case, today: date) -> list[str]:
    """What the case adds to an entry's answer, in whole sentences; empty where nothing is known."""
    return [*_term_lines(entry, case, today), *_sum_lines(entry, case), *_younger(entry, case)]


def ends(entry: Entry, case: Case, today: date) -> list[End]:
    """The entry's terms whose beginning was told, in their order.

    A beginning to come is none, and one before the rule was in force is not counted by it.
    """
    found = []
    for term in entry.terms:
        law = guidance_loader.laws()[term.rule.law]
        began = (one for one in case.days if one.event == term.start and one.first <= today)
        told = next(began, None)
        if told is not None and not _is_younger(law, [told]):
            found.append(_end(term, told))
    return found


def spoken(day: date, today: date) -> str:
    """A day as people say it: with its year only where that is another one."""
    pattern = load("guidance_case")["day" if day.year == today.year else "day_of_year"]
    return str(pattern).format(year=day.year, month=day.month, day=day.day)


def _price(text: str) -> Decimal | None:
    """The sum that was paid; what somebody asks for or quotes is none."""
    sure, _ = amounts.disputed(text)
    if sure is None or sure.is_vague:
        return None
    is_other = re.search(load("guidance_case")["no_price"], text[: sure.start])
    return sure.value if sure.role == "paid" or not is_other else None


# ── days ─────────────────────────────────────────────────────────────────────


def _told(text: str, today: date) -> Iterator[Told]:
    found = dates.find(text, today)
    edges = [0, *(edge for day in found for edge in (day.start, day.end)), len(text)]
    for number, day in enumerate(found):
        if day.on is None or day.precision == "vague":
            continue
        before = text[max(edges[2 * number], day.start - BEFORE) : day.start]
        behind = text[day.end : min(edges[2 * number + 3], day.end + BEHIND)]
        is_exact = day.precision == "day" and not _ABOUT.match(behind)
        event = _event(_STOP.split(before)[-1], _STOP.split(behind)[0]) if is_exact else None
        yield Told(day.on, _last(day), event)


def _last(day: dates.Day) -> date:
    on = day.on or date.max
    if day.precision == "year":
        return on.replace(month=12, day=31)
    if day.precision == "month":
        return _months_later(on, 1) - timedelta(days=1)
    return on


def _event(before: str, behind: str) -> str | None:
    """What happened on a day: what stands right behind it counts before what leads up to it.

    What a shop received is what was sent back to it.
    """
    for text, is_behind in ((behind, True), (before, False)):
        hits = [
            (hit.start() if is_behind else -hit.end(), -len(hit.group()), code)
            for code, row in load("guidance_case")["starts"].items()
            for hit in re.finditer(row["near"], text)
            if not _DENIED.search(text[: hit.start()])
        ]
        if hits:
            event = str(min(hits)[2])
            is_shop = re.search(load("guidance_case")["by_shop"], before)
            return "returned" if event == "received" and is_shop else event
    return None


def _end(term: Term, told: Told) -> End:
    """The day of the event is not counted (民法典 第201条; 网络购买商品七日无理由退货暂行办法 第10条).

    A last day on a holiday moves behind it (民法典 第203条): `on` counts the statutory ones alone, the
    earlier day being the safe one, and `latest` every day off.
    """
    if term.counted == "working":
        due = deadlines.after_working_days(told.first, term.days)
        return End(term, told, due.on, due.on, due.is_provisional)
    last = _months_later(told.first, term.months) if term.months else None
    days = (last - told.first).days if last else term.days
    latest = told.first + timedelta(days=days)
    while not deadlines.is_working_day(latest):
        latest += timedelta(days=1)
    return End(term, told, deadlines.after_days(told.first, days).on, latest, False)


def _months_later(day: date, months: int) -> date:
    """The same day of that month; its last where it has none such (民法典 第202条)."""
    count = day.year * 12 + day.month - 1 + months
    first, after = date(count // 12, count % 12 + 1, 1), count + 1
    length = (date(after // 12, after % 12 + 1, 1) - first).days
    return first.replace(day=min(day.day, length))


# ── sentences ────────────────────────────────────────────────────────────────


def _term_lines(entry: Entry, case: Case, today: date) -> Iterator[str]:
    """The terms that are over and the first that runs; where none is known to, from when they count."""
    said = load("guidance_case")["lines"]
    found = ends(entry, case, today)
    if not found:
        if case.days and entry.terms:
            yield _counts(entry.terms[0])
        return
    for end in found:
        is_over = today > end.latest
        is_last = end is found[-1]
        yield _end_line(end, today) + (end.term.open if is_over and is_last else "")
        if not is_over:
            break
    if any(guidance_loader.laws()[end.term.rule.law].grade == "B" for end in found):
        yield said["prevails"]


def _counts(term: Term) -> str:
    table = load("guidance_case")
    title = table["starts"][term.start]["title"]
    return str(table["lines"]["counts"]).format(what=term.what, event=title)


def _end_line(end: End, today: date) -> str:
    table = load("guidance_case")
    is_over = today > end.latest
    kind = "over" if is_over else "shifts" if end.latest > end.on else "running"
    line = str(table["lines"][kind]).format(
        day=spoken(end.told.first, today), event=table["starts"][end.term.start]["title"],
        what=end.term.what, end=spoken(end.latest if is_over else end.on, today),
        latest=spoken(end.latest, today),
    )  # fmt: skip
    if end.is_provisional:
        line += table["lines"]["provisional"].format(year=end.on.year)
    return line


def _sum_lines(entry: Entry, case: Case) -> Iterator[str]:
    """What the penalty would be, in one sentence with its condition: whether it is met is not presumed."""
    rule, amount = entry.penalty, case.amount
    if rule is None or amount is None or amount <= 0:
        return
    table: dict[str, Any] = load("guidance_case")
    total = amount * rule.times
    kind = "least" if total < rule.least else "sum"
    yield str(table["lines"][kind]).format(
        amount=_yuan(amount), condition=table["conditions"][rule.condition], sum=_yuan(total),
        times=table["times"][rule.times], least=rule.least,
    )  # fmt: skip


def _yuan(amount: Decimal) -> str:
    return f"{amount:.2f}".rstrip("0").rstrip(".") if amount % 1 else f"{amount:.0f}"


def _younger(entry: Entry, case: Case) -> Iterator[str]:
    """That a cited rule is younger than the matter, or than the proceeding; the youngest alone."""
    young = {law.since or "": law for law in _laws(entry) if _is_younger(law, case.days)}
    if young:
        law = young[max(young)]
        line = str(load("guidance_case")["lines"]["younger"])
        yield line.format(short=law.short, since=law.since)


def _laws(entry: Entry) -> Iterator[Law]:
    return (guidance_loader.laws()[cite.law] for cite in entry.sources)


def _is_younger(law: Law, days: Iterable[Told]) -> bool:
    """A rule of procedure is compared with what an office did, all others with the matter itself."""
    if law.since is None:
        return False
    since = date.fromisoformat(law.since)
    return any(one.last < since for one in days if (one.event in OFFICE) == law.is_procedure)
