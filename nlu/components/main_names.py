"""UNDERSTANDING: of all names marked in a message, those that a file is about. Pure."""

import re

from nlu.components.spans import Span

# What is paid with or for, written on, or walked into: around a purchase, never the thing bought.
_NO_PRODUCT = re.compile(
    ".*(?:发票|收据|小票|单据|凭证|合同|协议|营业执照|报名费|报考费|考试费|担保费|手续费|服务费|材料费"
    "|工时费|扩容费|安装费|检测费|误工费|医药费|医疗费|诚信金|违约金|滞纳金|保证金|学费|缴费|科目.?)"
    "|押金|定金|订金|首付款?|贷款|货款|尾款|利息|运费|快递费|邮费|差价|费用|信用卡|银行卡|储蓄卡"
    "|首单|订单|物流|单号|礼品|赠品|软件|平台|网站|客服|售后|服务|维修|质量|产品|商品|东西|货物?"
    "|酒店|宾馆|驾校|超市|商店|商场|医院|学校|店铺?|门店|公司|健身房|停车场|购物车"
    "|家人|全家人?|孩子|老人|顾客|司机|教练|老师|锅"
)
# Banks, carriers and clearing houses are named in passing wherever money or parcels go.
_GO_BETWEEN = re.compile(
    ".*(?:银行|银联|云闪付|信用社)|[建工农交中招浦光民兴]行"
    "|(?:中通|圆通|申通|韵达|顺丰|极兔|邮政|百世|德邦|菜鸟|京东物流)(?:快递|速递|速运|驿站|物流)?"
)


def main_names(text: str, found: list[Span], elsewhere: bool) -> list[Span]:
    """The spans without what surrounds the matter.

    One product, the first, for the file has one. Banks and carriers only where no other company is
    named: `elsewhere` tells that a platform is.
    """
    kept = things(text, found)
    products = [span for span in kept if span[0] == "product"]
    shops = [span for span in kept if span[0] == "merchant"]
    named = [span for span in shops if not _is_go_between(text, span)]
    passing = set(shops) - set(named) if named or elsewhere else set()
    return [span for span in kept if span not in products[1:] and span not in passing]


def things(text: str, found: list[Span]) -> list[Span]:
    """The spans without the products that are none, such as a fee or an invoice."""
    return [
        (kind, start, end)
        for kind, start, end in found
        if kind != "product" or not _NO_PRODUCT.fullmatch(text[start:end])
    ]


def _is_go_between(text: str, span: Span) -> bool:
    return bool(_GO_BETWEEN.fullmatch(text[span[1] : span[2]]))
