"""RECORD: signed links, to a citizen's own page, a shop's and a report's. Knows no web server."""

import hashlib
import hmac
import time

from itsdangerous import BadData, URLSafeTimedSerializer

HERE = "page:"  # before an address on the same host as the chat page
CONTACT = "contact"  # the purpose of contact_url
CONTACT_SECONDS = 3 * 24 * 3600
SHOP = "shop"  # the purpose of shop_url
SHOP_SECONDS = 30 * 24 * 3600  # longer than any fast lane: what ends it is its state

REPORT = "report"  # the purpose of report_path
REPORT_SECONDS = 3 * 24 * 3600  # how long the form of a report may be sent
RECEIPT_SECONDS = 180 * 24 * 3600  # how long the same link tells what became of it

CASE = "case"  # the purpose of case_url
CASE_SECONDS = 14 * 24 * 3600  # a new one comes whenever progress is asked


class Invalid(Exception):
    """The token was altered, is for another purpose, or was signed with another key."""


class Expired(Invalid):
    """The token was ours, and is too old."""


def token(signing_key: str, purpose: str, named: str) -> str:
    """A token that names somebody for one purpose: URL-safe, signed, with the moment of signing."""
    return str(_signer(signing_key, purpose).dumps(named))


def read(signing_key: str, purpose: str, token: str, max_age_seconds: int) -> str:
    """Whom a token names: a person's key, a negotiation's number. Raises Expired or Invalid.

    One from an hour that has not come, for the clock was set back since, is new, not old.
    """
    try:
        found, signed_at = _signer(signing_key, purpose).loads(token, return_timestamp=True)
    except BadData:
        raise Invalid from None
    if time.time() - signed_at.timestamp() > max_age_seconds:
        raise Expired
    if not isinstance(found, str):
        raise Invalid
    return found


def contact_url(public_url: str, signing_key: str, person_key: str) -> str:
    """The address of a person's page for contact details and evidence, good for CONTACT_SECONDS."""
    return f"{public_url.rstrip('/')}/mine/{token(signing_key, CONTACT, person_key)}"


def shop_url(public_url: str, signing_key: str, negotiation_id: int) -> str:
    """The address where a shop answers one dispute, without a login, good for SHOP_SECONDS."""
    return f"{public_url.rstrip('/')}/shop/{token(signing_key, SHOP, str(negotiation_id))}"


def report_path(signing_key: str, person_key: str, message_id: str) -> str:
    """The path of a form for one report, good for REPORT_SECONDS.

    `message_id` is the message that it begins with, empty where it begins with none.
    """
    return f"/report/{token(signing_key, REPORT, f'{person_key}:{message_id}')}"


def report_url(public_url: str, signing_key: str, person_key: str, message_id: str) -> str:
    """The address of `report_path`."""
    return f"{public_url.rstrip('/')}{report_path(signing_key, person_key, message_id)}"


def case_url(public_url: str, signing_key: str, person_key: str, number: str) -> str:
    """The address where a citizen reads how a dispute of theirs stands, good for CASE_SECONDS."""
    return f"{public_url.rstrip('/')}/case/{token(signing_key, CASE, f'{person_key}:{number}')}"


def digest(signing_key: str, purpose: str, named: str) -> str:
    """What is kept of a name to know it again: 64 letters that tell it to nobody without the key."""
    return hmac.new(signing_key.encode(), f"{purpose}:{named}".encode(), hashlib.sha256).hexdigest()


def _signer(signing_key: str, purpose: str) -> URLSafeTimedSerializer:
    # The purpose is the salt: a token for one is no token for another, nor a web citizen's cookie.
    signing = {"key_derivation": "hmac", "digest_method": hashlib.sha256}
    return URLSafeTimedSerializer(signing_key, salt=f"link:{purpose}", signer_kwargs=signing)
