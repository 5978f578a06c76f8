"""READING: the shop's name in a short message, and what is a sentence instead. Knows no form."""

import re
from collections.abc import Mapping, Sequence

from bot.reading import amounts, demands, places, platforms, proofs, standings

LONGEST_SHOP = 15  # characters of a name that was not asked for
LONGEST_CALLED = 30  # characters of a message that tells the name

_AROUND_A_NAME = re.compile(
    r"^(?:(?:就|是|在|叫|店名|名字|店|小区|那边|那儿|那里|[,， ])+(?=在|叫|是)|(?:就?是|在|叫|店名|名字|那个|这个|上的|里的)+)+|(?:买的|这家|那家|那个|里面)$"
)
# 「店在大寺 叫雅迪专卖」, 「就叫剪艺」: the name is said to be one.
_CALLED = re.compile(
    r"(?:店的?名字?|(?:卖家|店主|对方|他)?的?(?:昵称|网名|微信名|用户名|账号名?)|卖家|店主|店家|商家|店铺|字号|招牌|店|就|好像|应该|一?[个家]|[,， ]|^)"
    r"(?:叫做?(?!了|外卖|[车人我他])|名叫|(?<=店名)是|(?<=名字)是|(?<=昵称)是|(?<=网名)是|(?<=字号)是)[是:： ]*(?P<name>[^,，。;!?\s]{2,20}?)(?: ?的(?:店|网店|商家|卖家|小店))?(?:来着|的|吧|啊|呢|啦)*(?=[\s,，。;!?]|$)"
)
_BESIDE_A_THING = re.compile(r"(?:就?是|买的?|的|了|一|[个台件部辆款只双条块张套把]|[ ,，。])*")
_ANY_SHOP = (
    "车商",
    "商家",
    "商户",
    "店家",
    "卖家",
    "店铺",
    "商店",
    "公司",
    "老板",
    "店面",
    "门店",
    "实体店",
)
# A bare answer with one of these is a sentence, and neither a shop's name nor a place.
_NO_NAME = re.compile(
    r"^(?:那?(?:我|俺|咱|你|您|他|她|它)(?!爱|家)|我家(?!$)|不(?!二|止|一样|锈|倒翁|夜)|没(?!想到|毛病|名儿)|把(?!子)|被(?![子褥服])|别(?!克|样)|还有|谁|时间|日期|金额|价格|一个月|每月|一年|一共|总共|大概)"
    r"|(?:店家|商家|老板|他们?|客服|人家)(?:说|讲|不|让|给|答应)"
    r"|怎么|咋|啥|什么|谁|哪(?!吒)|为何|不给|不退|收到|老板姓|投诉|举报|删|记上|盗刷|多收|处理|赔|退我|给我|找我|了[。!]?$|吗[?。]?$|呢[?。]?$|没有?$|.是\d+(?:\.\d+)?(?:的|块|元)?$"
    r"|^(?:买|卖|收|修|办|吃|用|做|学).{0,6}的$|^(?:昨|今|前|去年|上个?月|刚).{0,8}的$"
    # What is wrong with a thing: 「屏幕有条线」, 「穿两次就开胶」.
    r"|有(?:[条道点股根只块处]|很多|好多|好几|划痕|裂|异味|怪味|毛病|问题|瑕疵|虫|头发|异物|噪音|色差|污渍|破损|质量)"
    r"|(?:坏|裂|掉漆|漏[水电油气风]|开胶|起球|起泡|起皮|褪色|掉色|脱胶|变形|变质|发霉|过期|碎|断|破|松|卡|死机|黑屏|花屏|失灵|短路|跳闸|不符|缩水|过敏)(?:了|掉|的)?$"
    r"|(?:不|没)(?:能用|能|转|亮|动|响|热|凉|制冷|制热|通电|充电|出水|显示|反应|效果|声音|信号|一样|合适|对|好用|新鲜|熟)(?:了|的)?$"
    r"|(?:打|开|充|关|连|修|装|洗)不(?:开|了|机|进|上|好|掉)"
    r"|(?:讲座|宣讲会|推介会|展会|展销会|大集|集市|微信群|路边|地摊|摊位?|朋友圈)(?:上|里|中)?(?:的|买的)?$"
)


def called(text: str) -> str | None:
    """The shop's name where a short message says that it is one (店叫雅迪专卖, 就叫剪艺), or None."""
    match = _CALLED.search(text) if len(text) <= LONGEST_CALLED else None
    if match is None or demands.answered(match["name"]) or is_no_name(match["name"]):
        return None
    return match["name"]


def is_no_name(text: str) -> bool:
    """Whether a bare answer is a sentence rather than the name of a shop or a place.

    「店叫…」 and 「剪艺那家店」 are names; 「那我投诉它」, 「昨天收到的」 and 「自己用的」 are none.
    """
    told = text.strip()
    return _NO_NAME.search(told) is not None or standings.is_plain(text) or proofs.is_about(told)


def is_thing(text: str, product: str | None) -> bool:
    """Whether a whole answer is a thing (是一个手表) where `product` is what was marked in it."""
    rest = text.replace(product, "", 1) if product and product in text else text
    return rest != text and _BESIDE_A_THING.fullmatch(rest) is not None


def name_in(text: str, streets: Mapping[str, Sequence[str]]) -> str | None:
    """The shop's name in a bare answer: what is left without the place and the platform.

    「杨柳青镇的好又多超市」 gives 好又多超市; None where nothing is left, or where a sum or a wish shows
    that the answer is more than a name.
    """
    if name := called(text):
        return name
    if demands.find(text) or amounts.find(text) or is_no_name(text):
        return None
    around = [place.text for place in places.find(text, streets)]
    for part in around + [platform.text for platform in platforms.find(text)]:
        text = text.replace(part, "")
    left = _AROUND_A_NAME.sub("", text).strip(" ,，。的")
    left = re.sub(r"(?:就|是)?在$", "", left)  # 「车商在王稳庄」 tells a place alone
    is_more = left in _ANY_SHOP or "买的" in left  # 「洗面奶 拼多多买的 39」
    return left if len(left) > 1 and not is_more else None


_KIND_OF_SHOP = re.compile(
    r"(?:店|超市|商场|商行|公司|中心|馆|剧场|剧院|影院|影城|广场|酒店|宾馆|饭店|餐厅|烤肉|火锅|健身|教育|培训|学校|驾校|幼儿园|美容|美发|理发"
    r"|诊所|药房|电器|数码|汽车|会所|俱乐部|工作室|铺|坊|庄|城|厂|堂)$"
)


def shop_in(text: str, streets: Mapping[str, Sequence[str]]) -> str | None:
    """The shop's name where a whole message is one by its last word (迷雾剧场), though it was not asked for."""
    name = name_in(text, streets) if len(text) <= LONGEST_SHOP else None
    return name if name and _KIND_OF_SHOP.search(name) else None


_NO_SELLER = re.compile(r"(?:路|街|道|口|号楼?|小区|花园|家园|公寓|[新佳雅]苑|地铁站|大厦|大学城)$")


def mall_in(text: str, streets: Mapping[str, Sequence[str]]) -> str | None:
    """The market or mall that a bare answer names and nothing more (泉城商场, 在凯德广场), or None."""
    for place in places.find(text, streets):
        rest = _AROUND_A_NAME.sub("", text.replace(place.text, "")).strip(" ,，。的里")
        is_built = place.street is None and place.district is None and place.is_ours is None
        if is_built and len(rest) < 2 and not _NO_SELLER.search(place.text):
            return place.text
    return None


def of_brand(text: str, brand: str | None) -> str | None:
    """A brand's own shop (爱玛专卖店, 福特4S店) in a text with that brand, or None."""
    kinds = "专卖店|旗舰店|专营店|体验店|直营店|授权店|门店|4[Ss]店"
    match = re.search(rf"{re.escape(brand)}(?:{kinds})", text) if brand else None
    return match[0] if match else None
