"""A swindle that can still be stopped is told from a shop that does not keep its word."""

import pytest

from bot.reading import folding, moments, scams

SCAMS = [
    "有人冒充你们给我打电话说快递丢了要退钱给我", "自称京东客服的让我屏幕共享", "说我的快递丢了双倍赔付让我加微信",
    "让我把验证码告诉他", "我把验证码告诉骗子了", "验证码我已经告诉他了", "要我报一下验证码", "验证码发给对方了咋办",
    "让我转到安全账户", "网上兼职刷单被骗了5000", "刷单垫付了三千不返", "接到电话说百万保障要关闭",
    "陌生人打电话说我京东白条要注销", "冒充12315的打电话说要给我退费", "有个自称市场监管局的让我交保证金",
    "对方让我下载会议软件开共享", "客服让我装个todesk", "他远程控制了我的手机", "说我中奖了让我先交税", "网贷让我先交解冻费",
    "先交手续费才能放款", "投资群里老师带我炒股现在提不出来", "骗子冒充抖音客服转走我两万", "有人加我微信说退课费让我先转账",
    "假冒银行客服要我卡号和密码", "遇到杀猪盘了钱转过去了",
]  # fmt: skip
NO_SCAMS = [
    "商家冒充正品卖假货", "客服说快递丢了给我退款，一直没退", "会员自动扣费怎么取消", "商家骗我办卡", "收不到验证码退不了款",
    "理发店骗我充了5000", "被商家骗了300块", "网购被骗了，卖家不发货还拉黑我", "客服让我加微信退款",
    "卖家让我先确认收货再退钱", "健身房被骗办了三万的私教", "快递柜的取件验证码发给别人了", "骑手让我报一下验证码",
    "到店核销让我提供验证码", "商家刷单刷好评", "冒充品牌专柜卖的都是假的", "电脑要买个远程软件", "自称老中医的卖药给我爸",
    "店员自称是店长说不能退", "去年被冒充客服骗了两万，已经立案", "三个月前刷单被骗了",
]  # fmt: skip


@pytest.mark.parametrize("text", SCAMS)
def test_a_swindle_that_can_be_stopped(text: str) -> None:
    assert scams.is_scam(folding.plain(text)) and moments.find(folding.plain(text)) == "scam"


@pytest.mark.parametrize("text", NO_SCAMS)
def test_a_shop_or_a_swindle_long_over(text: str) -> None:
    assert not scams.is_scam(folding.plain(text))


def test_who_is_in_danger_or_a_child_comes_first() -> None:
    assert moments.find("我不想活了,验证码告诉骗子了") == "self_harm"
    assert moments.find("我今年11岁,验证码告诉他了") == "child"
