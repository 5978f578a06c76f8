"""Letters to shops, handed to a real mail server on this machine."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from sqlalchemy.orm import Session, sessionmaker

from bench.stack import free_port
from bot.casework import notices
from bot.casework.records import Shop
from bot.channels.mail import Mail
from bot.settings import Settings
from tests import aside

TEXT = "消费纠纷 ABCD-EFGH：请答复\n您好。请打开链接：\nhttps://example.cn/shop/x"


class Server:
    """Takes letters, or answers `said` instead."""

    def __init__(self) -> None:
        self.port = 0
        self.said: str | None = None
        self.letters: list[EmailMessage] = []
        self.to: list[str] = []

    async def handle_RCPT(
        self, server: Any, session: Any, envelope: Any, address: str, options: Any
    ) -> str:
        if self.said:
            return self.said
        envelope.rcpt_tos.append(address)
        self.to.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        found = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(found, EmailMessage)
        self.letters.append(found)
        return "250 taken"


@pytest.fixture
def server() -> Iterator[Server]:
    taker = Server()
    taker.port = free_port()
    controller = Controller(taker, hostname="127.0.0.1", port=taker.port)
    controller.start()
    yield taker
    controller.stop()


@pytest.fixture
def shop(sessions: sessionmaker[Session]) -> int:
    now = datetime.now(UTC)
    with sessions.begin() as session:
        made = Shop(
            name="永旺", aliases=[], email="liu@example.cn", verified_at=now, created_at=now,
            updated_at=now,
        )  # fmt: skip
        session.add(made)
        session.flush()
        return made.id


@pytest.fixture
def send(
    server: Any, settings: Settings, sessions: sessionmaker[Session]
) -> Callable[..., notices.Outcome]:
    def hand_over(shop_id: int, port: int | None = None) -> notices.Outcome:
        chosen = settings.model_copy(
            update={
                "smtp_url": f"smtp://127.0.0.1:{port or server.port}",
                "mail_from": "desk@example.cn",
            }
        )
        one = notices.Outgoing(1, "shop", str(shop_id), TEXT)
        return aside.run(Mail(chosen, sessions).send(one))

    return hand_over


def test_a_letter_arrives_with_the_first_line_as_its_subject(send, server, shop):
    assert send(shop) == notices.Sent()
    (letter,) = server.letters
    assert letter["Subject"] == "消费纠纷 ABCD-EFGH：请答复"
    assert letter["To"] == "liu@example.cn" and "desk@example.cn" in letter["From"]
    assert letter.get_content().split() == TEXT.partition("\n")[2].split()


@pytest.mark.parametrize("change", [{"verified_at": None}, {"email": None}])
def test_no_letter_goes_to_an_address_that_is_not_verified(send, server, shop, sessions, change):
    with sessions.begin() as session:
        for field, value in change.items():
            setattr(session.get_one(Shop, shop), field, value)
    assert isinstance(send(shop), notices.Refused)
    assert isinstance(send(999), notices.Refused)
    assert server.letters == []


@pytest.mark.parametrize(
    ("said", "outcome"), [("550 no such box", notices.Refused), ("451 later", notices.Failed)]
)
def test_what_the_mail_server_says_decides_if_it_is_tried_again(send, server, shop, said, outcome):
    server.said = said
    assert isinstance(send(shop), outcome)


def test_a_dead_mail_server_is_a_failed_attempt(send, shop):
    assert isinstance(send(shop, port=9), notices.Failed)


@pytest.mark.parametrize(
    ("smtp_url", "mail_from"),
    [("mail.example.cn", "a@b.cn"), ("http://x", "a@b.cn"), ("smtp://", "a@b.cn"),
     ("smtp://mail.example.cn", "")],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused_at_the_start(
    smtp_url: str, mail_from: str, settings: Settings, sessions: sessionmaker[Session]
) -> None:
    chosen = settings.model_copy(update={"smtp_url": smtp_url, "mail_from": mail_from})
    with pytest.raises(ValueError, match=r"SMTP_URL|MAIL_FROM"):
        Mail(chosen, sessions)
