"""Which messages are moments that stop a form, and which only look like one."""

import pytest

from bot.reading import folding, moments

NEIGHBOURS = {
    "acute": [
        "充电宝现在着火了", "孩子误喝了洗洁精", "老人晕倒了叫不醒", "手一直在流血止不住", "家里煤气泄漏了",
        "救命", "孩子吞了纽扣电池", "电动车着火了怎么办", "他昏迷了", "我爸吃完之后呼吸困难", "插座正在冒烟",
        "果冻卡住喉咙了", "食物中毒了", "血流不止", "快叫救护车", "宝宝噎住了", "一氧化碳中毒", "火扑不灭",
    ],
    "self_harm": [
        "不想活了", "钱要不回来我就跳楼", "活着没意思", "我想自杀", "再不退我死给你们看", "真的活不下去了",
        "死了算了", "我想死", "被骗光了想死的心都有了", "不如死了", "遗书写好了,我写好遗书了", "我要割腕",
        "让我去死吧", "吞了一瓶安眠药", "I want to die", "不想活啦", "我想结束自己的生命", "跟他们同归于尽",
        "一死了之", "活着太累了",
    ],
    "child": [
        "我今年11岁", "我上五年级", "我是小学生", "我十二岁", "我才9岁被骗了", "我是初中生", "我读初二",
        "我还没成年", "我未满18岁", "今年13岁，充了游戏", "我偷偷用妈妈手机充了钱", "我是一个小学生",
        "我今年十岁了", "本人14岁", "我现在在上六年级", "我是未成年人", "我是三年级的学生", "我今年12",
        "我在读高一", "人家才八岁", "I'm 12 years old", "我今年１１岁",
    ],
    "injury": [
        "差点烫着孩子", "手机充电时烧起来了", "划破手", "吃了拉肚子", "电饭煲漏电", "用了面膜脸肿了",
        "我妈在超市滑倒骨折了,摔的", "充电宝炸了", "电动车自燃", "被门夹伤了手指", "奶瓶烫伤了宝宝",
        "昨天插座冒烟了", "玻璃杯倒开水炸裂了", "吃面崩了半颗牙", "打火机在手里爆了", "上周热水器把我电了一下",
        "用完染发剂头皮红肿", "出了车祸,从此丧失劳动能力", "前叉断了人摔下去落下残疾", "鉴定为九级伤残", "手冻伤了",
        "玩具割破手", "差点出人命", "牙膏用了过敏", "喝完酸奶上吐下泻", "椅子散架老人摔倒了",
    ],
    "for_another": [
        "替我妈投诉", "帮朋友投诉", "帮我妈维权", "我妈让我来投诉", "代我爸投诉一家店", "我想替老人投诉",
        "朋友委托我投诉", "我替我奶奶反映个事", "受邻居委托来投诉", "可以代别人投诉吗", "帮我爸妈投诉保健品店",
        "替我老公投诉4S店", "给我妈投诉", "我是代理人", "帮同事投诉健身房", "其实我是替我姐投诉的",
    ],
    "exposed_report": [
        "我是这家店的员工我要举报", "举报他们，只有我一个顾客", "举报，订单号是A12345", "内部员工举报",
        "我要举报但怕他们知道是我", "我在他们店上班想举报用过期肉", "我是后厨的,举报老板用地沟油",
        "我以前在这家店打工,想举报", "举报的话怕被报复", "想举报，店里就我一个客人", "举报，我是离职的会计",
        "我要检举，我是他们店长", "举报会不会查到是我", "我是他们供货商，想举报掺假", "会员号是88，举报这家店",
    ],
}  # fmt: skip

LOOK_ALIKES = {
    "of a death or a fire in a way of speaking": [
        "气死我了", "急死了", "这手机卡死", "老板想害死人", "笑死", "想死你们了", "热得想死", "跳楼价是骗人的",
        "多肉养了两天就死了", "商家说小店活不下去了", "游戏里的角色自杀那关卡住了", "客服态度让我气炸了",
        "救命啊这家店的服务也太差劲了吧", "信息爆炸", "朋友圈都炸了", "贵得想死", "嗓子冒烟了也没人理", "气得我脑袋快冒烟了",
        "电脑中毒了修不好",
    ],
    "of a child": [
        "孩子的玩具", "我家孩子三岁", "给孩子买的", "我8岁的儿子玩游戏充了钱", "我女儿今年11岁偷偷充值",
        "我是小学老师", "我是五年级学生家长", "我上小学的孩子买了卡", "我15岁那年就在这店买", "我今年61岁",
        "我今年二十了", "我是孩子的妈妈", "小学生书包开线了", "我家楼下小学门口的店", "我是大学生",
        "这只狗才3岁", "那时候我才七岁", "儿童三轮车坏了",
    ],
    "of a hurt": [
        "手机屏幕划伤了", "沙发扶手划破了", "快递砸坏了", "手机发烫", "烫头发烫坏了要退款", "心里受伤",
        "漏电保护器买错了", "泳池没暖气冻得孩子嘴唇发紫", "残疾人优惠不给打折", "这个会不会过敏", "怕起火不敢用", "我爸爸住院没法去健身房想退卡", "头盔摔坏了",
        "门店说压货了", "吐槽一下客服", "我手机掉地上摔碎了", "鸡蛋碰碎了", "手上的手链断了", "狗吃了拉肚子",
        "高压锅为什么会爆炸", "老人摔坏了血压计", "代驾把我车蹭了",
    ],
    "of another person": [
        "我给我妈买的手机坏了", "帮朋友买的衣服要退", "替我买的东西发错了", "给老人买的鞋开胶了", "帮我投诉",
        "帮我投诉一家店", "我朋友也买了", "我妈说要退", "替孩子投诉", "帮我儿子投诉培训班", "代购的包是假的",
        "帮同事带的奶茶洒了", "我和朋友一起投诉", "给朋友充的会员没到账", "我要投诉我老板娘开的店",
        "请帮忙投诉物美超市",
    ],
    "of a report that shows nobody": [
        "举报小区门口的水果店缺斤短两", "我要举报", "举报无证经营", "举报流程是什么", "举报有奖励吗",
        "店员态度差", "我的订单还没发货", "饭店用地沟油请查处", "反映一下超市卖过期牛奶", "怎么举报虚假宣传",
        "举报要多久有结果", "匿名举报可以吗", "举报一家美容院没有执照", "揭发卖假酒的", "举报电话是多少",
    ],
}  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "text"), [(kind, text) for kind, texts in NEIGHBOURS.items() for text in texts]
)
def test_a_moment_is_recognised(kind: str, text: str) -> None:
    assert moments.find(folding.plain(text)) == kind


@pytest.mark.parametrize("text", [text for texts in LOOK_ALIKES.values() for text in texts])
def test_what_only_looks_like_a_moment_is_none(text: str) -> None:
    assert moments.find(folding.plain(text)) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("我今年11岁，不想活了", "self_harm"),
        ("我是小学生，家里着火了", "acute"),
        ("我今年12岁，玩具划破手了", "child"),
        ("替我妈投诉，她吃了拉肚子", "injury"),
    ],
)
def test_the_most_urgent_comes_first(text: str, kind: str) -> None:
    assert moments.find(folding.plain(text)) == kind


@pytest.mark.parametrize(
    "text",
    [
        "去年冬天热水器煤气中毒了",
        "上周我爸晕倒了",
        "昨天正在充电时着火了",
        "当时充电宝着火了，已经扑灭",
        "幸好没起火，差点着火了",
    ],
)
def test_a_danger_that_is_past_is_not_acute(text: str) -> None:
    assert not moments.is_acute(folding.plain(text))


@pytest.mark.parametrize(
    "text",
    ["我是家长", "我是孩子妈妈", "我是他爸", "我成年了", "我40岁", "我是监护人", "我不是小学生"],
)
def test_a_guardian_is_told_from_a_child(text: str) -> None:
    assert moments.is_guardian(text)
    assert not moments.is_child(text)


@pytest.mark.parametrize(
    "text",
    ["昨天买的充电宝现在着火了", "10号楼着火了", "手划破了，血止不住了", "上周装的热水器正在冒烟"],
)
def test_a_danger_now_is_acute_whenever_the_thing_was_bought(text: str) -> None:
    assert moments.is_acute(folding.plain(text))


@pytest.mark.parametrize("text", ["我是小学生", "我妈妈不知道", "继续", "老板不给退", "帮帮我"])
def test_a_child_is_not_taken_for_its_guardian(text: str) -> None:
    assert not moments.is_guardian(text)
