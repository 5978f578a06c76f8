"""The page of one dispute over HTTP: who may open it, what it tells in every state, and what it hides."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from html import unescape
from typing import Any
from urllib.parse import unquote

import pytest
import time_machine
from playwright.sync_api import expect
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import (
    choices,
    disputes,
    evidence,
    links,
    negotiations,
    own_disputes,
    people,
    precheck,
    progress,
    steps,
)
from bot.casework.records import Dispute, Shop
from bot.channels import case_page
from bot.library import label, load
from bot.settings import Settings

NOW = datetime.now(UTC)
PRIVATE = ("王女士", "13800000001", "万卉路5号", "13911112222", "没有通电就冒烟", "小票上写着")
DETAILS = {  # what a step needs
    "accept": {"register_number": "120111-2026-7"},
    "refuse": {"ground": "not_ours"},
    "pass_on": {"to": "区城管局"},
    "ask_for_more": {"missing": "小票"},
    "mediate": {"citizen_agreed": "是", "merchant_agreed": "是"},
    "suspend": {"reason": "testing"},
    "end": {"ground": "no_agreement"},
}
WAYS = {  # the steps that lead to each state
    "lodged": (),
    "in_progress": ("begin",),
    "incomplete": ("ask_for_more",),
    "accepted": ("accept",),
    "mediating": ("accept", "mediate"),
    "suspended": ("accept", "mediate", "suspend"),
    "settled": ("settle",),
    "ended": ("accept", "end"),
    "refused": ("refuse",),
    "passed_on": ("pass_on",),
    "closed": ("close",),
    "withdrawn": ("withdraw",),
}
ONLY_BUREAU = ("accepted", "mediating", "suspended", "ended", "refused")
CASES = [
    (state, operator)
    for state in WAYS
    for operator in steps.OPERATORS
    if operator == "bureau" or state not in ONLY_BUREAU
]


@pytest.fixture
def case(
    settings: Settings, sessions: sessionmaker[Session], photo: Callable[..., bytes]
) -> Callable[..., str]:
    """Makes a dispute in a state; the path of its page."""

    def make(state: str = "lodged", operator: Any = "bureau", channel: str = "web") -> str:
        with sessions.begin() as session:
            who = people.person(session, channel, "777", NOW)
            contact = people.Contact("13800000001", "王女士", "中北镇万卉路5号")
            people.give_contact(who, contact, NOW)
            one = disputes.start(session, who, NOW)
            one.merchant, one.product, one.facts = "永旺", "电饭煲", "没有通电就冒烟"
            one.location, one.street, one.contact = "中北镇", "中北镇", "given"
            one.amount, one.demand = Decimal(399), "refund"
            ready = evidence.prepared(evidence.File("photo", photo()))
            evidence.keep(
                session, who, ready, source="s:1", message_id="m", caption="小票上写着", now=NOW
            )
            evidence.attach(session, who, one, NOW)
            disputes.lodge(session, one, operator=operator, limit=Decimal(2000), now=NOW)
            said = "补充：打我电话 13911112222，我住万卉路5号"
            own_disputes.add(session, one, said, NOW)
            for name in WAYS[state]:
                progress.take(session, one, name, "officer", NOW, **DETAILS.get(name, {}))
            assert one.state == state
            key, number = who.key, str(one.number)
        return links.case_url("", settings.signing_key(), key, number)

    return make


@pytest.fixture
def client(build: Any, settings: Settings) -> TestClient:
    return TestClient(build(settings))


def text(page: str) -> str:
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", page)))


@pytest.mark.parametrize(("state", "operator"), CASES)
def test_every_state_is_told_in_plain_words_with_what_comes_next(client, case, state, operator):
    page = client.get(case(state, operator))
    said = text(page.text)
    assert page.status_code == 200
    plainly = load("pages")["case"]["states"][state]
    assert (plainly[operator] if isinstance(plainly, dict) else plainly) in said
    over = state in steps.OVER
    assert ("没有下一步了" in said) is over
    if operator == "bureau" and not over:
        coming = said[said.index("接下来 ") : said.index("您现在可以")]
        assert "总局令第121号" in coming, coming
    assert not any(word in page.text for word in PRIVATE)
    assert "138****0001" in said
    assert "照片 1，" in said and "<img" not in page.text.split("<main")[1]
    assert "生成记录" in said and "内容不在网页上显示" in said


@pytest.mark.parametrize(("state", "operator"), CASES)
def test_the_choices_are_those_that_there_are(client, case, sessions, state, operator):
    page = client.get(case(state, operator)).text
    with sessions() as session:
        one = session.query(Dispute).one()
        ways = choices.possible(one)
        assert case_page.possible(session, one)[-1] == "human"
    offered = set(re.findall(r'href="/#say=[^"]+">([^<]+)<', page))
    labels = load("pages")["case"]["labels"]
    assert (labels["add"] in offered) is ("add" in ways)
    assert (labels["reopen"] in offered) is ("reopen" in ways)
    assert (labels["withdraw"] in offered) is (state in steps.RUNNING)
    number = disputes.number_text(str(one.number))
    for words in map(unquote, re.findall(r'href="/#say=([^"]+)"', page)):
        assert words == "找人工" or disputes.number_in(words) == one.number, (words, number)


def test_in_another_channel_the_words_are_named_for_there_is_no_talk_of_theirs_here(client, case):
    page = client.get(case("lodged", "bureau", channel="telegram")).text
    assert "#say=" not in page and "「找人工」" in page


def test_what_is_missing_is_told_with_its_article(client, case, sessions):
    path = case()
    assert "正式受理还需要" not in client.get(path).text
    with sessions.begin() as session:
        one = session.query(Dispute).one()
        one.person.address = one.demand = None
        codes = precheck.missing(one, one.person)
    said = text(client.get(path).text)
    assert codes == ["address", "demand"]
    assert "、".join(label("needed", code) for code in codes) in said and "第10条" in said


def test_a_shop_that_waits_for_the_citizen_is_among_the_choices(client, case, sessions):
    path = case()
    with sessions.begin() as session:
        shop = Shop(
            name="永旺", aliases=[], email="liu@example.cn", verified_at=NOW, verified_by="张三",
            created_at=NOW, updated_at=NOW,
        )  # fmt: skip
        session.add(shop)
        session.flush()
        one = session.query(Dispute).one()
        talk = negotiations.ask(session, one, 16, NOW, lambda number: f"/shop/{number}")
        offer = negotiations.Answer("offer", "刘经理", "退一半", Decimal(200))
        negotiations.answer(session, talk, offer, 16, NOW)
    said = text(client.get(path).text)
    assert "商家的方案在等您的答复" in said and "第6条" in said
    assert "答复商家的方案" in said


# ── the link ──


def test_the_link_ends_and_nothing_of_it_is_kept_or_told(client, case):
    path = case()
    page = client.get(path)
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in page.headers["x-robots-tag"] and 'content="noindex' in page.text
    with time_machine.travel(datetime.now(UTC) + timedelta(seconds=links.CASE_SECONDS + 60)):
        late = client.get(path)
    assert late.status_code == 410 and "链接已过期" in late.text
    assert "noindex" in late.headers["x-robots-tag"]


@pytest.mark.parametrize("change", ["other_purpose", "other_number", "cut", "draft", "gone"])
def test_another_link_opens_nothing(client, case, settings, sessions, change):
    path = case()
    key = settings.signing_key()
    with sessions.begin() as session:
        one = session.query(Dispute).one()
        who, number = one.person.key, str(one.number)
        other = people.person(session, "web", "another", NOW)
        session.flush()
        if change == "draft":
            one.state = "draft"
    path = {
        "other_purpose": f"/case/{links.token(key, links.CONTACT, who)}",
        "other_number": links.case_url("", key, other.key, number),
        "cut": path[:-3],
        "draft": path,
        "gone": links.case_url("", key, "0" * 32, number),
    }[change]
    page = client.get(path)
    assert page.status_code == 404 and "永旺" not in page.text


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("打 13800000001 找我", "打 138****0001 找我"),
        ("卡号 6222 0202 0000 1234 567", "卡号 〔银行卡号〕"),
        ("12315 登记 120111-2026-7", "12315 登记 120111-2026-7"),
        ("调解室，电话 022-27390000", "调解室，电话 022-27390000"),
    ],
)
def test_numbers_of_a_person_are_masked_and_others_stay(given, shown):
    assert case_page.masked(given) == shown


def test_the_page_works_without_scripts_and_leads_into_the_chat(visit, case, dialogue):
    page = visit(path=case()[1:], java_script_enabled=False)
    expect(page.get_by_role("heading", level=1)).to_contain_text("投诉 ")
    with_scripts = visit(path=case()[1:])
    with_scripts.get_by_role("link", name="撤回投诉").click()
    expect(with_scripts.locator("#text")).to_have_value(
        re.compile("我要撤回投诉，记录号 .{4}-.{4}")
    )
    assert dialogue.heard == []
