"""How a citizen stands to a dispute: whole answers to the question, and what a story says itself."""

import pytest

from bot.library import labels
from bot.reading import folding, standings

ANSWERS = {
    "own": [
        "是我自己买的", "没处理过", "帮我妈投诉", "自己用的", "本人", "是的", "是的，没有", "没有", "对，没有处理过", "家里用的",
        "给孩子买的", "我老婆买的", "自己家用，没找过消协", "是我自己的，别处没处理过", "没有起诉过", "给我爸买的", "不是替别人，是我自己",
        "不是经营用，自己用", "生活消费，没投诉过", "嗯", "消协没处理过", "我一个人买的自己用",
    ],
    "handled": [
        "消协已经调解过了", "12315处理过了", "法院判了", "消协正在调解", "处理过", "已经投诉过了", "已经起诉了", "在12315投诉过",
        "找过消协", "市场监管局已经受理了", "是我自己买的，消协调解过", "正在打官司", "打过12345", "仲裁委已经受理", "派出所处理过了",
    ],
    "for_another": [
        "替同事问的", "帮朋友投诉", "替别人反映", "是朋友的事", "邻居委托我来的", "我是代理人", "帮一位大爷问的", "给同学投诉", "朋友让我来的",
    ],
    "shared": [
        "我们十几个人都这样", "好几个人都遇到了", "我们小区20多个业主", "大家都是这样", "三个人一起投诉", "我们几个人都被骗了",
        "好多家长都交了钱", "联名投诉",
    ],
    "business": [
        "给店里进的货", "公司采购的", "店里经营用的", "给单位买的", "进货回来卖的", "用来转卖", "我开店用的", "给我们饭店买的", "做生意用",
    ],
    None: [
        "不知道", "什么意思", "他们态度太差了", "不是", "商家不给退", "我要求退款", "不清楚", "不想说", "等消协处理", "准备去法院起诉",
        "店里买的", "中北镇", "",
    ],
}  # fmt: skip

STORIES = {
    "handled": [
        "买的沙发开裂，消协已经调解过一次没谈成，要求退款", "预付卡退费的事法院已经立案", "12315处理过了，商家还是不退钱",
        "我已经向法院起诉，现在想再投诉一次",
    ],
    "business": ["我给店里进的货全是过期的", "买回来转卖的手机壳都是坏的"],
    "shared": [
        "我们十几个人都被骗了，健身房关门找不到人", "我们30多个家长都交了钱，培训班跑路了", "我们联名投诉这家物业超市",
    ],
    "for_another": ["我替同事投诉物美超市，电风扇第二天就不转了", "邻居委托我投诉，冰箱坏了三次"],
    None: [
        "上周六在中北镇永旺超市花399元买了个电饭煲，用了三天就不通电，店里只肯修，我要求退款", "再不退我就去法院起诉", "要求市场监管局处理",
        "希望消协调解", "12315没处理过这种事吧", "帮我妈投诉物美超市", "我们三个人去吃饭，上来的菜都是凉的", "给单位同事带的奶茶洒了",
        "在批发市场买的衣服掉色", "店里进的货有问题还卖给我", "12315能处理吗", "我是一个人去的", "公司楼下超市买的牛奶酸了",
        "自己买的手机坏了",
    ],
}  # fmt: skip


def rows(table: dict[str | None, list[str]]) -> list[tuple[str, str | None]]:
    return [(text, standing) for standing, texts in table.items() for text in texts]


@pytest.mark.parametrize(("text", "standing"), rows(ANSWERS))
def test_an_answer_tells_how_one_stands_to_the_matter(text: str, standing: str | None) -> None:
    assert standings.read(folding.plain(text)) == standing


@pytest.mark.parametrize("standing", labels("standing"))
def test_a_button_is_read_as_what_it_says(standing: str) -> None:
    assert standings.read(folding.plain(labels("standing")[standing])) == standing


@pytest.mark.parametrize(("text", "standing"), rows(STORIES))
def test_a_story_tells_it_only_in_so_many_words(text: str, standing: str | None) -> None:
    assert standings.in_story(folding.plain(text)) == standing
