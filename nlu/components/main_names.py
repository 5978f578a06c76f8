"""UNDERSTANDING: of all names marked in a message, those that a file is about. Pure."""

import re
from collections.abc import Callable

from nlu.components.spans import Span

# What is paid with or for, written on, or walked into: around a purchase, never the thing bought.
_NO_PRODUCT = re.compile(
    ".*(?:发票|收据|小票|单据|凭证|合同|协议|营业执照|报名费|报考费|考试费|担保费|手续费|服务费|材料费"
    "|工时费|扩容费|安装费|检测费|误工费|医药费|医疗费|诚信金|违约金|滞纳金|保证金|学费|缴费|科目.?|科[一二三四])|延长"
    "|押金|定金|订金|首付款?|贷款|货款|尾款|利息|运费|快递费|邮费|差价|费用|信用卡|银行卡|储蓄卡"
    "|首单|订单|物流|快递|单号|礼品|赠品|软件|平台|网站|客服|售后|服务|维修|质量|产品|商品|东西|货物?"
    "|酒店|宾馆|驾校|超市|商店|商场|医院|学校|店铺?|门店|公司|健身房|停车场|购物车"
    "|家人|全家人?|孩子|老人|顾客|司机|教练|老师"
)
# 「不知道是不是它的锅」 blames; a pot is bought, new, or one of several.
_POT = re.compile("(?:[买新用这那把口个只]|[买新用]的|了)$")
# Comes along with a thing that is bought, and is the matter where there is none.
_COMES_ALONG = re.compile("运费险|优惠[券卷]|会员费?|话费")
# Banks, carriers and clearing houses are named in passing wherever money or parcels go.
_GO_BETWEEN = re.compile(
    ".*(?:银行|银联|云闪付|信用社|支付)|[建工农交中招浦光民兴]行"
    "|(?:中通|圆通|申通|韵达|顺丰|极兔|邮政|百世|德邦|菜鸟|京东物流)(?:快递|速递|速运|驿站|物流)?"
)
# Behind a bank's name these say that only the money went through it: 「用建行卡付的」, 「工行显示到账」.
_CARRIES = re.compile("(?:APP|app)?(?:卡|客服|显示|短信|电话|生活|掌上|手机银行)")
# A kind of shop behind what one does with it is no name: 「参加驾校」, 「遭遇健身房跑路」.
_NO_SHOP = re.compile(
    "(?:参加|遭遇|选择|选|报名|报考|报|考|学|去|找|在|到|让|跟|和|向|对|联系|投诉|举报|退|该|此|某|这家|那家|一家|无良|黑心|垃圾)+"
    "(?:驾校|健身房|健身馆|美容院|理发店|超市|商场|药店|公司|4[sS]店|幼儿园|培训机构|早教中心|酒店|宾馆|饭店|餐厅|商店|店|物业|旅行社|中介)"
)


def main_names(text: str, found: list[Span], elsewhere: bool) -> list[Span]:
    """The spans without what surrounds the matter.

    One product, the first that does not come along with another, for the file has one. Banks and
    carriers only where no other company is named (`elsewhere` tells that a platform is) and the money
    did not just go through them.
    """
    kept = [span for span in things(text, found) if not _is_any_shop(text, span)]
    products = sorted((span for span in kept if span[0] == "product"), key=_comes_along(text))
    shops = [span for span in kept if span[0] == "merchant"]
    between = {span for span in shops if _is_go_between(text, span)}
    carried = {text[span[1] : span[2]] for span in between if _CARRIES.match(text, span[2])}
    is_passed_by = elsewhere or len(between) < len(shops)
    passing = {span for span in between if is_passed_by or text[span[1] : span[2]] in carried}
    return [span for span in kept if span not in products[1:] and span not in passing]


def things(text: str, found: list[Span]) -> list[Span]:
    """The spans without the products that are none, such as a fee or an invoice."""
    return [span for span in found if span[0] != "product" or _is_thing(text, span)]


def _is_thing(text: str, span: Span) -> bool:
    word = text[span[1] : span[2]]
    if word == "锅":
        return bool(_POT.search(text[: span[1]]))
    return not _NO_PRODUCT.fullmatch(word)


def _comes_along(text: str) -> Callable[[Span], bool]:
    return lambda span: bool(_COMES_ALONG.fullmatch(text[span[1] : span[2]]))


def _is_any_shop(text: str, span: Span) -> bool:
    return span[0] == "merchant" and bool(_NO_SHOP.fullmatch(text[span[1] : span[2]]))


def _is_go_between(text: str, span: Span) -> bool:
    return bool(_GO_BETWEEN.fullmatch(text[span[1] : span[2]]))
