"""UNDERSTANDING: spans of a text and labels of its characters, one turned into the other. Pure."""

import datetime
import re
from collections.abc import Sequence
from typing import Any

from bot.reading import amounts, dates, folding, models, platforms

NAMES = ("merchant", "product", "brand", "model", "location")
NAMELESS = ("out_of_scope", "chitchat", "ask_human")  # intents of which nothing goes into a file
Span = tuple[str, int, int]  # kind, start, end

_BRACKETS = {"{": "}", "[": "]", "(": ")", "【": "】", "《": "》", "「": "」"}
_SENTENCE_ENDS = re.compile(r"[。!！?？;；\n]")
_CLAUSE_ENDS = r"(?=[\s,。，!?！？;；]|$)"
_TAGS_BEFORE = re.compile(r"(?:<[^<>]{1,10}>)+$")
_TAGS_AFTER = re.compile(rf"(?:</?[^<>]{{1,10}}>)+(?:[\u4e00-\u9fff]{{1,6}}{_CLAUSE_ENDS})?")
_KIND_OF_SHOP = "店|馆|行|城|部|厅|院|坊|社|铺|超市|中心|公司|学校|驾校"
_REST_OF_SHOP = re.compile(
    rf"超市|商场|百货|4[sS]店|[\u4e00-\u9fff]{{0,5}}?(?:{_KIND_OF_SHOP}){_CLAUSE_ENDS}"
)
_AFTER_PLACE = re.compile(rf"的?(?P<shop>[\u4e00-\u9fff]{{1,8}}?(?:{_KIND_OF_SHOP})){_CLAUSE_ENDS}")
# One stands before a shop and does there what is done in shops: 在|安友地板|签的, 去|盛昌荣威|4s店买.
_LED = re.compile("[在到去进从找]$")
_DOES = re.compile("(?:4[sS]店|店)?[里上]?(?:[买签办订定报充做购修吃学]|消费|体验)")
_CALLED = re.compile(
    r"叫做?(?!我|你|他|她|人|车|外卖|什么|啥)(?P<shop>[^\s,。!?;:的]{2,10})的(?:软件|平台|网站|APP|app|公司|店|小程序|公众号|机构|商家)"
)
# A thing of one character is one where it is bought and something becomes of it: 买的|锅|坏了.
_BOUGHT = re.compile(
    r"(?:买|换|订)(?:的|了|过)?(?:这|那)?一?[个口把双张件盏台只条顶块瓶桶袋箱盒辆]?"
    r"(?P<thing>[锅碗盆盘刀灯伞鞋床表车包笔桶柜椅凳梯秤钟壶杯毯被帘镜裤裙帽袜米油肉鱼酒茶蛋花猫狗])"
    r"(?=[坏破碎裂断塌停漏锈掉没不有是烂臭死,。!?\s]|$)"
)
_ORIGIN = re.compile(r"自己的|本地的?(?:品牌|牌子|企业)|的?(?:品牌|牌子|牌照|户口|口音)|也有")
_MOVED_TO = re.compile(r"(?:调[岗动职]?|调任|搬家?|出差)[到去往]$")
# A town before a firm's name is part of it (苏州|明通公司), unless the firm is any of its trade.
_FIRM = re.compile(
    r"(?!那|这|某|一|几|多|的|市|县|区|开锁|搬家|装修|物流|快递|家政|旅游|保险|网络|婚庆|外卖)"
    r"[\u4e00-\u9fff]{2,4}公司"
)
_NO_TOWN = re.compile(r"[区县镇街乡村路道]$")


def read(text: str) -> list[str]:
    """For each character the kind of value that a pattern reads there, with B- or I-, or O."""
    found = [
        *(("model", m.start, m.end) for m in models.find(text) if not m.is_spec),
        *(("platform", p.start, p.end) for p in platforms.find(text)),
        *(("amount", a.start, a.end) for a in amounts.find(text)),
        *(("date", d.start, d.end) for d in dates.find(text, datetime.date.today())),
    ]
    return labels(len(text), found)


def labels(length: int, found: Sequence[Span]) -> list[str]:
    """One label a character: B- or I- with the kind, or O."""
    row = ["O"] * length
    for kind, start, end in found:
        row[start:end] = [f"B-{kind}"] + [f"I-{kind}"] * (end - start - 1)
    return row


def marked(row: Sequence[str]) -> list[Span]:
    """The spans that a row of labels marks; an I- without its B- begins one too."""
    found: list[Span] = []
    for at, label in enumerate(row):
        begin, _, kind = label.partition("-")
        if begin == "I" and found and found[-1][0] == kind and found[-1][2] == at:
            found[-1] = (kind, found[-1][1], at + 1)
        elif kind:
            found.append((kind, at, at + 1))
    return found


def plausible(text: str, found: Sequence[Span], values: Sequence[str]) -> list[Span]:
    """The spans cut where a sentence ends in them, without those that are a date or a sum.

    `values` is the row of labels that `read` gives. No name goes on behind a full stop.
    """
    kept = []
    for kind, start, end in found:
        stop = _SENTENCE_ENDS.search(text, start + 1, end)
        end = stop.start() if stop else end
        marks = {label.partition("-")[2] for label in values[start:end]}
        if not marks <= {"date", "amount"}:
            kept.append((kind, start, end))
    return kept


def repeated(text: str, found: list[Span]) -> list[Span]:
    """The names, and the further mentions of a product: by hand only its first one is marked."""
    more = []
    for kind, start, end in found:
        word = text[start:end]
        at = text.find(word, end) if kind == "product" else -1
        while at >= 0:
            if not meets(at, at + len(word), found + more):
                more.append((kind, at, at + len(word)))
            at = text.find(word, at + len(word))
    return found + more


def whole_shop(text: str, span: Span) -> Span:
    """The span, drawn out to where a shop's name ends: 悦童母婴|用品店, 永旺|超市, {|老王}烧烤."""
    kind, start, end = span
    if kind != "merchant":
        return span
    opened = _BRACKETS.get(text[start - 1 : start])  # 「{老王}烧烤」: a bracket that closes inside
    if opened and opened in text[start:end]:
        start -= 1
    before, after = _TAGS_BEFORE.search(text[:start]), _TAGS_AFTER.match(text, end)
    if before and after:
        start, end = before.start(), after.end()
    rest = _REST_OF_SHOP.match(text, end)
    return kind, start, rest.end() if rest else end


def placed_shop(text: str, found: Sequence[Span]) -> list[Span]:
    """What follows a place and ends, with its clause, in a kind of shop: 西营门街的|口福面馆|."""
    for kind, _, end in found:
        shop = _AFTER_PLACE.match(text, end) if kind == "location" else None
        if shop:
            return [("merchant", *shop.span("shop"))]
    return []


def is_led(text: str, span: Span, found: Sequence[Span]) -> bool:
    """Whether one is there and buys there: 在|安友地板|签的, 中北镇|好又多超市|买的 behind a place."""
    _, start, end = span
    is_placed = any(kind == "location" and until == start for kind, _, until in found)
    return bool((is_placed or _LED.search(text[:start])) and _DOES.match(text, end))


def bought_thing(text: str) -> list[Span]:
    """The first thing of one character that is bought, or none: jieba and the fields often miss it."""
    return [("product", *found.span("thing")) for found in [_BOUGHT.search(text)] if found]


def called_shop(text: str) -> list[Span]:
    """What is said to be the name of a shop: 一款叫做|走宝|的软件."""
    shop = _CALLED.search(text)
    return [("merchant", *shop.span("shop"))] if shop else []


def is_aside(text: str, span: Span) -> bool:
    """Whether a place only says where something comes from, or one goes: 河北|自己的品牌, 调岗到|南京."""
    kind, start, end = span
    is_other = _ORIGIN.match(text, end) or _MOVED_TO.search(text[:start])
    return kind == "location" and bool(is_other)


def town_firm(text: str, span: Span) -> Span:
    """A place, or the shop whose name begins with it: 苏州|明通公司. A district stays where it is."""
    kind, start, end = span
    firm = _FIRM.match(text, end) if kind == "location" else None
    if firm is None or _NO_TOWN.search(text[start:end]):
        return span
    return "merchant", start, firm.end()


def meets(start: int, end: int, found: Sequence[Span]) -> bool:
    """Whether the text from `start` to `end` shares a character with one of the spans."""
    return any(start < until and since < end for _, since, until in found)


def apart(found: Sequence[Span]) -> list[Span]:
    """The spans in order, without those that begin inside the one before."""
    kept: list[Span] = []
    for span in sorted(found, key=lambda one: one[1]):
        if not kept or span[1] >= kept[-1][2]:
            kept.append(span)
    return kept


def folded(text: str | None, entities: list[dict[str, Any]]) -> tuple[str, list[Span]]:
    """An example's text in folded form, and its names at their places there."""
    form = folding.fold(text or "")
    found = []
    for entity in entities:
        inside = [
            at for at, typed in enumerate(form.offsets) if entity["start"] <= typed < entity["end"]
        ]
        if entity["entity"] in NAMES and inside:
            found.append((entity["entity"], inside[0], inside[-1] + 1))
    return form.text, found
