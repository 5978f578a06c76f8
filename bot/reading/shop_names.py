"""READING: the shop's name in a short message, and what is a sentence instead. Knows no form."""

import re
from collections.abc import Mapping, Sequence

from bot.reading import amounts, demands, places, platforms, standings

LONGEST_CALLED = 30  # characters of a message that tells the name

_AROUND_A_NAME = re.compile(
    r"^(?:(?:就|是|在|叫|店名|名字|店|小区|那边|那儿|那里|[,， ])+(?=在|叫|是)|(?:就?是|在|叫|店名|名字|那个|这个|上的|里的)+)+|(?:买的|这家|那家|里面)$"
)
# 「店在大寺 叫雅迪专卖」, 「就叫剪艺」: the name is said to be one.
_CALLED = re.compile(
    r"(?:店的?名字?|店家|商家|店铺|字号|招牌|店|就|好像|应该|[,， ]|^)"
    r"(?:叫做?(?!了|外卖|[车人我他])|名叫|(?<=店名)是|(?<=名字)是|(?<=字号)是)[是:： ]*(?P<name>[^,，。;!?\s]{2,20}?)(?:来着|的|吧|啊|呢|啦)*(?=[\s,，。;!?]|$)"
)
# A bare answer with one of these is a sentence, and neither a shop's name nor a place.
_NO_NAME = re.compile(
    r"^(?:那?(?:我|俺|咱|你|您|他|她|它)(?!爱|家)|我家(?!$)|不(?!二|止|一样|锈|倒翁|夜)|没(?=有|给|收|退|处理|看|说|记)|把(?!子)|被(?![子褥服])|别(?!克|样)|谁|时间|日期|金额|价格|一个月|每月|一年|一共|总共|大概)"
    r"|(?:店家|商家|老板|他们?|客服|人家)(?:说|讲|不|让|给|答应)"
    r"|怎么|咋|啥|什么|谁|哪(?!吒)|为何|不给|不退|收到|老板姓|投诉|举报|删|记上|盗刷|多收|处理|赔|退我|给我|找我|了[。!]?$|吗[?。]?$|呢[?。]?$"
    r"|^(?:买|卖|收|修|办|吃|用|做|学).{0,6}的$|^(?:昨|今|前|去年|上个?月|刚).{0,8}的$"
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
    return _NO_NAME.search(text.strip()) is not None or standings.is_plain(text)


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
    return left if len(left) > 1 else None
