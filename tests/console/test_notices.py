"""Notices that need somebody, over HTTP: masked, tried again or given up once, and written down."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy.orm import Session, sessionmaker
from starlette.testclient import TestClient

from bot.casework import notices, people
from bot.casework.records import Dispute, Notice, Shop
from bot.console.notices import error_text
from bot.library import load
from tests.console.test_items import logged, seen_in, send

SECRETS = ("赵丽华", "13655551234", "您的投诉已受理")
SAID = load("desk")["notice"]


@pytest.fixture(autouse=True)
def stuck(sessions: sessionmaker[Session]) -> None:
    """The notice 1 could not be sent; 2 is a shop's letter that is late; 3 went well."""
    now = datetime.now(UTC)
    with sessions.begin() as session:
        who = people.person(session, "telegram", "7", now)
        people.give_contact(who, people.Contact("13655551234", "赵丽华"), now)
        session.add(
            Dispute(
                person_id=who.id, number="ABCD2345", state="lodged", created_at=now, updated_at=now
            )
        )
        session.add(Shop(name="青禾家电", created_at=now, updated_at=now))
        session.flush()
        one = notices.post(
            session, who, "progress", "ABCD2345:1", SECRETS[2], now - timedelta(days=1)
        )
        one.state, one.attempts, one.last_error = "stuck", notices.MOST_ATTEMPTS, "500"
        one.may_be_double = True
        shop = people.person(session, "shop", "1", now)
        notices.post(session, shop, "negotiation", "1:1:x", "letter", now - timedelta(hours=3))
        notices.post(session, who, "tip", "1", "fine", now).state = "sent"


def kept(sessions: sessionmaker[Session]) -> Notice:
    with sessions() as session:
        return session.get_one(Notice, 1)


def test_the_list_holds_what_needs_somebody_and_masks_who_it_is_for(desk: TestClient) -> None:
    page = desk.get("/desk/notices/list").text
    assert "/desk/notice/1" in page and "/desk/notice/2" in page and "/desk/notice/3" not in page
    assert "青禾家电" in page and SAID["late"] in page and "赵＊＊" in page
    for asked, number in ({"state": "stuck"}, 1), ({"state": "late"}, 2), ({"q": "abcd-2345"}, 1):
        found = desk.get("/desk/notices/list", params=asked).text
        assert f"/desk/notice/{number}" in found and f"/desk/notice/{3 - number}" not in found
    opened = desk.get("/desk/notice/1").text
    assert "/desk/case/ABCD2345" in opened and SAID["double_hint"] in opened
    assert not any(secret in text for secret in SECRETS for text in (page, opened))


def test_words_and_phone_are_shown_to_who_asks_and_that_is_written_down(
    desk: TestClient, sessions: sessionmaker[Session]
) -> None:
    assert SECRETS[2] in send(desk, "notice", "text").text
    assert SECRETS[1] in send(desk, "notice", "phone").text
    assert logged(sessions, "notice:1") == ["text_shown", "phone_shown"]


@pytest.mark.parametrize(
    ("do", "given", "kind", "after"),
    [("again", {}, "notice_again", "due"),
     ("drop", {"why": "called"}, "notice_drop:called", "given_up")],
)  # fmt: skip
def test_of_two_officers_the_second_is_told(
    desk: TestClient, another: Callable[..., TestClient], sessions: sessionmaker[Session],
    do: str, given: dict[str, str], kind: str, after: str,
) -> None:  # fmt: skip
    second = another("赵强", "administrator")
    seen = seen_in(desk.get("/desk/notice/1").text)
    assert send(desk, "notice", do, **given).status_code == 303
    assert kept(sessions).state == after
    for late in ("again", "drop"):
        assert send(second, "notice", late, seen=seen, why="met").status_code == 409
    assert logged(sessions, "notice:1") == [kind]
    assert kept(sessions).state == after


@pytest.mark.parametrize(("why", "problem"), [("", "missing"), ("我自己写的", "no_choice")])
def test_it_is_given_up_for_one_of_the_reasons_alone(
    desk: TestClient, sessions: sessionmaker[Session], why: str, problem: str
) -> None:
    refused = send(desk, "notice", "drop", why=why)
    assert refused.status_code == 422 and load("desk")["wrong"][problem] in refused.text
    assert kept(sessions).state == "stuck" and logged(sessions, "notice:1") == []


def test_a_notice_given_up_is_named_so_on_the_page_of_its_dispute(desk: TestClient) -> None:
    send(desk, "notice", "drop", why="met")
    assert load("desk")["notices"]["given_up"] in desk.get("/desk/case/ABCD2345").text


@pytest.mark.parametrize(
    ("error", "said"),
    [(None, ""), ("NetworkError", "网络不通"), ("BadRequest: Chat not found", "Telegram 没有收：Chat not found"),
     ("too old", "已满保存期，文字已删"), ("smtp 451", "smtp 451"), ("given_up: met", "已当面告知")],
)  # fmt: skip
def test_what_the_channel_said_last_is_told_in_words(error: str | None, said: str) -> None:
    assert error_text(Notice(last_error=error)) == said
