"""UNDERSTANDING: what each character of a message shows to the name extractor. Pure."""

import re
from collections.abc import Mapping, Sequence

Features = list[str]

# What shops are called by at their end: a name is recognised some characters before it.
_KIND_OF_SHOP = re.compile(
    "旗舰店|专营店|专卖店|直营店|分店|门店|总店|店|有限公司|公司|集团|驾校|学校|学院|中心|健身房|健身"
    "|俱乐部|会所|酒店|宾馆|民宿|饭店|餐厅|火锅|烧烤|面馆|酒吧|影院|影城|超市|商场|商城|百货|广场"
    "|市场|家具城|建材|家居|门诊|医院|诊所|药房|药店|大药房|银行|保险|人寿|支付|快递|速运|物流|移动"
    "|联通|电信|燃气|热力|物业|旅行社|旅游|美容院|美容|美发|造型|摄影|影楼|装饰|装修|教育|培训|早教"
    "|工作室|车行|汽贸|4[sS]店|商行|电器行|烟酒行|茶行|珠宝|眼镜|平台|商店|馆|坊|轩|阁|堂|网咖|[kK]"
    "[tT][vV]|加油站"
)
_LEADS_UP = re.compile(
    "买|购|订|办|充|报|换|点|租|修|吃|用|喝|穿|寄|送|卖|装|定|学|投诉|找|去|在|被|跟|和|向|给|到|的"
)
_STOPS = re.compile(r"[，,。！!？?；;\s、]")
USUAL_TYPE, NO_MARK = "H", "O"  # most characters are Chinese and in no value: that says nothing
_KIND_AHEAD, _LEAD_BEHIND = 10, 8  # characters


def features(
    text: str,
    words: Sequence[str],
    tags: Sequence[str],
    marks: Sequence[str],
    lists: Mapping[str, str],
) -> list[Features]:
    """One list of features a character of `text`.

    `words` are jieba's (joined they are the text), `tags` LAC's and `marks` the kinds that patterns
    read, one a character; `lists` tells for a word the dictionary file it stands in.
    """
    low = text.lower()
    parts = [(number, place) for number, word in enumerate(words) for place in _places(word)]
    kinds = [(m.start(), m.end(), m.group()) for m in _KIND_OF_SHOP.finditer(text)]
    return [
        _letter(low, at)
        + _tagged(low, tags, marks, at)
        + _word(words, *parts[at], tags[at], lists)
        + _kind_of_shop(text, kinds, at)
        + _lead(low, at)
        for at in range(len(text))
    ]


def _places(word: str) -> str:
    """Begin, middle and end of a word's characters, or S for a word of one."""
    return "S" if len(word) == 1 else "B" + "M" * (len(word) - 2) + "E"


def _letter(low: str, at: int) -> Features:
    found = []
    for step in range(-2, 3):
        there = at + step
        inside = 0 <= there < len(low)
        found.append(f"c{step}=" + (low[there] if inside else "#"))
        if inside and (kind := _type(low[there])) != USUAL_TYPE:
            found.append(f"t{step}={kind}")
    pairs = ((-1, 1), (0, 2), (-2, 0), (1, 3))
    return found + [
        f"c{a}{b}=" + low[at + a : at + b] for a, b in pairs if at + a >= 0 and at + b <= len(low)
    ]


def _tagged(low: str, tags: Sequence[str], marks: Sequence[str], at: int) -> Features:
    found = []
    for step in range(-3, 4):
        there = at + step
        if 0 <= there < len(low):
            found.append(f"l{step}=" + tags[there])
            if abs(step) < 3 and marks[there] != NO_MARK:
                found.append(f"p{step}=" + marks[there])
    return found


def _word(
    words: Sequence[str], number: int, place: str, tag: str, lists: Mapping[str, str]
) -> Features:
    found = ["w0=" + words[number], "sg=" + place, "sgl=" + place + tag]
    for step in (-2, -1, 1, 2):
        there = number + step
        found.append(f"w{step}=" + (words[there] if 0 <= there < len(words) else "#"))
    listed = lists.get(words[number])
    return found + (["d=" + listed] if listed else [])


def _kind_of_shop(text: str, kinds: Sequence[tuple[int, int, str]], at: int) -> Features:
    for start, end, kind in kinds:
        if start <= at < end:
            return ["in=" + kind]
        if start > at:
            near = start - at <= _KIND_AHEAD and not _STOPS.search(text[at:start])
            return [f"ahead={kind}", f"ahead_by={min(5, (start - at) // 2)}"] if near else []
    return []


def _lead(low: str, at: int) -> Features:
    behind = low[max(0, at - _LEAD_BEHIND) : at]
    leads = list(_LEADS_UP.finditer(behind))
    if not leads:
        return []
    return ["v=" + leads[-1].group(), f"v={leads[-1].group()}{len(behind) - leads[-1].end()}"]


def _type(char: str) -> str:
    if "一" <= char <= "鿿":
        return USUAL_TYPE
    if char.isdigit():
        return "D"
    if char.isalpha():
        return "L"
    return "S" if char.isspace() else "P"
