"""A lodged dispute is its citizen's: found on paper, added to, taken up again, rated. Real Rasa."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bench.stack import Stack, Talk
from bot.casework import progress
from bot.casework.records import Alert, Dispute, Evidence
from bot.channels import contact_page
from bot.dialogue import Dialogue
from tests.conversations.records import mine, payloads
from tests.conversations.test_evidence_in_talk import photo
from tests.conversations.test_follow_ups import events, lodge

ADD = "补充情况、照片"
AGAIN = "没解决，重新处理"


def step(running: Stack, talk: Talk, name: str, actor: str = "operator") -> None:
    with running.sessions.begin() as session:
        dispute = session.get_one(Dispute, mine(running, talk, Dispute)[0].id)
        progress.take(session, dispute, name, actor, datetime.now(UTC))


def test_more_is_told_of_a_dispute_and_nothing_else_is_taken_for_it(
    running: Stack, talk: Talk
) -> None:
    lodge(talk)
    before = mine(running, talk, Dispute)[0].facts
    talk.say("我的投诉到哪了")
    assert "下一条消息" in talk.press(ADD)
    said = talk.say("店长昨天打电话说只肯给我换，我电话13800000001，要不要接受")
    assert "已补充" in said and "没有保存" in said
    (one,) = mine(running, talk, Dispute)
    (alert,) = mine(running, talk, Alert)
    assert one.facts == before and alert.kind == "added"
    assert "店长昨天打电话" in alert.words and "13800000001" not in alert.words
    assert events(running, talk)[-1] == "added"
    talk.say("预付卡能退吗")
    assert events(running, talk)[-1] == "added" and len(mine(running, talk, Alert)) == 1


@pytest.mark.parametrize("instead", ["取消", "/start"])
def test_who_turns_to_something_else_adds_nothing(running: Stack, talk: Talk, instead: str) -> None:
    lodge(talk)
    talk.say("我的投诉到哪了")
    talk.press(ADD)
    talk.say(instead)
    talk.say("我姓王，住在中北镇")
    assert events(running, talk)[-1] == "lodged" and mine(running, talk, Alert) == []


def test_a_photo_goes_to_the_dispute_that_is_added_to(running: Stack, talk: Talk) -> None:
    lodge(talk)
    first = mine(running, talk, Dispute)[0].number
    lodge(talk, "上周五在张家窝镇物美超市花159元买了个电风扇，第二天就不转了，要求退款")
    talk.say("我的投诉到哪了")
    title = next(title for title in payloads(running, talk) if first[4:] in title)
    assert first[4:] in talk.press(title)
    talk.press(ADD)
    talk.say("", files=[photo()])
    (piece,) = mine(running, talk, Evidence)
    assert piece.dispute_id == mine(running, talk, Dispute)[0].id


def test_what_is_over_is_taken_up_again_at_a_word(running: Stack, talk: Talk) -> None:
    lodge(talk)
    step(running, talk, "settle")
    said = talk.say("这事没解决，我不满意")
    assert "已解决" in said and [a.kind for a in mine(running, talk, Alert)] == ["follow_up"]
    assert "重新登记" in talk.press(AGAIN)
    (one,) = mine(running, talk, Dispute)
    assert (one.state, one.lane) == ("lodged", "queue")


def test_who_is_told_of_the_end_says_what_they_think(running: Stack, talk: Talk) -> None:
    lodge(talk)
    step(running, talk, "settle")
    _, notice = talk.news()[-1]
    bad = next(button for button in notice.buttons if button.title == "不满意")
    assert "不满意" in talk.press_id(bad.id, bad.title)
    assert mine(running, talk, Dispute)[0].rating == "bad"
    talk.press(AGAIN)
    assert mine(running, talk, Dispute)[0].state == "lodged"
    good = next(button for button in notice.buttons if button.title == "满意")
    assert "已经过去了" in talk.press_id(good.id, good.title)


def test_the_paper_is_a_press_away_on_our_own_page(running: Stack) -> None:
    talk = Talk(running, channel="web")
    lodge(talk)
    found = payloads(running, talk)["看材料、下载（12315 可用）"]
    assert found.startswith("/mine/")

    async def looked_at(dialogue: Dialogue) -> str:
        pages = contact_page.routes(dialogue, running.sessions, running.settings)
        return TestClient(Starlette(routes=pages)).get(found).text

    page = talk.run(looked_at)
    number = mine(running, talk, Dispute)[0].number
    assert f"{number[:4]}-{number[4:]}" in page and "下载" in page


@pytest.mark.usefixtures("bureau")
def test_the_bureaus_citizen_sees_by_when_it_decides(running: Stack, talk: Talk) -> None:
    lodge(talk)
    due = mine(running, talk, Dispute)[0].accept_due
    said = talk.say("我的投诉到哪了")
    assert "下一步" in said and str(due) in said and "第15条" in said


def test_another_citizens_dispute_is_not_managed(running: Stack, talks: Callable[[], Talk]) -> None:
    one, other = talks(), talks()
    lodge(one)
    number = mine(running, one, Dispute)[0].number
    for choice in ("add", "reopen", "good"):
        other.say(f'/manage_dispute{{"number":"{number}","choice":"{choice}"}}')
        one.say(f'/manage_dispute{{"number":"{number}","choice":"{choice}"}}')
    (kept,) = mine(running, one, Dispute)
    assert (kept.state, kept.asking, kept.rating) == ("lodged", None, None)
