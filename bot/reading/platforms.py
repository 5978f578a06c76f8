"""READING: shopping platforms and payment services by any of their names. Knows no shops."""

import re
from dataclasses import dataclass

# Canonical name, then other ways of writing it; homophones are what input methods offer.
_ALIASES = (
    "淘宝 淘宝网 淘宝特价版 taobao tb 某宝",
    "天猫 天猫超市 天猫商城 天猫国际 tmall",
    "京东 京东商城 京东自营 京东超市 京东到家 京东白条 jd jd.com 狗东 某东",
    "拼多多 拼夕夕 拼多多平台 pdd 并夕夕",
    "抖音 抖音商城 抖音小店 抖音直播间 抖店 douyin",
    "快手 快手小店 快手商城 kuaishou",
    "美团 美团外卖 美团优选 美团买菜 美团团购 meituan",
    "饿了么 饿了吗 饿了嘛 eleme 淘宝闪购",
    "闲鱼 咸鱼app 闲鱼app xianyu",
    "唯品会 唯品惠 vipshop",
    "小红书 xiaohongshu xhs",
    "微信 微信支付 微信小程序 微信小店 视频号 wechat vx",
    "支付宝 支付保 alipay",
    "携程 携程网 携程旅行 ctrip",
    "去哪儿 去哪儿网 qunar",
    "飞猪 飞猪旅行 fliggy",
    "同程 同程旅行 同程艺龙",
    "途牛 途牛旅游",
    "马蜂窝",
    "滴滴 滴滴出行 滴滴打车 滴滴代驾 嘀嘀打车",
    "高德打车 高德地图",
    "哈啰 哈啰单车 哈罗单车 哈啰出行 哈罗出行",
    "得物 得物app 毒app",
    "苏宁易购 苏宁 苏宁电器",
    "国美 国美电器 国美在线",
    "1688 阿里巴巴 阿里巴巴批发网",
    "叮咚买菜 叮咚",
    "盒马 盒马鲜生",
    "多多买菜",
    "朴朴 朴朴超市",
    "每日优鲜",
    "山姆 山姆会员店 山姆超市",
    "淘特",
    "微店",
    "有赞",
    "转转 转转app",
    "爱回收",
    "大众点评 点评网",
    "58同城 五八同城",
    "赶集网",
    "瓜子二手车",
    "12306 铁路12306",
    "当当 当当网",
    "亚马逊 amazon",
    "1号店 一号店",
    "网易严选",
    "网易考拉 考拉海购",
    "聚美优品",
    "蘑菇街",
    "贝贝网",
    "孔夫子旧书网",
    "什么值得买",
    "小米商城 小米有品",
    "华为商城",
    "云闪付",
    "建行生活 建行app",
    "掌上生活 掌上生活app",
    "哔哩哔哩 b站 bilibili",
    "微博 新浪微博",
    "大麦网 大麦",
    "猫眼 猫眼电影",
    "淘票票",
    "飞书商城",
    "安居客",
    "贝壳找房 贝壳",
    "爱彼迎 airbnb",
    "keep商城",
    "东方甄选",
    "严选商城",
    "shein temu 希音",
)
# Words in which a platform's name is only part of another word.
_NOT_BEFORE = {
    "滴滴": "开 跑",
    "得物": "获 取 觉 值 所 记 懂", "京东": "东 北 南", "同程": "共 陪", "大麦": "吃", "转转": "转",
    "微信": "加 的 删 有 加我 加了 加他 加她 她的 换",
}  # fmt: skip
_NOT_BEHIND = {
    "京东": "方", "天猫": "精灵", "得物": "品流业资件质", "转转": "眼圈看悠", "当当": "响",
    "大麦": "茶粉片若", "叮咚": "响声", "贝壳": "粉类砂材", "山姆": "大", "阿里巴巴": "大",
    "国美": "术院", "微信": "好群号聊语朋里联发名头昵", "微店": "员", "猫眼": "石镜",
}  # fmt: skip
# Chains with shops in town: 苏宁西青店 is one of these, 苏宁旗舰店 is none.
_CHAINS = "苏宁易购|苏宁电器|苏宁|国美电器|国美|盒马鲜生|盒马|山姆会员店|山姆|京东家电|京东之家"
_IN_TOWN = re.compile(
    rf"(?:{_CHAINS})(?:(?!旗舰|专卖|专营|官方|自营|网|在线|平台|[的买在一这那某个])[\u4e00-\u9fff]){{1,6}}店(?!铺|家|里?下单)"
)
# Words behind a name that make it a courier, or the way people write to each other.
_NO_SHOP_BEHIND = {
    "京东": "快递|物流",
    "微信": "(?:上|里)?(?:跟|和|找|问)?(?:他们?|她|商家|店家|卖家|老板|客服)?(?:联系|聊|沟通)",
}
_APP = re.compile(r"(?P<name>[\u4e00-\u9fff]{2,6}) ?(?:app|APP|App|小程序)(?![A-Za-z])")
_APP_EDGE = re.compile(
    r".*(?:[在从用的上了到和去给被是把向与说个装开这那某]|使用|打开|下载|通过|手机|他们|官方|购买"
    r"|登[录陆]|过|商家|平台|一款)"
)


@dataclass(frozen=True)
class Platform:
    """A platform's span and canonical name; of an app we do not list, its name as written."""

    text: str
    start: int
    end: int
    name: str


def _table() -> dict[str, str]:
    return {alias: row.split()[0] for row in _ALIASES for alias in row.split()}


_NAMES = _table()


def _pattern() -> re.Pattern[str]:
    parts = []
    for alias in sorted(_NAMES, key=len, reverse=True):
        left = r"(?<![A-Za-z0-9])" if alias[0].isascii() else ""
        right = r"(?![A-Za-z0-9])" if alias[-1].isascii() else ""
        if before := _NOT_BEFORE.get(alias):
            left += "".join(f"(?<!{word})" for word in before.split())
        if behind := _NOT_BEHIND.get(alias):
            right += f"(?![{behind}])"
        if words := _NO_SHOP_BEHIND.get(alias):
            right += f"(?!{words})"
        parts.append(left + re.escape(alias) + right)
    return re.compile("|".join(parts), re.IGNORECASE)


_NAMED = _pattern()


def in_town(text: str) -> list[tuple[int, int]]:
    """Where folded text names a chain's shop in town (苏宁西青店), which is no platform: start, end."""
    return [match.span() for match in _IN_TOWN.finditer(text)]


def find(text: str) -> list[Platform]:
    """The platforms named in folded text, in order."""
    shops = in_town(text)
    found = [
        Platform(match.group(), *match.span(), _NAMES[match.group().lower()])
        for match in _NAMED.finditer(text)
        if not any(start <= match.start() < end for start, end in shops)
    ]
    for match in _APP.finditer(text):
        app = _app(match)
        if app and not any(app.start < p.end and p.start < app.end for p in found):
            found.append(app)
    return sorted(found, key=lambda platform: platform.start)


def _app(match: re.Match[str]) -> Platform | None:
    """An app we do not list: the Chinese before `app`, without the words that lead up to it."""
    edge = _APP_EDGE.match(match["name"])
    start = match.start() + (edge.end() if edge else 0)
    name = match.string[start : match.end("name")]
    if len(name) < 2:
        return None
    return Platform(match.string[start : match.end()], start, match.end(), name)
