"""From one message to the facts of a dispute. Pure; it knows no record and no Rasa."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.reading import amounts, dates, demands, places, platforms, standings

STORY_AT_LEAST = 8  # characters that remain of a message once names and openers are taken out
MARKED = ("merchant", "product", "brand", "model")

_OPENERS = re.compile(
    r"(你好|您好|在吗|请问|帮我|麻烦|我要|我想|想要|要求|投诉|举报|维权|商家|卖家|店家|平台|怎么办|处理)"
)


_COUNTED = re.compile(r"\d|[零一二两三四五六七八九十百千万几半]")
_TIMED = re.compile(
    r"[年月周号季春夏秋冬晨晚]|前|刚|最近|星期|节|去|今|昨|早|初|底|末|开始|之后|后来"
)
_AROUND_A_NAME = re.compile(r"^(就?是|在|叫|店名|名字)+|(买的|这家|那家|里面)$")


@dataclass(frozen=True)
class Facts:
    """What one message tells about a dispute; None or empty where it tells nothing.

    Fields bear the names of the record's columns. Amounts are in yuan; `demand` is a list of codes
    joined by commas; `facts` is the message itself where it tells a story.
    """

    merchant: str | None = None
    platform: str | None = None
    product: str | None = None
    brand: str | None = None
    model: str | None = None
    facts: str | None = None
    demand: str | None = None
    location: str | None = None
    street: str | None = None
    occurred_on: date | None = None
    occurred_text: str | None = None
    amount: Decimal | None = None
    amount_text: str | None = None
    amount_choices: tuple[str, ...] = ()
    standing: str | None = None


def read(
    text: str,
    entities: Sequence[Mapping[str, Any]],
    *,
    today: date,
    streets: Mapping[str, Sequence[str]],
    shown: str | None = None,
) -> Facts:
    """The facts of a folded message with the spans Rasa marked in it.

    `shown` is the message as the citizen typed it, kept as the story.
    """
    marked: dict[str, Any] = {kind: _first(entities, kind) for kind in MARKED}
    return Facts(
        **marked,
        platform=_platform(text),
        facts=(shown or text) if tells_a_story(text, entities) else None,
        demand=",".join(sorted(demands.read(text))) or None,
        **_place(text, entities, streets),
        **_day(text, today),
        **_amount(text),
        standing=standings.in_story(text),
    )


def is_told(read: Facts) -> bool:
    """Whether a message tells a wish or a sum: then it is no name of a place."""
    return bool(read.demand or read.amount is not None or read.amount_choices)


def joined(before: Facts, after: Facts) -> Facts:
    """What two messages tell together: where both tell a field, the later one counts; the stories add up."""
    told = {field.name: getattr(after, field.name) for field in fields(Facts)}
    told = {name: value for name, value in told.items() if value not in (None, ())}
    story = "\n".join(filter(None, (before.facts, after.facts)))
    return replace(before, **{**told, "facts": story or None})


def is_wish(text: str) -> bool:
    """Whether a message says what the citizen wants, in a way that has a code."""
    return bool(demands.read(text))


def tells_a_story(text: str, entities: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a message says what happened, beyond names and "I want to complain"."""
    rest = text
    for entity in entities:
        if entity["entity"] in ("merchant", "platform", "location", "date", "amount"):
            rest = rest.replace(str(entity["value"]), "")
    return len(re.sub(r"\W", "", _OPENERS.sub("", rest))) >= STORY_AT_LEAST


def name_in(text: str, streets: Mapping[str, Sequence[str]]) -> str | None:
    """The shop's name in a bare answer: what is left without the place and the platform.

    「杨柳青镇的好又多超市」 gives 好又多超市; None where nothing is left, or where a sum or a wish shows
    that the answer is more than a name.
    """
    if demands.find(text) or amounts.find(text):
        return None
    around = [place.text for place in places.find(text, streets)]
    for part in around + [platform.text for platform in platforms.find(text)]:
        text = text.replace(part, "")
    return _AROUND_A_NAME.sub("", text).strip(" ,，。的") or None


def _first(entities: Sequence[Mapping[str, Any]], kind: str) -> str | None:
    return next((str(e["value"]).strip() for e in entities if e["entity"] == kind), None) or None


def _platform(text: str) -> str | None:
    found = platforms.find(text)
    return found[0].name if found else None


def _place(
    text: str, entities: Sequence[Mapping[str, Any]], streets: Mapping[str, Sequence[str]]
) -> dict[str, Any]:
    found = places.find(text, streets)
    marked = _first(entities, "location")
    street = next((place.street for place in found if place.street), None)
    longest = max((place.text for place in found), key=len, default=None)
    return {"location": marked or longest, "street": street}


def _day(text: str, today: date) -> dict[str, Any]:
    found = dates.find(text, today)
    if not found:
        return {}
    day = found[0]
    return {"occurred_on": day.on if day.precision == "day" else None, "occurred_text": day.text}


def _amount(text: str) -> dict[str, Any]:
    disputed, others = amounts.disputed(text)
    if disputed is None:
        return {"amount_choices": tuple(dict.fromkeys(other.text for other in others))}
    return {"amount": disputed.value, "amount_text": disputed.text}


def is_readable(field: str, text: str, today: date) -> bool:
    """Whether a bare answer can be one to the question: a day, a sum or a standing shows in it.

    Other fields take any words. 「年前」 and 「两万多」 are answers, 「他们凭什么不认」 is none.
    """
    if field == "amount":
        return amounts.read(text) is not None or bool(_COUNTED.search(text))
    if field == "standing":
        return standings.read(text) is not None
    if field == "occurred_on":
        return bool(dates.find(text, today) or dates.durations(text) or _TIMED.search(text))
    return True


def answer(field: str, text: str, today: date) -> Facts:
    """The facts of a bare answer to the question about `field`, as typed where it cannot be read."""
    typed = text.strip()
    if field == "amount":
        value = amounts.read(typed)
        return Facts(amount=value, amount_text=typed)
    if field == "occurred_on":
        return Facts(**{**_day(typed, today), "occurred_text": typed})
    if field == "standing":
        return Facts(standing=standings.read(typed))
    if field == "demand":
        return Facts(demand=",".join(sorted(demands.read(typed))) or "other")
    plain: dict[str, Any] = {field: typed}
    return Facts(**plain)
