"""Places: ours, other districts, other cities, addresses."""

import pytest

from bot.reading import places

STREETS = {"杨柳青镇": ["杨柳青"], "中北镇": ["中北"], "大寺镇": [], "西营门街道": ["西营门"]}

OURS = (
    ("我在杨柳青买的", "杨柳青", "杨柳青镇"),
    ("西青区中北镇的店", "西青区中北镇", "中北镇"),
    ("中北镇万卉路5号", "中北镇万卉路5号", "中北镇"),
    ("天津市西青区大寺镇", "天津市西青区大寺镇", "大寺镇"),
    ("西营门那家超市", "西营门", "西营门街道"),
    ("天津西青区", "天津西青区", None),
    ("西青的一家店", "西青", None),
)
ELSEWHERE = (
    ("天津市河东区的店", "天津市河东区", "河东区"),
    ("和平区滨江道100号", "和平区滨江道100号", "和平区"),
    ("南开区", "南开区", "南开区"),
    ("塘沽一家店", "塘沽", "滨海新区"),
    ("在武清买的", "武清", "武清区"),
    ("在北京买的", "北京", None),
    ("廊坊市的商场", "廊坊市", None),
    ("山东省发的货", "山东省", None),
)
UNKNOWN = (
    ("天津的", "天津"),
    ("在友谊南路上", "友谊南路"),
    ("保利香槟小区", "保利香槟小区"),
    ("万达广场三楼", "万达广场"),
)
NO_PLACE = (
    "北京时间", "电路坏了", "短路了", "知道了", "线路不好", "这个小区", "市场监管", "道歉",
    "河北", "味道不对", "退款", "一路都在响", "海河南岸", "我投诉永旺超市", "投诉万达", "山东煎饼有虫", "陕西面馆吃坏肚子", "在江西路吃饭", "河南话",
)  # fmt: skip


@pytest.mark.parametrize(("text", "span", "street"), OURS)
def test_a_place_of_ours_is_known(text: str, span: str, street: str | None) -> None:
    (place,) = places.find(text, STREETS)
    assert (place.text, place.street, place.district) == (span, street, "西青区")
    assert place.is_ours is True
    assert text[place.start : place.end] == span


@pytest.mark.parametrize(("text", "span", "district"), ELSEWHERE)
def test_a_place_elsewhere_is_not_ours(text: str, span: str, district: str | None) -> None:
    place = places.find(text, STREETS)[0]
    assert (place.text, place.district, place.is_ours) == (span, district, False)


@pytest.mark.parametrize(("text", "span"), UNKNOWN)
def test_an_address_alone_does_not_tell_the_district(text: str, span: str) -> None:
    (place,) = places.find(text, STREETS)
    assert (place.text, place.is_ours) == (span, None)


@pytest.mark.parametrize(
    ("text", "span"),
    [("在山东买的", "山东"), ("河南的商家发错货", "河南"), ("我人在湖北", "湖北"), ("从广东发货", "广东"), ("山东", "山东"), ("去云南旅游被骗", "云南")],
)  # fmt: skip
def test_a_province_is_elsewhere_where_one_is_or_buys_there(text: str, span: str) -> None:
    (place,) = places.find(text, STREETS)
    assert (place.text, place.is_ours) == (span, False)


@pytest.mark.parametrize("text", NO_PLACE)
def test_what_is_no_place_is_not_found(text: str) -> None:
    assert places.find(text, STREETS) == []
