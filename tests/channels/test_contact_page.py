"""A citizen's own page over HTTP: who may open it, what is kept, and what is asked again."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import disputes, evidence, links, people, precheck
from bot.casework.records import Dispute, Evidence, Person
from bot.channels import contact_page
from bot.settings import Settings

PDF = b"%PDF-1.7\n%%EOF"
HOST = "http://testserver"


@pytest.fixture
def key(sessions: sessionmaker[Session]) -> str:
    """The key of a citizen who talks in Telegram."""
    with sessions.begin() as session:
        who = people.person(session, "telegram", "777", datetime.now(UTC))
        session.flush()
        return who.key


@pytest.fixture
def mine(settings: Settings, key: str) -> str:
    return f"/mine/{links.token(settings.signing_key(), links.CONTACT, key)}"


@pytest.fixture
def client(build: Any, settings: Settings) -> TestClient:
    return TestClient(build(settings), base_url=HOST, follow_redirects=False)


@pytest.fixture
def bureau(build: Any, settings: Settings) -> TestClient:
    chosen = settings.model_copy(update={"operator": "bureau"})
    return TestClient(build(chosen), base_url=HOST, follow_redirects=False)


@pytest.fixture
def stored(sessions: sessionmaker[Session], key: str) -> Callable[[], Person]:
    def find() -> Person:
        with sessions() as session:
            who = people.by_key(session, key)
            assert who is not None
            return who

    return find


@pytest.fixture
def pieces(sessions: sessionmaker[Session]) -> Callable[[], list[Evidence]]:
    def find() -> list[Evidence]:
        with sessions() as session:
            return list(session.scalars(select(Evidence).order_by(Evidence.id)))

    return find


def give(client: TestClient, mine: str, **fields: str) -> Any:
    return client.post(f"{mine}/contact", data=fields)


def upload(client: TestClient, mine: str, *contents: bytes) -> Any:
    files = [("files", (f"{n}.jpg", one, "image/jpeg")) for n, one in enumerate(contents)]
    return client.post(f"{mine}/files", files=files)


# ── the link ──


def test_the_page_tells_before_it_asks(client, mine):
    page = client.get(mine).text
    for words in ("谁在收集", "用来做什么", "加密保存", "谁能看到", "可以不填", "怎样更正、删除"):
        assert words in page
    assert page.index("谁在收集") < page.index('name="phone"') < page.index('type="file"')
    assert "第三方" in page and "{" not in page and "noindex" in page


def test_a_bureau_names_itself_and_the_article(bureau, mine):
    page = bureau.get(mine).text
    assert "天津市西青区市场监督管理局。" in page and "第10条" in page and "可能不予受理" in page
    assert "第三方" not in page and "暂行办法" not in page


def test_opening_the_page_changes_nothing(client, mine, stored):
    client.get(mine)
    assert stored().told_at is None  # a preview of the link in a chat opens it too


def test_an_old_link_says_how_to_get_a_new_one(client, settings, key):
    with time_machine.travel(datetime.now(UTC) - timedelta(days=3, minutes=1)):
        token = links.token(settings.signing_key(), links.CONTACT, key)
    answer = client.get(f"/mine/{token}")
    assert answer.status_code == 410
    assert "已过期" in answer.text and "重新发链接" in answer.text
    assert give(client, f"/mine/{token}", phone="13800000000").status_code == 410


@pytest.mark.parametrize("change", ["altered", "other purpose", "other key", "nobody", "cut"])
def test_a_wrong_link_opens_nothing(client, settings, mine, key, stored, change):
    signing, token = settings.signing_key(), mine.removeprefix("/mine/")
    wrong = {
        "altered": "A" + token[1:] if token[0] != "A" else "B" + token[1:],
        "other purpose": links.token(signing, "shop-reply", key),
        "other key": links.token("another key", links.CONTACT, key),
        "nobody": links.token(signing, links.CONTACT, "f" * 32),
        "cut": token[:-5],
    }[change]
    answer = client.get(f"/mine/{wrong}")
    assert answer.status_code == 404 and "这个链接打不开" in answer.text
    assert give(client, f"/mine/{wrong}", phone="13800000000").status_code == 404
    assert upload(client, f"/mine/{wrong}", PDF).status_code == 404
    assert stored().phone is None


@pytest.mark.parametrize("path", ["", "?saved=contact", "/contact", "/files", "/files/1"])
def test_the_token_leaks_to_nobody(client, mine, path):
    answer = client.get(mine + path)
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cache-control"] == "no-store"
    assert "http:" not in answer.text and "https:" not in answer.text


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 303), ({"origin": HOST}, 303), ({"origin": "null"}, 303),
        ({"sec-fetch-site": "same-origin", "origin": "null"}, 303),
        ({"sec-fetch-site": "cross-site", "origin": "null"}, 403),
        ({"sec-fetch-site": "same-site"}, 403), ({"origin": "https://evil.example"}, 403),
    ],
)  # fmt: skip
def test_another_sites_form_is_not_taken(client, mine, stored, headers, status):
    answer = client.post(f"{mine}/contact", data={"phone": "13800000000"}, headers=headers)
    assert answer.status_code == status
    assert (stored().phone is not None) is (status == 303)


# ── contact details ──


def test_contact_details_are_saved_and_the_talk_goes_on(client, dialogue, mine, key, stored):
    answer = give(client, mine, name=" 王女士 ", phone="138 0000 0000", address="中北镇 万卉路5号")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith(f"{mine}?saved=contact")
    who = stored()
    assert (who.name, who.phone, who.address) == ("王女士", "13800000000", "中北镇 万卉路5号")
    assert who.told_at is not None and who.told_at <= who.contact_given_at
    assert dialogue.told_of == [(key, "/give_contact")]
    page = client.get(answer.headers["location"]).text
    assert "联系方式已保存。 可以回到对话了。" in page


def test_what_was_saved_is_not_shown_to_whoever_has_the_link(client, mine):
    give(client, mine, name="王女士", phone="13800000000", address="万卉路5号")
    page = client.get(mine).text
    assert "138****0000" in page
    for secret in ("13800000000", "王女士 ", "万卉路5号"):
        assert secret not in page.replace("比如 王女士；", "")


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("13800000000", "13800000000"), ("+86 138-0000-0000", "13800000000"),
        ("１３８００００００００", "13800000000"), ("022-27390000", "02227390000"),
        ("138OOOO0000", "13800000000"), ("手机 13800000000", "13800000000"),
        ("1380000000", None), ("138000000001", None), ("12315", None), ("27390000", None),
        ("电话", None), ("13800000000 13900000000", None), ("<script>", None),
    ],
)  # fmt: skip
def test_a_phone_is_read_as_people_write_it(typed, kept):
    assert contact_page.read_phone(typed) == kept


def test_a_wrong_phone_is_said_beside_its_field_and_what_was_typed_stays(client, dialogue, mine, stored):  # fmt: skip
    answer = give(client, mine, name='王"女士<b>', phone="1380000", address="万卉路5号")
    assert answer.status_code == 422
    page = answer.text
    assert '<p class="problem" id="phone-problem">电话好像不对' in page
    assert re.search(
        r'id="phone"[^>]*aria-describedby="phone-hint phone-problem" aria-invalid', page
    )
    assert 'value="1380000"' in page and 'value="万卉路5号"' in page
    assert 'value="王&#34;女士&lt;b&gt;"' in page and '<b>"' not in page
    assert stored().phone is None and stored().told_at is None and not dialogue.told_of


def test_leaving_details_out_is_possible_where_no_bureau_asks(client, mine, stored):
    assert give(client, mine, phone="13800000000").status_code == 303
    who = stored()
    assert (who.name, who.address) == (None, None)
    assert "不想留电话，可以直接关掉本页" in give(client, mine, phone="").text


def test_a_bureau_needs_name_and_address_once(bureau, mine, stored):
    answer = give(bureau, mine, phone="13800000000")
    assert answer.status_code == 422
    assert "请填姓名或称呼。" in answer.text and "请填通讯地址。" in answer.text
    assert stored().phone is None
    assert (
        give(bureau, mine, phone="13800000000", name="王五", address="万卉路5号").status_code == 303
    )
    assert give(bureau, mine, phone="13900000000").status_code == 303
    assert (stored().phone, stored().name) == ("13900000000", "王五")


@pytest.mark.parametrize(
    "body", [b"", b"phone", b"%ff%fe=%00", b"phone=%00%00", b"\xff\xfe", b"a=b&" * 5000]
)
def test_a_spoiled_form_is_asked_again(client, mine, stored, body):
    headers = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post(f"{mine}/contact", content=body, headers=headers).status_code == 422
    assert stored().phone is None


def test_a_form_of_a_megabyte_is_refused_in_chinese(client, mine):
    answer = client.post(f"{mine}/contact", content=b"a" * 1_000_000)
    assert answer.status_code == 413 and "这段话太长了" in answer.text


def test_long_words_are_cut_to_the_field(client, mine, stored):
    give(client, mine, phone="13800000000", name="长" * 500, address="路" * 5000)
    assert (len(stored().name), len(stored().address)) == (40, 200)


# ── evidence ──


def test_photos_are_kept_and_the_talk_goes_on(client, dialogue, mine, key, pieces, photo):
    answer = upload(client, mine, photo(place=True), photo(colour="red"))
    assert answer.status_code == 303
    rows = pieces()
    assert [row.kind for row in rows] == ["photo", "photo"]
    assert all(row.source == f"page:{row.sha256}" for row in rows)
    assert len({row.message_id for row in rows}) == 1
    assert dialogue.told_of == [(key, "/send_evidence")]
    page = client.get(answer.headers["location"]).text
    assert (
        "凭证已保存。" in page and "照片 1" in page and "照片 2" in page and "已经收到 2 个" in page
    )


def test_the_same_photo_sent_twice_is_there_once(client, mine, pieces, photo):
    upload(client, mine, photo())
    upload(client, mine, photo())
    assert len(pieces()) == 1


def test_a_picture_is_shown_without_its_place_and_to_its_giver_alone(
    client, settings, sessions, mine, pieces, photo
):
    upload(client, mine, photo(place=True))
    number = pieces()[0].id
    answer = client.get(f"{mine}/files/{number}")
    assert answer.headers["content-type"] == "image/jpeg" and answer.content[:2] == b"\xff\xd8"
    assert b"Exif" not in answer.content and b"Maker of phones" not in answer.content
    with sessions.begin() as session:
        other = people.person(session, "telegram", "888", datetime.now(UTC))
        session.flush()
        token = links.token(settings.signing_key(), links.CONTACT, other.key)
    assert client.get(f"/mine/{token}/files/{number}").status_code == 404
    assert client.post(f"/mine/{token}/files/{number}/remove").status_code == 303
    assert client.get(f"/files/{number}").status_code == 404
    assert len(pieces()) == 1


@pytest.mark.parametrize("number", ["0", "99", "99999999999999999999", "x", "-1"])
def test_a_picture_that_is_none_is_not_found(client, mine, number):
    assert client.get(f"{mine}/files/{number}").status_code == 404


def test_what_is_refused_is_said_one_by_one_and_the_rest_is_kept(client, dialogue, mine, pieces, photo):  # fmt: skip
    answer = upload(client, mine, photo(), b"no picture", photo()[:300])
    assert answer.status_code == 422
    assert "第 2 个：这张图片打不开" in answer.text and "第 3 个：" in answer.text
    assert "凭证已保存。" in answer.text
    assert len(pieces()) == 1 and len(dialogue.told_of) == 1


def test_no_file_at_all_is_said(client, dialogue, mine):
    files = [("files", ("", b"", "application/octet-stream"))]
    answer = client.post(f"{mine}/files", files=files)
    assert answer.status_code == 422 and "还没有选文件" in answer.text
    assert "第 0 个" not in answer.text and not dialogue.told_of


def test_too_large_and_too_many_are_said_on_the_page(client, mine, pieces):
    answer = upload(client, mine, b"\xff\xd8\xff" + b"\0" * evidence.LARGEST)
    assert (
        answer.status_code == 413 and "超过 20 MB" in answer.text and 'name="phone"' in answer.text
    )
    assert "一次最多发 9 个" in upload(client, mine, *[PDF] * 10).text
    assert not pieces()


def test_a_piece_can_be_taken_back_until_its_dispute_is_lodged(client, sessions, mine, key, pieces, photo):  # fmt: skip
    upload(client, mine, photo(colour="red"), photo(colour="blue"))
    first, second = pieces()
    answer = client.post(f"{mine}/files/{first.id}/remove")
    assert answer.status_code == 303 and "已删除。" in client.get(answer.headers["location"]).text
    with sessions.begin() as session:
        who = people.by_key(session, key)
        dispute = disputes.start(session, who, datetime.now(UTC))
        evidence.attach(session, who, dispute, datetime.now(UTC))
        session.get_one(Dispute, dispute.id).state = "lodged"
    assert f"files/{second.id}/remove" not in client.get(mine).text
    client.post(f"{mine}/files/{second.id}/remove")
    assert [row.id for row in pieces()] == [second.id]


def test_sixty_changes_a_minute_are_enough(client, mine):
    assert {give(client, mine, phone="").status_code for _ in range(60)} == {422}
    answer = give(client, mine, phone="13800000000")
    assert (
        answer.status_code == 429 and "发得太快了" in answer.text and answer.headers["retry-after"]
    )


def test_a_citizen_of_the_web_is_led_back_to_the_chat(client, settings, sessions):
    with sessions.begin() as session:
        who = people.person(session, "web", "c-1", datetime.now(UTC))
        session.flush()
        token = links.token(settings.signing_key(), links.CONTACT, who.key)
    assert '<a href="/">' in client.get(f"/mine/{token}?saved=contact").text
    assert "已保存" not in client.get(f"/mine/{token}?saved=nonsense").text


def test_what_is_given_here_completes_the_citizens_own_disputes(bureau, mine, key, sessions):
    now = datetime.now(UTC)
    with sessions.begin() as session:
        for who in (people.by_key(session, key), people.person(session, "telegram", "888", now)):
            draft = disputes.start(session, who, now)
            disputes.lodge(session, draft, operator="bureau", limit=Decimal(2000), now=now)
    give(bureau, mine, name="张三", phone="13800000001", address="中北镇万卉路5号")
    with sessions() as session:
        own, anothers = session.scalars(select(Dispute).order_by(Dispute.id))
        assert "phone" not in precheck.missing(own, own.person)
        assert anothers.contact is None
