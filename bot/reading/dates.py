"""READING: days and spans of time in folded text. Knows not what happened on them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.reading import amounts, numerals

Precision = Literal["day", "month", "year", "vague"]

_ONE = r"(?:[\dIlOo]{1,2}|[一二三四五六七八九十廿]{1,3})"  # letters as in 7月I3日
_YEAR4 = r"(?:(?:19|20)[\dOo]{2}|[一二][零〇九][零〇一二三四五六七八九]{2})"
_YEAR2 = r"(?:[012]\d|[零〇一二][零〇一二三四五六七八九])"
_SAID_YEAR = "(?:大前年|前年|去年|今年|本年|明年|后年)"
_SAID_MONTH = "(?:上上个?月|上个?月|这个?月|本月|下个?月)"
_PART = (
    "(?: ?(?:上午|下午|中午|晚上|早上|早晨|凌晨|傍晚|夜里|半夜|当天|那天|晚|早(?!教|餐|点|饭)))?"
)
_MONTH_PART = "(?:份?(?:月?底|月?初|中旬|上旬|下旬|月末|末)|份)"
_NOT_MONTH = "(?![卡供嫂饼销薪均票球亮嘴])"
_VAGUE_PART = "(?:上半年|下半年|年?[底初末]|春天?|夏天?|秋天?|冬天?|暑假|寒假)?"
_NO_DIGIT = r"(?<![\dA-Za-z.\-/])"

_LETTERS = str.maketrans({"O": "0", "o": "0", "I": "1", "l": "1", "〇": "零"})
_YEARS_BACK = {"大前年": 3, "前年": 2, "去年": 1, "今年": 0, "本年": 0, "明年": -1, "后年": -2}
_MONTHS_BACK = {"上上": 2, "上": 1, "这": 0, "本": 0, "当": 0, "下": -1}
_DAYS_BACK = {"大前": 3, "前": 2, "昨": 1, "今": 0, "明": -1, "后": -2}
_WEEKDAYS = {
    name: day
    for day, names in enumerate(["一1", "二2", "三3", "四4", "五5", "六6末", "日天7"])
    for name in names
}
_FEASTS = {
    "双十一": (11, 11), "双11": (11, 11), "双十二": (12, 12), "双12": (12, 12), "国庆": (10, 1),
    "元旦": (1, 1), "五一": (5, 1), "劳动节": (5, 1), "六一": (6, 1), "儿童节": (6, 1),
    "618": (6, 18), "六一八": (6, 18), "三八": (3, 8), "妇女节": (3, 8), "女神节": (3, 8),
    "情人节": (2, 14), "教师节": (9, 10), "圣诞": (12, 25), "平安夜": (12, 24), "三一五": (3, 15),
    "315": (3, 15), "愚人节": (4, 1), "双十": (10, 10), "跨年夜": (12, 31),
}  # fmt: skip


@dataclass(frozen=True)
class Day:
    """A time with its span. `on` is the day, the first day of a month or year, or None.

    None stands for what is no day of the calendar (2月30日) or not exact (年前, 春节).
    """

    text: str
    start: int
    end: int
    on: date | None
    precision: Precision


@dataclass(frozen=True)
class Duration:
    """A length of time (半个月, 三天) with its span, in days; None where it is not exact (几天)."""

    text: str
    start: int
    end: int
    days: int | None


def find(text: str, today: date) -> list[Day]:
    """The days in folded text, in order. A day without a year is the latest not after `today`.

    Days after `today` are given as written; the caller judges them. Prices, versions, house
    numbers and lengths of time are no days.
    """
    if not _HINT.search(text):
        return []
    found: list[Day] = []
    for pattern, read in _READERS:
        for match in pattern.finditer(text):
            if not any(match.start() < d.end and d.start < match.end() for d in found):
                on, precision = read(match, today)
                found.append(Day(match.group(), *match.span(), on, precision))
    dotted = list(_dotted(text, today, found))
    return sorted(found + dotted, key=lambda day: day.start)


def durations(text: str) -> list[Duration]:
    """The lengths of time in folded text (三天, 快一周了, 4个月)."""
    return [
        Duration(match.group(), *match.span(), _length(match)) for match in _DURATION.finditer(text)
    ]


Reading = tuple[date | None, Precision]


def _number(text: str | None) -> int | None:
    if not text:
        return None
    value = numerals.value(text.replace("廿", "二十").translate(_LETTERS))
    return int(value) if value is not None else None


def _year(text: str, today: date) -> int:
    if text in _YEARS_BACK:
        return today.year - _YEARS_BACK[text]
    digits = "".join(
        c if c.isascii() else str("零一二三四五六七八九".index(c))
        for c in text.removesuffix("年").translate(_LETTERS)
    )
    year = int(digits)
    return year if len(digits) == 4 else 2000 + year


def _exact(year: int, month: int | None, day: int | None) -> date | None:
    try:
        return date(year, month or 0, day or 0)
    except ValueError:
        return None


def _latest(month: int | None, day: int | None, today: date) -> date | None:
    """The latest such day not after today; eight years reach any 29 February."""
    days = (_exact(today.year - back, month, day) for back in range(9))
    return next((on for on in days if on and on <= today), None)


def _year_month_day(match: re.Match[str], today: date) -> Reading:
    year = _year(_year_words(match), today)
    return _exact(year, _number(match["month"]), _number(match["day"])), "day"


def _year_month(match: re.Match[str], today: date) -> Reading:
    return _exact(_year(_year_words(match), today), _number(match["month"]), 1), "month"


def _year_words(match: re.Match[str]) -> str:
    """去年 needs no 年 behind it, so it has a group of its own."""
    return match["year"] or match["said"]


def _only_year(match: re.Match[str], today: date) -> Reading:
    return date(_year(match["year"], today), 1, 1), "year"


def _month_day(match: re.Match[str], today: date) -> Reading:
    return _latest(_number(match["month"]), _number(match["day"]), today), "day"


def _only_month(match: re.Match[str], today: date) -> Reading:
    return _latest(_number(match["month"]), 1, today), "month"


def _said_month(match: re.Match[str], today: date) -> Reading:
    said = next(word for word in _MONTHS_BACK if match.group().startswith(word))
    months = today.year * 12 + today.month - 1 - _MONTHS_BACK[said]
    day = _number(match["day"])
    return _exact(months // 12, months % 12 + 1, day or 1), "day" if day else "month"


def _day_of_month(match: re.Match[str], today: date) -> Reading:
    """The latest 23号: of this month, or of the last month that has one."""
    months = (today.year * 12 + today.month - 1 - back for back in range(3))
    days = (_exact(m // 12, m % 12 + 1, _number(match["day"])) for m in months)
    return next((on for on in days if on and on <= today), None), "day"


def _said_day(match: re.Match[str], today: date) -> Reading:
    return today - timedelta(days=_DAYS_BACK[match["back"]]), "day"


def _weekday(match: re.Match[str], today: date) -> Reading:
    """上周六 is of the last week; a bare 周六 is the latest one."""
    weekday = _WEEKDAYS[match["weekday"]]
    said = match["said"] or ""
    if not said:
        return today - timedelta(days=(today.weekday() - weekday) % 7), "day"
    monday = today - timedelta(days=today.weekday())
    weeks = -said.count("上") + said.count("下")
    return monday + timedelta(days=7 * weeks + weekday), "day"


def _feast(match: re.Match[str], today: date) -> Reading:
    named = _FEASTS.get(match["feast"]) or _FEASTS.get(match["feast"].removesuffix("节"))
    if not named:
        return None, "vague"  # feasts of the moon move
    precision: Precision = "vague" if match["about"] else "day"
    if match["year"]:
        return _exact(_year(match["year"], today), *named), precision
    return _latest(*named, today), precision


def _vague(match: re.Match[str], today: date) -> Reading:
    return None, "vague"


def _dotted(text: str, today: date, found: list[Day]) -> Iterator[Day]:
    """12.25 alone, where a day is likely; asked last, for a sum or version looks the same."""
    sums = None
    for match in _DOTTED.finditer(text):
        if any(match.start() < d.end and d.start < match.end() for d in found):
            continue
        sums = amounts.find(text) if sums is None else sums
        on = _latest(int(match["month"]), int(match["day"]), today)
        if on and not any(match.start() < a.end and a.start < match.end() for a in sums):
            yield Day(match.group(), *match.span(), on, "day")


def _length(match: re.Match[str]) -> int | None:
    unit = _UNIT_DAYS[match["unit"]]
    count = 0.5 if match["count"] == "半" else numerals.value(match["count"])
    if count is None:
        return None
    return int((float(count) + (0.5 if match["half"] else 0)) * unit)


_UNIT_DAYS = {
    "天": 1, "日": 1, "周": 7, "星期": 7, "礼拜": 7, "月": 30, "年": 365, "小时": 1 / 24,
    "分钟": 1 / 1440,
}  # fmt: skip
_DURATION = re.compile(
    rf"(?<![\d第.])(?P<count>半|好?几|\d{{1,3}}(?:\.\d)?|[{numerals.DIGIT}{numerals.UNIT}]+几?)多?"
    r"(?:(?P<half>个半)|个|来)?"
    r"(?P<unit>(?<=[个半几])月(?!\d)|星期|礼拜|周(?![一二三四五六日末])|天"
    r"|(?<!零.)(?<!一[五六七八九])(?<!零一.)年(?![级代款\d买购]|[一二三四五六七八九十]+月)|小时"
    r"|分钟)(?:多(?!少)|左右)?"
)
_HINT = re.compile(
    r"[年月日号天周节昨今双夜礼星儿]|\d[.\-/]\d|国庆|元旦|五一|六一|\d{8}|圣诞|618|除夕|中秋|端午"
    r"|清明|前"
)
_NOT_HOUSE = "(?<![路街楼座区弄巷院道村段园里第镇组栋桥门线)〕\\]])(?<!每月)(?<!每个月)"
_NO_THING = "(?!电动|平衡|[店楼门线厅车柜房床桌库院机码馆球站仓台桥井队公位技厂卡信牌])"
_NO_MEASURE = r"(?![\d个天次台件元块小年.,\-/本只%款寸折万千百斤人号日])"
_D = rf"(?P<day>{_ONE})"
_M = rf"(?P<month>{_ONE})"
_YM = rf"(?:(?P<year>{_YEAR4}|{_YEAR2}) ?年 ?的? ?|(?P<said>{_SAID_YEAR})的? ?){_M} ?月"
_FEAST = (
    "双十一|双十二|双11|双12|国庆节?|元旦节?|五一(?:劳动)?节?(?![路街])|劳动节"
    "|六一(?:儿童)?节?(?![路街])|儿童节"
    "|春节|大年三十|大年初[一二三四五六七八]|除夕夜?|过年(?!轻)|中秋节?|端午节?|清明节?|七夕"
    "|元宵节?|重阳节?|圣诞节?"
    "|平安夜|情人节|教师节|妇女节|女神节|三八节|愚人节|跨年夜|十一(?=期间|长假|假期|黄金周)|六一八"
    r"|(?<!\d)618(?=活动|大促|期间|那天|当天|买|的时候|节)|(?<!\d)(?:315|三一五)(?=那天|当天|晚会"
    r"|期间)"
)
_AFTER_DOTTED = (
    "(?= ?(?:买|购|下单|在|去|收|付|拍|签|交|办|到货|到店|发货|当天|那天|晚|早|上午|下午|中午|凌晨"
    "|订|预|入|出|报|送|的时候))"
)

_READERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], date], Reading]], ...] = (
    (
        re.compile(rf"{_NO_DIGIT}{_YM}(?:份的?)? ?{_D} ?(?:[日号]|{_NO_MEASURE}){_PART}"),
        _year_month_day,
    ),
    (
        re.compile(
            rf"(?<![\d.\-/])(?P<year>{_YEAR4}) ?(?P<mark>[-/.]) ?{_M} ?(?P=mark) ?{_D}(?![\d.\-/])["
            rf"日号]?"
        ),
        _year_month_day,
    ),
    (
        re.compile(
            r"(?<!\d)(?P<year>20[0-3]\d)(?P<month>0[1-9]"
            r"|1[0-2])(?P<day>[0-3]\d)(?!\d)(?<![号次:是码]........)"
        ),
        _year_month_day,
    ),
    (re.compile(rf"{_NO_DIGIT}{_YM}{_MONTH_PART}?"), _year_month),
    (
        re.compile(
            r"(?<![\d.\-/])(?P<year>20[0-3]\d) ?[-/.] ?(?P<month>0?[1-9]"
            r"|1[0-2])(?![\d.\-/])(?![元块万])月?"
        ),
        _year_month,
    ),
    (
        re.compile(
            rf"(?P<year>(?:{_YEAR4}|{_YEAR2})年|{_SAID_YEAR})?的?(?P<feast>{_FEAST})(?P<about>期间"
            rf"|前后|前夕|假期|长假|的时候|黄金周|之前|之后|前|后)?{_PART}"
        ),
        _feast,
    ),
    (
        re.compile(rf"{_SAID_MONTH}(?: ?{_D}[日号]|月?[底初末]|中旬|上旬|下旬|份)?{_PART}"),
        _said_month,
    ),
    (
        re.compile(
            rf"{_NO_DIGIT}{_M} ?月(?:份的?)? ?{_D} ?(?:[日号](?:{_NO_THING})?|{_NO_MEASURE}){_PART}"
        ),
        _month_day,
    ),
    (
        re.compile(
            rf"{_NO_DIGIT}{_M}(?P<mark>[-/.]){_D} ?(?:号{_NO_THING}|日(?![内到之工])){_PART}"
        ),
        _month_day,
    ),
    (re.compile(rf"{_NO_DIGIT}(?<!个){_M} ?月{_MONTH_PART}?{_NOT_MONTH}"), _only_month),
    (
        re.compile(
            rf"(?P<back>大前|前|昨|今|明|后)(?:天(?!津|猫)|儿个?(?!子|女|童)|日(?!语|本|常|子)|(?=早上|晚上)"
            rf"|(?=[晚早](?![餐点饭教])))(?:之前)?{_PART}"
        ),
        _said_day,
    ),
    (re.compile(r"(?P<back>大前|前|昨|今|明|后)[晚早](?![餐点饭教会])(?:上)?"), _said_day),
    (
        re.compile(
            r"(?P<said>上上个?|上个?|这个?|本"
            r"|下个?)?(?<![一二两三四五六七八九十几半每\d])(?<!每周)(?:周|星期"
            r"|礼拜)(?P<weekday>[一二三四五六日末天1-7])(?![年岁种次家个到至])" + _PART
        ),
        _weekday,
    ),
    (
        re.compile(
            rf"{_NOT_HOUSE}(?<![\d一二三四五六七八九十A-Za-z.\-/#]){_D} ?号{_NO_THING}{_PART}"
        ),
        _day_of_month,
    ),
    (
        re.compile(
            rf"(?<![\d一二三四五六七八九十A-Za-z.\-/#])(?P<day>\d{{1,2}})日(?![内前后之游元均夜常用"
            rf"记本语]){_PART}"
        ),
        _day_of_month,
    ),
    (re.compile(rf"{_NO_DIGIT}(?P<year>{_YEAR4}) ?年(?![款级代份]){_VAGUE_PART}"), _only_year),
    (
        re.compile(
            rf"{_NO_DIGIT}(?<![用了过第满有])(?P<year>1\d|2[0-9]"
            rf"|[一二][零一二三四五六七八九]) ?年(?:[底初末]|(?= ?[买购办交入夏冬春秋]))"
        ),
        _only_year,
    ),
    (re.compile(rf"(?P<year>{_SAID_YEAR}){_VAGUE_PART}"), _only_year),
    (
        re.compile(
            "(?<![0-9一二两三四五六七八九十几多半百千])(?:年前|年后|年底|年初"
            "|年末)(?![\u4e00-\u9fff]?货)"
        ),
        _vague,
    ),
    (
        re.compile(
            "(?:前几天|前两天|前些天|前些日子|前段时间|前阵子|前一阵|不久前|上上?个?(?:周|星期"
            "|礼拜)|这个?(?:周|星期|礼拜)|本周|前几个月|前两个月|前几年|前两年)"
        ),
        _vague,
    ),
)
_DOTTED = re.compile(
    rf"(?:(?<![\d.A-Za-z\-/])(?P<month>1[0-2]|0?[1-9])[./-](?P<day>3[01]|[12]\d"
    rf"|0?[1-9])(?![\d.\-/A-Za-z%元块]){_AFTER_DOTTED})"
)
