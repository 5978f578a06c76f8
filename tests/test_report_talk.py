"""What the talk says of a report, without Rasa: the action alone, on records in a file."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from rasa_sdk import Tracker
from rasa_sdk.executor import CollectingDispatcher
from sqlalchemy.orm import Session, sessionmaker

from actions import reports, turn
from bot import settings as product
from bot.casework import links, moments, people
from bot.casework.records import Dispute
from bot.casework.report_records import Report
from bot.library import words
from bot.settings import Settings
from tests import aside, records

REPORT = "我要举报永旺超市卖过期牛奶"
SITE = "https://weiquan.example"
Said = list[dict[str, Any]]


@pytest.fixture
def sessions(tmp_path: Path) -> Iterator[sessionmaker[Session]]:
    yield from records.empty(Settings(_env_file=None, var_dir=tmp_path))


@pytest.fixture
def say(
    sessions: sessionmaker[Session], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Said]:
    """Says a message to the action and returns its replies."""

    def said(text: str, channel: str = "web", **chosen: Any) -> Said:
        given = Settings(_env_file=None, var_dir=tmp_path, secret_key="k", **chosen)
        monkeypatch.setattr(product, "get", lambda: given)
        monkeypatch.setattr(turn, "sessions", lambda: sessions)
        with sessions.begin() as session:
            who = people.person(session, channel, "c-1", datetime.now(UTC))
            session.flush()
            key = who.key
        message = {"text": text, "intent": {"name": "report_violation", "confidence": 0.9},
                   "entities": [], "metadata": {"message_id": "m:7", "words": text}}  # fmt: skip
        tracker = Tracker(key, {}, message, [], False, None, {}, "action_listen")
        dispatcher = CollectingDispatcher()
        aside.run(reports.ExplainReport().run(dispatcher, tracker, {}))
        return list(dispatcher.messages)

    return said


def named(payload: str) -> str:
    """What the token of a link names, without the person's key."""
    token = payload.rpartition("/")[2]
    return links.read("k", links.REPORT, token, links.REPORT_SECONDS)[33:]


@pytest.mark.parametrize("operator", ["independent", "bureau"])
@pytest.mark.parametrize(
    ("channel", "public_url", "start"),
    [
        ("web", SITE, f"{SITE}/report/"), ("telegram", f"{SITE}/", f"{SITE}/report/"),
        ("web", None, "page:/report/"),
    ],
)  # fmt: skip
def test_a_report_is_explained_and_led_to_its_page(
    say: Callable[..., Said], operator: str, channel: str, public_url: str | None, start: str
) -> None:
    (reply,) = say(REPORT, channel, operator=operator, public_url=public_url)
    assert reply["text"] == words(f"report_explained_{operator}")
    here, file_it = reply["buttons"]
    assert here["title"] == "去举报（加密）" and here["payload"].startswith(start)
    assert named(here["payload"]) == "m:7"
    assert file_it == {"title": "我要投诉", "payload": "/file_complaint"}


def test_who_can_open_no_page_is_sent_to_12315(say: Callable[..., Said]) -> None:
    (reply,) = say(REPORT, "telegram", public_url=None)
    assert "12315" in reply["text"] and "没有作为举报保存" in reply["text"]
    assert [one["payload"] for one in reply["buttons"]] == ["/file_complaint"]


def test_a_button_names_no_message(say: Callable[..., Said]) -> None:
    (reply,) = say("/report_violation", public_url=SITE)
    assert named(reply["buttons"][0]["payload"]) == ""


@pytest.mark.parametrize(
    ("text", "first"),
    [
        (f"{REPORT}，要求退款", "report_and_claim"),
        ("举报这家店用假货，我要换货", "report_and_claim"),
        (REPORT, None), ("举报这家饭馆用过期的肉，望查处，给个说法", None),
    ],
)  # fmt: skip
def test_a_claim_within_a_report_is_told_first_what_it_may_show(
    say: Callable[..., Said], text: str, first: str | None
) -> None:
    said = [reply["text"] for reply in say(text, public_url=SITE, operator="bureau")]
    assert said == [*([words(first)] if first else []), words("report_explained_bureau")]


def test_what_shows_the_reporter_is_said_before_anything_else(say: Callable[..., Said]) -> None:
    said = say("我要举报这家饭店用过期肉，我就是他们店里的服务员", public_url=SITE)
    assert said[0]["text"].startswith(moments.get("exposed_report").reply[:20])
    assert len(said) == 2 and len(said[1]["buttons"]) == 2


@pytest.mark.parametrize("operator", ["independent", "bureau"])
def test_a_question_about_reports_is_answered_and_the_page_offered(
    say: Callable[..., Said], operator: str
) -> None:
    answer, offer = [
        one
        for one in say(
            "举报会不会被老板知道是我，举报人信息保密吗？", public_url=SITE, operator=operator
        )
        if one.get("text")
    ][-2:]
    assert "第37条" in answer["text"] and offer["text"] == words(f"report_here_{operator}")
    assert offer["buttons"][0]["payload"].startswith(SITE)


def test_the_talk_keeps_nothing_as_a_report_or_a_dispute(
    say: Callable[..., Said], sessions: sessionmaker[Session]
) -> None:
    say(f"{REPORT}，要求退款", public_url=SITE)
    with sessions() as session:
        assert session.query(Report).count() == session.query(Dispute).count() == 0
