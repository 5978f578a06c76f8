"""A citizen's own data from their page, over HTTP and in a real browser: whose they are, and how often."""

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from playwright.sync_api import expect
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import evidence, links, people, privacy
from bot.channels import contact_page
from bot.settings import Settings

PDF = b"%PDF-1.7\n%%EOF"


def live(sessions: sessionmaker[Session], external_id: str) -> str:
    """The key of a citizen who gave contact details and two papers."""
    with sessions.begin() as session:
        now = datetime.now(UTC)
        who = people.person(session, "telegram", external_id, now)
        people.give_contact(who, people.Contact(f"1380000{external_id}", "王女士"), now)
        for place in (1, 2):
            file = evidence.File("document", PDF + f"{external_id}-{place}".encode())
            evidence.keep(session, who, file, source=f"page:{place}", message_id="p",
                          caption=None, now=now)  # fmt: skip
        session.flush()
        return who.key


def page_of(settings: Settings, key: str) -> str:
    return f"/mine/{links.token(settings.signing_key(), links.CONTACT, key)}"


@pytest.fixture
def key(sessions: sessionmaker[Session]) -> str:
    live(sessions, "8888")
    return live(sessions, "7777")


@pytest.fixture
def mine(settings: Settings, key: str) -> str:
    return page_of(settings, key)


@pytest.fixture
def client(build: Any, settings: Settings) -> TestClient:
    return TestClient(build(settings), base_url="http://testserver", follow_redirects=False)


def test_all_of_ones_own_is_downloaded_and_nothing_of_others(client, mine):
    assert f'href="{mine}/data"' in client.get(mine).text
    answer = client.get(f"{mine}/data")
    assert answer.status_code == 200 and answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-type"] == "application/zip"
    assert "filename*=UTF-8''%E6" in answer.headers["content-disposition"]
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.testzip() is None
    told = json.loads(archive.read("我的信息.json"))
    assert told["联系方式"][0]["电话"] == "13800007777" and "8888" not in json.dumps(told)
    names = [row["文件名"] for row in told["凭证"]]
    assert archive.namelist() == ["我的信息.json", *names]
    assert [archive.read(name) for name in names] == [PDF + b"7777-1", PDF + b"7777-2"]


def test_it_is_not_downloaded_without_end_and_others_are_not_held_up(client, settings, sessions, mine):  # fmt: skip
    codes = [client.get(f"{mine}/data").status_code for _ in range(contact_page.DATA_A_MINUTE + 1)]
    assert codes == [200] * contact_page.DATA_A_MINUTE + [429]
    other = page_of(settings, live(sessions, "6666"))
    assert client.get(f"{other}/data").status_code == 200
    assert client.get(mine).status_code == 200


def test_a_wrong_or_old_link_gives_nothing_out(client, settings, key, mine):
    altered = mine[:-3] + ("AAA" if mine[-3:] != "AAA" else "BBB")
    assert client.get(f"{altered}/data").status_code == 404
    shop = links.token(settings.signing_key(), links.SHOP, key)
    assert client.get(f"/mine/{shop}/data").status_code == 404
    with time_machine.travel(datetime.now(UTC) - timedelta(days=3, minutes=1)):
        old = page_of(settings, key)
    assert client.get(f"{old}/data").status_code == 410


def test_the_link_of_whom_was_erased_opens_nothing(client, sessions, key, mine):
    with sessions.begin() as session:
        privacy.erase(session, people.by_key(session, key), datetime.now(UTC))
    assert [client.get(mine + more).status_code for more in ("", "/data")] == [404, 404]


@pytest.mark.parametrize("operator", ["independent", "bureau"])
def test_how_long_is_told_before_anything_is_asked(build, settings, mine, operator):
    chosen = settings.model_copy(
        update={"operator": operator, "draft_days": 41, "record_days": 777}
    )
    page = TestClient(build(chosen)).get(mine).text
    assert "{" not in page and page.index("保存多久") < page.index('name="phone"')
    assert "41 天后删除" in page and "777 天后删除" in page
    assert ("按规定保存" in page.split("可以不填")[0]) == (operator == "bureau")


@pytest.mark.parametrize("width", [320, 1440])
def test_the_download_is_told_and_reached(visit, mine, width):
    page = visit(path=mine[1:], width=width)
    expect(page.get_by_text("里面的内容没有加密")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    with page.expect_download() as download:
        page.get_by_role("link", name="下载我的信息").click()
    assert download.value.suggested_filename == "我的信息.zip"
