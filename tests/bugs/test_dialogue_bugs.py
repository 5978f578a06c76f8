"""Faults that talks like ours are known for: greedy forms, loops without a way out, lost drafts."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import select, update

from bench.stack import Stack, Talk
from bot.casework.records import Dispute, Person

# A talk that reaches every step of the form, in order.
TALK = {
    "merchant": "我要投诉", "facts": "津门电器修理部", "demand": "空调移机之后不制热，师傅不接电话",
    "location": "要求维修", "occurred_on": "张家窝镇", "amount": "上个月20号", "standing": "450元",
    "contact": "自己用的，没处理过", "confirmed": "不留",
}  # fmt: skip
QUESTION = {
    "merchant": "哪家店", "facts": "发生了什么", "demand": "怎么解决", "location": "店在哪里",
    "occurred_on": "什么时候", "amount": "多少钱", "standing": "生活消费吗",
    "contact": "手机号", "confirmed": "请核对",
}  # fmt: skip
VALUES = ("merchant", "facts", "demand", "location", "occurred_text", "amount_text")
WHOLE = "昨天在大寺镇的金街超市花86元买的保温壶漏水，老板不给退，我要求退款"


def at(talk: Talk, step: str) -> str:
    """Talk until the question of that step is put."""
    said = ""
    for name, words in TALK.items():
        said = talk.say(words)
        if name == step:
            break
    assert QUESTION[step] in said, said
    return said


def titles(talk: Talk) -> set[str]:
    """The buttons under the last reply."""
    return {button.title for reply in talk.replies for button in reply.buttons}


def records(running: Stack, talk: Talk) -> list[Dispute]:
    with running.sessions() as session:
        mine = select(Dispute).join(Person).where(Person.external_id == talk.citizen)
        return list(session.scalars(mine.order_by(Dispute.id)))


def values(running: Stack, talk: Talk) -> dict[str, Any]:
    (draft,) = records(running, talk)
    return {name: getattr(draft, name) for name in VALUES}


def lodged(running: Stack, talk: Talk, first: str = WHOLE) -> Dispute:
    said = talk.say(first)
    for _ in range(9):
        if "请核对" in said:
            break
        said = talk.say("不留" if "手机号" in said else "不知道")
    talk.press("确认")
    return records(running, talk)[-1]


# ── the sentence that opens the form is no answer, and a name that was told stays ──


@pytest.mark.parametrize(
    "opener",
    ["我要投诉", "我要投诉商家", "帮我投诉个商家", "有家店我要投诉它", "投诉", "投诉！", "我想投诉", "投诉商家", "投诉 投诉", "维权",
     "我要维权", "想维权", "投訴", "要投诉", "我需要维权"],
)  # fmt: skip
def test_the_opening_words_are_neither_a_shop_nor_a_story(
    running: Stack, talk: Talk, opener: str
) -> None:
    assert "哪家店" in talk.say(opener)
    assert not any(values(running, talk).values())


@pytest.mark.parametrize(
    ("shop", "story"),
    [("鑫旺电动车行", "电瓶刚换两周就充不进电"), ("悦童母婴用品店", "学步车的座垫开线，孩子差点掉下来"),
     ("老味道面馆", "吃出了一根铁丝，老板说不是他家的"), ("小宋眼镜", "镜腿断了三回，每回都要我加钱修")],
)  # fmt: skip
def test_the_story_does_not_replace_the_shop(
    running: Stack, talk: Talk, shop: str, story: str
) -> None:
    for words in ("我要投诉", shop, story, "要求赔偿"):
        talk.say(words)
    told = values(running, talk)
    assert (told["merchant"], told["facts"]) == (shop, story)


# ── a side question is answered first, then the open question is put once ──

QUESTIONS_ASIDE = [
    ("amount", "12315是什么热线"), ("occurred_on", "投诉要不要交钱"), ("demand", "过期了还能投诉吗"),
    ("contact", "能不能匿名"), ("standing", "什么叫生活消费"), ("amount", "一般几天有结果"), ("amount", "商家会知道是我投诉的吗"),
    ("merchant", "12315是什么热线"), ("merchant", "能不能匿名"), ("merchant", "一般几天有结果"),
    ("merchant", "商家会知道是我投诉的吗"), ("location", "你是真人吗"), ("location", "多久给答复"),
    ("demand", "能不能匿名"), ("facts", "能不能匿名"), ("facts", "一般几天有结果"), ("location", "您贵姓"),
]  # fmt: skip


@pytest.mark.parametrize(("step", "question"), QUESTIONS_ASIDE)
def test_a_side_question_is_answered_and_the_open_one_is_put_once(
    running: Stack, talk: Talk, step: str, question: str
) -> None:
    at(talk, step)
    before = values(running, talk)
    said = talk.say(question)
    assert values(running, talk) == before
    assert said.count(QUESTION[step]) == 1
    assert said.index(QUESTION[step]) > 10, "the answer comes before the question"


# ── five useless answers: an explanation by the third, and a way out ──


@pytest.mark.parametrize(
    ("step", "answers"),
    [("amount", ["说不好", "你说呢", "那个谁", "呵呵", "爱多少多少"]),
     ("contact", ["凭啥给你", "8", "138", "电话就是那个", "问这干嘛"]),
     ("standing", ["你猜", "谁管这个", "哎呀", "呵呵", "别问了"]),
     ("occurred_on", ["谁记得", "哎呀", "那会儿", "唉", "别问了"]),
     ("demand", ["哈哈哈", "你觉得呢", "你真逗", "嘿嘿", "呵呵"]),
     ("amount", ["……", "😅", "!!!", "。。", "😂😂"]), ("merchant", ["？？", "嗨", "在吗", "。", "哈哈"])],
)  # fmt: skip
def test_useless_answers_do_not_hold_the_talk_for_ever(
    running: Stack, talk: Talk, step: str, answers: list[str]
) -> None:
    at(talk, step)
    said = [talk.say(words) for words in answers]
    assert records(running, talk)[0].asking != step, said


@pytest.mark.parametrize("step", ["amount", "contact", "occurred_on", "standing"])
def test_a_question_that_was_missed_explains_itself_and_names_the_ways_out(
    talk: Talk, step: str
) -> None:
    first = at(talk, step)
    second = talk.say("那个啥来着")
    line = next(line for line in first.splitlines() if QUESTION[step] in line)
    assert QUESTION[step] in second and line not in second.splitlines()
    assert {"转人工", "先不投诉"} <= titles(talk)


@pytest.mark.parametrize("step", [step for step in TALK if step != "confirmed"])
def test_a_question_put_for_the_third_time_explains_itself(talk: Talk, step: str) -> None:
    first = at(talk, step)
    second, third = talk.say("有人吗"), talk.say("……")
    line = next(line for line in first.splitlines() if QUESTION[step] in line)
    assert line in second and line not in third
    assert {"转人工", "先不投诉"} <= titles(talk)


@pytest.mark.parametrize(
    ("way", "expected"), [("不知道", "发生了什么"), ("转人工", "12315"), ("先不投诉", "草稿")]
)
def test_each_way_out_of_a_question_works(talk: Talk, way: str, expected: str) -> None:
    at(talk, "merchant")
    talk.say("在吗")
    talk.say("😅")
    assert expected in talk.press(way)


# ── not understood twice, and then a clear request ──


@pytest.mark.parametrize(
    ("request_", "expected"),
    [("我投诉的事有进展吗", "没有查到您在这里记录的投诉"), ("有个罗马仕充电宝PAC20-272，是不是召回了", "召回"),
     ("我要投诉", "哪家店"), ("我想找个真人问", "12315")],
)  # fmt: skip
def test_a_clear_request_is_understood_after_two_denials(
    talk: Talk, request_: str, expected: str
) -> None:
    for words in ("阿巴阿巴", "都不对", "咕噜咕噜咚", "不是这些"):
        talk.say(words)
    assert expected in talk.say(request_)


# ── a pause longer than Rasa's session ──


def paused(running: Stack, talk: Talk, **pause: float) -> None:
    """As if the last word had been said that long ago: the clock of the record, a new session."""
    with running.sessions.begin() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
        session.execute(
            update(Dispute)
            .where(Dispute.person_id == who.id)
            .values(updated_at=datetime.now(UTC) - timedelta(**pause))
        )
    url = f"{running.settings.rasa_urls()}/conversations/{who.key}/tracker/events"
    httpx.put(url, json=[{"event": "restart"}], timeout=30).raise_for_status()


@pytest.mark.parametrize(
    ("step", "late", "field", "value"),
    [("location", "精武镇", "location", "精武镇"), ("demand", "要求换货", "demand", "exchange"),
     ("amount", "三百八", "amount_text", "三百八"),
     ("occurred_on", "端午节那天", "occurred_text", "端午节那天")],
)  # fmt: skip
@pytest.mark.parametrize("pause", [{"minutes": 75}, {"hours": 22}])
def test_a_draft_goes_on_after_a_pause(
    running: Stack, talk: Talk, pause: dict[str, float], step: str, late: str, field: str,
    value: str,
) -> None:  # fmt: skip
    at(talk, step)
    before = values(running, talk)
    paused(running, talk, **pause)
    talk.say(late)
    after = values(running, talk)
    assert after[field] == value
    assert {k: v for k, v in after.items() if v != before[k]}.keys() == {field}


@pytest.mark.parametrize(
    ("step", "late"),
    [("location", "精武镇"), ("demand", "要求退一赔三"), ("facts", "柜子门关不上"), ("merchant", "我要投诉"),
     ("contact", "聂女士 13911112222"), ("standing", "自己用的"), ("amount", "在吗"), ("occurred_on", "12315是什么热线")],
)  # fmt: skip
def test_a_draft_of_yesterday_is_offered_and_kept(
    running: Stack, talk: Talk, step: str, late: str
) -> None:
    at(talk, step)
    before = values(running, talk)
    paused(running, talk, hours=27)
    assert "草稿" in talk.say(late)
    assert values(running, talk) == before
    said = talk.press("继续填")  # then the late words count for what they say
    assert QUESTION[step] in said or "已记下" in said


def test_what_is_said_a_day_later_may_be_another_matter(running: Stack, talk: Talk) -> None:
    at(talk, "amount")
    paused(running, talk, hours=27)
    talk.say("我要投诉人人乐超市，刚买的牛奶打开是馊的，店长不承认")
    assert "怎么解决" in talk.press("另一件事")
    assert [one.merchant for one in records(running, talk)] == ["津门电器修理部", "人人乐超市"]


@pytest.mark.parametrize("step", [step for step in TALK if step != "confirmed"])
def test_to_go_on_is_no_answer_and_no_part_of_the_story(
    running: Stack, talk: Talk, step: str
) -> None:
    at(talk, step)
    before = values(running, talk)
    for words in ("继续", "我要投诉", "投诉"):
        assert QUESTION[step] in talk.say(words)
    assert values(running, talk) == before


# ── commands typed by hand ──


@pytest.mark.parametrize(
    "typed",
    ["/lodge_dispute", '／give_contact{"phone":"1"}', '/query_progress{"number":"AAAA2222"}',
     "/delete_draft", "/ 发票", "/12345", "／ 收据", '/choose_topic{"topic":"x"}', "/affirm/deny",
     "\u200b/withhold_contact", "/session_start", "\ufeff／affirm"],
)  # fmt: skip
@pytest.mark.parametrize("step", ["merchant", "confirmed"])
def test_a_typed_command_changes_nothing(running: Stack, talk: Talk, step: str, typed: str) -> None:
    at(talk, step)
    before = values(running, talk)
    said = talk.say(typed)
    assert values(running, talk) == before
    assert records(running, talk)[0].state == "draft" and "没有这个命令" in said


# ── small talk within the form ──


SMALL_TALK = [
    "早上好",
    "谢谢啊",
    "有人吗",
    "喂",
    "嗯嗯",
    "？？？",
    "辛苦了",
    "hello",
    "好的",
    "666",
    "傻子",
    "你叫什么名字",
]


@pytest.mark.parametrize("words", SMALL_TALK)
@pytest.mark.parametrize("step", ["merchant", "facts", "demand", "location", "occurred_on"])
def test_small_talk_is_not_stored(running: Stack, talk: Talk, words: str, step: str) -> None:
    at(talk, step)
    before = values(running, talk)
    talk.say(words)
    assert values(running, talk) == before


def test_a_real_answer_after_small_talk_is_stored(running: Stack, talk: Talk) -> None:
    at(talk, "facts")
    talk.say("你是机器人吗")
    talk.say("蛋糕里有头发，店长不认")
    assert "蛋糕里有头发" in values(running, talk)["facts"]


# ── the way out ──


LEAVES = [
    "算了，这事不投诉了",
    "退出",
    "不想弄了",
    "取消",
    "取消吧",
    "撤回我的投诉",
    "别记了",
    "/cancel",
    "/CANCEL",
]


@pytest.mark.parametrize("words", LEAVES)
@pytest.mark.parametrize("step", TALK)
def test_the_talk_can_be_left_at_every_step(
    running: Stack, talk: Talk, words: str, step: str
) -> None:
    at(talk, step)
    before = values(running, talk)
    said = talk.say(words)
    left = records(running, talk)
    assert left == [] or (left[0].asking is None and values(running, talk) == before), said


# ── after lodging ──


@pytest.mark.parametrize(
    "words",
    ["对处理结果不认可", "商家到现在也没给我退", "这事没解决，我不满意",
     "还是没人管我"],
)  # fmt: skip
def test_what_is_not_solved_is_led_back_to_its_record(
    running: Stack, talk: Talk, words: str
) -> None:
    number = lodged(running, talk).number or ""
    said = talk.say(words)
    assert number[:4] in said and "办不了" not in said
    assert len(records(running, talk)) == 1


@pytest.mark.parametrize(
    "words", ["我不投诉了，撤销吧", "我要撤诉", "他们已经给我退钱了，不用管了"]
)
def test_taking_back_a_lodged_dispute_names_its_record(
    running: Stack, talk: Talk, words: str
) -> None:
    number = lodged(running, talk).number or ""
    assert number[:4] in talk.say(words)
    assert len(records(running, talk)) == 1


def test_the_same_shop_can_be_complained_of_by_two_people(
    running: Stack, talks: Callable[[], Talk]
) -> None:
    mine, other = lodged(running, talks()), lodged(running, talks())
    assert mine.number != other.number and mine.merchant == other.merchant == "金街超市"


def test_who_asks_for_what_they_filed_sees_it_once(running: Stack, talk: Talk) -> None:
    number = lodged(running, talk).number or ""
    assert talk.say("我刚才提交成功了吗，帮我查查进度").count(number[:4]) == 1
