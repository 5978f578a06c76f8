"""Whole answers under a question of the form: what is a name, a wish, a day, a correction, and what is none."""

from datetime import date
from decimal import Decimal

import pytest

from bot.reading import amounts, answers, demands, facts, proofs, shop_names, standings

TODAY = date(2026, 11, 27)
STREETS = {"中北镇": ["中北"], "张家窝镇": ["张家窝"], "大寺镇": ["大寺"], "杨柳青镇": ["杨柳青"]}


@pytest.mark.parametrize(
    ("text", "name"),
    [("店在大寺镇 叫雅迪专卖", "雅迪专卖"), ("就叫剪艺 张家窝镇的", "剪艺"), ("叫 小鱼数码", "小鱼数码"), ("卖家昵称叫 光影老王", "光影老王"), ("微信名叫大胖水果", "大胖水果"), ("顺达二手车在张家窝", "顺达二手车"), ("店叫 鑫隆通讯", "鑫隆通讯"),
     ("店名是力美健杨楼店", "力美健杨楼店"), ("剪艺", "剪艺"), ("永旺超市", "永旺超市"), ("我爱我家", "我爱我家"), ("不二家", "不二家"),
     ("杨柳青镇的好又多超市", "好又多超市"), ("在永旺买的", "永旺"), ("就是那个童话城早教", "童话城早教"), ("没想到酸菜鱼", "没想到酸菜鱼"),
     ("抖音上的小王数码", "小王数码"), ("老王饺子馆", "老王饺子馆"), ("华润万家的", "华润万家"), ("卖家个人", "卖家个人"), ("别克4S店", "别克4S店"), ("哪吒汽车", "哪吒汽车"), ("不锈钢制品厂", "不锈钢制品厂"), ("把子肉快餐", "把子肉快餐"),
     ("被褥店", "被褥店"), ("老板电器", "老板电器"), ("不夜城", "不夜城"), ("别样红酒楼", "别样红酒楼"), ("有家便利店", "有家便利店"), ("不一样的烤肉", "不一样的烤肉"), ("破店烤串", "破店烤串"), ("卡卡西动漫", "卡卡西动漫"),
     ("热不热火锅", "热不热火锅"), ("好好修手机店", "好好修手机店"), ("点点有茶", "点点有茶")],
)  # fmt: skip
def test_a_shops_name_is_heard(text: str, name: str) -> None:
    assert shop_names.name_in(text, STREETS) == name


@pytest.mark.parametrize(
    "text",
    ["那我要投诉", "那我投诉它", "买手机的", "昨天收到的", "小区在张家窝", "就在西青那个车市 老板姓刘", "不给底片", "时间是五月", "一个月59",
     "自己用没处理过", "什么时候实行的", "那我咋回复12315", "总共48节", "店家说不支持七天无理由", "把送的补给我", "谁开发的你",
     "没小票", "洗面奶 拼多多买的 39", "没有发票", "付款记录有", "什么凭证都没有", "保价没有", "车商在张家窝", "在杨柳青一个讲座上", "在微信群里买的", "商家", "还有手机",
     "屏幕有条线", "屏幕有划痕", "穿两次就开胶", "鞋底裂了", "电池不充电", "空调不制冷", "衣服褪色", "里面有只虫", "打不开", "充不进电", "用了两天就坏",
     "牛奶变质", "跟图片不一样", "开机黑屏", "有异味", "杯子漏水", "面包发霉的", "没效果", "孩子用了过敏", "有质量问题",
     "银行卡被盗刷了", "医院多收我钱", "删掉小米手环", "还有个小米手环也记上", "你们管吗", "找过消协了"],
)  # fmt: skip
def test_a_sentence_is_no_shops_name(text: str) -> None:
    assert shop_names.name_in(text, STREETS) is None


@pytest.mark.parametrize(
    ("text", "name"),
    [("就叫剪艺", "剪艺"), ("店叫永旺", "永旺"), ("叫他退钱", None), ("叫商家退钱", None), ("我叫王丽", None), ("叫外卖吃坏了", None),
     ("名字叫王丽", None), ("打电话叫人来修", None)],
)  # fmt: skip
def test_a_name_that_is_said_to_be_one_is_heard_anywhere(text: str, name: str | None) -> None:
    assert shop_names.called(text) == name


@pytest.mark.parametrize(
    ("text", "codes"),
    [("退", {"refund"}), ("退全款吧", {"refund"}), ("退钱呗还能咋", {"refund"}), ("换不了就退", {"refund"}), ("要十倍", {"compensation"}),
     ("想换电池", {"exchange"}), ("我想换", {"exchange"}), ("赔我", {"compensation"}), ("修好就行", {"repair"}), ("退一赔三", {"refund", "compensation"}),
     ("给个说法", {"other"}), ("上个月", set()), ("退休前买的", set()), ("把送的补给我", set())],
)  # fmt: skip
def test_a_bare_word_is_a_wish_in_an_answer(text: str, codes: set[str]) -> None:
    assert demands.answered(text) == codes


@pytest.mark.parametrize(
    ("text", "day"),
    [("不是18号是8号", "2026-11-08"), ("上月5号办的 不对 6号", "2026-10-06"), ("上个月18号关门了", "2026-10-18"), ("昨儿买的", "2026-11-26"),
     ("今儿", "2026-11-27"), ("前天，哦不，昨天", "2026-11-26"), ("8号电话通知我的", "2026-11-08")],
)  # fmt: skip
def test_the_day_is_the_one_that_stands_at_last(text: str, day: str) -> None:
    read = facts.read(text, [], today=TODAY, streets=STREETS)
    assert read.occurred_on == date.fromisoformat(day)


@pytest.mark.parametrize("text", ["九号电动车", "我家有个女儿", "哪儿个店"])
def test_what_only_looks_like_a_day_is_none(text: str) -> None:
    assert facts.read(text, [], today=TODAY, streets=STREETS).occurred_text is None


def test_a_bare_day_lies_in_the_month_that_was_told() -> None:
    assert facts.in_month_of(date(2026, 10, 18), "8号") == date(2026, 10, 8)
    assert facts.in_month_of(date(2026, 2, 3), "30号") is None
    assert facts.in_month_of(date(2026, 10, 18), "昨天") is None
    assert facts.in_month_of(None, "8号") is None


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [("店不是永旺 是大润发", "merchant", "大润发"), ("改成 老王饺子馆", "merchant", "老王饺子馆"), ("店名是力美健杨楼店", "merchant", "力美健杨楼店"),
     ("换成3200吧 刚看了付款记录", "amount", "3200吧 刚看了付款记录"), ("金额是86", "amount", None), ("时间是五月", "occurred_on", None),
     ("店名是什么", None, "什么"), ("应该是他们吧", None, "他们吧"), ("应该是实体店", None, "实体店"), ("应该是永旺超市", "merchant", "永旺超市"), ("改成退款", "demand", "退款")],
)  # fmt: skip
def test_a_correction_names_its_field(text: str, field: str | None, value: str | None) -> None:
    assert answers.corrected_field(text) == field
    assert answers.corrected_value(text) == value


def test_what_is_taken_back_is_told_with_what_stands_instead() -> None:
    assert answers.swapped("不是苹果是华为") == ("苹果", "华为")
    assert answers.swapped("我要退款") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("要赔1000", True), ("要求赔我1000", True), ("索赔一千", True), ("赔偿三万", True), ("赔了1000进去", False), ("花了1000", False),
     ("退一赔三", False), ("赔我", False)],
)  # fmt: skip
def test_a_sum_that_is_claimed_is_no_price(text: str, expected: bool) -> None:
    assert answers.is_claim(text) is expected


@pytest.mark.parametrize(
    ("text", "value"), [("二手车花了三万八车贩子说是一手", Decimal(38000)), ("花了三万八车行不认", Decimal(38000))]
)  # fmt: skip
def test_a_sum_before_a_seller_of_cars_counts_no_cars(text: str, value: Decimal) -> None:
    assert [one.value for one in amounts.find(text)] == [value]


@pytest.mark.parametrize(
    ("text", "said"),
    [("自己用的", "own"), ("自己用没处理过", "own"), ("家里用的 找过消协了", "handled"), ("消协没解决", "handled"), ("12315不管", "handled"),
     ("没处理过", None), ("自己去消协的路上车坏了然后又被店家骂了一顿", None), ("是自己的吗", None), ("永旺超市", None)],
)  # fmt: skip
def test_how_one_stands_is_told_plainly(text: str, said: str | None) -> None:
    assert standings.is_plain(text) is (said is not None)
    assert said is None or standings.read(text) == said


@pytest.mark.parametrize(
    ("text", "expected"),
    [("不投诉了 老板退我钱了", True), ("不投诉了", True), ("算了不投诉了,老板退钱了", True), ("取消 订单被商家拒绝", False), ("商家不处理", False),
     ("不告诉我地址", False), ("撤销订单以后商家不退款，找了三次都不理我，电话也不接了怎么办", False)],
)  # fmt: skip
def test_a_complaint_is_broken_off_with_its_reason(text: str, expected: bool) -> None:
    assert answers.is_stop(text) is expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("去年买的", True),
        ("去年", True),
        ("去年买的空调坏了", False),
        ("三包", False),
        ("买了三天", False),
    ],
)
def test_a_bare_day_tells_nothing_more(text: str, expected: bool) -> None:
    assert facts.is_bare(text, TODAY) is expected


@pytest.mark.parametrize("text", ["假的", "面包长毛了", "倒闭了", "屏幕裂了", "不给退"])
def test_what_happened_is_a_story_however_short(text: str) -> None:
    assert facts.tells_a_story(text, [])


@pytest.mark.parametrize("text", ["虫草", "假一赔十"])
def test_what_only_sounds_like_harm_is_no_story(text: str) -> None:
    assert not facts.tells_a_story(text, [])


def test_a_places_name_is_no_sum() -> None:
    assert not facts.is_readable("amount", "地址是李七庄街的", TODAY)
    assert facts.is_readable("amount", "七八百吧", TODAY)


@pytest.mark.parametrize(
    ("text", "name"),
    [("泉城商场", "泉城商场"), ("在凯德广场", "凯德广场"), ("泉城商场里的", "泉城商场"), ("西青区中北镇", None), ("友谊路", None),
     ("华苑小区", None), ("广场", None), ("在商场买的", None)],
)  # fmt: skip
def test_a_market_is_named_alone(text: str, name: str | None) -> None:
    assert shop_names.mall_in(text, STREETS) == name


@pytest.mark.parametrize(
    ("text", "is_about"),
    [("没小票", True), ("小票丢了", True), ("我有付款记录", True), ("没有合同 有转账记录", True), ("没开票", True), ("手里只有聊天记录", True),
     ("什么凭证都没有", True), ("他们没给我小票", True), ("没签合同", True), ("发票丢了，有照片", True), ("没合同,有聊天记录,有照片", True), ("不给开发票", False), ("合同有问题", False), ("有小票吗", False),
     ("发票开错了", False), ("票面价格不对", False), ("没有", False), ("永旺超市", False)],
)  # fmt: skip
def test_what_is_said_of_proof_is_known(text: str, is_about: bool) -> None:
    assert proofs.is_about(text) is is_about


@pytest.mark.parametrize(
    ("text", "codes"),
    [("只赔500", set()), ("最多换一个", set()), ("他们才赔50", set()), ("只要退钱", {"refund"}), ("我只想换新的", {"exchange"}),
     ("赔500", {"compensation"}), ("换一个", {"exchange"})],
)  # fmt: skip
def test_what_the_shop_offers_is_no_wish(text: str, codes: set[str]) -> None:
    assert demands.answered(text) == codes


def test_what_happens_later_is_not_when_it_happened() -> None:
    read = facts.read("下个月8号的席 上个月交的", [], today=TODAY, streets=STREETS, shown="")
    assert read.occurred_text == "上个月"
    assert facts.answer("occurred_on", "今年三月报的", TODAY).occurred_text == "今年三月"


@pytest.mark.parametrize(
    ("text", "name"),
    [("迷雾剧场", "迷雾剧场"), ("官方旗舰店", "官方旗舰店"), ("杨柳青镇的好又多超市", "好又多超市"), ("给个说法", None), ("没受伤", None), ("假的", None),
     ("他们不开店", None), ("卖菜的 没名字", None), ("剪艺", None)],
)  # fmt: skip
def test_a_shop_is_known_by_its_last_word(text: str, name: str | None) -> None:
    assert shop_names.shop_in(text, STREETS) == name


@pytest.mark.parametrize(
    ("text", "may_be"),
    [
        ("补给我赠品", True),
        ("让他们重新装", True),
        ("给个说法", True),
        ("道歉", True),
        ("卖菜的 没名字", False),
        ("假的", False),
        ("太少了", False),
    ],
)
def test_some_words_can_be_no_wish(text: str, may_be: bool) -> None:
    assert demands.may_be(text) is may_be


@pytest.mark.parametrize(
    ("text", "product", "is_thing"),
    [("是一个手表", "手表", True), ("买的手表", "手表", True), ("手表专卖店", "手表", False), ("手表", "手表", True), ("永旺", None, False)],
)  # fmt: skip
def test_a_thing_is_no_shop(text: str, product: str | None, is_thing: bool) -> None:
    assert shop_names.is_thing(text, product) is is_thing


@pytest.mark.parametrize(
    ("text", "brand", "shop"),
    [("爱玛专卖店 张家窝", "爱玛", "爱玛专卖店"), ("在福特4S店修的", "福特", "福特4S店"), ("爱玛电动车", "爱玛", None), ("专卖店", None, None)],
)  # fmt: skip
def test_a_brands_own_shop_is_named_by_it(text: str, brand: str | None, shop: str | None) -> None:
    assert shop_names.of_brand(text, brand) == shop


@pytest.mark.parametrize(
    ("text", "is_plain"),
    [("给孩子用", True), ("给我妈用的", True), ("就是孩子穿的", True), ("自己用", True), ("我妈买的", False), ("孩子用坏了", False), ("是", False)],
)  # fmt: skip
def test_what_is_for_the_family_is_ones_own(text: str, is_plain: bool) -> None:
    assert standings.is_plain(text) is is_plain


@pytest.mark.parametrize("text", ["充电宝会爆炸吗", "电热毯会漏电么", "会不会起火"])
def test_whether_a_thing_may_burn_asks_if_it_is_safe(text: str) -> None:
    assert answers.asks_if_safe(text)
