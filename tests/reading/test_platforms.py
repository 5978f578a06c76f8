"""Platforms by any of their names."""

import pytest

from bot.reading import platforms

NAMES = (
    ("在淘宝买的", "淘宝"), ("再抖音买的", "抖音"), ("天猫旗舰店", "天猫"), ("京东商城", "京东"),
    ("JD上买的", "京东"), ("jd买的", "京东"), ("PDD买的", "拼多多"), ("拼多多", "拼多多"),
    ("快手小店", "快手"), ("美团外卖", "美团"), ("饿了吗点的", "饿了么"), ("闲鱼卖家", "闲鱼"),
    ("微信支付", "微信"), ("用支付宝付的", "支付宝"), ("携程订的票", "携程"), ("12306买票", "12306"),
    ("1688批发", "1688"), ("58同城找的", "58同城"), ("小红书", "小红书"), ("b站会员", "哔哩哔哩"),
    ("盒马鲜生", "盒马"), ("苏宁易购", "苏宁易购"), ("建行生活", "建行生活"), ("得物买的鞋", "得物"),
)  # fmt: skip
NOT_PLATFORMS = (
    "京东方屏幕", "天猫精灵坏了", "获得物品", "JDK", "RTBX", "16888元", "212306", "实体店",
    "京东快递不送上楼", "京东物流弄丢了", "我开滴滴的", "跑滴滴被投诉", "微信上联系的", "微信联系卖家不回", "微信跟老板沟通", "门铃叮咚响", "加我微信", "微信好友", "超市",
)  # fmt: skip


@pytest.mark.parametrize(("text", "name"), NAMES)
def test_a_platform_is_known_by_its_other_names(text: str, name: str) -> None:
    (platform,) = platforms.find(text)
    assert platform.name == name
    assert text[platform.start : platform.end] == platform.text


@pytest.mark.parametrize("text", NOT_PLATFORMS)
def test_a_word_that_holds_a_name_is_no_platform(text: str) -> None:
    assert platforms.find(text) == []


@pytest.mark.parametrize(
    ("text", "shop"),
    [("苏宁西青店", "苏宁西青店"), ("在苏宁易购中北店买的", "苏宁易购中北店"), ("国美杨柳青店不退", "国美杨柳青店"), ("盒马永旺店", "盒马永旺店"),
     ("苏宁易购旗舰店", None), ("苏宁一家店", None), ("苏宁易购买的冰箱店家不退", None), ("京东旗舰店", None),
     ("苏宁易购上的美的专卖店", None)],
)  # fmt: skip
def test_a_chains_shop_in_town_is_no_platform(text: str, shop: str | None) -> None:
    assert [text[start:end] for start, end in platforms.in_town(text)] == ([shop] if shop else [])
    assert bool(platforms.find(text)) is (shop is None)


def test_an_app_we_do_not_list_keeps_its_name() -> None:
    (platform,) = platforms.find("我在津城生活app上买的")
    assert platform.name == "津城生活"


def test_several_platforms_come_in_order() -> None:
    assert [p.name for p in platforms.find("淘宝下单支付宝付款")] == ["淘宝", "支付宝"]
