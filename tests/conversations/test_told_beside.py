"""What people say beside the question: of calls, reports, proof, further sums, relief, shops and things."""

import pytest

from bench.stack import Stack, Talk
from bot.casework.callback_records import CallbackRequest
from bot.casework.records import Dispute
from bot.library import words
from tests.conversations import records
from tests.conversations.test_out_of_turn import FIRST, NAMELESS, mine


@pytest.mark.parametrize(
    "said", ["打电话给我 明天上午", "给我打个电话，明天上午", "明天上午打给我"]
)
def test_a_call_is_asked_for_with_its_hours(running: Stack, talk: Talk, said: str) -> None:
    talk.say(said)
    (request,) = records.mine(running, talk, CallbackRequest)
    assert request.hours == "morning"


@pytest.mark.parametrize("said", ["啥时候打", "什么时候给我打电话", "你们多久能回电话"])
def test_when_one_will_be_called_is_told(talk: Talk, said: str) -> None:
    talk.say("转人工")
    talk.say(said)
    assert "工作日上午" in [button.title for reply in talk.replies for button in reply.buttons]
    talk.say("上午")
    talk.say("13512345678")
    talk.say(said)
    assert "135****5678" in talk.replies[0].text


@pytest.mark.parametrize("said", ["删除我的投诉", "把刚才的投诉删了", "帮我把投诉删掉"])
def test_a_draft_that_is_to_be_deleted_gets_its_button(
    running: Stack, talk: Talk, said: str
) -> None:
    talk.say(said)
    assert not records.mine(running, talk, Dispute)
    talk.say("商家不给退钱，我要投诉")
    talk.say(said)
    assert mine(running, talk).asking is None
    talk.press("删除草稿")
    assert not records.mine(running, talk, Dispute)


@pytest.mark.parametrize("said", ["匿名", "可以匿名吗", "不留电话", "我不想留名字"])
def test_a_report_need_not_be_signed(running: Stack, said: str) -> None:
    talk = Talk(running, channel="web")
    talk.say("我要举报张家窝一家超市卖过期牛奶")
    talk.say(said)
    assert talk.replies[0].text == words("report_unnamed")
    assert talk.replies[0].buttons[0].url


def test_what_belongs_in_a_report_is_written_on_its_page(running: Stack) -> None:
    talk = Talk(running, channel="web")
    talk.say("我要举报张家窝一家超市卖过期牛奶")
    talk.say("在张家窝镇京福公路")
    assert talk.replies[0].text == words("report_write_there")
    talk.say("我在永旺超市买的电饭煲坏了，399元，要求退款")
    assert mine(running, talk).merchant == "永旺超市"


def test_a_market_is_the_seller_where_its_place_is_known(running: Stack, talk: Talk) -> None:
    talk.say("在山东买的空调 商家不给退 2000元 上月买的")
    talk.say("泉城商场")
    dispute = mine(running, talk)
    assert (dispute.merchant, dispute.location) == ("泉城商场", "山东")


def test_a_chains_shop_in_town_is_no_platform(running: Stack, talk: Talk) -> None:
    talk.say("在苏宁西青店买的冰箱不制冷 3200元 上周买的 想退货")
    dispute = mine(running, talk)
    assert dispute.merchant == "苏宁西青店" and dispute.platform is None


def test_a_landlord_is_not_answered_with_the_rule_for_new_houses(talk: Talk) -> None:
    talk.say("房东不退押金怎么办")
    assert "开发商" not in talk.replies[0].text and "押金" not in talk.replies[0].text


@pytest.mark.parametrize("said", ["没小票", "没有发票", "付款记录有", "发票丢了，有照片"])
def test_what_is_said_of_proof_goes_into_the_story(running: Stack, talk: Talk, said: str) -> None:
    talk.say(NAMELESS)
    talk.say(said)
    dispute = mine(running, talk)
    assert dispute.merchant is None and dispute.facts is not None and said in dispute.facts
    assert talk.replies[0].text == words("proof_noted")
    talk.say("力美健")
    talk.say(said)
    assert mine(running, talk).demand is None


def test_a_further_sum_is_noted_in_the_story(running: Stack, talk: Talk) -> None:
    talk.say("舞蹈班报了两年课 12800 上了三个月老师全走了 想退剩下的")
    talk.say("舞灵艺术培训")
    talk.say("剩下大概11000")
    dispute = mine(running, talk)
    assert dispute.amount == 12800 and "11000" in (dispute.facts or "")
    assert talk.replies[0].text == words("story_noted")


def test_a_shops_name_is_heard_under_the_question_for_the_phone(running: Stack, talk: Talk) -> None:
    talk.say("在杨柳青买的二手车公里数是假的 花了6万8 9月12买的 要退款")
    talk.say("不知道")
    talk.say("自己用 没找过别人")
    assert mine(running, talk).asking == "contact"
    talk.say("对了 店名叫顺达二手车")
    assert mine(running, talk).merchant == "顺达二手车"


def test_a_short_question_is_about_what_was_told(talk: Talk) -> None:
    talk.say("老人被忽悠买了八千块钱保健品")
    talk.say("能退吗")
    assert "保健" in talk.replies[0].text


def test_whether_it_is_recalled_asks_for_the_thing_that_was_told(talk: Talk) -> None:
    talk.say("拼多多买的电动车充电器 充电时候冒火星")
    talk.say("没人受伤")
    talk.say("查查有没有召回")
    assert "召回" in talk.replies[0].text and "栏目" not in talk.replies[0].text


@pytest.mark.parametrize("said", ["已经去医院处理了", "去诊所包扎了", "没人受伤"])
def test_who_was_treated_keeps_what_was_offered(talk: Talk, said: str) -> None:
    talk.say("孩子的滑板车轮子掉了 摔了一跤 膝盖破皮")
    before = [button.title for reply in talk.replies for button in reply.buttons]
    talk.say(said)
    assert [button.title for reply in talk.replies for button in reply.buttons] == before


@pytest.mark.parametrize("said", ["我举报一个商家行不行", "可以举报吗", "我要举报商家"])
def test_who_may_report_is_asked(talk: Talk, said: str) -> None:
    talk.say(said)
    assert "举报" in talk.replies[0].text and "我要投诉" in [
        button.title for reply in talk.replies for button in reply.buttons
    ]


@pytest.mark.parametrize("said", ["我投诉过一个理发店", "之前投诉过", "上次投诉过永旺"])
def test_a_complaint_of_before_begins_no_other(running: Stack, talk: Talk, said: str) -> None:
    talk.say(said)
    assert not records.mine(running, talk, Dispute)


@pytest.mark.parametrize("said", ["怎么退", "找谁退", "那怎么处理"])
def test_how_to_give_back_what_is_recalled_is_told(talk: Talk, said: str) -> None:
    talk.say("罗马仕充电宝 PAC20-272 有召回吗")
    talk.say(said)
    assert "召回公告上的电话" in talk.replies[0].text


@pytest.mark.parametrize("said", ["拆了吊牌呢", "拆封了呢", "那过了七天呢"])
def test_a_question_behind_a_rule_files_nothing(running: Stack, talk: Talk, said: str) -> None:
    talk.say("七天无理由可以退内衣吗")
    talk.say(said)
    assert not records.mine(running, talk, Dispute)


def test_a_shop_whose_people_are_gone_is_no_wish_for_a_person(running: Stack, talk: Talk) -> None:
    talk.say("家里老人买的按摩椅 9800 说能治高血压 想退")
    talk.say("人找不着了")
    assert "值班" not in talk.replies[0].text


def test_what_is_claimed_is_not_what_was_paid(running: Stack, talk: Talk) -> None:
    talk.say("外卖吃出虫子，饿了么点的，张亮麻辣烫")
    talk.say("要1000")
    talk.say("饭是38的")
    assert mine(running, talk).amount == 38


def test_a_platform_that_ends_like_a_question_is_none(running: Stack, talk: Talk) -> None:
    talk.say("外卖吃出虫子 商家说赔我10块 我要投诉")
    talk.say("饿了么")
    assert mine(running, talk).platform == "饿了么"


@pytest.mark.parametrize("said", ["没受伤", "人没事"])
def test_relief_in_a_dispute_is_no_answer(running: Stack, talk: Talk, said: str) -> None:
    talk.say(NAMELESS)
    talk.say(said)
    assert mine(running, talk).merchant is None and talk.replies[0].text == words("glad")


@pytest.mark.parametrize("said", ["卖菜的 没名字", "假的", "太少了"])
def test_what_can_be_no_wish_is_none(running: Stack, talk: Talk, said: str) -> None:
    talk.say(FIRST)
    assert mine(running, talk).asking == "demand"
    talk.say(said)
    assert mine(running, talk).demand is None


def test_a_shop_that_was_left_open_is_heard_later(running: Stack, talk: Talk) -> None:
    talk.say("剧本杀充了500 上个月18号关门了")
    talk.say("不知道")
    talk.say("迷雾剧场")
    dispute = mine(running, talk)
    assert dispute.merchant == "迷雾剧场" and dispute.demand is None


def test_a_thing_under_the_question_for_the_shop_is_none(running: Stack, talk: Talk) -> None:
    talk.say("我要投诉 我在网上买了东西")
    talk.say("是一个手表")
    dispute = mine(running, talk)
    assert dispute.merchant is None and dispute.product == "手表"


def test_a_brands_shop_told_before_is_the_seller(running: Stack, talk: Talk) -> None:
    talk.say("电动车电池不耐用 才半年 商家说过保了")
    talk.say("爱玛专卖店 张家窝")
    talk.say("我要投诉")
    assert mine(running, talk).merchant == "爱玛专卖店"


def test_a_wish_after_a_story_files_the_story(running: Stack, talk: Talk) -> None:
    talk.say("孩子的滑板车轮子掉了 摔了一跤 膝盖破皮")
    talk.say("在大润发买的")
    talk.say("赔医药费")
    dispute = mine(running, talk)
    assert "滑板车" in (dispute.facts or "") and dispute.demand == "compensation"


def test_a_shops_bare_name_belongs_to_the_story_before(running: Stack, talk: Talk) -> None:
    talk.say("妈妈吃了药店推荐的保健品头晕住院")
    talk.say("老百姓大药房")
    talk.press("提出投诉")
    dispute = mine(running, talk)
    assert dispute.merchant == "老百姓大药房" and "头晕" in (dispute.facts or "")


@pytest.mark.parametrize("said", ["我想补充一下 我还有小票照片", "补充材料", "还要补充一点"])
def test_who_adds_to_a_dispute_is_asked_for_it(running: Stack, talk: Talk, said: str) -> None:
    talk.say("在永旺超市买的电饭煲用了三天就坏了，399元，昨天买的，要求退款，自己用没处理过")
    while mine(running, talk).asking != "confirmed":
        talk.say("不知道")
    talk.say("确认")
    talk.say(said)
    assert "补充的写在下一条消息里" in talk.replies[0].text


@pytest.mark.parametrize("said", ["充电宝会爆炸吗", "充电宝鼓包了 还能用吗", "电热毯会漏电吗"])
def test_whether_a_thing_is_dangerous_asks_for_its_brand(talk: Talk, said: str) -> None:
    talk.say(said)
    assert "召回" in talk.replies[0].text and "救治" not in talk.replies[0].text
