"""Moments that must not go wrong, in talks through the trained model and a real Rasa."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from bench.stack import Stack, Talk
from bot.casework.records import Alert, Dispute, DisputeEvent, HeardMessage, Person
from bot.messages import Message, Reply

OPENING = "我要投诉中北镇的物美超市，买的电风扇第二天就不转了"
FULL = "上周六在中北镇永旺超市花399元买了个电饭煲，用了三天就不通电，店里只肯修，我要求退款"
OWN = "自己用的，没处理过"
ACUTE, DESPAIR, CHILD = "充电宝现在冒烟着火了", "钱要不回来我真不想活了", "我今年11岁"
SCAM = "刚才自称客服的人打电话让我把验证码告诉他"
HURT = "刚才插头漏电，差点电着孩子"
ANOTHER = "其实我是替我妈投诉的"
FIRST_WORDS = {ACUTE: "119", DESPAIR: "12356", CHILD: "监护人", SCAM: "96110", HURT: "先顾安全"}


def in_the_form(talk: Talk) -> None:
    talk.say(OPENING)


def at_the_contact(talk: Talk) -> None:
    talk.say(FULL)
    assert "手机号" in talk.say(OWN)


def at_the_summary(talk: Talk) -> None:
    talk.say(FULL)
    talk.say(OWN)
    assert "请核对" in talk.say("不留")


def in_the_recall_form(talk: Talk) -> None:
    assert "型号" in talk.say("罗马仕充电宝召回了吗")


def at_the_beginning(talk: Talk) -> None:
    """Nothing was said before."""


PLACES = (at_the_beginning, in_the_form, at_the_contact, at_the_summary, in_the_recall_form)


def of(running: Stack, talk: Talk, record: type, key: str = "person_id") -> list:  # type: ignore[type-arg]
    with running.sessions() as session:
        query = select(record).join(Person, Person.id == getattr(record, key))
        return list(
            session.scalars(query.where(Person.external_id == talk.citizen).order_by(record.id))
        )


def is_asked(running: Stack, talk: Talk) -> bool:
    return any(one.asking for one in of(running, talk, Dispute))


def loop_of(running: Stack, talk: Talk) -> dict[str, Any]:
    with running.sessions() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
    return dict(json.loads(running.tracker(who.key))["active_loop"])


def test_the_recall_form_waits_where_these_tests_think_so(running: Stack, talk: Talk) -> None:
    in_the_recall_form(talk)
    assert loop_of(running, talk)["name"] == "recall_form"


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
@pytest.mark.parametrize("words", FIRST_WORDS)
def test_a_moment_is_answered_anywhere_and_every_form_stops(
    running: Stack, talk: Talk, place: Callable[[Talk], None], words: str
) -> None:
    place(talk)
    said = talk.say(words)
    assert said.startswith(talk.replies[0].text) and FIRST_WORDS[words] in talk.replies[0].text
    assert "请核对" not in said and "哪家店" not in said and "怎么解决" not in said
    assert not is_asked(running, talk)
    assert loop_of(running, talk) == {}
    (raised,) = of(running, talk, Alert)
    assert raised.kind in ("acute", "self_harm", "child", "scam", "injury")


@pytest.mark.parametrize("words", [ACUTE, DESPAIR, SCAM, HURT])
@pytest.mark.parametrize("place", [in_the_form, at_the_contact], ids=lambda place: place.__name__)
def test_the_draft_goes_on_afterwards(
    running: Stack, talk: Talk, place: Callable[[Talk], None], words: str
) -> None:
    place(talk)
    talk.say(words)
    said = talk.say("继续")
    assert "怎么解决" in said or "手机号" in said
    (draft,) = of(running, talk, Dispute)
    assert draft.merchant in ("物美超市", "永旺超市") and draft.state == "draft"
    assert (words in draft.facts) == (words != DESPAIR)


def test_a_swindle_is_told_again_until_it_is_told_for_the_record(
    running: Stack, talk: Talk
) -> None:
    talk.say(SCAM)
    assert "96110" in talk.say("验证码我已经告诉他了")
    talk.press("把这件事记下来")
    assert "96110" not in talk.say("他冒充京东客服，说退款，转走了我两万")
    (draft,) = of(running, talk, Dispute)
    assert SCAM in draft.facts and "转走了我两万" in draft.facts


def test_despair_is_answered_without_articles_and_buttons(talk: Talk) -> None:
    talk.say(FULL)
    said = talk.say(DESPAIR)
    assert [reply.buttons for reply in talk.replies] == [()]
    assert "《" not in said and "没有人在值班" in said and "110" in said and "120" in said


def test_of_a_child_nothing_is_kept(running: Stack, talk: Talk) -> None:
    talk.say("你好")
    for words in ("我今年11岁，在文具店花300块买了卡", "老板不给退，店叫小星星文具"):
        assert "监护人" in talk.say(words)
    texts = [one.text for one in of(running, talk, HeardMessage)]
    assert texts == ["你好", "", ""]
    assert [one.words for one in of(running, talk, Alert)] == [""]
    assert of(running, talk, Dispute) == []
    with running.sessions() as session:
        who = session.scalars(select(Person).where(Person.external_id == talk.citizen)).one()
    assert "文具" not in running.tracker(who.key)


def test_a_guardian_goes_on_where_the_child_stopped(running: Stack, talk: Talk) -> None:
    talk.say(OPENING)
    talk.say(CHILD)
    assert "监护人" in talk.say("继续")
    talk.say("我是家长")
    assert "怎么解决" in talk.say("继续")
    (draft,) = of(running, talk, Dispute)
    assert draft.merchant == "物美超市" and "11岁" not in (draft.facts or "")


def alone(running: Stack, text: str, is_edit: bool = False, chat: str = "") -> list[Reply]:
    """The replies of a dialogue whose Rasa is down to the first message of a citizen."""

    nowhere = running.settings.model_copy(update={"rasa_port": 9, "officers_chat": chat})
    talk = Talk(Stack(nowhere, {}, running.folder), patience=2.0)
    if not is_edit:
        talk.say(text)
        return talk.replies
    message = Message("talk", talk.citizen, "m-1", text)
    return talk.run(lambda dialogue: dialogue.edited(message, "e-1"))


@pytest.mark.parametrize("is_edit", [False, True])
@pytest.mark.parametrize("words", [ACUTE, DESPAIR, CHILD, SCAM])
def test_what_cannot_wait_is_answered_with_rasa_down(
    running: Stack, words: str, is_edit: bool
) -> None:
    assert FIRST_WORDS[words] in alone(running, words, is_edit)[0].text


@pytest.mark.parametrize("words", [ACUTE, DESPAIR])
def test_a_person_is_said_to_be_told_where_officers_have_a_chat(running: Stack, words: str) -> None:
    assert "工作人员" in alone(running, words, chat="-100")[0].text


def test_an_edited_message_of_a_child_is_not_kept(running: Stack) -> None:
    alone(running, "我是小学生，帮我要回那三千块", is_edit=True)
    with running.sessions() as session:
        texts = [one.text for one in session.scalars(select(HeardMessage))]
    assert not any("三千块" in one for one in texts)


@pytest.mark.parametrize("words", ["差点烫着孩子", "插上就冒烟了", "吃了拉肚子", "手被划破了"])
@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.__name__)
def test_a_short_word_of_an_injury_is_never_taken_for_an_answer(
    running: Stack, talk: Talk, place: Callable[[Talk], None], words: str
) -> None:
    place(talk)
    talk.say(words)
    assert "先顾安全" in talk.replies[0].text
    assert not is_asked(running, talk) and loop_of(running, talk) == {}


@pytest.mark.parametrize(
    "words",
    [
        "飞鹤奶粉召回了吗",
        "降压药有没有召回",
        "我家的血压计被召回了吗",
        "特斯拉召回查询",
        "防晒霜召回了没",
    ],
)
@pytest.mark.parametrize("place", [at_the_beginning, in_the_form], ids=lambda place: place.__name__)
def test_a_recall_that_is_not_held_is_never_said_not_to_be_found(
    talk: Talk, place: Callable[[Talk], None], words: str
) -> None:
    place(talk)
    said = talk.say(words)
    assert "不在本库" in said and "查到" not in said


def test_what_will_never_be_recalled_here_is_not_followed(talk: Talk) -> None:
    said = talk.say("帮我关注一下婴儿奶粉的召回，有了通知我")
    assert "不在" in said and "已记下" not in said


def test_what_was_told_of_an_injury_is_filed_later(running: Stack, talk: Talk) -> None:
    talk.say("在中北镇物美超市买的电饭煲漏电，昨天把我手电麻了")
    talk.press("把这件事记下来")
    (draft,) = of(running, talk, Dispute)
    assert "漏电" in draft.facts and draft.street == "中北镇"
    assert draft.asking is not None


def test_what_was_told_in_danger_is_filed_later(running: Stack, talk: Talk) -> None:
    talk.say("中北镇物美超市买的充电宝现在着火了")
    talk.press("把这件事记下来")
    (draft,) = of(running, talk, Dispute)
    assert "充电宝" in draft.facts and draft.street == "中北镇"


def test_an_injury_told_again_does_not_stop_the_form_again(running: Stack, talk: Talk) -> None:
    talk.say("我要投诉中北镇的物美超市")
    talk.say("买的水壶漏水，把我手烫伤了")
    assert "怎么解决" in talk.say("继续")
    (draft,) = of(running, talk, Dispute)
    assert "烫伤" in draft.facts
    assert "先顾安全" not in talk.say("手烫伤了当然要赔偿")
    assert len(of(running, talk, Alert)) == 1


def test_nobody_is_said_to_be_told_where_officers_have_no_chat(talk: Talk) -> None:
    assert "工作人员" not in talk.say(HURT)
    assert "没有人值守" in talk.say(ACUTE)


def test_a_right_asked_after_an_injury_is_answered_after_the_care(talk: Talk) -> None:
    said = talk.say("超市买的酸奶吃了拉肚子，可以要求赔偿吗")
    assert "先顾安全" in talk.replies[0].text
    assert said.count("先顾安全") == 1


@pytest.mark.parametrize("place", [in_the_form, at_the_summary], ids=lambda place: place.__name__)
def test_for_another_person_is_explained_once_and_the_filing_goes_on(
    running: Stack, talk: Talk, place: Callable[[Talk], None]
) -> None:
    place(talk)
    said = talk.say(ANOTHER)
    assert "第11条" in said and "授权委托书" in said
    assert not is_asked(running, talk) and loop_of(running, talk) == {}
    talk.press("继续填")
    assert is_asked(running, talk)
    assert "第11条" not in talk.say(ANOTHER)
    (draft,) = of(running, talk, Dispute)
    with running.sessions() as session:
        kinds = list(
            session.scalars(select(DisputeEvent.kind).where(DisputeEvent.dispute_id == draft.id))
        )
    assert kinds.count("for_another") == 1 and draft.state == "draft"


def test_first_words_for_another_person_are_kept_while_it_is_explained(
    running: Stack, talk: Talk
) -> None:
    assert "第11条" in talk.say("我要替我妈投诉中北镇的物美超市，买的电风扇第二天就不转了")
    talk.press("继续填")
    (draft,) = of(running, talk, Dispute)
    assert draft.merchant == "物美超市" and draft.asking == "demand"


def test_for_another_person_one_can_leave_it(running: Stack, talk: Talk) -> None:
    talk.say("帮我妈投诉物美超市，电风扇第二天就不转了")
    assert "草稿" in talk.press("先不投诉")
    assert not is_asked(running, talk)


def test_a_report_that_shows_its_writer_says_so_first(talk: Talk) -> None:
    talk.say("我要举报一家饭店用过期肉，我就是他们店里的服务员，怕老板知道是我")
    assert "猜到举报人" in talk.replies[0].text
    talk.say("我要举报小区门口的水果店缺斤短两，望你们查处")
    assert "猜到举报人" not in talk.replies[0].text


@pytest.mark.parametrize(
    "words", ["气死我了，店家就是不退钱", "急死了，买的手机一直卡死", "给孩子买的玩具第二天就坏了"]
)
def test_what_only_sounds_like_a_moment_stops_nothing(
    running: Stack, talk: Talk, words: str
) -> None:
    talk.say("我要投诉中北镇的物美超市")
    talk.say(words)
    assert is_asked(running, talk)
    assert of(running, talk, Alert) == []


def test_a_repeated_message_raises_one_alert(running: Stack, talk: Talk) -> None:
    first = talk.say(DESPAIR, message_id="same")
    assert talk.say(DESPAIR, message_id="same") == first
    assert len(of(running, talk, Alert)) == 1
