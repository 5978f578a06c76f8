"""READING: streets, districts, cities and addresses in folded text. Knows no shops."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

OUR_CITY = "天津"
OUR_DISTRICT = "西青区"

# Districts of Tianjin; a short name only where it is no province, no word and no city elsewhere.
_DISTRICTS = {
    "和平区": (), "河东区": (), "河西区": (), "南开区": (), "河北区": (), "红桥区": (),
    "东丽区": ("东丽",), "西青区": ("西青",), "津南区": ("津南",), "北辰区": ("北辰",),
    "武清区": ("武清",), "宝坻区": ("宝坻",), "滨海新区": ("塘沽", "大港区", "汉沽"),
    "宁河区": ("宁河",), "静海区": ("静海",), "蓟州区": ("蓟州", "蓟县"),
}  # fmt: skip
_CITIES = [
    "北京",
    "上海",
    "重庆",
    "广州",
    "深圳",
    "杭州",
    "南京",
    "苏州",
    "成都",
    "武汉",
    "西安",
    "郑州",
    "长沙",
    "青岛",
    "济南",
    "沈阳",
    "大连",
    "哈尔滨",
    "长春",
    "石家庄",
    "唐山",
    "廊坊",
    "沧州",
    "保定",
    "秦皇岛",
    "邯郸",
    "邢台",
    "张家口",
    "承德",
    "衡水",
    "太原",
    "呼和浩特",
    "合肥",
    "福州",
    "厦门",
    "南昌",
    "南宁",
    "海口",
    "三亚",
    "贵阳",
    "昆明",
    "拉萨",
    "兰州",
    "西宁",
    "银川",
    "乌鲁木齐",
    "宁波",
    "温州",
    "无锡",
    "常州",
    "徐州",
    "佛山",
    "东莞",
    "珠海",
    "中山市",
    "惠州",
    "义乌",
    "烟台",
    "潍坊",
    "临沂",
    "洛阳",
    "泉州",
    "嘉兴",
    "金华",
    "绍兴",
    "台州",
    "南通",
    "扬州",
    "香港",
    "澳门",
    "河北省",
    "山东省",
    "河南省",
    "山西省",
    "陕西省",
    "江苏省",
    "浙江省",
    "安徽省",
    "福建省",
    "江西省",
    "湖北省",
    "湖南省",
    "广东省",
    "海南省",
    "四川省",
    "贵州省",
    "云南省",
    "甘肃省",
    "青海省",
    "辽宁省",
    "吉林省",
    "黑龙江",
    "内蒙古",
    "广西",
    "西藏",
    "宁夏",
    "新疆",
]
_CITY_WORDS = (
    "(?!时间|现代|银行|大学|烤鸭|啤酒|小面|火锅|路|道|街|话|牌|板鸭|热干面|拉面|户口|奔驰|汽车|表"
    "|滩|青年报|晨报)"
)
# Words that end what leads up to a place: 我在 中北镇 | 去 永旺广场.
_LEAD = re.compile(
    r".*(?:[在到去于从住往离和与跟的了我你他她买逛叫是给把过又每新]|位于|投诉|举报|状告|附近|地址|隔壁|对面|楼下"
    r"|我家|家住|镇|街道|[市区县](?!场))"
)
_BUILDING = (
    "小区|花园|家园|公寓|广场|商场|购物中心|购物公园|批发市场|家居城|建材城|装饰城|电脑城|农贸市场"
    "|菜市场|大学城|大厦|商业街|步行街"
    "|奥特莱斯|奥莱|永旺|万达|大悦城|地铁站|新苑|佳苑|雅苑"
)
_ROAD_NUMBER = re.compile(
    r"[\u4e00-\u9fff]{2,8}?(?:路|大街|大道|道|街|支路|里|胡同)(?:与[\u4e00-\u9fff]{2,5}(?:路|道"
    r"|街)(?:交口|交叉口|交汇处)|\d{1,4}(?:号|-\d+)(?:楼|院|底商|附\d+号?)?)"
)
_ROAD = re.compile(
    r"[\u4e00-\u9fff]{2,6}?(?:路|大街|大道)(?=[的上那,。;! ]|附近|口|店|旁|边|和|与|有|$)"
)
_PLACE = re.compile(rf"[\u4e00-\u9fffA-Za-z]{{1,8}}?(?:{_BUILDING})(?!舞|监)(?:[A-Z]?\d+号楼?|店)?")
_NO_ROAD = re.compile(
    r"(?:网络|线|电|套|短|半|一|思|出|走|退|财|铁|公|马|过|绕|修|带|迷|问|让|有|没|同|顺|上|销|活"
    r"|回|多|道|油)路$|知道$|味道$|渠道$|报道$|轨道$|通道$"
)


@dataclass(frozen=True)
class Place:
    """A place with its span. `street` and `district` are canonical names where it tells them.

    `is_ours` says whether it lies in our district; None where the words do not tell.
    """

    text: str
    start: int
    end: int
    street: str | None = None
    district: str | None = None
    is_ours: bool | None = None


def find(text: str, streets: Mapping[str, Sequence[str]]) -> list[Place]:
    """The places in folded text, in order; `streets` maps each of our streets to its aliases."""
    frozen = tuple((name, tuple(aliases)) for name, aliases in streets.items())
    found: list[Place] = []
    for place in [*_ours(text, frozen), *_districts(text), *_cities(text), *_addresses(text)]:
        if not any(place.start < other.end and other.start < place.end for other in found):
            found.append(place)
    return _joined(text, sorted(found, key=lambda place: place.start))


def is_elsewhere(
    text: str, ours: Mapping[str, Sequence[str]], others: Mapping[str, Sequence[str]]
) -> bool:
    """Whether folded words about a place name another district or city, and nothing of ours.

    `others` maps the other districts of our city to their short names; a short name counts only
    where it is all that is said of the place, for many are parts of other names (河东路).
    """
    found = find(text, ours)
    if any(place.is_ours for place in found):
        return False
    if any(place.is_ours is False for place in found):
        return True
    shorts = "|".join(re.escape(short) for row in others.values() for short in row)
    whole = (
        rf"(?:在|就在)?(?:{OUR_CITY}市?)?(?:{shorts or '(?!)'})(?:那边|这边|那儿|区)?(?:的|,.*)?"
    )
    return re.fullmatch(whole, text) is not None


def _joined(text: str, places: list[Place]) -> list[Place]:
    """Places that touch made one: 西青区 中北镇 万卉路5号 is one address."""
    joined: list[Place] = []
    for place in places:
        if joined and joined[-1].end == place.start:
            last = joined.pop()
            place = Place(
                text[last.start : place.end],
                last.start,
                place.end,
                place.street or last.street,
                place.district or last.district,
                last.is_ours if place.is_ours is None else place.is_ours,
            )
        joined.append(place)
    return joined


def _ours(text: str, streets: tuple[tuple[str, tuple[str, ...]], ...]) -> list[Place]:
    pattern, names = _streets(streets)
    return [
        Place(match.group(), *match.span(), names[match["name"]], OUR_DISTRICT, True)
        for match in pattern.finditer(text)
    ]


@lru_cache(maxsize=8)
def _streets(
    streets: tuple[tuple[str, tuple[str, ...]], ...],
) -> tuple[re.Pattern[str], dict[str, str]]:
    names = {alias: name for name, aliases in streets for alias in aliases}
    names.update((name, name) for name, _ in streets)
    either = "|".join(re.escape(name) for name in sorted(names, key=len, reverse=True))
    lead = f"(?:(?:{OUR_CITY}市?)?(?:{OUR_DISTRICT}|{OUR_DISTRICT[:-1]}))?"
    return re.compile(rf"{lead}(?P<name>{either or '(?!)'})"), names


def _districts(text: str) -> list[Place]:
    return [
        Place(
            match.group(), *match.span(), None, _DISTRICT_OF[match["name"]],
            _DISTRICT_OF[match["name"]] == OUR_DISTRICT,
        )
        for match in _DISTRICT.finditer(text)
    ]  # fmt: skip


def _cities(text: str) -> list[Place]:
    found = [
        Place(match.group(), *match.span(), is_ours=None if match["home"] else False)
        for match in _CITY.finditer(text)
    ]
    provinces = (
        Place(match.group(), *match.span(), is_ours=False) for match in _PROVINCE.finditer(text)
    )
    return [*found, *provinces]


def _addresses(text: str) -> list[Place]:
    places = []
    for pattern in (_ROAD_NUMBER, _PLACE, _ROAD):
        for match in pattern.finditer(text):
            place = _without_lead(match)
            if place:
                places.append(place)
    return places


def _without_lead(match: re.Match[str]) -> Place | None:
    """The place without the words before it; None for a word such as 电路 or a bare 广场."""
    words = match.group()
    lead = _LEAD.match(words[:-2])
    start = match.start() + (lead.end() if lead else 0)
    name = match.string[start : match.end()]
    is_bare = bool(
        re.fullmatch(
            f"(?:{_BUILDING})店?|(?:这个?|那个?|一个?|我们|你们|本|个|家|某|小|大|各|附近"
            f"|门口)+(?:{_BUILDING}|路|大街|大道)",
            name,
        )
    )
    if is_bare or _NO_ROAD.search(name):
        return None
    return Place(name, start, match.end())


_DISTRICT_OF = {short: name for name, shorts in _DISTRICTS.items() for short in (name, *shorts)}
_DISTRICT = re.compile(
    rf"(?:{OUR_CITY}市?)?(?P<name>{'|'.join(sorted(_DISTRICT_OF, key=len, reverse=True))})(?![门北]大街|道)"
)
# A province alone is many a street here (山东路, 江西路): it counts where one is, buys or sends there.
_BARE = "|".join(
    name.removesuffix("省") for name in _CITIES if name.endswith("省") and name != "河北省"
)
_PROVINCE = re.compile(
    rf"(?:(?<=[在去到从])|(?<=人在)|^)(?:{_BARE})(?=$|[,。 ]|买|那边|那儿|这边|旅游|玩|出差|老家|的|一家|一个)"
    rf"|(?:{_BARE})(?=那边|那儿|旅游|买的|的[商店厂]|商家|发的?货|寄)"
)
_CITY = re.compile(
    rf"(?:(?P<home>{OUR_CITY}市?)|(?P<away>(?:{'|'.join(_CITIES)})市?)){_CITY_WORDS}"
)
