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


_ANGER = re.compile(
    r"(?:真是?|太|好|要|你们?|这|那|什么|[啊呀吧呢了的])*(?:烦死?|气死(?:我|人)?|急死(?:我|人)?|无语|服了|受够|受不了|什么破(?:机器人?|玩意儿?|东西|系统)|破(?:机器人?|玩意儿?|系统)"
    r"|滚|傻[逼瓜子]|笨蛋?|废物|垃圾|蠢|神经病|有病|没用|管不管(?:事|了)?|不管事)+[啊呀吧呢了的啦你们我]{0,4}"
)
_WHO = re.compile(
    r"[你您]们?(?:到底)?(?:是(?:不是)?(?:谁|消协|消费者协会|12315|(?:市场)?(?:监管|监督)(?:管理)?局|市监局|工商局?|政府|官方|国家|真的|真人|人工|机器人?|ai|人)|叫(?:什么|啥)(?:名字?)?|贵姓)[吗么呢啊呀]{0,2}|谁(?:开发|做)的你",
    re.IGNORECASE,
)
_RELIEF = re.compile(
    r"(?:没(?:有)?人(?:受伤|伤着|有事)|(?:人|幸亏|还好)*没(?:伤着|受伤|伤到)人?|(?:[我你]|孩子|大?人|现在|都|也|倒是|已经|还好|幸好)+(?:没事|没受伤|没伤着|平安)|没事了)[了啊呀吧的哈]{0,3}"
)
_THANKS = re.compile(
    r"(?:好的?|嗯+|行|可以|知道了|明白了?|收到|ok|那|太|真|非常|十分)*(?:谢谢|谢了|感谢|多谢|辛苦了?|麻烦[你您]了?|thanks?|thx)[你您们了啊呀哦啦哈的]{0,4}",
    re.IGNORECASE,
)


_COURTESIES = (
    ("thanked", _THANKS),
    ("calmed", _ANGER),
    ("who_i_am", _WHO),
    ("relieved", _RELIEF),
)


def courtesy(text: str) -> str | None:
    """The sentence that answers a whole folded message of thanks, anger or relief, or who one is; or None."""
    said = re.sub(r"[\W_]", "", text)
    return next((key for key, pattern in _COURTESIES if pattern.fullmatch(said)), None)
