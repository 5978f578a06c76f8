"""Wishes and their codes."""

import pytest

from bot.reading import demands

WISHES = (
    ("我要退款", {"refund"}), ("把钱退给我", {"refund"}), ("原路退回", {"refund"}),
    ("返还押金", {"refund"}), ("退押金", {"refund"}), ("退学费", {"refund"}),
    ("不给退款", {"refund"}), ("要求全额退款", {"refund"}), ("退货", {"return"}),
    ("退剩下的钱", {"refund"}), ("把剩下的钱退我", {"refund"}), ("退剩余课时费", {"refund"}),
    ("退卡里没用完的钱", {"refund"}), ("退还未消费的余额", {"refund"}), ("剩下的退给我", {"refund"}),
    ("退货退款", {"return", "refund"}), ("要求退换", {"return", "exchange"}),
    ("给我换新", {"exchange"}), ("要换货", {"exchange"}), ("想换一台", {"exchange"}),
    ("要求维修", {"repair"}), ("给我修好", {"repair"}), ("拒绝保修", {"repair"}),
    ("赔偿损失", {"compensation"}), ("怎么陪我", {"compensation"}), ("退一赔三", {"compensation", "refund"}),
    ("尽快发货", {"deliver"}), ("一直不发货", {"deliver"}), ("要求道歉", {"apology"}),
    ("退卡", {"cancel"}), ("解除合同", {"cancel"}), ("取消订单", {"cancel"}),
    ("退差价", {"price_difference"}), ("补开发票", {"invoice"}), ("不给开发票", {"invoice"}),
    ("店里写着概不退换，我要退货", {"return"}), ("不予退款", {"refund"}), ("写了投诉信，要退款", {"refund"}),
    ("给个说法", {"other"}), ("给我个说法退款", {"refund"}),
)  # fmt: skip
NO_WISHES = (
    "退款成功了", "已退款", "退休了", "换了三家店", "发货地址", "保修期内", "修改密码", "屏幕坏了",
    "我要投诉", "退出登录", "要求用户加钱换气表", "正常原路返还", "33单只给赔了3单",
    "收到三笔淘宝退款", "还有一笔退款第二天到的", "退货之后才发现的", "20单退货只给了两单的运费", "小票上写着促销品不予退款",
    "牌子上注明概不退换", "只给了小票，未开发票", "合同写明不能退押金",
)  # fmt: skip


@pytest.mark.parametrize(("text", "codes"), WISHES)
def test_a_wish_has_its_code(text: str, codes: set[str]) -> None:
    assert demands.read(text) == codes


@pytest.mark.parametrize("text", NO_WISHES)
def test_what_is_done_or_only_named_is_no_wish(text: str) -> None:
    assert demands.read(text) == set()


def test_only_the_wish_itself_is_marked() -> None:
    (demand,) = demands.find("我要求商家退款")
    assert (demand.text, demand.start, demand.end) == ("退款", 5, 7)
