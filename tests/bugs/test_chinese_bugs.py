"""Faults that Chinese pipelines are known for: words cut wrongly, wide digits, the other script, a cold start."""

import pytest
from sqlalchemy import select

from bench.stack import Stack, Talk
from bot.casework.records import Dispute, Person
from bot.reading import folding, models


def marked(running: Stack, text: str) -> dict[str, set[str]]:
    """What Rasa marks in a folded text: values of each kind."""
    found: dict[str, set[str]] = {}
    for one in running.parse(folding.plain(text))["entities"]:
        found.setdefault(one["entity"], set()).add(one["value"].strip())
    return found


def draft(running: Stack, talk: Talk) -> Dispute:
    with running.sessions() as session:
        mine = select(Dispute).join(Person).where(Person.external_id == talk.citizen)
        return session.scalars(mine).one()


# ── names inside running text, with and without edges ──

SENTENCES = [
    (("上礼拜在", "李七庄街", "物美", "买的", "飞利浦", "剃须刀", "一充电就发烫"), "李七庄街", "物美", "剃须刀"),
    (("我从", "大寺镇", "华润万家", "买的", "美的", "电饭煲", "煮饭溢水"), "大寺镇", "华润万家", "电饭煲"),
    (("昨天", "精武镇", "人人乐超市", "卖的", "蒙牛", "牛奶", "是酸的"), "精武镇", "人人乐超市", "牛奶"),
    (("孩子在", "中北镇", "永旺", "买的", "乐高", "积木", "缺了一袋"), "中北镇", "永旺", "积木"),
]  # fmt: skip


@pytest.mark.parametrize("edge", ["", " ", "，"])
@pytest.mark.parametrize("number", range(len(SENTENCES)))
def test_names_are_found_with_and_without_edges(running: Stack, number: int, edge: str) -> None:
    words, street, shop, thing = SENTENCES[number]
    found = marked(running, edge.join(words))
    assert street in found.get("location", set())
    assert shop in found.get("merchant", set())
    assert thing in found.get("product", set())


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [("下个星期三在华润万家退货", "date", "下个星期三"), ("上个星期六在国大药房买的血压计坏了", "date", "上个星期六"),
     ("大前天在王稳庄镇超市买的牛奶过期了", "date", "大前天"), ("这周五在西营门街苏宁买的冰箱不制冷", "date", "这周五"),
     ("昨天在张家窝镇的鑫利五金店买的水龙头漏水", "location", "张家窝镇"), ("前天在辛口镇菜店买的西红柿是烂的", "location", "辛口镇"),
     ("大前天在王稳庄镇超市买的牛奶过期了", "location", "王稳庄镇"), ("这周五在西营门街苏宁买的冰箱不制冷", "location", "西营门街"),
     ("赤龙南街那家理发店办卡不退", "location", "赤龙南街"), ("津门湖街道买的被子掉毛", "location", "津门湖街道"),
     ("三月初在杨柳青镇订的窗帘还没来", "date", "三月初")],
)  # fmt: skip
def test_days_and_places_have_their_exact_span(
    running: Stack, text: str, kind: str, value: str
) -> None:
    assert value in marked(running, text).get(kind, set())


@pytest.mark.parametrize(
    ("text", "shop"),
    [("我要投诉大寺镇的宏图电脑城，主板修坏了", "宏图电脑城"), ("投诉杨柳青镇的恒达手机城", "恒达手机城"),
     ("我要投诉中北镇的美家灯具城，灯不亮", "美家灯具城"), ("我想投诉李七庄街的博雅眼镜店，镜片度数配错", "博雅眼镜店"),
     ("帮我投诉精武镇的红叶家电城", "红叶家电城"), ("我要投诉西营门街的口福面馆", "口福面馆")],
)  # fmt: skip
def test_a_shop_after_a_place_that_is_complained_of_is_no_product(
    running: Stack, text: str, shop: str
) -> None:
    found = marked(running, text)
    assert shop in found.get("merchant", set())
    assert not any(shop in product or product in shop for product in found.get("product", set()))


# ── models in running text ──


@pytest.mark.parametrize(
    ("text", "model"),
    [("凌霜LSF-26GW/A3空调漏水", "LSF-26GW/A3"), ("耳机HP-900XM2有电流声", "HP-900XM2"),
     ("型号：B2-C4/D6的风扇", "B2-C4/D6"), ("买的ＬＳＦ－２６ＧＷ不制冷", "LSF-26GW"), ("机油10W-40是假的", "10W-40"),
     ("TDR-08Z电动车断电", "TDR-08Z")],
)  # fmt: skip
def test_a_model_is_marked_whole(running: Stack, text: str, model: str) -> None:
    found = marked(running, text).get("model", set())
    assert {models.key(one) for one in found} == {models.key(model)}


@pytest.mark.parametrize(
    ("text", "model"),
    [("电饭煲DX-500B+煮不熟", "DX-500B+"), ("型号DX-500B+", "DX-500B+"), ("KF-A1+15BP空调", "KF-A1+15BP"), ("路由器AX3000+坏了", "AX3000+")],
)  # fmt: skip
def test_a_closing_plus_is_part_of_a_model(text: str, model: str) -> None:
    (found,) = models.find(text)
    assert found.text == model


# ── wide digits and letters ──


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [("键盘花了３６８元", "amount", 368), ("水杯花了５９．９元", "amount", 59.9), ("一共付了１，２８０块", "amount", 1280),
     ("型号ＭＫ－７７０的键盘", "model", "MK-770"), ("型号ｋｊ３００的键盘", "model", "kj300"),
     ("２０２６年１０月８号买的键盘", "occurred_on", "2026-10-08")],
)  # fmt: skip
def test_wide_characters_are_read_like_narrow_ones(
    running: Stack, talk: Talk, text: str, field: str, value: object
) -> None:
    talk.say(f"我要投诉大寺镇的金街超市，{text}，按键失灵，我要求退款")
    told = getattr(draft(running, talk), field)
    assert (float(told) if field == "amount" else str(told)) == value


@pytest.mark.parametrize(
    "typed", ["陈先生，１３９２２２２３３３３", "陈先生　１３９－２２２２－３３３３"]
)
def test_a_wide_phone_is_taken_and_kept_narrow(running: Stack, talk: Talk, typed: str) -> None:
    talk.say("我要投诉大寺镇的金街超市，昨天花80买的键盘按键失灵，我要求退款")
    assert "手机号" in talk.say("自己用的，没处理过")
    assert "请核对" in talk.say(typed)
    with running.sessions() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
    assert (who.name, who.phone) == ("陈先生", "13922223333")


# ── traditional script ──

PAIRS = [
    ("我要投訴大寺鎮的金街超市", "我要投诉大寺镇的金街超市"), ("嬰兒床的護欄斷了", "婴儿床的护栏断了"),
    ("這個電熱毯有沒有召回", "这个电热毯有没有召回"), ("網購的鞋子能不能七天無理由退貨", "网购的鞋子能不能七天无理由退货"),
    ("幫我關注兒童安全座椅的召回", "帮我关注儿童安全座椅的召回"), ("我的投訴處理到哪一步了", "我的投诉处理到哪一步了"),
    ("健身房關門了，會員卡還剩兩千塊", "健身房关门了，会员卡还剩两千块"), ("在楊柳青鎮買的電動車剎車失靈", "在杨柳青镇买的电动车刹车失灵"),
    ("轉人工", "转人工"), ("你們幾點下班", "你们几点下班"), ("舉報這家飯館用過期的肉", "举报这家饭馆用过期的肉"),
    ("充電寶爆炸，手被燙傷了", "充电宝爆炸，手被烫伤了"), ("取消，不投訴了", "取消，不投诉了"), ("謝謝您", "谢谢您"),
    ("房東不退押金怎麼辦", "房东不退押金怎么办"), ("羅馬仕充電寶PAC20-272召回了嗎", "罗马仕充电宝PAC20-272召回了吗"),
    ("上個星期在張家窩鎮訂的櫃子沒送來", "上个星期在张家窝镇订的柜子没送来"), ("商家說過了三包期不給修", "商家说过了三包期不给修"),
    ("退一賠三需要什麼條件", "退一赔三需要什么条件"), ("要求換一臺新的", "要求换一台新的"),
]  # fmt: skip


@pytest.mark.parametrize(("traditional", "simplified"), PAIRS)
def test_the_other_script_is_understood_the_same(
    running: Stack, traditional: str, simplified: str
) -> None:
    assert folding.plain(traditional) == folding.plain(simplified)
    one, other = (running.parse(folding.plain(text)) for text in (traditional, simplified))
    assert one["intent"]["name"] == other["intent"]["name"]
    assert one["entities"] == other["entities"]


@pytest.mark.parametrize(
    ("typed", "street"),
    [("楊柳青鎮", "杨柳青镇"), ("張家窩", "张家窝镇"), ("西營門街", "西营门街")],
)
def test_a_place_in_the_other_script_is_ours_and_the_reply_is_simplified(
    running: Stack, talk: Talk, typed: str, street: str
) -> None:
    said = talk.say(f"我要投訴，前天在{typed}金街超市買的電飯煲壞了，要求退貨")
    assert draft(running, talk).street == street
    assert not set("鎮電飯買壞貨訴") & set(said)


# ── the first words after a start ──


def test_rasa_has_its_dictionary_before_it_says_ready(running: Stack) -> None:
    log = (running.folder / "rasa.log").read_text()
    assert "Prefix dict has been built" in log
    assert log.index("Starting Rasa server") < log.index("Prefix dict has been built")
