"""From one message to the facts of a dispute. Pure; it knows no record and no Rasa."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from bot.reading import amounts, dates, demands, numerals, places, platforms, shop_names, standings

BARE_REST = 3  # characters beside a day that tell nothing more
STORY_AT_LEAST = 8  # characters that remain of a message once names and openers are taken out
MARKED = ("merchant", "product", "brand", "model")

_OPENERS = re.compile(
    r"(你好|您好|在吗|请问|帮我|麻烦|我要|我想|想要|要求|投诉|举报|维权|商家|卖家|店家|平台|怎么办|处理)"
)


_COUNTED = re.compile(r"\d|[零一二两三四五六七八九十百千万几半]")
_PLACE = re.compile(r"[\u4e00-\u9fff]{1,4}(?:[镇街村庄路]|小区|广场)")
_TIMED = re.compile(
    r"[年月周号季春夏秋冬晨晚]|前|刚|最近|星期|节|去|今|昨|早|初|底|末|开始|之后|后来"
)
# 「不是18号是8号」: the day that stands at last.
_TAKEN_BACK = re.compile(
    r"(?:不对|[说记写打]错了?|[哦噢]不是?|不是[^,。;!?]{1,12}?[,\s]*(?:而是|应该?是|就?是))[,\s]*(?P<new>.+)"
)
_DAY_ALONE = re.compile(r"(?P<day>\d{1,2}|[一二三四五六七八九十廿]{1,3})[号日]")
_HAPPENED = re.compile(
    r"坏|假[的货]|是假|虫(?!草)|发?霉|长毛|变质|馊|臭|过期|跑路|跑了|倒闭|关门|失联|联系不上|不给退|不退|不发货|裂|漏[水电油]|开胶|掉色|死机|爆炸|起火|着火|缺斤"
    r"|少[了发给]|骗|欠|乱收费|多收|不给修|没修好|不开机|充不[进上]电"
)


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
    marked["merchant"] = marked["merchant"] or shop_names.of_brand(text, marked["brand"])
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
    """Whether an answer says what the citizen wants, in a way that has a code."""
    return bool(demands.answered(text))


def tells_a_story(text: str, entities: Sequence[Mapping[str, Any]]) -> bool:
    """Whether a message says what happened, beyond names and "I want to complain"."""
    rest = text
    for entity in entities:
        if entity["entity"] in ("merchant", "platform", "location", "date", "amount"):
            rest = rest.replace(str(entity["value"]), "")
    is_long = len(re.sub(r"\W", "", _OPENERS.sub("", rest))) >= STORY_AT_LEAST
    return is_long or _HAPPENED.search(rest) is not None


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
    taken_back = _TAKEN_BACK.search(text)
    meant = [day for day in found if taken_back and day.start >= taken_back.start("new")]
    past = [
        day for day in found if day.on is None or day.on <= today
    ]  # 「下个月8号的席 上个月交的」
    day = (meant or past or found)[0]
    on = day.on if day.precision == "day" else None
    if meant and day is not found[0] and (same := in_month_of(found[0].on, day.text)):
        on = same if same <= today else on
    return {"occurred_on": on, "occurred_text": day.text}


def is_bare(text: str, today: date) -> bool:
    """Whether a message tells a day and nothing to speak of beside it: 去年买的."""
    rest = text
    for day in dates.find(text, today):
        rest = rest.replace(day.text, "")
    return rest != text and len(re.sub(r"\W", "", rest)) <= BARE_REST


def in_month_of(before: date | None, text: str) -> date | None:
    """The day that a bare 「6号」 means beside another that was told; None where it is no bare one."""
    match = _DAY_ALONE.fullmatch(text.strip())
    value = numerals.value(match["day"]) if match else None
    if before is None or value is None:
        return None
    try:
        return before.replace(day=int(value))
    except ValueError:
        return None


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
        return amounts.read(text) is not None or bool(_COUNTED.search(_PLACE.sub("", text)))
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
        day = _day(typed, today)
        text = day.get("occurred_text", typed)
        if re.search(r"[\d年月日号]", typed.replace(text, "", 1)):  # 9999年12月31日 is no 12月31日
            text = typed
        return Facts(**{**day, "occurred_text": text})
    if field == "standing":
        return Facts(standing=standings.read(typed))
    if field == "demand":
        return Facts(demand=",".join(sorted(demands.answered(typed))) or "other")
    plain: dict[str, Any] = {field: typed}
    return Facts(**plain)
