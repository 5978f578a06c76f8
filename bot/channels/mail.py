"""NOTICE out by letter (e-mail): how a shop hears of a dispute. Knows no dispute."""

import asyncio
from email.headerregistry import Address
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

import aiosmtplib
from sqlalchemy.orm import Session, sessionmaker

from bot.casework import notices, shops
from bot.casework.records import Shop
from bot.settings import Settings

TIMEOUT_SECONDS = 20.0
PORTS = {"smtp": 587, "smtps": 465}


class Mail:
    """Sends notices to shops whose address an officer has verified; to no other address."""

    def __init__(self, settings: Settings, sessions: sessionmaker[Session]) -> None:
        """Raises ValueError where `smtp_url` is no address of a mail server, or no sender is set."""
        self._server = urlsplit(settings.smtp_url)
        if self._server.scheme not in PORTS or not self._server.hostname:
            raise ValueError("SMTP_URL: smtp://user:password@host:587 or smtps://…")
        if "@" not in settings.mail_from:
            raise ValueError("MAIL_FROM: the address that letters to shops come from")
        self._from = Address(settings.district_name, addr_spec=settings.mail_from)
        self._sessions = sessions

    async def send(self, one: notices.Outgoing) -> notices.Outcome:
        """Send a letter whose subject is the notice's first line, and say what became of it."""
        address = await asyncio.to_thread(self._address, one.external_id)
        if address is None:
            return notices.Refused("no verified address")
        try:
            await self._hand_over(self._letter(address, one))
        except aiosmtplib.SMTPResponseException as refusal:
            return _refused(refusal.code)
        except aiosmtplib.SMTPRecipientsRefused as refusal:
            return _refused(max(one.code for one in refusal.recipients))
        except (aiosmtplib.SMTPReadTimeoutError, aiosmtplib.SMTPServerDisconnected) as error:
            return notices.Failed(type(error).__name__, is_unknown=True)
        except (aiosmtplib.SMTPException, OSError) as error:
            return notices.Failed(type(error).__name__)
        return notices.Sent()

    def _address(self, shop_id: str) -> str | None:
        with self._sessions() as session:
            shop = session.get(Shop, int(shop_id))
            return shop.email if shop is not None and shops.is_reachable(shop) else None

    def _letter(self, address: str, one: notices.Outgoing) -> EmailMessage:
        subject, _, text = one.text.partition("\n")
        letter = EmailMessage()
        letter["From"], letter["To"], letter["Subject"] = self._from, address, subject
        letter.set_content(text or subject)
        return letter

    async def _hand_over(self, letter: EmailMessage) -> None:
        is_tls = self._server.scheme == "smtps"
        await aiosmtplib.send(
            letter,
            hostname=self._server.hostname,
            port=self._server.port or PORTS[self._server.scheme],
            username=unquote(self._server.username) if self._server.username else None,
            password=unquote(self._server.password) if self._server.password else None,
            use_tls=is_tls,
            timeout=TIMEOUT_SECONDS,
        )


def _refused(code: int) -> notices.Outcome:
    """What an answer of the mail server means: 5xx is for good, 4xx for now (RFC 5321, 4.2.1)."""
    return notices.Refused(f"smtp {code}") if code >= 500 else notices.Failed(f"smtp {code}")
