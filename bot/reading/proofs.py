"""READING: whole messages about proof (没小票了, 有付款记录), which are neither a name nor a wish. Knows no form."""

import re

LONGEST = 24  # characters; a longer message tells the story

_PROOF = (
    "(?:小票|购物票|发票|收据|收条|票据|单据|凭证|凭据|证据|订单(?:截图|记录)?|(?:付款|支付|转账|消费|交易|聊天|通话)(?:记录|截图|凭证)"
    "|合同|协议|截图|照片|视频|录音|监控|票)"
)
_BEFORE = "(?:我|我们|他们?|她们?|商家|店家|当时|现在|但是?|不过|也|都|就|只|手里|手头|啥|什么|对了|哦|嗯|那|还|可是|可惜|因为|他|店里|[,， ])*"
_HAVE = "(?:没有?|有|丢了?|弄丢了?|找不到|扔了?|没(?:留|开|给|要|拿|保存|拍|写|签)|留着?|留了|拿了|开了|保留了?|保存了?|存了|拍了|签了|只有)"
_AFTER = "(?:还在|没有?|没留|没了|丢了?|弄丢了|扔了?|找不到|都有|也有|有|在手里|留着|拍了)"
_TAIL = "(?:[了的啊呢吧呀哦着]|怎么办|可以吗|行吗|[,，。.!?？ ])*"
_AND = f"(?:(?:和|跟|、|或|也|都|[,， ]|{_HAVE})*{_PROOF})*"
_ONE = (
    f"(?:{_BEFORE}(?:{_HAVE}(?:我|过|任何|什么|啥|[几两一]张|个)?{_PROOF}{_AND}"
    f"|{_PROOF}{_AND}(?:也|都|早就?|给我|被我|我|已经)*{_AFTER}){_TAIL})"
)
_ABOUT = re.compile(f"{_ONE}{{1,3}}")


def is_about(text: str) -> bool:
    """Whether a whole folded message says that there is proof, or that there is none.

    That a shop refuses an invoice is a matter of its own, and none of these.
    """
    return len(text) <= LONGEST and _ABOUT.fullmatch(text.strip()) is not None
