"""A shop's page over HTTP and in a browser: what it shows, what it takes, and when it is over."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import time_machine
from playwright.sync_api import expect
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import disputes, links, negotiations, people, progress
from bot.casework.records import Evidence, Negotiation, NegotiationMessage, Notice, Person, Shop
from bot.channels import shop_page
from bot.settings import Settings
from tests.channels.test_web_looks import CONTRASTS

HOST = "http://testserver"
STORY = "用了三天就不通电 <b>{{ 7*7 }}</b> '; DROP TABLE disputes;--"


@pytest.fixture
def asked(sessions: sessionmaker[Session]) -> int:
    """The number of a negotiation that a shop was just asked to answer."""
    now = datetime.now(UTC)
    with sessions.begin() as session:
        who = people.person(session, "web", "c-1", now)
        who.name, who.phone = "王女士", "13800000001"
        session.add(
            Shop(
                name="永旺", aliases=[], email="liu@example.cn", verified_at=now, verified_by="张三",
                created_at=now, updated_at=now,
            )
        )  # fmt: skip
        one = disputes.start(session, who, now)
        one.merchant, one.product, one.facts, one.demand = "永旺", "电饭煲", STORY, "refund"
        one.amount = Decimal(399)
        disputes.lodge(session, one, operator="bureau", limit=Decimal(2000), now=now)
        return negotiations.ask(session, one, 16, now, lambda number: f"/shop/{number}").id


@pytest.fixture
def path(settings: Settings, asked: int) -> str:
    return f"/shop/{links.token(settings.signing_key(), links.SHOP, str(asked))}"


@pytest.fixture
def client(build: Any, settings: Settings) -> TestClient:
    return TestClient(build(settings), base_url=HOST, follow_redirects=False)


@pytest.fixture
def kept(sessions: sessionmaker[Session]) -> Callable[[Any], list[Any]]:
    def find(kind: Any) -> list[Any]:
        with sessions() as session:
            return list(session.scalars(select(kind).order_by(kind.id)))

    return find


def answer(client: TestClient, path: str, files: Any = (), **fields: str) -> Any:
    return client.post(path, data=fields, files=files or [("files", ("", b"", ""))])


def test_the_page_shows_the_matter_and_not_the_citizen(client, path):
    page = client.get(path)
    assert page.status_code == 200
    assert "电饭煲" in page.text and "399" in page.text and "退款" in page.text
    assert "王女士" not in page.text and "13800000001" not in page.text
    assert "<b>{{" not in page.text and "{{ 7*7 }}" in page.text  # shown as it was typed
    assert "noindex" in page.text


@pytest.mark.parametrize(("minutes", "code"), [(5, 410), (0, 200)])
def test_a_link_that_is_older_than_its_negotiation_was_for_another(
    client, settings, sessions, asked, minutes, code
):
    """SQLite gives the number of a deleted negotiation again; the shop it was for keeps its link."""
    with time_machine.travel(datetime.now(UTC) - timedelta(minutes=minutes)):
        token = links.token(settings.signing_key(), links.SHOP, str(asked))
    page = client.get(f"/shop/{token}")
    assert page.status_code == code and ("电饭煲" in page.text) == (code == 200)
    assert answer(client, f"/shop/{token}", kind="accept", said_by="刘经理").status_code == (
        303 if code == 200 else 410
    )


@pytest.mark.parametrize(
    ("fields", "state"),
    [
        ({"kind": "accept", "said_by": "刘经理"}, "agreed"),
        (
            {"kind": "offer", "said_by": "刘经理", "amount": "￥1,199.50元", "text": ""},
            "negotiating",
        ),
        ({"kind": "refuse", "said_by": "刘经理", "text": "人为损坏"}, "lodged"),
        ({"kind": "message", "said_by": "刘经理", "text": "哪天买的"}, "negotiating"),
    ],
)
def test_each_answer_is_kept_and_told_to_the_citizen(client, path, kept, fields, state):
    reply = answer(client, path, **fields)
    assert (reply.status_code, reply.headers["location"]) == (303, f"{path}?saved=1#saved")
    (said,) = kept(NegotiationMessage)
    assert (said.side, said.kind, said.said_by) == ("shop", fields["kind"], "刘经理")
    assert kept(disputes.Dispute)[0].state == state
    told = kept(Notice)[-1].text
    assert fields.get("text", "") in told and ("刘经理" in told or state == "lodged")
    assert "答复已收到" in client.get(f"{path}?saved=1").text


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "先选贵店的意见"),
        ({"kind": "begin", "said_by": "刘"}, "先选贵店的意见"),
        ({"kind": "accept"}, "请填答复人"),
        ({"kind": "refuse", "said_by": "刘"}, "请写说明"),
        ({"kind": "offer", "said_by": "刘"}, "金额或说明"),
        ({"kind": "offer", "said_by": "刘", "amount": "-5"}, "金额不对"),
        ({"kind": "offer", "said_by": "刘", "amount": "0"}, "金额不对"),
        ({"kind": "offer", "said_by": "刘", "amount": "1e99"}, "金额不对"),
        ({"kind": "offer", "said_by": "刘", "amount": "NaN"}, "金额不对"),
        ({"kind": "offer", "said_by": "刘", "amount": "inf"}, "金额不对"),
        ({"kind": "offer", "said_by": "刘", "amount": "12.345"}, "金额不对"),
        ({"kind": "offer", "said_by": "刘", "amount": "二百"}, "金额不对"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_kept(client, path, kept, fields, problem):
    reply = answer(client, path, **fields)
    assert reply.status_code == 422 and problem in reply.text
    assert kept(NegotiationMessage) == [] and kept(Notice)[-1].kind == "negotiation"
    assert kept(disputes.Dispute)[0].state == "negotiating"


def test_proofs_are_kept_with_the_dispute_or_nothing_is(client, path, kept, photo):
    good = ("files", ("a.jpg", photo(), "image/jpeg"))
    bomb = ("files", ("b.jpg", b"PK\x03\x04" + b"\0" * 999, "image/jpeg"))
    reply = answer(client, path, [good, bomb], kind="accept", said_by="刘经理")
    assert reply.status_code == 422 and "第 2 个" in reply.text
    assert kept(Evidence) == [] and kept(NegotiationMessage) == []
    assert answer(client, path, [good], kind="accept", said_by="刘经理").status_code == 303
    (piece,) = kept(Evidence)
    assert piece.dispute_id == kept(disputes.Dispute)[0].id
    assert {one.channel for one in kept(Person)} == {"web", "shop"}


def test_a_second_answer_and_one_after_the_end_change_nothing(client, path, kept, sessions, asked):
    answer(client, path, kind="accept", said_by="刘经理")
    again = answer(client, path, kind="refuse", said_by="刘经理", text="不行")
    assert again.status_code == 409 and "不能再改" in again.text
    with sessions.begin() as session:
        one = session.get_one(Negotiation, asked).dispute
        progress.take(session, one, "escalate", "officer", datetime.now(UTC), reason="not_kept")
    late = answer(client, path, kind="message", said_by="刘经理", text="在吗")
    assert late.status_code == 409 and len(kept(NegotiationMessage)) == 1
    over = client.get(path).text
    assert (
        "已不在这里处理" in over and "电饭煲" not in over and "<form" not in over.split("<main")[1]
    )


@pytest.mark.parametrize(
    "spoil", [lambda p: p[:-3] + "abc", lambda p: p + "x", lambda _: "/shop/1"]
)
def test_an_altered_link_opens_nothing(client, path, spoil):
    for reply in (client.get(spoil(path)), answer(client, spoil(path), kind="accept")):
        assert reply.status_code == 404 and "电饭煲" not in reply.text


def test_a_link_of_another_purpose_or_of_nothing_opens_nothing(client, settings, asked):
    key = settings.signing_key()
    assert client.get(f"/shop/{links.token(key, links.CONTACT, str(asked))}").status_code == 404
    assert client.get(f"/shop/{links.token(key, links.SHOP, '999')}").status_code == 404
    assert client.get(f"/mine/{links.token(key, links.SHOP, str(asked))}").status_code == 404


def test_an_old_link_says_what_became_of_the_matter(client, path):
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=links.SHOP_SECONDS + 1)):
        reply = client.get(path)
    assert reply.status_code == 410 and "期限已过" in reply.text


def test_another_sites_form_is_refused(client, path, kept):
    reply = client.post(
        path, data={"kind": "accept", "said_by": "刘"}, headers={"origin": "https://evil.example"},
        files=[("files", ("", b"", ""))],
    )  # fmt: skip
    assert reply.status_code == 403 and kept(NegotiationMessage) == []


def test_too_many_answers_are_asked_to_wait(client, path, kept):
    statuses = {answer(client, path).status_code for _ in range(shop_page.A_MINUTE + 1)}
    assert statuses == {422, 429}


# ── in a browser ──


@pytest.mark.parametrize("scripts", [True, False])
@pytest.mark.parametrize("width", [360, 1440])
def test_a_shop_answers_on_any_screen(visit, path, kept, scripts, width, tmp_path: Path):
    page = visit(width, path=path[1:], java_script_enabled=scripts)
    page.screenshot(path=str(tmp_path / f"shop-{width}.png"), full_page=True)
    page.get_by_label("提出一个方案").check()
    page.get_by_label("方案的金额").fill("200")
    page.get_by_label("答复人").fill("刘经理")
    page.get_by_role("button", name="提交答复").click()
    expect(page.get_by_role("status")).to_contain_text("答复已收到")
    assert kept(NegotiationMessage)[0].amount == 200
    if scripts:
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
        assert min(page.evaluate(CONTRASTS).values()) >= 4.5


def test_a_slip_keeps_what_was_typed(visit, path):
    page = visit(path=path[1:])
    page.get_by_label("不同意").check()
    page.get_by_label("答复人").fill("刘经理")
    page.get_by_role("button", name="提交答复").click()
    expect(page.get_by_role("alert")).to_contain_text("请写说明")
    expect(page.get_by_label("答复人")).to_have_value("刘经理")
    expect(page.get_by_label("不同意")).to_be_checked()
    expect(page.get_by_label("说明", exact=False)).to_have_attribute("aria-invalid", "true")
