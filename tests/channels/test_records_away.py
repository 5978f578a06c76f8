"""A full disk, a locked file, a database that stops: the citizen is told, nothing is lost or doubled, and it goes on."""

from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session, sessionmaker
from starlette.applications import Starlette
from starlette.testclient import TestClient

from bot.casework import links
from bot.casework.records import Evidence, HeardMessage, Person, Record
from bot.channels import site as pages
from bot.channels import web
from bot.dialogue import Dialogue
from bot.settings import Settings
from tests import away
from tests.rasa_by_hand import RasaByHand, rasa_by_hand
from tests.test_logs import logged

NAME, PHONE = "司马先生", "13655551234"
STORY = "键盘好几个键失灵" * 200  # more than what is left of any page of the file
MORE = "请把购买凭证留好。" * 1000  # in Rasa's answer: more than the question leaves room for
PAGE = {"accept": "text/html"}


@pytest.fixture
def rasa() -> Iterator[RasaByHand]:
    with rasa_by_hand() as made:
        made.more = MORE
        yield made


@pytest.fixture(params=away.KINDS)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[away.Place]:
    with away.records(request.param, tmp_path) as made:
        yield made


@pytest.fixture
def citizen(place: away.Place, rasa: RasaByHand, settings: Settings) -> Iterator[Any]:
    """A citizen's browser who has said something; afterwards no line of the log tells of them."""
    dialogue = Dialogue(place.sessions, rasa.url, rasa.url)
    app = Starlette(
        routes=pages.routes(dialogue, place.sessions, settings),
        exception_handlers=web.error_handlers(settings),
    )
    with logged("plain") as lines, TestClient(app) as client:
        assert say(client, "在吗").status_code == 200
        yield SimpleNamespace(client=client, dialogue=dialogue, lines=lines)
        shown = "\n".join(lines())
    for secret in (NAME, PHONE, STORY[:6], "Traceback", "Exception in ASGI"):
        assert secret not in shown


def say(client: TestClient, text: str, message_id: str = "m-0", files: Any = None) -> Any:
    """What the page is answered, once the same message has been sent with that id."""
    body = {"message_id": message_id, "text": text}
    if files is not None:
        return client.post("/chat/messages", data=body, files=files)
    return client.post("/chat/messages", json=body)


def told(answer: Any) -> list[str]:
    return [one["text"] for one in answer.json()["replies"]]


def kept(sessions: sessionmaker[Session], kind: type[Record]) -> list[Any]:
    with sessions() as session:
        return list(session.scalars(select(kind)))


@pytest.mark.parametrize("moment", ["before it is kept", "while Rasa answers"])
def test_a_message_is_asked_for_again_and_answered_once(
    place: away.Place, rasa: RasaByHand, citizen: Any, moment: str
) -> None:
    if moment == "before it is kept":
        place.leave()
    else:
        rasa.meanwhile = place.leave
    for _ in range(2):  # as the page does by itself
        answer = say(citizen.client, STORY, "m-1")
        assert answer.status_code == 503 and answer.headers["retry-after"] == "10"
        assert "自动再发" in answer.json()["error"] and "12315" in answer.json()["error"]
    place.come_back()
    first = told(say(citizen.client, STORY, "m-1"))
    assert first == [f"听到：{STORY}{MORE}"] == told(say(citizen.client, STORY, "m-1"))
    assert rasa.heard == ["m-0", "m-1"]
    assert sorted(one.message_id for one in kept(place.sessions, HeardMessage)) == ["m-0", "m-1"]
    assert told(say(citizen.client, "还在吗", "m-2")) == [f"听到：还在吗{MORE}"]
    assert any("the records are away: OperationalError" in line for line in citizen.lines())


def test_what_rasa_had_when_they_went_away_is_answered_by_the_clock_too(
    place: away.Place, rasa: RasaByHand, citizen: Any
) -> None:
    """The page may be closed by then."""
    rasa.meanwhile = place.leave
    assert say(citizen.client, STORY, "m-1").status_code == 503
    place.come_back()
    assert citizen.client.portal is not None
    for _ in range(2):
        citizen.client.portal.call(citizen.dialogue.take_up)
    news = citizen.client.post("/chat/news", json={"seen": []}).json()["notices"]
    assert [one["text"] for one in news] == [f"听到：{STORY}{MORE}"] and rasa.heard == [
        "m-0",
        "m-1",
    ]
    assert told(say(citizen.client, STORY, "m-1")) == [f"听到：{STORY}{MORE}"]
    assert citizen.client.post("/chat/news", json={"seen": []}).json() == {"notices": []}


def test_a_photo_is_kept_once(
    place: away.Place, rasa: RasaByHand, citizen: Any, photo: Callable[..., bytes]
) -> None:
    file = {"files": ("小票.jpg", photo((900, 700)), "image/jpeg")}
    place.leave()
    answer = say(citizen.client, "小票", "m-1", file)
    assert answer.status_code == 503 and "自动再发" in answer.json()["error"]
    place.come_back()
    assert kept(place.sessions, Evidence) == []
    for _ in range(2):
        assert "1 张照片" in told(say(citizen.client, "小票", "m-1", file))[0]
    assert len(kept(place.sessions, Evidence)) == 1


@pytest.mark.parametrize("place", ["locked", "stopped"], indirect=True)
def test_a_form_on_a_page_says_so_and_is_taken_when_it_is_sent_again(
    place: away.Place, citizen: Any, settings: Settings
) -> None:
    (who,) = kept(place.sessions, Person)
    path = f"/mine/{links.token(settings.signing_key(), links.CONTACT, who.key)}"
    form = {"name": NAME, "phone": PHONE, "address": "中北镇阳光里"}
    place.leave()
    answer = citizen.client.post(f"{path}/contact", data=form, headers=PAGE, follow_redirects=False)
    assert answer.status_code == 503 and "暂时存不了" in answer.text and "12315" in answer.text
    place.come_back()
    answer = citizen.client.post(f"{path}/contact", data=form, headers=PAGE, follow_redirects=False)
    assert answer.status_code == 303 and kept(place.sessions, Person)[0].phone == PHONE


def test_what_a_page_took_is_told_to_the_talk_when_they_are_back(
    place: away.Place, rasa: RasaByHand, citizen: Any, settings: Settings
) -> None:
    (who,) = kept(place.sessions, Person)
    path = f"/mine/{links.token(settings.signing_key(), links.CONTACT, who.key)}"
    rasa.meanwhile = place.leave
    form = {"name": NAME, "phone": PHONE, "address": "中北镇阳光里"}
    answer = citizen.client.post(f"{path}/contact", data=form, follow_redirects=False)
    assert answer.status_code == 303
    place.come_back()
    for _ in range(2):
        citizen.client.portal.call(citizen.dialogue.take_up)
    news = citizen.client.post("/chat/news", json={"seen": []}).json()["notices"]
    assert [one["text"] for one in news] == [f"听到：/give_contact{MORE}"]
    assert kept(place.sessions, Person)[0].phone == PHONE and len(rasa.heard) == 2
