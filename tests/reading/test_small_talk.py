"""What says nothing of a matter, and what must not be taken for it."""

import pytest

from bot.reading import small_talk


@pytest.mark.parametrize(
    "text",
    ["你好", "您好呀", "早上好！", "hello", "Hi", "在吗？", "有人在吗", "人呢", "喂喂", "谢谢啊", "谢谢了", "辛苦了", "哈哈哈哈",
     "嘿嘿", "嗯嗯", "哦哦，好的", "好的好的", "行吧", "知道了", "收到", "滚", "傻子", "您贵姓", "你是真人吗", "你是机器人么", "666",
     "233", "？？？", "……", "😅", "拜拜", "晚上好 在吗", "ok", "无语了", "呵呵呵呵呵呵呵呵呵呵呵呵"],
)  # fmt: skip
def test_greetings_thanks_laughter_and_signs_are_small_talk(text: str) -> None:
    assert small_talk.is_small_talk(text)


@pytest.mark.parametrize(
    "text",
    ["好又多超市", "嗨购便利店", "你好漂亮美容院", "老好利来", "哈哈镜鸭脖", "711", "退款", "大寺镇", "昨天", "280", "6666", "不知道", "没有",
     "好的坏了", "喂了三天就拉肚子", "谢谢光临中奖卡不兑", "收到的货是碎的", "是假的", "行李箱", "早餐店", "垃圾桶漏底", "亲子乐园不退卡",
     "对不上账", "可以乐超市", "晕车药", "取消", "继续"],
)  # fmt: skip
def test_names_answers_and_stories_are_no_small_talk(text: str) -> None:
    assert not small_talk.is_small_talk(text)


@pytest.mark.timeout(2)
@pytest.mark.parametrize("text", ["哈" * 24 + "店", "嗯哦" * 11 + "x", "好的" * 1000, "?" * 2000])
def test_a_long_row_of_the_same_is_read_at_once(text: str) -> None:
    assert isinstance(small_talk.is_small_talk(text), bool)


@pytest.mark.parametrize(
    ("text", "expected"),
    [("谢谢", True), ("好的谢谢", True), ("太感谢了", True), ("多谢啦！", True), ("麻烦你了", True), ("谢谢，那我要投诉", False),
     ("好的", False), ("不用谢", False), ("谢谢惠顾是什么意思", False), ("", False)],
)  # fmt: skip
def test_thanks_are_whole_messages(text: str, expected: bool) -> None:
    assert (small_talk.courtesy(text) == "thanked") is expected


@pytest.mark.parametrize(
    ("text", "sentence"),
    [("烦死了", "calmed"), ("什么破机器人", "calmed"), ("你们管不管", "calmed"), ("滚", "calmed"), ("气死我了！", "calmed"),
     ("你是真人吗", "who_i_am"), ("你叫啥", "who_i_am"), ("谁开发的你", "who_i_am"), ("人没事", "relieved"), ("没事了", "relieved"),
     ("没事", None), ("气死我了，商家不退钱", None), ("垃圾处理器坏了", None), ("你是哪家店的", None), ("孩子没事但是充电宝烧了", None),
     ("有病退课能退钱吗", None), ("滚筒洗衣机", None), ("废物回收", None)],
)  # fmt: skip
def test_anger_relief_and_who_are_you_are_whole_messages(text: str, sentence: str | None) -> None:
    assert small_talk.courtesy(text) == sentence
