"""What is heard as a wish about one's things before Rasa, and what only sounds like one."""

import pytest
from sqlalchemy.orm import Session

from bot import hearing
from bot.casework.records import Person
from bot.casework.things_asked import DELETE_ALL, LIST, asked, one_to_delete, turns_away
from bot.messages import Message
from bot.reading import folding

LISTS = """我都关注了什么|我关注了哪些|我关注了哪些品牌|我登记的东西|我登记了什么？|我的东西|我的关注|看看我关注的
看看我都登记了哪些东西|我的物品清单|我都关注了啥|帮我看看我登记了哪些东西|我关注的召回有哪些|我记了哪些东西
取消关注|我不想关注了|不再关注了|取消小米的召回提醒|退订召回通知|退订|取消订阅|不要召回提醒了"""
DELETES = """别再提醒我了|不要再提醒我|不用提醒我了|不要再给我发召回消息了|别再推送了。|暂停推送|以后别再通知我
清空我的物品|把我登记的东西都删了|把我关注的都取消|删掉我登记的东西|取消全部关注"""
NEITHER = """我的东西坏了|我的东西被偷了|我关注了这家店|关注了公众号领券|取消关注后店家不退券|取消关注店铺不给退款
取消订单|我要取消订阅会员退款|商家说别再提醒我了|别再给我打电话|不要发货|我的商品|我的订单|取消会员自动续费
帮我关注小米的召回|关注儿童用品的召回|有召回提醒我|我登记的电话是多少|我登记的手机号错了|我要登记|不要|别发了
别再发了|不要再发我了|我的物品丢了|不用通知商家|不要通知商家|取消投诉|删除我的投诉|删掉我的资料|提醒我|我的召回
我订阅的会员没用|我关注的店铺倒闭了|取消关注就能退钱吗|删掉我的订单|取消|。|/manage_things"""


def table(rows: str) -> list[str]:
    return [row for line in rows.splitlines() for row in line.split("|")]


@pytest.mark.parametrize("text", table(LISTS))
def test_the_list_is_asked_for(text: str) -> None:
    assert asked(folding.plain(text)) == LIST


@pytest.mark.parametrize("text", table(DELETES))
def test_to_be_told_no_more_is_asked_for(text: str) -> None:
    assert asked(folding.plain(text)) == DELETE_ALL


@pytest.mark.parametrize("text", [*table(NEITHER), "我登记的东西" * 6])
def test_what_only_sounds_like_it_goes_to_rasa(text: str) -> None:
    assert asked(folding.plain(text)) is None


@pytest.mark.parametrize(
    "text", ["取消关注电动车", "我不想关注了", "删掉清单里的电热水壶", "这个取暖器已经扔了，从我的列表删了吧",
             "清空我的物品", "我关注了哪些品牌", "不要再给我发召回消息了"]
)  # fmt: skip
def test_what_was_taken_for_a_wish_to_follow_and_is_none(text: str) -> None:
    assert turns_away(text)


@pytest.mark.parametrize(
    "text", ["帮我记住家里有个安克充电宝", "有召回第一时间告诉我", "关注儿童用品召回", "登记一下我家的空调，格力的",
             "我的电动车加到关注里", "把婴儿推车加到我的清单里"]
)  # fmt: skip
def test_a_wish_to_follow_is_none_of_these(text: str) -> None:
    assert not turns_away(text)


@pytest.mark.parametrize(
    ("typed", "question"), [("我都关注了什么？", LIST), ("別再提醒我了", DELETE_ALL)]
)
def test_it_is_heard_before_rasa_and_as_typed(
    session: Session, citizen: Person, now, typed: str, question: str
) -> None:
    heard = hearing.interpret(
        session, citizen, Message("web", "c-1", "m-1", typed), (),
        asks_in_chat=True, has_officers=False, now=now,
    )  # fmt: skip
    assert (
        heard.question is not None and heard.question.payload == question and heard.question.words
    )


@pytest.mark.parametrize(
    ("text", "name"),
    [("删掉电饭煲", "电饭煲"), ("把电饭煲删了", "电饭煲"), ("把电饭煲从我的东西里删了", "电饭煲"), ("不用记电饭煲了", "电饭煲"),
     ("别再记那个风扇了", "风扇"), ("帮我删除小米手环吧", "小米手环"), ("清空", None), ("电饭煲坏了", None),
     ("我买的电饭煲说明书上写着不用记录但是商家说要记录一下才给保修我该怎么办", None), ("", None)],
)  # fmt: skip
def test_one_thing_is_named_to_be_deleted(text: str, name: str | None) -> None:
    assert one_to_delete(text) == name
