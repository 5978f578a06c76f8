"""READING: whole messages that say nothing of a matter (greetings, thanks, laughter). Knows no form."""

import re

LONGEST = 24  # characters; a longer message is looked at for what it tells

_WORDS = (
    "你好|您好|hello|hi|hey|哈[喽啰罗]|嗨|早上好?|早安?|[上中下]午好|晚上好|晚安|大家好|老师好",
    "在吗|在么|在不在|还在吗|在线吗|有人(?:在)?(?:吗|么|没)?|人呢|喂|客服|亲",
    "谢谢|谢了|感谢|多谢|辛苦了?|麻烦[你您]了?|劳驾|拜拜|再见|bye|thanks?|thx",
    "哈|嘿|呵|嘻|哼|嗯|恩|哦|噢|喔|啊|呃|额|唉|哎|诶|呀|唔|咦|切|嘘|lol",
    "好的?|行|可以|知道了|明白了?|了解了?|收到|ok|okay|对|是的?|没事",
    "滚|傻[逼瓜子]|笨蛋?|废物|垃圾|蠢|神经病|有病|你妈|草|我靠|卧槽|妈的|你大爷|什么玩意",
    "真烦|烦死了?|气死我?了?|无语|服了|晕|你真逗|开玩笑",
    "[你您]是(?:不是)?(?:谁|真人|人工|机器人?|ai|人)|[你您]贵姓|贵姓|[你您]叫(?:什么|啥)(?:名字)?|[你您]多大",
    "666|23{2,}",
)
_PARTICLES = "[啊呀吧呢哦噢嘛哈了的呗啦哇诶么吗你您们儿~]"
_WHOLE = re.compile(rf"(?:(?:{'|'.join(_WORDS)}){_PARTICLES}{{0,3}}[\W_]*)+", re.IGNORECASE)


def is_small_talk(text: str) -> bool:
    """Whether a whole folded message is a greeting, thanks, a call, laughter, abuse or mere signs."""
    text = text.strip()
    if not re.search(r"\w", text):
        return True
    return len(text) <= LONGEST and _WHOLE.fullmatch(text) is not None


_THANKS = re.compile(
    r"(?:好的?|嗯+|行|可以|知道了|明白了?|收到|ok|那|太|真|非常|十分)*(?:谢谢|谢了|感谢|多谢|辛苦了?|麻烦[你您]了?|thanks?|thx)[你您们了啊呀哦啦哈的]{0,4}",
    re.IGNORECASE,
)


def is_thanks(text: str) -> bool:
    """Whether a whole folded message says thanks and no more."""
    return _THANKS.fullmatch(re.sub(r"[\W_]", "", text)) is not None
