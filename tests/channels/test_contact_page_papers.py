"""The papers on a citizen's own page: whose they are, over HTTP and in a real browser."""

import io
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import docx
import pytest
import time_machine
from playwright.sync_api import expect
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import disputes, links, people
from bot.channels import contact_page
from bot.settings import Settings
from tests.channels.test_web_looks import CONTRASTS


def person(sessions: sessionmaker[Session], external_id: str) -> str:
    """The key of a citizen who talks in Telegram and gave name and phone."""
    with sessions.begin() as session:
        who = people.person(session, "telegram", external_id, datetime.now(UTC))
        people.give_contact(who, people.Contact("13800000000", "王女士"), datetime.now(UTC))
        session.flush()
        return who.key


@pytest.fixture
def key(sessions: sessionmaker[Session]) -> str:
    return person(sessions, "777")


@pytest.fixture
def other(sessions: sessionmaker[Session]) -> str:
    return person(sessions, "888")


@pytest.fixture
def mine(settings: Settings, key: str) -> str:
    return f"/mine/{links.token(settings.signing_key(), links.CONTACT, key)}"


@pytest.fixture
def client(build: Any, settings: Settings) -> TestClient:
    return TestClient(build(settings), base_url="http://testserver", follow_redirects=False)


def lodge(sessions: sessionmaker[Session], key: str, merchant: str = "永旺超市") -> str:
    """The number of a dispute that this person lodged now."""
    with sessions.begin() as session:
        who, now = people.by_key(session, key), datetime.now(UTC)
        draft = disputes.start(session, who, now)
        draft.merchant = merchant
        disputes.lodge(session, draft, operator="independent", limit=Decimal(2000), now=now)
        return disputes.number_text(draft.number)


def test_a_lodged_dispute_is_listed_and_its_paper_downloaded(client, sessions, mine, key):
    assert "我的投诉材料" not in client.get(mine).text
    number = lodge(sessions, key)
    page = client.get(mine).text
    assert "我的投诉材料" in page and f"记录号 {number}" in page and "已记录，待处理" in page
    assert "材料尚未提交市场监管部门" in page and "永旺" not in page and "13800000000" not in page
    answer = client.get(re.search(r'href="([^"]+/packet/[^"]+)"', page).group(1))
    assert answer.status_code == 200
    assert answer.headers["content-type"] == contact_page.DOCX
    assert answer.headers["cache-control"] == "no-store"
    kept_as = answer.headers["content-disposition"]
    assert re.fullmatch(r"attachment; filename=\"[A-Z0-9]{8}\.docx\"; filename\*=UTF-8''[\w%.-]+", kept_as)  # fmt: skip
    assert number in kept_as
    paper = docx.Document(io.BytesIO(answer.content))
    cells = [cell.text for table in paper.tables for row in table.rows for cell in row.cells]
    assert {"王女士", "13800000000", "永旺超市", number} <= set(cells)


def test_a_paper_is_its_persons_alone(client, sessions, mine, key, other):
    number = lodge(sessions, other)
    assert number not in client.get(mine).text
    answer = client.get(f"{mine}/packet/{number}")
    assert answer.status_code == 404 and "没有这个页面" in answer.text
    own = lodge(sessions, key)
    assert client.get(f"{mine}/packet/{own.replace('-', '').lower()}").status_code == 200
    assert client.get(f"/packet/{own}").status_code == 404
    assert client.post(f"{mine}/packet/{own}").status_code == 405


@pytest.mark.parametrize("number", ["1", "ABCD-EFGH", "..%2F..", "%00", "'--", "A" * 3000, "<b>"])
def test_a_paper_that_is_none_is_not_found(client, mine, number):
    answer = client.get(f"{mine}/packet/{number}")
    assert answer.status_code == 404 and "<b>" not in answer.text


def test_a_draft_has_no_paper_to_download(client, sessions, mine, key):
    with sessions.begin() as session:
        draft = disputes.start(session, people.by_key(session, key), datetime.now(UTC))
        draft.number = "ABCDEFGH"
    assert client.get(f"{mine}/packet/ABCD-EFGH").status_code == 404
    assert "我的投诉材料" not in client.get(mine).text


def test_a_wrong_or_old_link_downloads_nothing(client, settings, sessions, mine, key, other):
    number, token = lodge(sessions, key), mine.removeprefix("/mine/")
    altered = ("A" if token[0] != "A" else "B") + token[1:]
    assert client.get(f"/mine/{altered}/packet/{number}").status_code == 404
    foreign = links.token(settings.signing_key(), links.CONTACT, other)
    assert client.get(f"/mine/{foreign}/packet/{number}").status_code == 404
    with time_machine.travel(datetime.now(UTC) - timedelta(days=3, minutes=1)):
        old = links.token(settings.signing_key(), links.CONTACT, key)
    answer = client.get(f"/mine/{old}/packet/{number}")
    assert answer.status_code == 410 and "已过期" in answer.text


def test_papers_are_not_made_without_end(client, mine):
    answers = {client.get(f"{mine}/packet/ABCD-EFGH").status_code for _ in range(60)}
    answer = client.get(f"{mine}/packet/ABCD-EFGH")
    assert answers == {404} and answer.status_code == 429 and "发得太快了" in answer.text


# ── in a browser ──


@pytest.mark.parametrize("scripts", [True, False])
def test_a_paper_is_downloaded_by_its_button(visit, sessions, mine, key, scripts):
    number = lodge(sessions, key)
    page = visit(path=mine[1:], java_script_enabled=scripts)
    with page.expect_download() as download:
        page.get_by_role("link", name=f"下载材料 {number}").click()
    assert download.value.suggested_filename == f"投诉材料-{number}.docx"
    titles = page.get_by_role("heading", level=2).all_text_contents()
    assert titles[-2:] == ["我的投诉材料", "我的信息"]


@pytest.mark.parametrize("width", [320, 360, 1440])
@pytest.mark.parametrize("is_large", [False, True])
def test_the_list_of_papers_does_not_scroll_sideways(visit, sessions, mine, key, width, is_large):
    for _ in range(3):
        lodge(sessions, key)
    page = visit(path=mine[1:], width=width)
    if is_large:
        page.get_by_role("button", name="大字").click()
    downloads = page.get_by_role("link", name="下载材料")
    expect(downloads).to_have_count(3)
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert all(one.bounding_box()["height"] >= 40 for one in downloads.all())


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_words_of_the_papers_stand_out(visit, sessions, mine, key, scheme):
    lodge(sessions, key)
    page = visit(path=mine[1:], color_scheme=scheme)
    contrasts: dict[str, Any] = page.evaluate(CONTRASTS)
    assert any("下载材料" in words for words in contrasts)
    assert {words: ratio for words, ratio in contrasts.items() if ratio < 4.5} == {}
