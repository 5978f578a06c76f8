"""Small disputes between citizen and shop: the citizen's talk and the shop's page, both real."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import select
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bench.stack import Stack, Talk
from bot.casework import shops
from bot.casework.records import Dispute, Negotiation, NegotiationMessage, Notice, Person, Shop
from bot.channels import shop_page
from tests.conversations.records import mine, payloads
from tests.conversations.test_disputes import to_the_summary

PAGE = "https://tousu.example.cn"


@pytest.fixture(scope="module")
def desk(running: Stack) -> Iterator[TestClient]:
    """The shop's page, while the action server can have letters sent; 永旺 is registered."""
    running.restart_actions(
        public_url=PAGE, smtp_url="smtp://127.0.0.1:9", mail_from="desk@example.cn"
    )
    now = datetime.now(UTC)
    with running.sessions.begin() as session:
        shop = Shop(
            name="永旺超市", aliases=["永旺"], street="中北镇", email="liu@example.cn",
            verified_at=now, verified_by="张三", is_fund_member=True, created_at=now, updated_at=now,
        )  # fmt: skip
        session.add(shop)
    app = Starlette(routes=shop_page.routes(running.sessions, running.settings))
    yield TestClient(app, base_url=PAGE, follow_redirects=False)
    with running.sessions.begin() as session:
        for one in session.scalars(select(Shop)):
            one.verified_at = None
    running.restart_actions(public_url=None, smtp_url="", mail_from="")


def lodged(talk: Talk) -> str:
    to_the_summary(talk)
    return talk.press("确认")


def letters(running: Stack) -> list[str]:
    with running.sessions() as session:
        query = select(Notice).join(Person).where(Person.channel == shops.CHANNEL)
        return [one.text for one in session.scalars(query.order_by(Notice.id))]


def answer(desk: TestClient, letter: str, **fields: str) -> Any:
    path = re.search(rf"{PAGE}(/shop/\S+)", letter)
    assert path is not None
    return desk.post(path[1], data=fields, files=[("files", ("", b"", ""))])


def said_to_shop(running: Stack, talk: Talk) -> list[str | None]:
    dispute = mine(running, talk, Dispute)[0]
    with running.sessions() as session:
        query = select(NegotiationMessage).join(Negotiation)
        query = query.where(
            Negotiation.dispute_id == dispute.id, NegotiationMessage.side == "citizen"
        )
        return [one.text for one in session.scalars(query)]


def press_news(talk: Talk, title: str) -> str:
    """Press a button under the newest notice."""
    _, notice = talk.news()[-1]
    return talk.press_id(next(b.id for b in notice.buttons if b.title == title), title)


def test_a_small_dispute_is_settled_between_shop_and_citizen(
    running: Stack, desk: TestClient, talk: Talk
) -> None:
    said = lodged(talk)
    for seen in ("商家会看到", "电饭煲", "399", "退款", "看不到您的姓名、电话", "赔偿先付"):
        assert seen in said, seen
    assert "王女士" not in said and "13800000000" not in said
    said = talk.press("同意，发给商家")
    assert "已发给商家" in said
    assert answer(desk, letters(running)[-1], kind="offer", said_by="刘经理", amount="300",
                  text="用过了，退一部分").status_code == 303  # fmt: skip
    _, offer = talk.news()[-1]
    assert "300 元" in offer.text and "刘经理" in offer.text
    assert "您接受" in press_news(talk, "接受")
    assert "接受了" in letters(running)[-1]
    kept = talk.replies[-1].buttons[0]
    assert "待兑现" in talk.say("我的投诉到哪了")
    assert "已解决" in talk.press_id(kept.id, kept.title)
    (one,) = mine(running, talk, Dispute)
    assert (one.state, one.agreed_amount) == ("settled", 300)


def test_money_that_came_settles_it(running: Stack, desk: TestClient, talk: Talk) -> None:
    lodged(talk)
    talk.press("同意，发给商家")
    answer(desk, letters(running)[-1], kind="accept", said_by="刘经理", text="今天退")
    assert "已解决" in press_news(talk, "收到了，已解决")
    (one,) = mine(running, talk, Dispute)
    assert (one.state, one.agreed_amount) == ("settled", 399) and one.recovered_at is not None
    assert "已经过去了" in press_news(talk, "没有兑现")


def test_the_citizen_can_keep_it_from_the_shop(
    running: Stack, desk: TestClient, talk: Talk
) -> None:
    lodged(talk)
    before = len(letters(running))
    assert "没有发给商家" in talk.press("不发，直接交工作人员")
    assert len(letters(running)) == before and mine(running, talk, Dispute)[0].state == "lodged"


def test_what_is_written_after_the_button_goes_to_the_shop_and_nothing_else_does(
    running: Stack, desk: TestClient, talk: Talk
) -> None:
    lodged(talk)
    talk.press("同意，发给商家")
    answer(desk, letters(running)[-1], kind="message", said_by="刘经理", text="小票还在吗")
    assert "下一条消息" in press_news(talk, "回复商家")
    said = talk.say("小票在，我电话13800000001")
    assert "没有转给商家" in said and "已转给商家" in said
    (passed,) = said_to_shop(running, talk)
    assert passed is not None and "小票在" in passed and "13800000001" not in passed
    talk.say("谢谢，顺便问一下预付卡能退吗")
    press_news(talk, "回复商家")
    assert "没有给商家发话" in talk.say("取消")
    talk.say("这件事真是烦死我了")
    press_news(talk, "回复商家")
    talk.say("/start")
    talk.say("我姓王，住在中北镇")
    assert len(said_to_shop(running, talk)) == 1


def test_a_declined_offer_goes_to_the_officers_and_an_old_button_changes_nothing(
    running: Stack, desk: TestClient, talk: Talk
) -> None:
    lodged(talk)
    talk.press("同意，发给商家")
    letter = letters(running)[-1]
    answer(desk, letter, kind="offer", said_by="刘经理", text="送一张券")
    assert "工作人员" in press_news(talk, "不接受，交工作人员")
    (one,) = mine(running, talk, Dispute)
    assert (one.state, one.lane) == ("lodged", "queue")
    assert "已经过去了" in press_news(talk, "接受")
    assert answer(desk, letter, kind="accept", said_by="刘经理").status_code == 409


def test_consent_is_asked_for_a_registered_shop_alone(
    running: Stack, desk: TestClient, talk: Talk
) -> None:
    said = talk.say("上周六在杨柳青镇大众五金花120元买了个水管，漏水，要求退款")
    for _ in range(8):
        if "请核对" in said:
            break
        said = talk.say("不知道") if "手机" not in said else talk.say("王女士 13800000000")
    said = talk.press("确认")
    assert "商家会看到" not in said and "同意，发给商家" not in payloads(running, talk)


def test_a_choice_cannot_be_typed(
    running: Stack, desk: TestClient, talks: Callable[[], Talk]
) -> None:
    one, other = talks(), talks()
    lodged(one)
    number = mine(running, one, Dispute)[0].number
    other.say(f'/negotiate{{"number":"{number}","choice":"ask"}}')
    one.say(f'/negotiate{{"number":"{number}","choice":"ask"}}')
    assert mine(running, one, Dispute)[0].state == "lodged"
